import { describe, expect, test } from 'vitest'
import { LostAnswer, RetryLater, RunProblem } from '../../../src/server/runner/connector.ts'
import { memoryWorld, objectOf, type MemoryRecord, type MemorySystem } from './memory.ts'
import { field, identity, syncFacts } from './world.ts'

const ada = { email: 'ada@example.com', name: 'Ada' }
const alan = { email: 'alan@example.com', name: 'Alan' }
const grace = { email: 'grace@example.com', name: 'Grace' }

function people(system: MemorySystem): MemoryRecord[] {
  return [...objectOf(system, 'people').values()]
}

test('writes all records once, and nothing when nothing changed', async () => {
  const { system, run } = memoryWorld([ada, alan, grace])
  expect((await run()).counts).toMatchObject({ total: 3, insert: 3, update: 0, error: 0 })
  expect(people(system)).toEqual([ada, alan, grace].map(({ email, name }) => ({ name, email })))
  const before = system.writes.length
  expect((await run()).counts).toMatchObject({ total: 0, insert: 0, update: 0 })
  expect(system.writes.length).toBe(before)
})

test('sends what changed, and all of it with resync or when the mapping changed', async () => {
  const { system, run } = memoryWorld([ada, alan])
  await run()
  system.rows.set('people', [ada, { ...alan, name: 'Alan T.' }])
  expect((await run()).counts).toMatchObject({ total: 1, update: 1 })
  expect((await run(syncFacts(), { resync: true })).counts).toMatchObject({ total: 2, update: 2 })
  const other = syncFacts({ sync: { fields: [field('name'), field('phone', 'email')] } })
  expect((await run(other)).counts).toMatchObject({ total: 2, update: 2 })
  expect((await run(syncFacts({ sync: { ...other.sync, sync_all_records: true } }))).counts.update).toBe(2)
})

describe('modes', () => {
  const there = (): MemorySystem['objects'] =>
    new Map([['people', new Map([['1', { ...ada, name: 'A.' }]])]])

  test('create leaves what exists as it is', async () => {
    const { system, run } = memoryWorld([ada, alan], { objects: there() })
    const facts = syncFacts({ sync: { mode: 'create' } })
    expect((await run(facts)).counts).toMatchObject({ insert: 1, update: 0 })
    expect(people(system).map(({ name }) => name)).toEqual(['A.', 'Alan'])
    expect((await run(facts)).counts.total).toBe(0)
  })

  test('update creates nothing, and finds later what is not there yet', async () => {
    const { system, run } = memoryWorld([ada, alan], { objects: there() })
    const facts = syncFacts({ sync: { mode: 'update' } })
    expect((await run(facts)).counts).toMatchObject({ insert: 0, update: 1 })
    objectOf(system, 'people').set('2', { ...alan, name: 'B.' })
    expect((await run(facts)).counts).toMatchObject({ total: 1, update: 1 })
  })

  test('remove deletes what matches', async () => {
    const { system, run } = memoryWorld([ada, alan], { objects: there() })
    expect((await run(syncFacts({ sync: { mode: 'remove' } }))).counts).toMatchObject({ delete: 1 })
    expect(people(system)).toEqual([])
  })

  test('append adds each new row, equal ones too', async () => {
    const { system, run } = memoryWorld([ada, ada], { objects: there() })
    const facts = syncFacts({ sync: { mode: 'append' } })
    expect((await run(facts)).counts).toMatchObject({ insert: 2, warnings: 0 })
    expect(people(system)).toHaveLength(3)
    system.rows.set('people', [ada, ada, ada])
    expect((await run(facts)).counts.insert).toBe(1)
  })

  test('replace leaves nothing of what was there', async () => {
    const { system, run } = memoryWorld([alan, grace], { objects: there() })
    const facts = syncFacts({ sync: { mode: 'replace' } })
    expect((await run(facts)).counts).toMatchObject({ total: 2, insert: 2, delete: 1 })
    expect(people(system).map(({ name }) => name)).toEqual(['Alan', 'Grace'])
  })
})

