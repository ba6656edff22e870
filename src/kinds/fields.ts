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

/** Pieces that kinds are written with: names to references, references to ids, and back. */

/** Without the keys that have no value: absent and undefined are then one. */
export function withoutAbsent(fields: { [name: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, Json] => entry[1] !== undefined)
  )
}

/** A list of names; null and absent stay as they are, for they mean different things. */
export function references(kind: string, names: Json | undefined): Json | undefined {
  return Array.isArray(names) ? names.map((name) => reference(kind, textOf(name))) : names
}

/** A name as the reference that it stands for. */
export function optionalReference(kind: string, name: Json | undefined): Json | undefined {
  return typeof name === 'string' ? reference(kind, name) : undefined
}

/** A reference as files write it: by name. */
export function toName(value: Json | undefined, context: ToYaml): Json | undefined {
  return isReference(value) ? context.nameOf(value) : value
}

/** A list of references by name; null and absent stay as they are. */
export function toNames(value: Json | undefined, context: ToYaml): Json | undefined {
  return Array.isArray(value) ? value.map((item) => toName(item, context) ?? item) : value
}

/** What tells one reference of a set from another: its name, or its id where the name is not known. */
export function referenceKey(item: Json): string {
  return isReference(item) ? (item.name ?? item.id ?? '') : textOf(item)
}

/** The id that the service wants in place of a reference. */
export function toId(value: Json | undefined, context: ToWire): Json | undefined {
  return isReference(value) ? context.id(value) : undefined
}

/** Ids of a list of references; a cleared list is sent as an empty one. */
export function toIds(value: Json | undefined, context: ToWire): Json | undefined {
  if (value === undefined) return undefined
  return Array.isArray(value) ? value.filter(isReference).map((item) => context.id(item)) : []
}

/** A list without its holes: null items say nothing, and the service must not see them. */
export function withoutHoles(value: Json | undefined): Json | undefined {
  return Array.isArray(value) ? value.filter((item) => item !== null) : value
}

/** The items of a list that say something. */
export function list(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

/** The ids in an answer: a list of texts, or of objects that have one. */
export function idsOf(value: Json | undefined): string[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item) => {
    const id = isObject(item) ? item.id : item
    return typeof id === 'string' ? [id] : []
  })
}

/** Ids in an answer, as uses of a kind; what is no id uses nothing. */
export function usesOf(kind: string, ids: readonly (Json | undefined)[]): { kind: string; id: string }[] {
  return ids.flatMap((id) => (typeof id === 'string' && id !== '' ? [{ kind, id }] : []))
}

/** The reference that an id in an answer stands for. */
export function fromId(kind: string, id: Json | undefined, context: FromWire): Json | undefined {
  return typeof id === 'string' && id !== '' ? context.reference(kind, id) : undefined
}

/**
 * Drops empty values: for bodies that the service checks against a schema in which an empty text is not
 * allowed.
 */
export function withoutEmpty(fields: { [name: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, Json] => !isEmpty(entry[1]))
  )
}

/**
 * Empties that YAML states mean "clear". Nothing is there to be cleared on a create; on an update they stay
 * as null, for `overlay` to take the live value out.
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
 * Live keys that nobody states stay, stated ones win, null takes a key out; objects are merged. A
 * list is as it is stated, but its items keep what nobody states of them.
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

/** A stated value with the members that only the live one has, in items of lists and below. */
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

/** Without the members that a stated item could have and has not. */
function withoutUnstated(live: JsonObject, stated: Json, members: ReadonlySet<string>): JsonObject {
  const isStated = (name: string): boolean => isObject(stated) && Object.hasOwn(stated, name)
  return Object.fromEntries(Object.entries(live).filter(([name]) => isStated(name) || !members.has(name)))
}

/** How much an item says that can be compared. */
function openLength(item: JsonObject): number {
  return JSON.stringify(item, (_key, inner: Json) => (isSecret(inner) ? undefined : inner)).length
}

/** Items of free lists are one when all that is stated is there, or else when they have one name. */
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
  // Who says more chooses first.
  const objects = [...stated.entries()]
    .flatMap(([index, item]) => (isObject(item) ? [{ index, item }] : []))
    .toSorted((a, b) => openLength(b.item) - openLength(a.item))
  for (const { index, item } of objects) {
    const same = [...left].filter((one) => isItem(item, one, members))
    // Of a masked secret nothing is left; where it is not, the item that has it is meant.
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
 * Drops every mask, at any depth: the service answers with asterisks in place of a secret, and sent back
 * they could become it.
 */
export function withoutMasks(value: JsonObject): JsonObject {
  const kept = Object.entries(value).filter(([, inner]) => !isMask(inner))
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutMasksIn(inner)]))
}

/** The same of any value. */
export function withoutMasksIn(value: Json): Json {
  if (Array.isArray(value)) return value.filter((inner) => !isMask(inner)).map(withoutMasksIn)
  return isObject(value) ? withoutMasks(value) : value
}

/** The number of asterisks is not documented, so any run of three or more counts. */
function isMask(value: Json): boolean {
  return typeof value === 'string' && /^\*{3,}$/.test(value)
}

/** What is at a path; undefined where the path leads nowhere. */
export function valueAt(value: Json | undefined, path: Path): Json | undefined {
  let found: Json | undefined = value
  for (const part of path) {
    if (Array.isArray(found) && typeof part === 'number') found = found[part]
    else if (isObject(found)) found = found[textOf(part)]
    else return undefined
  }
  return found
}

/** What the service keeps about every resource; never sent. */
export const bookkeeping = [
  'id',
  'organization_id',
  'created_at',
  'created_by',
  'updated_at',
  'updated_by'
] as const
