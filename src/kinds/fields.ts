import type { Path } from '../state/resource.ts'
import {
  isEmpty,
  isItem,
  isObject,
  isReference,
  isSecret,
  membersOfItems,
  naming,
  reference,
  textOf,
  type Json,
  type JsonObject
} from '../state/value.ts'
import type { FromWire, ToWire, ToYaml } from './kind.ts'

/** Functions on values that kinds share: names to references, references to ids, merging, masks. */

/** Drops keys whose value is undefined. */
export function withoutAbsent(fields: { [name: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined)
  )
}

/** Converts a list of names to references. Null and undefined stay, because they mean different things. */
export function references(kind: string, names: Json | undefined): Json | undefined {
  return Array.isArray(names) ? names.map((name) => reference(kind, textOf(name))) : names
}

/** Converts a name to a reference; undefined for anything else. */
export function optionalReference(kind: string, name: Json | undefined): Json | undefined {
  return typeof name === 'string' ? reference(kind, name) : undefined
}

/** Converts a reference to the name that files use. */
export function toName(value: Json | undefined, context: ToYaml): Json | undefined {
  return isReference(value) ? context.nameOf(value) : value
}

/** Converts a list of references to names. Null and undefined stay. */
export function toNames(value: Json | undefined, context: ToYaml): Json | undefined {
  return Array.isArray(value) ? value.map((item) => toName(item, context) ?? item) : value
}

/** Returns the key of a reference in a set: its name, or its id if the name is not known. */
export function referenceKey(item: Json): string {
  return isReference(item) ? (item.name ?? item.id ?? '') : textOf(item)
}

/** Converts a reference to the id that the service expects. */
export function toId(value: Json | undefined, context: ToWire): Json | undefined {
  return isReference(value) ? context.id(value) : undefined
}

/** Converts a list of references to ids. Null, which clears the list, becomes an empty one. */
export function toIds(value: Json | undefined, context: ToWire): Json | undefined {
  if (value === undefined) return undefined
  return Array.isArray(value) ? value.filter(isReference).map((item) => context.id(item)) : []
}

/** Drops null items of a list: they keep positions of other items, and must not be sent. */
export function withoutHoles(value: Json | undefined): Json | undefined {
  return Array.isArray(value) ? value.filter((item) => item !== null) : value
}

/** Returns the items of a list that are mappings. */
export function list(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** Returns the ids of an answer: of a list of texts, or of mappings with an `id`. */
export function idsOf(value: Json | undefined): string[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item) => {
    const id = isObject(item) ? item.id : item
    return typeof id === 'string' ? [id] : []
  })
}

/** Returns ids of an answer as uses of a kind, without values that are no ids. */
export function usesOf(kind: string, ids: readonly (Json | undefined)[]): { kind: string; id: string }[] {
  return ids.flatMap((id) => (typeof id === 'string' && id !== '' ? [{ kind, id }] : []))
}

/** Converts an id of an answer to a reference. */
export function fromId(kind: string, id: Json | undefined, context: FromWire): Json | undefined {
  return typeof id === 'string' && id !== '' ? context.reference(kind, id) : undefined
}

/** Drops empty values. The service refuses some bodies with an empty text. */
export function withoutEmpty(fields: { [name: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, Json] => !isEmpty(entry[1]))
  )
}

/**
 * Converts empty values of YAML, which clear a setting. A create has nothing to clear, so they are dropped;
 * for an update they become null, which tells `overlay` to remove the live value.
 */
export function withoutCleared(value: Json, creating: boolean): Json {
  if (!isObject(value) || isSecret(value)) return value
  const entries = Object.entries(value).flatMap(([name, inner]): [string, Json][] => {
    if (isEmpty(inner)) return creating ? [] : [[name, null]]
    return [[name, withoutCleared(inner, creating)]]
  })
  return Object.fromEntries(entries)
}

/**
 * Merges stated keys over live ones, recursively; null removes a key. A list is the stated one, but its
 * items keep live members that are not stated.
 */
export function overlay(live: JsonObject, wanted: JsonObject): JsonObject {
  const merged: JsonObject = { ...live }
  for (const [name, value] of Object.entries(wanted)) {
    const before = merged[name]
    if (value === null) delete merged[name]
    else if (isObject(value) && !isSecret(value))
      merged[name] = overlay(isObject(before) ? before : {}, value)
    else merged[name] = filled(value, before)
  }
  return merged
}

