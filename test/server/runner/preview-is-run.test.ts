import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SyncFacts } from '../../../src/server/runner/open-job.ts'
import { textOf } from '../../../src/server/runner/value.ts'
import { samples } from '../../support/samples.ts'
import { memoryConnectors, memorySystem, objectOf, type MemoryRecord, type MemorySystem } from './memory.ts'
import { field, identity, runnerWorld, syncFacts, type Shown } from './world.ts'

/** What a run does equals what the preview before it listed, and what plain maps say that it must. */

type PlainRow = { email: string | null; name?: string | null; age: number | null }

interface World {
  mode: string
  filter: number
  /** Filters the target by its name, in mode update alone. */
  guarded: boolean
  folds: boolean
  /** Its records cannot be looked up. */
  blind: boolean
  keepsName: boolean
  there: { email: string; name: string | null }[]
  rounds: { rows: PlainRow[]; rejected: string }[]
}

const row = fc.record<PlainRow>(
  {
    email: fc.constantFrom('a', 'A', 'b', 'c', 'd', '', null),
    name: fc.constantFrom('x', 'y', 'bad', null),
    age: fc.constantFrom(1, 2, 3, null)
  },
  { requiredKeys: ['email', 'age'] }
)

const worlds = fc.record<World>({
  mode: fc.constantFrom('create', 'update', 'updateOrCreate', 'remove', 'append', 'replace'),
  filter: fc.nat(4),
  guarded: fc.boolean(),
  folds: fc.boolean(),
  blind: fc.constantFrom(false, false, true),
  keepsName: fc.boolean(),
  there: fc.array(fc.record({ email: fc.constantFrom('a', 'A', 'b'), name: fc.constantFrom('n', null) }), {
    maxLength: 3
  }),
  rounds: fc.array(
    fc.record({ rows: fc.array(row, { maxLength: 7 }), rejected: fc.constantFrom('', 'bad', 'x') }),
    { minLength: 1, maxLength: 4 }
  )
})

const source = (name: string): { model_id: string; field: string } => ({ model_id: 'm', field: name })
const conditions = [
  { field: source('age'), function: 'GreaterThan', value: 1, label: 'A' },
  { field: source('name'), function: 'IsNull', label: 'B' }
]
const logics = [undefined, 'A', 'a AND b', 'A OR B', 'NOT (A AND B)']

function isWanted(filter: number, { age, name = null }: PlainRow): boolean {
  const [a, b] = [age !== null && age > 1, name === null]
  return [true, a, a && b, a || b, !(a && b)][filter] === true
}

/** The oracle: the least code that can say what a run does. It changes `target` and `memory`. */
function must(
  { mode, filter, guarded, folds, blind, keepsName }: World,
  { rows, rejected }: World['rounds'][number],
  target: MemoryRecord[],
  memory: Map<string, string>
): string[] {
  const fold = (text: string): string => (folds ? text.toLowerCase() : text)
  const addsAll = mode === 'append' || mode === 'replace' || blind
  const operations: string[] = []
  const changes: (() => void)[] = mode === 'replace' ? [() => target.splice(0)] : []
  const seen = new Set<string>()
  for (const one of rows) {
    const { email, name, age } = one
    const values = JSON.stringify([name === undefined ? 'missing' : { name }, age, email])
    // Equal rows without identity are told apart by how many there are.
    let key = addsAll ? values : fold(email ?? '')
    if (addsAll) while (seen.has(key)) key += '+'
    if (!isWanted(filter, one) || key === '' || seen.has(key)) continue
    seen.add(key)
    if (memory.get(key) === values && mode !== 'replace') continue
    const hits = addsAll ? [] : target.filter((record) => fold(textOf(record['email'])) === key)
    const [hit] = hits
    const isKept = keepsName && hit !== undefined && hit['name'] !== null && hit['name'] !== undefined
    const written = { ...(name === undefined || isKept ? {} : { name }), age }
    const remember = (): unknown => mode === 'replace' || memory.set(key, values)
    const isRefused = mode !== 'replace' && rejected !== '' && (written as PlainRow).name === rejected
    const act = (operation: string, change: () => unknown): void => {
      operations.push(`${operation} ${email ?? ''}`)
      if (!isRefused || operation === 'delete') changes.push(change, remember)
    }
    if (hits.length > 1) operations.push(`refuse ${email}`)
    else if (hit === undefined) {
      if (mode !== 'update' && mode !== 'remove') act('insert', () => target.push({ ...written, email }))
      else if (blind) act('insert', () => target.push({ ...written, email }))
    } else if (mode === 'create') changes.push(remember)
    else if (mode === 'update' && guarded && hit['name'] !== 'n') continue
    else if (mode === 'remove') act('delete', () => target.splice(target.indexOf(hit), 1))
    else act('update', () => Object.assign(hit, written))
  }
  for (const change of changes) change()
  for (const key of memory.keys()) if (!seen.has(key)) memory.delete(key)
  return operations
}

