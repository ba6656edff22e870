import { describe, expect, test } from 'vitest'
import type { Kind } from '../../src/kinds/kind.ts'
import { noLongerStated, notStated, secretPaths, uncomparable } from '../../src/plan/left-alone.ts'
import { spellsOut, withLiterals } from '../../src/plan/literal-secrets.ts'
import { PathNode } from '../../src/plan/path-node.ts'
import { folded, isSame, isSameStated, meansNothing } from '../../src/plan/sameness.ts'
import type { Json, JsonObject } from '../../src/state/value.ts'
import { gadget } from '../support/small-kind.ts'

const s = { $secret: 'env S' }
const scalar = { is: 'scalar' } as const

const kind: Kind = {
  ...gadget,
  fields: {
    owned: { class: 'owned', rule: scalar },
    carried: { class: 'carried', rule: { is: 'stated' } },
    silent: { class: 'unreadable', rule: scalar },
    once: { class: 'unreadable', rule: scalar, perRequest: true }
  }
}

test('secrets are found at any depth; items of lists count from nought', () => {
  expect(secretPaths({ a: s, b: { c: [1, s, { d: s }, null] }, e: 'x', f: null })).toEqual([
    'a',
    'b.c[1]',
    'b.c[2].d'
  ])
  expect(secretPaths(s)).toEqual([''])
  expect(secretPaths([{ a: s }])).toEqual(['[0].a'])
  for (const value of ['x', 1, null, [], {}] as Json[]) expect(secretPaths(value)).toEqual([])
})

test('what is never answered cannot be compared: secrets, and fields that are stated', () => {
  expect(uncomparable(kind, { owned: s, silent: 'x', once: 'x' })).toEqual(['owned', 'silent'])
  expect(uncomparable(kind, { silent: s })).toEqual(['silent'])
  expect(uncomparable(kind, { silent: '' })).toEqual([])
})

test('what was stated and is no longer stays in the service, unless it is in a list', () => {
  expect(noLongerStated(kind, { owned: s, silent: 'x', carried: [s] }, { silent: 'y' })).toEqual(['owned'])
})

describe('R7: a live value that no file states', () => {
  const note = (path: string[], live: Json, isDefault = false, base: JsonObject = {}) => {
    const node = path.reduce<PathNode | undefined>(
      (above, part) => new PathNode(above, part, part),
      undefined
    )
    const judged = isDefault ? { ...kind, isDefault: () => true } : kind
    return notStated(judged, {}, [{ node: node!, live, rule: undefined }], base).length > 0
  }

  test('is worth a note where it is carried, is not off, and is not the default', () => {
    expect(note(['carried', 'a'], 1)).toBe(true)
    expect(note(['carried'], 1)).toBe(true)
    expect(note(['owned'], 1)).toBe(false)
    expect(note(['nobody'], 1)).toBe(false)
    expect(note(['carried', 'a', 'b'], 1)).toBe(false)
    expect(note(['carried', 'a'], false)).toBe(false)
    expect(note(['carried', 'a'], 1, true)).toBe(false)
  })

  test('is, where the files stated it at the base', () => {
    expect(note(['carried', 'a'], false, false, { carried: { a: true } })).toBe(true)
    expect(note(['carried', 'a'], false, false, { carried: { b: true } })).toBe(false)
    expect(note(['carried', 'a'], false, false, { carried: [true] })).toBe(false)
    expect(note(['owned'], 1, false, { owned: '' })).toBe(false)
  })
})

describe('R5: values are the same', () => {
  test('where both are empty, or equal in depth', () => {
    const empty: (Json | undefined)[] = [undefined, null, '', [], {}]
    for (const a of empty) for (const b of empty) expect(isSame(a, b)).toBe(true)
    expect(isSame({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toBe(true)
    for (const [a, b] of [
      [false, undefined],
      [0, ''],
      [
        [1, 2],
        [2, 1]
      ],
      [1, '1'],
      [{ a: 1 }, {}]
    ] as Json[][])
      expect(isSame(a, b)).toBe(false)
  })

  test('as scalars, with the default in place of nothing, and without case where it says nothing', () => {
    expect(folded({ is: 'scalar', default: 'D' }, '')).toBe('D')
    expect(folded({ is: 'scalar', default: 'D', caseless: true }, undefined)).toBe('d')
    expect(folded({ is: 'scalar', caseless: true }, 'Ab')).toBe('ab')
    expect(folded({ is: 'scalar', caseless: true }, 5)).toBe(5)
    expect(folded(scalar, 'Ab')).toBe('Ab')
  })

  test('as an object that means nothing, where all parts are defaults', () => {
    const rules = { a: { is: 'scalar', default: 1 }, b: { is: 'json' }, c: { is: 'unread' } } as const
    expect(meansNothing(rules, undefined)).toBe(true)
    expect(meansNothing(rules, { a: 1, b: [], c: 5, other: 1 })).toBe(true)
    expect(meansNothing(rules, { a: 2 })).toBe(false)
    expect(meansNothing(rules, { b: 1 })).toBe(false)
  })

  test('as stated lists, in any order, each live item once, with what an item does not state', () => {
    const same = (stated: Json, live: Json) => isSameStated(stated, live)
    expect(same([1, 2], [2, 1])).toBe(true)
    expect(same([1, 1], [1, 2])).toBe(false)
    expect(same([1], [1, 2])).toBe(false)
    expect(same([1, 2], [1, 3])).toBe(false)
    expect(same([{ a: 1 }], [{ a: 1, b: 2 }])).toBe(true)
    expect(same([{ a: 1, b: 2 }], [{ a: 1 }])).toBe(false)
    expect(same([{ a: 1 }], ['x'])).toBe(false)
    expect(same(['x'], [{ a: 1 }])).toBe(false)
    expect(same([{ a: 1 }, { a: 1 }], [{ a: 1, b: 2 }, { c: 3 }])).toBe(false)
    // The one that states more chooses first.
    expect(
      same(
        [{ a: 1 }, { a: 1, b: 2 }],
        [
          { a: 1, b: 2, c: 3 },
          { a: 1, d: 4 }
        ]
      )
    ).toBe(true)
    expect(same([{ a: 1, s }], [{ a: 1 }])).toBe(true)
    expect(same([], [])).toBe(true)
    expect(same([1], {})).toBe(false)
  })
})

test('literal secrets have a hash in place of what they are, at any depth', () => {
  const literals = {
    hashOf: (source: string) => (source === 'env S' ? undefined : `hash of ${source}`),
    keyHash: () => 'k'
  }
  const spelt = { $secret: 'text' }
  expect(withLiterals({ a: s, b: [spelt, 1], c: { d: spelt, e: null }, f: 'x' }, literals)).toEqual({
    a: { ...s, spelt: null },
    b: [{ ...spelt, spelt: 'hash of text' }, 1],
    c: { d: { ...spelt, spelt: 'hash of text' }, e: null },
    f: 'x'
  })
  expect(spellsOut({ a: [1, { b: spelt }] }, literals)).toBe(true)
  for (const value of [s, { a: s, b: 'x' }, null, 'x', []] as Json[])
    expect(spellsOut(value, literals)).toBe(false)
})