/** Adds live members to a stated value inside of a list. */
function filled(value: Json, live: Json | undefined): Json {
  if (Array.isArray(value) && Array.isArray(live)) {
    const members = membersOfItems(value)
    const pairs = pairedItems(value, live, members)
    return value.map((item, index) => {
      const there = pairs.get(index)
      return filled(item, there && withoutUnstated(there, item, members))
    })
  }
  if (!isObject(value) || !isObject(live) || isSecret(value)) return value
  const stated = Object.entries(value).map(([name, inner]) => [name, filled(inner, live[name])])
  return { ...live, ...Object.fromEntries(stated) }
}

/** Drops live members that other stated items have: this item leaves them out on purpose. */
function withoutUnstated(live: JsonObject, stated: Json, members: ReadonlySet<string>): JsonObject {
  const isStated = (name: string): boolean => isObject(stated) && Object.hasOwn(stated, name)
  return Object.fromEntries(Object.entries(live).filter(([name]) => isStated(name) || !members.has(name)))
}

/** Returns the length of an item without its secrets, which cannot be compared. */
function comparableLength(item: JsonObject): number {
  return JSON.stringify(item, (_key, inner: Json) => (isSecret(inner) ? undefined : inner)).length
}

/** Pairs stated items with live ones that have all stated members, or else the same name. */
function pairedItems(
  stated: readonly Json[],
  live: readonly Json[],
  members: ReadonlySet<string>
): Map<number, JsonObject> {
  const pairs = new Map<number, JsonObject>()
  const left = new Set(live.filter(isObject))
  const pair = (index: number, same: JsonObject | undefined): void => {
    if (!same) return
    pairs.set(index, same)
    left.delete(same)
  }
  // The most specific item is paired first.
  const objects = [...stated.entries()]
    .flatMap(([index, item]) => (isObject(item) ? [{ index, item }] : []))
    .toSorted((a, b) => comparableLength(b.item) - comparableLength(a.item))
  for (const { index, item } of objects) {
    const same = [...left].filter((one) => isItem(item, one, members))
    // `isItem` ignores secrets, because a live one may be masked; a live item that has all keys is preferred.
    const hasAll = (one: JsonObject): boolean => Object.keys(item).every((name) => Object.hasOwn(one, name))
    pair(index, same.find(hasAll) ?? same[0])
  }
  for (const { index, item } of objects) {
    const name = naming.find((key) => typeof item[key] === 'string')
    if (name === undefined || pairs.has(index)) continue
    const isSame = (one: JsonObject): boolean => one[name] === item[name]
    const isOnly = objects.filter((one) => isSame(one.item)).length === 1
    const same = [...left].filter(isSame)
    if (isOnly && same.length === 1) pair(index, same[0])
  }
  return pairs
}

/**
 * Drops every mask, at any depth. The service answers asterisks in place of a secret; if they were sent
 * back, they could become its value.
 */
export function withoutMasks(value: JsonObject): JsonObject {
  const kept = Object.entries(value).filter(([, inner]) => !isMask(inner))
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutMasksIn(inner)]))
}

/** Drops every mask inside of any value. */
export function withoutMasksIn(value: Json): Json {
  if (Array.isArray(value)) return value.filter((inner) => !isMask(inner)).map(withoutMasksIn)
  return isObject(value) ? withoutMasks(value) : value
}

/** The number of asterisks is not documented, so any run of three or more counts. */
function isMask(value: Json): boolean {
  return typeof value === 'string' && /^\*{3,}$/.test(value)
}

/** Returns the value at a path; undefined if there is none. */
export function valueAt(value: Json | undefined, path: Path): Json | undefined {
  let found: Json | undefined = value
  for (const part of path) {
    if (Array.isArray(found) && typeof part === 'number') found = found[part]
    else if (isObject(found)) found = found[textOf(part)]
    else return undefined
  }
  return found
}

/** Members of every answer that the service owns; they are never sent. */
export const bookkeeping = [
  'id',
  'organization_id',
  'created_at',
  'created_by',
  'updated_at',
  'updated_by'
] as const
