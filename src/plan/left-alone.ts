import { unansweredFields, type Kind } from '../kinds/kind.ts'
import type { Path } from '../state/resource.ts'
import { isEmpty, isObject, isSecret, type Json, type JsonObject } from '../state/value.ts'
import type { Unstated } from './diff.ts'

/** What a comparison says nothing about: that nothing differs does not mean that all of it is equal. */

/**
 * R7: values that the service has, no file states, and nobody documents as the default: worth a note, not a
 * difference. What is switched off nobody needs to hear of. What the files stated at the base is always worth
 * one: that they no longer do changes nothing in the service.
 */
export function notStated(
  kind: Kind,
  live: JsonObject,
  unstated: readonly Unstated[],
  atBase: JsonObject = {}
): string[] {
  return unstated
    .filter((one) => isWorthANote(kind, live, one) || !isEmpty(valueAt(atBase, one.node.at)))
    .map(({ node }) => node.text)
}

function isWorthANote(kind: Kind, fields: JsonObject, { node, live }: Unstated): boolean {
  const [name = '', ...rest] = node.at.map(String)
  if (node.isItem) return true
  if (kind.fields[name]?.class !== 'carried' || rest.length > 1 || live === false) return false
  return kind.isDefault?.(fields, [name, ...rest]) !== true
}

/** Items of lists have no place of their own: only what is named all the way is found. */
function valueAt(fields: JsonObject, path: Path): Json | undefined {
  return path.reduce<Json | undefined>(
    (value, part) => (isObject(value) && typeof part === 'string' ? value[part] : undefined),
    fields
  )
}

/**
 * What the files stated at the base and do no longer, and the service never answers: it keeps it all the
 * same. In a list, the item itself differs.
 */
export function noLongerStated(kind: Kind, atBase: JsonObject, wanted: JsonObject): string[] {
  const stated = new Set(uncomparable(kind, wanted))
  return uncomparable(kind, atBase).filter((path) => !stated.has(path) && !path.includes('['))
}

/** What the files state and nobody can compare: secrets, and fields that the service never answers. */
export function uncomparable(kind: Kind, fields: JsonObject): string[] {
  const unread = unansweredFields(kind).filter((name) => !isEmpty(fields[name]) && !isSecret(fields[name]))
  return [...secretPaths(fields), ...unread]
}

/** Where the files have secrets: the service never answers them, so nobody can compare them. */
export function secretPaths(value: Json): string[] {
  const found: string[] = []
  const path: string[] = []
  const walk = (inner: Json | undefined): void => {
    if (typeof inner !== 'object' || inner === null) return
    if (isSecret(inner)) found.push(path.join('').replace(/^\./, ''))
    else if (Array.isArray(inner)) for (const [at, item] of inner.entries()) step(`[${at + 1}]`, item)
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
