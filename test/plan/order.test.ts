import { describe, expect, test } from 'vitest'
import type { Kinds } from '../../src/kinds/kind.ts'
import { match } from '../../src/plan/match.ts'
import { ordered } from '../../src/plan/order.ts'
import type { Change, Update } from '../../src/plan/plan.ts'
import { addressText, type Desired, type Live } from '../../src/state/resource.ts'
import type { JsonObject } from '../../src/state/value.ts'
import { at, change } from '../render/builders.ts'
import { gadget } from '../support/small-kind.ts'
import { actions, changeOf, declared, partApi, planFor, removed, service } from './world.ts'

const csv = { type: { id: 'csv' }, configuration: { url: 'u' } }
const wire = (more: object = {}) => ({
  connection_id: 'c1',
  configuration: { table: 't' },
  fields: [{ name: 'a' }],
  ...more
})
const joins = (id: string) => ({ relations: [{ from: 'a', to: { model_id: id, field: 'a' } }] })
const connection = (url = 'u') => declared('connection', 'C', { type: 'csv', configuration: { url } })
const model = (name: string, table = 't', joined?: string) =>
  declared('model', name, {
    connection: 'C',
    configuration: { table },
    ...(joined !== undefined && { relations: [{ from: 'a', to: { model: joined, field: 'a' } }] })
  })

test('what stays as it is, is not waited for', () => {
  const live = service(['connection', 'C', 'c1', csv], ['model', 'M', 'm1', wire()])
  const plan = planFor([connection(), model('M', 'new')], live)
  expect(actions(plan)).toEqual(['none connection C', 'update model M'])
  expect(changeOf(plan, 'M').after).toEqual([])
})

test('what changes is waited for, each once, in the one order of addresses', () => {
  const live = service(['connection', 'C', 'c1', csv], ['model', 'M', 'm1', wire()])
  const plan = planFor([connection('new'), model('M', 'new', 'B'), model('B')], live)
  expect(actions(plan)).toEqual(['update connection C', 'create model B', 'update model M'])
  expect(changeOf(plan, 'M').after).toEqual(['connection "C"', 'model "B"'])
})

test('what names itself does not wait for itself', () => {
  const live = service(['connection', 'C', 'c1', csv], ['model', 'M', 'm1', wire(joins('m1'))])
  const plan = planFor([connection(), model('M', 'new', 'M')], live)
  expect(actions(plan)).toEqual(['none connection C', 'update model M'])
  expect(changeOf(plan, 'M').after).toEqual([])
  expect(changeOf(planFor([connection()], live, [removed('model', 'M')]), 'M').after).toEqual([])
})

test('of those that use each other in a circle one goes first, and all else keeps its order', () => {
  const live = service(
    ['connection', 'C', 'c1', csv],
    ['model', 'A', 'm1', wire(joins('m2'))],
    ['model', 'B', 'm2', wire(joins('m3'))],
    ['model', 'D', 'm3', wire(joins('m1'))],
    ['model', 'E', 'm4', wire(joins('m3'))]
  )
  const gone = ['A', 'B', 'D', 'E'].map((name) => removed('model', name))
  const plan = planFor([], live, [...gone, removed('connection', 'C')], { maxDeletes: 5 })
  const after = Object.fromEntries(
    ['A', 'B', 'C', 'D', 'E'].map((name) => [
      name,
      changeOf(plan, name).after.map((one) => one.slice(-2, -1))
    ])
  )
  expect(after).toEqual({ A: ['D'], B: [], C: ['A', 'B', 'D', 'E'], D: ['B', 'E'], E: [] })
})

test('what is deleted by its id is waited for like what is deleted by its name', () => {
  const live = service(['connection', 'C', 'c1', csv], ['model', 'M', 'm1', wire()])
  const plan = planFor([], live, [removed('connection', 'C'), removed('model', 'm1')])
  expect(actions(plan)).toEqual(['delete connection C', 'delete model M (m1)'])
  expect(changeOf(plan, 'C').after).toEqual(['model "M (m1)"'])
})

test('a name that another one leaves is taken only when that one is renamed, and nobody waits in a circle', () => {
  const live = service(
    ['connection', 'C', 'c1', csv],
    ['model', 'A', 'm1', wire()],
    ['model', 'B', 'm2', wire()]
  )
  const renamed = (name: string, from: string, joined?: string) => ({
    ...model(name, 't', joined),
    lifecycle: { preventDestroy: false, ignoreChanges: [], renamedFrom: [from] }
  })
  const plan = planFor([connection(), renamed('Z', 'A'), model('A', 'new'), renamed('Y', 'B')], live)
  expect(changeOf(plan, 'A')).toMatchObject({ action: 'create', after: ['model "Z"'] })
  expect(changeOf(plan, 'Z')).toMatchObject({ action: 'rename', after: [] })
  const chain = planFor([connection(), renamed('B', 'A'), renamed('Y', 'B')], live)
  expect(changeOf(chain, 'B').after).toEqual(['model "Y"'])
  const needed = planFor([connection(), renamed('Z', 'A', 'A'), model('A', 'new'), renamed('Y', 'B')], live)
  expect(changeOf(needed, 'Z').after).toEqual(['model "A"'])
  expect(changeOf(needed, 'A').after).toEqual([])
})

