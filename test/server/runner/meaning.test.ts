import { expect, test } from 'vitest'
import type { StoredSync } from '../../../src/server/stored.ts'
import { memoryWorld, objectOf, type MemoryRecord, type MemorySystem } from './memory.ts'
import { field, identity, syncFacts, type RunnerWorld } from './world.ts'

/** What parts of a sync mean, each by the smallest case. */

const ada = { email: 'ada@example.com', name: 'Ada' }
const alan = { email: 'alan@example.com', name: 'Alan' }

interface World extends RunnerWorld {
  system: MemorySystem
  /** The records of the target. */
  people(): MemoryRecord[]
}

function world(rows: Record<string, unknown>[], there: MemoryRecord[] = []): World {
  const made = memoryWorld(rows, {
    objects: new Map([['people', new Map(there.map((record, index) => [`t${index}`, record]))]])
  })
  return { ...made, people: () => [...objectOf(made.system, 'people').values()] }
}

const source = (name: string): { model_id: string; field: string } => ({ model_id: 'm', field: name })

test('a field with a value of its own is written as that, whatever the source has', async () => {
  const { run, people } = world([{ ...ada, phone: '1' }])
  const fields = [field('name'), { target: 'phone', override_value: 'none' }]
  await run(syncFacts({ sync: { fields } }))
  expect(people()).toEqual([{ ...ada, phone: 'none' }])
})

test('a value of its own wins over the source, and 0 and false are values', async () => {
  const { run, people } = world([{ ...ada, phone: '1', age: 5 }])
  const fields = [
    field('name', 'name', { override_value: false }),
    field('phone', 'phone', { override_value: 0 }),
    field('age', 'age', { override_value: '' })
  ]
  await run(syncFacts({ sync: { fields } }))
  expect(people()).toEqual([{ email: ada.email, name: false, phone: 0, age: 5 }])
})

test('of several overrides of a field the first that applies is used', async () => {
  const { run, people } = world([ada, alan])
  const overrides: StoredSync['overrides'] = [
    { field: source('name'), function: 'Equality', value: 'Ada', override: 'first' },
    { field: source('name'), function: 'StringStartsWith', value: 'A', override: 'second' },
    { field: source('name'), function: 'Equality', value: 'first', override: 'third' }
  ]
  await run(syncFacts({ sync: { overrides } }))
  expect(people().map(({ name }) => name)).toEqual(['first', 'second'])
})

test('a field with mode update is written to records that are there, and to no new one', async () => {
  const { run, people } = world([ada, alan], [{ ...ada, name: 'A.' }])
  const fields = [field('name', 'name', { sync_mode: 'update' })]
  expect((await run(syncFacts({ sync: { fields } }))).counts).toMatchObject({ insert: 1, update: 1 })
  expect(people()).toEqual([ada, { email: alan.email }])
})

const targetFilter = (label: string, more: object): NonNullable<StoredSync['filters']>[number] => ({
  field_id: 'name',
  field_type: 'Target',
  function: 'Equality',
  label,
  ...more
})

test('filters on the target follow their logic', async () => {
  const there = [
    { ...ada, name: 'open' },
    { ...alan, name: 'closed' },
    { email: 'grace@example.com', name: 'locked' }
  ]
  const { run, people } = world([ada, alan, { email: 'grace@example.com', name: 'Grace' }], there)
  const filters = [targetFilter('A', { value: 'open' }), targetFilter('B', { value: 'closed' })]
  const target = { connection_id: 'to', object: 'people', filter_logic: 'A OR B' }
  await run(syncFacts({ sync: { mode: 'update', filters, target } }))
  expect(people().map(({ name }) => name)).toEqual(['Ada', 'Alan', 'locked'])
})

test('a filter on the target compares each record with a field of its own row', async () => {
  const there = [
    { ...ada, name: 'Ada L.' },
    { ...alan, name: 'other' }
  ]
  const { run, people } = world(
    [
      { ...ada, was: 'Ada L.' },
      { ...alan, was: 'Alan T.' }
    ],
    there
  )
  const filters = [targetFilter('A', { value_field: source('was') })]
  await run(syncFacts({ sync: { mode: 'update', filters } }))
  expect(people().map(({ name }) => name)).toEqual(['Ada', 'other'])
})

test('other tracking columns let all records be looked at again', async () => {
  const { run } = world([{ ...ada, at: 1, seen: 1 }])
  await run(syncFacts({ model: { tracking_columns: ['at'] } }))
  // Their values are the same, and mean something else.
  const other = syncFacts({ model: { tracking_columns: ['seen'] } })
  expect((await run(other)).counts).toMatchObject({ total: 1, update: 1 })
  expect((await run(other)).counts.total).toBe(0)
})

