import { compareText } from '../../diagnostics/diagnostic.ts'
import type { Change } from '../../plan/plan.ts'
import { addressText, type Address } from '../../state/resource.ts'
import { referencesIn } from '../../state/value.ts'

/** One order on every machine, whatever its language: numbers within names by their value. */
const names = new Intl.Collator('en', { numeric: true })

/** Compares names as people count: `Sync 2` before `Sync 10`. */
export function compareNames(a: string, b: string): number {
  return names.compare(a, b) || compareText(a, b)
}

/**
 * Resources in the order in which data flows, by what they refer to: what others are made of comes first.
 * Where no reference decides between two kinds, the order of `kinds` does. Within a kind, names are in
 * natural order.
 */
export function inDataOrder<T extends Change>(
  changes: readonly T[],
  all: readonly Change[],
  kinds: readonly string[]
): T[] {
  const rank = new Map(kindOrder(all, kinds).map((kind, index) => [kind, index]))
  const rankOf = ({ kind }: Address): number => rank.get(kind) ?? rank.size
  return changes.toSorted((a, b) => rankOf(a) - rankOf(b) || compareNames(a.name, b.name))
}

function kindOrder(changes: readonly Change[], kinds: readonly string[]): string[] {
  const uses = usesOf(changes)
  const usedBy = reversed(uses)
  const place = (kind: string): number => (kinds.includes(kind) ? kinds.indexOf(kind) : kinds.length)
  const keys = new Map(
    [...uses.keys()].map((kind) => [
      kind,
      { above: lengthOf(kind, usedBy), below: lengthOf(kind, uses), place: place(kind) }
    ])
  )
  return [...uses.keys()].toSorted((a, b) => {
    const [left, right] = [keys.get(a)!, keys.get(b)!]
    const flow = right.above - left.above || right.below - left.below
    return flow || left.place - right.place || compareText(a, b)
  })
}

type Arrows = Map<string, Set<string>>

/** Which kinds refer to which. What is deleted states nothing: its users must be deleted before it. */
function usesOf(changes: readonly Change[]): Arrows {
  const uses: Arrows = new Map()
  const of = (kind: string): Set<string> => {
    const known = uses.get(kind)
    if (known !== undefined) return known
    const empty = new Set<string>()
    uses.set(kind, empty)
    return empty
  }
  const add = (user: string, used: string): void => {
    if (user !== used) of(user).add(used)
  }
  let kindOf: Map<string, string> | undefined
  for (const change of changes) {
    of(change.kind)
    if (change.action === 'delete') {
      kindOf ??= new Map(changes.map((one) => [addressText(one), one.kind]))
      for (const user of change.after) add(kindOf.get(user) ?? change.kind, change.kind)
      continue
    }
    for (const { $ref } of referencesIn(change.wanted)) if ($ref !== undefined) add(change.kind, $ref)
  }
  for (const used of [...uses.values()].flatMap((kinds) => [...kinds])) of(used)
  return uses
}

function reversed(arrows: Arrows): Arrows {
  const back: Arrows = new Map([...arrows.keys()].map((kind) => [kind, new Set<string>()]))
  for (const [from, to] of arrows) for (const kind of to) back.get(kind)?.add(from)
  return back
}

/** The longest way along the arrows. Kinds that refer to each other in a cycle end it. */
function lengthOf(kind: string, arrows: Arrows, seen: ReadonlySet<string> = new Set()): number {
  const next = [...(arrows.get(kind) ?? [])].filter((other) => !seen.has(other))
  const passed = new Set([...seen, kind])
  return Math.max(0, ...next.map((other) => 1 + lengthOf(other, arrows, passed)))
}
