import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts'
import { decide } from '../../src/plan/decide.ts'
import type { DecideOptions } from '../../src/plan/options.ts'
import type { Desired, LiveState, Removed } from '../../src/state/resource.ts'
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

describe('R19: the limit of deletions', () => {
  const gone = (count: number) =>
    readers(count)
      .resources.slice(1)
      .map(({ name }) => removed('model', name))
  const told = (live: number, count: number, options: DecideOptions = {}) =>
    problems([], readers(live), gone(count), options).map(({ message }) => message)

  test.each([
    [5, 3],
    [39, 4],
    [40, 4],
    [49, 5]
  ])('of %i models and a connection, %i may go', (live, most) => {
    expect(told(live, most)).toEqual([])
    expect(told(live, most + 1)).toEqual([`${most + 1} deletions are more than the limit of ${most}`])
  })

  test('is what was asked for', () => {
    expect(told(5, 2, { maxDeletes: 1 })).toEqual(['2 deletions are more than the limit of 1'])
    expect(told(5, 5, { maxDeletes: 5 })).toEqual([])
    const [problem] = problems([], readers(5), gone(4))
    expect(problem).toMatchObject({
      code: 'P504',
      labels: [{ span: gone(1)[0]!.span }],
      help: ['if all of them are meant, pass `--max-deletes 4`']
    })
  })
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
    notes: ['the service has no way to change the type of a connection']
  })
})

test('a pattern that names nothing is a stop', () => {
  const resources = [declared('connection', 'C', { type: 'csv', configuration: { url: 'u' } })]
  const live = service(['connection', 'C', 'c1', csv])
  const all = { only: [], exclude: [], kinds: [] }
  const told = (options: DecideOptions, gone: Removed[] = []) =>
    problems(resources, live, gone, options).map(({ code, message }) => `${code} ${message}`)
  expect(told({ rotate: ['D', 'C'] })).toEqual(['P406 no declared resource is called `D`'])
  expect(told({ selection: { ...all, only: ['D'] } })).toEqual(['P406 no declared resource is called `D`'])
  expect(told({ selection: { ...all, exclude: ['D'] } })).toEqual([
    'P406 no declared resource is called `D`'
  ])
  // What may be destroyed is what is removed, and nothing else.
  expect(told({ allowDestroy: ['C'] })).toEqual(['P406 no declared resource is called `C`'])
  expect(told({ allowDestroy: ['Old'] }, [removed('model', 'Old')])).toEqual([])
  expect(told({ selection: { ...all, only: ['Old'] } }, [removed('model', 'Old')])).toEqual([])
})
