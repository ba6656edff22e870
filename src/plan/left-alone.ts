import { unansweredFields, type Kind } from '../kinds/kind.ts'
import type { Path } from '../state/resource.ts'
import { isEmpty, isObject, isSecret, type Json, type JsonObject } from '../state/value.ts'
import type { Unstated } from './diff.ts'
import { pathText } from './path-node.ts'
import type { Words } from './wording.ts'

/**
 * What a comparison leaves out. "Nothing differs" does not mean that everything is equal, so the plan
 * says this too.
 */

/**
 * R7: Returns the paths of live values that no file states and that differ from the documented default.
 * They are worth a note and are no difference. Values that mean "off" are left out, except where the
 * files stated them at the base: that they no longer do changes nothing in the service.
 */
export function notStated(
  kind: Kind,
  live: JsonObject,
  unstated: readonly Unstated[],
  atBase: JsonObject = {},
  words?: Words
): string[] {
  return unstated
    .filter((one) => isWorthANote(kind, live, one) || !isEmpty(valueAt(atBase, one.node.at)))
    .map(({ node }) => pathText(words?.path(node.path) ?? node.path))
}

function isWorthANote(kind: Kind, fields: JsonObject, { node, live }: Unstated): boolean {
  const [name = '', ...rest] = node.at.map(String)
  if (node.isItem) return true
  if (kind.fields[name]?.class !== 'carried' || rest.length > 1 || live === false) return false
  return kind.isDefault?.(fields, [name, ...rest]) !== true
}

/** Returns the value at a path of names. Items of lists are not found: their position may change. */
function valueAt(fields: JsonObject, path: Path): Json | undefined {
  return path.reduce<Json | undefined>(
    (value, part) => (isObject(value) && typeof part === 'string' ? value[part] : undefined),
    fields
  )
}

/**
 * Returns the paths that the files stated at the base and state no more, and whose values the service
 * never answers: it keeps them. For a list, a difference in an item counts.
 */
export function noLongerStated(kind: Kind, atBase: JsonObject, wanted: JsonObject): string[] {
  const stated = new Set(uncomparable(kind, wanted))
  return uncomparable(kind, atBase).filter((path) => !stated.has(path) && !path.includes('['))
}

/**
 * Returns the paths of stated values that cannot be compared: secrets, and fields that the service never
 * answers.
 */
export function uncomparable(kind: Kind, fields: JsonObject): string[] {
  const unread = unansweredFields(kind).filter((name) => !isEmpty(fields[name]) && !isSecret(fields[name]))
  return [...secretPaths(fields), ...unread]
}

/** Returns the paths of secrets in a value. The service never answers them, so they cannot be compared. */
export function secretPaths(value: Json): string[] {
  const found: string[] = []
  const path: string[] = []
  const walk = (inner: Json | undefined): void => {
    if (typeof inner !== 'object' || inner === null) return
    if (isSecret(inner)) found.push(path.join('').replace(/^\./, ''))
    else if (Array.isArray(inner)) for (const [at, item] of inner.entries()) step(`[${at}]`, item)
    else for (const key of Object.keys(inner)) step(`.${key}`, inner[key])
  }
  const step = (part: string, inner: Json | undefined): void => {
    if (typeof inner !== 'object' || inner === null) return
    path.push(part)
    walk(inner)
    path.pop()
  }
  walk(value)
  return found
}
