import { expect, test } from 'vitest'
import { apiVersions } from '../../src/wire/common.ts'
import { bulkWorld, hubspot } from './bulk-world.ts'
import { client, decide, testServer } from './client.ts'

const local = { name: 'Local User', type: 'user', id: expect.any(String) }
const at = expect.stringMatching(/^2026-01-01T/)

test('a bulk sync is answered with all that the API documents, and its schemas apart', async () => {
  const { make, hubspot: source, postgres, server } = await bulkWorld()
  const made = await make()
  const audit = { created_at: at, created_by: local, updated_at: at, updated_by: local }
  expect(made).toEqual({
    id: made.id,
    organization_id: server.organizationId,
    name: 'HubSpot to Postgres',
    mode: 'replicate',
    active: false,
    source_connection_id: source.id,
    source_configuration: null,
    destination_connection_id: postgres.id,
    destination_configuration: {
      schema: 'hubspot',
      mirror_schemas: false,
      advanced: { table_prefix: '', truncate_existing: false }
    },
    default_schedule: { id: expect.any(String), frequency: 'manual', ...audit },
    additional_schedules: [],
    automatically_add_new_objects: 'none',
    automatically_add_new_fields: 'all',
    normalize_names: 'enabled',
    concurrency_limit: null,
    resync_concurrency_limit: null,
    disable_record_timestamps: false,
    policies: [],
    ...audit
  })
})

test('a bulk sync is read, listed, updated, activated and deleted', async () => {
  const { make, request, api } = await bulkWorld()
  const made = await make({ active: true, concurrency_limit: 5, automatically_add_new_fields: 'none' })
  const path = `/api/bulk/syncs/${made.id}`
  expect((await api.get(`${path}?refresh_schemas=true`)).data).toEqual(made)
  expect((await api.get('/api/bulk/syncs')).list).toEqual([made])
  const updated = await api.put(path, request({ name: 'Renamed' }))
  expect(updated.data).toMatchObject({
    id: made.id,
    name: 'Renamed',
    active: false,
    concurrency_limit: null,
    automatically_add_new_fields: 'all',
    created_at: made['created_at'],
    default_schedule: made['default_schedule']
  })
  expect((await api.post(`${path}/activate`, { active: true })).body).toEqual({
    data: { id: made.id, active: true }
  })
  expect((await api.get(path)).data['active']).toBe(true)
  const removed = await api.delete(`${path}?refresh_schemas=false`)
  expect([removed.status, removed.text]).toEqual([200, ''])
  for (const below of ['', '/schemas', '/schedules', '/executions', '/status']) {
    expect((await api.get(path + below)).body).toMatchObject({
      status: 404,
      message: `there is no bulk sync ${made.id}`
    })
  }
})

test('what was sent is kept as it was, with the documented defaults of the destination around it', async () => {
  const { make, snowflake } = await bulkWorld()
  const made = await make({
    mode: 'snapshot',
    destination_connection_id: snowflake.id,
    destination_configuration: { schema: '', advanced: { hard_deletes: true }, own: [null, ''] },
    source_configuration: { lookback: '', streams: [], other: null },
    data_cutoff_timestamp: '2023-04-25T12:00:00+02:00',
    normalize_names: 'legacy',
    concurrency_limit: 0,
    resync_concurrency_limit: 10,
    disable_record_timestamps: true
  })
  expect(made).toMatchObject({
    mode: 'snapshot',
    destination_configuration: {
      schema: '',
      mirror_schemas: false,
      advanced: { hard_deletes: true, table_prefix: '', truncate_existing: false },
      own: [null, '']
    },
    source_configuration: { lookback: '', streams: [], other: null },
    data_cutoff_timestamp: '2023-04-25T12:00:00+02:00',
    normalize_names: 'legacy',
    concurrency_limit: 0,
    resync_concurrency_limit: 10,
    disable_record_timestamps: true
  })
})

test('null is what was left out', async () => {
  const { make, request } = await bulkWorld()
  const optional = [
    'mode',
    'active',
    'source_configuration',
    'schemas',
    'additional_schedules',
    'automatically_add_new_objects',
    'automatically_add_new_fields',
    'normalize_names',
    'concurrency_limit',
    'resync_concurrency_limit',
    'data_cutoff_timestamp',
    'disable_record_timestamps',
    'policies',
    'organization_id'
  ]
  const nulls = Object.fromEntries(optional.map((key) => [key, null]))
  const plain = await make()
  const other = await make(nulls)
  const { id: _id, default_schedule: _first, created_at: _at, updated_at: _changed, ...rest } = other
  expect(Object.keys(other)).toEqual(Object.keys(plain))
  expect(plain).toMatchObject(rest)
  expect(request(nulls)['name']).toBe(other['name'])
})

