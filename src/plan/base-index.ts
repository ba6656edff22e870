import { keyOf, type Kinds } from '../kinds/kind.ts'
import { pairWithBase } from '../state/base-pairs.ts'
import type { Base, Desired } from '../state/resource.ts'
import { fieldsWithReferences, type JsonObject, type Reference } from '../state/value.ts'
import type { Match } from './match.ts'

/** The resources that the files declared at the base, looked up by what they declare now. */
export interface BaseIndex {
  /** The base revision as people name it. */
  revision: string
  /** The same resource at the base: by name, by a former name, or by the id that both pin. */
  declared(resource: Desired): Desired | undefined
  /**
   * Returns the fields of a resource of the base, whose references carry the names of now: what they
   * refer to may have been renamed since.
   */
  fields(declared: Desired): JsonObject
}

/** Indexes the resources of the base by those that are declared now. */
export function openBaseIndex(
  base: Base,
  desired: readonly Desired[],
  match: Match,
  kinds: Kinds
): BaseIndex {
  const key = keyOf(kinds)
  const pairs = pairWithBase(desired, base.resources, key)
  // A resource that is declared now goes by its name of now; the base may have spelled it in another
  // case.
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
