import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import { decideDestroy } from '../../src/plan/decide.ts'
import type { DecideOptions } from '../../src/plan/options.ts'
import type { Base, Desired, LiveState } from '../../src/state/resource.ts'
import { actions, changeOf, declared, planFor, removed, service } from './world.ts'

/** What a person asks of a plan, beside what the files say. */

const csv = { type: { id: 'csv' }, configuration: { url: 'u' } }
const connection = (name: string, more: object = {}, url = 'u') =>
  declared('connection', name, { type: 'csv', configuration: { url } }, more)
const two = service(['connection', 'A', 'c1', csv], ['connection', 'B', 'c2', csv])
const both = [connection('A'), connection('B')]
const base = (...secretsMoved: string[]): Base => ({
  revision: 'abc1234',
  commit: 'abc1234',
  resources: both,
  secretsMoved
})

describe('R31: secrets are sent again', () => {
  const reported = (options: DecideOptions, resources = both) => {
    const plan = planFor(resources, two, [], options)
    return ['A', 'B'].map((name) => {
      const { action, reason, cause } = changeOf(plan, name)
      return [action, reason, cause]
    })
  }
  const same = ['none', 'it is as the files say', undefined]

  test('where a person says so, by any form of the address', () => {
    expect(reported({ rotate: ['A'] })).toEqual([
      ['update', 'its secrets are to be sent again', undefined],
      same
    ])
    expect(reported({ rotate: ['connection/*'] }).map(([action]) => action)).toEqual(['update', 'update'])
    expect(reported({})).toEqual([same, same])
  })

  test('R13: where the files say that they come from elsewhere', () => {
    expect(reported({ base: base('connection "B"') })).toEqual([
      ['none', 'it is as the files say', 'config'],
      ['update', 'its secrets come from elsewhere since abc1234', 'config']
    ])
  })

  test('and what is written anyway keeps its own reason', () => {
    const resources = [connection('A', {}, 'new'), connection('B')]
    expect(reported({ rotate: ['A'] }, resources)[0]).toEqual([
      'update',
      'the files and the service differ',
      undefined
    ])
  })
})

describe('R13: what the files say of secrets, beside what else they say', () => {
  const secret = { type: 'csv', configuration: { url: 'u', auth: { password: { $secret: 'env P' } } } }
  const moved = { base: base('connection "A"') }
  const impacts = (resource: Desired): string[] =>
    changeOf(planFor([resource], two, [], moved), resource.name).impacts.map(({ because }) => because)
  const sent = 'its secrets are sent again: with other ones it may reach another account'

  test.each([
    ['alone', connection('A')],
    ['with another field', connection('A', {}, 'new')]
  ])('other ones are told as a risk: %s', (_how, resource) => {
    expect(impacts(resource)).toContain(sent)
  })

  test('other ones are told as a risk beside a new name, and of nothing else', () => {
    const renamed = connection('N', { renamedFrom: ['A'] })
    const resources = { ...base('connection "N"') }
    const plan = planFor([renamed, connection('B', {}, 'new')], two, [], { base: resources })
    expect(changeOf(plan, 'N')).toMatchObject({ action: 'rename' })
    expect(changeOf(plan, 'N').impacts.map(({ because }) => because)).toContain(sent)
    expect(changeOf(plan, 'B').impacts.map(({ because }) => because)).not.toContain(sent)
  })

  test.each([
    ['gone', connection('A'), ['configuration.auth.password']],
    ['ignored', connection('A', { ignore: ['configuration'] }), []],
    ['still there', declared('connection', 'A', secret), []]
  ])('one that is %s since the base', (_how, resource, left) => {
    const resources = [declared('connection', 'A', secret)]
    const plan = planFor([resource], two, [], { base: { ...base(), resources } })
    expect(changeOf(plan, 'A')).toMatchObject({ action: 'none', notStated: left })
  })
})

describe('a part', () => {
  const part = (only: string[], exclude: string[] = [], named: string[] = []) => ({
    selection: { only, exclude, kinds: named }
  })

  test('is told as one, with how much is left', () => {
    const plan = planFor(both, two, [], part(['A']))
    expect(actions(plan)).toEqual(['none connection A'])
    expect(plan).toMatchObject({ partial: { selected: 1, left: 1 } })
    expect(planFor(both, two)).not.toHaveProperty('partial')
    expect(planFor(both, two)).not.toHaveProperty('since')
    expect(planFor(both, two, [], { base: base() })).toMatchObject({ since: 'abc1234' })
  })

  test('does not make undeclared what is not selected', () => {
    const three = service(
      ...two.resources.map(({ kind, name, id }): [string, string, string, object] => [kind, name, id, csv]),
      ['connection', 'X', 'c3', csv]
    )
    expect(planFor(both, three, [], part(['A']))).toMatchObject({
      unmanaged: [{ kind: 'connection', live: 3, declared: 2, names: ['X'] }]
    })
  })

  test('may leave kinds unread, of which nothing is said', () => {
    const model = declared('model', 'M', { connection: 'A', configuration: { table: 't' } })
    const unread = { ...two, kinds: ['connection'] }
    const pinned = declared('model', 'N', { connection: 'A', configuration: {} }, { id: 'm1' })
    expect(actions(planFor([...both, model, pinned], unread, [], part([], [], ['connection'])))).toEqual([
      'none connection A',
      'none connection B'
    ])
  })
})

