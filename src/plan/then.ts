import { addressText, type Base, type Desired } from '../state/resource.ts'
import { isObject, isReference, type Json, type JsonObject, type Reference } from '../state/value.ts'
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

/**
 * Pairs what is declared with what was. A name that was given away (the new owner says `renamed_from`) is
 * that of another resource then, although something new may bear it now.
 */
export function openThen(base: Base, desired: readonly Desired[], match: Match): Then {
  const byAddress = new Map(base.resources.map((then) => [addressText(then), then]))
  const byId = new Map(base.resources.flatMap((then) => (then.id ? [[idKey(then, then.id), then]] : [])))
  const named = ({ kind }: Desired, name: string): Desired | undefined =>
    byAddress.get(addressText({ kind, name }))
  const pairs = new Map<Desired, Desired>()
  const givenAway = new Set<Desired>()
  for (const resource of desired) {
    const old = resource.lifecycle.renamedFrom.map((name) => named(resource, name)).find(Boolean)
    if (!old || named(resource, resource.name)) continue
    pairs.set(resource, old)
    givenAway.add(old)
  }
  for (const resource of desired) {
    const same = named(resource, resource.name)
    const then = same && !givenAway.has(same) ? same : resource.id && byId.get(idKey(resource, resource.id))
    if (then && !pairs.has(resource)) pairs.set(resource, then)
  }
  const nowOf = new Map([...pairs].map(([now, then]) => [addressText(then), now]))
  const asNow = (reference: Reference): Reference => {
    const { $ref, name = '' } = reference
    const now = reference.id === undefined ? nowOf.get(addressText({ kind: $ref, name })) : undefined
    const live = now && match.liveOf(now)
    return now ? { $ref, name: now.name, ...(live ? { id: live.id } : {}) } : reference
  }
  return {
    revision: base.revision,
    of: (resource) => pairs.get(resource),
    fieldsOf: ({ fields }) => withReferences(fields, asNow) as JsonObject
  }
}

function withReferences(value: Json, change: (reference: Reference) => Reference): Json {
  if (isReference(value)) return { ...change(value) }
  if (Array.isArray(value)) return value.map((inner) => withReferences(inner, change))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, withReferences(inner, change)])
  )
}

function idKey({ kind }: Desired, id: string): string {
  return `${kind}\n${id.toLowerCase()}`
}
