import { expect, test } from 'vitest'
import { logicProblem } from '../../src/server/kinds/filter-logic.ts'
import { nullModelId } from '../../src/wire/sync.ts'
import {
  client,
  mongo,
  postgres,
  testServer,
  tutorialSync,
  tutorialWorld,
  type Client,
  type Thing
} from './client.ts'

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
      function: 'Equality',
      new_field: false,
      remote_field_type_id: 'string'
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

interface Warehouse {
  api: Client
  connection: Thing
  model: Thing
  from: (field: string) => object
  /** The smallest sync from a query to a table that nobody knows. */
  sync: (more?: Record<string, unknown>) => Record<string, unknown>
}

async function warehouse(server = testServer()): Promise<Warehouse> {
  const api = client(server)
  const connection = (await api.post('/api/connections', postgres)).data
  const query = 'SELECT email, email as name, active FROM polytomic.sync_test_source'
  const model = (
    await api.post('/api/models', { name: 'M', connection_id: connection.id, configuration: { query } })
  ).data
  const from = (field: string): object => ({ model_id: model.id, field })
  return {
    api,
    connection,
    model,
    from,
    sync: (more = {}) => ({
      name: 'S',
      active: false,
      mode: 'replace',
      fields: [{ source: from('email'), target: 'email' }],
      schedule: { frequency: 'manual' },
      target: { connection_id: connection.id, object: 'polytomic.sync_test_target' },
      ...more
    })
  }
}

test('two syncs may have one name', async () => {
  const { api, sync } = await warehouse()
  expect((await api.post('/api/syncs', sync())).status).toBe(200)
  expect((await api.post('/api/syncs', sync())).status).toBe(200)
})

test('override fields come back among the fields, and go when they are left out', async () => {
  const { api, sync, from } = await warehouse()
  const override = { target: 'name', override_value: 'default' }
  const made = await api.post('/api/syncs', sync({ override_fields: [override] }))
  const merged = { source: { model_id: nullModelId, field: '' }, ...override }
  expect(made.data['fields']).toEqual([{ source: from('email'), target: 'email' }, merged])
  expect(made.data['override_fields']).toEqual([])
  const path = `/api/syncs/${made.data.id}`
  // Sent back as it was read, once among the fields and once as it is meant, it is one and the same.
  const both = sync({ fields: made.data['fields'], override_fields: [override] })
  expect((await api.put(path, both)).data['fields']).toEqual(made.data['fields'])
  expect((await api.put(path, sync({ fields: made.data['fields'] }))).data['fields']).toEqual(
    made.data['fields']
  )
  expect((await api.put(path, sync())).data['fields']).toHaveLength(1)
})

test('a field with a source and an override value stays a field', async () => {
  const { api, sync, from } = await warehouse()
  const fields = [
    { source: from('email'), target: 'email' },
    { source: from('name'), target: 'name', override_value: 'x' }
  ]
  expect((await api.post('/api/syncs', sync({ fields }))).data['fields']).toEqual(fields)
})

test('a field that is mapped to the target of the identity is dropped', async () => {
  const { api, sync, from } = await warehouse()
  const identity = { source: from('email'), target: 'email', function: 'EQUALITY' }
  const fields = [
    { source: from('email'), target: 'email' },
    { source: from('name'), target: 'name' }
  ]
  const made = await api.post('/api/syncs', sync({ mode: 'updateOrCreate', identity, fields }))
  expect(made.data['fields']).toEqual([fields[1]])
  expect(made.data['identity']).toMatchObject({ function: 'Equality', new_field: false })
})