test('a first run of some records is no baseline where the first run is to send nothing', async () => {
  const { run, people } = world([ada, alan])
  const facts = syncFacts({ sync: { skip_initial_backfill: true } })
  await run(facts, { identities: [ada.email] })
  // The first run of all still notes how things are.
  expect((await run(facts)).counts).toMatchObject({ total: 0, insert: 0 })
  expect((await run(facts)).counts.total).toBe(0)
  expect(people()).toEqual([])
})

test('of two records of a run that belong to the same one of the target the first is written', async () => {
  const there = [{ email: ada.email, name: 'A.', phone: '1' }]
  const { run, people, system } = world(
    [
      { ...ada, phone: '1' },
      { ...alan, phone: '1' }
    ],
    there
  )
  const mappings = [identity('email'), identity('phone')]
  const facts = syncFacts({ sync: { identities: { mappings, strategy: 'priority' } } })
  expect((await run(facts)).counts).toMatchObject({ update: 1, insert: 0, warnings: 1 })
  expect(system.writes.flatMap(({ records }) => records)).toHaveLength(1)
  expect(people()).toEqual([expect.objectContaining({ email: ada.email, name: 'Ada' })])
})

test('what was refused is left where the sync says so, until it changes, is named, or all is sent', async () => {
  const { run, preview, system } = world([ada, alan])
  system.before = ({ records }) =>
    records.map(({ values }) =>
      values.includes(alan.email) ? { state: 'rejected', code: 'NO', message: 'no' } : { state: 'done' }
    )
  const left = syncFacts({ sync: { error_handling: { auto_retry_record_errors: false } } })
  expect((await run(left)).counts).toMatchObject({ insert: 1, error: 1 })
  expect((await preview(left)).shown).toEqual([])
  expect((await run(left)).counts).toMatchObject({ total: 0, error: 0 })
  expect((await run(left, { identities: [alan.email] })).counts).toMatchObject({ total: 1, error: 1 })
  expect((await run(left, { resync: true })).counts).toMatchObject({ total: 2, error: 1 })
  expect((await run(left)).counts.total).toBe(0)
  system.rows.set('people', [ada, { ...alan, name: 'Turing' }])
  expect((await run(left)).counts).toMatchObject({ total: 1, error: 1 })
  expect((await run(left)).counts.total).toBe(0)
  // Whoever wants refused ones again gets all of them.
  expect((await run(syncFacts({ sync: { error_handling: {} } }))).counts).toMatchObject({
    total: 1,
    error: 1
  })
  expect((await run()).counts).toMatchObject({ total: 1, error: 1 })
})

test('a record that matches several ones is left as well', async () => {
  const there = [ada, { ...ada, name: 'Other' }]
  const { run } = world([ada], there)
  const left = syncFacts({ sync: { error_handling: { auto_retry_record_errors: false } } })
  expect((await run(left)).counts).toMatchObject({ total: 1, error: 1 })
  expect((await run(left)).counts).toMatchObject({ total: 0, error: 0 })
  expect((await run()).counts).toMatchObject({ total: 1, error: 1 })
})

test('what a target was too busy for is no refusal, and comes back', async () => {
  const { run, system, people } = world([ada])
  system.before = ({ records }) =>
    records.map(() => ({ state: 'retry', code: 'LOCKED', message: 'locked' }))
  const left = syncFacts({ sync: { error_handling: { auto_retry_record_errors: false } } })
  expect((await run(left)).counts).toMatchObject({ insert: 0, error: 1 })
  system.before = () => undefined
  expect((await run(left)).counts).toMatchObject({ insert: 1 })
  expect(people()).toHaveLength(1)
})

test.each([
  { identities: [ada.email] },
  { source_identities: [[{ source: source('email'), value: ada.email }]] }
])('a replacement by some records, %j, would remove the others: it is refused', async (request) => {
  const { run, preview, people } = world([ada, alan], [ada, alan])
  const facts = syncFacts({ sync: { mode: 'replace' } })
  const refusal = 'its mode replace writes all records or none, and never some of them'
  expect((await run(facts, request)).problem).toMatchObject({ message: refusal })
  expect((await preview(facts, request)).problem).toMatchObject({ message: refusal })
  expect(people()).toEqual([ada, alan])
})

test('other values of a record, other records and other syncs have tokens of their own', async () => {
  const { run, system } = world([ada, alan])
  await run()
  system.rows.set('people', [{ ...ada, name: 'Lovelace' }, alan])
  await run()
  await run(syncFacts({ sync: { id: 'another' } }))
  const tokens = system.writes.flatMap(({ records }) => records.map(({ token }) => token))
  expect(tokens).toHaveLength(5)
  expect(new Set(tokens).size).toBe(5)
})
