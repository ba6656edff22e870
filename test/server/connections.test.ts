import { expect, test } from 'vitest'
import connectionTypes from '../../schemas/connection-types.json' with { type: 'json' }
import { client, mongo, postgres, salesforce, testServer, tutorialSync, tutorialWorld } from './client.ts'

const without = (thing: Record<string, unknown>, ...keys: string[]): object =>
  Object.fromEntries(Object.entries(thing).filter(([key]) => !keys.includes(key)))

test('what create answers, read and list answer too, but for what is answered once', async () => {
  const server = testServer()
  const api = client(server)
  const made = await api.post('/api/connections', { ...mongo, healthcheck_interval: '3h30m' })
  expect(made.data).toEqual({
    id: expect.any(String),
    organization_id: server.organizationId,
    name: 'MongoDB Connection',
    type: {
      id: 'mongodb',
      name: 'MongoDB',
      logo_url: 'https://connect-assets.polytomic.com/logos/mongodb.svg'
    },
    configuration: { hosts: 'example.mongodb.net', username: 'user', password: '********' },
    status: 'healthy',
    saved: true,
    policies: [],
    healthcheck_interval: '3h30m'
  })
  const read = (await api.get(`/api/connections/${made.data.id}`)).data
  expect(without(read, 'created_at', 'created_by', 'updated_at', 'updated_by')).toEqual(
    without(made.data, 'healthcheck_interval')
  )
  expect((await api.get('/api/connections')).list).toEqual([read])
})

/** All ways in which a text may be hidden in an answer. */
function disguises(secret: string): string[] {
  return [
    secret,
    JSON.stringify(secret).slice(1, -1),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(secret).toString('base64url')
  ]
}

test('no secret is in any answer, raw or disguised, not even in a refusal', async () => {
  const secret = 's3cr3t "quoted" & spaced/äö'
  const server = testServer()
  const api = client(server)
  const request = { ...postgres, configuration: { ...postgres.configuration, password: secret } }
  const made = await api.post('/api/connections', request, { 'idempotency-key': 'with-secret' })
  const path = `/api/connections/${made.data.id}`
  const replies = [
    made,
    await api.post('/api/connections', request, { 'idempotency-key': 'with-secret' }),
    await api.get(path),
    await api.get('/api/connections'),
    await api.put(path, { ...request, name: 'Other' }),
    await api.post('/api/connections', request),
    await api.post('/api/connections', {
      ...request,
      configuration: { ...request.configuration, port: secret }
    }),
    await api.post('/api/connections', {
      ...request,
      type: 'mongodb',
      configuration: { hosts: [secret], [`x`]: secret }
    }),
    await api.post('/api/connections', `{"password": "${secret}`),
    await api.post('/api/connections/test', request)
  ]
  for (const { text } of replies) {
    for (const disguise of disguises(secret)) expect(text).not.toContain(disguise)
  }
  expect(server.store.all('connection')[0]?.configuration['password']).toBe(secret)
})

test('an update keeps a secret that is left out or masked, else it takes or clears it', async () => {
  const server = testServer()
  const api = client(server)
  const { data } = await api.post('/api/connections', mongo)
  const path = `/api/connections/${data.id}`
  const update = async (configuration: object): Promise<unknown> => {
    expect((await api.put(path, { name: mongo.name, configuration })).status).toBe(200)
    return server.store.all('connection')[0]?.configuration['password']
  }
  expect(await update({ hosts: 'a' })).toBe('secret')
  expect(await update({ hosts: 'a', password: '********' })).toBe('secret')
  expect(await update({ hosts: 'a', password: 'other' })).toBe('other')
  expect(await update({ hosts: 'a', password: '' })).toBe('')
  expect((await api.get(path)).data['configuration']).toEqual({ hosts: 'a' })
})

test('an update clears every other key that it leaves out', async () => {
  const api = client(testServer())
  const { data } = await api.post('/api/connections', {
    ...mongo,
    configuration: { hosts: 'a', ssl: true, params: 'x=1' }
  })
  const reply = await api.put(`/api/connections/${data.id}`, {
    name: 'Renamed',
    configuration: { hosts: 'b' }
  })
  expect(reply.data['configuration']).toEqual({ hosts: 'b' })
  expect(reply.data['name']).toBe('Renamed')
})

