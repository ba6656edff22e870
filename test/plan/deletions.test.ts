import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import { decide } from '../../src/plan/decide.ts'
import { detailsOf } from '../../src/plan/details.ts'
import type { DecideOptions } from '../../src/plan/options.ts'
import type { Base, Desired, LiveState, Removed, Workspace } from '../../src/state/resource.ts'
import { at } from '../render/builders.ts'
import { declared, removed, service } from './world.ts'

const csv = { type: { id: 'csv' }, configuration: { url: 'u' } }
const table = { connection_id: 'c1', configuration: { table: 't' }, fields: [{ name: 'a' }] }
const connection = (name: string, more: object = {}) =>
  declared('connection', name, { type: 'csv', configuration: { url: 'u' } }, more)
const guarded = { lifecycle: { renamedFrom: [], preventDestroy: true, ignoreChanges: [] } }
const baseOf = (...resources: Desired[]): Base => ({
  revision: 'abc1234',
  commit: 'abc1234',
  resources,
  secretsMoved: []
})

interface Asked extends DecideOptions {
  now?: Desired[]
  gone?: Removed[]
  workspace?: Workspace
}

/** What is deleted and why, what is no longer declared, and problems. */
function reported(live: LiveState, { now = [], gone = [], workspace = {}, ...options }: Asked): string[] {
  const decision = decide({ workspace, resources: now, removed: gone }, live, kinds, options)
  const problems = decision.problems.map(({ code, message }) => `${code} ${message}`)
  if (!decision.ok) return problems
  const { changes, noLongerDeclared } = decision.value
  return [
    ...changes
      .map(detailsOf)
      .flatMap(({ action, kind, name, id, reason }) =>
        action === 'delete' ? [`delete ${kind} ${name} ${String(id)}: ${reason}`] : []
      ),
    ...noLongerDeclared.map(({ kind, name, id }) => `left ${kind} ${name} ${id}`),
    ...problems
  ]
}

const two = service(['connection', 'A', 'c1', csv], ['connection', 'B', 'c2', csv])
const was = 'the files declared it at abc1234 and do no longer'

describe('R12: what was declared and is no longer', () => {
  test('is named, and deleted with prune only', () => {
    const base = baseOf(connection('B'), connection('A'))
    expect(reported(two, { base })).toEqual(['left connection A c1', 'left connection B c2'])
    expect(reported(two, { base, prune: true })).toEqual([
      `delete connection A c1: ${was}`,
      `delete connection B c2: ${was}`
    ])
    expect(reported(two, { base: baseOf(), prune: true })).toEqual([])
  })

  test('is not what is declared still: by its name, a former name, its id, or as removed', () => {
    const base = baseOf(connection('A'))
    const asked = { base, prune: true }
    expect(reported(two, { ...asked, now: [connection('A')] })).toEqual([])
    expect(reported(two, { ...asked, now: [connection('N', { renamedFrom: ['A'] })] })).toEqual([])
    expect(reported(two, { ...asked, now: [connection('N', { id: 'c1' })] })).toEqual([])
    expect(reported(two, { ...asked, gone: [removed('connection', 'A')] })).toEqual([
      'delete connection A c1: the files say that it is removed'
    ])
    const pinned = baseOf(connection('Old name', { id: 'c1' }))
    expect(reported(two, { base: pinned, prune: true, now: [connection('N', { id: 'c1' })] })).toEqual([])
  })

  test('is found by its id where it was pinned, and by its name otherwise', () => {
    const pinned = baseOf(connection('B', { id: 'C1' }))
    expect(reported(two, { base: pinned, prune: true })).toEqual([`delete connection A c1: ${was}`])
    expect(reported(two, { base: baseOf(connection('a')), prune: true })).toEqual([])
    expect(reported(two, { base: baseOf(declared('model', 'A', {})), prune: true })).toEqual([])
  })

  test('and of which there are two, is a stop', () => {
    const twins = service(['connection', 'A', 'c1', csv], ['connection', 'A', 'c2', csv])
    expect(reported(twins, { base: baseOf(connection('A')), prune: true })).toEqual([
      'P401 connection `A` matches 2 live resources'
    ])
  })

  test('is not looked at where it is not selected', () => {
    const base = baseOf(connection('A'), connection('B'))
    const selection = { only: ['A'], exclude: [], kinds: [] }
    expect(reported(two, { base, prune: true, selection })).toEqual([`delete connection A c1: ${was}`])
    const gone = [removed('connection', 'A'), removed('connection', 'B')]
    expect(reported(two, { gone, selection })).toEqual([
      'delete connection A c1: the files say that it is removed'
    ])
  })
})