test('filters get letters in order, ids beside their fields, and keep their values', async () => {
  const { api, sync, model, from } = await warehouse()
  const ids = Object.fromEntries((model['fields'] as Thing[]).map((field) => [field['name'], field.id]))
  const filters = [
    { field: from('email'), field_type: 'Model', function: 'StringOneOf', value: ['a', 'b'], label: 'Z' },
    { field: from('active'), field_type: 'model', function: 'Equality', value: true, label: '' },
    { field_id: ids['name'], field_type: 'Model', function: 'IsNull' },
    { field_id: 'email', field_type: 'Model', function: 'Equality', value: 42 }
  ]
  const made = await api.post('/api/syncs', sync({ filters, filter_logic: '(A and B) OR NOT C or D' }))
  expect(made.data['filters']).toEqual([
    {
      field: from('email'),
      field_id: ids['email'],
      field_type: 'Model',
      function: 'StringOneOf',
      value: ['a', 'b'],
      label: 'A'
    },
    {
      field: from('active'),
      field_id: ids['active'],
      field_type: 'Model',
      function: 'Equality',
      value: true,
      label: 'B'
    },
    { field: from('name'), field_id: ids['name'], field_type: 'Model', function: 'IsNull', label: 'C' },
    {
      field: from('email'),
      field_id: ids['email'],
      field_type: 'Model',
      function: 'Equality',
      value: 42,
      label: 'D'
    }
  ])
  expect(made.data['filter_logic']).toBe('(A and B) OR NOT C or D')
  const fewer = await api.put(`/api/syncs/${made.data.id}`, sync({ filters: filters.slice(1, 2) }))
  expect(fewer.data['filters']).toMatchObject([{ label: 'A', value: true }])
  expect(fewer.data).not.toHaveProperty('filter_logic')
  const none = await api.put(`/api/syncs/${made.data.id}`, sync({ filter_logic: 'A' }))
  expect([none.data['filters'], none.data['filter_logic']]).toEqual([[], undefined])
})

test('of a filter the field wins over its id, of an override the id', async () => {
  const { api, sync, model, from } = await warehouse()
  const name = (model['fields'] as Thing[]).find((field) => field['name'] === 'name')?.id
  const both = { field: from('email'), field_id: name }
  const made = await api.post(
    '/api/syncs',
    sync({
      filters: [{ ...both, function: 'IsNull' }],
      overrides: [
        { ...both, function: 'Equality', value: 100, override: { default: 200, type: 'fallback' } }
      ]
    })
  )
  expect(made.data['filters']).toMatchObject([{ field: from('email') }])
  expect(made.data['overrides']).toEqual([
    {
      field: from('name'),
      field_id: name,
      function: 'Equality',
      value: 100,
      override: { default: 200, type: 'fallback' }
    }
  ])
})

test('a filter on the target is for mode update alone', async () => {
  const { api, sync, from } = await warehouse()
  const filters = [{ field_id: 'email', field_type: 'Target', function: 'IsNotNull', label: '' }]
  const identity = { source: from('email'), target: 'email', function: 'Equality' }
  const refused = await api.post('/api/syncs', sync({ filters }))
  expect(refused.body['message']).toBe('filters[0] is on the target, which only the mode update allows')
  const target = { ...(sync()['target'] as object), filter_logic: 'A' }
  const made = await api.post(
    '/api/syncs',
    sync({ mode: 'update', identity, filters, target, fields: [{ source: from('name'), target: 'name' }] })
  )
  expect(made.data['filters']).toEqual([
    { field_id: 'email', field_type: 'Target', function: 'IsNotNull', label: 'A' }
  ])
  expect(made.data['target']).toMatchObject({ filter_logic: 'A' })
})

test('an object is created once, fills object, and create is never answered', async () => {
  const server = testServer()
  const { api, sync, connection } = await warehouse(server)
  const create = { name: 'public.test_create_1' }
  const target = { connection_id: connection.id, create }
  const made = await api.post('/api/syncs', sync({ target }))
  const expected = {
    connection_id: connection.id,
    object: 'public.test_create_1',
    search_values: { schema: 'public', table: 'test_create_1' }
  }
  expect(made.data['target']).toEqual(expected)
  const path = `/api/syncs/${made.data.id}`
  for (const object of ['', 'public.test_create_1']) {
    expect((await api.put(path, sync({ target: { ...target, object } }))).data['target']).toEqual(expected)
  }
  const objects = await api.get(`/api/connections/${connection.id}/modelsync/targetobjects`)
  expect(objects.list.filter(({ id }) => id === 'public.test_create_1')).toHaveLength(1)
  const both = await api.post('/api/syncs', sync({ target: { ...target, object: 'x.y' } }))
  expect(both.body['message']).toBe('target.create cannot be given together with target.object')
  const wrong = await api.post(
    '/api/syncs',
    sync({ target: { ...target, create: { name: 'a', colour: 'b' } } })
  )
  expect(wrong.body['message']).toBe('target.create.colour is not a property of new targets')
})