test('a field with mode create fills what is empty, and leaves what is not', async () => {
  const { system, run } = memoryWorld([
    { ...ada, phone: '1' },
    { ...alan, phone: '2' }
  ])
  objectOf(system, 'people').set('1', { email: ada.email, name: 'A.', phone: '' })
  objectOf(system, 'people').set('2', { email: alan.email, name: 'A.', phone: '9' })
  await run(
    syncFacts({ sync: { fields: [field('name'), field('phone', 'phone', { sync_mode: 'create' })] } })
  )
  expect(people(system)).toEqual([
    { ...ada, phone: '1' },
    { ...alan, phone: '9' }
  ])
})

test('a missing field is left as it is, and null clears it', async () => {
  const { system, run } = memoryWorld([{ email: ada.email }, { email: alan.email, name: null }])
  objectOf(system, 'people').set('1', { ...ada })
  objectOf(system, 'people').set('2', { ...alan })
  await run()
  expect(people(system)).toEqual([ada, { ...alan, name: null }])
})

test('records without a name, and second ones of a name, are warned of and left out', async () => {
  const fields = [
    { name: 'email', type: 'string', foldsCase: true },
    { name: 'name', type: 'string' }
  ]
  const rows = [
    ada,
    { ...ada, email: 'ADA@example.com' },
    { email: null, name: 'X' },
    { email: '', name: 'Y' }
  ]
  const { system, run } = memoryWorld(rows, { fields })
  const { counts, log } = await run()
  expect(counts).toMatchObject({ insert: 1, warnings: 3, error: 0 })
  expect(log['warnings']?.map(({ code }) => code)).toEqual([
    'DUPLICATE_IDENTITY',
    'EMPTY_IDENTITY',
    'EMPTY_IDENTITY'
  ])
  expect(people(system)).toEqual([{ name: 'Ada', email: 'ada@example.com' }])
})

test('an ambiguous match is an error, and nothing is written', async () => {
  const { system, run } = memoryWorld([ada])
  objectOf(system, 'people').set('1', { ...ada })
  objectOf(system, 'people').set('2', { ...ada })
  const { counts, errors } = await run()
  expect(counts).toMatchObject({ error: 1, update: 0 })
  expect(errors).toEqual(['AMBIGUOUS_MATCH: several records of the target match it (1 record)'])
  expect(system.writes).toEqual([])
})

test('several identities: the first that finds a record decides, or all must hold', async () => {
  const row = { ...ada, phone: '1' }
  const facts = (strategy: string) =>
    syncFacts({
      sync: { identities: { mappings: [identity('email'), identity('phone')], strategy } }
    })
  const objects = (): MemorySystem['objects'] =>
    new Map([['people', new Map([['1', { email: 'x', phone: '1' }]])]])
  const first = memoryWorld([row], { objects: objects() })
  expect((await first.run(facts('priority'))).counts).toMatchObject({ update: 1 })
  const all = memoryWorld([row], { objects: objects() })
  expect((await all.run(facts('and'))).counts).toMatchObject({ insert: 1 })
})

test('of several identities, two new records that share one are not both created', async () => {
  const { run } = memoryWorld([
    { ...ada, phone: '1' },
    { ...alan, phone: '1' }
  ])
  const mappings = [identity('email'), identity('phone')]
  const { counts } = await run(syncFacts({ sync: { identities: { mappings, strategy: 'priority' } } }))
  expect(counts).toMatchObject({ insert: 1, warnings: 1 })
})

test('filters, their logic, and overrides', async () => {
  const { system, run } = memoryWorld([ada, alan, grace])
  const source = { model_id: 'm', field: 'name' }
  const filters = ['Ada', 'Alan', 'Grace'].map((value, index) => ({
    field: source,
    field_type: 'Model',
    function: 'Equality',
    value,
    label: 'ABC'[index] ?? ''
  }))
  const overrides = [{ field: source, function: 'Equality', value: 'Alan', override: 'Turing' }]
  const facts = syncFacts({ sync: { filters, filter_logic: 'a or (B and not C)', overrides } })
  expect((await run(facts)).counts.insert).toBe(2)
  expect(people(system).map(({ name }) => name)).toEqual(['Ada', 'Turing'])
})

