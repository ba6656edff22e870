import { DBRef, ObjectId } from 'bson'
import { describe, expect, test } from 'vitest'
import { packed, unpacked } from '../../../src/server/runner/codec.ts'
import { bigger, inUtc, millisecondsOf, sameAs, timeOf } from '../../../src/server/runner/comparison.ts'
import { testOf } from '../../../src/server/runner/conditions.ts'
import { valueOf } from '../../../src/server/runner/mongodb/values.ts'
import { arrayText, readArray } from '../../../src/server/runner/postgresql/array-text.ts'
import { columnText, standsAs as standsInColumn } from '../../../src/server/runner/postgresql/types.ts'
import { unfit } from '../../../src/server/runner/postgresql/unfit.ts'
import type { SalesforceField } from '../../../src/server/runner/salesforce/objects.ts'
import { standsAs, writtenOf } from '../../../src/server/runner/salesforce/values.ts'
import {
  Decimal,
  Instant,
  isEmpty,
  isNull,
  JsonText,
  scalarOf,
  textOf,
  Unreadable,
  type Cell,
  type Value
} from '../../../src/server/runner/value.ts'

/** Values that are easily lost on the way, one by one. The tables in `test/golden/values/` have all the others. */

test.each<[Cell, isNull: boolean, isEmpty: boolean]>([
  [undefined, true, true],
  [null, true, true],
  [new JsonText(' null '), true, true],
  ['', false, true],
  [new JsonText('""'), false, true],
  [' ', false, false],
  ['null', false, false],
  [0, false, false],
  [false, false, false],
  [[], false, false],
  [{}, false, false],
  [new JsonText('[]'), false, false],
  [new JsonText('{}'), false, false],
  [new Uint8Array(), false, false]
])('%j: null %s, empty %s', (value, no, nothing) => {
  expect([isNull(value), isEmpty(value)]).toEqual([no, nothing])
  expect(testOf({ function: 'IsNull' })(value)).toBe(no)
})

test('JSON that is a text, a number or a truth is that', () => {
  expect(['"a\\"b"', '12.50', 'true', 'null'].map((text) => scalarOf(new JsonText(text)))).toEqual([
    'a"b',
    new Decimal('12.50'),
    true,
    null
  ])
  expect(scalarOf(new JsonText('9007199254740993'))).toEqual(new Decimal('9007199254740993'))
  expect(scalarOf(new JsonText('[1]'))).toEqual(new JsonText('[1]'))
  expect([textOf(new JsonText('"a"')), textOf(new JsonText('["a"]'))]).toEqual(['a', '["a"]'])
})

describe('moments', () => {
  test('before 1970 are cut off downwards, and stay in their day', () => {
    expect(millisecondsOf('1969-12-31T23:59:59.999999Z')).toBe(-1)
    expect(timeOf('1969-12-31T23:59:59.999999Z')).toBe(-1)
    expect(millisecondsOf('9999-12-31T23:59:59.999999Z')).toBe(Date.parse('9999-12-31T23:59:59.999Z'))
  })

  test.each(['2026-02-29', '2026-02-30', '2026-04-31T00:00:00Z', '2026-13-01', '2026-00-10'])(
    '%s is none',
    (text) => {
      expect([timeOf(text), millisecondsOf(text)]).toEqual([undefined, undefined])
    }
  )

  test('of a zone are moved to UTC with all their digits, others stay as they are', () => {
    expect(inUtc('2026-03-29T00:30:00.123456+02:00')).toBe('2026-03-28T22:30:00.123456Z')
    expect(inUtc('2026-03-29 00:30:00-0330')).toBe('2026-03-29T04:00:00.000000Z')
    for (const text of [
      '2026-03-29',
      '2026-03-29 00:30:00',
      '2026-03-29T00:30:00Z',
      'soon +02',
      '10:30+02'
    ])
      expect(inUtc(text)).toBe(text)
    expect(sameAs('2024-02-29', new Instant('2024-02-29T00:00:00Z'))).toBe(true)
  })
})

