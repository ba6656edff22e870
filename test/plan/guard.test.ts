import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts'
import { decide, decideDestroy } from '../../src/plan/decide.ts'
import { guard } from '../../src/plan/guard.ts'
import { match } from '../../src/plan/match.ts'
import type { DecideOptions } from '../../src/plan/options.ts'
import type { Change } from '../../src/plan/plan.ts'
import type { Desired, LiveState, Removed } from '../../src/state/resource.ts'
import type { JsonObject } from '../../src/state/value.ts'
import { at, change, changed, diagnostic } from '../render/builders.ts'
import { smallKinds } from '../support/small-kind.ts'
import { declared, removed, service } from './world.ts'

const csv = { type: { id: 'csv' }, configuration: { url: 'u' } }
const table = { connection_id: 'c1', configuration: { table: 't' }, fields: [{ name: 'a' }] }

function problems(
  resources: Desired[],
  live: LiveState,
  gone: Removed[],
  options: DecideOptions = {}
): Diagnostic[] {
  const decision = decide({ workspace: {}, resources, removed: gone }, live, kinds, options)
  return decision.problems
}

/** A connection, and as many models that read from it. */
const readers = (count: number): LiveState =>
  service(
    ['connection', 'C', 'c1', csv],
    ...Array.from({ length: count }, (_, index): [string, string, string, object] => [
      'model',
      `M${String(index).padStart(2, '0')}`,
      `m${index}`,
      table
    ])
  )
const c = removed('connection', 'C')

describe('R18: what is still used', () => {
  test('is told with its users, ten at most, and with what helps', () => {
    const [problem, ...more] = problems([], readers(2), [c])
    expect(more).toEqual([])
    expect(problem).toMatchObject({
      code: 'P502',
      severity: 'error',
      message: 'connection "C" cannot be deleted: it is still used',
      labels: [{ span: c.span }],
      notes: ['used by model "M00" (m0)', 'used by model "M01" (m1)'],
      help: [
        'let these use something else, or delete them too',
        '`--force-delete` deletes along with it what no file declares, and shows that first'
      ]
    })
    expect(problems([], readers(12), [c])[0]!.notes).toHaveLength(10)
  })

  test('is a stop for each of what is to go', () => {
    const live = service(
      ['connection', 'C', 'c1', csv],
      ['model', 'M', 'm1', table],
      ['model', 'N', 'm2', table],
      [
        'sync',
        'S',
        's1',
        { mode: 'create', fields: [{ source: { model_id: 'm2', field: 'a' }, target: 'A' }] }
      ]
    )
    const gone = [c, removed('model', 'M'), removed('model', 'N')]
    expect(problems([], live, gone).map(({ code, message }) => `${code} ${message}`)).toEqual([
      'P502 model "N" cannot be deleted: it is still used'
    ])
  })

  test('by what a file declares, is told without an id: `--force-delete` does not take that along', () => {
    const model = declared('model', 'M00', { connection: 'C', configuration: { table: 't' } })
    for (const forceDelete of [false, true]) {
      const found = problems([model], readers(1), [c], { forceDelete })
      expect(found.map(({ code }) => code)).toEqual(['P502'])
      expect(found[0]!.notes).toEqual(['used by model "M00"'])
      expect(found[0]!.help).toHaveLength(forceDelete ? 1 : 2)
    }
  })

  test('and is no connection: there is no such way', () => {
    const live = service(
      ['connection', 'C', 'c1', csv],
      ['model', 'M', 'm1', table],
      [
        'sync',
        'S',
        's1',
        { mode: 'create', fields: [{ source: { model_id: 'm1', field: 'a' }, target: 'A' }] }
      ]
    )
    const [problem] = problems([], live, [removed('model', 'M')])
    expect(problem!.help).toEqual(['let these use something else, or delete them too'])
  })

  test('and is not selected, is not taken along', () => {
    const selection = { only: ['C'], exclude: [], kinds: [] }
    const [problem] = problems([], readers(1), [c], { forceDelete: true, selection })
    expect(problem!.help.at(-1)).toBe('what is not selected is not deleted along with it')
    expect(problems([], readers(1), [c], { forceDelete: true })).toEqual([])
  })
})

