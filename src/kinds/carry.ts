import { isEmpty, isObject, type Json, type JsonObject } from '../state/value.ts'
import { withoutMasks, withoutMasksIn } from './fields.ts'
import type { Kind } from './kind.ts'

/**
 * An update replaces a resource in full, so an unknown member of an answer is lost unless it is sent back.
 * Each kind declares the known members of its answers, at any depth; one walk carries all others into the
 * body, at the same place. List items are paired by their natural keys. A part that the files add, or
 * replace by a different thing, must not get members of the live one.
 */

/** The known members of a value. A scalar has none, and is always the one of the body. */
export type Known = KnownObject | KnownList

/** The known members of a mapping. */
export interface KnownObject {
  /** Members that the body decides, and members that the service owns: neither is carried. */
  members: readonly string[]
  /** Known members that may contain unknown ones. */
  parts?: Readonly<Record<string, Known>>
  /** The members that identify the thing: if one differs from the live value, nothing is carried. */
  identifies?: readonly string[]
  /** Finds the value in the surrounding part of the answer, if it is not under the same name. */
  from?: (answer: JsonObject) => Json | undefined
}

/** The known members of the items of a list, which are mappings. */
export interface KnownList {
  item: KnownObject
  /**
   * Keys that pair items of the answer with items of the body. Items with equal keys are paired in their
   * order.
   */
  keys: readonly ItemKey[]
  /** Further keys, for items that changed: they pair only if the key is unique on both sides. */
  laxKeys?: readonly ItemKey[]
  from?: (answer: JsonObject) => Json | undefined
}

/** Returns the key of an item; undefined if the key does not apply to it. */
export type ItemKey = (item: JsonObject) => string | undefined

/** R8: Wraps a replacement, so that it keeps unknown members of the answer. */
export function carrying(known: KnownObject, replacement: Kind['replacement']): Kind['replacement'] {
  return (live, body, answer, version) =>
    carriedObject(live, replacement(live, body, answer, version), known)
}

/** Returns the paths of unknown members of an answer. */
export function unknownPaths(known: Known, live: Json | undefined, path = ''): string[] {
  if (Array.isArray(live)) {
    if (!('item' in known)) return []
    return [...new Set(live.flatMap((item) => unknownPaths(known.item, item, `${path}[]`)))]
  }
  if (!isObject(live) || 'item' in known) return []
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`)
  const parts = Object.entries(known.parts ?? {}).flatMap(([name, part]) =>
    unknownPaths(part, part.from ? part.from(live) : live[name], at(name))
  )
  const unknown = Object.keys(live).filter((name) => !isKnown(known, name))
  return [...new Set([...unknown.map(at), ...parts])]
}

function carriedObject(live: JsonObject, body: JsonObject, known: KnownObject): JsonObject {
  if (known.identifies?.some((name) => live[name] !== body[name])) return body
  const unknown = Object.entries(live).filter(([name]) => !isKnown(known, name) && !(name in body))
  const whole = { ...withoutMasks(Object.fromEntries(unknown)), ...body }
  for (const [name, part] of Object.entries(known.parts ?? {})) {
    const there = part.from ? part.from(live) : live[name]
    const here = whole[name]
    if (there === undefined) continue
    if (here !== undefined) whole[name] = carried(there, here, part)
    else if (saysNothingElse(there, part)) whole[name] = withoutMasksIn(there)
  }
  return whole
}

/**
 * Returns true if a live mapping has unknown members and all known ones are empty. The files cannot have
 * removed such a mapping, so it is carried.
 */
function saysNothingElse(live: Json, known: Known): boolean {
  if (!isObject(live) || 'item' in known) return false
  const names = Object.keys(live)
  return (
    names.some((name) => !isKnown(known, name)) &&
    names.every((name) => !isKnown(known, name) || isEmpty(live[name]))
  )
}

function carried(live: Json, body: Json, known: Known): Json {
  if ('item' in known)
    return Array.isArray(live) && Array.isArray(body) ? carriedList(live, body, known) : body
  return isObject(live) && isObject(body) ? carriedObject(live, body, known) : body
}

function carriedList(live: readonly Json[], body: readonly Json[], known: KnownList): Json[] {
  const pairs = paired(live, body, known)
  return body.map((one, index) => {
    const there = pairs.get(index)
    return there && isObject(one) ? carriedObject(there, one, known.item) : one
  })
}

/** Pairs items: returns the item of the answer for each index of the body. */
function paired(
  live: readonly Json[],
  body: readonly Json[],
  { keys, laxKeys = [] }: KnownList
): Map<number, JsonObject> {
  const pairs = new Map<number, JsonObject>()
  const free = new Set(live.filter(isObject))
  for (const [rank, key] of [...keys, ...laxKeys].entries()) {
    const there = grouped([...free], key)
    const open = [...body.entries()].filter(([index, one]) => isObject(one) && !pairs.has(index))
    const here = grouped(open, ([, one]) => (isObject(one) ? key(one) : undefined))
    for (const [name, mine] of here) {
      const theirs = there.get(name) ?? []
      if (rank >= keys.length && (mine.length > 1 || theirs.length > 1)) continue
      for (const [place, [index]] of mine.entries()) {
        const same = theirs[place]
        if (!same) continue
        pairs.set(index, same)
        free.delete(same)
      }
    }
  }
  return pairs
}

function grouped<T>(items: readonly T[], key: (item: T) => ReturnType<ItemKey>): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const name = key(item)
    if (name === undefined) continue
    const group = groups.get(name)
    if (group) group.push(item)
    else groups.set(name, [item])
  }
  return groups
}

function isKnown(known: KnownObject, name: string): boolean {
  return known.members.includes(name) || (known.parts !== undefined && Object.hasOwn(known.parts, name))
}
