import { MongoClient } from 'mongodb'
import { expect, onTestFinished, test } from 'vitest'
import { startMongo, type MongoFixture } from '../fixtures/mongodb/index.ts'
import { startSalesforce, type SalesforceFixture } from '../fixtures/salesforce/index.ts'
import { createSandbox } from '../support/sandbox.ts'
import { once, startService, type Service } from './service.ts'

/** The published tutorial goes on to its end: its sync runs, and the contacts are there. */

interface World extends Service {
  mongo: MongoFixture
  org: SalesforceFixture
  /** Requests of Salesforce that may change something, since the last look. */
  writes(): string[]
}

const user = { username: 'user', password: 'secret' }

async function world(): Promise<World> {
  const mongo = await startMongo({ user })
  const org = await startSalesforce()
  onTestFinished(async () => {
    await mongo.close()
    await org.close()
  })
  mongo.put('example.users', [
    { _id: 1, email: 'ada@example.com', first_name: 'Ada', last_name: 'Lovelace', age: 36 },
    { _id: 2, email: 'alan@example.com', first_name: 'Alan', last_name: 'Turing' },
    { _id: 3, email: 'no address', first_name: 'No', last_name: 'Address' }
  ])
  const apps = new Map([['salesforce', org.app]])
  const service = await startService({ run: { fetch: (request) => fetch(request), apps } })
  let seen = 0
  return {
    ...service,
    mongo,
    org,
    writes: () => {
      const changing = org.requests.filter(
        ({ method, path }) => method !== 'GET' && !path.includes('/oauth2/')
      )
      const fresh = changing.slice(seen)
      seen = changing.length
      return fresh.map(({ method, path }) => `${method} ${path.split('/').slice(-2).join('/')}`)
    }
  }
}

/** A person opens the address, allows it, and is asked by Salesforce: a browser follows where it is sent. */
async function inBrowser(page: unknown): Promise<void> {
  const body = new URLSearchParams({ decision: 'allow' })
  const end = await fetch(String(page), { method: 'POST', body })
  expect([end.status, await end.text()]).toEqual([200, expect.stringContaining('<h1>Allowed</h1>')])
}

/** The bodies of the four requests, with the addresses of systems of this machine. */
const bodies = {
  mongodb: ({ mongo }: World) => ({
    name: 'MongoDB Connection',
    type: 'mongodb',
    configuration: { hosts: mongo.host, ...user, ssl: false }
  }),
  salesforce: ({ org }: World) => ({
    name: 'Salesforce Connection',
    type: 'salesforce',
    configuration: { domain: org.url }
  }),
  model: (connection_id: string) => ({
    name: 'MongoDB Model',
    configuration: { database: 'example', collection: 'users' },
    connection_id
  }),
  sync: (model_id: string, connection_id: string) => ({
    name: 'Mongo to Salesforce Sync',
    mode: 'create' as const,
    identity: { source: { field: 'email', model_id }, target: 'Email', function: 'equality' },
    fields: [
      { source: { field: 'first_name', model_id }, target: 'FirstName' },
      { source: { field: 'last_name', model_id }, target: 'LastName' }
    ],
    schedule: { frequency: 'manual' as const },
    target: { connection_id, object: 'Contact' }
  })
}

/** Field by field, and nothing of what was not mapped. */
function contacts({ org }: World): unknown[] {
  return org.rows('Contact').map(({ Email, FirstName, LastName, Name, Phone }) => ({
    Email,
    FirstName,
    LastName,
    Name,
    Phone
  }))
}

const expected = [
  {
    Email: 'ada@example.com',
    FirstName: 'Ada',
    LastName: 'Lovelace',
    Name: 'Ada Lovelace',
    Phone: undefined
  },
  {
    Email: 'alan@example.com',
    FirstName: 'Alan',
    LastName: 'Turing',
    Name: 'Alan Turing',
    Phone: undefined
  }
]
const refusal = 'INVALID_EMAIL_ADDRESS: Email: invalid email address: … (1 record)'

/** The user without an address gets one. */
async function mended({ mongo }: World): Promise<void> {
  const mongoClient = new MongoClient(`mongodb://${mongo.host}`, { auth: user })
  const users = mongoClient.db('example').collection('users')
  await users.updateOne({ email: 'no address' }, { $set: { email: 'no@example.com' } })
  await mongoClient.close()
}

type Answer = Record<string, unknown> & { id: string }

/** Sends a request as the tutorial does. */
function sender({ url, server }: World) {
  return async (method: string, path: string, body?: object): Promise<Answer> => {
    const response = await fetch(url + path, {
      method,
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        'X-Polytomic-Version': '2023-04-25',
        Authorization: `Bearer ${server.apiKey}`
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) })
    })
    const answer = (await response.json()) as { data: Answer }
    expect([response.status, answer]).toEqual([200, { data: expect.any(Object) }])
    return answer.data
  }
}

