import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { createServer, type LocalServer } from '../../src/server/index.ts'
import { apiVersions } from '../../src/wire/common.ts'
import { client, mongo, testServer, type Client } from './client.ts'

const path = '/api/organizations'

function partnerOf(server: LocalServer, version?: (typeof apiVersions)[number]): Client {
  return client(server, version, `Bearer ${server.store.addPartnerKey()}`)
}

test.each(apiVersions)(
  'a partner makes, reads, changes and deletes organizations in %s',
  async (version) => {
    const server = testServer()
    const partner = partnerOf(server, version)
    const sso = { sso_domain: 'acme.example', sso_org_id: 'org_1', issuer: 'https://id.acme.example' }
    const body = { name: 'Acme', ...sso, client_id: 'c', client_secret: 's3cret' }
    const made = await partner.post(path, body)
    const acme = { id: made.data.id, name: 'Acme', ...sso }
    expect([made.status, made.data]).toEqual([200, acme])
    expect((await partner.get(`${path}/${acme.id}`)).data).toEqual(acme)
    expect((await partner.get(path)).list).toEqual([{ id: server.organizationId, name: 'Local' }, acme])
    const update = version === '2023-04-25' ? partner.patch : partner.put
    const renamed = { id: acme.id, name: 'Acme Inc', sso_domain: 'acme.example' }
    const changed = await update(`${path}/${acme.id}`, { name: 'Acme Inc', sso_domain: 'acme.example' })
    expect(changed.data).toEqual(renamed)
    expect((await partner.get(`${path}/${acme.id}`)).data).toEqual(renamed)
    expect((await partner.delete(`${path}/${acme.id}`)).status).toBe(200)
    expect((await partner.get(`${path}/${acme.id}`)).status).toBe(404)
    expect((await partner.get(path)).list).toHaveLength(1)
  }
)

test('a name belongs to one organization, and is required', async () => {
  const server = testServer()
  const partner = partnerOf(server)
  const { data } = await partner.post(path, { name: 'Acme' })
  expect((await partner.post(path, { name: 'Acme' })).body).toMatchObject({
    status: 409,
    message: `name is taken by the organization ${data.id}`
  })
  expect((await partner.put(`${path}/${data.id}`, { name: 'Local' })).status).toBe(409)
  expect((await partner.put(`${path}/${data.id}`, { name: 'Acme' })).status).toBe(200)
  expect((await partner.post(path, {})).body).toMatchObject({ status: 422, message: 'name is required' })
})

test('the owner of the others cannot be deleted', async () => {
  const server = testServer()
  const refused = await partnerOf(server).delete(`${path}/${server.organizationId}`)
  expect([refused.status, refused.body['message']]).toEqual([
    403,
    'the organization "Local" is the owner of the others and cannot be deleted'
  ])
})

test('keys of an organization may not manage organizations', async () => {
  const server = testServer()
  for (const version of apiVersions) {
    const api = client(server, version)
    expect((await api.post(path, { name: 'Mine' })).status).toBe(403)
    expect((await api.delete(`${path}/${server.organizationId}`)).status).toBe(403)
  }
  expect((await client(server).get(`${path}/${server.organizationId}`)).status).toBe(403)
  const own = await client(server, '2024-02-08').get(`${path}/${server.organizationId}`)
  expect(own.data).toEqual({ id: server.organizationId, name: 'Local' })
})

test('with an organization go its things and its keys', async () => {
  const server = testServer()
  const other = server.store.addOrganization('Other')
  const theirs = client(server, '2025-09-18', `Bearer ${other.key}`)
  await theirs.post('/api/connections', mongo)
  const kept = await client(server).post('/api/connections', mongo)
  await partnerOf(server).delete(`${path}/${other.id}`)
  expect((await theirs.get('/api/me')).status).toBe(401)
  expect(server.store.all('connection').map(({ id }) => id)).toEqual([kept.data.id])
  expect(server.store.all('role').map(({ organization_id }) => organization_id)).not.toContain(other.id)
})

test('a partner goes all the way from an organization to a key that works in it', async () => {
  const server = testServer()
  const partner = partnerOf(server)
  const { data: acme } = await partner.post(path, { name: 'Acme' })
  const user = (await partner.post(`${path}/${acme.id}/users`, { email: 'Root@Acme.example' })).data
  expect(user).toMatchObject({ email: 'root@acme.example', organization_id: acme.id, role: 'user' })
  const key = (await partner.post(`${path}/${acme.id}/users/${user.id}/keys`)).data['value']
  const root = client(server, '2025-09-18', `Bearer ${String(key)}`)
  expect((await root.get('/api/me')).data).toEqual({
    id: user.id,
    email: 'root@acme.example',
    role: 'user',
    organization_id: acme.id,
    organization_name: 'Acme',
    is_user: true,
    is_organization: false,
    is_partner: false,
    is_system: false
  })
  const made = await root.post('/api/connections', mongo)
  expect(made.data['organization_id']).toBe(acme.id)
  const actor = { id: user.id, name: 'root@acme.example', type: 'user' }
  expect((await root.get(`/api/connections/${made.data.id}`)).data['created_by']).toEqual(actor)
  expect((await client(server).get('/api/connections')).list).toEqual([])
})

