import { expect, test } from 'vitest'
import { Stopped } from '../../../src/server/runner/guards.ts'
import type { RowAssertion } from '../../../src/wire/local-start.ts'
import { memoryConnectors, memorySystem, objectOf } from './memory.ts'
import { runnerWorld, syncFacts } from './world.ts'

const rows = [
  { email: 'ada@example.com', name: 'Ada', state: 'on', age: 1, at: '1970-01-01T00:00:00Z' },
  { email: 'bob@example.com', name: 'Ada', state: 'off', age: null, at: '1969-12-31T23:00:00Z' },
  { email: 'cy@example.com', state: 'new', age: '1', at: null }
]

test.each<[assertion: RowAssertion, words: string | undefined, identities?: string[]]>([
  [{ asserts: 'unique', fields: ['email'] }, undefined],
  [{ asserts: 'unique', fields: ['name'] }, '`name` is not unique: 1 row', ['bob@example.com']],
  [{ asserts: 'unique', fields: ['name', 'email'] }, undefined],
  [{ asserts: 'not_null', fields: ['email'] }, undefined],
  // What is missing is not there either.
  [{ asserts: 'not_null', fields: ['name'] }, '`name` is null or missing: 1 row', ['cy@example.com']],
  [{ asserts: 'not_null', fields: ['age'] }, '`age` is null or missing: 1 row', ['bob@example.com']],
  [{ asserts: 'accepted', fields: ['state'], values: ['on', 'off', 'new'] }, undefined],
  [
    { asserts: 'accepted', fields: ['state'], values: ['on', 'off'] },
    '`state` has a value that is not accepted: 1 row',
    ['cy@example.com']
  ],
  // Numbers are compared by what they mean, and null is for `not_null`.
  [{ asserts: 'accepted', fields: ['age'], values: [1] }, undefined],
  [{ asserts: 'count', min: 3, max: 3 }, undefined],
  [{ asserts: 'count', min: 4 }, '3 rows where there are to be 4 or more'],
  [{ asserts: 'count', max: 2 }, '3 rows where there are to be at most 2'],
  [{ asserts: 'count', min: 1, max: 2 }, '3 rows where there are to be 1 to 2'],
  [{ asserts: 'fresh', fields: ['at'], within_seconds: 0 }, undefined],
  [{ asserts: 'fresh', fields: ['state'], within_seconds: 60 }, 'no row has a time in `state`']
])('%j', async (assertion, words, identities) => {
  const system = memorySystem({ rows: new Map([['people', rows]]) })
  const { run, preview, state } = runnerWorld(memoryConnectors(system))
  const bounds = { assertions: [assertion] }
  const shown = await preview(undefined, {}, bounds)
  const { problem } = await run(undefined, {}, undefined, bounds)
  const stops = problem instanceof Stopped ? problem.stops : []
  expect(shown.stops).toEqual(stops)
  expect(stops.map((stop) => stop.words)).toEqual(words === undefined ? [] : [words])
  expect(stops[0]?.identities).toEqual(identities)
  expect(objectOf(system, 'people').size).toBe(words === undefined ? 3 : 0)
  if (words === undefined) return
  // Nothing was noted: without it, all is sent.
  expect((await run()).counts).toMatchObject({ insert: 3 })
  state.close()
})

test('an old table is not fresh, and rows that filters leave out do not count', async () => {
  const system = memorySystem({ rows: new Map([['people', rows]]) })
  const { run, state } = runnerWorld(memoryConnectors(system))
  const sync = {
    filters: [{ field: { model_id: 'm', field: 'state' }, function: 'Equality', value: 'off', label: 'A' }]
  }
  const { problem } = await run(syncFacts({ sync }), {}, undefined, {
    assertions: [
      { asserts: 'fresh', fields: ['at'], within_seconds: 3599 },
      { asserts: 'count', max: 1 }
    ]
  })
  expect(problem instanceof Stopped && problem.stops.map(({ words }) => words)).toEqual([
    'the latest `at` is 3600 s old, and at most 3599 s it may be'
  ])
  state.close()
})

test('of many wrong rows the first ten are named', async () => {
  const many = Array.from({ length: 30 }, (_one, index) => ({ email: `p${index}@example.com` }))
  const system = memorySystem({ rows: new Map([['people', many]]) })
  const { run, state } = runnerWorld(memoryConnectors(system))
  const { problem } = await run(undefined, {}, undefined, {
    assertions: [{ asserts: 'not_null', fields: ['name'] }]
  })
  const [stop] = problem instanceof Stopped ? problem.stops : []
  expect(stop).toMatchObject({ count: 30, words: '`name` is null or missing: 30 rows' })
  expect(stop?.identities).toHaveLength(10)
  expect(String(problem)).not.toContain('@example.com')
  state.close()
})
