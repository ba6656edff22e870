import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { RunProblem } from '../../../src/server/runner/connector.ts'
import { localConnectors } from '../../../src/server/runner/connectors.ts'
import type { SyncFacts } from '../../../src/server/runner/open-job.ts'
import type { StoredSync } from '../../../src/server/stored.ts'
import { startMongo, type MongoFixture } from '../../fixtures/mongodb/index.ts'
import { startSalesforce, type SalesforceFixture } from '../../fixtures/salesforce/index.ts'
import { field, identity, runnerWorld, syncFacts, type RunnerWorld } from './world.ts'

const user = { username: 'reader', password: 'secret' }

let mongo: MongoFixture
let org: SalesforceFixture
let world: RunnerWorld
beforeEach(async () => {
  mongo = await startMongo({ user })
  org = await startSalesforce()
  world = openWorld()
  onTestFinished(async () => {
    await mongo.close()
    await org.close()
  })
})

/** A runner that remembers nothing. */
function openWorld(): RunnerWorld {
  const opened = runnerWorld(localConnectors)
  onTestFinished(() => opened.state.close())
  return opened
}

/** The users of a collection, as contacts: the published tutorial's sync. */
function facts(sync: Partial<StoredSync> = {}): SyncFacts {
  const { clientId: client_id, clientSecret: client_secret } = org.app
  const app = { connect_mode: 'clientcredentials', client_id, client_secret }
  return syncFacts({
    from: { type: 'mongodb', configuration: { hosts: mongo.host, ...user, ssl: false } },
    model: { type: 'mongodb', configuration: { database: 'example', collection: 'users' } },
    to: { type: 'salesforce', configuration: { domain: org.url, ...app } },
    sync: {
      mode: 'create',
      identity: identity('Email', 'email'),
      fields: [field('FirstName', 'first_name'), field('LastName', 'last_name')],
      target: { connection_id: 'to', object: 'Contact' },
      ...sync
    }
  })
}

function users(many: number, more: object = {}): Record<string, unknown>[] {
  return Array.from({ length: many }, (_, n) => ({
    _id: n,
    email: `u${n}@example.com`,
    first_name: 'U',
    last_name: `Ser ${n}`,
    ...more
  }))
}

function emails(): unknown[] {
  return org.rows('Contact').map(({ Email }) => Email)
}

/** Requests that may change something. */
function writes(): string[] {
  const changing = org.requests.filter(({ method, path }) => method !== 'GET' && !path.includes('/oauth2/'))
  return changing.map(({ method, status }) => `${method} ${status}`)
}

test('a preview writes nothing, a run does what it showed, and the next one has nothing to do', async () => {
  mongo.put('example.users', [
    ...users(998),
    { _id: 'a', email: 'ada@example.com', first_name: 'Ada', last_name: 'Lovelace' },
    { _id: 'bad', email: 'bad', first_name: 'Bad', last_name: 'Address' },
    { _id: 'none', email: 'none@example.com', first_name: 'None' },
    { _id: 'twice', email: 'ADA@example.com', first_name: 'Other', last_name: 'Ada' },
    { _id: 'empty', first_name: 'Empty', last_name: 'Address' }
  ])
  const shown = await world.preview(facts())
  expect(shown.shown.filter(({ operation }) => operation === 'insert')).toHaveLength(1001)
  expect(writes()).toEqual([])
  const first = await world.run(facts())
  expect(first.problem).toBeUndefined()
  expect(first.counts).toMatchObject({ total: 1001, insert: 999, error: 2, warnings: 2 })
  expect(first.errors).toEqual([
    'INVALID_EMAIL_ADDRESS: Email: invalid email address: … (1 record)',
    'REQUIRED_FIELD_MISSING: Required fields are missing: [LastName] (1 record)'
  ])
  expect(new Set(emails()).size).toBe(999)
  expect(org.rows('Contact')[998]).toMatchObject({ Email: 'ada@example.com', Name: 'Ada Lovelace' })
  const before = writes().length
  const second = await world.run(facts())
  expect([second.counts.total, second.counts.insert, second.counts.error]).toEqual([2, 0, 2])
  expect(writes()).toHaveLength(before + 1)
})

test('a changed document is one update; null clears, and what is not there is left', async () => {
  mongo.put('example.users', users(300, { phone: '1', title: 'Old' }))
  const sync = {
    mode: 'updateOrCreate' as const,
    fields: [...facts().sync.fields, field('Phone', 'phone'), field('Title', 'title')]
  }
  await world.run(facts(sync))
  const { counts: nothing } = await world.run(facts(sync))
  expect(nothing).toMatchObject({ total: 0, update: 0 })
  const again = await startMongo({ user })
  onTestFinished(() => again.close())
  again.put(
    'example.users',
    users(300, { phone: '1', title: 'Old' }).map((one) =>
      one['_id'] === 7 ? { _id: 7, email: one['email'], last_name: 'New', phone: null } : one
    )
  )
  mongo = again
  const sent = writes().length
  const { counts } = await world.run(facts(sync))
  expect(counts).toMatchObject({ total: 1, update: 1, insert: 0 })
  expect(writes().slice(sent)).toEqual(['PATCH 200'])
  const row = org.rows('Contact')[7]!
  expect(row).toMatchObject({ LastName: 'New', FirstName: 'U', Title: 'Old' })
  expect(row).not.toHaveProperty('Phone')
})