test('a server starts with the organizations it is told, and finds them again', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'polyctl-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const organizations = [{ name: 'North', key: 'north-key' }, { name: 'South' }]
  const first = createServer({ directory, organizations })
  expect(first.organizations.map(({ name }) => name)).toEqual(['North', 'South'])
  const north = client(first, '2025-09-18', 'Bearer north-key')
  expect((await north.get('/api/me')).data).toMatchObject({
    organization_name: 'North',
    email: 'local.user@example.com'
  })
  await north.post('/api/connections', mongo)
  first.close()
  const second = createServer({ directory, organizations })
  onTestFinished(() => second.close())
  expect(second.organizations.map(({ id }) => id)).toEqual(first.organizations.map(({ id }) => id))
  expect(
    (await client(second, '2025-09-18', 'Bearer north-key').get('/api/connections')).list
  ).toHaveLength(1)
  const south = client(second, '2025-09-18', `Bearer ${second.organizations[1]?.apiKey}`)
  expect((await south.get('/api/connections')).list).toEqual([])
  expect((await south.get('/api/organization/users')).list).toHaveLength(1)
})

test('organizations, people and keys that a partner made survive a restart', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'polyctl-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const first = createServer({ directory, partnerKey: 'partner' })
  const partner = client(first, '2025-09-18', 'Bearer partner')
  const { data: acme } = await partner.post(path, { name: 'Acme', sso_domain: 'acme.example' })
  const { data: user } = await partner.post(`${path}/${acme.id}/users`, { email: 'a@acme.example' })
  const key = String((await partner.post(`${path}/${acme.id}/users/${user.id}/keys`)).data['value'])
  first.close()
  const file = readFileSync(join(directory, 'polytomic.db'), 'utf8')
  expect([file.includes('a@acme.example'), file.includes(key)]).toEqual([true, false])
  const second = createServer({ directory, partnerKey: 'partner' })
  onTestFinished(() => second.close())
  const me = (await client(second, '2025-09-18', `Bearer ${key}`).get('/api/me')).data
  expect(me).toMatchObject({ id: user.id, organization_name: 'Acme' })
  const again = client(second, '2025-09-18', 'Bearer partner')
  expect((await again.get(`${path}/${acme.id}`)).data).toEqual(acme)
})

test('two hundred organizations are kept apart, and each answers its own', async () => {
  const organizations = Array.from({ length: 200 }, (_, index) => ({ name: `Tenant ${index}` }))
  const server = createServer({ organizations })
  onTestFinished(() => server.close())
  expect(new Set(server.organizations.map(({ id }) => id)).size).toBe(200)
  for (const { apiKey, name } of server.organizations) {
    const api = client(server, '2025-09-18', `Bearer ${apiKey}`)
    await api.post('/api/permissions/roles', { name: `Role of ${name}` })
  }
  for (const { apiKey, name } of server.organizations) {
    const roles = (await client(server, '2025-09-18', `Bearer ${apiKey}`).get('/api/permissions/roles'))
      .list
    const names = new Set(roles.map((role) => role['name']))
    expect(names).toEqual(new Set(['Admin', 'Member', `Role of ${name}`]))
  }
  expect(server.store.all('role')).toHaveLength(201 * 2 + 200)
})

test('a folder of an older version is brought up to date, with what is in it', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'polyctl-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  createServer({ directory }).close()
  const older = new DatabaseSync(join(directory, 'polytomic.db'))
  older.exec('DROP INDEX resource_parent')
  older.exec("ALTER TABLE organization DROP COLUMN settings; DELETE FROM resource WHERE kind = 'user'")
  older.exec('PRAGMA user_version = 1')
  older.close()
  const server = createServer({ directory })
  onTestFinished(() => server.close())
  const me = (await client(server).get('/api/me')).data
  expect(me).toMatchObject({ organization_name: 'Local', email: 'local.user@example.com', role: 'admin' })
  expect((await client(server).get('/api/organization/users')).list.map(({ id }) => id)).toEqual([me.id])
})
