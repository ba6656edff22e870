import { expect, test } from 'vitest'
import { bulkWorld } from './bulk-world.ts'
import { client, mongo, testServer, type Thing } from './client.ts'

const objects = ['contacts', 'companies', 'deals', 'tickets', 'products', 'line_items', 'owners']

/** Which of them are on, in order. */
function enabled(items: Thing[]): string[] {
  return items.filter((item) => item['enabled'] === true).map(({ id }) => id)
}

/** `{field: enabled}` of one schema. */
async function fieldsOf(api: ReturnType<typeof client>, path: string): Promise<Record<string, unknown>> {
  const fields = (await api.get(path)).data['fields'] as Thing[]
  return Object.fromEntries(fields.map((field) => [field.id, field['enabled']]))
}

test('without a selection all schemas are taken, and an empty one is none', async () => {
  const { make, schemas } = await bulkWorld()
  for (const more of [{}, { schemas: null }, { schemas: [] }]) {
    const { id } = await make(more)
    expect(enabled(await schemas(id))).toEqual(objects)
  }
})

test('a selection takes what it lists; the others are there, switched off', async () => {
  const { make, schemas } = await bulkWorld()
  const { id } = await make({ schemas: ['deals', { id: 'contacts' }, { id: 'companies', enabled: false }] })
  const items = await schemas(id)
  expect(items.map((item) => item.id)).toEqual(objects)
  expect(enabled(items)).toEqual(['contacts', 'deals'])
  expect(items[2]).toEqual({
    id: 'deals',
    enabled: true,
    output_name: 'deals',
    user_output_name: '',
    partition_key: '',
    tracking_field: '',
    disable_data_cutoff: false
  })
})

test('a schema of the selection has fields, filters and times of its own', async () => {
  const { make, api } = await bulkWorld()
  const filters = [
    { field_id: 'closedate', function: 'OnOrAfter', value: '2024-01-01' },
    { field_id: 'dealstage', function: 'StringOneOf', value: ['won', 'lost'] }
  ]
  const { id } = await make({
    schemas: [
      {
        id: 'deals',
        fields: ['dealname', { id: 'amount', obfuscate: true }, { id: 'closedate', enabled: false }],
        filters,
        partition_key: 'closedate',
        tracking_field: 'closedate',
        data_cutoff_timestamp: '2024-01-01T00:00:00Z',
        disable_data_cutoff: true
      }
    ]
  })
  const field = (name: string, on: boolean, obfuscated = false): object => ({
    id: name,
    enabled: on,
    obfuscated,
    output_name: name,
    user_output_name: ''
  })
  expect((await api.get(`/api/bulk/syncs/${id}/schemas/deals`)).data).toEqual({
    id: 'deals',
    enabled: true,
    output_name: 'deals',
    user_output_name: '',
    partition_key: 'closedate',
    tracking_field: 'closedate',
    data_cutoff_timestamp: '2024-01-01T00:00:00Z',
    disable_data_cutoff: true,
    fields: [
      field('dealname', true),
      field('amount', true, true),
      field('closedate', false),
      field('hs_object_id', false),
      field('dealstage', false)
    ],
    filters
  })
})

test('the list has neither fields nor filters in any version', async () => {
  const { make, server } = await bulkWorld()
  const { id } = await make({
    schemas: [{ id: 'deals', filters: [{ field_id: 'amount', function: 'IsNotNull' }] }]
  })
  const keys = ['id', 'enabled', 'output_name', 'user_output_name', 'partition_key', 'tracking_field']
  for (const [version, expected] of [
    ['2023-04-25', ['id', 'enabled', 'output_name', 'partition_key']],
    ['2024-02-08', [...keys, 'disable_data_cutoff']],
    ['2025-09-18', [...keys, 'disable_data_cutoff']]
  ] as const) {
    const api = client(server, version)
    const [first] = (await api.get(`/api/bulk/syncs/${id}/schemas`)).list
    expect(Object.keys(first ?? {})).toEqual(expected)
    const single = (await api.get(`/api/bulk/syncs/${id}/schemas/deals`)).data
    expect('filters' in single).toBe(version !== '2023-04-25')
    expect(Object.keys((single['fields'] as object[])[0] ?? {})).toEqual(
      version === '2023-04-25'
        ? ['id', 'enabled', 'obfuscated']
        : ['id', 'enabled', 'obfuscated', 'output_name', 'user_output_name']
    )
  }
})