describe('what goes wrong on the way loses nothing, and doubles nothing', () => {
  test('answers that are lost, before and after', async () => {
    mongo.put('example.users', users(999))
    const insert = 'POST composite/sobjects'
    org.fail(
      { failure: 'lost-answer', on: insert },
      { failure: 'lost-request', on: insert, skip: 1 },
      { failure: 'cut-answer', on: insert, skip: 2 }
    )
    const { counts, problem } = await world.run(facts())
    expect([problem, counts.insert, counts.error]).toEqual([undefined, 999, 0])
    expect([emails().length, new Set(emails()).size]).toEqual([999, 999])
  })

  test('a tenth of the records is locked once', async () => {
    mongo.put('example.users', users(999))
    org.locks = { share: 0.1 }
    const { counts, problem } = await world.run(facts())
    expect([problem, counts.insert, counts.error]).toEqual([undefined, 999, 0])
    expect([emails().length, new Set(emails()).size]).toEqual([999, 999])
    expect(writes().length).toBeGreaterThan(5)
  })

  test('the calls of the day end in the middle: the next run sends the rest', async () => {
    mongo.put('example.users', users(999))
    // For one describe, some questions, and a part of the requests that write.
    org.callsLeft = 8
    const { counts, problem } = await world.run(facts())
    expect(problem).toBeInstanceOf(RunProblem)
    expect((problem as RunProblem).code).toBe('REQUEST_LIMIT_EXCEEDED')
    expect(counts.insert).toBeGreaterThan(0)
    expect(counts.insert).toBeLessThan(999)
    expect(emails()).toHaveLength(counts.insert)
    org.callsLeft = 1000
    const next = await world.run(facts())
    expect([next.problem, next.counts.insert]).toEqual([undefined, 999 - counts.insert])
    expect(new Set(emails()).size).toBe(999)
  })

  test('the session ends in the middle', async () => {
    mongo.put('example.users', users(999))
    org.fail(
      { failure: 'error', on: 'POST composite', skip: 1, status: 401, errorCode: 'INVALID_SESSION_ID' },
      { failure: 'error', on: 'GET query', status: 401, errorCode: 'INVALID_SESSION_ID' }
    )
    const { counts, problem } = await world.run(facts())
    expect([problem, counts.insert]).toEqual([undefined, 999])
  })

  test('the source goes away in the middle: nothing is sent', async () => {
    mongo.put('example.users', users(5000))
    mongo.fail({ failure: 'cut', on: 'getMore', times: 9 })
    const { problem } = await world.run(facts())
    expect((problem as RunProblem).code).toBe('lost')
    expect(writes()).toEqual([])
  })

  test('the target is down, and comes back', async () => {
    mongo.put('example.users', users(999))
    org.fail({ failure: 'error', on: 'POST composite', times: 5 })
    const { counts, problem } = await world.run(facts())
    expect([problem, counts.insert]).toEqual([undefined, 999])
    org.down = true
    expect((await world.run(facts(), { resync: true })).problem).toBeInstanceOf(RunProblem)
  })

  test('what the runner remembers is lost', async () => {
    mongo.put('example.users', users(450))
    await world.run(facts())
    const sent = writes().length
    const { counts } = await openWorld().run(facts())
    expect([counts.total, counts.insert]).toEqual([450, 0])
    expect([writes().length, emails().length]).toEqual([sent, 450])
  })
})

describe('modes', () => {
  test('of a field: what is created only fills what is empty', async () => {
    org.put('Contact', [
      { LastName: 'A', Email: 'u0@example.com', Title: 'Kept' },
      { LastName: 'B', Email: 'U1@example.com' }
    ])
    mongo.put('example.users', users(3, { title: 'New' }))
    const fields = [field('LastName', 'last_name'), field('Title', 'title', { sync_mode: 'create' })]
    const { counts } = await world.run(facts({ mode: 'updateOrCreate', fields }))
    expect(counts).toMatchObject({ insert: 1, update: 2 })
    expect(org.rows('Contact').map(({ LastName, Title }) => [LastName, Title])).toEqual([
      ['Ser 0', 'Kept'],
      ['Ser 1', 'New'],
      ['Ser 2', 'New']
    ])
  })

  test('two contacts for one user are told, and neither is written', async () => {
    org.put('Contact', [
      { LastName: 'A', Email: 'u0@example.com' },
      { LastName: 'B', Email: 'U0@example.com' }
    ])
    mongo.put('example.users', users(1))
    const { errors } = await world.run(facts({ mode: 'updateOrCreate' }))
    expect(errors).toEqual(['AMBIGUOUS_MATCH: several records of the target match it (1 record)'])
    expect(writes()).toEqual([])
  })

  test('of a sync: update changes what is there, and remove takes it away', async () => {
    org.put('Contact', [
      { LastName: 'A', Email: 'u0@example.com' },
      { LastName: 'B', Email: 'other@example.com' }
    ])
    mongo.put('example.users', users(2))
    const updated = await world.run(facts({ mode: 'update' }))
    expect(updated.counts).toMatchObject({ update: 1, insert: 0 })
    const removed = await world.run(facts({ mode: 'remove', id: 'other', fields: [] }))
    expect(removed.counts).toMatchObject({ delete: 1 })
    expect(emails()).toEqual(['other@example.com'])
  })
})

test.each(['GET query', 'POST composite/sobjects'])('%s: six run side by side, and no more', async (on) => {
  mongo.put('example.users', users(3000))
  const reached = org.hold(on, 6).then(() => 'six at once')
  const run = world.run(facts())
  expect(await Promise.race([reached, run])).toBe('six at once')
  await run
  expect(org.mostAtOnce()).toBe(6)
  expect(emails()).toHaveLength(3000)
})
