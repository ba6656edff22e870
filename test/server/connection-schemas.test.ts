import { expect, test } from 'vitest'
import { apiVersions } from '../../src/wire/common.ts'
import { bulkWorld, hubspot } from './bulk-world.ts'
import { client, mongo, testServer, type Client, type Thing } from './client.ts'

const users = 'public.users'

/** The fields that are keys, of one schema. */
async function keys(api: Client, path: string): Promise<string[]> {
  const fields = (await api.get(path)).data['fields'] as Thing[]
  return fields.filter((field) => field['is_primary_key'] === true).map(({ id }) => id)
}

test.each(apiVersions)(
  'a source and its schemas are read under both sorts of address in %s',
  async (version) => {
    const { server, postgres } = await bulkWorld()
    const api = client(server, version)
    const source = (await api.get(`/api/connections/${postgres.id}/bulksync/source`)).data
    const schemas = source['schemas'] as Thing[]
    expect(source).toMatchObject({ capabilities: { supports_tracking_fields: true }, configuration: null })
    expect(schemas.map(({ id }) => id)).toEqual(['public.users', 'public.customers', 'public.orders'])
    const fields = schemas[2]?.['fields'] as Thing[]
    expect(fields.slice(0, 3)).toEqual([
      { id: 'id', name: 'id', type: 'number', remote_type: 'bigint', is_primary_key: true },
      { id: 'user_id', name: 'user_id', type: 'number', remote_type: 'bigint', is_primary_key: false },
      { id: 'amount', name: 'amount', type: 'number', remote_type: 'numeric', is_primary_key: false }
    ])
    expect((await api.get(`/api/bulk/source/${postgres.id}?refresh_schemas=true`)).data).toEqual(source)
    const bare = await api.get(`/api/connections/${postgres.id}/bulksync/source?include_fields=false`)
    expect((bare.data['schemas'] as Thing[])[0]).toEqual({ id: users, name: users })
    expect((await api.get(`/api/connections/${postgres.id}/schemas/${users}`)).data).toEqual(schemas[0])
    expect((await api.get(`/api/bulk/source/${postgres.id}/schema/${users}`)).data).toEqual(schemas[0])
    const status = (await api.get(`/api/connections/${postgres.id}/schemas/status`)).data
    expect(status).toEqual({
      cache_status: 'fresh',
      last_refresh_started: expect.any(String),
      last_refresh_finished: expect.any(String)
    })
    expect((await api.get(`/api/bulk/source/${postgres.id}/status`)).data).toEqual(status)
    const refresh = await api.post(`/api/connections/${postgres.id}/schemas/refresh`)
    expect([refresh.status, refresh.headers.get('location')]).toEqual([
      202,
      `/api/connections/${postgres.id}/schemas/status`
    ])
  }
)

test('a destination says what it wants and what it can', async () => {
  const { api, snowflake, postgres, hubspot: app } = await bulkWorld()
  const target = (await api.get(`/api/connections/${snowflake.id}/bulksync/target`)).data
  const mode = {
    description: expect.any(String),
    requires_identity: false,
    supports_field_sync_mode: false,
    supports_target_filters: false
  }
  expect(target).toEqual({
    configuration: {
      schema: { default: '', items: null, required: false },
      mirror_schemas: { default: false, items: null, required: false },
      advanced: {
        default: null,
        required: false,
        items: {
          hard_deletes: { default: false, items: null, required: false },
          table_prefix: { default: '', items: null, required: false },
          truncate_existing: { default: false, items: null, required: false }
        }
      }
    },
    modes: [
      { id: 'replicate', label: 'Replicate', ...mode },
      { id: 'snapshot', label: 'Replace', ...mode }
    ],
    supported_resync_modes: ['refetch', 'resync', 'rebuild']
  })
  const own = (await api.get(`/api/bulk/dest/${postgres.id}`)).data
  expect((own['modes'] as Thing[]).map(({ id }) => id)).toEqual(['replicate'])
  expect((await api.get(`/api/connections/${app.id}/bulksync/target`)).body).toMatchObject({
    status: 400,
    message: 'a connection of type hubspot cannot be the destination of bulk syncs'
  })
})

test('nobody can look into a connection that is not authorized, or that is not there', async () => {
  const { api } = await bulkWorld()
  const { id } = (await api.post('/api/connections', { ...hubspot, name: 'Waiting' })).data
  for (const path of ['bulksync/source', 'bulksync/target', 'schemas/contacts']) {
    expect((await api.get(`/api/connections/${id}/${path}`)).status).toBe(400)
    expect((await api.get(`/api/connections/none/${path}`)).status).toBe(404)
  }
  expect((await api.post(`/api/connections/${id}/schemas/refresh`)).status).toBe(400)
})

