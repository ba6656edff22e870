import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import {
  idlePatterns,
  isLike,
  isNamed,
  isSelected,
  scopeOf,
  unknownAddress,
  type Selection
} from '../../src/plan/select.ts'
import { diagnostic } from '../render/builders.ts'
import { declared, removed } from './world.ts'
import { samples } from '../support/samples.ts'

const users = { kind: 'sync', name: 'Users' }
const bulk = { kind: 'bulk_sync', name: 'All of it' }

describe('a pattern names a resource', () => {
  test.each([
    ['sync "Users"', users],
    ['sync/Users', users],
    ['Users', users],
    ['bulk sync "All of it"', bulk],
    ['bulk_sync/All of it', bulk],
    ['bulk sync/All of it', bulk],
    ['U*', users],
    ['*', users],
    ['*ers', users],
    ['sync/*', users],
    ['sync "U*', users],
    ['User?', users],
    ['U????', users],
    ['a*c?e', { kind: 'model', name: 'abbcde' }],
    ['two*', { kind: 'model', name: 'two\nlines' }],
    ['what?', { kind: 'model', name: 'what?' }],
    ['[a] *', { kind: 'model', name: '[a] 1' }],
    ['a.b (c)*', { kind: 'model', name: 'a.b (c)' }],
    ['C:\\*', { kind: 'model', name: 'C:\\x' }]
  ])('%j', (pattern, address) => {
    expect(isNamed(address, pattern, kinds)).toBe(true)
  })

  test.each([
    ['users', users],
    ['sync', users],
    ['', users],
    ['model/Users', users],
    ['model "Users"', users],
    ['User', users],
    ['sers', users],
    ['U?', users],
    ['?sers?', users],
    ['*Users x', users],
    ['x*', users],
    ['a.*', { kind: 'model', name: 'abc' }],
    ['[ab]*', { kind: 'model', name: 'a' }],
    ['a+*', { kind: 'model', name: 'aaa' }],
    ['bulk sync/All', bulk]
  ])('but %j does not name %j', (pattern, address) => {
    expect(isNamed(address, pattern, kinds)).toBe(false)
  })
})

describe('a selection', () => {
  const all: Selection = { only: [], exclude: [], kinds: [] }
  const chosen = (selection: Selection | undefined): string[] =>
    [users, bulk, { kind: 'model', name: 'Users' }]
      .filter((address) => isSelected(address, selection, kinds))
      .map(({ kind, name }) => `${kind} ${name}`)

  test('of nothing is everything', () => {
    expect(chosen(undefined)).toEqual(['sync Users', 'bulk_sync All of it', 'model Users'])
    expect(chosen(all)).toEqual(['sync Users', 'bulk_sync All of it', 'model Users'])
  })

  test('is what any pattern names, of the kinds, but for what is excluded', () => {
    expect(chosen({ ...all, only: ['sync/Users', 'All*'] })).toEqual(['sync Users', 'bulk_sync All of it'])
    expect(chosen({ ...all, exclude: ['model/*', 'All*'] })).toEqual(['sync Users'])
    expect(chosen({ ...all, kinds: ['model', 'bulk_sync'] })).toEqual([
      'bulk_sync All of it',
      'model Users'
    ])
    expect(chosen({ only: ['Users'], exclude: ['sync/*'], kinds: ['sync', 'model'] })).toEqual([
      'model Users'
    ])
    expect(chosen({ only: ['Users'], exclude: ['Users'], kinds: [] })).toEqual([])
  })

  test('is what is read: declared or removed', () => {
    const desired = {
      workspace: {},
      resources: [
        declared('connection', 'C', { type: 'csv' }),
        declared('model', 'M', { connection: 'C' })
      ],
      removed: [removed('sync', 'S'), removed('model', 'Old')]
    }
    expect(scopeOf(desired, undefined, kinds)).toBe(desired)
    const scope = scopeOf(desired, { ...all, kinds: ['model'] }, kinds)
    expect(scope.resources.map(({ name }) => name)).toEqual(['M'])
    expect(scope.removed.map(({ name }) => name)).toEqual(['Old'])
  })
})

