import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import type { DecideOptions } from '../../src/plan/options.ts'
import { savedPlan, staleness, type SavedPlanInput, type SavedOptions } from '../../src/plan/saved.ts'
import { parseSaved, savedText } from '../../src/plan/saved-file.ts'
import type { Plan } from '../../src/plan/plan.ts'
import type { Desired, LiveState, Removed } from '../../src/state/resource.ts'
import { sortedText, type Json, type JsonObject } from '../../src/state/value.ts'
import { declared, noOptions, planFor, removed, service } from './world.ts'

const savedOptions: SavedOptions = { ...noOptions, files: ['configs'] }
const csv = { type: { id: 'csv' }, configuration: { url: 'u' } }
const table = (name: string, more: object = {}) => ({
  connection_id: 'c1',
  configuration: { table: name },
  fields: [{ name: 'a' }],
  ...more
})
const c = (url = 'u') => declared('connection', 'C', { type: 'csv', configuration: { url } })
const m = (name = 't', more: JsonObject = {}, lifecycle: object = {}) =>
  declared('model', 'M', { connection: 'C', configuration: { table: name }, ...more }, lifecycle)
const rows = (of: object = table('t')) =>
  service(['connection', 'C', 'c1', csv], ['model', 'M', 'm1', of], ['model', 'Old', 'm2', table('t')])

interface Side {
  resources?: Desired[]
  live?: LiveState
  gone?: Removed[]
  options?: DecideOptions
}

function made({ resources = [c(), m('new')], live = rows(), gone = [], options = {} }: Side): {
  plan: Plan
  making: SavedPlanInput
} {
  const plan = planFor(resources, live, gone, options)
  if (Array.isArray(plan)) throw new Error(plan.join())
  const desired = { workspace: {}, resources, removed: gone }
  const making: SavedPlanInput = {
    desired,
    observed: live,
    kinds,
    service: 'https://service.test',
    apiVersion: '2025-09-18',
    options: savedOptions,
    literals: { hashOf: () => undefined, keyHash: () => 'k' }
  }
  return { plan, making }
}

function saved(side: Side) {
  const { plan, making } = made(side)
  return savedPlan(plan, making)
}

/** What keeps the plan of one moment from being carried out at another, in the words that people see. */
function moved(then: Side, now: Side): string[] {
  const { plan, making } = made(now)
  return staleness(saved(then), plan, making).map(
    ({ code, message, notes }) =>
      `${code} ${message.replace(/ is not as it was.*/, '')}: ${notes.join(' & ')}`
  )
}

