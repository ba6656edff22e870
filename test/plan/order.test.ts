import { expect, test } from 'vitest'
import { actions, changeOf, declared, planFor, removed, service } from './world.ts'

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
