import { expect, onTestFinished, test } from 'vitest'
import { localConnectors, type Connectors } from '../../../src/server/runner/connectors.ts'
import { startMongo } from '../../fixtures/mongodb/index.ts'
import { memoryConnectors, memorySystem, objectOf, type MemorySystem } from './memory.ts'
import { field, runnerWorld, syncFacts, type RunnerWorld, type Setting } from './world.ts'

/** Fields come with time: none is lost, and none stops the others. Columns: `postgresql-fields.test.ts`. */

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
    { _id: 4, email: 'd', address: [{ city: 'Rome' }] },
    { _id: 5, email: 'e', address: null }
  ])
  const system = memorySystem()
  const { counts } = await worldOf(system).run(
    syncFacts({
      from: { type: 'mongodb', configuration: { hosts: mongo.host, ssl: false } },
      model: { configuration: { database: 'example', collection: 'users' } },
      sync: { fields: [field('city', 'address.city'), field('first', 'address.0.city')] }
    })
  )
  expect(counts).toMatchObject({ insert: 5, error: 0 })
  expect(people(system)).toEqual([
    { email: 'a' },
    { city: null, email: 'b' },
    { city: 'Paris', email: 'c' },
    { first: 'Rome', email: 'd' },
    // What is in null is null, and clears.
    { city: null, first: null, email: 'e' }
  ])
})
