/**
 * The bodies that the official Terraform provider sends for bulk syncs and primary keys, and what it needs of
 * the answers. It speaks 2024-02-08.
 */
import { expect, test } from 'vitest'
import { client } from './over-a-socket.ts'
import { testServer, type Client, type Thing } from '../server/client.ts'

const connection = {
  configuration: { database: 'polytomic', hostname: 'h', password: 'p', port: 5432, username: 'u' },
  name: 'N-source',
  type: 'postgresql',
  validate: false
}

interface World {
  server: ReturnType<typeof testServer>
  api: Client
  source: Thing
  destination: Thing
  /** What the provider sends for a bulk sync with nothing but what is required. */
  body: Record<string, unknown>
}

/** What the provider makes of a schema that says `id` and `enabled` alone. */
const schema = {
  disable_data_cutoff: false,
  enabled: true,
  id: 'polytomic.sync_test_source',
  partition_key: '',
  tracking_field: ''
}

async function world(): Promise<World> {
  const server = testServer()
  const api = client(server, '2024-02-08')
  const source = (await api.post('/api/connections', connection)).data
  const destination = (await api.post('/api/connections', { ...connection, name: 'N-destination' })).data
  const body = {
    active: true,
    automatically_add_new_fields: 'none',
    automatically_add_new_objects: 'none',
    concurrency_limit: 0,
    destination_configuration: { schema: 'public' },
    destination_connection_id: destination.id,
    disable_record_timestamps: false,
    mode: 'replicate',
    name: 'N',
    resync_concurrency_limit: 0,
    schedule: { frequency: 'manual' },
    source_connection_id: source.id
  }
  return { server, api, source, destination, body }
}

/** All texts in a value that are null, with the way to them. */
function nulls(value: unknown, way = ''): string[] {
  if (value === null) return [way]
  if (typeof value !== 'object') return []
  return Object.entries(value ?? {}).flatMap(([key, one]) => nulls(one, `${way}/${key}`))
}

test('a bulk sync is answered with what was sent, a schedule, and no null that was not there', async () => {
  const { server, api, body } = await world()
  const made = await api.post('/api/bulk/syncs', body)
  expect(made.status).toBe(200)
  const { destination_configuration: _filled, ...sent } = body
  expect(made.data).toMatchObject({ ...sent, organization_id: server.organizationId, discover: false })
  expect(made.data['schedule']).toEqual({ frequency: 'manual' })
  expect(made.data['destination_configuration']).toMatchObject({ schema: 'public' })
  expect(made.data).not.toHaveProperty('data_cutoff_timestamp')
  expect(made.data).not.toHaveProperty('default_schedule')
  expect(nulls(made.data)).toEqual(['/source_configuration'])
  expect(made.headers.get('x-polytomic-version')).toBe('2024-02-08')
  const read = await api.get(`/api/bulk/syncs/${made.data.id}`)
  expect(read.data).toEqual(made.data)
})

test.each([
  { frequency: 'continuous' },
  { frequency: 'hourly', minute: '30' },
  { frequency: 'daily', hour: '10', minute: '30' },
  { day_of_week: '1', frequency: 'weekly', hour: '10', minute: '30' }
])('the schedule %j is answered as it was sent, after create, read and update', async (schedule) => {
  const { api, body } = await world()
  const made = await api.post('/api/bulk/syncs', { ...body, schedule })
  const path = `/api/bulk/syncs/${made.data.id}`
  const updated = await api.put(path, { ...body, organization_id: '', schedule })
  for (const reply of [made, updated, await api.get(path)]) {
    expect(reply.data['schedule']).toEqual(schedule)
  }
  expect((await api.put(path, body)).data['schedule']).toEqual({ frequency: 'manual' })
})

test('schemas are listed without fields, with the flags that were sent', async () => {
  const { api, body } = await world()
  const made = await api.post('/api/bulk/syncs', { ...body, schemas: [schema] })
  const list = (await api.get(`/api/bulk/syncs/${made.data.id}/schemas`)).list
  expect(list.filter((one) => one['enabled'] === true)).toEqual([
    { ...schema, output_name: 'polytomic_sync_test_source', user_output_name: '' }
  ])
  for (const one of list) {
    expect(one).not.toHaveProperty('fields')
    expect(one).not.toHaveProperty('filters')
    expect(nulls(one)).toEqual([])
  }
})

test('a schema without enabled is sent as switched off, and stays so', async () => {
  const { api, body } = await world()
  const off = { ...schema, enabled: false, fields: [{ enabled: true, id: 'email', obfuscate: true }] }
  const made = await api.post('/api/bulk/syncs', { ...body, schemas: [off] })
  const path = `/api/bulk/syncs/${made.data.id}/schemas`
  const items = (await api.get(path)).list
  expect(items.filter((one) => one['enabled'] === true)).toEqual([])
  expect((await api.get(`${path}/${schema.id}`)).data['fields']).toEqual([
    expect.objectContaining({ id: 'email', enabled: true, obfuscated: true })
  ])
})

