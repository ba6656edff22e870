import { compareText } from '../diagnostics/diagnostic.ts'
import type { Kind } from '../kinds/kind.ts'
import type { Rule } from '../state/rule.ts'
import { isEmpty, isObject, isSecret, sortedText, type Json, type JsonObject } from '../state/value.ts'
import { comparable, folded, isManaged, keyed, resolved, type DiffContext } from './diff.ts'

/**
 * What stands at each path, in a form in which equal values are equal texts. Items of sets are known by ids
 * in place of names, for what they refer to may get another name meanwhile; `label` is for people.
 */
export type Compared = Map<string, { label: string; text: string }>

/**
 * All of a live resource that its comparison with the wanted fields looks at: whoever moves any of it has
 * moved what was planned upon. What is not compared may move freely.
 */
export function compared(kind: Kind, wanted: JsonObject, live: JsonObject, context: DiffContext): Compared {
  const found: Compared = new Map()
  for (const [name, { class: owner, rule }] of Object.entries(kind.fields))
    if (isManaged(owner, name, wanted))
      gather(rule, wanted[name], live[name], { key: name, label: name }, { context, found, wanted })
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
    names.flatMap((name): [string, { label: string; text: string }][] => {
      const value = live[name]
      return isEmpty(value) ? [] : [[name, { label: name, text: unordered(resolved(value!, context)) }]]
    })
  )
}

/** The paths at which two readings of one resource differ, as people read them, in order. */
export function movedPaths(before: Compared, now: Compared): string[] {
  const keys = new Set([...before.keys(), ...now.keys()])
  const moved = [...keys].filter((key) => before.get(key)?.text !== now.get(key)?.text)
  return moved.map((key) => (now.get(key) ?? before.get(key))!.label).toSorted(compareText)
}

interface Place {
  key: string
  label: string
}

function below({ key, label }: Place, part: string, shown = part): Place {
  return { key: `${key}.${part}`, label: shown.startsWith('[') ? `${label}${shown}` : `${label}.${shown}` }
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
  place: Place,
  into: Gathering
): void {
  switch (rule.is) {
    case 'unread':
      return
    case 'scalar':
      if (rule.carried && wanted === undefined) return
      return put(folded(rule, live), place, into)
    case 'text':
      return put(isEmpty(live) ? undefined : rule.shown(resolved(live!, into.context)), place, into)
    case 'json':
    case 'reference':
      return put(live, place, into)
    case 'object':
      for (const [name, part] of Object.entries(rule.fields))
        gather(part, partOf(wanted, name), partOf(live, name), below(place, name), into)
      return
    case 'stated':
      return gatherStated(wanted, live, place, into)
    case 'set':
      if (rule.carried && wanted === undefined) return
      return gatherSet(rule, wanted, live, place, into)
  }
}

function partOf(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) ? value[name] : undefined
}

/** Only what is stated, at any depth; secrets are not looked at. */
function gatherStated(
  wanted: Json | undefined,
  live: Json | undefined,
  place: Place,
  into: Gathering
): void {
  if (wanted === undefined || isSecret(wanted)) return
  if (!isObject(wanted)) return put(live, place, into)
  for (const [name, part] of Object.entries(wanted))
    gatherStated(part, partOf(live, name), below(place, name), into)
}

function gatherSet(
  rule: Extract<Rule, { is: 'set' }>,
  wanted: Json | undefined,
  live: Json | undefined,
  place: Place,
  into: Gathering
): void {
  const here = keyed(rule, wanted, into.context)
  for (const [key, theirs] of keyed(rule, live, into.context)) {
    const mine = here.get(key)
    if (!mine && rule.open?.(theirs.item, into.wanted) === true) continue
    const spot = below(place, `[${key.replace(/\n1$/, '')}]`, `[${theirs.key}]`)
    // That it is there at all counts, whatever of it is compared.
    into.found.set(spot.key, { label: spot.label, text: 'there' })
    if (mine) gather(rule.item, mine.item, theirs.item, spot, into)
    // Of an open set, no more is asked for than what is wanted.
    else if (!rule.open) put(theirs.item, spot, into)
  }
}

function put(value: Json | undefined, { key, label }: Place, { context, found }: Gathering): void {
  if (isEmpty(value)) return
  found.set(key, { label, text: unordered(comparable(resolved(value!, context))) })
}

/** Lists have no order wherever they are compared. */
function unordered(value: Json): string {
  return sortedText(sorted(value))
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) {
    const texts = value.map(sorted).map((item) => ({ item, text: sortedText(item) }))
    return texts.toSorted((a, b) => compareText(a.text, b.text)).map(({ item }) => item)
  }
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, sorted(part)]))
}