test.each([
  ['gong', { auth_method: 'token', access_key: 'k', access_secret: 's' }, 'calls'],
  ['gcs', { service_account: '{}', bucket: 'b' }, 'events.csv'],
  ['airtable', { oauth_refresh_token: 't' }, 'Contacts'],
  ['stripe', { api_key: 'k' }, 'charges'],
  ['mysql', { hostname: 'h', account: 'a', passwd: 'p', port: 3306 }, 'company.accounts'],
  ['bigquery', { auth_method: 'service_account_key', service_account: '{}' }, 'analytics.users'],
  ['mongodb', mongo.configuration, 'example.users']
])('a %s connection has schemas', async (type, configuration, schema) => {
  const api = client(testServer())
  const { id } = (await api.post('/api/connections', { name: 'C', type, configuration })).data
  const source = (await api.get(`/api/connections/${id}/bulksync/source`)).data
  const found = (source['schemas'] as Thing[]).find((one) => one.id === schema)
  const fields = found?.['fields'] as Thing[]
  expect(fields.filter((field) => field['is_primary_key'] === true)).toHaveLength(1)
})

test('primary keys are overridden as a whole, and fall back to the detected ones', async () => {
  const { api, postgres, server } = await bulkWorld()
  const path = `/api/connections/${postgres.id}/schemas/${users}`
  const set = async (...fields: [string, boolean][]): Promise<string[]> => {
    const body = { fields: fields.map(([field_id, is_primary_key]) => ({ field_id, is_primary_key })) }
    const reply = await api.put(`${path}/primary_keys`, body)
    expect([reply.status, reply.text]).toEqual([202, ''])
    return await keys(api, path)
  }
  expect(await keys(api, path)).toEqual(['id'])
  expect(await set(['email', true])).toEqual(['email'])
  expect(await set(['email', true], ['company', true], ['id', false])).toEqual(['email', 'company'])
  expect(await set(['id', false])).toEqual([])
  expect(await set()).toEqual(['id'])
  await set(['email', true])
  // The name of a connection says nothing about its schemas.
  const { name, configuration } = postgres
  await api.put(`/api/connections/${postgres.id}`, { name: `${String(name)} 2`, configuration })
  expect(await keys(client(server, '2023-04-25'), path)).toEqual(['email'])
  expect((await api.delete(`${path}/primary_keys`)).status).toBe(202)
  expect(await keys(api, path)).toEqual(['id'])
  expect((await api.get(`/api/connections/${postgres.id}`)).data).not.toHaveProperty('schema_changes')
})

test('keys of a table that nobody knows make it known', async () => {
  const { api, postgres } = await bulkWorld()
  const path = `/api/connections/${postgres.id}/schemas/polytomic.sync_test_source`
  expect((await api.get(path)).status).toBe(404)
  await api.put(`${path}/primary_keys`, { fields: [{ field_id: 'email', is_primary_key: true }] })
  expect((await api.get(path)).data).toEqual({
    id: 'polytomic.sync_test_source',
    name: 'polytomic.sync_test_source',
    fields: [{ id: 'email', name: 'email', type: 'unknown', is_primary_key: true }]
  })
  await api.delete(`${path}/primary_keys`)
  expect((await api.get(path)).status).toBe(404)
})

test.each([
  [{ fields: [{ field_id: 'email' }] }, 'fields[0].is_primary_key is required'],
  [
    { fields: [{ field_id: 'nope', is_primary_key: true }] },
    `fields[0].field_id names no field of ${users}: nope`
  ],
  [{ fields: 'email' }, 'fields must be array or null']
])('the keys %j are refused', async (body, message) => {
  const { api, postgres } = await bulkWorld()
  const path = `/api/connections/${postgres.id}/schemas/${users}/primary_keys`
  expect((await api.put(path, body)).body).toMatchObject({ status: 400, message })
})

test('keys and fields of schemas that cannot exist are missing', async () => {
  const { api, hubspot: source } = await bulkWorld()
  const path = `/api/connections/${source.id}/schemas/nope`
  expect((await api.put(`${path}/primary_keys`, {})).status).toBe(404)
  expect((await api.delete(`${path}/primary_keys`)).status).toBe(404)
  expect((await api.post(`${path}/fields`, {})).status).toBe(404)
  expect((await api.get(`${path}/records`)).status).toBe(404)
})

