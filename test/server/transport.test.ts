import { expect, test } from 'vitest'
import { apiVersions } from '../../src/wire/common.ts'
import { client, mongo, origin, postgres, readReply, testServer } from './client.ts'

test('every answer names the version that served it, refusals too', async () => {
  const server = testServer()
  for (const version of apiVersions) {
    for (const path of ['/api/me', '/api/models/none', '/nowhere']) {
      const reply = await client(server, version).get(path)
      expect(reply.headers.get('x-polytomic-version')).toBe(version)
    }
  }
})

test('a request without a version is served as 2024-02-08, and an unknown version is refused', async () => {
  const server = testServer()
  const ask = async (headers: Record<string, string>): Promise<Awaited<ReturnType<typeof readReply>>> =>
    await readReply(
      await server.fetch(
        new Request(`${origin}/api/me`, { headers: { authorization: 'Bearer test-key', ...headers } })
      )
    )
  expect((await ask({})).headers.get('x-polytomic-version')).toBe('2024-02-08')
  const refused = await ask({ 'x-polytomic-version': '2021-05-23' })
  expect(refused.status).toBe(400)
  expect(refused.body).toEqual({
    status: 400,
    key: 'unknown_version',
    message:
      'X-Polytomic-Version must be one of 2023-04-25, 2024-02-08, 2025-09-18; this server speaks no other'
  })
})

test('no key and a wrong key are 401, in the shape of the version', async () => {
  const server = testServer()
  const wrong = await client(server, '2025-09-18', 'Bearer wrong').get('/api/connections')
  expect(wrong.status).toBe(401)
  expect(wrong.body).toEqual({ status: 401, key: 'unauthorized', message: 'the API key is not valid' })
  const older = await client(server, '2024-02-08', 'Bearer wrong').get('/api/connections')
  expect(older.body).toMatchObject({ code: 401, status: 'Unauthorized', error: 'the API key is not valid' })
  expect((await client(server, '2025-09-18', '').get('/api/me')).status).toBe(401)
  expect((await client(server, '2025-09-18', 'Digest x').get('/api/me')).status).toBe(401)
})

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

test('a key sees its own organization only, and things of others are not there', async () => {
  const server = testServer()
  const mine = client(server)
  const other = server.store.addOrganization('Other')
  const theirs = client(server, '2025-09-18', `Bearer ${other.key}`)
  const made = await mine.post('/api/connections', mongo)

  expect((await theirs.get('/api/connections')).list).toEqual([])
  expect((await theirs.get(`/api/connections/${made.data.id}`)).status).toBe(404)
  expect((await theirs.delete(`/api/connections/${made.data.id}`)).status).toBe(404)
  expect((await theirs.post('/api/connections', mongo)).status).toBe(200)
  expect(
    (await theirs.post('/api/connections', { ...postgres, organization_id: server.organizationId })).status
  ).toBe(403)
  const crossed = client(server, '2025-09-18', basic(server.organizationId, other.key))
  expect((await crossed.get('/api/connections')).status).toBe(403)
})

test('exactly one class of key is true, and partner keys act through Basic', async () => {
  const server = testServer()
  const partner = server.store.addPartnerKey()
  const deployment = server.store.addDeploymentKey()
  const id = server.organizationId
  const classes = async (authorization: string): Promise<unknown> => {
    const { data } = await client(server, '2025-09-18', authorization).get('/api/me')
    return [
      data['is_user'],
      data['is_organization'],
      data['is_partner'],
      data['is_system'],
      data['organization_id']
    ]
  }
  expect(await classes('Bearer test-key')).toEqual([true, false, false, false, id])
  expect(await classes(basic(id, 'test-key'))).toEqual([false, true, false, false, id])
  expect(await classes(basic(id, partner))).toEqual([false, false, true, false, id])
  expect(await classes(`Bearer ${partner}`)).toEqual([false, false, true, false, undefined])
  expect(await classes(basic(id, deployment))).toEqual([false, false, false, true, id])

  expect((await client(server, '2025-09-18', `Bearer ${partner}`).get('/api/connections')).status).toBe(403)
  expect((await client(server, '2025-09-18', basic(id, partner)).get('/api/connections')).status).toBe(200)
})

