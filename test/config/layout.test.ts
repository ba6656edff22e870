import * as fc from 'fast-check'
import { load } from 'js-yaml'
import { parse, parseDocument } from 'yaml'
import { expect, test } from 'vitest'
import { document } from '../../src/config/layout/document.ts'
import { laidOut, layoutOptions, sectionsText } from '../../src/config/layout/index.ts'
import { parseYaml, valueOfMapping } from '../../src/config/source/index.ts'
import type { Json } from '../../src/state/value.ts'
import { awkwardNames, longSql } from '../import/awkward.ts'
import { samples } from '../support/samples.ts'

/** The layout of written YAML: whatever reads it gets the same values, in YAML 1.2 and in YAML 1.1. */

function written(value: { [key: string]: Json }): string {
  return sectionsText([{ name: 'models', isList: true, items: [{ value, comments: ['A comment.'] }] }])
}

/** Three readers, of both versions; ours first. */
function read(text: string): unknown[] {
  const { documents, problems } = parseYaml('a.yaml', text)
  expect(problems, text).toEqual([])
  const root = documents[0]?.root
  const own = root?.is === 'mapping' ? valueOfMapping(root) : undefined
  return [own, load(text), parse(text, { version: '1.2' }), parse(text, { version: '1.1' })]
}

function expectSame(value: { [key: string]: Json }): void {
  const text = written(value)
  for (const one of read(text)) expect(one, text).toEqual({ models: [value] })
}

const sign = fc.oneof(
  fc.constantFrom(
    ...Array.from('abz059 \t\n\r"\'\\:#-?*&!|>%@`{}[],~=.<$'),
    'é',
    'e\u0301',
    '\u00a0',
    '\u2028',
    '\u202e'
  ),
  fc.constantFrom('\ufeff', '\u200d', '👩‍👧', '\0', '\u007f', '\u0085', '名')
)
const text = fc.oneof(
  fc.array(sign, { maxLength: 12 }).map((signs) => signs.join('')),
  fc.constantFrom(
    ...awkwardNames,
    longSql,
    'on',
    'No',
    'y',
    '.nan',
    '0b1',
    '1_000',
    '12:30:45',
    '=',
    '<<',
    '---'
  ),
  fc
    .array(fc.constantFrom('select *', '', '  from t', 'where x = 1', '\t-- tab', ' '), { maxLength: 6 })
    .map((lines) => lines.join('\n'))
)
const key = fc.oneof(fc.constantFrom('a', 'b', 'name', 'yes', '1e3', 'a: b', '<<x', '~', ''), text)
const value = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.constantFrom<Json>(null, true, false, 0, -1, 3.5, 1e21, 42),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      key.filter((one) => one !== '__proto__' && one !== '<<'),
      tie('value'),
      { maxKeys: 4 }
    )
  )
}))

/** Values as services have them: short keys and words, of which some fit on a line just so. */
const usual = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.nat({ max: 45 }).map((length) => 'x'.repeat(length)),
    fc.constantFrom<Json>('public.users', 'a b', '1', '', null, true, 7),
    fc.constantFrom('select 1\n  from t\n\nwhere x\n', 'a\nb\nc', ' a\nb\nc', 'a\nb'),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.constantFrom('a', 'source', 'target', 'enabled', 'e', 'f'), tie('value'))
  )
}))

/** Collections that fit on a line just so, or just not: by their keys, their depth and their letters. */
const atTheEdge = fc
  .record({
    keys: fc.integer({ min: 1, max: 5 }),
    length: fc.integer({ min: 40, max: 90 }),
    within: fc.constantFrom<(inner: Json) => Json>(
      (inner) => inner,
      (inner) => [inner, 'a'],
      (inner) => ({ a: inner }),
      (inner) => ({ a: [inner, { b: inner }] }),
      (inner) => ({ a: { b: { c: inner } }, d: [[inner]] })
    ),
    isList: fc.boolean()
  })
  .map(({ keys, length, within, isList }): Json => {
    const words = Array.from({ length: keys }, (_, at) => (at > 0 ? 'b' : 'x'.repeat(length)))
    return within(isList ? words : Object.fromEntries(words.map((word, at) => [`k${at}`, word])))
  })

test('what is written is read as it was, by each reader', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('name', 'configuration', 'fields', 'c', 'd'), value.value),
      (item) => {
        expectSame({ name: 'x', ...item })
      }
    ),
    samples(600)
  )
})

test('it stays what it is: what was read is written again, byte for byte, with its comments', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('name', 'configuration', 'fields', 'c', 'd'), value.value),
      (item) => {
        const first = written({ name: 'x', ...item })
        const again = parseDocument(first, layoutOptions)
        expect(laidOut(again)).toBe(first)
      }
    ),
    samples(300)
  )
})

function expectAsByLibrary(of: fc.Arbitrary<Json>, comment: fc.Arbitrary<string>, most: number): void {
  const item = fc.record({
    value: fc
      .dictionary(fc.constantFrom('configuration', 'fields', 'c', 'yes'), of)
      .map((fields) => ({ name: 'x', ...fields })),
    comments: fc.array(comment, { maxLength: 2 })
  })
  const sections = fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('models', 'syncs', 'no'),
      isList: fc.constant(true),
      items: fc.array(item, { minLength: 1, maxLength: 4 })
    }),
    { selector: ({ name }) => name, minLength: 1, maxLength: 2 }
  )
  fc.assert(
    fc.property(sections, fc.subarray(['yaml-language-server: $schema=a.json', 'b']), (all, head) => {
      expect(sectionsText(all, head)).toBe(laidOut(document(all, head)))
    }),
    samples(most)
  )
}

const telling = fc.constantFrom('It is new.', 'It refers to a: b.')

test('usual values are written byte for byte as the library writes the document of them', () => {
  expectAsByLibrary(usual.value, telling, 100)
  expectAsByLibrary(atTheEdge, telling, 400)
})

test('so are all others', () => {
  const any = fc.oneof(value.value, usual.value)
  expectAsByLibrary(any, fc.oneof(telling, fc.constantFrom('', ' ')), 100)
})

test('nothing in it is invisible, and every line is what it seems', () => {
  const hidden = written({
    name: '\u202eabc',
    b: 'a\u200bb',
    c: 'Cafe\u0301',
    d: 'a\u00a0b',
    e: 'tab\there',
    f: '👩‍👧'
  })
  expect(hidden).toMatchInlineSnapshot(`
    "models:
      # A comment.
      - name: "\\u202eabc"
        b: "a\\u200bb"
        c: "Cafe\\u0301"
        d: "a\\u00a0b"
        e: "tab\\there"
        f: "👩‍👧"
    "
  `)
})

test('long texts stand on lines of their own where their bytes survive that', () => {
  expect(
    written({
      name: 'two\nlines',
      sql: 'select 1\nfrom t\n',
      kept: 'a\n  b\nc',
      crlf: 'a\r\nb\r\nc',
      ends: 'a\nb\n\n\n'
    })
  ).toMatchInlineSnapshot(`
    "models:
      # A comment.
      - name: "two\\nlines"
        sql: |
          select 1
          from t
        kept: |-
          a
            b
          c
        crlf: "a\\r\\nb\\r\\nc"
        ends: "a\\nb\\n\\n\\n"
    "
  `)
})