test('the older way to a new object is accepted', async () => {
  const { api, sync, connection } = await warehouse()
  const target = {
    connection_id: connection.id,
    object: '__pt_new_target',
    new_name: 'awesome.table',
    search_values: { dataset: 'awesome' }
  }
  const made = await api.post('/api/syncs', sync({ target }))
  expect(made.data['target']).toMatchObject({ object: '__pt_new_target', new_name: 'awesome.table' })
})

test('a passphrase is never answered, and an encrypted field needs one', async () => {
  const { api, sync, from } = await warehouse()
  const fields = [{ source: from('email'), target: 'email', encryption_enabled: true }]
  expect((await api.post('/api/syncs', sync({ fields }))).body['message']).toBe(
    'encryption_passphrase is required when a field is encrypted'
  )
  const made = await api.post(
    '/api/syncs',
    sync({ fields, encryption_passphrase: 'test-passphrase-12345' })
  )
  expect(made.status).toBe(200)
  expect(made.text + (await api.get('/api/syncs')).text).not.toContain('test-passphrase')
})

test.each([
  [{ frequency: 'daily', hour: '10', minute: '30' }],
  [{ frequency: 'daily', hour: '05', minute: '00' }],
  [{ frequency: 'hourly', minute: '15' }],
  [{ frequency: 'weekly', day_of_week: '1', hour: '8', minute: '0' }],
  [{ frequency: 'weekly', day_of_week: 'Monday', hour: '8', minute: '0' }],
  [
    {
      frequency: 'custom',
      minute: '*/5',
      hour: '9-17',
      day_of_month: '*',
      month: '*',
      day_of_week: 'MON-FRI'
    }
  ],
  [{ frequency: 'continuous' }]
])('the schedule %j is answered as it was sent', async (schedule) => {
  const { api, sync } = await warehouse()
  const empty = { connection_id: null, job_id: null, run_after: null, run_after_success_only: null }
  const made = await api.post('/api/syncs', sync({ schedule: { ...empty, ...schedule } }))
  expect(made.data['schedule']).toEqual({ ...schedule, run_after_success_only: false })
})

test('a sync runs after syncs that exist, and after jobs of dbt Cloud', async () => {
  const { api, sync } = await warehouse()
  const first = await api.post('/api/syncs', sync())
  const run_after = { sync_ids: [first.data.id], bulk_sync_ids: [] }
  const schedule = { frequency: 'runafter', run_after, run_after_success_only: true }
  expect((await api.post('/api/syncs', sync({ schedule }))).data['schedule']).toEqual({
    frequency: 'runafter',
    run_after: { sync_ids: [first.data.id] },
    run_after_success_only: true
  })
  const dbt = await api.post('/api/connections', {
    name: 'dbt',
    type: 'dbtcloud',
    configuration: { url: 'https://cloud.getdbt.com', token: 't' }
  })
  const job = { frequency: 'dbtcloud', connection_id: dbt.data.id, job_id: 7 }
  expect((await api.post('/api/syncs', sync({ schedule: job }))).data['schedule']).toMatchObject(job)
  expect((await api.delete(`/api/connections/${dbt.data.id}`)).status).toBe(422)
})