test('organizations are listed for partners, and for their own keys in older versions alone', async () => {
  const server = testServer()
  const other = server.store.addOrganization('Other')
  const partner = `Bearer ${server.store.addPartnerKey()}`
  const both = [
    { id: server.organizationId, name: 'Local' },
    { id: other.id, name: 'Other' }
  ]
  expect((await client(server, '2025-09-18', partner).get('/api/organizations')).list).toEqual(both)
  expect((await client(server, '2025-09-18').get('/api/organizations')).status).toBe(403)
  expect((await client(server, '2024-02-08').get('/api/organizations')).list).toEqual([both[0]])
  expect((await client(server).get('/api/organization')).data).toEqual(both[0])
})

test('an update with the verb of another version is refused, naming the right one', async () => {
  const server = testServer()
  const { data } = await client(server).post('/api/connections', mongo)
  const path = `/api/connections/${data.id}`
  const old = client(server, '2023-04-25')
  const put = await old.put(path, mongo)
  expect(put.status).toBe(405)
  expect(put.headers.get('allow')).toBe('PATCH')
  expect(put.body['message']).toBe('PUT is not served here in version 2023-04-25; use PATCH')
  expect((await old.patch(path, mongo)).status).toBe(200)
  const patch = await client(server).patch(path, mongo)
  expect([patch.status, patch.headers.get('allow')]).toEqual([405, 'PUT'])
  expect((await client(server).post(path, mongo)).headers.get('allow')).toBe('GET, PUT, PATCH, DELETE')
})

test('a body that is not JSON, not an object or too large is refused', async () => {
  const server = testServer()
  const api = client(server)
  expect(await api.post('/api/connections', '{"name": "secret')).toMatchObject({
    status: 400,
    body: { message: 'the request body is not JSON' }
  })
  expect((await api.post('/api/connections', '[1]')).status).toBe(400)
  expect((await api.post('/api/connections', '"text"')).status).toBe(400)
  const large = JSON.stringify({ name: 'x'.repeat(10 * 1024 * 1024) })
  expect((await api.post('/api/connections', large)).status).toBe(413)
  expect(server.store.all('connection')).toEqual([])
})

test('an address that is not there is 404, with words', async () => {
  const reply = await client(testServer()).get('/api/nothing')
  expect(reply.body).toEqual({
    status: 404,
    key: 'not_found',
    message: 'GET /api/nothing is not an address of this server'
  })
})

test('the same idempotency key gets the same answer, and makes one thing', async () => {
  const server = testServer()
  const api = client(server)
  const key = { 'idempotency-key': 'key-0001' }
  const first = await api.post('/api/connections', mongo, key)
  const again = await api.post('/api/connections', mongo, key)
  expect(again).toEqual(first)
  expect(server.store.all('connection')).toHaveLength(1)
  expect((await api.post('/api/connections', mongo, { 'idempotency-key': 'key-0002' })).status).toBe(422)
})

test('a failure is replayed for its key as well, also when nothing would fail any more', async () => {
  const server = testServer({ faults: { faults: [{ fault: 'error-before', on: 'POST *' }] } })
  const api = client(server)
  const key = { 'idempotency-key': 'key-0001' }
  expect((await api.post('/api/connections', mongo, key)).status).toBe(500)
  expect((await api.post('/api/connections', mongo, key)).status).toBe(500)
  expect((await api.post('/api/connections', mongo)).status).toBe(200)
})

test('an idempotency key is forgotten after a day, and counts for one credential', async () => {
  let now = Date.UTC(2026, 0, 1)
  const server = testServer({ now: () => new Date(now) })
  const other = client(server, '2025-09-18', `Bearer ${server.store.addOrganization('Other').key}`)
  const key = { 'idempotency-key': 'key-0001' }
  expect((await client(server).post('/api/connections', mongo, key)).status).toBe(200)
  const theirs = await other.post('/api/connections', mongo, key)
  expect([theirs.status, server.store.all('connection').length]).toEqual([200, 2])
  now += 24 * 60 * 60 * 1000 + 1
  expect((await client(server).post('/api/connections', mongo, key)).status).toBe(422)
})

