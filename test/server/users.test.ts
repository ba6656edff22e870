import { describe, expect, test } from 'vitest'
import type { LocalServer } from '../../src/server/index.ts'
import { apiVersions, type ApiVersion } from '../../src/wire/common.ts'
import { client, testServer, type Client, type Thing } from './client.ts'

const own = '/api/organization/users'

function partnerOf(server: LocalServer, version?: ApiVersion): Client {
  return client(server, version, `Bearer ${server.store.addPartnerKey()}`)
}

async function rolesOf(api: Client): Promise<Record<string, string>> {
  const { list } = await api.get('/api/permissions/roles')
  return Object.fromEntries(list.map((role) => [String(role['name']), role.id]))
}

describe.each(apiVersions)('in %s', (version) => {
  const families: [string, (server: LocalServer) => { api: Client; path: string }][] = [
    ['of the own organization', (server) => ({ api: client(server, version), path: own })],
    [
      'of a named organization, by a partner',
      (server) => ({
        api: partnerOf(server, version),
        path: `/api/organizations/${server.organizationId}/users`
      })
    ],
    [
      'of a named organization, by its own key',
      (server) => ({
        api: client(server, version),
        path: `/api/organizations/${server.organizationId}/users`
      })
    ]
  ]
  test.each(families)('users %s are created, read, listed, updated and deleted', async (_name, of) => {
    const server = testServer()
    const { api, path } = of(server)
    const { Admin, Member } = await rolesOf(client(server))
    const made = await api.post(path, { email: 'Ada@Example.com', role: 'Admin' })
    const ada = {
      id: made.data.id,
      email: 'ada@example.com',
      organization_id: server.organizationId,
      role: 'admin',
      role_ids: [Admin]
    }
    expect([made.status, made.data]).toEqual([200, ada])
    expect((await api.get(`${path}/${ada.id}`)).data).toEqual(ada)
    expect((await api.get(path)).list).toContainEqual(ada)
    const update = version === '2023-04-25' ? api.patch : api.put
    const changed = await update(`${path}/${ada.id}`, { email: 'ada@example.com', role_ids: [Member] })
    expect(changed.data).toEqual({ ...ada, role: 'user', role_ids: [Member] })
    const gone = await api.delete(`${path}/${ada.id}`)
    expect([gone.status, gone.data]).toEqual([200, changed.data])
    expect((await api.get(`${path}/${ada.id}`)).status).toBe(404)
  })
})

test('an update changes roles alone, and must repeat the address only where it names the organization', async () => {
  const server = testServer()
  const api = client(server)
  const { data } = await api.post(own, { email: 'ada@example.com' })
  expect((await api.put(`${own}/${data.id}`, { role: 'admin' })).data['role']).toBe('admin')
  const named = `/api/organizations/${server.organizationId}/users/${data.id}`
  expect((await api.put(named, { role: 'user' })).body['message']).toBe('email is required')
  const other = await api.put(named, { email: 'other@example.com' })
  expect(other.data).toMatchObject({ email: 'ada@example.com', role: 'admin' })
})

test.each([
  [{}, 'email is required'],
  [{ email: 'ada' }, 'email must be an e-mail address'],
  [{ email: 'local.user@EXAMPLE.com' }, /^email is that of the user /],
  [{ email: 'a@b.c', role: 'owner' }, 'role must be admin or user'],
  [{ email: 'a@b.c', role_ids: ['none'] }, /^role_ids\[0\] is not a role: none$/],
  [{ email: 'a@b.c', role_ids: [] }, /^role_ids /],
  [{ email: 'a@b.c', role: 'user', role_ids: ['x'] }, 'role and role_ids exclude each other']
])('a user is not made of %o', async (body, message) => {
  const server = testServer()
  const reply = await client(server).post(own, body)
  expect([reply.status, reply.body['message']]).toEqual([422, expect.stringMatching(message)])
  expect(server.store.all('user')).toHaveLength(1)
})

test('a role of the own making is given by its id, or by its name in any case', async () => {
  const server = testServer()
  const api = client(server)
  const { data: role } = await api.post('/api/permissions/roles', { name: 'Analysts' })
  const byId = await api.post(own, { email: 'a@b.c', role_ids: [role.id] })
  expect(byId.data).toMatchObject({ role: 'user', role_ids: [role.id] })
  const byName = await api.post(own, { email: 'd@e.f', role: 'ANALYSTS' })
  expect(byName.data).toMatchObject({ role: 'analysts', role_ids: [role.id] })
})

test('users of other organizations are forbidden to keys of one, and not there for partners', async () => {
  const server = testServer()
  const other = server.store.addOrganization('Other')
  const theirs = `/api/organizations/${other.id}/users`
  expect((await client(server).get(theirs)).status).toBe(403)
  const partner = partnerOf(server)
  const [user] = (await partner.get(theirs)).list
  expect(user?.['email']).toBe('local.user@example.com')
  expect((await partner.get(`/api/organizations/${server.organizationId}/users/${user?.id}`)).status).toBe(
    404
  )
  expect((await partner.get('/api/organizations/none/users')).status).toBe(404)
  expect((await client(server).get(`${own}/${user?.id}`)).status).toBe(404)
})

interface Keys {
  server: LocalServer
  partner: Client
  user: Thing
  path: string
}

async function keys(): Promise<Keys> {
  const server = testServer()
  const { data: user } = await client(server).post(own, { email: 'ada@example.com' })
  const path = `/api/organizations/${server.organizationId}/users/${user.id}/keys`
  return { server, partner: partnerOf(server), user, path }
}

async function statusOf(server: LocalServer, key: unknown): Promise<number> {
  return (await client(server, '2025-09-18', `Bearer ${String(key)}`).get('/api/me')).status
}

test('a user has one key; another one needs force, and ends the first', async () => {
  const { server, partner, path } = await keys()
  const first = await partner.post(path)
  expect([first.status, Object.keys(first.data)]).toEqual([200, ['value']])
  expect(await statusOf(server, first.data['value'])).toBe(200)
  expect((await partner.post(path)).status).toBe(403)
  expect((await partner.post(`${path}?force=false`)).status).toBe(403)
  const second = await partner.post(`${path}?force=true`)
  expect([
    await statusOf(server, first.data['value']),
    await statusOf(server, second.data['value'])
  ]).toEqual([401, 200])
})

test('keys are made by partners alone, for users who are there', async () => {
  const { server, partner, path } = await keys()
  expect((await client(server).post(path)).status).toBe(403)
  expect((await partner.post(path.replace(/users\/[^/]+/, 'users/none'))).status).toBe(404)
})

test('the keys of a deleted user are good for nothing', async () => {
  const { server, partner, user, path } = await keys()
  const key = (await partner.post(path)).data['value']
  await client(server).delete(`${own}/${user.id}`)
  expect(await statusOf(server, key)).toBe(401)
})

test('people of the options are users, and one who is deleted is out at once', async () => {
  const server = testServer({ users: [{ name: 'Ada Lovelace', key: 'ada-key' }] })
  const ada = client(server, '2025-09-18', 'Bearer ada-key')
  const me = (await ada.get('/api/me')).data
  expect(me).toMatchObject({ email: 'ada.lovelace@example.com', role: 'admin' })
  expect((await ada.delete(`${own}/${me.id}`)).status).toBe(403)
  expect((await client(server).delete(`${own}/${me.id}`)).status).toBe(200)
  expect((await ada.get('/api/me')).status).toBe(401)
})
