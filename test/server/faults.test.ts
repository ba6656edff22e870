import { expect, test } from 'vitest'
import { readFaultPlan } from '../../src/server/index.ts'
import { client, mongo, testServer, tutorialSync, tutorialWorld } from './client.ts'

const post = 'POST /api/connections'

test('a lost request did nothing, and is not even recorded', async () => {
  const server = testServer({ faults: { faults: [{ fault: 'lost-request', on: post }] } })
  const api = client(server)
  await expect(api.post('/api/connections', mongo)).rejects.toThrow(new TypeError('fetch failed'))
  expect([server.store.all('connection'), server.requests]).toEqual([[], []])
  expect((await api.post('/api/connections', mongo)).status).toBe(200)
})

test('a lost response did its work, and the key replays what it was', async () => {
  const server = testServer({ faults: { faults: [{ fault: 'lost-response', on: post }] } })
  const api = client(server)
  const key = { 'idempotency-key': 'key-0001' }
  await expect(api.post('/api/connections', mongo, key)).rejects.toThrow(new TypeError('fetch failed'))
  expect(server.requests).toMatchObject([{ method: 'POST', status: 200 }])
  const again = await api.post('/api/connections', mongo, key)
  expect([again.status, server.store.all('connection').length]).toEqual([200, 1])
})

test('an error before the effect leaves nothing, one after it leaves the thing', async () => {
  const server = testServer()
  const api = client(server)
  server.faults.add(
    { fault: 'error-before', on: post },
    { fault: 'error-after', on: post, skip: 1, status: 503 }
  )
  expect((await api.post('/api/connections', mongo)).body).toMatchObject({ status: 500, key: 'internal' })
  expect(server.store.all('connection')).toHaveLength(0)
  expect((await api.post('/api/connections', mongo)).status).toBe(503)
  expect(server.store.all('connection')).toHaveLength(1)
})

test('too many requests are told with Retry-After, or without', async () => {
  const server = testServer()
  const api = client(server)
  server.faults.add({ fault: 'too-many-requests', retryAfter: 7 }, { fault: 'too-many-requests', skip: 1 })
  const first = await api.get('/api/me')
  const second = await api.get('/api/me')
  expect([first.status, first.headers.get('retry-after')]).toEqual([429, '7'])
  expect([second.status, second.headers.get('retry-after')]).toEqual([429, null])
})

test('a key may stop working, and a thing may be busy', async () => {
  const server = testServer()
  const api = client(server)
  server.faults.add({ fault: 'unauthorized', times: 2 }, { fault: 'conflict', skip: 2 })
  expect([(await api.get('/api/me')).status, (await api.get('/api/me')).status]).toEqual([401, 401])
  expect((await api.get('/api/me')).status).toBe(409)
  expect((await api.get('/api/me')).status).toBe(200)
})

test('a delay is slept before the effect, on the clock that was given', async () => {
  const slept: number[] = []
  const server = testServer({
    latencyMs: 20,
    sleep: (milliseconds) => {
      slept.push(milliseconds)
      return Promise.resolve()
    }
  })
  server.faults.add({ fault: 'delay', milliseconds: 5000 })
  await client(server).get('/api/me')
  await client(server).get('/api/me')
  expect(slept).toEqual([20, 5000, 20])
})

test('a request that hangs ends when its client gives up, and did nothing', async () => {
  const server = testServer({ faults: { faults: [{ fault: 'hang' }] } })
  const given = new AbortController()
  const pending = server.fetch(
    new Request('http://local.test/api/connections', {
      method: 'POST',
      headers: { authorization: 'Bearer test-key' },
      body: JSON.stringify(mongo),
      signal: given.signal
    })
  )
  setImmediate(() => given.abort())
  await expect(pending).rejects.toThrow('This operation was aborted')
  expect(server.requests).toMatchObject([{ method: 'POST', status: 503 }])
  expect(server.store.all('connection')).toEqual([])
})

