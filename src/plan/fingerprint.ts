import { compareText } from '../diagnostics/diagnostic.ts'
import type { Kind } from '../kinds/kind.ts'
import type { Json, JsonObject } from '../state/value.ts'
import { isEmpty, isObject, sortedText } from '../state/value.ts'
import { Walk, type Point } from './compare.ts'
import { pairs } from './pairs.ts'
import { resolved, type Resolving } from './keyed.ts'
import { pathText } from './path-node.ts'
import { comparable, folded } from './sameness.ts'
import { wordsOf } from './wording.ts'

/**
 * The live value at each place as text, where equal values have equal texts. Keys have ids in place of
 * names, for a resource may be renamed meanwhile; `label` is the path for people.
 */
export type Fingerprint = Map<string, { label: string; text: string }>

/**
 * Fingerprints everything in a live resource that its comparison with the wanted fields looks at. A
 * difference to an earlier fingerprint means that somebody changed what the plan was based on (R23, R25);
 * anything else may change freely.
 */
export function fingerprint(
  kind: Kind,
  wanted: JsonObject,
  live: JsonObject,
  context: Resolving,
  spelling?: JsonObject
): Fingerprint {
  const found: Fingerprint = new Map()
  const words = wordsOf(kind, spelling, wanted, live)
  const point = (one: Point): void => {
    // Of an item as a whole only its presence counts, not its content.
    const presence = one.node.isItem && one.rule.is === 'set' ? 'there' : undefined
    const text = one.isPresence ? presence : (textAt(one, context) ?? presence)
    if (text !== undefined) found.set(one.node.key, { label: pathText(words.path(one.node.path)), text })
  }
  const walk = new Walk(kind.fields, { wanted, live }, context, { point })
  for (const name of Object.keys(kind.fields)) walk.field(name, pairs.seen)
  return found
}

function textAt({ rule, live }: Point, context: Resolving): string | undefined {
  if (rule.is === 'scalar') return textOf(folded(rule, live), context)
  if (rule.is === 'text') return isEmpty(live) ? undefined : unordered(rule.shown(resolved(live, context)))
  return textOf(live, context)
}

function textOf(value: Json | undefined, context: Resolving): string | undefined {
  return isEmpty(value) ? undefined : unordered(comparable(resolved(value, context)))
}

/**
 * Fingerprints a live resource that is to be deleted: everything in it counts, except for fields that
 * need further requests.
 */
export function fingerprintOfAll(kind: Kind, live: JsonObject, context: Resolving): Fingerprint {
  const apart = new Set(kind.api.parts?.map(({ field }) => field))
  const readable = Object.entries(kind.fields).filter(
    ([name, field]) => field.class !== 'unreadable' && !apart.has(name)
  )
  return new Map(
    readable.flatMap(([name]): [string, { label: string; text: string }][] => {
      const value = live[name]
      return isEmpty(value) ? [] : [[name, { label: name, text: unordered(resolved(value, context)) }]]
    })
  )
}

/**
 * The paths at which two readings of one resource differ, as people read them, in order. What came or went
 * as a whole is one of them, without its parts.
 */
export function movedPaths(before: Fingerprint, now: Fingerprint): string[] {
  const keys = new Set([...before.keys(), ...now.keys()])
  const moved = [...keys].filter((key) => before.get(key)?.text !== now.get(key)?.text)
  const whole = moved.filter((key) => key.endsWith(']') && before.has(key) !== now.has(key))
  const isTold = (key: string): boolean => whole.some((above) => key.startsWith(`${above}.`))
  const labels = moved.filter((key) => !isTold(key)).map((key) => (now.get(key) ?? before.get(key))!.label)
  return [...new Set(labels)].toSorted(compareText)
}

/** Sorts lists at every depth: their order never counts in a comparison. */
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