describe('R17: what is removed', () => {
  test('is found by its name or its id, and is fine where it is not there', () => {
    const reason = 'the files say that it is removed'
    const ids = service(['connection', 'A', '5b2a6d0e-0000-4000-8000-00000000000a', csv])
    expect(reported(two, { gone: [removed('connection', 'A')] })).toEqual([
      `delete connection A c1: ${reason}`
    ])
    expect(
      reported(ids, { gone: [removed('connection', '5B2A6D0E-0000-4000-8000-00000000000A')] })
    ).toEqual([
      `delete connection A (5b2a6d0e-0000-4000-8000-00000000000a) 5b2a6d0e-0000-4000-8000-00000000000a: ${reason}`
    ])
    expect(reported(two, { gone: [removed('connection', 'X'), removed('model', 'A')] })).toEqual([])
  })

  test('is taken once', () => {
    const gone = [removed('connection', 'A'), removed('connection', 'A')]
    expect(reported(two, { gone })).toEqual(['delete connection A c1: the files say that it is removed'])
  })
})

describe('R17: exclusive kinds', () => {
  const workspace = { exclusive: { kinds: ['connection'], span: at('configs/a.yaml', 1) } }
  const reason = 'no file declares it, and the files are to declare all of its kind'

  test('lose what nobody declares, with prune only', () => {
    const now = [connection('B')]
    expect(reported(two, { workspace, now, prune: true })).toEqual([`delete connection A c1: ${reason}`])
    expect(reported(two, { workspace, now })).toEqual([])
    const selection = { only: [], exclude: ['A'], kinds: [] }
    const base = baseOf(connection('A'))
    expect(reported(two, { workspace, now, base, prune: true, selection })).toEqual([])
  })

  test('lose both of two with one name, which their ids tell apart', () => {
    const twins = service(['connection', 'A', 'c1', csv], ['connection', 'A', 'c2', csv])
    expect(reported(twins, { workspace, prune: true })).toEqual([
      `delete connection A c1: ${reason}`,
      `delete connection A (c2) c2: ${reason}`
    ])
  })

  test('keep what this organization cannot change, and what nobody has said anything of', () => {
    const readOnly = { because: 'it is of all organizations' }
    const resources = two.resources.map((one) => (one.id === 'c1' ? { ...one, readOnly } : one))
    expect(reported({ ...two, resources }, { workspace, now: [connection('B')], prune: true })).toEqual([])
    const reset = two.resources.map((one) => (one.id === 'c1' ? { ...one, reset: true as const } : one))
    expect(
      reported({ ...two, resources: reset }, { workspace, now: [connection('B')], prune: true })
    ).toEqual([])
  })

  test('are the only ones, and a base the only other ground to prune on', () => {
    expect(reported(two, { prune: true })).toEqual([
      'P506 `--prune` does not know what was declared before'
    ])
    const none = { exclusive: { kinds: [], span: at('configs/a.yaml', 1) } }
    expect(reported(two, { prune: true, workspace: none })).toEqual(reported(two, { prune: true }))
    const { problems } = decide({ workspace: {}, resources: [], removed: [] }, two, kinds, { prune: true })
    expect(problems).toMatchObject([
      {
        notes: ['only what was declared once, or is of an exclusive kind, may be pruned'],
        help: [
          'pass `--since` with the revision that was applied last',
          'or list kinds that the files declare in full: `workspace: { exclusive: [syncs] }`'
        ]
      }
    ])
    const others = { exclusive: { kinds: ['model'], span: at('configs/a.yaml', 1) } }
    expect(reported(two, { prune: true, workspace: others })).toEqual([])
  })
})

describe('R18: the cascade', () => {
  const reading = (id: string) => ({
    mode: 'create',
    fields: [{ source: { model_id: id, field: 'a' }, target: 'A' }]
  })
  const live = service(
    ['connection', 'C', 'c1', csv],
    ['model', 'N', 'm2', table],
    ['model', 'M', 'm1', table],
    ['sync', 'S', 's1', reading('m1')],
    ['sync', 'T', 's2', reading('m2')],
    ['connection', 'Other', 'c2', csv]
  )
  const gone = [removed('connection', 'C')]

  test('takes what uses a connection, and what uses that, and says why', () => {
    expect(reported(live, { gone, forceDelete: true, maxDeletes: 9 })).toEqual([
      'delete connection C c1: the files say that it is removed',
      'delete model M m1: it uses connection "C", which is deleted',
      'delete model N m2: it uses connection "C", which is deleted',
      'delete sync S s1: it uses model "M", which is deleted',
      'delete sync T s2: it uses model "N", which is deleted'
    ])
  })

  test('starts at connections only', () => {
    expect(reported(live, { gone: [removed('model', 'M')], forceDelete: true })).toEqual([
      'P502 model "M" cannot be deleted: it is still used'
    ])
  })
})

