import { expect, test } from 'vitest'
import { apiVersions } from '../../src/wire/common.ts'
import { client, decide, postgres, salesforce, testServer, type Client, type Thing } from './client.ts'

type Tree = Record<string, unknown>

const s3 = {
  name: 'Bucket',
  type: 's3',
  configuration: {
    s3_bucket_name: 'b',
    s3_bucket_region: 'r',
    aws_access_key_id: 'a',
    aws_secret_access_key: 's'
  }
}

async function made(api: Client, body: object): Promise<Thing> {
  const reply = await api.post('/api/connections', body)
  expect(reply.status, reply.text).toBe(200)
  return reply.data
}

test('a proxy is switched where the system has one, and of a lent connection at its parent', async () => {
  const server = testServer({ shape: 'newest' })
  const api = client(server)
  const connection = await made(api, salesforce)
  await decide(server, connection['auth_url'])
  const path = `/api/connections/${connection.id}/proxy/settings`
  const answer = { connectionId: connection.id, backendType: 'salesforce', enabled: false, supported: true }
  expect((await api.get(path)).data).toEqual(answer)
  expect((await api.put(path, { enabled: true })).data).toEqual({ ...answer, enabled: true })
  const renamed = { ...salesforce, name: 'Renamed' }
  expect((await api.put(`/api/connections/${connection.id}`, renamed)).status).toBe(200)
  expect((await api.get(path)).data['enabled']).toBe(true)

  const partner = client(server, '2025-09-18', `Bearer ${server.store.addPartnerKey()}`)
  const other = (await partner.post('/api/organizations', { name: 'Other' })).data.id
  const key = server.store.addPartnerKey()
  const share = await partner.post(
    `/api/organizations/${server.organizationId}/connections/${connection.id}/shared`,
    { child_organization_id: other }
  )
  const basic = `Basic ${Buffer.from(`${other}:${key}`).toString('base64')}`
  const lent = client(server, '2025-09-18', basic)
  const lentPath = `/api/connections/${share.data.id}/proxy/settings`
  const off = await lent.put(lentPath, { enabled: false })
  expect([off.status, off.data]).toEqual([
    200,
    { ...answer, connectionId: share.data.id, parentConnectionId: connection.id }
  ])
  expect((await api.get(path)).data['enabled']).toBe(false)

  const database = await made(api, postgres)
  const refused = await api.put(`/api/connections/${database.id}/proxy/settings`, { enabled: true })
  expect([refused.status, refused.body['message']]).toEqual([
    400,
    'enabled cannot be true: a connection of type postgresql has no proxy'
  ])
  expect((await api.put(`/api/connections/${database.id}/proxy/settings`, { enabled: false })).status).toBe(
    200
  )
})

test('a connection was used for nothing, and has an empty log of what came in', async () => {
  const api = client(testServer())
  const { id } = await made(api, postgres)
  expect((await api.get(`/api/connections/${id}/usage`)).data).toEqual({
    connectionId: id,
    callsLast24h: 0,
    reportsSyncStats: false,
    bySync: []
  })
  const log = await api.get(`/api/connections/${id}/ingest/consolelog?sync_id=x`)
  expect(log.data).toEqual({ entries: [], next_cursor: '' })
  expect((await api.get(`/api/connections/x/usage`)).status).toBe(404)
})

test('logs of records go to a connection that keeps files; what is left out is removed', async () => {
  const api = client(testServer())
  const path = '/api/organization/record-logging'
  expect((await api.get(path)).data).toEqual({ enabled: false })
  const bucket = await made(api, s3)
  const sent = { enabled: true, deliveryConnectionId: bucket.id, deliveryPrefix: 'logs/' }
  const answer = { ...sent, deliveryConnectionName: 'Bucket' }
  expect((await api.put(path, sent)).data).toEqual(answer)
  expect((await api.put(path, answer)).data).toEqual(answer)
  const { deliveryPrefix: _prefix, ...rest } = answer
  expect((await api.put(path, { ...sent, deliveryPrefix: null })).data).toEqual(rest)
  expect((await api.put(path, { enabled: false })).data).toEqual({ enabled: false })
  const database = await made(api, postgres)
  const refused = await api.put(path, { enabled: true, deliveryConnectionId: database.id })
  expect([refused.status, refused.body['metadata']]).toEqual([422, { field: 'deliveryConnectionId' }])
  expect((await api.put(path, { enabled: true, deliveryConnectionId: 'x' })).status).toBe(404)
  expect((await api.put(path, {})).status).toBe(422)
})