test.each([
  [{ frequency: 'yearly' }, /^schedule\.frequency must be one of manual/],
  [{ frequency: 'multi' }, /^schedule\.frequency must be one of/],
  [{ frequency: 'hourly' }, /^schedule\.minute is required when the frequency is hourly$/],
  [{ frequency: 'daily', hour: '24', minute: '0' }, /^schedule\.hour must be a number from 0 to 23$/],
  [{ frequency: 'daily', hour: 10, minute: '0' }, /^schedule\.hour must be string or null$/],
  [{ frequency: 'weekly', day_of_week: 'Mittwoch', hour: '1', minute: '1' }, /^schedule\.day_of_week/],
  [{ frequency: 'custom' }, /^schedule needs at least one of/],
  [{ frequency: 'custom', minute: '99' }, /^schedule\.minute/],
  [{ frequency: 'runafter' }, /^schedule\.run_after must name at least one sync/],
  [
    { frequency: 'runafter', run_after: { sync_ids: ['none'] } },
    /^schedule\.run_after\.sync_ids\[0\] names no sync: none$/
  ],
  [{ frequency: 'dbtcloud', job_id: 1 }, /^schedule\.connection_id is required/]
])('the schedule %j is refused', async (schedule, message) => {
  const { api, sync } = await warehouse()
  const reply = await api.post('/api/syncs', sync({ schedule }))
  expect([reply.status, reply.body['message']]).toEqual([422, expect.stringMatching(message)])
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

test('every reference of a mapping must exist, in the model and in the target', async () => {
  const server = testServer()
  const api = client(server)
  const world = await tutorialWorld(server)
  const from = (field: string, model_id = world.model.id): object => ({ model_id, field })
  const field = (source: object, target: string): object => ({ fields: [{ source, target }] })
  const identity = (source: object, target: string, fn = 'Equality'): object => ({
    identity: { source, target, function: fn }
  })
  const cases: [object, string][] = [
    [field(from('first_name', 'none'), 'FirstName'), 'fields[0].source.model_id names no model: none'],
    [
      field(from('fist_name'), 'FirstName'),
      'fields[0].source.field is not a field of the model "MongoDB Model": fist_name'
    ],
    [field(from('first_name'), 'Firstname'), 'fields[0].target is not a field of the target: Firstname'],
    [field(from('first_name'), 'CreatedDate'), 'fields[0].target cannot be written: CreatedDate'],
    [{ fields: [{ target: 'FirstName' }] }, 'fields[0].source is required, or override_value'],
    [
      { fields: [{ source: from('email'), target: 'FirstName', sync_mode: 'create' }], mode: 'remove' },
      'fields[0].sync_mode is not possible in mode remove of this target'
    ],
    [
      identity(from('mail'), 'Email'),
      'identity.source.field is not a field of the model "MongoDB Model": mail'
    ],
    [identity(from('email'), 'EMail'), 'identity.target is not a field of the target: EMail'],
    [
      identity(from('email'), 'HasOptedOutOfEmail'),
      'identity.target cannot identify records: HasOptedOutOfEmail'
    ],
    [
      identity(from('email'), 'Email', 'Same'),
      'identity.function must be one of Equality, ISubstring, OneOf, DomainMatch, HostnameMatch'
    ],
    [
      identity(from('email'), 'LastName', 'DomainMatch'),
      'identity.function must be one of Equality, ISubstring, OneOf for LastName'
    ],
    [
      { target: { connection_id: 'none', object: 'Contact' } },
      'target.connection_id names no connection: none'
    ],
    [
      { target: { connection_id: world.salesforce.id, object: 'Kontact' } },
      'target.object names Kontact, which the connection "Salesforce Connection" does not have'
    ],
    [{ target: { connection_id: world.salesforce.id } }, 'target.object is required, or target.create'],
    [
      { target: { connection_id: world.salesforce.id, create: { name: 'x' } } },
      'target.create is not possible: a connection of type salesforce makes no objects'
    ]
  ]
  for (const [change, message] of cases) {
    const reply = await api.post('/api/syncs', tutorialSync(world, change as Record<string, unknown>))
    expect([reply.status, reply.body['message']]).toEqual([422, message])
  }
  const custom = { target: { connection_id: world.salesforce.id, object: 'Invoice__c' } }
  expect((await api.post('/api/syncs', tutorialSync(world, custom))).status).toBe(200)
})

test('several models must be joined by relations', async () => {
  const { api, sync, from, connection } = await warehouse()
  const second = { name: 'Orders', connection_id: connection.id, configuration: { table: 'public.orders' } }
  const made = await api.post('/api/models', second)
  const fields = [
    { source: from('email'), target: 'email' },
    { source: { model_id: made.data.id, field: 'status' }, target: 'status' }
  ]
  expect((await api.post('/api/syncs', sync({ fields }))).body['message']).toBe(
    'fields read the models "M" and "Orders", which no relation joins'
  )
  const relations = [{ from: 'status', to: { ...from('email') } }]
  await api.put(`/api/models/${made.data.id}`, { ...second, relations })
  expect((await api.post('/api/syncs', sync({ fields }))).data['model_ids']).toHaveLength(2)
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
    message: 'the sync "S" was not started: this server does not run syncs yet'
  })
  expect((await api.get(`/api/syncs/${data.id}/executions`)).list).toEqual([])
  expect((await api.get(`/api/syncs/${data.id}/status`)).data).toEqual({ next_execution_time: null })
  expect((await api.get(`/api/syncs/${data.id}/executions/none`)).status).toBe(404)
  expect((await api.get('/api/syncs/none/status')).status).toBe(404)
})