describe('numbers and moments are compared by all of their digits', () => {
  test.each<[Value, Value, number]>([
    [9_007_199_254_740_993n, new Decimal('9007199254740992'), 1],
    [new Decimal('0.12345678901234567891'), '0.1234567890123456789', 1],
    [new Decimal('-9007199254740993'), -9_007_199_254_740_992, -1],
    [new Decimal('10'), 9, 1],
    [new Decimal('-0.0'), 0, 0],
    ['1e3', new Decimal('1000.0'), 0],
    [new Decimal('Infinity'), 5, 1],
    [new Decimal('-Infinity'), new Decimal('Infinity'), -1],
    ['9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999998Z', 1],
    ['1969-12-31T23:59:59.999998Z', '1969-12-31T23:59:59.999999Z', -1]
  ])('$0 and $1: $2', (a, b, expected) => {
    expect([bigger(a, b), bigger(b, a)]).toEqual([expected, 0 - expected])
  })

  test('those in JSON, too', () => {
    const test5 = testOf({ function: 'GreaterThan', value: 5 })
    expect(['5.01', '5.0', '"6"', 'null', '[6]'].map((text) => test5(new JsonText(text)))).toEqual([
      true,
      false,
      true,
      false,
      false
    ])
  })
})

describe('documents', () => {
  test('a date that cannot be read makes its field unreadable, wherever it is in it', () => {
    const far = new Date(Number.NaN)
    for (const value of [far, [far], { a: [1, { b: far }] }])
      expect(valueOf(value)).toBeInstanceOf(Unreadable)
  })

  test('undefined is missing, and null in a list', () => {
    expect([valueOf(undefined), valueOf([undefined, 1]), valueOf({ a: undefined })]).toEqual([
      undefined,
      [null, 1],
      {}
    ])
  })

  test('a field of their own that is called as the driver calls types is a field', () => {
    expect(valueOf({ _bsontype: 'Timestamp', t: 1 })).toEqual({ _bsontype: 'Timestamp', t: 1 })
  })

  test('a reference keeps its database and what else it has', () => {
    const id = new ObjectId('0123456789abcdef01234567')
    expect(valueOf(new DBRef('users', id, 'shop', { role: 'owner' }))).toEqual({
      $ref: 'users',
      $id: '0123456789abcdef01234567',
      $db: 'shop',
      role: 'owner'
    })
  })
})

test('rows that wait keep what cannot be read', () => {
  const row = [new Unreadable('why'), undefined, new JsonText('null'), null]
  expect(unpacked(packed(row))).toEqual(row)
})

