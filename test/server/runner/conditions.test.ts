import { describe, expect, test } from 'vitest'
import { plainNumber, timeOf } from '../../../src/server/runner/comparison.ts'
import { packed, unpacked } from '../../../src/server/runner/codec.ts'
import { joined, testOf } from '../../../src/server/runner/conditions.ts'
import { RunProblem } from '../../../src/server/runner/connector.ts'
import { Decimal, Instant, jsonOf, JsonText, partOf, type Cell } from '../../../src/server/runner/value.ts'
import type { Json } from '../../../src/wire/common.ts'
import { filterFunctions } from '../../../src/wire/sync.ts'

const at = (text: string): Instant => new Instant(text)

const cases: [name: string, value: Json | undefined, passes: Cell[], fails: Cell[]][] = [
  ['Equality', 'a', ['a'], ['A', '', null, undefined]],
  ['Equality', 1.5, [1.5, new Decimal('1.50'), '1.5'], [2, '1.51', null]],
  ['Equality', true, [true, 'true'], [false, null]],
  [
    'Equality',
    '2026-01-01T00:00:00Z',
    [at('2026-01-01T00:00:00.000000Z')],
    [at('2026-01-01T00:00:00.000001Z')]
  ],
  ['Equality', '12345678901234567890', [new Decimal('12345678901234567890')], [12345678901234567000n]],
  ['Inequality', 'a', ['b', null], ['a']],
  ['IsNull', undefined, [null, undefined], ['', 0, false]],
  ['IsNotNull', undefined, ['', 0, false], [null, undefined]],
  ['True', undefined, [true, 'TRUE'], [false, null, 1]],
  ['False', undefined, [false, 'false'], [true, null, 0]],
  ['GreaterThan', 10, [11, '10.5', 11n, new Decimal('10.0001')], [10, 9, null, 'x']],
  ['GreaterThanEqual', 10, [10, 11], [9, null]],
  ['LessThan', '10', [9, -1], [10, null]],
  ['LessThanEqual', 10, [10, 9], [11, null]],
  ['Between', [1, 3], [1, 2, 3], [0, 4, null]],
  [
    'Between',
    { from: '2026-01-01', to: '2026-02-01' },
    [at('2026-01-15T00:00:00Z')],
    [at('2026-03-01T00:00:00Z')]
  ],
  [
    'OnOrAfter',
    '2026-01-31',
    [at('2026-01-31T00:00:00Z'), '2026-02-01'],
    [at('2026-01-30T23:59:59Z'), null]
  ],
  ['OnOrBefore', '2026-01-31', [at('2026-01-31T23:59:59.9Z')], [at('2026-02-01T00:00:00Z')]],
  ['OnOrBefore', '2026-01-31T12:00:00Z', [at('2026-01-31T12:00:00Z')], [at('2026-01-31T12:00:01Z')]],
  ['StringContains', 'b', ['abc'], ['ABC', null]],
  ['StringStartsWith', 'a', ['abc'], ['cba', null]],
  ['StringEndsWith', 'c', ['abc'], ['cba', null]],
  ['StringDoesNotContain', 'b', ['ac', null], ['abc']],
  ['StringDoesNotStartWith', 'a', ['ba', null], ['ab']],
  ['StringDoesNotEndWith', 'a', ['ab', null], ['ba']],
  ['StringLike', 'a%_c', ['abc', 'a.xx\nc'], ['ac', 'ab', null]],
  ['StringNotLike', 'a.c', ['abc', null], ['a.c']],
  ['StringMatchesTrimmed', ' a ', ['a', '  a'], ['b', null]],
  ['StringOneOf', ['a', 'b'], ['a'], ['c', null]],
  ['StringNotOneOf', ['a', 'b'], ['c', null], ['a']],
  ['ArrayContains', 2, [[1, 2], new JsonText('[2]')], [[1], null, 'x']],
  ['ArrayDoesNotContain', 2, [[1], null], [[2]]]
]