describe('R23: an approval is of what was to be done, and of what that rests on', () => {
  test('the same plan gives the same bytes, and the text can be read again', () => {
    expect(savedText(saved({}))).toBe(savedText(saved({})))
    expect(savedText(saved({}))).toMatch(
      /^\{\n "format_version": 2,\n "polyctl": "plan",[^]*"seal": ".{22}"\n\}\n$/
    )
    expect(parseSaved(savedText(saved({})))).toEqual({ ok: true, saved: saved({}) })
  })

  test('one line for each change, and hashes of what was looked at', () => {
    const { resources, ...head } = saved({ gone: [removed('model', 'Old')] })
    expect(head).toMatchObject({
      organization: { id: 'o', name: 'Acme' },
      options: savedOptions,
      api_version: '2025-09-18'
    })
    expect(
      resources.map(({ address, action, id, declared: files }) => [address, action, id, files === null])
    ).toEqual([
      ['connection "C"', 'none', 'c1', false],
      ['model "M"', 'update', 'm1', false],
      ['model "Old"', 'delete', 'm2', true]
    ])
    expect(Object.keys(resources[1]!.seen)).toEqual(['configuration.table', 'connection', 'name'])
    expect(Object.keys(resources[2]!.seen)).toEqual(['configuration', 'connection', 'fields', 'name'])
    expect(JSON.stringify(resources)).not.toContain('new')
  })

  test('what is to be made rests on nothing but what it names', () => {
    const [, model] = saved({ live: service(['connection', 'C', 'c1', csv]) }).resources
    expect(model).toMatchObject({ action: 'create', id: null, seen: {} })
  })

  test('items are known by what they say, of which only a hash is kept', () => {
    const columns = { tracking_columns: ['first_name', 'a secret, perhaps'] }
    const live = rows(table('t', columns))
    const keys = Object.keys(saved({ resources: [c(), m('new', columns)], live }).resources[1]!.seen)
    expect(keys.filter((key) => key.startsWith('tracking_columns.[first_name]'))).not.toEqual([])
    expect(keys.filter((key) => /^tracking_columns\.\[#[\w-]{22}\]/.test(key))).not.toEqual([])
    expect(keys.join()).not.toContain('perhaps')
  })
})

describe('R23: what moved since is told', () => {
  test('nothing, when nothing has', () => {
    expect(moved({}, {})).toEqual([])
  })

  test('who touched it last, and what is not compared, may move', () => {
    expect(
      moved({}, { live: rows(table('t', { updated_at: '2026-01-01', fields: [{ name: 'b' }] })) })
    ).toEqual([])
  })

  test('with the place of the change, and what to do', () => {
    const { plan, making } = made({ live: rows(table('other')) })
    expect(staleness(saved({}), plan, making)).toMatchObject([
      {
        code: 'P507',
        labels: [{ text: 'this was approved on other grounds' }],
        help: ['make a new plan with `polyctl plan --out`, and have that approved']
      }
    ])
  })

  test('a field in the service, and who moved it', () => {
    const live = rows(table('other'))
    const byAda = live.resources.map((one) => ({ ...one, changed: { at: '2026-01-01', by: 'Ada' } }))
    expect(moved({}, { live })).toEqual(['P507 model "M": `configuration.table` changed in the service'])
    expect(moved({}, { live: { ...live, resources: byAda } })).toEqual([
      'P507 model "M": `configuration.table` changed in the service, last at 2026-01-01 by Ada'
    ])
  })

  test('an item that came or went, by the name that people know', () => {
    const resources = [c(), m('new', { tracking_columns: ['a'] })]
    const one = { resources, live: rows(table('t', { tracking_columns: ['a'] })) }
    const two = { resources, live: rows(table('t', { tracking_columns: ['a', 'b c'] })) }
    expect(moved(one, two)).toEqual(['P507 model "M": `tracking_columns[b c]` changed in the service'])
    // Of one that is gone, only a hash was kept.
    expect(moved(two, one)).toEqual(['P507 model "M": `tracking_columns` changed in the service'])
  })

  test('an item that the files state and the service has no longer, once, in the words of its file', () => {
    const source = (field: string) => ({ model_id: 'm1', field })
    const wire = (values: string[], targets: string[]) => ({
      mode: 'create',
      fields: targets.map((target) => ({ source: source('a'), target })),
      model_filters: {
        conditions: values.map((value) => ({ source: source('a'), function: 'Equality', value })),
        logic: 'A'
      },
      target: { connection_id: 'c1', object: 'O' }
    })
    const item = {
      model: 'M',
      mode: 'create',
      fields: [
        { source: 'a', target: 'A' },
        { source: 'a', target: 'B' }
      ],
      model_filters: { conditions: [{ source: 'a', function: 'Equality', value: 'x] y' }] },
      target: { connection: 'C', object: 'O' },
      schedule: 'manual'
    }
    const spelling = kinds.managed.find(({ name }) => name === 'sync')!.wording!.spelling(item)
    const resources = [c(), m(), declared('sync', 'S', item, { spelling })]
    const having = (values: string[], targets: string[]) =>
      service(
        ['connection', 'C', 'c1', csv],
        ['model', 'M', 'm1', table('new')],
        ['sync', 'S', 's1', wire(values, targets)]
      )
    const live = having(['x] y', 'z'], ['A', 'B'])
    expect(JSON.stringify(saved({ resources, live }).resources)).not.toMatch(/x\]| y"/)
    expect(moved({ resources, live }, { resources, live: having([], ['A']) })).toEqual([
      'P507 sync "S": `fields[B]` changed in the service & ' +
        '`model_filters` changed in the service & ' +
        '`model_filters.conditions[M.a Equality "x] y"]` changed in the service & ' +
        '`model_filters.logic` changed in the service'
    ])
  })

  test('any field of what is to be deleted, and its name', () => {
    const gone = [removed('model', 'Old')]
    const other = (wire: object) =>
      service(
        ['connection', 'C', 'c1', csv],
        ['model', 'M', 'm1', table('t')],
        ['model', 'Old', 'm2', wire]
      )
    expect(moved({ gone }, { gone, live: other(table('t', { identifier: 'a' })) })).toEqual([
      'P507 model "Old": `identifier` changed in the service'
    ])
  })

  test('what the files say', () => {
    expect(moved({}, { resources: [c(), m('newer')] })).toEqual([
      'P507 model "M": the files say something else of it'
    ])
    const ignoring = m('new', {}, { ignore: ['fields'] })
    expect(moved({}, { resources: [c(), ignoring] })).toEqual([
      'P507 model "M": the files say something else of it'
    ])
  })

  test('both the files and the service', () => {
    expect(moved({}, { resources: [c(), m('newer')], live: rows(table('other')) })).toEqual([
      'P507 model "M": the files say something else of it & `configuration.table` changed in the service'
    ])
  })

  test('that a resource came, went, or is another one', () => {
    const none = service(['connection', 'C', 'c1', csv])
    const another = service(['connection', 'C', 'c1', csv], ['model', 'M', 'm9', table('t')])
    expect(moved({ live: none }, { live: rows() })).toEqual([
      'P507 model "M": it was to be made, and the service has one now: m1'
    ])
    expect(moved({ live: rows() }, { live: none })).toEqual([
      'P507 model "M": it was there, and is gone from the service: m1'
    ])
    expect(moved({ live: rows() }, { live: another })).toEqual([
      'P507 model "M": it is another one now: m9 instead of m1'
    ])
  })

  test('that a name stands for another id', () => {
    const other = service(['connection', 'C', 'c9', csv], ['model', 'M', 'm1', table('t')])
    expect(moved({ resources: [m('new')] }, { resources: [m('new')], live: other })).toEqual([
      'P507 model "M": something that it names is another one now, or gone'
    ])
  })

  test('a name in the service, and nothing of what refers to it by its id', () => {
    const pinned = declared('connection', 'C', { type: 'csv', configuration: { url: 'u' } }, { id: 'c1' })
    const resources = [pinned, m('new')]
    const renamed = service(['connection', 'X', 'c1', csv], ['model', 'M', 'm1', table('t')])
    expect(moved({ resources }, { resources, live: renamed })).toEqual([
      'P507 connection "C": `name` changed in the service'
    ])
  })

  test('nothing of another kind, whatever its id', () => {
    const live = rows()
    const alike = service(['sync', 'S', 'm1', { mode: 'create' }])
    const both = { ...live, resources: [...alike.resources, ...live.resources] }
    expect(saved({ live: both }).resources).toEqual(saved({ live }).resources)
  })

  test('that something is declared or not declared any more', () => {
    const less = [c()]
    expect(moved({ resources: less }, { resources: [c(), m()] })).toEqual([
      'P507 model "M": the files did not declare it'
    ])
    expect(moved({ resources: less }, {})).toEqual(['P507 model "M": it was not in the plan'])
    expect(moved({ resources: [c(), m()] }, { resources: less })).toEqual(['P507 model "M": it is gone'])
    expect(moved({}, { resources: less })).toEqual(['P507 model "M": there is nothing to update any more'])
  })

  test('that what is removed is another list, though nothing is done about it', () => {
    expect(moved({}, { gone: [removed('model', 'Never there')] })).toEqual([
      'P507 the configuration: the files say something else'
    ])
  })

  test('that something else would be done, on the same grounds', () => {
    expect(moved({ resources: [c(), m()] }, { resources: [c(), m()], options: { rotate: ['M'] } })).toEqual(
      ['P507 model "M": what would be done is something else now']
    )
  })

  test('what is left to the service may move', () => {
    const resources = [c(), m('new', { tracking_columns: ['a'] }, { ignore: ['tracking_columns'] })]
    const other = rows(table('t', { tracking_columns: ['b'] }))
    expect(moved({ resources }, { resources, live: other })).toEqual([])
  })
})

describe('R23: a file that is not what was approved is none', () => {
  const text = savedText(saved({}))

  test.each([
    ['nothing', '', 'it is not JSON, or not all of it is there'],
    ['a piece', text.slice(0, -20), 'it is not JSON, or not all of it is there'],
    ['a list', '[]', 'it was not written by `polyctl plan --out`'],
    ['null', 'null', 'it was not written by `polyctl plan --out`'],
    ['something else', '{"polyctl":"report"}', 'it was not written by `polyctl plan --out`'],
    [
      'another format',
      text.replace('"format_version": 2', '"format_version": 1'),
      'another version of polyctl wrote it, in another format'
    ],
    ['an edited one', text.replace('"update"', '"none"'), 'it was changed after it was written'],
    ['one with more', text.replace('{', '{ "more": 1,'), 'it was changed after it was written'],
    ['one without a seal', text.replace(/,\n "seal".*/, ''), 'it was changed after it was written']
  ])('%s', (_what, damaged, reason) => {
    expect(parseSaved(damaged)).toEqual({ ok: false, reason })
  })

  test('the order of its keys does not matter', () => {
    const { seal, ...rest } = JSON.parse(text) as JsonObject
    expect(parseSaved(JSON.stringify({ seal: seal!, ...rest })).ok).toBe(true)
  })

  test('one that is nested deep is not followed', () => {
    const deep = text.replace('{', `{ "more": ${'['.repeat(3_000)}${']'.repeat(3_000)},`)
    expect(parseSaved(deep)).toEqual({ ok: false, reason: 'it is nested more than 100 levels deep' })
  })

  test('one that is sealed anew, with something else in place of any member, is no plan', () => {
    const { seal: _seal, ...whole } = JSON.parse(text) as JsonObject
    const sealed = (rest: JsonObject): string => {
      const seal = createHash('sha256').update(sortedText(rest)).digest('base64url').slice(0, 22)
      return JSON.stringify({ ...rest, seal })
    }
    expect(parseSaved(sealed(whole)).ok).toBe(true)
    for (const name of ['organization', 'options', 'resources', 'configuration', 'api_version'])
      for (const by of [7, [], [7], { a: 7 }, null])
        if (name !== 'resources' || !Array.isArray(by) || by.length > 0)
          expect(
            parseSaved(sealed({ ...whole, [name]: by })),
            `${name} ${JSON.stringify(by)}`
          ).toMatchObject({
            ok: false,
            reason: expect.stringContaining('the plan') as string
          })
  })

  test('a view goes along, if the file can be read with it', () => {
    const withView = (view: Json) => ({ ...saved({}), format_version: 3 as const, view })
    expect(parseSaved(savedText(withView({ a: 1 })))).toEqual({ ok: true, saved: withView({ a: 1 }) })
    for (const large of ['x'.repeat(2 ** 20 + 1), { $ref: 'a tag' }])
      expect(parseSaved(savedText(withView(large)))).toEqual({ ok: true, saved: saved({}) })
  })
})