test('patterns that name nothing are told', () => {
  expect(idlePatterns([users, bulk], ['Users', 'Usres', 'All*', 'x*'], kinds)).toEqual(['Usres', 'x*'])
  expect(idlePatterns([users], undefined, kinds)).toEqual([])
})

describe('a pattern that names nothing is told', () => {
  const all = [
    { kind: 'bulk_sync', name: 'Users' },
    { kind: 'sync', name: 'Users' },
    { kind: 'sync', name: 'Orders' }
  ]
  const reported = (pattern: string) => unknownAddress(pattern, all, kinds)

  test('with the address that is meant: by another form of it, or by a name alike', () => {
    expect(reported('sync.Users')).toEqual(
      diagnostic({
        code: 'P406',
        message: 'no declared resource is called `sync.Users`',
        help: ['write `\'sync "Users"\'`']
      })
    )
    for (const pattern of ['syncs/Users', 'Sync "Users"', 'sync Users', 'sync."Users'])
      expect(reported(pattern).help).toEqual(['write `\'sync "Users"\'`'])
    for (const pattern of ['bulk_sync.Users', 'bulk sync.Users', 'BULK_SYNCS.Users'])
      expect(reported(pattern).help).toEqual(['write `\'bulk sync "Users"\'`'])
    expect(reported('sync.Usres').help).toEqual(['write `\'sync "Users"\'`'])
    for (const pattern of ['snyc "Orders"', 'snyc/Orders', 'snycs.Ordres'])
      expect(reported(pattern).help).toEqual(['write `\'sync "Orders"\'`'])
    expect(reported('Usres').help).toEqual(['write `\'bulk sync "Users"\'` or `\'sync "Users"\'`'])
  })

  test('with how addresses are written, where nothing is meant', () => {
    const help = ['write an address as the plan does, such as `connection "Warehouse"`, or just the name']
    for (const pattern of ['xyz', 'model.Users', 'sync', '1sync.Users'])
      expect(reported(pattern).help).toEqual(help)
  })
})

describe('where names match in any case, so do patterns', () => {
  const id = '248df4b7-aa70-47b8-a036-33ac447e668d'

  test.each([
    ['role "ADMIN"', { kind: 'role', name: 'Admin' }],
    ['ad*', { kind: 'policy', name: 'ADMINS' }],
    ['user/ADA@*', { kind: 'user', name: 'ada@example.com' }],
    ['ÉQUIPE', { kind: 'role', name: 'équipe' }],
    [id.toUpperCase(), { kind: 'connection', name: id }]
  ])('%j names %j', (pattern, address) => {
    expect(isNamed(address, pattern, kinds)).toBe(true)
  })

  test.each([
    ['model "ADMIN"', { kind: 'model', name: 'Admin' }],
    ['ad*', { kind: 'connection', name: 'ADMINS' }],
    // Folded for no language in particular.
    ['i', { kind: 'role', name: 'İ' }],
    ['STRASSE', { kind: 'role', name: 'Straße' }]
  ])('but %j does not name %j', (pattern, address) => {
    expect(isNamed(address, pattern, kinds)).toBe(false)
  })
})

test('a letter beyond the basic plane is one letter', () => {
  expect(isNamed({ kind: 'model', name: '🦊!' }, '??', kinds)).toBe(true)
})

test('a pattern is as an expression says that goes back at every star', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '?', '*'), maxLength: 9 })
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 9 }), text, (name, pattern) => {
      const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`)
      expect(isLike(name, pattern)).toBe(expression.test(name))
    }),
    samples(2000)
  )
})

test('many stars cost no more than the name is long', () => {
  for (const size of [50, 100, 200, 4000]) {
    expect(isLike('a'.repeat(size), `${'*a'.repeat(size / 2)}*b`)).toBe(false)
    expect(isLike('a'.repeat(size), `${'*a'.repeat(size / 2)}*`)).toBe(true)
  }
})
