import { isDeepStrictEqual } from 'node:util'
import { compareText, type Span } from '../diagnostics/diagnostic.ts'
import type { Path } from '../state/resource.ts'
import type { Field, FieldClass, Rule } from '../state/rule.ts'
import {
  isEmpty,
  isItem,
  isObject,
  isReference,
  isSecret,
  membersOfItems,
  sortedText,
  type Json,
  type JsonObject,
  type Reference
} from '../state/value.ts'
import type { FieldChange } from './plan.ts'
import { sameText, shown } from './shown.ts'

/** What comparing needs to know beside the two sides. */
export interface DiffContext {
  /** The id that a reference stands for; undefined when it is still to be made. */
  idOf(reference: Reference): string | undefined
  spanAt(path: Path): Span
}

/** What differs between the two sides of one resource. */
export interface Difference {
  fields: FieldChange[]
  /** How many compared fields are equal. */
  unchanged: number
}

/**
 * Compares the fields of one resource, both sides in the normal form, rule by rule, in the order in which
 * the kind lists them.
 */
export function diff(
  rules: Readonly<Record<string, Field>>,
  wanted: JsonObject,
  live: JsonObject,
  context: DiffContext
): Difference {
  const fields: FieldChange[] = []
  let unchanged = 0
  const whole = { ...context, wanted }
  for (const [name, { class: owner, rule }] of Object.entries(rules)) {
    if (!isManaged(owner, name, wanted)) continue
    const found = compare(rule, wanted[name], live[name], { path: [name], at: [name] }, whole)
    fields.push(...found)
    if (found.length === 0 && !isEmpty(wanted[name])) unchanged += 1
  }
  return { fields, unchanged }
}

/** Whether the files decide about a field: always, or because they state it. */
export function isManaged(owner: FieldClass, name: string, wanted: JsonObject): boolean {
  return owner === 'owned' || owner === 'fixed' || (owner === 'carried' && name in wanted)
}

/** Everything that a new resource states, as additions. */
export function additions(
  rules: Readonly<Record<string, Field>>,
  wanted: JsonObject,
  context: DiffContext
): FieldChange[] {
  return Object.entries(rules).flatMap(([name, { rule }]) =>
    stated(rule, wanted[name], { path: [name], at: [name] }, context)
  )
}

/** Some rules depend on what else the resource is to be. */
type Comparing = DiffContext & { wanted: JsonObject }

interface Place {
  /** As people read it: items of sets by key. */
  path: string[]
  /** As the files have it: items by position. */
  at: (string | number)[]
}

function below(place: Place, part: string, at: string | number = part): Place {
  return { path: [...place.path, part], at: [...place.at, at] }
}

function compare(
  rule: Rule,
  wanted: Json | undefined,
  live: Json | undefined,
  place: Place,
  context: Comparing
): FieldChange[] {
  switch (rule.is) {
    case 'unread':
      return []
    case 'scalar':
      if (rule.carried && wanted === undefined) return []
      return same(folded(rule, wanted), folded(rule, live)) ? [] : [change(wanted, live, place, context)]
    case 'json':
      return same(wanted, live) ? [] : [change(wanted, live, place, context)]
    case 'text':
      return sameText(rule, wanted && resolved(wanted, context), live && resolved(live, context))
        ? []
        : [change(shown(rule, wanted), shown(rule, live), place, context)]
    case 'reference':
      return sameReference(wanted, live, context) ? [] : [change(wanted, live, place, context)]
    case 'object':
      return compareObject(rule.fields, wanted, live, place, context)
    case 'stated':
      // An empty whole states nothing; an empty part means to clear that part.
      if (isObject(wanted) && isEmpty(wanted)) return []
      return compareStated(wanted, live, place, context)
    case 'set':
      if (rule.carried && wanted === undefined) return []
      return compareSet(rule, wanted, live, place, context)
  }
}