describe('columns of PostgreSQL', () => {
  const column = (typeName: string, category: string) => ({ typeName, category })

  test.each<[string, string, Cell, string | null]>([
    ['text', 'S', '', ''],
    ['int4', 'N', '', null],
    ['uuid', 'U', '', null],
    ['hstore', 'U', '', ''],
    ['jsonb', 'U', '', '""'],
    ['jsonb', 'U', null, null],
    ['jsonb', 'U', new JsonText('null'), 'null'],
    ['text', 'S', new JsonText('null'), null],
    ['text', 'S', new JsonText('"a"'), 'a'],
    ['int8', 'N', new Decimal('5.00'), '5'],
    ['numeric', 'N', new Decimal('5.00'), '5.00'],
    ['_text', 'A', ['', null], '{"",NULL}'],
    ['_int4', 'A', ['', new Decimal('2.0')], '{NULL,"2"}'],
    ['timestamp', 'D', '2026-03-29T02:30:00+02:00', '2026-03-29T00:30:00.000000Z'],
    ['timestamptz', 'D', '2026-03-29T02:30:00+02:00', '2026-03-29T02:30:00+02:00'],
    ['date', 'D', '2026-03-29T00:30:00+02:00', '2026-03-28T22:30:00.000000Z']
  ])('%s (%s) gets %j as %j', (typeName, category, value, text) => {
    expect(columnText(value, column(typeName, category))).toBe(text)
  })

  test.each<[string, string, Value, string | undefined]>([
    ['text', 'S', new Uint8Array([1]), 'takes no bytes'],
    ['bytea', 'U', new Uint8Array([1]), undefined],
    ['bytea', 'U', String.raw`\x00FF`, undefined],
    ['bytea', 'U', '', undefined],
    ['bytea', 'U', 'text', 'takes bytes alone'],
    ['bytea', 'U', 7, 'takes bytes alone'],
    ['jsonb', 'U', new Uint8Array([1]), undefined],
    ['text', 'S', 'a\0', 'takes no text with the character NUL'],
    ['_text', 'A', ['a', ['b\0']], 'takes no text with the character NUL'],
    ['_text', 'A', {}, 'takes lists alone'],
    ['_text', 'A', new JsonText('{}'), 'takes lists alone'],
    ['_text', 'A', 7, 'takes lists alone'],
    ['_int4', 'A', [1, true], 'takes numbers alone'],
    ['date', 'D', new Decimal('-Infinity'), 'takes dates and times alone'],
    ['timestamptz', 'D', 7, 'takes dates and times alone'],
    ['time', 'D', new Instant('2026-01-31T00:00:00Z'), undefined],
    ['numeric', 'N', true, 'takes numbers alone'],
    ['numeric', 'N', new JsonText('true'), 'takes numbers alone'],
    ['numeric', 'N', new JsonText('[1]'), 'takes numbers alone'],
    ['numeric', 'N', new Decimal('NaN'), undefined],
    ['bool', 'B', 1, undefined],
    ['bool', 'B', {}, 'takes true and false alone'],
    ['uuid', 'U', 7, 'takes UUIDs alone'],
    ['uuid', 'U', '', undefined],
    ['text', 'S', { a: [true] }, undefined],
    ['interval', 'T', 7, undefined],
    ['int4', 'N', 'words', 'takes numbers alone'],
    ['int4', 'N', '12,50', undefined],
    ['regclass', 'N', 'users', undefined],
    ['int2vector', 'A', '1 2', undefined],
    ['int2vector', 'A', [1, 2], 'takes numbers apart by blanks alone'],
    ['float8', 'N', ' -Infinity ', undefined],
    ['bool', 'B', ' TRUE ', undefined],
    ['bool', 'B', 'of', undefined],
    ['bool', 'B', 'perhaps', 'takes true and false alone'],
    ['date', 'D', 'soon', 'takes dates and times alone'],
    ['date', 'D', 'today', undefined],
    ['date', 'D', '31.01.2026', undefined],
    ['uuid', 'U', '{C0FFEE00-00004000-8000-000000000001}', undefined],
    ['uuid', 'U', 'c0ffee', 'takes UUIDs alone'],
    ['_text', 'A', 'words', 'takes lists alone'],
    ['_int4', 'A', '[0:1]={1,2}', undefined],
    ['_int4', 'A', ['words'], 'takes numbers alone'],
    ['interval', 'T', 'words', undefined]
  ])('%s (%s) and %j: %s', (typeName, category, value, why) => {
    expect(unfit(value, column(typeName, category))).toBe(why)
  })

  test.each<[string, string, Value, there: Cell]>([
    ['int4', 'N', '', null],
    ['text', 'S', '', ''],
    ['text', 'S', new JsonText('null'), null],
    ['text', 'S', new JsonText('"a"'), 'a'],
    ['bool', 'B', 'TRUE', true],
    ['bool', 'B', '0', false],
    ['date', 'D', new Instant('2026-03-28T22:30:00Z'), '2026-03-28'],
    ['timestamp', 'D', '2026-03-29T00:30:00+02:00', '2026-03-28T22:30:00'],
    ['timestamptz', 'D', '2026-03-29 00:30:00', new Instant('2026-03-29T00:30:00Z')],
    ['jsonb', 'U', { b: 1, a: [new Decimal('1.0'), null] }, new JsonText('{"a": [1.0, null], "b": 1}')],
    ['json', 'U', '{"a":1}', new JsonText('{ "a": 1 }')]
  ])('%s (%s): %j is the same as what then stands there', (typeName, category, value, there) => {
    const after = standsInColumn(value, column(typeName, category))
    expect([isNull(after) === isNull(there), sameAs(after, there)]).toEqual([true, true])
  })

  test('lists within lists without items', () => {
    expect([readArray('{}', (text) => text), arrayText([], String)]).toEqual([[], '{}'])
  })
})