test('R16: what nobody declares is counted by kind, and what can only be named is not', () => {
  const live = service(
    ['model', 'Z', 'm2', { connection_id: 'c1' }],
    ['model', 'Y', 'm1', { connection_id: 'c1' }],
    ['connection', 'A', 'c1', csv],
    ['connection', 'R', 'c9', csv]
  )
  live.resources[3]!.readOnly = { because: 'it is of all', nameOnly: true }
  const model = declared('model', 'M', { connection: 'A', configuration: { table: 't' } })
  expect(planFor([model, connection('A')], live)).toMatchObject({
    unmanaged: [
      { kind: 'connection', live: 1, declared: 1, names: [] },
      { kind: 'model', live: 2, declared: 0, names: ['Y', 'Z'] }
    ]
  })
})

describe('a destruction', () => {
  const reported = (resources: Desired[], live: LiveState, options: DecideOptions = {}): string[] => {
    const decision = decideDestroy(
      { workspace: {}, resources, removed: [removed('connection', 'B')] },
      live,
      kinds,
      options
    )
    return decision.ok
      ? decision.value.changes.map(({ action, name, reason }) => `${action} ${name}: ${reason}`)
      : decision.problems.map(({ code, message }) => `${code} ${message}`)
  }
  const why = 'the files declare it, and all of that is to go'

  test('is of what is declared and there, and of nothing that was only removed', () => {
    expect(reported([connection('A'), connection('N')], two)).toEqual([`delete A: ${why}`])
  })

  test('is of what is selected', () => {
    const selection = { only: ['A'], exclude: [], kinds: [] }
    expect(reported(both, two, { selection })).toEqual([`delete A: ${why}`])
    expect(reported(both, two, { selection: { ...selection, only: ['X'] } })).toEqual([
      'P406 no declared resource is called `X`'
    ])
  })

  test('has no limit, and stops at what is still used', () => {
    const names = ['A', 'B', 'D', 'E', 'F']
    const rows = names.map((name): [string, string, string, object] => ['connection', name, name, csv])
    const all = names.map((name) => connection(name))
    expect(reported(all, service(...rows))).toHaveLength(5)
    const user = ['model', 'M', 'm1', { connection_id: 'A' }] as const
    expect(reported(all, service(...rows, [...user]))).toEqual([
      'P502 connection "A" cannot be deleted: it is still used'
    ])
  })

  test('leaves what is as nobody ever said anything', () => {
    const resources = two.resources.map((one) => (one.id === 'c1' ? { ...one, reset: true as const } : one))
    expect(reported(both, { ...two, resources })).toEqual([`delete B: ${why}`])
  })

  test('stops at what is ambiguous, and not at what is gone', () => {
    const twins = service(['connection', 'A', 'c1', csv], ['connection', 'A', 'c2', csv])
    expect(reported([connection('A')], twins)).toEqual(['P401 connection `A` matches 2 live resources'])
    const model = declared('model', 'M', { connection: 'Gone', configuration: {} })
    expect(reported([model, connection('A', { id: 'c9' }), connection('B')], two)).toEqual([
      `delete B: ${why}`
    ])
  })
})

describe('R6: what cannot change in place', () => {
  const codes = (resource: Desired, live: LiveState) => {
    const plan = planFor([resource], live)
    return Array.isArray(plan) ? plan : actions(plan)
  }

  test('stops the plan where it differs, and only there', () => {
    const mongo = declared('connection', 'A', { type: 'mongodb', configuration: { hosts: 'h' } })
    expect(codes(mongo, two)).toEqual(['P501'])
    expect(codes(mongo, service())).toEqual(['create connection A'])
    expect(codes(connection('A'), two)).toEqual(['none connection A'])
  })
  test('a name as well, for some: another case of it is the same', () => {
    const user = (name: string) => declared('user', name, {}, { id: 'u1' })
    const live = service(['user', 'ada@example.test', 'u1', { email: 'ada@example.test' }])
    expect(codes(user('bob@example.test'), live)).toEqual(['P501'])
    expect(codes(user('Ada@example.test'), live)).toEqual(['none user Ada@example.test'])
  })
})
