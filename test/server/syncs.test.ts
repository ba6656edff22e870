import { expect, test } from 'vitest'
import { client, testServer, tutorialSync, tutorialWorld, type Thing } from './client.ts'
import { warehouse } from './warehouse.ts'

test('the sync of the tutorial is answered as sent, in the spelling of the API', async () => {
  const server = testServer()
  const api = client(server)
  const world = await tutorialWorld(server)
  const made = await api.post('/api/syncs', tutorialSync(world))
  const from = (field: string): object => ({ model_id: world.model.id, field })
  const when = { id: expect.any(String), name: 'Local User', type: 'user' }
  expect(made.data).toEqual({
    id: expect.any(String),
    organization_id: server.organizationId,
    name: 'Mongo to Salesforce Sync',
    mode: 'create',
    active: false,
    model_ids: [world.model.id],
    identity: {
      source: from('email'),
      target: 'Email',
      function: 'Equality'
    },
    fields: [
      { source: from('first_name'), target: 'FirstName' },
      { source: from('last_name'), target: 'LastName' }
    ],
    override_fields: [],
    filters: [],
    overrides: [],
    schedule: { frequency: 'manual', run_after_success_only: false },
    target: {
      connection_id: world.salesforce.id,
      object: 'Contact',
      search_values: { targetObject: 'Contact' }
    },
    policies: [],
    sync_all_records: false,
    only_enrich_updates: false,
    skip_initial_backfill: false,
    created_at: expect.any(String),
    created_by: when,
    updated_at: expect.any(String),
    updated_by: when
  })
  expect((await api.get(`/api/syncs/${made.data.id}`)).data).toEqual(made.data)
  const oldest = await client(server, '2023-04-25').get(`/api/syncs/${made.data.id}`)
  expect(Object.keys(oldest.data)).toHaveLength(14)
  expect(oldest.data['schedule']).toEqual({ frequency: 'manual' })
})

test('two syncs may have one name', async () => {
  const { api, sync } = await warehouse()
  expect((await api.post('/api/syncs', sync())).status).toBe(200)
  expect((await api.post('/api/syncs', sync())).status).toBe(200)
})

test.each([
  [{ name: undefined }, 'name is required'],
  [
    { mode: 'upsert' },
    'mode must be one of create, update, updateOrCreate, replace, append, remove, snapshot'
  ],
  [{ mode: 'replace' }, 'mode must be one of create, update, updateOrCreate, remove for this target'],
  [{ fields: undefined }, 'fields is required'],
  [{ schedule: undefined }, 'schedule is required'],
  [{ identity: null }, 'identity is required for mode create'],
  [{ policies: ['none'] }, 'policies[0] is not a policy: none'],
  [{ organization_id: 'other' }, 'this key does not act in organization other'],
  [
    { filters: [{ field_id: 'email', function: 'Equals' }] },
    /^filters\[0\]\.function must be one of Equality/
  ],
  [
    { filters: [{ field_id: 'nothing', function: 'IsNull' }] },
    "filters[0].field_id is not a field of the sync's models: nothing"
  ],
  [
    { filters: [{ field_id: 'email', function: 'IsNull' }], filter_logic: 'A AND B' },
    'filter_logic names the filter B; the filters are A'
  ]
])('the tutorial sync with %j is refused', async (change, message) => {
  const server = testServer()
  const world = await tutorialWorld(server)
  const reply = await client(server).post('/api/syncs', tutorialSync(world, change))
  expect(reply.status).toBe('organization_id' in change ? 403 : 422)
  expect(reply.body['message']).toEqual(
    typeof message === 'string' ? message : expect.stringMatching(message)
  )
  expect(server.store.all('sync')).toEqual([])
})