describe('fields of Salesforce', () => {
  const field = (type: string): SalesforceField => ({ name: 'F__c', type, length: 10 }) as SalesforceField

  test.each<[string, Value, string]>([
    ['string', '', 'null'],
    ['reference', '', 'null'],
    ['boolean', '', 'false'],
    ['string', new JsonText('null'), 'null'],
    ['boolean', new JsonText('null'), 'false'],
    ['string', new JsonText('"a"'), '"a"'],
    ['date', new JsonText('"2026-01-31"'), '"2026-01-31"'],
    ['date', '2026-03-29T00:30:00+02:00', '"2026-03-28"'],
    ['base64', new Uint8Array([0, 1, 255]), '"AAH/"'],
    ['multipicklist', ['a', 'b'], '"a;b"'],
    ['double', new Decimal('9007199254740992'), '9007199254740992'],
    ['double', new Decimal('0.12345678901234567890'), '0.1234567890123456789'],
    ['int', new Decimal('5.00'), '5'],
    ['time', '09:30', '"09:30:00.000Z"'],
    ['time', '09:30:00.123456', '"09:30:00.123Z"'],
    ['time', new Instant('2026-03-28T22:30:00Z'), '"22:30:00.000Z"'],
    ['reference', '003000000000001AAA', '"003000000000001AAA"']
  ])('%s gets %j as %s', (type, value, json) => {
    expect(writtenOf(value, field(type))).toEqual({ json })
  })

  test.each<[string, Value, there: Cell]>([
    ['string', '', null],
    ['boolean', null, false],
    ['double', new Decimal('12.50'), 12.5],
    ['date', new Instant('2026-03-28T22:30:00Z'), '2026-03-28'],
    ['datetime', '2026-03-29T00:30:00.123456+02:00', new Instant('2026-03-28T22:30:00.123Z')],
    ['string', '🙂'.repeat(10), '🙂'.repeat(10)],
    ['string', { a: 1 }, '{"a":1}']
  ])('%s: of %j there stands %j', (type, value, there) => {
    expect(standsAs(value, field(type))).toEqual(there)
  })

  test.each<[string, Value, string]>([
    ['string', new Uint8Array([1]), 'takes no bytes'],
    ['double', new Decimal('9007199254740993'), 'would not keep all digits of the number'],
    ['double', new Decimal(`1${'0'.repeat(400)}`), 'would not keep all digits of the number'],
    ['double', new Decimal('NaN'), 'takes numbers alone'],
    ['double', true, 'takes numbers alone'],
    ['int', 1.5, 'takes whole numbers alone'],
    ['date', '2026-02-30', 'takes dates alone'],
    ['datetime', 'infinity', 'takes moments alone'],
    ['datetime', '+012026-01-31T00:00:00.000Z', 'takes moments alone'],
    ['boolean', 'yes', 'takes true and false alone'],
    ['double', { a: 1 }, 'takes numbers alone'],
    ['time', '09:30:00+02', 'takes times of the day alone'],
    ['time', '25:00', 'takes times of the day alone'],
    ['reference', 'planted', 'takes ids of Salesforce alone'],
    ['string', 'x'.repeat(11), 'takes 10 characters at most'],
    ['textarea', ['long', 'list'], 'takes 10 characters at most']
  ])('%s refuses %j: it %s', (type, value, why) => {
    expect(writtenOf(value, field(type))).toEqual({ problem: `the field F__c ${why}` })
  })
})