test('older versions have one schedule, and no paging', async () => {
  const { server, hubspot: source, postgres } = await bulkWorld()
  const { request, make } = await bulkWorld(testServer())
  expect(await make()).not.toHaveProperty('schedule')
  for (const version of ['2023-04-25', '2024-02-08'] as const) {
    const api = client(server, version)
    const { default_schedule: _none, ...rest } = request()
    const body = {
      ...rest,
      source_connection_id: source.id,
      destination_connection_id: postgres.id,
      schedule: { frequency: 'daily', hour: '05', minute: '0' },
      discover: true
    }
    const made = await api.post('/api/bulk/syncs', body)
    expect(made.data).toMatchObject({
      schedule: { frequency: 'daily', hour: '05', minute: '0' },
      discover: true,
      automatically_add_new_objects: 'all'
    })
    expect(made.data).not.toHaveProperty('default_schedule')
    expect(made.data).not.toHaveProperty('data_cutoff_timestamp')
    expect('created_at' in made.data).toBe(version !== '2023-04-25')
    expect('normalize_names' in made.data).toBe(version !== '2023-04-25')
    const changed = { ...body, discover: false }
    const [right, wrong] = version === '2023-04-25' ? [api.patch, api.put] : [api.put, api.patch]
    const path = `/api/bulk/syncs/${made.data.id}`
    expect((await wrong(path, changed)).status).toBe(405)
    expect((await right(path, changed)).data).toMatchObject({
      discover: false,
      automatically_add_new_objects: 'none'
    })
    expect(
      (await api.post('/api/bulk/syncs', { ...rest, ...body, schedule: undefined })).body
    ).toMatchObject({
      status: 400,
      message: 'schedule is required'
    })
  }
  expect((await client(server, '2024-02-08').get('/api/bulk/syncs?limit=1')).list).toHaveLength(2)
})

test('the list is filtered by activity and, in the newest version, paged: newest first', async () => {
  const { make, api } = await bulkWorld()
  const names = Array.from({ length: 53 }, (_, index) => `B${index}`)
  for (const name of names) await make({ name, active: name === 'B7' })
  const first = await api.get('/api/bulk/syncs?limit=500')
  expect(first.list.map(({ name }) => name)).toEqual(names.toReversed().slice(0, 50))
  const { next_page_token: token } = first.body['pagination'] as { next_page_token: string }
  const second = await api.get(`/api/bulk/syncs?page_token=${token}`)
  expect(second.list.map(({ name }) => name)).toEqual(['B2', 'B1', 'B0'])
  expect(second.body).not.toHaveProperty('pagination')
  expect((await api.get('/api/bulk/syncs?active=true')).list.map(({ name }) => name)).toEqual(['B7'])
  expect((await api.get('/api/bulk/syncs?active=false&limit=1')).list.map(({ name }) => name)).toEqual([
    'B52'
  ])
  expect((await api.get('/api/bulk/syncs?page_token=mine')).status).toBe(400)
})

test('two bulk syncs may have the same name', async () => {
  const { make, api } = await bulkWorld()
  const ids = [(await make()).id, (await make()).id]
  expect((await api.get('/api/bulk/syncs')).list.map(({ id }) => id)).toEqual(ids.toReversed())
})

