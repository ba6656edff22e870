import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import { compareNames } from '../../src/render/view/order.ts'
import { planView } from '../../src/render/view/plan.ts'
import { driftView } from '../../src/render/view/drift.ts'
import { change, header, look, plan } from './builders.ts'
import { everything, many } from './situations.ts'
import { renderPlan } from '../support/rendered.ts'

const use = (kind: string) => ({ used: { $ref: kind, name: 'X' } })
const create = (kind: string, name: string, wanted = {}) =>
  change({ action: 'create', kind, name, wanted, reason: 'new' })

describe('the order of what is told', () => {
  const flow = [
    create('bulk_sync', 'B', use('connection')),
    create('sync', 'S', { ...use('model'), to: { $ref: 'connection', name: 'X' } }),
    create('model', 'M', use('connection')),
    create('connection', 'C')
  ]

  test('follows the data: what others are made of comes first', () => {
    const order = (changes: typeof flow) =>
      planView(plan(changes), header).resources.map((it) => it.change.kind)
    const expected = ['connection', 'model', 'sync', 'bulk_sync']
    fc.assert(
      fc.property(fc.shuffledSubarray(flow, { minLength: 4 }), (changes) => {
        expect(order(changes)).toEqual(expected)
      })
    )
  })

  test('is found from references alone, whatever the kinds are called', () => {
    const made = [
      create('a', 'last', use('b')),
      create('b', 'middle', use('c')),
      create('c', 'first'),
      create('d', 'both', { one: use('b'), two: use('e') }),
      create('e', 'loop', use('d'))
    ]
    const names = planView(plan(made), header).resources.map((it) => it.change.name)
    expect(names.indexOf('first')).toBeLessThan(names.indexOf('middle'))
    expect(names.indexOf('middle')).toBeLessThan(names.indexOf('last'))
  })

  test('counts within names', () => {
    const names = ['Sync 10', 'Sync 2', 'Sync 1', 'sync 2', 'Sync 02', 'Ünïcode 3', '日本 10', '日本 9']
    const sorted = names.toSorted(compareNames)
    expect(sorted.indexOf('Sync 2')).toBeLessThan(sorted.indexOf('Sync 10'))
    expect(sorted.indexOf('日本 9')).toBeLessThan(sorted.indexOf('日本 10'))
    fc.assert(
      fc.property(fc.shuffledSubarray(names, { minLength: names.length }), (shuffled) => {
        expect(shuffled.toSorted(compareNames)).toEqual(sorted)
      })
    )
  })
})

test('a folded plan sums up what it does to data, and tells what to do next', () => {
  const impacts = [
    { effect: 'first run' as const, because: 'all records are written', paths: [], reaches: [] }
  ]
  const { changes } = many(99)
  const first = changes.map((one) => (one.action === 'create' ? { ...one, impacts } : one))
  const view = planView(plan(first), header)
  expect(view.impacts).toEqual([
    { kind: 'sync', effect: 'first run', because: 'all records are written', resources: 99 }
  ])
  const lines = renderPlan(plan(first), header, look, { verbose: false }).trimEnd().split('\n')
  expect(lines).toContain('! first run (99 syncs): all records are written')
  expect(lines.at(-1)).toMatch(/^Next: `polyctl apply`/)
})

test('what waits for a person is in no other number', () => {
  const held = { ...create('sync', 'Held'), waiting: 'connection "C" waits for a person' }
  const { counts } = planView(plan([create('sync', 'Free'), held]), header)
  expect(counts).toMatchObject({ create: 1, pending: 1, waiting: 1 })
})

test('a view is plain data, with each resource once', () => {
  for (const view of [planView(everything, header, look), driftView(everything, header, look)]) {
    expect(structuredClone(view)).toEqual(view)
    expect(view.resources.map(({ index }) => index).toSorted((a, b) => a - b)).toEqual(
      everything.changes.map((_, index) => index)
    )
  }
})

const folder = join(import.meta.dirname, '../../src/render')
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((it) => it.endsWith('.ts'))

/** A model is also a key of the mapping that a field comes from. */
test.each(files)('%s names no kind', (file) => {
  const text = readFileSync(join(folder, file), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
  const named = kinds.managed
    .filter(({ name }) => new RegExp(`(?<!branches\\.has\\()'${name}'`).test(text))
    .map(({ name }) => name)
  expect(named).toEqual([])
})

test.each(files.filter((it) => it.startsWith('view')))('%s knows no layout, colour or width', (file) => {
  const text = readFileSync(join(folder, file), 'utf8')
  expect(text).not.toMatch(/style\.ts|layout\.ts|\bwidth\b\s*[:)]|paint\(/)
})