test('a read-modify-write with the masks in it changes nothing but what was modified', async () => {
  const server = testServer()
  const api = client(server)
  const { data } = await api.post('/api/connections', postgres)
  const read = (await api.get(`/api/connections/${data.id}`)).data
  const { type: _type, ...rest } = read
  const reply = await api.put(`/api/connections/${data.id}`, { ...rest, name: 'Warehouse 2' })
  expect(reply.status).toBe(200)
  expect(server.store.all('connection')[0]?.configuration).toEqual(postgres.configuration)
})

test.each([
  [
    { hosts: 'a', host: 'b' },
    'configuration.host is not a field of this connection type',
    'configuration.host'
  ],
  [{ hosts: 1 }, 'configuration.hosts must be string', 'configuration.hosts'],
  [{ hosts: 'a', ssl: 'yes' }, 'configuration.ssl must be boolean', 'configuration.ssl'],
  [{ username: 'u' }, 'configuration.hosts is required', 'configuration.hosts'],
  [{ hosts: '' }, 'configuration.hosts is required', 'configuration.hosts']
])('the MongoDB configuration %j is refused by name', async (configuration, message, field) => {
  const server = testServer()
  const reply = await client(server).post('/api/connections', { ...mongo, configuration })
  expect(reply.body).toEqual({ status: 422, key: 'invalid', message, metadata: { field } })
  expect(server.store.all('connection')).toEqual([])
})

test.each([
  [
    's3',
    { auth_mode: 'none', s3_bucket_region: 'r', s3_bucket_name: 'b' },
    /auth_mode must be one of access_key_and_secret, iam_role$/
  ],
  ['postgresql', { ...postgres.configuration, port: '5432' }, /port must be integer$/],
  ['postgresql', { ...postgres.configuration, password: undefined }, /password is required$/],
  ['postgresql', { ...postgres.configuration, password: '********' }, /password is required$/],
  ['salesforce', { domain: 'd', connect_mode: 'clientcredentials' }, /client_id is required$/],
  [
    'salesforce',
    { domain: 'd', connect_mode: 'api', client_id: 'i', client_secret: 's' },
    /oauth_refresh_token is required$/
  ],
  [
    'webhook',
    { url: 'https://x', headers: [{ name: 'a', wert: 'b' }] },
    /headers\[0\]\.wert is not a field/
  ],
  ['nosuchtype', {}, /^type is not a connection type: nosuchtype$/]
])('a %s connection with a wrong configuration is refused', async (type, configuration, message) => {
  const reply = await client(testServer()).post('/api/connections', { name: 'x', type, configuration })
  expect(reply.status).toBe(422)
  expect(reply.body['message']).toMatch(message)
})

test('read-only keys are ignored when sent, and kept when an update does not have them', async () => {
  const server = testServer()
  const api = client(server)
  const configuration = {
    auth_mode: 'iam_role',
    s3_bucket_region: 'r',
    s3_bucket_name: 'b',
    external_id: 'mine'
  }
  const made = await api.post('/api/connections', { name: 'Files', type: 's3', configuration })
  const issued = (made.data['configuration'] as Record<string, unknown>)['external_id']
  expect(issued).not.toBe('mine')
  expect(issued).toEqual(expect.any(String))
  const updated = await api.put(`/api/connections/${made.data.id}`, { name: 'Files', configuration })
  expect((updated.data['configuration'] as Record<string, unknown>)['external_id']).toBe(issued)
})

test('names are unique in an organization, and a type cannot change', async () => {
  const api = client(testServer())
  const { data } = await api.post('/api/connections', mongo)
  const twin = await api.post('/api/connections', { ...postgres, name: mongo.name })
  expect(twin.body['message']).toBe(`name is taken by the connection ${data.id}`)
  const other = await api.post('/api/connections', postgres)
  expect(
    (await api.put(`/api/connections/${other.data.id}`, { ...postgres, name: mongo.name })).status
  ).toBe(422)
  expect(
    (await api.put(`/api/connections/${data.id}`, { ...mongo, type: 'mysql' })).body['message']
  ).toMatch(/^type cannot change/)
})

test('an empty organization and null optionals are nothing', async () => {
  const api = client(testServer())
  const made = await api.post('/api/connections', {
    ...mongo,
    organization_id: '',
    policies: null,
    validate: false,
    healthcheck_interval: null,
    redirect_url: null
  })
  expect(made.status).toBe(200)
  const policies = ['11111111-1111-4111-8111-111111111111']
  expect((await api.put(`/api/connections/${made.data.id}`, { ...mongo, policies })).status).toBe(422)
})