test('the list is filtered, with the filter as clients write it', async () => {
  const { make, api } = await bulkWorld()
  const { id } = await make({ schemas: ['deals'] })
  const ask = async (query: string): Promise<string[]> =>
    (await api.get(`/api/bulk/syncs/${id}/schemas?${query}`)).list.map((item) => item.id)
  expect(await ask(`filters=${encodeURIComponent('{"enabled":"true"}')}`)).toEqual(['deals'])
  expect(await ask(`filters=${encodeURIComponent('{"enabled":true,"id":"x"}')}`)).toEqual([])
  expect(await ask('filters[enabled]=false')).not.toContain('deals')
  expect(await ask('filters=')).toHaveLength(objects.length)
  for (const wrong of ['filters=enabled', 'filters=7', 'filters[colour]=red']) {
    expect((await api.get(`/api/bulk/syncs/${id}/schemas?${wrong}`)).status).toBe(400)
  }
})

test('a patch changes what it lists, keeps what it does not say, and switches all fields on', async () => {
  const { make, api, schemas } = await bulkWorld()
  const { id } = await make({
    schemas: ['contacts', { id: 'deals', fields: ['amount'], tracking_field: 'closedate' }]
  })
  const path = `/api/bulk/syncs/${id}/schemas`
  const patched = await api.patch(path, {
    schemas: [
      { id: 'deals', user_output_name: 'Sales Deals', output_name: 'ignored' },
      { id: 'companies', enabled: true, fields: [{ id: 'name', obfuscated: true }, { id: 'domain' }] }
    ]
  })
  expect(patched.list.map((item) => item.id)).toEqual(objects)
  expect(enabled(await schemas(id))).toEqual(['contacts', 'companies', 'deals'])
  expect((await api.get(`${path}/deals`)).data).toMatchObject({
    enabled: true,
    tracking_field: 'closedate',
    user_output_name: 'Sales Deals',
    output_name: 'Sales Deals'
  })
  expect(Object.values(await fieldsOf(api, `${path}/deals`))).toEqual([true, true, true, true, true])
  expect(await fieldsOf(api, `${path}/companies`)).toMatchObject({ name: true, domain: true, city: false })
  expect((await api.patch(path, {})).list).toEqual((await api.patch(path, { schemas: [] })).list)
  const cleared = await api.patch(path, { schemas: [{ id: 'deals', tracking_field: null }] })
  expect(cleared.list.find((item) => item.id === 'deals')).toMatchObject({ tracking_field: '' })
})

test('a put replaces one schema and leaves the others', async () => {
  const { make, api, schemas, server } = await bulkWorld()
  const { id } = await make({ schemas: ['contacts', { id: 'deals', tracking_field: 'closedate' }] })
  const path = `/api/bulk/syncs/${id}/schemas/deals`
  const names = [{ id: 'amount', user_output_name: 'eur', obfuscated: true }]
  const put = await api.put(path, { enabled: false, user_output_name: 'd', fields: names })
  expect(put.data).toMatchObject({ id: 'deals', enabled: false, output_name: 'd', tracking_field: '' })
  expect((put.data['fields'] as Thing[])[0]).toEqual({
    id: 'amount',
    enabled: true,
    obfuscated: true,
    output_name: 'eur',
    user_output_name: 'eur'
  })
  expect((await api.put(path, {})).data).toMatchObject({ enabled: true, user_output_name: '', filters: [] })
  expect(Object.values(await fieldsOf(api, path))).not.toContain(false)
  expect(enabled(await schemas(id))).toEqual(['contacts', 'deals'])
  const oldest = client(server, '2023-04-25')
  expect((await oldest.put(path, {})).status).toBe(405)
  expect((await oldest.patch(path, { enabled: false })).data).toMatchObject({ enabled: false })
})

