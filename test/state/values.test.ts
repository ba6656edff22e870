import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { addressText, byAddress } from '../../src/state/resource.ts'
import {
  isEmpty,
  isId,
  isReference,
  isSecret,
  reference,
  referencesIn,
  sortedText,
  textOf
} from '../../src/state/value.ts'
import { Vault, type SecretPart } from '../../src/state/vault.ts'

test.each([undefined, null, '', [], {}])('R5: %j is nothing', (value) => {
  expect(isEmpty(value)).toBe(true)
})

test.each([0, false, ' ', [null], { a: null }, { $secret: 'env A' }])('R5: %j is something', (value) => {
  expect(isEmpty(value)).toBe(false)
})

test('references and secrets are told from plain objects by their tag', () => {
  expect([
    isReference(reference('model', 'M')),
    isReference({ name: 'M' }),
    isReference(null),
    isReference({ $ref: 5 })
  ]).toEqual([true, false, false, false])
  expect([isSecret({ $secret: 'env A' }), isSecret({ secret: 'x' }), isSecret(['$secret'])]).toEqual([
    true,
    false,
    false
  ])
})

test('references are found at any depth', () => {
  const [a, b] = [reference('model', 'A'), { $ref: 'sync', id: 's1' }]
  expect(referencesIn({ x: [a, null, { y: b }], z: 5 })).toEqual([a, b])
  expect(referencesIn(undefined)).toEqual([])
})

test('equal values have equal texts, whatever the order of their keys', () => {
  expect(sortedText({ b: [{ d: 1, c: '2' }], a: null })).toBe('{"a":null,"b":[{"c":"2","d":1}]}')
  expect([textOf('x'), textOf(5), textOf(undefined), textOf(['x'])]).toEqual(['x', '5', '', '["x"]'])
})

test('ids are told by their form', () => {
  expect(
    [
      '248df4b7-aa70-47b8-a036-33ac447e668d',
      '248DF4B7-AA70-47B8-A036-33AC447E668D',
      '248df4b7',
      'Users'
    ].map(isId)
  ).toEqual([true, true, false, false])
})

test('an address is one line of text, and addresses have one order on every machine', () => {
  expect(addressText({ kind: 'bulk_sync', name: 'a "b"\n' })).toBe('bulk sync "a \\"b\\"\\n"')
  const sorted = [
    ['sync', 'a'],
    ['model', 'b'],
    ['model', 'a'],
    ['model', 'B'],
    ['model', 'ä']
  ].map(([kind = '', name = '']) => ({ kind, name }))
  expect(sorted.toSorted(byAddress).map(({ kind, name }) => `${kind} ${name}`)).toEqual([
    'model B',
    'model a',
    'model b',
    'model ä',
    'sync a'
  ])
})

test('a vault masks itself in whatever prints or stores it', () => {
  const vault = new Vault()
  vault.put('env A', [], () => ({ ok: true, value: 'hunter2' }))
  const all = [
    JSON.stringify({ vault }),
    String(vault),
    inspect(vault, { depth: 9, showHidden: true }),
    JSON.stringify(Object.entries(vault)),
    vault.sources.join()
  ]
  expect(all.filter((text) => text.includes('hunter2'))).toEqual([])
  expect(vault.reveal('env A')).toEqual({ ok: true, value: 'hunter2' })
})

test('a vault opens a secret only when it is asked for, and says what is missing', () => {
  const vault = new Vault()
  const opened: string[] = []
  vault.put('env B', [], () => {
    opened.push('env B')
    return { ok: false, reason: 'environment variable B is not set' }
  })
  vault.put('env A', [], () => ({ ok: true, value: 'x' }))
  expect(vault.sources).toEqual(['env A', 'env B'])
  expect(opened).toEqual([])
  expect(vault.reveal('env B')).toEqual({ ok: false, reason: 'environment variable B is not set' })
  expect(vault.reveal('env C')).toEqual({ ok: false, reason: 'env C is not known here' })
  expect(vault.known()).toEqual(['x'])
})

test('a secret moved where a literal part or a source differs, and is unknown where nobody can open it', () => {
  const vaultOf = (made: SecretPart[], value?: string): Vault => {
    const vault = new Vault()
    vault.put('x', made, () => (value === undefined ? { ok: false, reason: 'no' } : { ok: true, value }))
    return vault
  }
  const reported = (a: [SecretPart[], string?], b: [SecretPart[], string?]): string =>
    vaultOf(...a).compared('x', vaultOf(...b), 'x')
  const [env, file] = [
    { from: 'env' as const, name: 'A' },
    { from: 'file' as const, name: 'A' }
  ]
  expect(reported([[{ literal: 'a' }], 'a'], [[{ literal: 'b' }], 'b'])).toBe('moved')
  expect(reported([[{ literal: 'a' }], 'a'], [[{ literal: 'a' }], 'a'])).toBe('same')
  expect(reported([[{ literal: 'a' }, { literal: 'b' }]], [[{ literal: 'ab' }]])).toBe('same')
  expect(reported([[env], 'v'], [[file], 'v'])).toBe('moved')
  expect(reported([[env], 'v'], [[{ ...env, name: 'B' }], 'v'])).toBe('moved')
  expect(reported([[{ ...env, fallback: 'a' }], 'v'], [[{ ...env, fallback: 'b' }], 'v'])).toBe('moved')
  expect(reported([[{ literal: 'a' }, env], 'v'], [[env], 'v'])).toBe('moved')
  expect(reported([[file], 'then'], [[file], 'now'])).toBe('moved')
  expect(reported([[env], 'v'], [[env], 'v'])).toBe('same')
  expect(reported([[{ literal: 'a' }, env]], [[{ literal: 'a' }, env]])).toBe('unknown')
})
