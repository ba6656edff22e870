import { expect, test } from 'vitest'
import type { Kind } from '../../src/kinds/kind.ts'
import { textOf, type JsonObject } from '../../src/state/value.ts'
import { shapes, type Shape } from '../support/shapes.ts'
import { isFew, spread } from '../support/samples.ts'
import { noFaults } from './faults.ts'
import {
  anItem,
  called,
  isKnownTo,
  kindNamed,
  nameIn,
  ofNewestShape,
  placed,
  plainItem,
  simulated
} from './items.ts'
import { makeRandom } from './random.ts'
import { simulate } from './simulate.ts'
import { base } from './small-worlds.ts'
import type { Thing, World } from './world.ts'

/**
 * Every change of every kind, one key at a time, in both shapes of the service: it is applied, and then
 * there is nothing left to do, and what is there is what a service has in which it was made afresh.
 */

const version = '2025-09-18'

/** What resources may refer to. */
const around: readonly Thing[] = [
  {
    kind: 'connection',
    name: 'a',
    item: {
      type: 'postgresql',
      configuration: {
        hostname: 'h',
        username: 'u',
        database: 'd',
        password: { $secret: 'env PASSWORD' }
      }
    }
  },
  { kind: 'role', name: 'a', item: {} },
  { kind: 'policy', name: 'a', item: { policy_actions: [] } },
  { kind: 'model', name: 'a', item: { connection: 'a', configuration: { table: 'a' } } }
]

/** A world in which one key of one resource is to be as in another one; nothing where they are the same. */
function worldOf(kind: Kind, key: string, seed: number, shape: Shape): World | undefined {
  const random = makeRandom(seed)
  const api = { version, shape } as const
  const choose = (of: string, name: string): string | undefined =>
    around.some((one) => one.kind === of) ? 'a' : of === 'policy' || of === 'role' ? name : undefined
  const draw = () => placed(called(kind, anItem(kind, random, api), 't'), choose)
  const [drawn, other] = [draw(), draw()]
  const before = seed % 2 === 0 ? drawn : onSolidGround(kind, key, drawn)
  const isSame = JSON.stringify(before[key]) === JSON.stringify(other[key])
  if (isSame || before['type'] !== other['type']) return undefined
  const after = { ...before }
  if (other[key] === undefined) delete after[key]
  else after[key] = other[key]
  const name = nameIn(kind, before, 't')
  if (name === '' || nameIn(kind, after, 't') !== name) return undefined
  const own = kind.singleton || kind.naming ? around.filter((one) => one.kind !== kind.name) : around
  const live = [...own, { kind: kind.name, name, item: before }]
  const declared = live.map((one, was) => ({ ...one, was }))
  declared[declared.length - 1]!.item = after
  return {
    ...base,
    removed: [],
    seed,
    shape,
    operation: 'apply',
    parallelism: 3,
    pageSize: 50,
    live,
    declared
  }
}

/** Chance makes much that the service refuses: what is plain beside the key is taken. */
function onSolidGround(kind: Kind, key: string, drawn: JsonObject): JsonObject {
  const more = ground[kind.name]
  const names = Object.fromEntries((kind.naming?.keys ?? []).map((name) => [name, drawn[name]!]))
  const plain = { ...plainItem(kind), ...more, ...names }
  return drawn[key] === undefined ? plain : { ...plain, [key]: drawn[key] }
}

const ground: Readonly<Record<string, JsonObject>> = {
  model: { configuration: { table: 'a' } },
  sync: { mode: 'update', identity: { source: 'a', target: 'a', function: 'Equality' } }
}

const keysOf = (kind: Kind): string[] => {
  const { properties } = kind.schema
  // What polyctl keeps to itself is in no request.
  const names = new Set([...(kind.naming?.keys ?? []), ...(kind.own ?? [])])
  return Object.keys(properties as object).filter(
    (key) =>
      !names.has(key) &&
      !['id', 'name', 'lifecycle', 'type'].includes(key) &&
      !['once', 'fixed', 'unreadable'].includes(kind.fields[key]?.class ?? '')
  )
}

/** Of what these refer to there is one here, so that they cannot change alone; a logic needs its filters. */
const notAlone: ReadonlySet<string> = new Set([
  'model: connection',
  'user: roles',
  'sync: model',
  'sync: filter_logic',
  'bulk_sync: destination'
])

const cases = simulated
  .filter((kind) => isKnownTo(version, kind))
  .flatMap((kind) =>
    (ofNewestShape.has(kind.name) ? (['newest'] as const) : shapes).flatMap((shape) =>
      keysOf(kind).map((key): [string, string, Shape] => [kind.name, key, shape])
    )
  )

/** How many worlds of one key are tried at most, until one has a change. */
const most = isFew ? 15 : 40

const alone = cases.filter(([name, key]) => !notAlone.has(`${name}: ${key}`))

test.each(spread(alone, 13))('%s: %s, in the %s shape', async (name, key, shape) => {
  const kind = kindNamed(name)
  let changed = 0
  for (let seed = 1; seed <= most && changed === 0; seed++) {
    const world = worldOf(kind, key, seed, shape)
    if (!world) continue
    const { changes } = await simulate(world, {
      faults: () => noFaults,
      again: textOf([name, key, shape, seed])
    })
    if (changes > 0) changed += 1
  }
  expect(changed).toBeGreaterThan(0)
})