test('changes of schemas count as changes of the bulk sync', async () => {
  const { make, api } = await bulkWorld()
  const first = await make({ name: 'First' })
  await make({ name: 'Second' })
  await api.patch(`/api/bulk/syncs/${first.id}/schemas`, { schemas: [{ id: 'deals', enabled: false }] })
  const [newest] = (await api.get('/api/bulk/syncs')).list
  expect(newest?.['name']).toBe('First')
  expect(newest?.['updated_at']).not.toBe(first['updated_at'])
})

test('an update of the bulk sync selects anew only where it says so', async () => {
  const { make, api, request, schemas, postgres, snowflake } = await bulkWorld()
  const { id } = await make({ schemas: ['deals'] })
  const path = `/api/bulk/syncs/${id}`
  await api.put(`${path}/schemas/deals`, {
    user_output_name: 'mine',
    fields: [{ id: 'amount', user_output_name: 'eur' }]
  })
  await api.put(path, request())
  expect(enabled(await schemas(id))).toEqual(['deals'])
  expect(await fieldsOf(api, `${path}/schemas/deals`)).toMatchObject({ amount: true, dealname: false })
  await api.put(path, request({ schemas: ['contacts', 'deals'] }))
  expect(enabled(await schemas(id))).toEqual(['contacts', 'deals'])
  const named = (await api.get(`${path}/schemas/deals`)).data
  expect(named).toMatchObject({ user_output_name: 'mine' })
  expect((named['fields'] as Thing[]).find(({ id: field }) => field === 'amount')).toMatchObject({
    output_name: 'eur',
    user_output_name: 'eur'
  })
  expect(await fieldsOf(api, `${path}/schemas/deals`)).toMatchObject({ amount: true, dealname: true })
  await api.put(path, request({ schemas: [] }))
  expect(enabled(await schemas(id))).toEqual(['contacts', 'deals'])
  const other = { source_connection_id: postgres.id, destination_connection_id: snowflake.id }
  await api.put(path, request({ ...other, destination_configuration: { schema: 'pg' } }))
  expect(enabled(await schemas(id))).toEqual(['public.users', 'public.customers', 'public.orders'])
})

test.each([
  ['all', true],
  ['onlyNonIncremental', true],
  ['onlyIncremental', false],
  ['none', false]
])('objects that appear later are taken along under %s: %s', async (discovery, expected) => {
  const catalogue = { HubSpot: { objects: {} as Record<string, object> } }
  const { make, schemas, api } = await bulkWorld(testServer({ catalogue }))
  const { id } = await make({
    automatically_add_new_objects: discovery,
    automatically_add_new_fields: 'none'
  })
  catalogue.HubSpot.objects['feedback'] = { fields: { score: 'number' } }
  expect((await schemas(id)).find((item) => item.id === 'feedback')?.['enabled']).toBe(expected)
  expect(await fieldsOf(api, `/api/bulk/syncs/${id}/schemas/feedback`)).toEqual({ score: true })
})

test.each([
  ['all', true, true],
  ['onlyIncremental', true, false],
  ['onlyNonIncremental', false, true],
  ['none', false, false]
])('fields that appear later are taken along under %s', async (discovery, tracked, untracked) => {
  const contacts = { fields: { id: 'string', at: 'datetime' } as Record<string, string> }
  const deals = { fields: { id: 'string' } as Record<string, string> }
  const catalogue = { HubSpot: { objects: { contacts, deals } } }
  const { make, api } = await bulkWorld(testServer({ catalogue }))
  const { id } = await make({
    automatically_add_new_fields: discovery,
    schemas: ['deals', { id: 'contacts', tracking_field: 'at', fields: ['id'] }]
  })
  contacts.fields['later'] = 'string'
  deals.fields['later'] = 'string'
  const path = `/api/bulk/syncs/${id}/schemas`
  expect(await fieldsOf(api, `${path}/contacts`)).toEqual({ id: true, at: false, later: tracked })
  expect(await fieldsOf(api, `${path}/deals`)).toEqual({ id: true, later: untracked })
})

