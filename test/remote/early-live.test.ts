import { expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import {
  EarlyLive,
  fromWireContext,
  liveResources,
  type Item,
  type ReadKind
} from '../../src/remote/live.ts'
import type { JsonObject } from '../../src/state/value.ts'

/** What is made of an answer while others are on their way is what would be made of it at the end. */

const reader = { version: '2025-09-18' as const, words: (text: string) => text }

const kindNamed = (name: string) => {
  const kind = kinds.managed.find((one) => one.name === name)
  if (!kind) throw new Error(`there is no kind ${name}`)
  return kind
}

const read = (name: string, ...wires: JsonObject[]): ReadKind => ({
  kind: kindNamed(name),
  items: wires.map((wire): Item => ({ wire, partial: false })),
  problems: []
})

const syncOf = (id: string, schedule: JsonObject): JsonObject => ({
  id,
  name: `Sync ${id}`,
  mode: 'updateOrCreate',
  active: false,
  identity: { source: { model_id: 'm1', field: 'email' }, target: 'email', function: 'Equality' },
  fields: [{ source: { model_id: 'm1', field: 'first_name' }, target: 'first_name' }],
  filters: [],
  overrides: [],
  schedule,
  target: { connection_id: 'c1', object: 'public.users' },
  model_ids: ['m1'],
  updated_by: { name: 'Somebody' }
})

const connections = read('connection', { id: 'c1', name: 'Store', type: 'postgresql', configuration: {} })
const models = read('model', { id: 'm1', name: 'People', connection_id: 'c1', fields: [] })
const syncs = read(
  'sync',
  syncOf('s1', { frequency: 'manual' }),
  syncOf('s2', { frequency: 'runafter', run_after: { sync_ids: ['s1'] } })
)
const [plain, after] = syncs.items as [Item, Item]
const all = [connections, models, syncs]

/** What counts of it where all was read. */
function of(early: EarlyLive, item: Item) {
  const wires = all.map(({ kind, items }) => [kind.name, items.map(({ wire }) => wire)] as const)
  return early.of(item, fromWireContext(new Map(wires), reader.version))
}

test('nothing counts before all is known that an answer leads to', () => {
  const early = new EarlyLive(reader)
  early.make(syncs.kind, plain)
  early.complete(models)
  early.make(syncs.kind, plain)
  expect(of(early, plain)).toBeUndefined()
  early.complete(connections)
  early.make(syncs.kind, plain)
  early.make(syncs.kind, after)
  expect(of(early, plain)).toBeDefined()
  // It runs after another sync, whose name may still change.
  expect(of(early, after)).toBeUndefined()
  expect(liveResources(all, reader, early)).toEqual(liveResources(all, reader))
  expect(of(early, plain)?.fields).toMatchObject({
    target: { connection: { $ref: 'connection', name: 'Store' } }
  })
})

test('what fails early fails at the end alone', () => {
  const early = new EarlyLive(reader)
  const broken: Item = { wire: syncOf('s3', { frequency: 'manual' }), partial: false }
  Object.defineProperty(broken.wire, 'fields', {
    get: () => {
      throw new Error('broken')
    }
  })
  expect(() => early.make(syncs.kind, broken)).not.toThrow()
  expect(of(early, broken)).toBeUndefined()
})

test('what is made early is met with the ids of what was read, each after a turn, and not once all is read', async () => {
  const met: [name: string, id: string | undefined][] = []
  const [steps, turn] = [[] as string[], async (): Promise<void> => void steps.push('turn')]
  const early = new EarlyLive(reader, {
    turn,
    met: ({ name }, idOf) => {
      steps.push('met')
      met.push([name, idOf({ $ref: 'connection', name: 'Store' })])
    }
  })
  early.complete(models)
  early.arrived(syncs.kind, plain)
  early.arrived(syncs.kind, { ...plain })
  await early.idle()
  expect(met).toEqual([])
  steps.length = 0
  // What waited for the connections alone is made as soon as they are there.
  early.complete(connections)
  await early.idle()
  expect(met).toEqual([
    ['Sync s1', 'c1'],
    ['Sync s1', 'c1']
  ])
  expect(steps).toEqual(['turn', 'met', 'turn', 'met', 'turn'])
  early.arrived(syncs.kind, after)
  await early.idle()
  expect(of(early, after)).toBeUndefined()
  early.end()
  early.complete(syncs)
  await early.idle()
  expect(of(early, after)).toBeUndefined()
  expect(liveResources(all, reader, early)).toEqual(liveResources(all, reader))
})

test('a turn lets in what arrives meanwhile, which is made too', async () => {
  const arriving = [after, plain]
  const early = new EarlyLive(reader, {
    turn: async () => {
      const next = arriving.pop()
      if (next) early.arrived(syncs.kind, next)
    }
  })
  for (const one of all) early.complete(one)
  early.arrived(syncs.kind, { ...plain })
  await early.idle()
  expect([of(early, plain)?.name, of(early, after)?.name]).toEqual(['Sync s1', 'Sync s2'])
})

test.each(['Store', 'Old store'])('what lists call it counts if it is called so in the end: %s', (name) => {
  const early = new EarlyLive(reader)
  early.listed(read('connection', { ...connections.items[0]?.wire, name }))
  early.listed(models)
  early.make(syncs.kind, plain)
  expect(of(early, plain)?.fields).toEqual(
    name === 'Store' ? liveResources(all, reader)[2]?.fields : undefined
  )
  expect(liveResources(all, reader, early)).toEqual(liveResources(all, reader))
})

test('what follows from all of another kind waits until that was read, and not listed alone', () => {
  const early = new EarlyLive(reader)
  const filters = [{ field_type: 'Model', field_id: 'f1', function: 'Equality', value: 1 }]
  const filtered: Item = { wire: { ...syncOf('s4', { frequency: 'manual' }), filters }, partial: false }
  early.complete(connections)
  early.listed(models)
  expect(early.make(syncs.kind, filtered)).toBe('open')
  early.complete(models)
  expect(early.make(syncs.kind, filtered)).toBeUndefined()
})