test('filters on the target keep what does not pass, and create nothing in its place', async () => {
  const { system, run } = memoryWorld([ada, alan])
  objectOf(system, 'people').set('1', { ...ada, name: 'locked' })
  objectOf(system, 'people').set('2', { ...alan, name: 'open' })
  const filters = [
    { field_id: 'name', field_type: 'Target', function: 'Equality', value: 'open', label: 'A' }
  ]
  expect((await run(syncFacts({ sync: { mode: 'update', filters } }))).counts.update).toBe(1)
  expect(people(system).map(({ name }) => name)).toEqual(['locked', 'Alan'])
})

test('a tracking column decides what changed', async () => {
  const { system, run } = memoryWorld([{ ...ada, age: 1 }])
  const facts = syncFacts({ model: { tracking_columns: ['age'] } })
  await run(facts)
  system.rows.set('people', [{ ...ada, name: 'Other', age: 1 }])
  expect((await run(facts)).counts.total).toBe(0)
  system.rows.set('people', [{ ...ada, name: 'Other', age: 2 }])
  expect((await run(facts)).counts.update).toBe(1)
})

test('without the initial backfill, the first run notes how things are', async () => {
  const { system, run } = memoryWorld([ada, alan])
  const facts = syncFacts({ sync: { skip_initial_backfill: true } })
  expect((await run(facts)).counts).toMatchObject({ total: 0, insert: 0 })
  system.rows.set('people', [ada, alan, grace])
  expect((await run(facts)).counts.insert).toBe(1)
  expect(people(system)).toHaveLength(1)
})

test('a start that names records leaves the others for the next run', async () => {
  const { run } = memoryWorld([ada, alan, grace])
  expect((await run(syncFacts(), { identities: [alan.email] })).counts.insert).toBe(1)
  const source = { model_id: 'm', field: 'email' }
  expect(
    (await run(syncFacts(), { source_identities: [[{ source, value: ada.email }]] })).counts.insert
  ).toBe(1)
  expect((await run()).counts).toMatchObject({ total: 1, insert: 1 })
})

test('a record that left and came back is sent again', async () => {
  const { system, run } = memoryWorld([ada, alan])
  await run()
  system.rows.set('people', [ada])
  await run()
  objectOf(system, 'people').clear()
  system.rows.set('people', [ada, alan])
  expect((await run()).counts).toMatchObject({ total: 1, insert: 1 })
})