/** Makes all that the tutorial makes, and lets the sync run. */
async function tutorial(here: World): Promise<{ sync: Answer; send: ReturnType<typeof sender> }> {
  const send = sender(here)
  const mongo = await send('POST', '/api/connections', bodies.mongodb(here))
  const crm = await send('POST', '/api/connections', bodies.salesforce(here))
  await inBrowser(crm['auth_url'])
  const model = await send('POST', '/api/models', bodies.model(mongo.id))
  const sync = await send('POST', '/api/syncs', bodies.sync(model.id, crm.id))
  await send('POST', `/api/syncs/${sync.id}/activate`, { active: true })
  return { sync, send }
}

test('started by the API, the contacts are there; a second run sends what was refused and nothing else', async () => {
  const here = await world()
  const { sync, send } = await tutorial(here)
  const runOnce = async (): Promise<Answer> => {
    const { id } = await send('POST', `/api/syncs/${sync.id}/executions`, {})
    for (;;) {
      const execution = await send('GET', `/api/syncs/${sync.id}/executions/${id}`)
      if (execution['completed_at'] !== null) return execution
    }
  }
  expect(await runOnce()).toMatchObject({
    status: 'completed',
    counts: { total: 3, insert: 2, update: 0, error: 1 },
    errors: [refusal]
  })
  expect(contacts(here)).toEqual(expected)
  expect(here.writes()).toEqual(['POST composite/sobjects'])
  expect(await runOnce()).toMatchObject({
    status: 'completed',
    counts: { total: 1, insert: 0, update: 0, error: 1 },
    errors: [refusal]
  })
  expect(contacts(here)).toEqual(expected)
  here.writes()
  // Once the address is one, there is nothing left.
  await mended(here)
  expect(await runOnce()).toMatchObject({ counts: { total: 1, insert: 1, error: 0 }, errors: [] })
  expect(here.writes()).toEqual(['POST composite/sobjects'])
  expect(await runOnce()).toMatchObject({ counts: { total: 0, insert: 0, error: 0 }, errors: [] })
  expect(here.writes()).toEqual([])
})

test('polyctl run starts and follows it', async () => {
  const here = await world()
  await tutorial(here)
  const { run } = createSandbox({
    env: { POLYTOMIC_URL: here.url, POLYTOMIC_API_KEY: here.server.apiKey },
    io: { fetch: (request) => fetch(request) }
  })
  const first = await run('run', 'Mongo to Salesforce Sync', '--format', 'json')
  expect([first.code, first.err]).toEqual([5, ''])
  expect(JSON.parse(first.out)).toMatchObject({
    runs: [
      {
        state: 'degraded',
        execution: { counts: { total: 3, inserts: 2, errors: 1 }, errors: [refusal] }
      }
    ]
  })
  expect(contacts(here)).toEqual(expected)
  expect(here.writes()).toEqual(['POST composite/sobjects'])
  await mended(here)
  expect((await run('run', 'Mongo to Salesforce Sync')).code).toBe(0)
  here.writes()
  const last = await run('run', 'Mongo to Salesforce Sync')
  expect([last.code, here.writes()]).toEqual([0, []])
})

test('the official SDK makes it, starts it, and reads what came of it', async () => {
  const here = await world()
  const { sdk } = here
  const id = (made: { data?: { id?: string } | undefined }): string => made.data?.id ?? ''
  const mongo = id(await sdk.connections.create(bodies.mongodb(here), once))
  const crm = await sdk.connections.create(bodies.salesforce(here), once)
  await inBrowser(crm.data?.auth_url)
  const model = id(await sdk.models.create({ body: bodies.model(mongo) }, once))
  const plain = bodies.sync(model, id(crm))
  const sync = id(
    await sdk.modelSync.create(
      // The client knows the function in another case.
      { ...plain, identity: { ...plain.identity, function: 'Equality' } },
      once
    )
  )
  await sdk.modelSync.activate(sync, { active: true }, once)
  const runOnce = async () => {
    const { data } = await sdk.modelSync.start(sync, {}, once)
    for (;;) {
      const { data: execution } = await sdk.modelSync.executions.get(sync, data?.id ?? '', once)
      if (execution?.completed_at !== null) return execution
    }
  }
  const first = await runOnce()
  expect(first).toMatchObject({ status: 'completed', counts: { insert: 2, error: 1 }, errors: [refusal] })
  expect(contacts(here)).toEqual(expected)
  const logs = await sdk.modelSync.executions.getLogUrls(sync, first?.id ?? '', 'errors', once)
  expect(await (await fetch(logs.data?.urls?.[0] ?? '')).json()).toEqual([
    { identity: ['no address'], code: 'INVALID_EMAIL_ADDRESS', message: expect.any(String) }
  ])
  expect((await sdk.modelSync.getStatus(sync, once)).data?.last_execution?.id).toBe(first?.id)
  here.writes()
  await mended(here)
  expect(await runOnce()).toMatchObject({ counts: { total: 1, insert: 1 } })
  here.writes()
  expect(await runOnce()).toMatchObject({ counts: { total: 0, insert: 0, error: 0 } })
  expect(here.writes()).toEqual([])
})
