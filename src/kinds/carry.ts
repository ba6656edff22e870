import { isEmpty, isObject, type Json, type JsonObject } from '../state/value.ts'
import { withoutMasks, withoutMasksIn } from './fields.ts'
import type { Kind } from './kind.ts'

/**
 * An update replaces a resource in full, so a member of an answer that nobody knows is lost unless it
 * is sent back. One walk does that for every kind: each says which members of its answers it knows,
 * at any depth; all others are carried into the body, at the same place. Items of lists are paired by
 * their natural keys; what the files removed, added or replaced by another thing carries nothing.
 */

/** What is known of a value in a body. A value of another sort is ours in full. */
export type Known = KnownObject | KnownList

/** What is known of a mapping. */
export interface KnownObject {
  /** Members that the body decides about, and members that the service owns: neither is carried. */
  members: readonly string[]
  /** Members with something unknown in them; they count as known. */
  parts?: Readonly<Record<string, Known>>
  /** The members that say which thing this is: of another thing, nothing is carried. */
  identifies?: readonly string[]
  /** Where the answer has it, when that is not under the same name. `answer` is what surrounds it there. */
  from?: (answer: JsonObject) => Json | undefined
}

/** What is known of a list: its items are mappings. */
export interface KnownList {
  item: KnownObject
  /** What makes an item of the answer the same as one of the body. Equals are paired in their order. */
  keys: readonly ItemKey[]
  /** What else may pair them, where an item has changed: only what is alone on both sides. */
  laxKeys?: readonly ItemKey[]
  from?: (answer: JsonObject) => Json | undefined
}

/** Undefined: the key does not apply to this item. */
export type ItemKey = (item: JsonObject) => string | undefined

/** R8: A replacement that loses no member of the answer that nobody knows. */
export function carrying(known: KnownObject, replacement: Kind['replacement']): Kind['replacement'] {
  return (live, body, answer, version) =>
    carriedObject(live, replacement(live, body, answer, version), known)
}

/** The paths of members of an answer that nobody knows. */
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
 * Nothing of it is known to say anything: the files did not take it away, and something unknown is in
 * it.
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

/** Which item of the answer each item of the body is, by its place. */
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