test('an update carries schemas, and filters with values of any kind', async () => {
  const { api, body } = await world()
  const made = await api.post('/api/bulk/syncs', body)
  const path = `/api/bulk/syncs/${made.data.id}`
  const filters = [
    { field_id: 'created_at', function: 'RelativeOnOrAfter', value: '48 hours ago' },
    { field_id: 'status', function: 'StringOneOf', value: ['active', 'pending'] },
    { field_id: 'amount', function: 'IsNotNull' }
  ]
  const schemas = [{ ...schema, id: 'public.orders', filters, tracking_field: 'created_at' }]
  const updated = await api.put(path, {
    ...body,
    data_cutoff_timestamp: '2024-01-01T00:00:00Z',
    organization_id: '',
    schemas
  })
  expect(updated.data).toMatchObject({ data_cutoff_timestamp: '2024-01-01T00:00:00Z' })
  expect((await api.get(`${path}/schemas/public.orders`)).data).toMatchObject(schemas[0] ?? {})
  const plain = await api.put(path, { ...body, organization_id: '' })
  expect(plain.data).not.toHaveProperty('data_cutoff_timestamp')
  expect((await api.get(`${path}/schemas/public.orders`)).data).toMatchObject({ filters })
})

test('422 is told for the wait alone, in words that the provider looks for', async () => {
  const { server, api, body } = await world()
  for (const wrong of [
    { ...body, mode: 'snapshot' },
    { ...body, schedule: { frequency: 'daily' } },
    { ...body, schemas: [{ ...schema, tracking_field: 5 }] },
    { ...body, policies: ['none'] },
    { ...body, source_connection_id: 'none' },
    {}
  ]) {
    expect((await api.post('/api/bulk/syncs', wrong)).status).toBe(400)
  }
  const words = /did not provide any schemas|cache refresh in progress/
  server.faults.add({ fault: 'reading-schemas' }, { fault: 'reading-schemas', status: 400, skip: 1 })
  for (const status of [422, 400]) {
    expect((await api.post('/api/bulk/syncs', body)).body).toMatchObject({
      status,
      message: expect.stringMatching(words)
    })
  }
  const made = await api.post('/api/bulk/syncs', body)
  server.faults.add({ fault: 'reading-schemas' })
  const path = `/api/bulk/syncs/${made.data.id}/schemas`
  expect((await api.get(path)).body).toMatchObject({ status: 422, message: expect.stringMatching(words) })
  expect((await api.get(path)).status).toBe(200)
})

test('a bulk sync that is gone is a 404 in JSON, and a connection that it uses stays', async () => {
  const { api, body, source } = await world()
  const made = await api.post('/api/bulk/syncs', body)
  expect((await api.delete(`/api/connections/${source.id}?force=false`)).body).toMatchObject({
    status: 422,
    message: expect.stringContaining('connection in use'),
    metadata: { used_by: [{ type: 'bulk_sync', name: 'N', id: made.data.id }] }
  })
  expect((await api.delete(`/api/bulk/syncs/${made.data.id}`)).status).toBe(200)
  const gone = await api.get(`/api/bulk/syncs/${made.data.id}`)
  expect([gone.status, gone.headers.get('content-type')]).toEqual([404, 'application/json'])
  expect((await api.delete(`/api/connections/${source.id}?force=false`)).status).toBe(200)
})

test('primary keys of a table are set, seen among its fields, replaced and taken back', async () => {
  const { api, source } = await world()
  const path = `/api/connections/${source.id}/schemas/${schema.id}`
  const keys = (...ids: string[]): object => ({
    fields: ids.map((field_id) => ({ field_id, is_primary_key: true }))
  })
  expect((await api.put(`${path}/primary_keys`, keys('email', 'id'))).status).toBe(202)
  const fields = (await api.get(path)).data['fields'] as Thing[]
  expect(fields.map(({ id }) => id)).toEqual(['email', 'id'])
  expect((await api.put(`${path}/primary_keys`, keys('email'))).status).toBe(202)
  expect(((await api.get(path)).data['fields'] as Thing[]).map(({ id }) => id)).toEqual(['email'])
  expect((await api.delete(`${path}/primary_keys`)).status).toBe(202)
  expect((await api.delete(`${path}/primary_keys`)).status).toBe(202)
})

test('the data sources find what bulk syncs read', async () => {
  const { api, source } = await world()
  const read = (await api.get(`/api/connections/${source.id}/bulksync/source`)).data
  const [users] = read['schemas'] as Thing[]
  expect((await api.get(`/api/connections/${source.id}/schemas/${users?.id}`)).data).toEqual(users)
  expect((await api.get(`/api/connections/${source.id}/bulksync/target`)).status).toBe(200)
})