const refusals: [more: Record<string, unknown>, message: string | RegExp][] = [
  [{ name: '' }, 'name must not be empty'],
  [{ name: undefined }, 'name is required'],
  [{ source_connection_id: undefined }, 'source_connection_id is required'],
  [{ source_connection_id: 'none' }, 'source_connection_id names no connection: none'],
  [{ destination_connection_id: 'none' }, 'destination_connection_id names no connection: none'],
  [{ destination_configuration: undefined }, 'destination_configuration is required'],
  [{ destination_configuration: null }, 'destination_configuration is required'],
  [{ destination_configuration: 'public' }, 'destination_configuration must be object or null'],
  [{ destination_configuration: { schema: 5 } }, 'destination_configuration.schema must be string'],
  [
    { destination_configuration: { advanced: { truncate_existing: 'yes' } } },
    'destination_configuration.advanced.truncate_existing must be boolean'
  ],
  [{ default_schedule: undefined }, 'default_schedule is required'],
  [{ default_schedule: undefined, schedule: { frequency: 'manual' } }, 'default_schedule is required'],
  [{ mode: 'merge' }, 'mode must be one of replicate, snapshot, append'],
  [{ mode: 'append' }, 'mode must be one of replicate for this destination'],
  [{ mode: 'snapshot' }, 'mode must be one of replicate for this destination'],
  [{ normalize_names: true }, 'normalize_names must be string or null'],
  [{ normalize_names: 'off' }, 'normalize_names must be one of enabled, disabled, legacy'],
  [{ automatically_add_new_objects: 'some' }, /^automatically_add_new_objects must be one of all, /],
  [{ automatically_add_new_fields: true }, 'automatically_add_new_fields must be string or null'],
  [{ concurrency_limit: 1.5 }, 'concurrency_limit must be integer or null'],
  [{ data_cutoff_timestamp: 'yesterday' }, /^data_cutoff_timestamp must be a time such as /],
  [{ policies: ['none'] }, 'policies[0] is not a policy: none'],
  [{ schemas: ['nope'] }, 'schemas[0].id names no schema of the source: nope'],
  [{ schemas: ['deals', { id: 'deals' }] }, 'schemas[1].id is listed twice: deals'],
  [{ schemas: [{ enabled: true }] }, 'schemas[0].id is required'],
  [
    { schemas: [{ id: 'deals', fields: ['amount', { id: 'amount' }] }] },
    'schemas[0].fields[1].id is listed twice: amount'
  ],
  [{ schemas: [5] }, 'schemas[0] must be string or object'],
  [
    { schemas: [{ id: 'deals', fields: ['nope'] }] },
    'schemas[0].fields[0].id names no field of deals: nope'
  ],
  [
    { schemas: [{ id: 'deals', tracking_field: 'x' }] },
    'schemas[0].tracking_field names no field of deals: x'
  ],
  [
    { schemas: [{ id: 'deals', partition_key: 'x' }] },
    'schemas[0].partition_key names no field of deals: x'
  ],
  [
    { schemas: [{ id: 'deals', filters: [{ field_id: 'amount', function: 'Is' }] }] },
    /^schemas\[0\]\.filters\[0\]\.function must be one of Equality, /
  ],
  [
    { schemas: [{ id: 'deals', filters: [{ field_id: 'x', function: 'True' }] }] },
    'schemas[0].filters[0].field_id names no field of deals: x'
  ]
]

test.each(refusals)('%j is refused with 400, never 422', async (more, message) => {
  const { api, request } = await bulkWorld()
  const reply = await api.post('/api/bulk/syncs', request(more))
  const reported = typeof message === 'string' ? message : expect.stringMatching(message)
  expect([reply.status, reply.body['message']]).toEqual([400, reported])
  expect((await api.get('/api/bulk/syncs')).list).toEqual([])
})

test('a connection that waits for a person is neither source nor destination', async () => {
  const { api, request, server } = await bulkWorld()
  const waiting = (await api.post('/api/connections', { ...hubspot, name: 'Waiting' })).data
  const reply = await api.post('/api/bulk/syncs', request({ source_connection_id: waiting.id }))
  expect([reply.status, reply.body['message']]).toEqual([
    400,
    'source_connection_id leads to the connection "Waiting", which is not authorized yet'
  ])
  await decide(server, waiting['auth_url'])
  expect((await api.post('/api/bulk/syncs', request({ source_connection_id: waiting.id }))).status).toBe(
    200
  )
})