describe('R18: what a resource will use', () => {
  const c2 = ['connection', 'E', 'c2', csv] as const
  const gone = [removed('connection', 'E')]
  const connections = ['C', 'D'].map((name) =>
    declared('connection', name, { type: 'csv', configuration: { url: 'u' } })
  )
  const model = (more: JsonObject = {}) =>
    declared('model', 'M', { connection: 'C', configuration: { table: 't' }, ...more })
  const codes = (resources: Desired[], live: LiveState, removals = gone) =>
    problems([...connections, ...resources], live, removals).map(({ code }) => code)

  test('is what it leaves as it is, and not what its file says otherwise', () => {
    const enriched = { ...table, enricher: { connection_id: 'c2', enricher_id: 'e' } }
    const live = service(
      ['connection', 'C', 'c1', csv],
      [...c2],
      ['connection', 'D', 'c3', csv],
      ['model', 'M', 'm1', enriched]
    )
    expect(codes([model()], live)).toEqual(['P502'])
    expect(codes([model({ enricher: { connection: 'D', enricher_id: 'e' } })], live)).toEqual([])
  })

  test('is not what goes back to its default', () => {
    const sync = {
      mode: 'update',
      fields: [{ source: { model_id: 'm1', field: 'a' }, target: 'A' }],
      filters: [{ field: { model_id: 'm2', field: 'a' }, function: 'IsNull' }],
      target: { connection_id: 'c1', object: 'O' },
      schedule: { frequency: 'manual' }
    }
    const wanted = declared('sync', 'S', {
      mode: 'update',
      model: 'M',
      fields: [{ source: 'a', target: 'A' }],
      target: { connection: 'C', object: 'O' },
      schedule: 'manual'
    })
    const live = service(
      ['connection', 'C', 'c1', csv],
      ['connection', 'D', 'c3', csv],
      ['model', 'M', 'm1', table],
      ['model', 'N', 'm2', table],
      ['sync', 'S', 's1', sync]
    )
    expect(codes([model(), wanted], live, [removed('model', 'N')])).toEqual([])
  })
})

describe('protection', () => {
  const guarded = { lifecycle: { renamedFrom: [], preventDestroy: true, ignoreChanges: [] } }
  const spanAt = (path: readonly (string | number)[]) => at(`configs/${path.join('.')}.yaml`, 1)
  const mine = declared(
    'connection',
    'C',
    { type: 'csv', configuration: { url: 'u' } },
    { ...guarded, spanAt }
  )
  const live = service(['connection', 'C', 'c1', csv])
  const place = at('configs/lifecycle.prevent_destroy.yaml', 1)

  test('of now is told where it is written, and how it is lifted', () => {
    const { problems: found } = decideDestroy(
      { workspace: {}, resources: [mine], removed: [] },
      live,
      kinds
    )
    expect(found).toMatchObject([
      {
        code: 'P503',
        message: 'connection "C" is protected from deletion',
        labels: [{ span: place, text: 'this protects it' }],
        help: ['remove `prevent_destroy` first, in a change of its own']
      }
    ])
  })

  test('of then is told where it was written, and how it is lifted', () => {
    const base = { revision: 'abc1234', commit: 'abc1234', resources: [mine], secretsMoved: [] }
    expect(problems([], live, [c], { base })).toMatchObject([
      {
        code: 'P503',
        message: 'connection "C" was protected from deletion at abc1234',
        labels: [
          { span: c.span, text: 'this is to be deleted' },
          { span: place, text: 'this protected it' }
        ],
        notes: ['taking the block away does not take the protection away'],
        help: [`list it under \`removed:\` and pass \`--allow-destroy 'connection "C"'\``]
      }
    ])
  })
})

describe('R19: the limit of deletions', () => {
  const gone = (count: number) =>
    readers(count)
      .resources.slice(1)
      .map(({ name }) => removed('model', name))
  const reported = (live: number, count: number, options: DecideOptions = {}) =>
    problems([], readers(live), gone(count), options).map(({ message }) => message)

  test.each([
    [5, 3],
    [39, 3],
    [40, 4],
    [49, 4],
    [50, 5]
  ])('of %i models, %i may go, whatever else was read', (live, most) => {
    expect(reported(live, most)).toEqual([])
    expect(reported(live, most + 1)).toEqual([`${most + 1} deletions are more than the limit of ${most}`])
  })

  test('is what was asked for', () => {
    expect(reported(5, 2, { maxDeletes: 1 })).toEqual(['2 deletions are more than the limit of 1'])
    expect(reported(5, 5, { maxDeletes: 5 })).toEqual([])
    const [problem] = problems([], readers(5), gone(4))
    expect(problem).toMatchObject({
      code: 'P504',
      labels: [{ span: gone(1)[0]!.span }],
      help: ['if all of them are meant, pass `--max-deletes 4`']
    })
  })
})