test('the page of a card is there as long as was asked for, and a session tells what it is about', async () => {
  let now = Date.UTC(2026, 0, 1)
  const server = testServer({ now: () => new Date(now) })
  const api = client(server)
  const card = { name: 'C', redirect_url: 'https://x.example', type: 'postgresql' }
  const session = (token: unknown) =>
    api.get(`/api/connections/connect/session?token=${encodeURIComponent(String(token))}`)
  for (const [more, seconds, organization] of [
    [{}, 300, ''],
    [{ ttl: 60, use_organization_name: true }, 60, 'Local']
  ] as const) {
    const { data } = await api.post('/api/connections/connect', { ...card, ...more })
    const reported = await session(data['token'])
    expect(reported.data).toEqual({
      id: data['token'],
      name: 'C',
      connection_id: '',
      type: 'postgresql',
      whitelist: ['postgresql'],
      redirect_url: 'https://x.example',
      organization_name: organization === '' ? '' : expect.any(String),
      logo: '',
      dark: false,
      expires_at: new Date(now + seconds * 1000).toISOString()
    })
    const look = async () => (await server.fetch(new Request(String(data['redirect_url'])))).status
    now += seconds * 1000 - 1
    expect([await look(), (await session(data['token'])).status]).toEqual([200, 200])
    now += 1
    expect([await look(), (await session(data['token'])).status]).toEqual([410, 401])
  }
  expect((await session('unknown')).status).toBe(401)
  for (const ttl of [0, 604_801, 1.5])
    expect((await api.post('/api/connections/connect', { ...card, ttl })).status).toBe(422)
})

test('a webhook that is disabled says since when, with the newest shape', async () => {
  const api = client(testServer({ shape: 'newest' }))
  const body = { endpoint: 'https://x.example', secret: 's' }
  const hook = (await api.post('/api/webhooks', body)).data
  expect([hook['disabled_at'], hook['disabled_reason']]).toEqual([null, null])
  const off = (await api.post(`/api/webhooks/${hook.id}/disable`)).data
  expect(off).toMatchObject({ disabled: true, disabled_reason: 'disabled by a request' })
  expect(off['disabled_at']).toEqual(expect.stringMatching(/^2026-/))
  const on = (await api.post(`/api/webhooks/${hook.id}/enable`)).data
  expect(on).toMatchObject({ disabled: false, disabled_at: null, disabled_reason: null })
})

test.each(apiVersions)(
  'in %s connections, types, users and keys tell more where it is part of it',
  async (version) => {
    for (const shape of ['older', 'newest'] as const) {
      const server = testServer({ shape })
      const { id } = await made(client(server), postgres)
      const api = client(server, version)
      const connection = (await api.get(`/api/connections/${id}`)).data
      const reported = [
        [connection, 'rate_limit'],
        [(await api.get('/api/connections')).list[0], 'rate_limit'],
        [connection['type'], 'logo_dark_url'],
        [(await api.get('/api/connection_types')).list[0], 'logo_dark_url'],
        [(await api.get('/api/organization/users')).list[0], 'harbor_ids'],
        [(await api.get('/api/me')).data, 'credential']
      ] as [Tree, string][]
      const isThere = shape === 'newest' && version === '2025-09-18'
      expect(reported.map(([answer, name]) => name in answer)).toEqual(reported.map(() => isThere))
    }
  }
)

