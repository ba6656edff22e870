import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/state/value.ts'
import type { ChangeDetails } from '../../src/plan/details.ts'
import type { Plan } from '../../src/plan/plan.ts'
import { changeOf, declared, planFor, service } from './world.ts'

/** A model in the files now, in the files then, and in the service. */
interface Sides {
  now: JsonObject
  was?: JsonObject
  live: JsonObject
  ignore?: string[]
}

const csv = { type: { id: 'csv' }, configuration: { url: 'u' } }

function reported({ now, was, live, ignore = [] }: Sides): ChangeDetails {
  const item = (more: JsonObject): JsonObject => ({ connection: 'C', ...more })
  const resource = declared('model', 'M', item(now), { ignore })
  const plan = planFor(
    [declared('connection', 'C', { type: 'csv', configuration: { url: 'u' } }), resource],
    service(
      ['connection', 'C', 'c1', csv],
      ['model', 'M', 'm1', { connection_id: 'c1', fields: [{ name: 'a' }], ...live }]
    ),
    [],
    {
      base: {
        revision: 'abc1234',
        commit: 'abc1234',
        resources: was ? [declared('model', 'M', item(was), { ignore })] : [],
        secretsMoved: []
      }
    }
  )
  return changeOf(plan, 'M')
}

const causes = (change: ChangeDetails): Record<string, unknown> =>
  Object.fromEntries(change.fields.map(({ path, cause }) => [path.join('.'), cause]))

const table = (name: string): JsonObject => ({ configuration: { table: name } })
const columns = (...names: string[]): JsonObject => ({ tracking_columns: names })

describe('R11: of each difference it is told who moved', () => {
  test('the files: what was meant then is live', () => {
    const change = reported({ now: table('new'), was: table('old'), live: table('old') })
    expect(causes(change)).toEqual({ 'configuration.table': 'config' })
    expect(change.cause).toBe('config')
    expect(change.fields[0]).not.toHaveProperty('base')
    expect(change.reason).toBe('the files changed since abc1234')
  })

  test('the service: what was meant then is wanted still', () => {
    const change = reported({ now: table('old'), was: table('old'), live: table('new') })
    expect(causes(change)).toEqual({ 'configuration.table': 'drift' })
    expect(change.cause).toBe('drift')
    expect(change.reason).toBe('the service changed, the files did not since abc1234')
  })

  test('both, to different values: with the value of then', () => {
    const change = reported({ now: table('mine'), was: table('old'), live: table('theirs') })
    expect(change.fields).toMatchObject([
      { cause: 'conflict', before: 'theirs', after: 'mine', base: 'old', path: ['configuration', 'table'] }
    ])
    expect(change.cause).toBe('conflict')
  })

  test('of a key that no file stated then, what the service has is nobody’s move', () => {
    const change = reported({
      now: { configuration: { table: 't', more: 'mine' } },
      was: table('t'),
      live: { configuration: { table: 't', more: 'theirs' } }
    })
    expect(causes(change)).toEqual({ 'configuration.more': 'config' })
  })

  test('one field by the files, another by the service', () => {
    const change = reported({
      now: { configuration: { table: 'new', schema: 's' } },
      was: { configuration: { table: 'old', schema: 's' } },
      live: { configuration: { table: 'old', schema: 'other' } }
    })
    expect(causes(change)).toEqual({ 'configuration.table': 'config', 'configuration.schema': 'drift' })
    expect(change.cause).toBe('drift')
    expect(change.reason).toBe('the files changed some of it since abc1234, the service the rest')
  })

  test('a conflict of one field is that of the whole, whatever else moved', () => {
    const change = reported({
      now: { configuration: { table: 'mine', schema: 's' } },
      was: { configuration: { table: 'old', schema: 's' } },
      live: { configuration: { table: 'theirs', schema: 'other' } }
    })
    expect(causes(change)).toEqual({ 'configuration.table': 'conflict', 'configuration.schema': 'drift' })
    expect(change.cause).toBe('conflict')
    expect(change.reason).toBe('the files and the service both changed since abc1234')
  })

  test('items of sets, each by itself', () => {
    const change = reported({
      now: { ...table('t'), ...columns('a', 'mine') },
      was: { ...table('t'), ...columns('a') },
      live: { ...table('t'), ...columns('a', 'theirs') }
    })
    expect(causes(change)).toEqual({
      'tracking_columns.[mine]': 'config',
      'tracking_columns.[theirs]': 'drift'
    })
  })

  test('of what was not declared then, the files did everything', () => {
    const change = reported({ now: table('new'), live: table('old') })
    expect(causes(change)).toEqual({ 'configuration.table': 'config' })
    expect(change.reason).toBe('the files declare it since abc1234, and the service has another')
  })

  test('what is ignored is no move of anybody', () => {
    const change = reported({
      now: { configuration: { table: 'mine', schema: 's' } },
      was: { configuration: { table: 'old', schema: 's' } },
      live: { configuration: { table: 'old', schema: 'other' } },
      ignore: ['configuration.schema']
    })
    expect(causes(change)).toEqual({ 'configuration.table': 'config' })
    expect(change.reason).toBe('the files changed since abc1234')
  })
})

