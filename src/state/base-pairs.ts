import { idKey, type Address, type Desired } from './resource.ts'

/**
 * Pairs declared resources with those of the base, in an order in which none takes what belongs to
 * another: first what both pin, then renames (`renamed_from`), then names. A resource that was renamed
 * keeps its declaration of the base, although a new one may have its former name now. `key` returns a
 * text that is equal for equal addresses.
 */
export function pairWithBase(
  declared: readonly Desired[],
  base: readonly Desired[],
  key: (address: Address) => string
): Map<Desired, Desired> {
  const byName = new Map(base.map((one) => [key(one), one]))
  const byId = new Map<string, Desired>()
  for (const one of base) if (one.id !== undefined) byId.set(idKey({ kind: one.kind, id: one.id }), one)
  const pairs = new Map<Desired, Desired>()
  const taken = new Set<Desired>()
  const take = (resource: Desired, one: Desired | undefined): void => {
    if (!one || taken.has(one)) return
    pairs.set(resource, one)
    taken.add(one)
  }
  const free = ({ kind }: Desired, name: string): Desired | undefined => {
    const one = byName.get(key({ kind, name }))
    return one && !taken.has(one) ? one : undefined
  }
  for (const resource of declared)
    if (resource.id !== undefined) take(resource, byId.get(idKey({ kind: resource.kind, id: resource.id })))
  const renamed = declared.filter(({ lifecycle }) => lifecycle.renamedFrom.length > 0)
  for (;;) {
    const claims = renamed.flatMap((resource) => {
      if (pairs.has(resource) || free(resource, resource.name)) return []
      const one = resource.lifecycle.renamedFrom.map((name) => free(resource, name)).find(Boolean)
      return one ? [{ resource, one }] : []
    })
    if (claims.length === 0) break
    for (const { resource, one } of claims) take(resource, one)
  }
  for (const resource of declared) if (!pairs.has(resource)) take(resource, free(resource, resource.name))
  return pairs
}