test('closing the server ends the requests that hang', async () => {
  const server = testServer({ faults: { faults: [{ fault: 'hang' }] } })
  const pending = client(server).get('/api/me')
  setImmediate(() => server.close())
  expect((await pending).status).toBe(503)
})

test('a stale list misses the last write for as many reads as it is told', async () => {
  const server = testServer()
  const api = client(server)
  const names = async (): Promise<unknown[]> =>
    (await api.get('/api/connections')).list.map((connection) => connection['name'])
  await api.post('/api/connections', mongo)
  const { data } = await api.post('/api/connections', { ...mongo, name: 'Second' })
  server.faults.add({ fault: 'stale-list', on: 'GET /api/connections', times: 2 })
  expect([await names(), await names(), await names()]).toEqual([
    ['MongoDB Connection'],
    ['MongoDB Connection'],
    ['Second', 'MongoDB Connection']
  ])
  await api.put(`/api/connections/${data.id}`, { ...mongo, name: 'Renamed' })
  server.faults.add({ fault: 'stale-list', on: 'GET /api/connections' })
  expect(await names()).toEqual(['Second', 'MongoDB Connection'])
  await api.delete(`/api/connections/${data.id}`)
  server.faults.add({ fault: 'stale-list', on: 'GET /api/connections' })
  expect(await names()).toEqual(['Renamed', 'MongoDB Connection'])
  expect(await names()).toEqual(['MongoDB Connection'])
})

test('a proxy may answer with a page, with nothing, or with a redirect', async () => {
  const server = testServer()
  const api = client(server)
  server.faults.add(
    { fault: 'html' },
    { fault: 'empty', skip: 1, on: post },
    { fault: 'redirect', skip: 1, on: 'GET *' },
    { fault: 'html', skip: 1, on: post, status: 200, served: true }
  )
  const page = await api.post('/api/connections', mongo)
  expect([page.status, page.headers.get('content-type')]).toEqual([502, 'text/html; charset=utf-8'])
  expect(server.store.all('connection')).toEqual([])
  const empty = await api.post('/api/connections', mongo)
  expect([empty.status, empty.text, server.store.all('connection').length]).toEqual([
    200,
    expect.any(String),
    1
  ])
  expect((await api.get('/api/me')).status).toBe(200)
  const redirect = await api.get('/api/me')
  expect([redirect.status, redirect.headers.get('location')]).toEqual([302, 'https://sso.invalid/login'])
})

test('somebody else may edit or delete just before a request', async () => {
  const server = testServer()
  const api = client(server)
  const { data } = await api.post('/api/connections', mongo)
  server.faults.add(
    {
      fault: 'edit',
      edit: { kind: 'connection', name: mongo.name, patch: { configuration: { hosts: 'other' } } }
    },
    { fault: 'edit', skip: 1, edit: { kind: 'connection', id: data.id, patch: null } }
  )
  const edited = (await api.get(`/api/connections/${data.id}`)).data
  expect(edited['configuration']).toMatchObject({ hosts: 'other', username: 'user' })
  expect(edited['updated_by']).toMatchObject({ name: 'Somebody Else' })
  expect((await api.get(`/api/connections/${data.id}`)).status).toBe(404)
})

test("somebody else's edit bumps the time, and throws when there is nothing to edit", async () => {
  const server = testServer()
  const api = client(server)
  const world = await tutorialWorld(server)
  const first = await api.post('/api/syncs', tutorialSync(world))
  await api.post('/api/syncs', tutorialSync(world, { name: 'Second' }))
  const actor = { id: 'u', name: 'Ada', type: 'user' } as const
  server.store.edit(
    'sync',
    first.data.id,
    { active: true, schedule: { frequency: 'hourly', minute: '5' } },
    actor
  )
  const [top] = (await api.get('/api/syncs')).list
  expect(top).toMatchObject({
    id: first.data.id,
    active: true,
    updated_by: actor,
    schedule: { frequency: 'hourly' }
  })
  expect(() => server.store.edit('sync', 'none', {})).toThrow('there is no sync none to edit')
})