describe('R14: what was protected at the base', () => {
  const base = baseOf(connection('A', guarded))
  const told14 = (asked: Asked): string[] => reported(two, { base, ...asked })
  const stop = ['P503 connection "A" was protected from deletion at abc1234']
  const reason = 'the files say that it is removed'
  const gone = [removed('connection', 'A')]

  test('is not pruned, and removed only with its address on the command line', () => {
    expect(told14({ prune: true })).toEqual(stop)
    expect(told14({ gone })).toEqual(stop)
    expect(told14({ gone, allowDestroy: ['connection "A"'] })).toEqual([
      `delete connection A c1: ${reason}`
    ])
    expect(told14({ gone: [...gone, removed('connection', 'B')], allowDestroy: ['B'] })).toEqual(stop)
    // The address alone is not enough: it must be removed.
    expect(told14({ gone: [removed('connection', 'B')], prune: true, allowDestroy: ['*'] })).toEqual(stop)
  })

  test('and is removed by its id, is called by its name or its id', () => {
    const byId = [removed('connection', 'c1')]
    const done = [`delete connection A (c1) c1: ${reason}`]
    expect(told14({ gone: byId })).toEqual([
      'P503 connection "A (c1)" was protected from deletion at abc1234'
    ])
    expect(told14({ gone: byId, allowDestroy: ['connection "A"'] })).toEqual(done)
    expect(told14({ gone: byId, allowDestroy: ['c1'] })).toEqual(done)
  })

  test('is that resource, and no other', () => {
    expect(told14({ gone: [removed('connection', 'B')] })).toEqual([
      `delete connection B c2: ${reason}`,
      'left connection A c1'
    ])
    const taken = [`delete connection A c1: ${reason}`]
    expect(reported(two, { base: baseOf(connection('A')), gone })).toEqual(taken)
    expect(reported(two, { base: baseOf(declared('model', 'A', {}, guarded)), gone })).toEqual(taken)
    const pinned = baseOf(connection('Old name', { id: 'c1', ...guarded }))
    expect(reported(two, { base: pinned, gone })).toEqual(stop)
    const other = baseOf(connection('A', { id: 'c2', ...guarded }))
    expect(reported(two, { base: other, gone })).toEqual(taken)
  })
})

describe('R20: an equal body under a new name', () => {
  const base = baseOf(connection('A'))
  const looks = 'P407 connection "N" looks like connection "A" under a new name'

  test('is pointed out, pruned or not', () => {
    const now = [connection('N')]
    expect(reported(two, { base, now })).toEqual(['left connection A c1', looks])
    expect(reported(two, { base, now, prune: true })).toEqual([`delete connection A c1: ${was}`, looks])
    // Of the same name there may have been others.
    const more = baseOf(
      declared('model', 'A', {}),
      declared('connection', 'Z', { type: 'csv' }),
      connection('A')
    )
    expect(reported(two, { base: more, now })).toEqual(['left connection A c1', looks])
  })

  test('is told with both places, and the line to write', () => {
    const now = connection('N', { span: at('configs/now.yaml', 1) })
    const then = baseOf(connection('A', { span: at('configs/then.yaml', 1) }))
    const { problems } = decide({ workspace: {}, resources: [now], removed: [] }, two, kinds, {
      base: then
    })
    expect(problems).toMatchObject([
      {
        severity: 'warning',
        labels: [
          { span: at('configs/now.yaml', 1), text: 'this would be made anew' },
          { span: at('configs/then.yaml', 1), text: 'the same was declared here' }
        ],
        notes: ['a rename keeps the id, and with it everything that uses it'],
        help: ['if it is the same, write `lifecycle: { renamed_from: "A" }` there']
      }
    ])
  })

  test('is none where the body is another, where two are alike, or where nothing was declared then', () => {
    const other = declared('connection', 'N', { type: 'csv', configuration: { url: 'other' } })
    expect(reported(two, { base, now: [other] })).toEqual(['left connection A c1'])
    expect(reported(two, { base, now: [connection('N'), connection('O')] })).toEqual([
      'left connection A c1'
    ])
    expect(reported(two, { now: [connection('N')], gone: [removed('connection', 'A')] })).toEqual([
      'delete connection A c1: the files say that it is removed'
    ])
    // What was there already is no new name.
    expect(reported(two, { base, now: [connection('B')] })).toEqual(['left connection A c1'])
  })
})