test('what an update leaves out is cleared or falls back to its default', async () => {
  const { api, sync, from } = await warehouse()
  const made = await api.post(
    '/api/syncs',
    sync({
      active: true,
      sync_all_records: true,
      skip_initial_backfill: true,
      filters: [{ field: from('email'), function: 'IsNull' }],
      filter_logic: 'A',
      overrides: [{ field: from('email'), function: 'IsNull', override: 'x' }],
      target: { ...(sync()['target'] as object), configuration: { preserve_table_on_resync: true } }
    })
  )
  expect(made.data).toMatchObject({ active: true, sync_all_records: true, skip_initial_backfill: true })
  expect(made.data['target']).toMatchObject({ configuration: { preserve_table_on_resync: true } })
  const { active: _active, ...bare } = sync()
  const replaced = await api.put(`/api/syncs/${made.data.id}`, bare)
  const fresh = await api.post('/api/syncs', bare)
  const content = ({ id: _id, created_at: _c, updated_at: _u, ...rest }: Thing): object => rest
  expect(content(replaced.data)).toEqual(content(fresh.data))
})

test('syncs are light and paged in 2025-09-18, and whole in older versions', async () => {
  const server = testServer()
  const { api, sync, connection, model } = await warehouse(server)
  for (let index = 0; index < 7; index += 1)
    await api.post('/api/syncs', sync({ name: `S${index}`, active: index > 4 }))
  const first = await api.get('/api/syncs?limit=3')
  expect(first.list[0]).toEqual({
    id: expect.any(String),
    name: 'S6',
    organization_id: server.organizationId,
    mode: 'replace',
    active: true,
    model_ids: [model.id],
    schedule: { frequency: 'manual', run_after_success_only: false },
    sync_all_records: false,
    only_enrich_updates: false,
    skip_initial_backfill: false,
    target_connection_id: connection.id,
    target_object: 'polytomic.sync_test_target',
    created_at: expect.any(String),
    created_by: expect.anything(),
    updated_at: expect.any(String),
    updated_by: expect.anything()
  })
  const names: unknown[] = []
  let token: string | undefined = ''
  while (token !== undefined) {
    const page = await api.get(`/api/syncs?limit=3&page_token=${token}`)
    names.push(...page.list.map((item) => item['name']))
    token = (page.body['pagination'] as { next_page_token?: string } | undefined)?.next_page_token
  }
  expect(names).toEqual(['S6', 'S5', 'S4', 'S3', 'S2', 'S1', 'S0'])
  expect((await api.get('/api/syncs?active=true')).list).toHaveLength(2)
  expect((await api.get('/api/syncs?mode=create')).list).toEqual([])
  expect((await api.get(`/api/syncs?target_connection_id=${connection.id}&limit=-1`)).list).toHaveLength(7)
  expect((await api.get('/api/syncs?page_token=forged')).status).toBe(400)
  const older = await client(server, '2024-02-08').get('/api/syncs?limit=3')
  expect(older.list).toHaveLength(7)
  expect(older.list[0]).toHaveProperty('fields')
})

test('activating answers id and active, and counts as an update', async () => {
  const { api, sync } = await warehouse()
  const { data } = await api.post('/api/syncs', sync())
  expect((await api.post(`/api/syncs/${data.id}/activate`, { active: true })).data).toEqual({
    id: data.id,
    active: true
  })
  expect((await api.get(`/api/syncs/${data.id}`)).data['active']).toBe(true)
  expect((await api.post(`/api/syncs/${data.id}/activate`, {})).status).toBe(400)
})

test('a sync is not started, and nothing pretends that it was', async () => {
  const { api, sync } = await warehouse()
  const { data } = await api.post('/api/syncs', sync({ active: true }))
  const started = await api.post(`/api/syncs/${data.id}/executions`, {})
  expect(started.body).toMatchObject({
    status: 409,
    message: 'the sync "S" was not started: this server moves no data; start it with --run to let it'
  })
  expect((await api.get(`/api/syncs/${data.id}/executions`)).list).toEqual([])
  expect((await api.get(`/api/syncs/${data.id}/status`)).data).toEqual({ next_execution_time: null })
  expect((await api.get(`/api/syncs/${data.id}/executions/none`)).status).toBe(404)
  expect((await api.get('/api/syncs/none/status')).status).toBe(404)
})
