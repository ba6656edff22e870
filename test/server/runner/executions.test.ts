import { createHmac } from 'node:crypto'
import { createServer as createHttp, type IncomingMessage } from 'node:http'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { createServer, type LocalServer, type ServerOptions } from '../../../src/server/index.ts'
import { client, type Client, type Thing } from '../client.ts'
import { memorySystem, objectOf } from './memory.ts'
import { connection, ended, made, memory, memorySync, people } from './service.ts'

const toClose: (() => unknown)[] = []
afterEach(async () => {
  for (const close of toClose.splice(0).toReversed()) await close()
})

function server(options: ServerOptions = {}): LocalServer {
  const made = createServer({ apiKey: 'test-key', run: { fetch: (request) => fetch(request) }, ...options })
  toClose.push(made.close)
  return made
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'polyctl-runner-'))
  toClose.push(() => rmSync(made, { recursive: true }))
  return made
}

interface Received {
  headers: IncomingMessage['headers']
  body: { event: string; object: { records: { hash: string; fields: Record<string, unknown> }[] } }
}

/** Receives posts; `answer` says with which status. */
async function receiver(
  answer: (received: Received) => number = () => 200,
  headers: Record<string, string> = {}
) {
  const received: Received[] = []
  const http = createHttp((request, response) => {
    let text = ''
    request.on('data', (piece) => (text += String(piece)))
    request.on('end', () => {
      const one: Received = { headers: request.headers, body: JSON.parse(text) }
      received.push(one)
      response.writeHead(answer(one), headers)
      response.end()
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  toClose.push(() => new Promise((resolve) => http.close(resolve)))
  const address = http.address()
  const port = typeof address === 'object' ? address?.port : 0
  return { url: `http://127.0.0.1:${port}/in`, received }
}

/** A CSV file whose rows are posted. */
async function csvToWebhook(
  api: Client,
  file: string,
  url: string,
  columns = ['email', 'name']
): Promise<Thing> {
  const from = await connection(api, 'csv', { url: file })
  const to = await connection(api, 'webhook', { url, auth_method: 'polytomic_secret' })
  const model = await made(api, '/api/models', {
    name: 'Rows',
    connection_id: from,
    configuration: {},
    fields: columns
  })
  const fields = columns.map((field) => ({
    target: 'record',
    source: { model_id: model.id, field }
  }))
  return made(api, '/api/syncs', {
    name: 'Rows to web',
    mode: 'updateOrCreate',
    active: true,
    fields,
    schedule: { frequency: 'manual' },
    target: { connection_id: to, object: 'http' }
  })
}

test('a CSV file is posted row by row, once, each with a key of its own', async () => {
  const directory = folder()
  const file = join(directory, 'people.csv')
  writeFileSync(file, 'email,name\nada@example.com,Ada\n"alan@example.com","Alan ""T."""\n')
  const { url, received } = await receiver()
  const api = client(server({ directory: join(directory, 'data') }))
  const sync = await csvToWebhook(api, file, url)
  const start = await api.post(`/api/syncs/${sync.id}/executions`, {})
  expect(start.status).toBe(200)
  expect(start.data['status']).toBe('created')
  const end = await ended(api, sync.id, start.data.id)
  expect(end).toMatchObject({ type: 'manual', status: 'completed', errors: [] })
  expect(end['counts']).toMatchObject({ total: 2, upserts: 2, insert: 0, error: 0 })
  const byName = received.toSorted((a, b) => fieldsOf(a).localeCompare(fieldsOf(b)))
  expect(byName.map(({ body }) => body.object.records[0]?.fields)).toEqual([
    { email: 'ada@example.com', name: 'Ada' },
    { email: 'alan@example.com', name: 'Alan "T."' }
  ])
  const [first] = byName
  expect(first?.headers['authorization']).toMatch(/^Bearer /)
  expect(first?.headers['idempotency-key']).toMatch(/^[0-9a-f]{64}$/)
  expect(new Set(received.map(({ headers }) => headers['idempotency-key'])).size).toBe(2)

  const again = await api.post(`/api/syncs/${sync.id}/executions`, {})
  expect((await ended(api, sync.id, again.data.id))['counts']).toMatchObject({ total: 0, upserts: 0 })
  expect(received).toHaveLength(2)
  for (const name of ['runner.db', 'polytomic.db'])
    expect(statSync(join(directory, 'data', name)).mode & 0o777).toBe(0o600)
})

function fieldsOf({ body }: Received): string {
  return JSON.stringify(body.object.records[0]?.fields)
}

test('a webhook that refuses ends the run as failed, and one that is busy is asked again', async () => {
  const directory = folder()
  const file = join(directory, 'people.csv')
  writeFileSync(file, 'email,name\nada@example.com,Ada\n')
  let answer = 503
  const { url, received } = await receiver(() => {
    const now = answer
    if (answer === 503) answer = 400
    return now
  })
  // Events of one millisecond have no order.
  let ms = Date.parse('2026-01-01T00:00:00Z')
  const now = (): Date => new Date((ms += 1))
  const api = client(server({ sleep: () => Promise.resolve(), now }))
  const sync = await csvToWebhook(api, file, url)
  const start = await api.post(`/api/syncs/${sync.id}/executions`, {})
  const end = await ended(api, sync.id, start.data.id)
  const { host } = new URL(url)
  expect(end).toMatchObject({ status: 'failed', errors: [`the webhook ${host} answered 400`] })
  // What is refused is not tried again.
  expect(received).toHaveLength(2)
  expect(received[0]?.headers['idempotency-key']).toBe(received[1]?.headers['idempotency-key'])
  answer = 200
  const again = await api.post(`/api/syncs/${sync.id}/executions`, {})
  expect(await ended(api, sync.id, again.data.id)).toMatchObject({ status: 'completed' })
  expect(received[2]?.headers['idempotency-key']).toBe(received[0]?.headers['idempotency-key'])
  const types = (await api.get('/api/events')).list.map(({ type }) => type)
  expect(types).toEqual(['sync.completed', 'sync.running', 'sync.failed', 'sync.running'])
})

test('a webhook that leads elsewhere gets nothing there, and the run fails', async () => {
  const directory = folder()
  const file = join(directory, 'people.csv')
  writeFileSync(file, 'email,name\nada@example.com,Ada\n')
  const elsewhere = await receiver()
  const { url } = await receiver(() => 307, { location: elsewhere.url })
  const api = client(server())
  const sync = await csvToWebhook(api, file, url)
  const start = await api.post(`/api/syncs/${sync.id}/executions`, {})
  const end = await ended(api, sync.id, start.data.id)
  expect(end).toMatchObject({ status: 'failed', errors: [`the webhook ${new URL(url).host} answered 307`] })
  expect(elsewhere.received).toEqual([])
})

test('receivers of webhooks get plain names of fields', async () => {
  const directory = folder()
  const file = join(directory, 'people.csv')
  writeFileSync(file, '$email,name of all\nada@example.com,Ada\n')
  const { url, received } = await receiver()
  const api = client(server())
  const sync = await csvToWebhook(api, file, url, ['$email', 'name of all'])
  const start = await api.post(`/api/syncs/${sync.id}/executions`, {})
  expect(await ended(api, sync.id, start.data.id)).toMatchObject({ status: 'completed' })
  expect(received[0]?.body.object.records[0]?.fields).toEqual({
    email: 'ada@example.com',
    nameofall: 'Ada'
  })
})

test('a webhook that says when to come back is not asked before', async () => {
  const directory = folder()
  const file = join(directory, 'people.csv')
  writeFileSync(file, 'email,name\nada@example.com,Ada\n')
  const answers = [503, 429, 200]
  const { url } = await receiver(() => answers.shift() ?? 200, { 'retry-after': '17' })
  const waits: number[] = []
  const api = client(server({ sleep: (ms) => Promise.resolve(void waits.push(ms)) }))
  const sync = await csvToWebhook(api, file, url)
  const start = await api.post(`/api/syncs/${sync.id}/executions`, {})
  expect(await ended(api, sync.id, start.data.id)).toMatchObject({ status: 'completed' })
  expect(waits.filter((ms) => ms > 0)).toEqual([17_000, 17_000])
})

test.each([
  ['is not there', undefined, 'cannot be read (ENOENT)'],
  ['has no such field', 'a,b\n1,2\n', 'has no field email'],
  ['is no CSV', 'email,name\n"a,b\n', 'is not CSV near line']
])('a file that %s fails the run with one sentence', async (_what, text, why) => {
  const directory = folder()
  const file = join(directory, 'people.csv')
  if (text !== undefined) writeFileSync(file, text)
  const { url, received } = await receiver()
  const api = client(server())
  const sync = await csvToWebhook(api, file, url)
  const start = await api.post(`/api/syncs/${sync.id}/executions`, {})
  const end = await ended(api, sync.id, start.data.id)
  expect(end['status']).toBe('failed')
  expect(String(end['errors'])).toContain(why)
  expect(received).toEqual([])
})

test('a server that other machines reach reads no file of its own', async () => {
  const directory = folder()
  const file = join(directory, 'people.csv')
  writeFileSync(file, 'email,name\nada@example.com,Ada\n')
  const { url, received } = await receiver()
  const api = client(server({ run: { fetch: (request) => fetch(request), localFiles: false } }))
  const sync = await csvToWebhook(api, file, url)
  const start = await api.post(`/api/syncs/${sync.id}/executions`, {})
  const end = await ended(api, sync.id, start.data.id)
  expect(end['status']).toBe('failed')
  expect(String(end['errors'])).toContain('must not read its files; give an http address instead')
  expect(received).toEqual([])
})

test('what ships as the content of a system does not limit what is really there', async () => {
  const refused = { name: 'U', configuration: { table: 'public.users' }, fields: ['phone'] }
  const shipped = createServer({ apiKey: 'test-key' })
  toClose.push(shipped.close)
  const statuses = [shipped, server(memory(memorySystem()))].map(async (one) => {
    const api = client(one)
    const access = { hostname: 'db.example.com', username: 'u', password: 'p', database: 'd', port: 5432 }
    const connection_id = await connection(api, 'postgresql', access)
    return (await api.post('/api/models', { ...refused, connection_id })).status
  })
  expect(await Promise.all(statuses)).toEqual([400, 200])
})

test('status, list, logs and console of an execution', async () => {
  const system = memorySystem({
    rows: new Map([['people', people]]),
    before: ({ records }) =>
      records.map(({ values }) =>
        values.includes('Alan')
          ? { state: 'rejected', code: 'INVALID', message: 'is not valid' }
          : { state: 'done' }
      )
  })
  const made = server(memory(system))
  const api = client(made)
  const sync = await memorySync(api)
  const path = `/api/syncs/${sync.id}`
  const { id } = (await api.post(`${path}/executions`, {})).data
  const end = await ended(api, sync.id, id)
  expect(end).toMatchObject({ status: 'completed', errors: ['INVALID: is not valid (1 record)'] })
  expect(end['counts']).toEqual({
    total: 2,
    insert: 1,
    update: 0,
    delete: 0,
    upserts: 0,
    error: 1,
    warnings: 0
  })
  expect((await api.get(`${path}/executions`)).list).toEqual([end])
  expect((await api.get(`${path}/status`)).data).toEqual({
    last_execution: end,
    next_execution_time: null
  })
  const old = client(made, '2023-04-25')
  expect((await old.get(`${path}/executions/${id}`)).data['counts']).toEqual({
    total: 2,
    insert: 1,
    update: 0,
    error: 1
  })
  const index = (await api.get(`${path}/executions/${id}/logs`)).data
  expect(Object.keys(index)).toEqual(['records', 'errors', 'inserts'])
  const { urls } = (await api.get(`${path}/executions/${id}/errors`)).data
  const [address = ''] = Array.isArray(urls) ? urls.map(String) : []
  const file = await made.fetch(new Request(address))
  expect(await file.json()).toEqual([
    { identity: ['alan@example.com'], code: 'INVALID', message: 'is not valid' }
  ])
  const forged = await made.fetch(new Request(address.replace('errors.json', 'inserts.json')))
  expect(forged.status).toBe(403)
  const redirect = await api.get(`${path}/executions/${id}/errors/errors.json`)
  expect(redirect.status).toBe(302)
  const log = (await api.get(`${path}/executions/${id}/consolelog`)).data
  expect(JSON.stringify(log)).toContain('2 records read, 2 of them new or changed')
  expect((await api.get('/api/events')).list[0]).toMatchObject({
    type: 'sync.completed_with_errors',
    event: { execution_id: id, number_of_errors: 1 }
  })
})

test('an inactive sync is not started, and a running one not twice', async () => {
  const system = memorySystem({ rows: new Map([['people', people]]) })
  const api = client(server(memory(system)))
  const sync = await memorySync(api, { active: false })
  const inactive = await api.post(`/api/syncs/${sync.id}/executions`, {})
  expect(inactive.status).toBe(400)
  expect(inactive.body).toMatchObject({ key: 'inactive' })
  await api.post(`/api/syncs/${sync.id}/activate`, { active: true })
  const first = await api.post(`/api/syncs/${sync.id}/executions`, {})
  const second = await api.post(`/api/syncs/${sync.id}/executions`, {})
  expect(second.status).toBe(409)
  expect(second.body['metadata']).toEqual({ sync_id: sync.id, execution_id: first.data.id })
  await ended(api, sync.id, first.data.id)
  expect(objectOf(system, 'people').size).toBe(2)
})

test('a sync of systems that nothing here talks to is refused in one sentence', async () => {
  const api = client(server({ run: { fetch: (request) => fetch(request), connectors: new Map() } }))
  const sync = await memorySync(api)
  const reply = await api.post(`/api/syncs/${sync.id}/executions`, {})
  expect(reply.status).toBe(400)
  expect(reply.body).toMatchObject({
    key: 'not_run_here',
    message:
      'the sync "People" does not run on this server, as nothing here reads connections of type postgresql; ' +
      'a Polytomic service runs it: point POLYTOMIC_URL to one'
  })
})

test('without --run nothing is started, as before', async () => {
  const made = createServer({ apiKey: 'test-key' })
  toClose.push(made.close)
  const api = client(made)
  const sync = await memorySync(api)
  const reply = await api.post(`/api/syncs/${sync.id}/executions`, {})
  expect(reply.status).toBe(409)
  expect(reply.body).toMatchObject({ key: 'no_runner' })
})

test('what runs when the server ends is interrupted, and the next execution goes on', async () => {
  const directory = folder()
  const system = memorySystem({ rows: new Map([['people', people]]), batch: 1, workers: 1 })
  const first = createServer({ apiKey: 'test-key', directory, ...memory(system) })
  const api = client(first)
  const sync = await memorySync(api)
  const closed = new Promise<void>((resolve) => {
    system.after = () => {
      system.after = () => undefined
      first.close()
      resolve()
    }
  })
  const { id } = (await api.post(`/api/syncs/${sync.id}/executions`, {})).data
  await closed
  const second = client(server({ directory, ...memory(system) }))
  const stopped = await ended(second, sync.id, id)
  expect(stopped).toMatchObject({ status: 'interrupted' })
  const again = await second.post(`/api/syncs/${sync.id}/executions`, {})
  expect(await ended(second, sync.id, again.data.id)).toMatchObject({ status: 'completed' })
  expect([...objectOf(system, 'people').values()]).toHaveLength(2)
})

test('what a server that was killed left running is interrupted, and what it accepted begins', async () => {
  const directory = folder()
  const system = memorySystem({ rows: new Map([['people', people]]) })
  const first = createServer({ apiKey: 'test-key', directory, ...memory(system) })
  const api = client(first)
  const sync = await memorySync(api)
  const runOnce = async (): Promise<string> => {
    const { id } = (await api.post(`/api/syncs/${sync.id}/executions`, {})).data
    await ended(api, sync.id, id)
    return id
  }
  const [running, accepted] = [await runOnce(), await runOnce()]
  // What is on the disk after `kill -9`: nobody has said how these two ended.
  first.store.edit('execution', running, { status: 'running' })
  first.store.edit('execution', accepted, { status: 'created' })
  first.close()
  const second = client(server({ directory, ...memory(system) }))
  const statusOf = async (id: string): Promise<unknown> =>
    (await second.get(`/api/syncs/${sync.id}/executions/${id}`)).data['status']
  expect(await statusOf(running)).toBe('interrupted')
  while ((await statusOf(accepted)) !== 'completed') await new Promise((resolve) => setImmediate(resolve))
})

test('the address of a log is good for an hour', async () => {
  let now = Date.parse('2026-01-01T00:00:00Z')
  const system = memorySystem({ rows: new Map([['people', people]]) })
  const made = server({ now: () => new Date(now), ...memory(system) })
  const api = client(made)
  const sync = await memorySync(api)
  const { id } = (await api.post(`/api/syncs/${sync.id}/executions`, {})).data
  await ended(api, sync.id, id)
  const { urls } = (await api.get(`/api/syncs/${sync.id}/executions/${id}/inserts`)).data
  const [address = ''] = Array.isArray(urls) ? urls.map(String) : []
  now += 3_599_000
  expect((await made.fetch(new Request(address))).status).toBe(200)
  now += 2_000
  expect((await made.fetch(new Request(address))).status).toBe(403)
})

test('the webhook of the organization is told how an execution began and ended, signed', async () => {
  const deliveries: { signature: string | null; body: string }[] = []
  const system = memorySystem({ rows: new Map([['people', people]]) })
  const api = client(
    server({
      ...memory(system),
      post: async (request) => {
        deliveries.push({
          signature: request.headers.get('polytomic-signature'),
          body: await request.text()
        })
        return new Response('ok')
      }
    })
  )
  await api.post('/api/webhooks', { endpoint: 'https://hooks.example.com/in', secret: 's3cret' })
  const sync = await memorySync(api)
  const { id } = (await api.post(`/api/syncs/${sync.id}/executions`, {})).data
  await ended(api, sync.id, id)
  while (deliveries.length < 2) await new Promise((resolve) => setImmediate(resolve))
  for (const { signature, body } of deliveries)
    expect(signature).toBe(createHmac('sha256', 's3cret').update(body).digest('hex'))
  const events = deliveries.map(({ body }) => JSON.parse(body) as { type: string; event: object })
  // Deliveries have no order.
  expect(events.toSorted((a, b) => (a.type < b.type ? -1 : 1))).toMatchObject([
    { type: 'sync.completed', event: { execution_id: id, inserted_count: 2, name: 'People' } },
    { type: 'sync.running', event: { execution_id: id, sync_id: sync.id } }
  ])
})

test('all that the runner keeps is for its owner alone, while it runs too', async () => {
  const directory = join(folder(), 'data')
  const system = memorySystem({ rows: new Map([['people', people]]) })
  const files: [string, number][] = []
  system.after = () => {
    for (const name of readdirSync(directory))
      files.push([name, statSync(join(directory, name)).mode & 0o777])
  }
  const api = client(server({ directory, ...memory(system) }))
  const sync = await memorySync(api)
  const { id } = (await api.post(`/api/syncs/${sync.id}/executions`, {})).data
  await ended(api, sync.id, id)
  expect(files.map(([name]) => name)).toEqual(
    expect.arrayContaining(['runner.db', 'runner.db-wal', 'runner.db-shm', 'polytomic.db-wal'])
  )
  expect(files.filter(([, mode]) => mode !== 0o600)).toEqual([])
  expect(statSync(directory).mode & 0o777).toBe(0o700)
})

test('four syncs run at once, and the next one when one of them is over', async () => {
  const gate = Promise.withResolvers<void>()
  const system = memorySystem({ rows: new Map([['people', people]]), gate: () => gate.promise })
  const api = client(server(memory(system)))
  const names = ['A', 'B', 'C', 'D', 'E']
  const syncs = await Promise.all(names.map((name) => memorySync(api, { name })))
  const started: [string, string][] = []
  for (const { id } of syncs)
    started.push([id, (await api.post(`/api/syncs/${id}/executions`, {})).data.id])
  const statuses = async (): Promise<unknown[]> =>
    await Promise.all(
      started.map(
        async ([sync, id]) => (await api.get(`/api/syncs/${sync}/executions/${id}`)).data['status']
      )
    )
  expect(await statuses()).toEqual(['running', 'running', 'running', 'running', 'created'])
  gate.resolve()
  for (const [sync, id] of started) await ended(api, sync, id)
  expect(await statuses()).toEqual(names.map(() => 'completed'))
})

test('a canceled execution stops, and says so', async () => {
  const system = memorySystem({ rows: new Map([['people', people]]), batch: 1, workers: 1 })
  const api = client(server(memory(system)))
  const sync = await memorySync(api)
  // A record that stays busy is tried again and again, and in between the cancellation arrives.
  system.before = ({ records }) =>
    records.map(() => ({ state: 'retry', code: 'LOCKED', message: 'is locked' }))
  const { id } = (await api.post(`/api/syncs/${sync.id}/executions`, {})).data
  const canceled = await api.post(`/api/syncs/${sync.id}/cancel`)
  expect(canceled.data).toEqual({ message: 'the execution will be canceled' })
  expect(await ended(api, sync.id, id)).toMatchObject({ status: 'canceled' })
  expect(objectOf(system, 'people').size).toBe(0)
  expect((await api.post(`/api/syncs/${sync.id}/executions/${id}/cancel`)).status).toBe(400)
  expect((await api.get('/api/events')).list[0]).toMatchObject({ type: 'sync.canceled' })
})

test('a test execution writes nothing', async () => {
  const system = memorySystem({ rows: new Map([['people', people]]) })
  const api = client(server(memory(system)))
  const sync = await memorySync(api)
  const { id } = (await api.post(`/api/syncs/${sync.id}/executions`, { test: true })).data
  expect((await ended(api, sync.id, id))['counts']).toMatchObject({ total: 2, insert: 0 })
  expect(system.writes).toEqual([])
})
