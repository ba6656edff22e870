import type { Kinds } from '../kinds/kind.ts'
import type { Live, LiveState } from '../state/resource.ts'
import { referredKinds } from '../state/rule.ts'

/** Counts the users of live resources. */
export interface Users {
  /**
   * Counts the live resources that use one. The count is incomplete where a kind that may use it was not
   * read.
   */
  countOf(live: Live): UserCount
}

/** A number of users, and whether it includes all of them. */
export interface UserCount {
  found: number
  isComplete: boolean
}

/** Indexes the users of everything that was read. */
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
 * Returns the kinds whose resources may refer to one of this kind. A derived kind does not count: it is
 * deleted with the resource that it belongs to.
 */
export function usersOf(kind: string, { managed }: Kinds): string[] {
  return managed
    .filter(({ api, fields }) => api.access === 'listed' && referredKinds(fields).has(kind))
    .map(({ name }) => name)
}
