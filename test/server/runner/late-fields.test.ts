import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { localConnectors, type Connectors } from '../../../src/server/runner/connectors.ts'
import { startMongo } from '../../fixtures/mongodb/index.ts'
import { startPostgresql, whyNoPostgresql, type RealPostgresql } from '../../support/postgresql.ts'
import { memoryConnectors, memorySystem, objectOf, type MemorySystem } from './memory.ts'
import { field, identity, runnerWorld, syncFacts, type RunnerWorld, type Setting } from './world.ts'

/** Fields come with time: none is lost, and none stops the others. */

const why = whyNoPostgresql()
if (why !== undefined) console.warn(why)

/** Real sources, and a target in memory. */
function worldOf(system: MemorySystem): RunnerWorld {
  const target = memoryConnectors(system).get('salesforce')!
  const connectors: Connectors = new Map([...localConnectors, ['salesforce', target]])
  const world = runnerWorld(connectors)
  onTestFinished(() => world.state.close())
  return world
}

/** Lists come out as they are, so that what is missing shows. */
function people(system: MemorySystem): object[] {
  return [...objectOf(system, 'people').values()]
}

test('a field that one document in thousands has is written of this one, and stays unsaid of the others', async () => {
  const mongo = await startMongo()
  onTestFinished(() => mongo.close())
  const documents = Array.from({ length: 5000 }, (_, n) => ({ _id: n, email: `u${n}@example.com` }))
  mongo.put('example.users', [...documents, { _id: 5000, email: 'late@example.com', nickname: 'Late' }])
  const setting: Setting = {
    from: { type: 'mongodb', configuration: { hosts: mongo.host, ssl: false } },
    model: { configuration: { database: 'example', collection: 'users' } },
    sync: { fields: [field('nickname')] }
  }
  const system = memorySystem({ batch: 500 })
  const { run } = worldOf(system)
  const first = await run(syncFacts(setting))
  expect([first.problem, first.counts.insert]).toEqual([undefined, 5001])
  expect(people(system).slice(-2)).toEqual([
    { email: 'u4999@example.com' },
    { nickname: 'Late', email: 'late@example.com' }
  ])
  // A mapped field that no document has yet, and one that the next document is the first to have.
  const more = syncFacts({ ...setting, sync: { fields: [field('nickname'), field('age')] } })
  expect((await run(more)).counts).toMatchObject({ total: 5001, update: 5001, error: 0 })
  mongo.put('example.users', [{ _id: 5001, email: 'later@example.com', age: 7 }])
  expect((await run(more)).counts).toMatchObject({ total: 1, insert: 1 })
  expect(people(system).at(-1)).toEqual({ age: 7, email: 'later@example.com' })
})

test('a path into documents of which some have another shape', async () => {
  const mongo = await startMongo()
  onTestFinished(() => mongo.close())
  mongo.put('example.users', [
    { _id: 1, email: 'a', address: 'London' },
    { _id: 2, email: 'b', address: { city: null } },
    { _id: 3, email: 'c', address: { city: 'Paris' } },
    { _id: 4, email: 'd', address: [{ city: 'Rome' }] }
  ])
  const system = memorySystem()
  const { counts } = await worldOf(system).run(
    syncFacts({
      from: { type: 'mongodb', configuration: { hosts: mongo.host, ssl: false } },
      model: { configuration: { database: 'example', collection: 'users' } },
      sync: { fields: [field('city', 'address.city'), field('first', 'address.0.city')] }
    })
  )
  expect(counts).toMatchObject({ insert: 4, error: 0 })
  expect(people(system)).toEqual([
    { email: 'a' },
    { city: null, email: 'b' },
    { city: 'Paris', email: 'c' },
    { first: 'Rome', email: 'd' }
  ])
})

describe.skipIf(why !== undefined)('columns of PostgreSQL', () => {
  let db: RealPostgresql
  beforeAll(async () => {
    db = await startPostgresql()
  })
  afterAll(() => db.stop())

  test('that come between runs, in the source and in the target', async () => {
    const world = runnerWorld(localConnectors)
    onTestFinished(() => world.state.close())
    await db.sql(`CREATE TABLE people (email text, name text); CREATE TABLE copies (email text PRIMARY KEY, name text);
      INSERT INTO people VALUES ('a', 'Ada'), ('b', 'Bob')`)
    const ends = { type: 'postgresql', configuration: db.configuration }
    const of = (...names: string[]) =>
      syncFacts({
        from: ends,
        to: ends,
        model: { configuration: { query: 'SELECT * FROM people' } },
        sync: {
          identity: identity('email'),
          fields: names.map((name) => field(name)),
          target: { connection_id: 'to', object: 'copies' }
        }
      })
    expect((await world.run(of('name'))).counts).toMatchObject({ insert: 2 })
    await db.sql(`ALTER TABLE people ADD phone text; UPDATE people SET phone = '1' WHERE email = 'b'`)
    // Nobody maps it: nothing changed, and nothing breaks.
    const unmapped = await world.run(of('name'))
    expect([unmapped.problem, unmapped.counts.total]).toEqual([undefined, 0])
    const early = await world.run(of('name', 'phone'))
    expect(String(early.problem)).toContain('has no column phone')
    await db.sql('ALTER TABLE copies ADD phone text')
    expect((await world.run(of('name', 'phone'))).counts).toMatchObject({ update: 2, error: 0 })
    expect(await db.sql('SELECT * FROM copies ORDER BY email')).toEqual([
      { email: 'a', name: 'Ada', phone: null },
      { email: 'b', name: 'Bob', phone: '1' }
    ])
    await db.sql('ALTER TABLE people DROP phone')
    expect(String((await world.run(of('name', 'phone'))).problem)).toContain(
      'the source has no column phone'
    )
    expect(await db.sql('SELECT phone FROM copies ORDER BY email')).toEqual([
      { phone: null },
      { phone: '1' }
    ])
  })
})