test('applications take no bulk syncs, storage does, and BigQuery wants a dataset', async () => {
  const { api, request, make, hubspot: source } = await bulkWorld()
  const app = await api.post('/api/bulk/syncs', request({ destination_connection_id: source.id }))
  expect([app.status, app.body['message']]).toEqual([
    400,
    'destination_connection_id is of type hubspot, which takes no bulk syncs'
  ])
  const s3 = await api.post('/api/connections', {
    name: 'S3',
    type: 's3',
    configuration: {
      auth_mode: 'access_key_and_secret',
      aws_access_key_id: 'k',
      aws_secret_access_key: 's',
      s3_bucket_name: 'b',
      s3_bucket_region: 'us-east-1'
    }
  })
  const files = { format: 'csv', subfolder: '' }
  const to = { destination_connection_id: s3.data.id, mode: 'snapshot', destination_configuration: files }
  expect((await make(to))['destination_configuration']).toEqual(files)
  const wrong = await api.post(
    '/api/bulk/syncs',
    request({ ...to, destination_configuration: { format: 'xls' } })
  )
  expect(wrong.body['message']).toBe('destination_configuration.format must be one of csv, json, parquet')
  const bigquery = await api.post('/api/connections', {
    name: 'BigQuery',
    type: 'bigquery',
    configuration: { auth_method: 'service_account_key', service_account: '{}' }
  })
  const into = { destination_connection_id: bigquery.data.id, destination_configuration: {} }
  expect((await api.post('/api/bulk/syncs', request(into))).body['message']).toBe(
    'destination_configuration.dataset is required'
  )
  const dataset = { dataset: 'raw' }
  expect(
    (await make({ ...into, destination_configuration: dataset }))['destination_configuration']
  ).toEqual(dataset)
})

test('a source that has no schemas cannot be taken whole, and one that cannot be read not at all', async () => {
  const catalogue = { Empty: { open: false, objects: {} } }
  const { request, api } = await bulkWorld(testServer({ catalogue }))
  const empty = await api.post('/api/connections', {
    name: 'Empty',
    type: 'slack',
    configuration: { api_key: 'k' }
  })
  const none = await api.post('/api/bulk/syncs', request({ source_connection_id: empty.data.id }))
  expect([none.status, none.body['message']]).toEqual([
    400,
    'the connection "Empty" did not provide any schemas'
  ])
  const webhook = await api.post('/api/connections', {
    name: 'Hook',
    type: 'webhook',
    configuration: { url: 'https://example.com', auth_method: 'polytomic_secret' }
  })
  const reply = await api.post('/api/bulk/syncs', request({ source_connection_id: webhook.data.id }))
  expect([reply.status, reply.body['message']]).toEqual([
    400,
    'a connection of type webhook cannot be a source'
  ])
})

test('another organization has none of it', async () => {
  const { server, make, request } = await bulkWorld()
  const made = await make()
  const other = server.store.addOrganization('Other')
  const api = client({ fetch: server.fetch, apiKey: other.key })
  expect((await api.get(`/api/bulk/syncs/${made.id}`)).status).toBe(404)
  expect((await api.get('/api/bulk/syncs')).list).toEqual([])
  expect((await api.post('/api/bulk/syncs', request())).status).toBe(400)
  const foreign = { organization_id: other.id }
  expect((await client(server).post('/api/bulk/syncs', request(foreign))).status).toBe(403)
})

test('a connection is in use while a bulk sync reads it or writes to it', async () => {
  const { api, make, postgres, hubspot: source } = await bulkWorld()
  const made = await make()
  for (const id of [postgres.id, source.id]) {
    expect((await api.delete(`/api/connections/${id}`)).body).toMatchObject({
      status: 422,
      message: expect.stringContaining('connection in use'),
      metadata: { used_by: [{ type: 'bulk_sync', name: 'HubSpot to Postgres', id: made.id }] }
    })
  }
  expect((await api.delete(`/api/connections/${source.id}?force=true`)).status).toBe(200)
  expect((await api.get(`/api/bulk/syncs/${made.id}`)).status).toBe(404)
})

test.each(apiVersions)('malformed bodies are told apart from missing things in %s', async (version) => {
  const { server } = await bulkWorld()
  const api = client(server, version)
  const update = version === '2023-04-25' ? api.patch : api.put
  expect((await api.post('/api/bulk/syncs', '{"name":')).status).toBe(400)
  expect((await api.post('/api/bulk/syncs', '[]')).status).toBe(400)
  expect((await update('/api/bulk/syncs/none', {})).status).toBe(404)
  expect((await api.delete('/api/bulk/syncs/none')).status).toBe(404)
  expect((await api.post('/api/bulk/syncs/none/activate', { active: true })).status).toBe(404)
})

test('activating wants a yes or a no', async () => {
  const { api, make } = await bulkWorld()
  const { id } = await make()
  expect((await api.post(`/api/bulk/syncs/${id}/activate`, {})).body).toMatchObject({
    status: 400,
    message: 'active must be true or false'
  })
})