/** A scalar with its default in place of nothing, in one case where case does not matter. */
export function folded(rule: Extract<Rule, { is: 'scalar' }>, value: Json | undefined): Json | undefined {
  const present = isEmpty(value) ? rule.default : value
  return rule.caseless && typeof present === 'string' ? present.toLowerCase() : present
}

function same(a: Json | undefined, b: Json | undefined): boolean {
  return (isEmpty(a) && isEmpty(b)) || isDeepStrictEqual(a, b)
}

function sameReference(wanted: Json | undefined, live: Json | undefined, context: DiffContext): boolean {
  if (!isReference(wanted) || !isReference(live)) return isEmpty(wanted) && isEmpty(live)
  const id = context.idOf(wanted)
  return id !== undefined && id === context.idOf(live)
}

function compareObject(
  rules: Readonly<Record<string, Rule>>,
  wanted: Json | undefined,
  live: Json | undefined,
  place: Place,
  context: Comparing
): FieldChange[] {
  const there = isObject(live) ? live : {}
  // A whole that is only on one side is one change, not as many as it has parts.
  if (isEmpty(wanted) && !isEmpty(live) && place.path.length === 1)
    return meansNothing(rules, there) ? [] : [change(undefined, live, place, context)]
  const here = isObject(wanted) ? wanted : {}
  return Object.entries(rules).flatMap(([name, rule]) =>
    compare(rule, here[name], there[name], below(place, name), context)
  )
}

/** All parts are defaults. */
function meansNothing(rules: Readonly<Record<string, Rule>>, live: JsonObject): boolean {
  return Object.entries(rules).every(
    ([name, rule]) =>
      rule.is === 'unread' ||
      (rule.is === 'scalar' ? same(folded(rule, undefined), folded(rule, live[name])) : isEmpty(live[name]))
  )
}

/** Only what is stated is compared, at any depth; secrets are not. */
function compareStated(
  wanted: Json | undefined,
  live: Json | undefined,
  place: Place,
  context: DiffContext
): FieldChange[] {
  if (isSecret(wanted) || wanted === undefined) return []
  if (isObject(wanted) && (isObject(live) || isEmpty(live)) && !isEmpty(wanted)) {
    const there = isObject(live) ? live : {}
    return Object.entries(wanted).flatMap(([name, value]) =>
      compareStated(value, there[name], below(place, name), context)
    )
  }
  if (Array.isArray(wanted) && Array.isArray(live) && sameItems(wanted, live)) return []
  return same(wanted, live) ? [] : [change(wanted, live, place, context)]
}

/** Equal items first; then those that say all that is stated, for a live one may say more. */
function sameItems(wanted: Json[], live: Json[]): boolean {
  if (wanted.length !== live.length) return false
  const left = live.map(comparable)
  const isTaken = (fits: (candidate: Json) => boolean): boolean => {
    const at = left.findIndex(fits)
    if (at !== -1) left.splice(at, 1)
    return at !== -1
  }
  const members = membersOfItems(wanted)
  const others = wanted
    .filter((item) => !isTaken((candidate) => isDeepStrictEqual(comparable(item), candidate)))
    .toSorted((a, b) => sortedText(b).length - sortedText(a).length)
  return others.every(
    (item) =>
      isObject(item) && isTaken((candidate) => isObject(candidate) && isItem(item, candidate, members))
  )
}

/** A secret inside a list item is not compared: the item is known by its other parts. */
export function comparable(item: Json): Json {
  if (!isObject(item)) return item
  return Object.fromEntries(
    Object.entries(item)
      .filter(([, value]) => !isSecret(value))
      .map(([name, value]) => [name, comparable(value)])
  )
}