test('the options of schedules are listed by frequency', async () => {
  const { data } = await client(testServer()).get('/api/syncs/schedules')
  expect((data['schedule_options'] as { frequency: string }[]).map(({ frequency }) => frequency)).toEqual([
    'manual',
    'continuous',
    'hourly',
    'daily',
    'weekly',
    'custom',
    'builder',
    'runafter',
    'dbtcloud'
  ])
})

test('a webhook takes any number of fields, all to its record', async () => {
  const { api, sync, from } = await warehouse()
  const hook = await api.post('/api/connections', {
    name: 'Hook',
    type: 'webhook',
    configuration: { url: 'https://x' }
  })
  const fields = ['email', 'name'].map((field) => ({ source: from(field), target: 'record' }))
  const target = { connection_id: hook.data.id, object: 'http' }
  const made = await api.post('/api/syncs', sync({ mode: 'updateOrCreate', fields, target }))
  expect(made.data['fields']).toEqual(fields)
  expect((await api.post('/api/syncs', sync({ mode: 'create', fields, target }))).status).toBe(422)
  const model = { name: 'From hook', connection_id: hook.data.id, configuration: {} }
  expect((await api.post('/api/models', model)).body['message']).toMatch(
    /webhook, which cannot be a source$/
  )
})

test('what another connection of the same service holds can be told by its own file', async () => {
  const catalogue = {
    'MongoDB Connection': { objects: { 'example.users': { fields: { mail: 'string' } } } }
  }
  const api = client(testServer({ catalogue }))
  const connection = await api.post('/api/connections', mongo)
  const model = {
    name: 'M',
    connection_id: connection.data.id,
    configuration: { database: 'example', collection: 'users' }
  }
  expect((await api.post('/api/models', model)).data['fields']).toMatchObject([{ name: 'mail' }])
})

test.each([
  ['A', undefined],
  ['a AND (B or not C)', undefined],
  ['', 'ends where a filter must be'],
  ['A B', 'has "B" where AND or OR must be'],
  ['A AND', 'ends where a filter must be'],
  ['AND A', 'has AND where a filter must be'],
  ['(A', 'has a "(" that is not closed'],
  ['A)', 'has a ")" too many'],
  ['A (B)', 'has "(" where AND or OR must be'],
  ['1 AND 2', 'names the filter 1; the filters are A, B, C']
])('the filter logic %j', (logic, problem) => {
  expect(logicProblem(logic, ['A', 'B', 'C'])).toBe(problem)
})
