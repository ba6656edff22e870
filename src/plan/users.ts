import type { Kinds } from '../kinds/kind.ts'
import type { Live, LiveState } from '../state/resource.ts'
import { referredKinds } from '../state/rule.ts'

/** How many live resources use one. */
export interface Users {
  /** Not complete where a kind that may use it was not read: then nobody knows whether there are more. */
  countOf(live: Live): UserCount
}

/** A number, and whether it is all of them. */
export interface UserCount {
  found: number
  isComplete: boolean
}

/** Who uses what, of all that was read. */
export function openUsers(live: LiveState, kinds: Kinds): Users {
  const counts = new Map<string, number>()
  for (const { uses } of live.resources)
    for (const { kind, id } of uses) {
      const key = `${kind}\n${id}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
  const read = new Set(live.kinds)
  const isComplete = (kind: string): boolean => usersOf(kind, kinds).every((name) => read.has(name))
  return {
    countOf: ({ kind, id }) => ({ found: counts.get(`${kind}\n${id}`) ?? 0, isComplete: isComplete(kind) })
  }
}

/**
 * Kinds of which a resource may name one of this kind. What only says something about another thing uses
 * nothing of it: it goes with it.
 */
export function usersOf(kind: string, { managed }: Kinds): string[] {
  return managed
    .filter(({ api, fields }) => api.access === 'listed' && referredKinds(fields).has(kind))
    .map(({ name }) => name)
}
