import { isDeepStrictEqual } from 'node:util'
import type { Rule } from '../state/rule.ts'
import {
  isEmpty,
  isItem,
  isObject,
  isSecret,
  membersOfItems,
  sortedText,
  type Json
} from '../state/value.ts'

/**
 * R5: Normalizes a scalar: the default in place of an empty value, and one case where case does not
 * matter.
 */
export function folded(rule: Extract<Rule, { is: 'scalar' }>, value: Json | undefined): Json | undefined {
  const present = isEmpty(value) ? rule.default : value
  return rule.caseless && typeof present === 'string' ? present.toLowerCase() : present
}

/** R5: Whether two values are equal, where absent, null, "", [] and {} are the same. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return a === b || (isEmpty(a) && isEmpty(b)) || isDeepStrictEqual(a, b)
}

/** Whether all parts of an object are defaults. */
export function meansNothing(rules: Readonly<Record<string, Rule>>, value: Json | undefined): boolean {
  return Object.entries(rules).every(([name, rule]) => {
    const part = isObject(value) ? value[name] : undefined
    if (rule.is === 'unread') return true
    return rule.is === 'scalar' ? isSame(folded(rule, undefined), folded(rule, part)) : isEmpty(part)
  })
}

/** Whether a live value has everything that is stated. Lists are compared without their order. */
export function isSameStated(first: Json | undefined, second: Json | undefined): boolean {
  return (
    (Array.isArray(first) && Array.isArray(second) && sameItems(first, second)) || isSame(first, second)
  )
}

/** Pairs equal items first, then each stated item with one that contains it. */
function sameItems(stated: Json[], live: Json[]): boolean {
  if (stated.length !== live.length) return false
  const left = live.map(comparable)
  const isTaken = (fits: (candidate: Json) => boolean): boolean => {
    const at = left.findIndex(fits)
    if (at !== -1) left.splice(at, 1)
    return at !== -1
  }
  const members = membersOfItems(stated)
  const others = stated
    .filter((item) => !isTaken((candidate) => isDeepStrictEqual(comparable(item), candidate)))
    .map((item) => ({ item, length: sortedText(item).length }))
    .toSorted((a, b) => b.length - a.length)
  return others.every(
    ({ item }) =>
      isObject(item) && isTaken((candidate) => isObject(candidate) && isItem(item, candidate, members))
  )
}

/** Returns a list item without its secrets, which cannot be compared. */
export function comparable(item: Json): Json {
  if (!isObject(item)) return item
  return Object.fromEntries(
    Object.entries(item)
      .filter(([, value]) => !isSecret(value))
      .map(([name, value]) => [name, comparable(value)])
  )
}
