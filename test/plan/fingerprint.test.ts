import { describe, expect, test } from 'vitest'
import type { Kind } from '../../src/kinds/kind.ts'
import { fingerprint, fingerprintOfAll, movedPaths } from '../../src/plan/fingerprint.ts'
import type { Rule } from '../../src/state/rule.ts'
import { textOf, type Json, type JsonObject } from '../../src/state/value.ts'
import { at } from '../render/builders.ts'
import { gadget } from '../support/small-kind.ts'

/** What a comparison looks at, for each rule: a move of that counts, and of nothing else. */

const scalar: Rule = { is: 'scalar' }
const keyOf = (item: Json): string => textOf((item as JsonObject)['k'] ?? '')
const item: Rule = { is: 'object', fields: { k: scalar, v: scalar } }
const part: Rule = {
  is: 'object',
  fields: {
    a: scalar,
    kept: { is: 'scalar', carried: true },
    secret: { is: 'unread' },
    some: { is: 'set', key: keyOf, item, carried: true }
  }
}
const kind: Kind = {
  ...gadget,
  fields: {
    plain: { class: 'owned', rule: scalar },
    carried: { class: 'carried', rule: scalar },
    hidden: { class: 'unreadable', rule: scalar },
    json: { class: 'owned', rule: { is: 'json' } },
    part: { class: 'owned', rule: part },
    free: { class: 'carried', rule: { is: 'stated' } },
    set: { class: 'owned', rule: { is: 'set', key: keyOf, item } },
    open: {
      class: 'owned',
      rule: { is: 'set', key: keyOf, item, open: (one) => keyOf(one).startsWith('own') }
    }
  },
  api: { ...gadget.api, parts: [{ key: 'json', field: 'json', paths: () => [] }] }
}
const context = { idOf: () => undefined, spanAt: () => at('configs/a.yaml', 1) }

/** Paths at which two readings differ, as far as what is wanted makes them compared. */
function moved(before: JsonObject, now: JsonObject, wanted: JsonObject = {}): string[] {
  const look = (live: JsonObject) => fingerprint(kind, wanted, live, context)
  return movedPaths(look(before), look(now))
}

test('an owned field counts whatever is wanted, a carried one where it is stated', () => {
  expect(moved({ plain: 1 }, { plain: 2 })).toEqual(['plain'])
  expect(moved({ plain: 1 }, {})).toEqual(['plain'])
  expect(moved({ plain: '' }, { plain: null })).toEqual([])
  expect(moved({ carried: 1 }, { carried: 2 })).toEqual([])
  expect(moved({ carried: 1 }, { carried: 2 }, { carried: 1 })).toEqual(['carried'])
  expect(moved({ hidden: 1 }, { hidden: 2 }, { hidden: 1 })).toEqual([])
})

test('any JSON counts as a whole, and its lists have no order', () => {
  expect(moved({ json: [1, 2, { b: [3, 4], a: 1 }] }, { json: [{ a: 1, b: [4, 3] }, 2, 1] })).toEqual([])
  expect(moved({ json: [1, 2] }, { json: [2, 3] })).toEqual(['json'])
  expect(moved({ json: [3, 1, 2] }, { json: [2, 3, 1] })).toEqual([])
})

test('each part of an object counts by itself, by its own rule', () => {
  const before = { part: { a: 1, kept: 1, secret: 1, some: [{ k: 'x', v: 1 }] } }
  const now = { part: { a: 2, kept: 2, secret: 2, some: [{ k: 'x', v: 2 }] } }
  expect(moved(before, now)).toEqual(['part.a'])
  expect(moved(before, now, { part: { kept: 1 } })).toEqual(['part.a', 'part.kept'])
  expect(moved(before, now, { part: { some: [{ k: 'x', v: 1 }] } })).toEqual(['part.a', 'part.some[x].v'])
  expect(moved({ part: { a: 1 } }, {})).toEqual(['part.a'])
})

test('of free keys those that are stated count, at any depth, and no secret', () => {
  const before = { free: { a: 1, b: { c: 1, d: 1 }, e: 1 } }
  const now = { free: { a: 2, b: { c: 2, d: 2 }, e: 2 } }
  expect(moved(before, now, { free: {} })).toEqual([])
  expect(moved(before, now, { free: { a: 0 } })).toEqual(['free.a'])
  expect(moved(before, now, { free: { b: { d: 0 } } })).toEqual(['free.b.d'])
  expect(moved(before, now, { free: { e: { $secret: 'env E' } } })).toEqual([])
})

describe('items of sets', () => {
  const x = { k: 'x', v: 1 }
  const y = { k: 'y', v: 1 }
  const own = { k: 'own', v: 1 }

  test('count by their keys, in any order', () => {
    expect(moved({ set: [x, y] }, { set: [y, x] }, { set: [x] })).toEqual([])
    expect(moved({ set: [x] }, { set: [{ ...x, v: 2 }] }, { set: [x] })).toEqual(['set[x].v'])
    // Of what is not wanted, all counts.
    expect(moved({ set: [x] }, { set: [{ ...x, v: 2 }] })).toEqual(['set[x]'])
    expect(moved({ set: [x] }, { set: [x, y] }, { set: [x] })).toEqual(['set[y]'])
    expect(moved({ set: [x, y] }, { set: [x] }, { set: [x, y] })).toEqual(['set[y]'])
    expect(moved({ set: [{ k: 'x' }] }, { set: [] }, { set: [x] })).toEqual(['set[x]'])
  })

  test('of an open set count as far as they are wanted, or not the service’s own', () => {
    expect(moved({ open: [x] }, { open: [x, own] }, { open: [x] })).toEqual([])
    expect(moved({ open: [own] }, { open: [] }, { open: [own] })).toEqual(['open[own]'])
    expect(moved({ open: [x] }, { open: [x, y] }, { open: [x] })).toEqual(['open[y]'])
    expect(moved({ open: [y] }, { open: [{ ...y, v: 2 }] }, { open: [x] })).toEqual([])
    expect(moved({ open: [x] }, { open: [{ ...x, v: 2 }] }, { open: [x] })).toEqual(['open[x].v'])
  })
})

test('for what is to be deleted everything counts, but what cannot be read, or takes further answers', () => {
  const look = (live: JsonObject) => fingerprintOfAll(kind, live, context)
  const before = { plain: 1, carried: 1, hidden: 1, json: 1, free: { a: [1, 2] }, set: [] }
  expect([...look(before).keys()]).toEqual(['plain', 'carried', 'free'])
  expect(movedPaths(look(before), look({ ...before, hidden: 2, json: 2, free: { a: [2, 1] } }))).toEqual([])
  expect(movedPaths(look(before), look({ ...before, carried: 2, free: { a: [1, 3] } }))).toEqual([
    'carried',
    'free'
  ])
})