test.each(cases)('%s %j', (name, value, passes, fails) => {
  const passed = testOf({ function: name, ...(value === undefined ? {} : { value }) })
  expect(passes.filter((one) => !passed(one))).toEqual([])
  expect(fails.filter((one) => passed(one))).toEqual([])
})

test('each function of the API is known, or refused by name', () => {
  const refused = filterFunctions.filter((name) => {
    try {
      testOf({ function: name })
      return false
    } catch (error) {
      expect(error).toBeInstanceOf(RunProblem)
      return true
    }
  })
  expect(refused).toEqual(['InTheLast', 'RelativeOnOrAfter', 'RelativeOnOrBefore'])
  expect(new Set(cases.map(([name]) => name)).size).toBe(filterFunctions.length - refused.length)
})

test.each([
  [undefined, [true, true], true],
  [undefined, [true, false], false],
  ['A or B and C', [true, false, false], true],
  ['(A OR B) AND C', [true, false, false], false],
  ['NOT A AND NOT (B OR C)', [false, false, false], true],
  ['not not a', [true], true]
])('the logic %s', (logic, truths, result) => {
  expect(joined(['A', 'B', 'C'].slice(0, truths.length), logic)(truths)).toBe(result)
})

describe('values', () => {
  const row: Cell[] = [
    null,
    undefined,
    'a',
    1.5,
    true,
    12345678901234567890n,
    new Decimal('1.10'),
    at('2026-01-01T00:00:00.123456Z'),
    new JsonText('{"b":1, "a":2}'),
    new Uint8Array([0, 255]),
    ['u', ['d', '1'], null, new Decimal('2')],
    { list: [1, { deep: null }], __proto__own: 'x' }
  ]

  test('come back from the stage as they were', () => {
    expect(unpacked(packed(row))).toEqual(row)
  })

  test('differ as texts where they differ in type', () => {
    const alike: Cell[] = [
      '1',
      1,
      1n,
      new Decimal('1'),
      at('1'),
      new JsonText('1'),
      ['1'],
      true,
      null,
      undefined
    ]
    expect(new Set(alike.map((one) => packed([one]))).size).toBe(alike.length)
  })

  test('as JSON, with the digits that they have', () => {
    expect(row.map(jsonOf)).toEqual([
      'null',
      'null',
      '"a"',
      '1.5',
      'true',
      '12345678901234567890',
      '1.10',
      '"2026-01-01T00:00:00.123456Z"',
      '{"b":1, "a":2}',
      '"AP8="',
      '["u",["d","1"],null,2]',
      '{"list":[1,{"deep":null}],"__proto__own":"x"}'
    ])
  })

  test('have parts', () => {
    const value = { a: [{ b: new JsonText('{"c": [12345678901234567890]}') }] }
    expect(partOf(value, ['a', '0', 'b', 'c', '0'])).toEqual(new Decimal('12345678901234567890'))
    expect(partOf(value, ['a', 'x'])).toBeUndefined()
    expect(partOf({ toString: null }, ['constructor'])).toBeUndefined()
  })
})

test.each([
  ['1.50', '1.5'],
  ['-0.0', '0'],
  ['015', '15'],
  ['1e3', '1000'],
  ['12.5e-2', '0.125'],
  ['.5', '0.5'],
  ['1e5000', '1e5000'],
  ['', ''],
  ['x', 'x']
])('the number %s is %s', (text, plain) => {
  expect(plainNumber(text)).toBe(plain)
})

test.each([
  ['2026-01-01T00:00:00.000001Z', 1],
  ['2026-01-01 01:00:00+01', 0],
  ['2026-01-01T00:00', 0],
  ['2026-01-01', 0],
  ['2026-13-01', undefined],
  ['soon', undefined]
])('the moment %s', (text, micros) => {
  const start = Date.UTC(2026, 0, 1) * 1000
  expect(timeOf(text)).toBe(micros === undefined ? undefined : start + micros)
})