function systemOf({ folds, blind, there }: World): MemorySystem {
  const fields = ['email', 'name', 'age'].map((name) => ({ name, type: 'string', foldsCase: folds }))
  const records = there.map((one, index): [string, MemoryRecord] => [`t${index}`, { ...one }])
  return memorySystem({ fields, isBlind: blind, objects: new Map([['people', new Map(records)]]) })
}

function syncOf({ mode, filter, guarded, keepsName }: World): SyncFacts {
  const logic = logics[filter]
  const ofSource = filter === 0 ? [] : filter === 1 ? conditions.slice(0, 1) : conditions
  const ofTarget = { field_id: 'name', field_type: 'Target', function: 'Equality', value: 'n', label: 'Z' }
  const used = guarded && mode === 'update' ? [...ofSource, ofTarget] : ofSource
  return syncFacts({
    sync: {
      mode,
      identity: identity('email'),
      fields: [field('name', 'name', keepsName ? { sync_mode: 'create' } : {}), field('age')],
      filters: used,
      ...(logic === undefined ? {} : { filter_logic: logic })
    }
  })
}

const written = (shown: readonly Shown[]): string[] =>
  shown
    .filter(({ operation }) => operation !== 'skip')
    .map(({ operation, identity }) => `${operation} ${identity.join()}`)

const sorted = (records: Iterable<unknown>): string[] =>
  Array.from(records, (one) => JSON.stringify(ordered(one))).toSorted()

function ordered(record: unknown): unknown {
  return Object.entries(record ?? {}).toSorted(([a], [b]) => a.localeCompare(b))
}

test('preview = run = what plain maps say, over modes, filters, changes and refusals', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, async (drawn) => {
      const system = systemOf(drawn)
      const facts = syncOf(drawn)
      const { run, preview, state } = runnerWorld(memoryConnectors(system))
      const target = drawn.there.map((one): MemoryRecord => ({ ...one }))
      const memory = new Map<string, string>()
      for (const round of drawn.rounds) {
        system.rows.set('people', round.rows)
        system.before = ({ operation, fields, records }) =>
          records.map(({ values }) =>
            operation !== 'delete' && values[fields.indexOf('name')] === round.rejected
              ? { state: 'rejected', code: 'NO', message: 'no' }
              : { state: 'done' }
          )
        system.writes = []
        const { shown } = await preview(facts)
        expect(system.writes).toEqual([])
        expect(written(shown)).toEqual(must(drawn, round, target, memory))
        const { counts, problem } = await run(facts)
        expect(problem).toBeUndefined()
        const removed = drawn.mode === 'replace' ? counts.delete : 0
        const done = counts.insert + counts.update + counts.upserts + counts.delete + counts.error
        expect(done - removed).toBe(written(shown).length)
        if (drawn.mode !== 'replace')
          expect(system.writes.flatMap(({ records }) => records)).toHaveLength(
            written(shown).filter((one) => !one.startsWith('refuse')).length
          )
        expect(sorted(objectOf(system, 'people').values())).toEqual(sorted(target))
      }
      state.close()
    }),
    samples(400, 40)
  )
})

test('a run of some records and then one of all come to the same as one of all', async () => {
  await fc.assert(
    fc.asyncProperty(worlds, fc.subarray(['a', 'A', 'b', 'c']), async (drawn, some) => {
      fc.pre(drawn.mode !== 'replace')
      const results = await Promise.all(
        [[], some].map(async (identities) => {
          const system = systemOf({ ...drawn, folds: false })
          system.rows.set('people', drawn.rounds[0]?.rows ?? [])
          const { run, state } = runnerWorld(memoryConnectors(system))
          if (identities.length > 0) await run(syncOf(drawn), { identities })
          await run(syncOf(drawn))
          state.close()
          return sorted(objectOf(system, 'people').values())
        })
      )
      expect(results[1]).toEqual(results[0])
    }),
    samples(200, 20)
  )
})

test('a limited run writes no more than that, and one of all after it comes to the same as one of all', async () => {
  await fc.assert(
    fc.asyncProperty(
      worlds,
      fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 3 }),
      async (drawn, limits) => {
        fc.pre(drawn.mode !== 'replace')
        const results: string[][] = []
        for (const some of [[], limits]) {
          const system = systemOf(drawn)
          system.rows.set('people', drawn.rounds[0]?.rows ?? [])
          const { run, state } = runnerWorld(memoryConnectors(system))
          for (const limit of some) {
            system.writes = []
            const { counts, problem } = await run(syncOf(drawn), {}, undefined, { limit })
            expect(problem).toBeUndefined()
            expect(system.writes.flatMap(({ records }) => records).length).toBeLessThanOrEqual(limit)
            expect(counts.insert + counts.update + counts.delete).toBeLessThanOrEqual(limit)
          }
          await run(syncOf(drawn))
          // What is remembered is the same as well: nothing is left to do.
          const after = await run(syncOf(drawn))
          results.push(sorted(objectOf(system, 'people').values()), [JSON.stringify(after.counts)])
          state.close()
        }
        expect(results.slice(2)).toEqual(results.slice(0, 2))
      }
    ),
    samples(300, 30)
  )
})
