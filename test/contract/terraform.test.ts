/**
 * The bodies that the official Terraform provider sends, and what it needs of the answers. It speaks
 * 2024-02-08.
 */
import { expect, test } from 'vitest'
import { client } from './over-a-socket.ts'
import { testServer, type Client, type Thing } from '../server/client.ts'

const connection = {
  configuration: { database: 'polytomic', hostname: 'h', password: 'p', port: 5432, username: 'u' },
  name: 'N-postgres',
  type: 'postgresql',
  validate: false
}

interface World {
  server: ReturnType<typeof testServer>
  api: Client
  connection: Thing
  model: Thing
  sync: object
}

async function world(): Promise<World> {
  const server = testServer()
  const api = client(server, '2024-02-08')
  const made = await api.post('/api/connections', connection)
  expect(made.status).toBe(200)
  const model = await api.post('/api/models', {
    configuration: { query: 'SELECT email FROM polytomic.sync_test_source' },
    connection_id: made.data.id,
    name: 'N-model'
  })
  expect(model.status).toBe(200)
  const sync = {
    active: false,
    fields: [{ source: { field: 'email', model_id: model.data.id }, target: 'email' }],
    mode: 'replace',
    name: 'N',
    schedule: { frequency: 'manual' },
    target: { connection_id: made.data.id, object: 'polytomic.sync_test_target' }
  }
  return { server, api, connection: made.data, model: model.data, sync }
}

test('a connection keeps its JSON types, and its password when it is only renamed', async () => {
  const { server, api, connection: made } = await world()
  expect(made['configuration']).toEqual({ ...connection.configuration, password: '********' })
  const { password: _password, ...rest } = connection.configuration
  const renamed = await api.put(`/api/connections/${made.id}`, {
    configuration: rest,
    name: 'N2',
    organization_id: '',
    validate: false
  })
  expect(renamed.data).toMatchObject({ name: 'N2', configuration: { ...rest, password: '********' } })
  expect(server.store.all('connection')[0]?.configuration['password']).toBe('p')
})

test('the organization of things is that of the key', async () => {
  const { api, connection: made, model } = await world()
  const me = (await api.get('/api/me')).data['organization_id']
  expect(me).toMatch(/^[0-9a-f-]{36}$/)
  expect([made['organization_id'], model['organization_id']]).toEqual([me, me])
})

test('a connection always has a configuration, also when none was sent', async () => {
  const { api } = await world()
  const { data } = await api.post('/api/connections', { name: 'I', type: 'intercom', validate: false })
  expect(data['configuration']).toEqual({})
})

test('the texts of a model configuration are echoed, and none is added', async () => {
  const { model } = await world()
  expect(model['configuration']).toEqual({ query: 'SELECT email FROM polytomic.sync_test_source' })
  expect((model['fields'] as Thing[]).map((field) => [field['name'], field['user_added']])).toEqual([
    ['email', false]
  ])
})

test('a sync is answered without anything that was not sent', async () => {
  const { api, sync } = await world()
  const { data } = await api.post('/api/syncs', sync)
  const sent = sync as { fields: object; target: object }
  expect(data).toMatchObject({ sync_all_records: false, active: false })
  expect(data['fields']).toEqual(sent.fields)
  expect(data['schedule']).toEqual({ frequency: 'manual', run_after_success_only: false })
  expect(data['target']).toEqual({
    ...sent.target,
    search_values: { schema: 'polytomic', table: 'sync_test_target' }
  })
  expect(data).not.toHaveProperty('filter_logic')
  expect(data).not.toHaveProperty('encryption_passphrase')
  expect(data['identity']).toBeNull()
})

test('the update of a sync with what is filled in for unset attributes is accepted', async () => {
  const { server, api, sync, model } = await world()
  const { data } = await api.post('/api/syncs', sync)
  const filter = {
    field: { field: 'email', model_id: model.id },
    field_type: 'Model',
    function: 'IsNull',
    label: ''
  }
  const updated = await api.put(`/api/syncs/${data.id}`, {
    ...sync,
    filters: [filter],
    only_enrich_updates: false,
    organization_id: server.organizationId,
    skip_initial_backfill: false,
    sync_all_records: false
  })
  expect(updated.data['filters']).toEqual([{ ...filter, label: 'A', field_id: expect.any(String) }])
  const cleared = await api.put(`/api/syncs/${data.id}`, sync)
  expect(cleared.data['filters']).toEqual([])
})

test('what the provider repeats for a target that it created is accepted', async () => {
  const { api, sync, connection: made } = await world()
  const create = { name: 'public.test_create_0a1b2c3d' }
  const { data } = await api.post('/api/syncs', { ...sync, target: { connection_id: made.id, create } })
  expect(data['target']).not.toHaveProperty('create')
  const again = { ...sync, target: { connection_id: made.id, create, object: '' } }
  expect((await api.put(`/api/syncs/${data.id}`, again)).data['target']).toEqual(data['target'])
})

test('deletes are told as the provider reads them', async () => {
  const { api, connection: made, model } = await world()
  const used = await api.delete(`/api/connections/${made.id}?force=false`)
  expect(used.body).toMatchObject({
    status: 422,
    message: expect.stringContaining('connection in use'),
    metadata: { used_by: [{ type: 'model', name: 'N-model', id: model.id }] }
  })
  expect((await api.delete(`/api/connections/${made.id}?force=true`)).status).toBe(200)
  const gone = await api.delete(`/api/connections/${made.id}?force=true`)
  expect([gone.status, gone.headers.get('content-type')]).toEqual([404, 'application/json'])
  expect((await api.get(`/api/models/${model.id}`)).status).toBe(404)
})

test('a key sees its own organization in the list that the importer needs', async () => {
  const { server, api } = await world()
  expect((await api.get('/api/organizations')).list.map(({ id }) => id)).toEqual([server.organizationId])
})
