import { derivedApi, type Kinds } from '../kinds/kind.ts'
import {
  addressText,
  byAddress,
  idKey,
  type Address,
  type Desired,
  type DesiredState,
  type Live,
  type LiveState
} from '../state/resource.ts'
import { withFollowing } from './circles.ts'
import type { Match } from './match.ts'
import { isReference } from '../state/value.ts'
import type { Change } from './plan.ts'

/**
 * Fills in `after` of each change. Creates and updates wait for what they refer to; deletions wait for
 * whatever still uses the resource. The order comes from references, and from what adds fields to what is
 * referred to; not from a table of kinds.
 */
export function ordered(
  changes: readonly Change[],
  desired: DesiredState,
  live: LiveState,
  match: Match,
  kinds: Kinds
): Change[] {
  // Where nothing moves, nothing waits.
  if (changes.every(({ action }) => action === 'none'))
    return changes.map((change) => ({ ...change, after: [] })).toSorted(byAddress)
  const byText = new Map(changes.map((change) => [addressText(change), change]))
  const moves = (address: Address): boolean =>
    (byText.get(addressText(address))?.action ?? 'none') !== 'none'
  const usersOf = usersOfLive(changes, live, match)
  const { extended, reduced } = extensionsOf(changes, live, kinds)
  const usesOf = new Map(
    desired.resources.map((resource) => [addressText(resource), neededBy(resource, extended)])
  )
  const waiting = changes
    .map((change) => {
      const waits =
        change.action === 'delete' ? usersOf(change.id) : (usesOf.get(addressText(change)) ?? [])
      const left = (reduced.get(change) ?? []).flatMap(usersOf)
      const others = left.filter(({ kind }) => kind !== change.kind)
      const after = [...new Set([...waits, ...others].filter(moves).map(addressText))]
        .filter((text) => text !== addressText(change))
        .toSorted()
      return { ...change, after }
    })
    .toSorted(byAddress)
  return withoutCircles(withNamesLeft(withFollowing(waiting, desired, kinds), live))
}

/**
 * Returns what adds fields to a resource, by the address of that: whoever uses it may name these fields. And
 * the ids of the resources that a change takes fields from, and adds none: whoever names these must let go
 * of them first.
 */
function extensionsOf(
  changes: readonly Change[],
  { resources }: LiveState,
  { managed }: Kinds
): { extended: Map<string, Address[]>; reduced: Map<Change, string[]> } {
  const [extended, reduced] = [new Map<string, Address[]>(), new Map<Change, string[]>()]
  const addsOf = new Map(managed.map((kind) => [kind.name, derivedApi(kind)?.adds]))
  for (const change of changes) {
    const adds = addsOf.get(change.kind)
    if (!adds || change.action === 'none') continue
    const there = 'id' in change ? resources.find((one) => idKey(one) === idKey(change)) : undefined
    const before = new Set(there && adds(there.fields))
    const isNew = change.action !== 'delete' && adds(change.wanted).some((name) => !before.has(name))
    if (!isNew) reduced.set(change, there?.uses.map(({ id }) => id) ?? [])
    else
      for (const value of Object.values(change.wanted).filter(isReference)) {
        const parent = addressText({ kind: value.$ref, name: value.name ?? '' })
        extended.set(parent, [...(extended.get(parent) ?? []), change])
      }
  }
  return { extended, reduced }
}

/** Returns what a resource refers to, and what adds fields to that. */
function neededBy(resource: Desired, extended: ReadonlyMap<string, Address[]>): Address[] {
  const named = namedBy(resource)
  const others = extended.size > 0 ? named.flatMap((one) => extended.get(addressText(one)) ?? []) : []
  return others.some(({ kind }) => kind === resource.kind) ? named : [...named, ...others]
}

/**
 * Lets a change wait for the rename that frees the name it takes. Not where that rename waits for this
 * change: both would wait for each other.
 */
function withNamesLeft(changes: readonly Change[], live: LiveState): Change[] {
  const key = (kind: string, name: string): string => `${kind}\n${name.toLowerCase()}`
  const names = new Map(live.resources.map((one) => [`${one.kind}\n${one.id}`, one.name]))
  const left = new Map(
    changes.flatMap((change) => {
      const name = change.action === 'rename' ? names.get(`${change.kind}\n${change.id}`) : undefined
      return name !== undefined ? [[key(change.kind, name), change]] : []
    })
  )
  const after = new Map(changes.map((change) => [addressText(change), change.after]))
  const needs = (text: string, wanted: string, seen = new Set<string>()): boolean =>
    text === wanted ||
    (!seen.has(text) && (seen.add(text), after.get(text) ?? []).some((other) => needs(other, wanted, seen)))
  for (const change of changes) {
    const leaving = left.get(key(change.kind, change.name))
    if (!leaving || (change.action !== 'create' && change.action !== 'rename')) continue
    const [own, before] = [addressText(change), addressText(leaving)]
    if (!needs(before, own)) after.set(own, [...new Set([...(after.get(own) ?? []), before])].toSorted())
  }
  return changes.map((change) => ({ ...change, after: after.get(addressText(change)) ?? [] }))
}

/**
 * Breaks circles of deletions, such as two models that are joined both ways: one of them is deleted
 * although it is still used.
 */
function withoutCircles(changes: readonly Change[]): Change[] {
  const byText = new Map(changes.map((change) => [addressText(change), change]))
  const open = new Set<string>()
  const done = new Map<string, Change>()
  const visit = (text: string, change: Change): void => {
    open.add(text)
    const after = change.after.filter((other) => {
      const next = byText.get(other)
      if (next?.action !== 'delete' || done.has(other)) return true
      if (open.has(other)) return false
      visit(other, next)
      return true
    })
    done.set(text, { ...change, after })
  }
  for (const [text, change] of byText)
    if (change.action === 'delete' && !done.has(text)) visit(text, change)
  return changes.map((change) => done.get(addressText(change)) ?? change)
}

/**
 * Returns the addresses that a resource refers to. Repeated references, of which there are many in a row,
 * count once.
 */
export function namedBy({ uses }: Pick<Desired, 'uses'>): Address[] {
  return uses.filter(({ kind, name }, index) => {
    const before = uses[index - 1]
    return before?.name !== name || before.kind !== kind
  })
}

/** Indexes users by the id of what they use. */
export function usersById(live: LiveState): Map<string, Live[]> {
  const users = new Map<string, Live[]>()
  for (const resource of live.resources) {
    for (const { id } of resource.uses) {
      const known = users.get(id)
      if (known) known.push(resource)
      else users.set(id, [resource])
    }
  }
  return users
}

/**
 * Returns what finds the addresses of those that use a live resource, as changes name them: an undeclared one
 * that goes has its id in its name where another one has the same name.
 */
function usersOfLive(
  changes: readonly Change[],
  live: LiveState,
  match: Match
): (id: string) => readonly Address[] {
  const usersOf = usersById(live)
  const deleted = new Map(
    changes.flatMap((change) => (change.action === 'delete' ? [[idKey(change), change] as const] : []))
  )
  return (id) =>
    (usersOf.get(id) ?? []).map((one) => deleted.get(idKey(one)) ?? match.declaredBy(one) ?? one)
}
