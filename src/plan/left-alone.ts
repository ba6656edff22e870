import type { Kind } from '../kinds/kind.ts'
import { isSecret, type Json, type JsonObject } from '../state/value.ts'
import type { Unstated } from './diff.ts'

/** What a comparison says nothing about: that nothing differs does not mean that all of it is equal. */

/**
 * R7: values that the service has, no file states, and nobody documents as the default: worth a note, not a
 * difference. What is switched off nobody needs to hear of.
 */
export function notStated(kind: Kind, live: JsonObject, unstated: readonly Unstated[]): string[] {
  return unstated.filter((one) => isWorthANote(kind, live, one)).map(({ node }) => node.text)
}

function isWorthANote(kind: Kind, fields: JsonObject, { node, live }: Unstated): boolean {
  const [name = '', ...rest] = node.at.map(String)
  if (node.isItem) return true
  if (kind.fields[name]?.class !== 'carried' || rest.length > 1 || live === false) return false
  return kind.isDefault?.(fields, [name, ...rest]) !== true
}

/**
 * Secrets that the files had at the base, and have no longer: the service keeps them, and its answers do not
 * tell. In a list, the item itself differs.
 */
export function noLongerStated(atBase: JsonObject, wanted: JsonObject): string[] {
  const stated = new Set(secretPaths(wanted))
  return secretPaths(atBase).filter((path) => !stated.has(path) && !path.includes('['))
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