describe('what goes wrong', () => {
  test('a rejected record comes back in the next run, and no other does', async () => {
    let isBroken = true
    const { system, run } = memoryWorld([ada, alan, grace], {
      before: ({ records }) =>
        records.map(({ values }) =>
          isBroken && values.includes('Alan')
            ? { state: 'rejected', code: 'INVALID', message: 'is not valid' }
            : { state: 'done' }
        )
    })
    const first = await run()
    expect(first.counts).toMatchObject({ insert: 2, error: 1 })
    expect(first.errors).toEqual(['INVALID: is not valid (1 record)'])
    expect(first.log['errors']).toEqual([
      { identity: [alan.email], code: 'INVALID', message: 'is not valid' }
    ])
    isBroken = false
    expect((await run()).counts).toMatchObject({ total: 1, insert: 1, error: 0 })
    expect(people(system)).toHaveLength(3)
  })

  test('what is busy is tried again, each record for itself', async () => {
    const locked = new Set(['Ada', 'Grace'])
    const { system, run } = memoryWorld([ada, alan, grace], {
      before: ({ records }) =>
        records.map(({ values }) =>
          values.some((value) => typeof value === 'string' && locked.delete(value))
            ? { state: 'retry', code: 'LOCKED', message: 'is locked' }
            : { state: 'done' }
        )
    })
    expect((await run()).counts).toMatchObject({ insert: 3, error: 0 })
    expect(system.writes.map(({ records }) => records.length)).toEqual([3, 2])
  })

  test('what stays busy is an error in the end', async () => {
    const { system, run } = memoryWorld([ada], {
      before: ({ records }) => records.map(() => ({ state: 'retry', code: 'LOCKED', message: 'is locked' }))
    })
    expect((await run()).counts).toMatchObject({ insert: 0, error: 1 })
    expect(system.writes).toHaveLength(6)
  })

  test('a lost answer to an insert leads to no second one, whether it arrived or not', async () => {
    let lost = 2
    const { system, run } = memoryWorld([ada, alan, grace], {
      batch: 3,
      before: () => {
        if (lost === 2) {
          lost = 1
          throw new LostAnswer('the connection was closed')
        }
      },
      after: () => {
        if (lost === 1) {
          lost = 0
          throw new LostAnswer('the connection was closed')
        }
      }
    })
    expect((await run()).counts).toMatchObject({ insert: 3, error: 0 })
    expect(people(system)).toHaveLength(3)
  })

  test('a target that is down ends the run, and the next one goes on', async () => {
    let isDown = false
    const { system, run } = memoryWorld([ada, alan, grace], {
      batch: 1,
      workers: 1,
      before: () => {
        if (isDown) throw new RetryLater('DOWN', 'the target does not answer')
      },
      after: ({ records }) => {
        isDown = records.some(({ values }) => values.includes('Alan'))
      }
    })
    const { problem, counts } = await run()
    expect(problem).toEqual(new RunProblem('DOWN', 'the target does not answer'))
    expect(counts.insert).toBe(2)
    isDown = false
    expect((await run()).counts).toMatchObject({ total: 1, insert: 1 })
    expect(people(system)).toHaveLength(3)
  })

  test('a quota ends the run at once', async () => {
    const { system, run } = memoryWorld([ada, alan, grace], {
      batch: 1,
      workers: 1,
      before: ({ records }) => {
        if (records.some(({ values }) => values.includes('Alan')))
          throw new RunProblem('REQUEST_LIMIT_EXCEEDED', 'the daily limit of the target is reached')
      }
    })
    expect((await run()).problem).toMatchObject({ code: 'REQUEST_LIMIT_EXCEEDED' })
    expect(system.writes).toHaveLength(2)
  })

  test('without its state a sync creates nothing twice', async () => {
    const { system, run, state } = memoryWorld([ada, alan])
    await run()
    state.store.forget('s')
    expect((await run()).counts).toMatchObject({ insert: 0, update: 2 })
    expect(people(system)).toHaveLength(2)
  })

  test('a canceled run stops, and keeps what it did', async () => {
    const stop = new AbortController()
    const { run } = memoryWorld([ada, alan, grace], {
      batch: 1,
      workers: 1,
      after: () => stop.abort()
    })
    expect((await run(syncFacts(), {}, stop.signal)).counts.insert).toBe(1)
    expect((await run()).counts).toMatchObject({ total: 2, insert: 2 })
  })
})

test('each try and each run of the same values of a record has the same token', async () => {
  let isBroken = true
  const { system, run } = memoryWorld([ada], {
    before: ({ records }) =>
      isBroken ? records.map(() => ({ state: 'rejected', code: 'X', message: 'x' })) : undefined
  })
  await run()
  isBroken = false
  await run()
  const tokens = system.writes.map(({ records }) => records[0]?.token)
  expect(tokens).toHaveLength(2)
  expect(tokens[0]).toMatch(/^[0-9a-f]{64}$/)
  expect(tokens[1]).toBe(tokens[0])
})

test('a preview lists what the run does, and writes nothing', async () => {
  const { system, run, preview } = memoryWorld([ada, alan])
  objectOf(system, 'people').set('1', { ...ada })
  const { shown } = await preview()
  expect(shown.map(({ operation, identity }) => [operation, ...identity])).toEqual([
    ['update', ada.email],
    ['insert', alan.email]
  ])
  expect(system.writes).toEqual([])
  expect((await run()).counts).toMatchObject({ update: 1, insert: 1 })
})
