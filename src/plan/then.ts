import { keyOf, type Kinds } from '../kinds/kind.ts'
import { pairWithBase } from '../state/base-pairs.ts'
import type { Base, Desired } from '../state/resource.ts'
import { withReferences, type JsonObject, type Reference } from '../state/value.ts'
import type { Match } from './match.ts'

/** What was declared at the base, as seen from what is declared now. */
export interface Then {
  /** As people name it. */
  revision: string
  /** The same resource at the base: by name, by a former name, or by the id that both pin. */
  of(resource: Desired): Desired | undefined
  /** Its fields with references as they are written now: what they name may have another name since. */
  fieldsOf(then: Desired): JsonObject
}

/** Looks from what is declared now at what was: names and references are those of now. */
export function openThen(base: Base, desired: readonly Desired[], match: Match, kinds: Kinds): Then {
  const key = keyOf(kinds)
  const pairs = pairWithBase(desired, base.resources, key)
  // What was declared later has its name of now: the base may have named it before, in another case.
  const nowOf = new Map([
    ...desired.map((now) => [key(now), now] as const),
    ...[...pairs].map(([now, then]) => [key(then), now] as const)
  ])
  const asNow = (reference: Reference): Reference => {
    const { $ref, name = '' } = reference
    const now = reference.id === undefined ? nowOf.get(key({ kind: $ref, name })) : undefined
    const live = now && match.liveOf(now)
    return now ? { $ref, name: now.name, ...(live ? { id: live.id } : {}) } : reference
  }
  return {
    revision: base.revision,
    of: (resource) => pairs.get(resource),
    fieldsOf: ({ fields }) => withReferences(fields, asNow) as JsonObject
  }
}