function compareSet(
  rule: Extract<Rule, { is: 'set' }>,
  wanted: Json | undefined,
  live: Json | undefined,
  place: Place,
  context: Comparing
): FieldChange[] {
  const here = keyed(rule, wanted, context)
  const there = keyed(rule, live, context)
  const keys = [...new Set([...here.keys(), ...there.keys()])].toSorted((a, b) => compareText(a, b))
  return keys.flatMap((key) => {
    const mine = here.get(key)
    const theirs = there.get(key)
    if (!mine && theirs && rule.open?.(theirs.item, context.wanted) === true) return []
    const spot = below(place, `[${mine?.key ?? theirs?.key ?? key}]`, mine?.index ?? -1)
    if (!mine || !theirs) return [change(mine?.item, theirs?.item, spot, context)]
    return compare(rule.item, mine.item, theirs.item, spot, context)
  })
}

/** An item of a set: the key that people read, and its place in the list. */
export interface Keyed {
  key: string
  item: Json
  index: number
}

/**
 * Items are paired by their key, with ids in place of the names of what they refer to: a resource may have
 * two names, that of the files and that of the service. Items with the same key are told apart by what else
 * they say; those that say nothing else are one.
 */
export function keyed(
  rule: Extract<Rule, { is: 'set' }>,
  value: Json | undefined,
  context: DiffContext
): Map<string, Keyed> {
  const items = (Array.isArray(value) ? value : [])
    .map((item, index) => ({ item, index, said: resolved(item, context) }))
    .filter(({ item }) => item !== null)
    // Each text is made once: a comparator is asked more often than there are items.
    .map((one) => ({ ...one, text: sortedText(one.said) }))
    .toSorted((a, b) => compareText(a.text, b.text))
  const found = new Map<string, Keyed>()
  const met = new Map<string, number>()
  const saysNoMore = rule.item.is === 'scalar' || rule.item.is === 'reference'
  for (const { item, index, said } of items) {
    const pairing = rule.key(said)
    const count = (met.get(pairing) ?? 0) + 1
    if (saysNoMore && count > 1) continue
    met.set(pairing, count)
    const key = count === 1 ? rule.key(item) : `${rule.key(item)} (${count})`
    found.set(`${pairing}\n${count}`, { key, item, index })
  }
  return found
}

/** Ids in place of names, where they are known. */
export function resolved(value: Json, context: DiffContext): Json {
  if (isReference(value)) {
    return { $ref: value.$ref, name: context.idOf(value) ?? `name ${value.name ?? ''}` }
  }
  if (Array.isArray(value)) return value.map((inner) => resolved(inner, context))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, resolved(inner, context)]))
}

function change(
  wanted: Json | undefined,
  live: Json | undefined,
  place: Place,
  context: DiffContext
): FieldChange {
  const how = isEmpty(live) ? 'added' : isEmpty(wanted) ? 'removed' : 'changed'
  const long = [wanted, live].some(
    (value) => typeof value === 'string' && (value.includes('\n') || value.length > 120)
  )
  return {
    path: place.path,
    how,
    ...(live === undefined ? {} : { before: live }),
    ...(wanted === undefined ? {} : { after: wanted }),
    ...(long ? { long: true as const } : {}),
    span: context.spanAt(place.at)
  }
}

function stated(rule: Rule, wanted: Json | undefined, place: Place, context: DiffContext): FieldChange[] {
  if (isEmpty(wanted)) return []
  if (rule.is === 'text') return [change(shown(rule, wanted), undefined, place, context)]
  if (rule.is === 'object' && isObject(wanted)) {
    return Object.entries(rule.fields).flatMap(([name, part]) =>
      stated(part, wanted[name], below(place, name), context)
    )
  }
  if (rule.is === 'stated' && isObject(wanted) && !isSecret(wanted)) {
    return Object.entries(wanted).flatMap(([name, value]) =>
      stated({ is: 'stated' }, value, below(place, name), context)
    )
  }
  if (
    rule.is === 'set' &&
    Array.isArray(wanted) &&
    rule.item.is !== 'scalar' &&
    rule.item.is !== 'reference'
  ) {
    return wanted.flatMap((item, index) =>
      item === null ? [] : [change(item, undefined, below(place, `[${rule.key(item)}]`, index), context)]
    )
  }
  return [change(wanted, undefined, place, context)]
}