test('fields of a schema have a type in detail, which another type clears', async () => {
  const api = client(testServer({ shape: 'newest' }))
  const { id } = await made(api, postgres)
  const path = `/api/connections/${id}/schemas/public.users`
  const field = { field_id: 'price', label: 'Price', type: 'number', path: '$.price' }
  const decimal = ['decimal', { precision: 9, scale: 2 }]
  expect((await api.post(`${path}/fields`, { fields: [{ ...field, definition: decimal }] })).status).toBe(
    202
  )
  const read = async (name = 'price') =>
    ((await api.get(path)).data['fields'] as Tree[]).find((one) => one['id'] === name)
  const shown = {
    id: 'price',
    name: 'Price',
    path: '$.price',
    user_managed: true,
    source_primary_key: false
  }
  expect(await read()).toMatchObject({ ...shown, type: 'number', type_spec: decimal })
  const change = (body: object, name = 'price') => api.patch(`${path}/fields/${name}`, body)
  expect((await change({ label: 'Net' })).data).toMatchObject({ name: 'Net', type_spec: decimal })
  expect((await change({ definition: ['array', 'string'] })).data).toMatchObject({
    type: 'array',
    type_spec: ['array', 'string']
  })
  const plain = (await change({ type: 'string', path: '' })).data
  expect(plain).toMatchObject({ type: 'string' })
  expect([plain['type_spec'], plain['path']]).toEqual([undefined, undefined])

  // An override of a detected field goes, and what was detected is back.
  const before = await read('email')
  expect((await change({ type: 'number', definition: 'bigint' }, 'email')).data).toMatchObject({
    type: 'number',
    type_spec: 'bigint',
    user_managed: true
  })
  expect((await api.delete(`${path}/fields/email`)).status).toBe(202)
  expect(await read('email')).toEqual(before)
})

test.each([
  [{ type: 'integer' }, 'type must be one of string, number, boolean, datetime, array, object, binary'],
  [{ type: 'number', definition: 'integer' }, 'definition defines no type'],
  [{ type: 'number', definition: 'date' }, 'definition defines a datetime, and type is number'],
  [{ type: 'number', definition: ['decimal'] }, 'definition defines no type'],
  [{ type: 'number', definition: ['decimal', { precision: 2, scale: 3 }] }, 'definition defines no type'],
  [{ type: 'object', definition: {} }, 'definition defines no type'],
  [{ type: 'array', definition: [] }, 'definition defines no type'],
  [{ type: 'string', definition: ['versioned', []] }, 'definition defines no type'],
  [
    { type: 'string', definition: ['versioned', [['json'], 'string']] },
    'definition defines a object, and type is string'
  ]
])('the type %j of a field is refused', async (wrong, problem) => {
  const api = client(testServer())
  const { id } = await made(api, postgres)
  const path = `/api/connections/${id}/schemas/public.users/fields`
  const reply = await api.post(path, { fields: [{ field_id: 'x', label: 'X', ...wrong }] })
  expect([reply.status, reply.body['message']]).toEqual([400, `fields[0].${problem}`])
})

test('what makes a field a key is told apart: the source, and people', async () => {
  const api = client(testServer({ shape: 'newest' }))
  const { id } = await made(api, postgres)
  const path = `/api/connections/${id}/schemas/public.users`
  const keys = async () =>
    ((await api.get(path)).data['fields'] as Tree[])
      .filter((field) => field['source_primary_key'] === true || field['is_primary_key'] === true)
      .map((field) => [
        field['id'],
        field['source_primary_key'],
        field['primary_key_override'],
        field['is_primary_key']
      ])
  const source = await keys()
  expect(source).toEqual([['id', true, undefined, true]])
  await api.put(`${path}/primary_keys`, { fields: [{ field_id: 'email', is_primary_key: true }] })
  expect(await keys()).toEqual([
    ['id', true, false, false],
    ['email', false, true, true]
  ])
  await api.delete(`${path}/primary_keys`)
  expect(await keys()).toEqual(source)
})

test('what the service has and this server has not is said to be missing here', async () => {
  const api = client(testServer())
  for (const path of ['/api/harbors', '/api/harbors/x/keys', '/api/webhooks/x/deliveries'])
    expect((await api.get(path)).status).toBe(501)
  for (const path of ['/api/temporary-credentials', '/api/record-view-links', '/api/operations/search'])
    expect((await api.post(path)).status).toBe(501)
})