test('an update without policies keeps them', async () => {
  const api = client(testServer())
  const [policy] = (await api.get('/api/permissions/policies')).list
  const { data } = await api.post('/api/connections', { ...mongo, policies: [policy?.id] })
  const updated = await api.put(`/api/connections/${data.id}`, mongo)
  expect(updated.data['policies']).toEqual([policy?.id])
})

test('a connection in use is not deleted, and tells who uses it; force deletes them first', async () => {
  const server = testServer()
  const api = client(server)
  const world = await tutorialWorld(server)
  const sync = await api.post('/api/syncs', tutorialSync(world))
  const refused = await api.delete(`/api/connections/${world.mongo.id}`)
  expect(refused.status).toBe(422)
  expect(refused.body['message']).toMatch(/connection in use/)
  expect(refused.body['metadata']).toEqual({
    used_by: [
      { type: 'model', name: 'MongoDB Model', id: world.model.id },
      { type: 'sync', name: 'Mongo to Salesforce Sync', id: sync.data.id }
    ]
  })
  expect((await api.delete(`/api/connections/${world.mongo.id}?force=true`)).status).toBe(200)
  expect([server.store.all('model'), server.store.all('sync')]).toEqual([[], []])
  expect((await api.delete(`/api/connections/${world.mongo.id}`)).status).toBe(404)
  expect((await api.delete(`/api/connections/${world.salesforce.id}`)).text).toBe('')
})

test('testing a configuration keeps nothing, and tells what is wrong', async () => {
  const server = testServer()
  const api = client(server)
  expect((await api.post('/api/connections/test', mongo)).status).toBe(200)
  expect((await api.post('/api/connections/test', { type: 'postgresql', configuration: {} })).status).toBe(
    400
  )
  expect((await api.post('/api/connections/test', { type: 'x', configuration: {} })).status).toBe(404)
  const misspelled = { type: 'mongodb', configuration: { hosts: 'h', port: 'x' } }
  expect((await api.post('/api/connections/test', misspelled)).body).toMatchObject({
    status: 400,
    message: 'configuration.port is not a field of this connection type'
  })
  expect(server.store.all('connection')).toEqual([])
})

test('all connection types are listed without a key, and each has a schema', async () => {
  const server = testServer()
  const { list } = await client(server, '2025-09-18', '').get('/api/connection_types')
  expect(list.map(({ id }) => id)).toEqual(Object.keys(connectionTypes))
  expect(list).toHaveLength(226)
  const api = client(server)
  for (const { id } of list)
    expect((await api.get(`/api/connection_types/${id}`)).body).toMatchObject({ type: 'object' })
  expect((await api.get('/api/connection_types/postgresql')).body).toMatchObject({
    required: ['hostname', 'username', 'password', 'database', 'port'],
    properties: { password: { type: 'string', sensitive: true }, port: { type: 'integer', default: 5432 } }
  })
  expect((await api.get('/api/connection_types/nosuchtype')).status).toBe(404)
})

test('every type can be made with what it requires', async () => {
  const server = testServer()
  const api = client(server)
  const sample = { string: 'x', boolean: true, integer: 1, array: [], object: {} }
  for (const [type, { fields }] of Object.entries(connectionTypes)) {
    const required = Object.entries(
      fields as Record<
        string,
        { type?: keyof typeof sample; required?: true; enum?: string[]; hidden?: true }
      >
    )
      .filter(([, field]) => field.required === true)
      .map(([key, field]) => [key, field.enum?.[0] ?? sample[field.type ?? 'string']])
    const made = await api.post('/api/connections', {
      name: type,
      type,
      configuration: Object.fromEntries(required)
    })
    expect([type, made.status, made.body['message']]).toEqual([type, 200, undefined])
  }
  expect((await api.get('/api/connections')).list).toHaveLength(226)
})

test('a connection that nobody has looked at is healthy, and its schemas are fresh', async () => {
  const api = client(testServer())
  const { data } = await api.post('/api/connections', postgres)
  const refreshed = await api.post(`/api/connections/${data.id}/schemas/refresh`)
  expect([refreshed.status, refreshed.text]).toEqual([202, ''])
  const status = await api.get(refreshed.headers.get('location') ?? '')
  expect(status.data['cache_status']).toBe('fresh')
  const waiting = await api.post('/api/connections', salesforce)
  expect((await api.post(`/api/connections/${waiting.data.id}/schemas/refresh`)).status).toBe(400)
})