test('faults hit the request, the match and the times that they are told', async () => {
  const server = testServer()
  const api = client(server)
  const statuses = async (count: number): Promise<number[]> => {
    const list: number[] = []
    for (let index = 0; index < count; index += 1) list.push((await api.get('/api/me')).status)
    return list
  }
  server.faults.add({ fault: 'error-before', request: 2 })
  expect(await statuses(4)).toEqual([200, 200, 500, 200])
  server.faults.clear()
  server.faults.add({ fault: 'error-before', skip: 1, times: 2, on: 'GET /api/*' })
  expect(await statuses(4)).toEqual([200, 500, 500, 200])
  expect(server.faults.armed()).toBe(0)
  server.faults.add(
    { fault: 'error-before', times: 0, on: 'GET /api/m?' },
    { fault: 'error-before', times: 0, on: 'PUT *' }
  )
  expect(await statuses(2)).toEqual([200, 200])
  expect(server.faults.armed()).toBe(2)
})

test('chance is drawn from the seed: the same plan does the same each time', async () => {
  const run = async (seed: number): Promise<number[]> => {
    const server = testServer({
      faults: { seed, faults: [{ fault: 'error-before', chance: 0.5, times: 0 }] }
    })
    const list: number[] = []
    for (let index = 0; index < 40; index += 1) list.push((await client(server).get('/api/me')).status)
    return list
  }
  const once = await run(7)
  expect(await run(7)).toEqual(once)
  expect(await run(8)).not.toEqual(once)
  expect(new Set(once)).toEqual(new Set([200, 500]))
})

test('a file of faults is read, and what is wrong with it is told', () => {
  expect(readFaultPlan('[{"fault":"hang"}]')).toEqual({ faults: [{ fault: 'hang' }] })
  expect(readFaultPlan('{"seed":3,"faults":[]}')).toEqual({ seed: 3, faults: [] })
  expect(() => readFaultPlan('{')).toThrow('it is not JSON')
  expect(() => readFaultPlan('{}')).toThrow('it must be a list of faults')
  expect(() => readFaultPlan('[{"fault":"explode"}]')).toThrow(
    /^faults\[0\]\.fault must be one of lost-request/
  )
  expect(() => readFaultPlan('[{"fault":"edit"}]')).toThrow('faults[0].edit is required')
  expect(() => readFaultPlan('[{"fault":"hang","skips":1}]')).toThrow('faults[0].skips is not known')
  const refused: [file: string, why: string][] = [
    ['null', 'it must be a list of faults'],
    ['[null]', 'faults[0].fault must be one of'],
    ['[{"fault":"hang"},{"fault":"hang","skip":"1"}]', 'faults[1].skip must be a number, 0 or more'],
    ['[{"fault":"hang","on":1}]', 'faults[0].on must be a text'],
    ['[{"fault":"empty","served":"no"}]', 'faults[0].served must be true or false'],
    ['[{"fault":"edit","edit":[]}]', 'faults[0].edit must be an object'],
    ['[{"fault":"edit","edit":{"kind":"model","patch":null}}]', 'needs the id or the name'],
    ['[{"fault":"edit","edit":{"kind":"modle","id":"1","patch":null}}]', 'edit.kind must be one of'],
    ['[{"fault":"edit","edit":{"kind":"model","id":"1"}}]', 'edit.patch must be an object, or null']
  ]
  for (const [file, why] of refused) expect(() => readFaultPlan(file), file).toThrow(why)
  const edit = '[{"fault":"edit","edit":{"kind":"model","name":"Users","patch":{"name":"People"}}}]'
  expect(readFaultPlan(edit)).toEqual({ faults: JSON.parse(edit) as unknown })
})
