import type { Rule } from '../state/rule.ts'
import { isEmpty, isObject, isSecret, type Json, type JsonObject } from '../state/value.ts'
import { valueAt, withoutAbsent } from './fields.ts'
import type { Kind } from './kind.ts'

/**
 * Returns the fields that files must have for a live resource, without defaults and empty values. A
 * resource that is declared with these must not differ from the live one.
 */
export function essential(kind: Kind, live: JsonObject): JsonObject {
  const { required } = kind.schema
  const needed = new Set(Array.isArray(required) ? required : [])
  const kept = Object.entries(kind.fields).map(([name, { rule }]) => {
    const value = live[name]
    if (value === undefined) return [name, undefined] as const
    if (needed.has(name))
      return [name, shortened(rule, value) ?? (Array.isArray(value) ? [] : value)] as const
    if (kind.isDefault?.(live, [name]) === true) return [name, undefined] as const
    return [
      name,
      rule.is === 'stated' ? statable(kind, live, name, value) : shortened(rule, value)
    ] as const
  })
  const fields = withoutAbsent(Object.fromEntries(kept))
  return kind.condensed?.(fields, live) ?? fields
}

/** Returns a value without its defaults; undefined if nothing is left. */
export function shortened(rule: Rule, value: Json | undefined): Json | undefined {
  if (value === undefined || value === null || isSecret(value)) return value ?? undefined
  switch (rule.is) {
    case 'scalar':
      return isEmpty(value) || isSame(rule, value) ? undefined : value
    case 'stated':
      return withoutNothing(value)
    case 'object':
      return isObject(value) ? shortenedParts(rule.fields, value) : value
    case 'set': {
      if (!Array.isArray(value)) return value
      const items = value.filter((item) => item !== null && rule.idle?.(item) !== true)
      if (items.length === 0) return undefined
      // Items with equal keys are told apart by all of their members, so none may be left out.
      const isClear = new Set(items.map(rule.key)).size === items.length
      return isClear ? items.map((item) => shortenedItem(rule.item, item)) : items
    }
    case 'json':
    case 'text':
    case 'reference':
    case 'unread':
      return value
  }
}

/** Shortens an item of a set, but never to nothing: it must stay in the list. */
function shortenedItem(rule: Rule, item: Json): Json {
  return rule.is === 'object' ? (shortened(rule, item) ?? {}) : (withoutNothing(item) ?? item)
}

/** Shortens members that have a rule. The others are keys of the item, and must stay. */
function shortenedParts(rules: Readonly<Record<string, Rule>>, value: JsonObject): JsonObject | undefined {
  const parts = Object.entries(value).map(([name, part]) => {
    const rule = rules[name]
    return [name, rule ? shortened(rule, part) : part] as const
  })
  const whole = withoutAbsent(Object.fromEntries(parts))
  return isEmpty(whole) ? undefined : whole
}

function isSame(rule: Extract<Rule, { is: 'scalar' }>, value: Json): boolean {
  const { default: unset, caseless } = rule
  if (caseless && typeof value === 'string' && typeof unset === 'string')
    return value.toLowerCase() === unset.toLowerCase()
  return value === unset
}

/** Returns the settings that files may state and that differ from their defaults. */
function statable(kind: Kind, live: JsonObject, name: string, value: Json): Json | undefined {
  if (!isObject(value)) return value
  const detail = kind.detail?.(live)
  const known = detail?.path[0] === name ? detail.schema : undefined
  const stated = Object.entries(value).filter(([key]) => kind.isDefault?.(live, [name, key]) !== true)
  return withoutNothing(fitting(known, Object.fromEntries(stated)))
}

/** Drops members that the schema does not have, at any depth. */
function fitting(schema: Json | undefined, value: Json): Json {
  if (Array.isArray(value)) return value.map((item) => fitting(valueAt(schema, ['items']), item))
  const properties = valueAt(schema, ['properties'])
  if (!isObject(value) || !isObject(properties)) return value
  const known = Object.entries(value).filter(([key]) => Object.hasOwn(properties, key))
  return Object.fromEntries(known.map(([key, inner]) => [key, fitting(properties[key], inner)]))
}

/** Drops empty members, at any depth; undefined if nothing is left. */
function withoutNothing(value: Json): Json | undefined {
  if (!isObject(value) || isSecret(value)) return isEmpty(value) ? undefined : value
  const parts = Object.entries(value).map(([name, inner]) => [name, withoutNothing(inner)] as const)
  const whole = withoutAbsent(Object.fromEntries(parts))
  return isEmpty(whole) ? undefined : whole
}
