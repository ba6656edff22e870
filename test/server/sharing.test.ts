import { expect, test } from 'vitest'
import type { LocalServer } from '../../src/server/index.ts'
import { client, decide, postgres, salesforce, testServer, type Client, type Thing } from './client.ts'

interface World {
  server: LocalServer
  owner: Client
  partner: Client
  child: Client
  childId: string
}

function world(): World {
  const server = testServer({
    catalogue: { Warehouse: { objects: { 'public.secret': { fields: { id: 'number' } } } } }
  })
  const other = server.store.addOrganization('Customer')
  return {
    server,
    owner: client(server),
    partner: client(server, '2025-09-18', `Bearer ${server.store.addPartnerKey()}`),
    child: client(server, '2025-09-18', `Bearer ${other.key}`),
    childId: other.id
  }
}

function pathOf({ server }: World, parent: Thing): string {
  return `/api/organizations/${server.organizationId}/connections/${parent.id}/shared`
}

async function shared(one: World, connection: object = postgres): Promise<{ parent: Thing; id: string }> {
  const { data: parent } = await one.owner.post('/api/connections', connection)
  const made = await one.partner.post(pathOf(one, parent), { child_organization_id: one.childId })
  expect([made.status, made.data]).toEqual([200, { id: made.data.id }])
  return { parent, id: made.data.id }
}

test('a shared connection is in the other organization, as its parent is now', async () => {
  const one = world()
  const { parent, id } = await shared(one)
  const read = async (): Promise<Thing> => (await one.child.get(`/api/connections/${id}`)).data
  expect(await read()).toMatchObject({
    id,
    organization_id: one.childId,
    name: 'Warehouse',
    parent_connection_id: parent.id,
    configuration: { ...postgres.configuration, password: '********' },
    status: 'healthy'
  })
  const changed = { ...postgres, configuration: { ...postgres.configuration, hostname: 'elsewhere' } }
  await one.owner.put(`/api/connections/${parent.id}`, changed)
  expect((await read())['configuration']).toMatchObject({ hostname: 'elsewhere' })
  expect((await one.child.get('/api/connections')).list.map((each) => each.id)).toEqual([id])
  expect((await one.owner.get(`/api/connections/${parent.id}`)).data).not.toHaveProperty(
    'parent_connection_id'
  )
})

test('a shared connection is used like any other, under a name of its own', async () => {
  const one = world()
  const { data: parent } = await one.owner.post('/api/connections', postgres)
  const body = { child_organization_id: one.childId, name: 'Ours' }
  const { data } = await one.partner.post(pathOf(one, parent), body)
  const source = await one.child.get(`/api/connections/${data.id}/modelsync/source`)
  expect(source.text).toContain('public.secret')
  const configuration = { table: 'public.secret' }
  const model = { name: 'M', connection_id: data.id, configuration }
  const made = await one.child.post('/api/models', model)
  expect((made.data['fields'] as Thing[]).map((field) => field['name'])).toEqual(['id'])
})

test('it is edited where it is at home, and may be deleted where it is not', async () => {
  const one = world()
  const { parent, id } = await shared(one)
  const refused = await one.child.put(`/api/connections/${id}`, { ...postgres, name: 'Mine' })
  expect([refused.status, refused.body['message']]).toEqual([
    403,
    'the connection "Warehouse" is shared by another organization, and is edited there'
  ])
  const card = { name: 'Mine', redirect_url: 'https://x', connection: id }
  expect((await one.child.post('/api/connections/connect', card)).status).toBe(403)
  expect((await one.child.delete(`/api/connections/${id}`)).status).toBe(200)
  expect((await one.owner.get(`/api/connections/${parent.id}`)).status).toBe(200)
})

test('one that waits for a person is authorized at home, for all at once', async () => {
  const one = world()
  const { parent, id } = await shared(one, salesforce)
  expect((await one.child.get(`/api/connections/${id}`)).data['status']).toBe('new')
  await decide(one.server, parent['auth_url'])
  const { data } = await one.child.get(`/api/connections/${id}`)
  expect([data['status'], data['saved']]).toEqual(['healthy', true])
})

test('what is lent is listed for the owner and for partners, under the right organization alone', async () => {
  const one = world()
  const { parent, id } = await shared(one)
  const ids = (list: Thing[]): string[] => list.map((each) => each.id)
  expect(ids((await one.owner.get(`/api/connections/${parent.id}/shared`)).list)).toEqual([id])
  expect(ids((await one.partner.get(pathOf(one, parent))).list)).toEqual([id])
  const wrong = `/api/organizations/${one.childId}/connections/${parent.id}/shared`
  expect((await one.partner.get(wrong)).status).toBe(404)
  expect((await one.child.get(`/api/connections/${parent.id}/shared`)).status).toBe(404)
  expect((await one.owner.get(pathOf(one, parent))).status).toBe(403)
})

test('a connection that is lent is in use; with force, what it is lent as goes first', async () => {
  const one = world()
  const { parent, id } = await shared(one)
  await one.child.post('/api/models', {
    name: 'M',
    connection_id: id,
    configuration: { table: 'public.secret' }
  })
  const used = await one.owner.delete(`/api/connections/${parent.id}`)
  expect(used.body).toMatchObject({
    status: 422,
    metadata: { used_by: [{ type: 'connection', name: 'Warehouse', id }] }
  })
  expect((await one.owner.delete(`/api/connections/${parent.id}?force=true`)).status).toBe(200)
  expect((await one.child.get('/api/connections')).list).toEqual([])
  expect((await one.child.get('/api/models')).list).toEqual([])
})

test('sharing is for partners, and only from the owner to somebody else', async () => {
  const one = world()
  const { data: parent } = await one.owner.post('/api/connections', postgres)
  const path = pathOf(one, parent)
  const to = (child_organization_id: string): object => ({ child_organization_id })
  expect((await one.owner.post(path, to(one.childId))).status).toBe(403)
  expect((await one.partner.post(path, {})).body['message']).toBe('child_organization_id is required')
  expect((await one.partner.post(path, to('none'))).status).toBe(404)
  expect((await one.partner.post(path, to(one.server.organizationId))).status).toBe(403)
  const { data: theirs } = await one.child.post('/api/connections', postgres)
  const backwards = `/api/organizations/${one.childId}/connections/${theirs.id}/shared`
  expect((await one.partner.post(backwards, to(one.server.organizationId))).status).toBe(403)
  expect((await one.partner.post(path, to(one.childId))).body['message']).toBe(
    `name is taken by the connection ${theirs.id}`
  )
})

test('the older address shares, too', async () => {
  const one = world()
  const { data: parent } = await one.owner.post('/api/connections', postgres)
  const key = one.server.store.addPartnerKey()
  const basic = Buffer.from(`${one.server.organizationId}:${key}`).toString('base64')
  for (const [authorization, name] of [
    [`Bearer ${key}`, 'A'],
    [`Basic ${basic}`, 'B']
  ]) {
    const older = client(one.server, '2024-02-08', authorization)
    const body = { child_organization_id: one.childId, name }
    expect((await older.post(`/api/connections/${parent.id}/share`, body)).status).toBe(200)
  }
  expect((await one.child.get('/api/connections')).list).toHaveLength(2)
  expect((await one.partner.post('/api/connections/none/share', {})).status).toBe(404)
})