describe('R19: the limit of updates', () => {
  const one = (action: Change['action'], name: string, fields = [changed(['a'], 1, 2)]) =>
    change({ action, kind: 'gadget', name, id: name, fields, span: at(name, 1) })
  const many = (count: number, ...more: Change[]) => [
    ...Array.from({ length: count }, (_, index) => one(index % 2 === 0 ? 'update' : 'rename', `U${index}`)),
    ...more
  ]
  const findings = (changes: Change[], options: DecideOptions = {}) => {
    const live = { organization: { id: 'o', name: 'Acme' }, resources: [], kinds: [] }
    const found = match({ workspace: {}, resources: [], removed: [] }, live, smallKinds).match
    return guard(changes, { live, kinds: smallKinds, match: found, options })
  }
  const tooMany = (
    count: number,
    limit: number,
    there: number,
    severity: 'error' | 'warning' = 'warning'
  ) =>
    diagnostic({
      code: 'P512',
      severity,
      message: `${count} updates are more than the limit of ${limit}: ${there} declared resources are live`,
      labels: [{ span: at('U0', 1), text: 'this is one of them' }],
      notes: ['a wrong file of variables or of the environment looks like this'],
      help: [`if all of them are meant, pass \`--max-updates ${count}\``]
    })
  const staying = (count: number) => Array.from({ length: count }, (_, index) => one('none', `N${index}`))

  test('is twenty, or a quarter of what is declared and live', () => {
    expect(findings(many(20))).toEqual([])
    expect(findings(many(21))).toEqual([tooMany(21, 20, 21)])
    expect(findings(many(21, ...staying(62)))).toEqual([tooMany(21, 20, 83)])
    expect(findings(many(21, ...staying(63)))).toEqual([])
    const others = Array.from({ length: 63 }, (_, index) => one('create', `C${index}`))
    expect(findings(many(21, ...others))).toEqual([tooMany(21, 20, 21)])
    expect(
      findings(many(21, ...others.map(({ name }) => one('delete', name)))).map(({ code }) => code)
    ).toContain('P512')
  })

  test('is a stop where nobody is asked, or where it was asked for', () => {
    expect(findings(many(21), { isUnattended: true })).toEqual([tooMany(21, 20, 21, 'error')])
    expect(findings(many(2), { maxUpdates: 1 })).toEqual([tooMany(2, 1, 2, 'error')])
    expect(findings(many(2), { maxUpdates: 2, isUnattended: true })).toEqual([])
    expect(findings(many(21), { maxUpdates: 21 })).toEqual([])
  })

  test('leaves out secrets that are sent again because somebody asked', () => {
    const resent = one('update', 'R', [])
    expect(findings(many(20, resent), { rotate: ['R'] })).toEqual([])
    expect(findings(many(20, resent), { rotate: ['X'] })).toEqual([tooMany(21, 20, 21)])
    expect(findings(many(20, one('update', 'R')), { rotate: ['R'] })).toEqual([tooMany(21, 20, 21)])
  })
})

test('R18: what is in no list goes with what it belongs to, and keeps nothing from being deleted', () => {
  const resources = service(['connection', 'C', 'c1', csv]).resources
  const schema = {
    ...resources[0]!,
    kind: 'schema',
    name: 'S',
    id: 's1',
    uses: [{ kind: 'connection', id: 'c1' }]
  }
  const derived = kinds.managed.find(({ api }) => api.access === 'derived')!.name
  const findings = (kind: string) =>
    problems([], { ...service(), resources: [...resources, { ...schema, kind }] }, [c]).map(
      ({ code }) => code
    )
  expect(findings(derived)).toEqual([])
  expect(findings('model')).toEqual(['P502'])
})

test('R6: what cannot be changed in place is told with what is there and what is wanted', () => {
  const [problem] = problems(
    [declared('connection', 'C', { type: 'mongodb', configuration: {} })],
    service(['connection', 'C', 'c1', csv]),
    []
  )
  expect(problem).toMatchObject({
    code: 'P501',
    message: 'the type of connection "C" is `csv` in the service and cannot change to `mongodb`',
    labels: [{ text: 'it is `csv` there' }],
    notes: ['the service has no way to change the type of a connection'],
    help: ['give the new one another name, move what uses the old one over, then remove the old one']
  })
})

test('a pattern that names nothing is a stop', () => {
  const resources = [declared('connection', 'C', { type: 'csv', configuration: { url: 'u' } })]
  const live = service(['connection', 'C', 'c1', csv])
  const all = { only: [], exclude: [], kinds: [] }
  const reported = (options: DecideOptions, gone: Removed[] = []) =>
    problems(resources, live, gone, options).map(({ code, message }) => `${code} ${message}`)
  expect(reported({ rotate: ['D', 'C'] })).toEqual(['P406 no declared resource is called `D`'])
  expect(reported({ selection: { ...all, only: ['D'] } })).toEqual([
    'P406 no declared resource is called `D`'
  ])
  expect(reported({ selection: { ...all, exclude: ['D'] } })).toEqual([
    'P406 no declared resource is called `D`'
  ])
  // What may be destroyed is what is removed, and nothing else.
  expect(reported({ allowDestroy: ['C'] })).toEqual(['P406 no declared resource is called `C`'])
  expect(reported({ allowDestroy: ['Old'] }, [removed('model', 'Old')])).toEqual([])
  expect(reported({ selection: { ...all, only: ['Old'] } }, [removed('model', 'Old')])).toEqual([])
})

test('R18: what a policy says in an action that no file states still uses its role', () => {
  const policy = {
    policy_actions: [
      { action: 'read', role_ids: [] },
      { action: 'delete', role_ids: ['r1'] }
    ]
  }
  const live = service(['role', 'Gone', 'r1'], ['policy', 'P', 'p1', policy])
  const found = problems(
    [declared('policy', 'P', { policy_actions: [{ action: 'read', roles: [] }] })],
    live,
    [removed('role', 'Gone')]
  )
  expect(found.map(({ code, notes }) => [code, notes])).toEqual([['P502', ['used by policy "P"']]])
  const taken = [declared('policy', 'P', { policy_actions: [{ action: 'delete', roles: [] }] })]
  expect(problems(taken, live, [removed('role', 'Gone')])).toEqual([])
})