describe('R11: parts of a whole', () => {
  const scheduled = (schedule: JsonObject): JsonObject => ({
    mode: 'update',
    model: 'M',
    fields: [{ source: 'a', target: 'A' }],
    target: { connection: 'C', object: 'O' },
    schedule
  })
  const syncOf = (
    now: JsonObject,
    then: JsonObject,
    fields: object[],
    schedule: object = { frequency: 'manual' }
  ): ChangeDetails => {
    const plan: Plan | string[] = planFor(
      [
        declared('connection', 'C', { type: 'csv', configuration: { url: 'u' } }),
        declared('model', 'M', { connection: 'C', configuration: { table: 't' } }),
        declared('sync', 'S', now)
      ],
      service(
        ['connection', 'C', 'c1', csv],
        [
          'model',
          'M',
          'm1',
          { connection_id: 'c1', configuration: { table: 't' }, fields: [{ name: 'a' }] }
        ],
        [
          'sync',
          'S',
          's1',
          {
            mode: 'update',
            fields,
            target: { connection_id: 'c1', object: 'O' },
            schedule
          }
        ]
      ),
      [],
      {
        base: {
          revision: 'abc1234',
          commit: 'abc1234',
          resources: [declared('sync', 'S', then)],
          secretsMoved: []
        }
      }
    )
    return changeOf(plan, 'S')
  }
  const mappedA = [{ source: { model_id: 'm1', field: 'a' }, target: 'A' }]
  const hourly = (minute: number): JsonObject => ({ frequency: 'hourly', minute })

  test('two parts of one object that two have moved are two moves', () => {
    const daily = (hour: number, minute: number) => ({ frequency: 'daily', hour, minute })
    const change = syncOf(scheduled(daily(5, 0)), scheduled(daily(4, 0)), mappedA, daily(4, 30))
    expect(causes(change)).toEqual({ 'schedule.hour': 'config', 'schedule.minute': 'drift' })
  })

  test('a part that both have moved is told with what it was', () => {
    const change = syncOf(scheduled(hourly(1)), scheduled(hourly(0)), mappedA, {
      frequency: 'hourly',
      minute: '2'
    })
    expect(change.fields).toMatchObject([{ path: ['schedule', 'minute'], cause: 'conflict', base: 0 }])
  })

  test('a part of an item of a set as well: what it was is found by the key of the item', () => {
    const mapped = (source: string): JsonObject => ({
      mode: 'update',
      model: 'M',
      fields: [
        { source: 'a', target: 'A' },
        { source, target: 'B' }
      ],
      target: { connection: 'C', object: 'O' },
      schedule: 'manual'
    })
    const change = syncOf(mapped('mine'), mapped('old'), [
      { source: { model_id: 'm1', field: 'a' }, target: 'A' },
      { source: { model_id: 'm1', field: 'theirs' }, target: 'B' }
    ])
    expect(change.fields).toMatchObject([
      {
        path: ['fields', '[B]', 'source', 'field'],
        cause: 'conflict',
        base: 'old',
        before: 'theirs',
        after: 'mine'
      }
    ])
  })

  test('an item that was not there then, and that two have made, is a conflict without a value of then', () => {
    const mapped = (...more: string[]): JsonObject => ({
      mode: 'update',
      model: 'M',
      fields: [{ source: 'a', target: 'A' }, ...more.map((source) => ({ source, target: 'B' }))],
      target: { connection: 'C', object: 'O' },
      schedule: 'manual'
    })
    const change = syncOf(mapped('mine'), mapped(), [
      { source: { model_id: 'm1', field: 'a' }, target: 'A' },
      { source: { model_id: 'm1', field: 'theirs' }, target: 'B' }
    ])
    expect(change.fields).toMatchObject([{ path: ['fields', '[B]', 'source', 'field'], cause: 'conflict' }])
    expect(change.fields[0]).not.toHaveProperty('base')
  })
})

describe('R11: references', () => {
  const connections = (...names: string[]) =>
    names.map((name) => declared('connection', name, { type: 'csv', configuration: { url: 'u' } }))
  const moved = (now: string, was: string, live: string): ChangeDetails => {
    const model = (connection: string) =>
      declared('model', 'M', { connection, configuration: { table: 't' } })
    const plan = planFor(
      [...connections('C', 'D', 'New', 'Newer'), model(now)],
      service(
        ['connection', 'C', 'c1', csv],
        ['connection', 'D', 'c2', csv],
        [
          'model',
          'M',
          'm1',
          { connection_id: live, configuration: { table: 't' }, fields: [{ name: 'a' }] }
        ]
      ),
      [],
      { base: { revision: 'abc1234', commit: 'abc1234', resources: [model(was)], secretsMoved: [] } }
    )
    return changeOf(plan, 'M')
  }

  test.each([
    ['D', 'C', 'c1', 'config'],
    ['C', 'C', 'c2', 'drift'],
    // What is still to be made has no id, and is the same as itself.
    ['New', 'New', 'c1', 'drift'],
    ['New', 'Newer', 'c1', 'conflict'],
    ['New', 'C', 'c1', 'config']
  ])('to %s now and to %s then, and to %s in the service: %s', (now, was, live, cause) => {
    expect(moved(now, was, live).fields.map((field) => [field.path.join('.'), field.cause])).toEqual([
      ['connection', cause]
    ])
  })
})

test('a name is new in the files, or was changed in the service', () => {
  const endpoint = 'https://a.example'
  const reasonWith = (was: string) => {
    const base = { revision: 'abc1234', commit: 'abc1234', secretsMoved: [] }
    const resources = [declared('webhook', was, { secret: 's' })]
    const live = service(['webhook', 'https://b.example', 'w1', { endpoint: 'https://b.example' }])
    const wanted = declared('webhook', endpoint, { secret: 's' })
    return changeOf(planFor([wanted], live, [], { base: { ...base, resources } }), endpoint).reason
  }
  expect(reasonWith(endpoint)).toBe('the service gave it another name, the files did not since abc1234')
  expect(reasonWith('https://b.example')).toBe('the files call it by a new name')
})