test('fields are added, changed and deleted; those that were read from the source stay', async () => {
  const { api, postgres, make, snowflake } = await bulkWorld(testServer({ shape: 'newest' }))
  const path = `/api/connections/${postgres.id}/schemas/${users}`
  const find = async (id: string): Promise<Thing | undefined> =>
    ((await api.get(path)).data['fields'] as Thing[]).find((field) => field.id === id)
  const fields = [
    { field_id: 'zip', label: 'ZIP', type: 'string', path: '$.address.zip', example: '10115' },
    { field_id: 'score', label: 'Score', type: 'number' }
  ]
  const posted = await api.post(`${path}/fields`, { fields })
  expect([posted.status, posted.text]).toEqual([202, ''])
  const added = { is_primary_key: false, source_primary_key: false, user_managed: true }
  const zip = { id: 'zip', name: 'ZIP', type: 'string', path: '$.address.zip' }
  expect(await find('zip')).toEqual({ ...zip, ...added })
  await api.post(`${path}/fields`, { fields: [{ ...fields[1], label: 'Points' }] })
  expect(await find('score')).toMatchObject({ name: 'Points', type: 'number' })
  const changed = await api.patch(`${path}/fields/zip`, { label: 'Postcode', path: '' })
  expect([changed.status, changed.data]).toEqual([200, await find('zip')])
  expect(changed.data).toEqual({
    id: 'zip',
    name: 'Postcode',
    type: 'string',
    ...added
  })
  expect(await find('email')).toMatchObject({ user_managed: false })
  await api.patch(`${path}/fields/id`, { type: 'string' })
  expect(await find('id')).toMatchObject({ type: 'string', is_primary_key: true, user_managed: true })
  expect((await api.delete(`${path}/fields/id`)).status).toBe(202)
  expect(await find('id')).toMatchObject({ type: 'number' })
  const { id } = await make({
    source_connection_id: postgres.id,
    destination_connection_id: snowflake.id,
    schemas: [{ id: users, fields: ['id', 'score'] }]
  })
  expect(id).toMatch(/^[0-9a-f-]{36}$/)
  expect((await api.delete(`${path}/fields/score`)).status).toBe(202)
  expect(await find('score')).toBeUndefined()
  expect((await api.delete(`${path}/fields/email`)).body).toMatchObject({
    status: 400,
    message: 'field email was read from the source and cannot be deleted'
  })
  expect((await api.delete(`${path}/fields/nope`)).status).toBe(404)
  expect((await api.patch(`${path}/fields/nope`, {})).status).toBe(404)
  expect((await api.post(`${path}/fields`, { fields: [{ field_id: 'x' }] })).status).toBe(400)
  for (const records of [`${path}/records`, `/api/connections/${postgres.id}/${users}/records`]) {
    expect((await api.get(records)).body).toMatchObject({
      status: 400,
      message: 'this server reads no records yet, so it has none to show'
    })
  }
})

test('answers of the older shape tell neither what people added nor where it is', async () => {
  const { api, postgres } = await bulkWorld()
  const path = `/api/connections/${postgres.id}/schemas/${users}`
  await api.post(`${path}/fields`, {
    fields: [{ field_id: 'zip', label: 'ZIP', type: 'string', path: '$.zip', definition: 'string' }]
  })
  const fields = (await api.get(path)).data['fields'] as Thing[]
  const plain = { id: 'zip', name: 'ZIP', type: 'string', type_spec: 'string', is_primary_key: false }
  expect(fields.find(({ id }) => id === 'zip')).toEqual(plain)
})

test('schemas can be being read for a while: whoever needs them is told to wait', async () => {
  const { api, server, request, make, hubspot: source, postgres } = await bulkWorld()
  const { id } = await make()
  const needing: [method: 'get' | 'post', path: string][] = [
    ['post', '/api/bulk/syncs'],
    ['get', `/api/bulk/syncs/${id}/schemas`],
    ['get', `/api/bulk/syncs/${id}/schemas/deals`],
    ['get', `/api/connections/${source.id}/bulksync/source`],
    ['get', `/api/connections/${source.id}/schemas/contacts`],
    ['get', `/api/bulk/source/${source.id}`]
  ]
  server.faults.add({ fault: 'reading-schemas', times: needing.length + 1 })
  for (const [method, path] of needing) {
    // What needs no schemas is served, and does not count.
    expect((await api.get(`/api/bulk/syncs/${id}`)).status).toBe(200)
    expect((await api.put(`/api/bulk/syncs/${id}`, request())).status).toBe(200)
    expect((await api.get(`/api/connections/${postgres.id}`)).status).toBe(200)
    const reply = method === 'post' ? await api.post(path, request()) : await api.get(path)
    expect(reply.body).toMatchObject({
      status: 422,
      message: expect.stringMatching(/"HubSpot" are being read: cache refresh in progress$/)
    })
  }
  const path = `/api/connections/${source.id}/schemas/status`
  expect((await api.get(path)).data).toMatchObject({
    cache_status: 'refreshing',
    last_refresh_finished: null
  })
  expect((await api.get(path)).data).toMatchObject({ cache_status: 'fresh' })
  expect((await api.post('/api/bulk/syncs', request())).status).toBe(200)
})

test('the wait can be told in the other words that the service has for it', async () => {
  const { api, server, request } = await bulkWorld()
  server.faults.add({ fault: 'reading-schemas', status: 400, on: 'POST /api/bulk/syncs' })
  expect((await api.post('/api/bulk/syncs', request())).body).toMatchObject({
    status: 400,
    message: 'the connection "HubSpot" did not provide any schemas'
  })
  expect((await api.post('/api/bulk/syncs', request())).status).toBe(200)
})