describe('what adds fields to what others use', () => {
  const kinds: Kinds = {
    managed: [
      gadget,
      { ...gadget, name: 'part', section: 'parts', api: partApi },
      { ...gadget, name: 'user' }
    ]
  }
  const box = { $ref: 'gadget', name: 'Box' }
  const use = { kind: 'gadget', name: 'Box', span: at('a.yaml', 1), path: [] }
  const wanted = (kind: string, name: string): Desired => ({
    ...declared('connection', name),
    kind,
    uses: kind === 'gadget' ? [] : [use]
  })
  const there = (kind: string, name: string, fields: JsonObject = {}, uses: string[] = ['box']): Live => ({
    kind,
    name,
    id: name.toLowerCase(),
    wire: {},
    fields,
    uses: uses.map((id) => ({ kind: 'gadget', id })),
    changed: {},
    partial: false
  })
  const one = (action: Change['action'], kind: string, name: string, names: string[] = []) => {
    const { wanted: fields, ...gone } = change({
      action,
      kind,
      name,
      id: name.toUpperCase(),
      wanted: { names, of: box, text: 't' }
    }) as Update
    // A deletion has no wanted fields.
    return (action === 'delete' ? gone : { ...gone, wanted: fields }) as Change
  }
  const live = (names: string[] = []): Live[] => [
    there('gadget', 'Box', {}, []),
    there('part', 'P', { names }),
    there('part', 'Q', { names: ['q'] }),
    there('user', 'U'),
    there('user', 'V', {}, [])
  ]

  function after(changes: Change[], resources: Live[] = live()): Record<string, string[]> {
    const desired = {
      workspace: {},
      resources: changes.map(({ kind, name }) => wanted(kind, name)),
      removed: []
    }
    const state = { organization: { id: 'o', name: 'Acme' }, resources, kinds: ['gadget', 'part', 'user'] }
    const found = ordered(changes, desired, state, match(desired, state, kinds).match, kinds)
    return Object.fromEntries(found.map((change) => [addressText(change), change.after]))
  }
  const user = (action: Change['action'] = 'update') => one(action, 'user', 'U')

  test('comes first, for whoever uses that may name these fields', () => {
    const waits = { 'part "P"': [], 'user "U"': ['part "P"'] }
    expect(after([one('create', 'part', 'P', ['x']), user()], [])).toEqual(waits)
    expect(after([one('update', 'part', 'P', ['x']), user()])).toEqual(waits)
    expect(after([one('update', 'part', 'P', ['x', 'y']), user('create')], live(['x']))).toEqual(waits)
  })

  test('is not waited for where it adds nothing, or stays; two of its kind do not wait for each other', () => {
    expect(after([one('none', 'part', 'P', ['x']), user()])).toEqual({ 'part "P"': [], 'user "U"': [] })
    const both = [one('create', 'part', 'N', ['x']), one('update', 'part', 'P', ['z']), user()]
    expect(after(both)).toEqual({ 'part "N"': [], 'part "P"': [], 'user "U"': ['part "N"', 'part "P"'] })
    const elsewhere = {
      ...one('create', 'part', 'N', ['x']),
      wanted: { names: ['x'], of: { $ref: 'gadget' } }
    }
    expect(after([elsewhere, user()] as Change[])).toEqual({ 'part "N"': [], 'user "U"': [] })
  })

  test('and takes some away waits for whoever may name these: others than its kind, that change', () => {
    const waits = { 'part "P"': ['user "U"'], 'user "U"': [] }
    expect(after([one('update', 'part', 'P', ['x']), user()], live(['x', 'y']))).toEqual(waits)
    expect(after([one('delete', 'part', 'P'), user()], live(['x']))).toEqual(waits)
    expect(
      after([one('delete', 'part', 'P'), one('delete', 'part', 'Q'), user('none')], live(['x']))
    ).toEqual({
      'part "P"': [],
      'part "Q"': [],
      'user "U"': []
    })
    expect(
      after([one('delete', 'part', 'P'), one('update', 'user', 'V')], live(['x']))['part "P"']
    ).toEqual([])
  })
})
