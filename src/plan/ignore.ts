import type { Kind } from '../kinds/kind.ts'
import type { Rule } from '../state/rule.ts'
import { isObject, type Json, type JsonObject } from '../state/value.ts'

/**
 * Returns the wanted fields with the live value at each ignored path: neither the comparison nor the body
 * that is sent changes it then.
 */
export function withIgnored(
  wanted: JsonObject,
  ignored: readonly string[],
  live: JsonObject,
  kind: Kind
): JsonObject {
  if (ignored.length === 0) return wanted
  const fields: JsonObject = structuredClone(wanted)
  for (const path of ignored) {
    const [head = '', ...rest] = partsOf(path)
    for (const [name, field] of Object.entries(kind.fields))
      if (name === head || (field.with === head && name in fields))
        take(fields, live, [name, ...rest], { is: 'object', fields: { [name]: field.rule } })
  }
  const heads = new Set(ignored.flatMap((path) => partsOf(path).slice(0, 1)))
  return kind.settled?.(fields, live, heads) ?? fields
}

/**
 * Splits a path. `fields.[Email].source` and `fields[Email].source` are the same; dots and brackets
 * inside of brackets belong to the key.
 */
function partsOf(path: string): string[] {
  const parts: string[] = []
  let part = ''
  let depth = 0
  const end = () => {
    if (part !== '') parts.push(part)
    part = ''
  }
  for (const letter of path) {
    if (depth === 0 && (letter === '.' || letter === '[')) end()
    if (letter === '[') depth += 1
    if (letter === ']') depth -= 1
    if (letter !== '.' || depth > 0) part += letter
  }
  end()
  return parts
}

function take(to: Json, from: Json | undefined, parts: readonly string[], rule: Rule | undefined): void {
  const [head, ...rest] = parts
  if (head === undefined) return
  if (Array.isArray(to)) takeItem(to, Array.isArray(from) ? from : [], head, rest, rule)
  else if (isObject(to)) {
    const value = isObject(from) ? from[head] : undefined
    const inner = to[head]
    if (rest.length > 0) {
      if (inner !== undefined) take(inner, value, rest, rule?.is === 'object' ? rule.fields[head] : rule)
    } else if (value === undefined) delete to[head]
    else to[head] = value
  }
}

/**
 * Copies one item, which its key in brackets names, from the live list. A missing one leaves a hole, so
 * that the others keep their positions.
 */
function takeItem(
  to: Json[],
  from: readonly Json[],
  name: string,
  rest: readonly string[],
  rule: Rule | undefined
): void {
  if (rule?.is !== 'set') return
  const { group } = rule
  const isOfGroup = (item: Json): boolean =>
    item !== null && group !== undefined && name === `[*${group(item)}]`
  if (rest.length === 0 && [...to, ...from].some(isOfGroup)) {
    for (const [at, item] of to.entries()) if (isOfGroup(item)) to[at] = null
    to.push(...from.filter(isOfGroup))
    return
  }
  const isCaseless = rule.item.is === 'reference' && rule.item.caseless === true
  const fold = (text: string): string => (isCaseless ? text.toLowerCase() : text)
  const wanted = fold(name)
  const isNamed = (item: Json): boolean => item !== null && fold(`[${rule.key(item)}]`) === wanted
  const at = to.findIndex(isNamed)
  const value = from.find(isNamed)
  const inner = to[at]
  if (rest.length > 0) {
    if (inner !== undefined) take(inner, value, rest, rule.item)
  } else if (at === -1) {
    if (value !== undefined) to.push(value)
  } else to[at] = value ?? null
}
