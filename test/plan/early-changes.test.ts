import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import { decide } from '../../src/plan/decide.ts'
import { EarlyChanges } from '../../src/plan/early-changes.ts'
import type { Live } from '../../src/state/resource.ts'
import type { Reference } from '../../src/state/value.ts'
import { world } from '../support/states.ts'
import { declared, service } from './world.ts'

/** What is compared while others are read is what would be compared at the end, or it does not count. */

const runs = { numRuns: Number(process.env['LAW_RUNS'] ?? 150) }

/** What references stand for, by everything that is live. */
function idsIn(resources: readonly Live[]): (reference: Reference) => string | undefined {
  return ({ $ref, name, id }) => id ?? resources.find((one) => one.kind === $ref && one.name === name)?.id
}

test('a plan is the same, whatever was compared early and however wrong the guesses were', () => {
  const guesses = fc.constantFrom<(resources: readonly Live[]) => ReturnType<typeof idsIn>>(
    idsIn,
    (resources) => idsIn(resources.slice(1)),
    () => () => undefined,
    () => () => 'another'
  )
  fc.assert(
    fc.property(world, guesses, fc.nat(), ({ desired, live }, guess, some) => {
      const early = new EarlyChanges(desired, kinds)
      const met = live.resources.filter((_, index) => (some >> (index % 30)) % 2 === 0)
      for (const one of met) early.compare(one, guess(live.resources))
      const options = { maxDeletes: Infinity }
      expect(decide(desired, live, kinds, { ...options, early })).toEqual(
        decide(desired, live, kinds, options)
      )
    }),
    runs
  )
})

const live = service(
  ['connection', 'Store', 'c1', { type: 'postgresql', configuration: {} }],
  ['model', 'People', 'm1', { connection_id: 'c1', configuration: { table: 'people' }, fields: [] }]
)
const [, found] = live.resources as [Live, Live]
const people = declared('model', 'People', {
  connection: 'Store',
  configuration: { table: 'clients' }
})
const desired = { workspace: {}, resources: [people], removed: [] }
const idOf = idsIn(live.resources)

test('what was compared counts while the live resource and the ids of references are the same', () => {
  const early = new EarlyChanges(desired, kinds)
  expect(early.of(people, found, idOf)).toBeUndefined()
  early.compare(found, idOf)
  expect(early.of(people, found, idOf)).toMatchObject({
    action: 'update',
    ids: { 'connection "Store"': 'c1' }
  })
  expect(early.of(people, { ...found }, idOf)).toBeUndefined()
  expect(early.of({ ...people }, found, idOf)).toBeUndefined()
  expect(early.of(people, found, () => 'c2')).toBeUndefined()
})

test('with a base, what was compared without one does not count', () => {
  const early = new EarlyChanges(desired, kinds)
  early.compare(found, idOf)
  const base = { revision: 'main', commit: 'c', ...desired, secretsMoved: [] }
  expect(decide(desired, live, kinds, { base, early })).toEqual(decide(desired, live, kinds, { base }))
})
