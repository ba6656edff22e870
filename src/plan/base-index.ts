import { keyOf, type Kinds } from '../kinds/kind.ts'
import { pairWithBase } from '../state/base-pairs.ts'
import type { Base, Desired } from '../state/resource.ts'
import { fieldsWithReferences, type JsonObject, type Reference } from '../state/value.ts'
import type { Match } from './match.ts'

/** What was declared at the base, as seen from what is declared now. */
export interface BaseIndex {
  /** As people name it. */
  revision: string
  /** The same resource at the base: by name, by a former name, or by the id that both pin. */
  declared(resource: Desired): Desired | undefined
  /** Its fields with references as they are written now: what they name may have another name since. */
  fields(declared: Desired): JsonObject
}

/** Looks from what is declared now at what was: names and references are those of now. */
export function openBaseIndex(
  base: Base,
  desired: readonly Desired[],
  match: Match,
  kinds: Kinds
): BaseIndex {
  const key = keyOf(kinds)
  const pairs = pairWithBase(desired, base.resources, key)
  // What was declared later has its name of now: the base may have named it before, in another case.
  const current = new Map([
    ...desired.map((resource) => [key(resource), resource] as const),
    ...[...pairs].map(([resource, atBase]) => [key(atBase), resource] as const)
  ])
  const asNow = (reference: Reference): Reference => {
    const { $ref, name = '' } = reference
    const resource = reference.id === undefined ? current.get(key({ kind: $ref, name })) : undefined
    const live = resource && match.liveOf(resource)
    return resource ? { $ref, name: resource.name, ...(live ? { id: live.id } : {}) } : reference
  }
  return {
    revision: base.revision,
    declared: (resource) => pairs.get(resource),
    fields: ({ fields }) => fieldsWithReferences(fields, asNow)
  }
}