test('schemas that nobody knows can be selected where the source may have more', async () => {
  const { api, snowflake, make, schemas } = await bulkWorld()
  const source = (await api.post('/api/connections', mongo)).data
  const { id } = await make({
    source_connection_id: source.id,
    destination_connection_id: snowflake.id,
    schemas: [{ id: 'shop/Orders 2', fields: ['Total-Sum'], tracking_field: 'at' }]
  })
  expect(enabled(await schemas(id))).toEqual(['shop/Orders 2'])
  const one = (await api.get(`/api/bulk/syncs/${id}/schemas/${encodeURIComponent('shop/Orders 2')}`)).data
  expect(one).toMatchObject({
    id: 'shop/Orders 2',
    output_name: 'shop_orders_2',
    fields: [{ id: 'Total-Sum', enabled: true, output_name: 'total_sum' }]
  })
})

test.each([
  ['enabled', { table_prefix: 'raw_' }, 'raw_public_users', 'is_active'],
  ['legacy', {}, 'public_users', 'is_active'],
  ['disabled', {}, 'public.users', 'is_active']
])('names under %s', async (normalize_names, advanced, table, column) => {
  const { api, make, postgres, snowflake, schemas } = await bulkWorld()
  const { id } = await make({
    source_connection_id: postgres.id,
    destination_connection_id: snowflake.id,
    destination_configuration: { schema: 's', advanced },
    normalize_names,
    schemas: ['public.users']
  })
  expect((await schemas(id))[0]).toMatchObject({ id: 'public.users', output_name: table })
  const fields = (await api.get(`/api/bulk/syncs/${id}/schemas/public.users`)).data['fields'] as Thing[]
  expect(fields.map((field) => field['output_name'])).toContain(column)
})

test.each([
  [{ schemas: [{ id: 'nope' }] }, 'schemas[0].id names no schema of the source: nope'],
  [{ schemas: [{ enabled: true }] }, 'schemas[0].id is required'],
  [{ schemas: ['deals'] }, 'schemas[0] must be object'],
  [
    { schemas: [{ id: 'deals', fields: [{ id: 'x' }] }] },
    'schemas[0].fields[0].id names no field of deals: x'
  ],
  [{ schemas: {} }, 'schemas must be array or null']
])('the patch %j is refused', async (body, message) => {
  const { make, api } = await bulkWorld()
  const { id } = await make()
  expect((await api.patch(`/api/bulk/syncs/${id}/schemas`, body)).body).toMatchObject({
    status: 400,
    message
  })
})

test('a schema that the source has not is missing under every verb', async () => {
  const { make, api } = await bulkWorld()
  const { id } = await make()
  const path = `/api/bulk/syncs/${id}/schemas/nope`
  const reported = { status: 404, message: 'there is no schema nope' }
  expect((await api.get(path)).body).toMatchObject(reported)
  expect((await api.put(path, {})).body).toMatchObject(reported)
  expect((await api.post(`${path}/cancel`)).body).toMatchObject(reported)
  expect((await api.post(`/api/bulk/syncs/${id}/schemas/deals/cancel`)).data).toEqual({
    message: 'no execution is running'
  })
  expect(
    (await api.put(`/api/bulk/syncs/${id}/schemas/deals`, { tracking_field: 'x' })).body
  ).toMatchObject({
    status: 400,
    message: 'tracking_field names no field of deals: x'
  })
})

test('the schemas of a bulk sync are known while its source does not work', async () => {
  const { make, api, schemas, server, hubspot } = await bulkWorld()
  const { id } = await make({ schemas: ['deals'] })
  server.store.edit('connection', hubspot.id, { status: 'unhealthy' })
  expect(enabled(await schemas(id))).toEqual(['deals'])
  expect((await api.put(`/api/bulk/syncs/${id}/schemas/deals`, { enabled: false })).status).toBe(200)
  expect((await api.get(`/api/connections/${hubspot.id}/bulksync/source`)).status).toBe(400)
})
