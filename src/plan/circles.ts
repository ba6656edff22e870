import type { Kinds } from '../kinds/kind.ts'
import { stronglyConnected } from '../state/graph.ts'
import { addressText, type DesiredState } from '../state/resource.ts'
import type { Change, Create } from './plan.ts'

/**
 * Resources that name each other in fields that may follow: models that are joined both ways, or to
 * themselves.
 */

/** By the address of a resource: what it names in fields that may follow alone, and in which. */
type Following = ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>

/**
 * R24: Lets resources that need each other in a circle be made. What is live is waited for no more; of what
 * is to be made, some are made first without the field that closes the circle, and get it in the end.
 */
export function withFollowing(
  changes: readonly Change[],
  desired: DesiredState,
  kinds: Kinds
): readonly Change[] {
  const following = followingOf(desired, kinds)
  if (following.size === 0) return changes
  const creates = new Set(
    changes.flatMap((change) => (change.action === 'create' ? addressText(change) : []))
  )
  const after = new Map(changes.map((change) => [addressText(change), change.after]))
  const isFollowing = (from: string, to: string): boolean => following.get(from)?.has(to) === true
  const drop = (from: string, isDropped: (to: string) => boolean): void => {
    after.set(
      from,
      (after.get(from) ?? []).filter((to) => !isFollowing(from, to) || !isDropped(to))
    )
  }
  for (const members of cycles(after))
    for (const from of members) drop(from, (to) => members.has(to) && !creates.has(to))
  const later = new Map<string, string[]>()
  for (const from of following.keys())
    if (creates.has(from) && isFollowing(from, from)) later.set(from, [from])
  // In the order of addresses each can name the ones before it at once, if nothing else closes a circle.
  for (const isAfter of [(to: string, from: string) => to > from, () => true])
    for (const members of cycles(after))
      for (const from of members) {
        const isLater = (to: string): boolean => members.has(to) && isAfter(to, from)
        const named = (after.get(from) ?? []).filter((to) => isFollowing(from, to) && isLater(to))
        if (named.length > 0) later.set(from, [...(later.get(from) ?? []), ...named])
        drop(from, isLater)
      }
  return changes.map((change) => {
    const text = addressText(change)
    const moved = { ...change, after: after.get(text) ?? [] }
    const named = later.get(text)
    return moved.action === 'create' && named ? madeFirst(moved, named, following) : moved
  })
}

function madeFirst(change: Create, named: readonly string[], following: Following): Create {
  const own = following.get(addressText(change))
  const fields = [...new Set(named.flatMap((to) => own?.get(to) ?? []))].toSorted()
  // All that the fields name must be there, not only what closes the circle.
  const others = [...(own ?? [])].flatMap(([to, of]) =>
    of.some((field) => fields.includes(field)) ? [to] : []
  )
  const text = fields.map((field) => `\`${field}\``).join(', ')
  return {
    ...change,
    reason: `${change.reason}; ${text} is set when all that it names is made`,
    follows: { fields, after: others.filter((to) => to !== addressText(change)).toSorted() }
  }
}

function followingOf(desired: DesiredState, { managed }: Kinds): Following {
  const fieldsOf = new Map(
    managed.map(({ name, fields }) => [
      name,
      new Set(Object.entries(fields).flatMap(([field, { mayFollow }]) => (mayFollow ? [field] : [])))
    ])
  )
  const found = new Map<string, Map<string, string[]>>()
  for (const resource of desired.resources) {
    const fields = fieldsOf.get(resource.kind)
    if (!fields || fields.size === 0) continue
    const [own, needed] = [new Map<string, string[]>(), new Set<string>()]
    for (const use of resource.uses) {
      const [field, to] = [String(use.path[0]), addressText({ kind: use.kind, name: use.name })]
      if (fields.has(field)) own.set(to, [...(own.get(to) ?? []), field])
      else needed.add(to)
    }
    for (const to of needed) own.delete(to)
    if (own.size > 0) found.set(addressText(resource), own)
  }
  return found
}

function cycles(after: ReadonlyMap<string, readonly string[]>): Set<string>[] {
  const next = (text: string): readonly string[] => after.get(text) ?? []
  return stronglyConnected([...after.keys()], next)
    .filter((members) => members.length > 1)
    .map((members) => new Set(members))
}
