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

/** R5: a scalar with its default in place of nothing, in one case where case does not matter. */
export function folded(rule: Extract<Rule, { is: 'scalar' }>, value: Json | undefined): Json | undefined {
  const present = isEmpty(value) ? rule.default : value
  return rule.caseless && typeof present === 'string' ? present.toLowerCase() : present
}

/** R5: absent, null, "", [] and {} are the same. */
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

/** Whether a value says what is stated: lists have no order there. */
export function isSameStated(first: Json | undefined, second: Json | undefined): boolean {
  return (
    (Array.isArray(first) && Array.isArray(second) && sameItems(first, second)) || isSame(first, second)
  )
}

/** Equal items first; then those that say all that is stated, for a live one may say more. */
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

/** A secret inside a list item is not compared: the item is known by its other parts. */
export function comparable(item: Json): Json {
  if (!isObject(item)) return item
  return Object.fromEntries(
    Object.entries(item)
      .filter(([, value]) => !isSecret(value))
      .map(([name, value]) => [name, comparable(value)])
  )
}
