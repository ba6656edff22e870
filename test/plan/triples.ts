import * as fc from 'fast-check'
import type { Field, FieldClass, Rule } from '../../src/state/rule.ts'
import { isObject, isReference, textOf, type Json, type JsonObject } from '../../src/state/value.ts'

/** What files want, what they meant once, and what the service has, of two fields with rules of every sort. */
export interface Triple {
  fields: Record<string, Field>
  wanted: JsonObject
  base: JsonObject
  live: JsonObject
  /** As somebody else may have made it meanwhile. */
  later: JsonObject
}

type Side = 'files' | 'service'

/** A rule, with values that fit it; undefined where nothing is said. */
interface Case {
  rule: Rule
  value: (side: Side) => fc.Arbitrary<Json | undefined>
}

const scalar = fc.constantFrom<Json>('a', 'A', 'b', '', 'd', 1, 0, true, false, null, 'x\ny')
const flat = fc.oneof(scalar, fc.dictionary(fc.constantFrom('a', 'b', 'k'), scalar, { maxKeys: 3 }))
const free: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(flat, { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'k'), tie('value'), { maxKeys: 3 })
  )
})).value
const named = fc.constantFrom('Users', 'Orgs', 'New').map((name): Json => ({ $ref: 'model', name }))
const known = fc
  .constantFrom(['Users', 'u1'], ['Orgs', 'o1'], ['Other', 'z'])
  .map(([name, id]): Json => ({ $ref: 'model', name, id }))
const reference = (side: Side): fc.Arbitrary<Json> => (side === 'files' ? named : known)

/** Ids of names that the service knows. */
export const ids: Readonly<Record<string, string>> = { Users: 'u1', Orgs: 'o1' }

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(value, { nil: undefined, freq: 4 })

const plain: fc.Arbitrary<Case> = fc.oneof(
  fc
    .record(
      { default: fc.constantFrom('d', false), caseless: fc.constant(true), carried: fc.constant(true) },
      { requiredKeys: [] }
    )
    .map((more): Case => ({ rule: { is: 'scalar', ...(more as object) }, value: () => maybe(scalar) })),
  fc.constant<Case>({ rule: { is: 'json' }, value: () => maybe(flat) }),
  fc.constant<Case>({
    rule: { is: 'text', shown: (value) => `${textOf(value).length} letters`, known: textOf },
    value: () => maybe(fc.array(scalar, { minLength: 1, maxLength: 3 }))
  }),
  fc.constant<Case>({ rule: { is: 'reference', kind: 'model' }, value: (side) => maybe(reference(side)) }),
  fc.constant<Case>({ rule: { is: 'unread' }, value: () => maybe(scalar) }),
  fc.constant<Case>({ rule: { is: 'stated' }, value: () => maybe(free) })
)

function objectOf(parts: Record<string, Case>): Case {
  const all = Object.entries(parts)
  return {
    rule: { is: 'object', fields: Object.fromEntries(all.map(([name, { rule }]) => [name, rule])) },
    value: (side) =>
      maybe(fc.record(Object.fromEntries(all.map(([name, one]) => [name, one.value(side)]))).map(said))
  }
}

/** Without what says nothing. */
function said(value: Record<string, Json | undefined>): JsonObject {
  const entries = Object.entries(value).flatMap(([name, inner]): [string, Json][] =>
    inner === undefined ? [] : [[name, inner]]
  )
  return Object.fromEntries(entries)
}

function keyOf(item: Json): string {
  if (isReference(item)) return item.name ?? item.id ?? ''
  return isObject(item)
    ? `${textOf(item['k'])} ${isReference(item['r']) ? item['r'].name : ''}`
    : textOf(item)
}

function setOf({ rule: item, value }: Case, more: object): Case {
  return {
    rule: { is: 'set', key: keyOf, item, ...more },
    value: (side) => {
      const hole = { weight: side === 'files' ? 1 : 0, arbitrary: fc.constant(null) }
      const items = {
        weight: 6,
        arbitrary: value(side).map((one) => one ?? (side === 'files' ? null : 'a'))
      }
      return maybe(fc.array(fc.oneof(items, hole), { maxLength: 4 }))
    }
  }
}

/** Sets that take what the service adds, and sets that do not. */
const openness = fc.constantFrom<object>(
  {},
  {},
  { carried: true },
  { open: () => true },
  { open: (item: Json) => textOf(item).includes('a'), idle: (item: Json) => textOf(item).includes('b') }
)
const item: fc.Arbitrary<Case> = fc.tuple(plain, plain).map(([v, x]) =>
  objectOf({
    k: { rule: { is: 'scalar' }, value: () => fc.constantFrom('a', 'b', 'c') },
    r: { rule: { is: 'reference', kind: 'model' }, value: (side) => maybe(reference(side)) },
    v,
    x
  })
)
const notText = plain.filter(({ rule }) => rule.is !== 'text')
const anyCase: fc.Arbitrary<Case> = fc.oneof(
  plain,
  fc.tuple(plain, plain).map(([a, b]) => objectOf({ a, b })),
  fc.tuple(fc.oneof(notText, item), openness).map(([one, more]) => setOf(one, more)),
  fc.tuple(plain, item, openness).map(([a, one, more]) => objectOf({ a, s: setOf(one, more) })),
  fc.tuple(item, openness, openness).map(([one, inner, outer]) => {
    const k: Case = { rule: { is: 'scalar' }, value: () => fc.constantFrom('a', 'b') }
    return setOf(objectOf({ k, s: setOf(one, inner) }), outer)
  })
)
const owner = fc.constantFrom<FieldClass>('owned', 'owned', 'carried', 'fixed', 'unreadable')

/** Triples in which equal sides are common. */
export const triple: fc.Arbitrary<Triple> = fc
  .tuple(anyCase, anyCase, owner, owner)
  .chain(([f, g, of, og]) => {
    const side = (which: Side): fc.Arbitrary<JsonObject> =>
      fc.record({ f: f.value(which), g: g.value(which) }).map(said)
    return fc
      .record({
        wanted: side('files'),
        base: side('files'),
        live: side('service'),
        later: side('service'),
        same: fc.nat({ max: 5 })
      })
      .map(({ wanted, base, live, later, same }) => ({
        fields: { f: { class: of, rule: f.rule }, g: { class: og, rule: g.rule } },
        wanted,
        base: same === 0 ? wanted : same === 1 ? live : base,
        live,
        later: same === 2 ? { ...live, ...(later['f'] !== undefined && { f: later['f'] }) } : later
      }))
  })