test('a second request with a key whose first is still served is 409', async () => {
  let release = (): void => undefined
  const server = testServer({
    latencyMs: 1,
    sleep: () =>
      new Promise((resolve) => {
        release = resolve
      })
  })
  const api = client(server)
  const key = { 'idempotency-key': 'key-0001' }
  const first = api.post('/api/connections', mongo, key)
  await new Promise((resolve) => setImmediate(resolve))
  expect((await api.post('/api/connections', mongo, key)).status).toBe(409)
  release()
  expect((await first).status).toBe(200)
})

test.each(['short', 'with space', 'x'.repeat(256), 'umlaut-äöü-key'.slice(0, 8) + '!'])(
  'the idempotency key %j is refused',
  async (key) => {
    const reply = await client(testServer()).post('/api/connections', mongo, {
      'idempotency-key': encodeURI(key) + ' '
    })
    expect(reply.status).toBe(400)
  }
)

test('above the rate, requests are refused with Retry-After, and let through again later', async () => {
  let now = Date.UTC(2026, 0, 1)
  const server = testServer({ ratePerSecond: 2, now: () => new Date(now) })
  const api = client(server)
  const statuses = [await api.get('/api/me'), await api.get('/api/me'), await api.get('/api/me')]
  expect(statuses.map(({ status }) => status)).toEqual([200, 200, 429])
  expect(statuses[2]?.headers.get('retry-after')).toBe('1')
  now += 500
  expect((await api.get('/api/me')).status).toBe(200)
})

test('requests are recorded with method, path and status, and can be forgotten', async () => {
  const server = testServer()
  const api = client(server)
  await api.get('/api/syncs?limit=1')
  await api.post('/api/connections', {})
  expect(server.requests).toEqual([
    { method: 'GET', path: '/api/syncs', query: '?limit=1', status: 200 },
    { method: 'POST', path: '/api/connections', query: '', status: 422 }
  ])
  expect(server.requestCounts()).toEqual({
    reads: 1,
    writes: 1,
    byAddress: { 'GET /api/syncs': 1, 'POST /api/connections': 1 }
  })
  server.clearRequests()
  expect(server.requests).toEqual([])
})

test('an organization has its built-in roles and policies', async () => {
  const server = testServer()
  const api = client(server)
  const roles = (await api.get('/api/permissions/roles')).list
  expect(roles.map((role) => [role['name'], role['system']])).toEqual([
    ['Admin', true],
    ['Member', true]
  ])
  const [policy] = (await api.get('/api/permissions/policies')).list
  expect((await api.get(`/api/permissions/policies/${policy?.id}`)).data).toEqual(policy)
  expect((await api.get('/api/permissions/policies/none')).status).toBe(404)
})

test('a filter of events that makes no sense is refused', async () => {
  const api = client(testServer())
  expect((await api.get('/api/events?type=sync.failed&limit=5')).list).toEqual([])
  expect((await api.get('/api/events?type=sync.exploded')).status).toBe(422)
  expect((await api.get('/api/events?starting_after=yesterday')).status).toBe(422)
})

test.each([
  ['2026-01-31T09:30:00Z', 200],
  ['2026-01-31T09:30:00.123456Z', 200],
  ['2026-01-31T09:30:00%2B02:00', 200],
  ['2026-01-31T09:30:00+02:00', 422],
  ['2026-01-31', 422],
  ['2026-02-30T09:30:00Z', 422],
  ['2026-01-31T09:30:00', 422],
  ['2026-01-31T23:59:60Z', 422],
  ['2026-01-31t09:30:00z', 422],
  ['31 January 2026', 422],
  ['Sat, 31 Jan 2026 09:30:00 GMT', 422],
  ['1', 422]
])('a bound of events is a whole moment, as everywhere: %s', async (time, status) => {
  const api = client(testServer())
  for (const bound of ['starting_after', 'ending_before']) {
    expect((await api.get(`/api/events?${bound}=${time}`)).status).toBe(status)
  }
})

test('what this server does not have is its own lack in every version, not something gone', async () => {
  const server = testServer()
  for (const version of apiVersions) {
    const api = client(server, version)
    const reply = await api.post('/api/connections/none/proxy', {})
    expect(reply.body).toMatchObject({
      status: 501,
      message: 'this server does not have the connection proxy yet'
    })
  }
})
