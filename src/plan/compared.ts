import type { Kind } from '../kinds/kind.ts'
import type { Rule } from '../state/rule.ts'
import { isEmpty, isObject, isSecret, sortedText, type Json, type JsonObject } from '../state/value.ts'
import { comparable, folded, isManaged, keyed, resolved, type DiffContext } from './diff.ts'

/** Path (as `path.join('.')`) → what stands there, in a form in which equal values are equal texts. */
export type Compared = Map<string, string>

/**
 * All of a live resource that its comparison with the wanted fields looks at: whoever moves any of it has
 * moved what was planned upon. What is not compared may move freely.
 */
export function compared(kind: Kind, wanted: JsonObject, live: JsonObject, context: DiffContext): Compared {
  const found: Compared = new Map()
  for (const [name, { class: owner, rule }] of Object.entries(kind.fields))
    if (isManaged(owner, name, wanted))
      gather(rule, wanted[name], live[name], [name], { context, found, wanted })
  return found
}

/**
 * All of a live resource: for what is to be deleted, everything in it counts, but for what takes further
 * answers.
 */
export function everythingOf(kind: Kind, live: JsonObject, context: DiffContext): Compared {
  const apart = new Set(kind.api.parts?.map(({ field }) => field))
  const names = Object.keys(kind.fields).filter(
    (name) => kind.fields[name]!.class !== 'unreadable' && !apart.has(name)
  )
  return new Map(
    names.flatMap((name): [string, string][] => {
      const value = live[name]
      return isEmpty(value) ? [] : [[name, unordered(resolved(value!, context))]]
    })
  )
}

/** The paths at which two readings of one resource differ, in order. */
export function movedPaths(before: Compared, now: Compared): string[] {
  const paths = new Set([...before.keys(), ...now.keys()])
  return [...paths].filter((path) => before.get(path) !== now.get(path)).toSorted()
}

interface Gathering {
  /** The whole resource: some rules depend on what else it is to be. */
  wanted: JsonObject
  context: DiffContext
  found: Compared
}

function gather(
  rule: Rule,
  wanted: Json | undefined,
  live: Json | undefined,
  path: readonly string[],
  into: Gathering
): void {
  switch (rule.is) {
    case 'unread':
      return
    case 'scalar':
      if (rule.carried && wanted === undefined) return
      return put(folded(rule, live), path, into)
    case 'json':
    case 'reference':
      return put(live, path, into)
    case 'object':
      for (const [name, part] of Object.entries(rule.fields))
        gather(part, partOf(wanted, name), partOf(live, name), [...path, name], into)
      return
    case 'stated':
      return gatherStated(wanted, live, path, into)
    case 'set':
      if (rule.carried && wanted === undefined) return
      return gatherSet(rule, wanted, live, path, into)
  }
}

function partOf(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) ? value[name] : undefined
}

/** Only what is stated, at any depth; secrets are not looked at. */
function gatherStated(
  wanted: Json | undefined,
  live: Json | undefined,
  path: readonly string[],
  into: Gathering
): void {
  if (wanted === undefined || isSecret(wanted)) return
  if (!isObject(wanted)) return put(live, path, into)
  for (const [name, part] of Object.entries(wanted))
    gatherStated(part, partOf(live, name), [...path, name], into)
}

function gatherSet(
  rule: Extract<Rule, { is: 'set' }>,
  wanted: Json | undefined,
  live: Json | undefined,
  path: readonly string[],
  into: Gathering
): void {
  const here = keyed(rule, wanted, into.context)
  for (const [key, theirs] of keyed(rule, live, into.context)) {
    const mine = here.get(key)
    if (!mine && rule.open?.(theirs.item, into.wanted) === true) continue
    const place = [...path, `[${theirs.key}]`]
    // That it is there at all counts, whatever of it is compared.
    into.found.set(place.join('.'), 'there')
    if (mine) gather(rule.item, mine.item, theirs.item, place, into)
    // Of an open set, no more is asked for than what is wanted.
    else if (!rule.open) put(theirs.item, place, into)
  }
}

function put(value: Json | undefined, path: readonly string[], { context, found }: Gathering): void {
  if (isEmpty(value)) return
  found.set(path.join('.'), unordered(comparable(resolved(value!, context))))
}

/** Lists have no order wherever they are compared. */
function unordered(value: Json): string {
  return sortedText(sorted(value))
}

function sorted(value: Json): Json {
  if (Array.isArray(value))
    return value.map(sorted).toSorted((a, b) => (sortedText(a) < sortedText(b) ? -1 : 1))
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, sorted(part)]))
}
