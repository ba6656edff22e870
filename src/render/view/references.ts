import { idKey, type LiveState } from '../../state/resource.ts'
import { isId, isObject, isReference, isSecret, type Json } from '../../state/value.ts'

/** Says what references of a value stand for. */
export type CallReferences = (value: Json) => Json

/**
 * Names what is live by its name, also where a file has its id; and by both, where several have the name.
 * Otherwise one resource would be called by its name on the service's side, and by its id on that of the
 * files.
 */
export function namingOf(observed: LiveState | undefined): CallReferences {
  if (observed === undefined) return (value) => value
  const byId = new Map(observed.resources.map((one) => [idKey(one), one]))
  const counts = new Map<string, number>()
  for (const { kind, name } of observed.resources)
    counts.set(`${kind}\n${name}`, (counts.get(`${kind}\n${name}`) ?? 0) + 1)
  const named: CallReferences = (value) => {
    if (Array.isArray(value)) return value.map(named)
    if (!isObject(value) || isSecret(value)) return value
    if (!isReference(value))
      return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, named(part)]))
    const { $ref: kind, name } = value
    const id = value.id ?? (name !== undefined && isId(name) ? name : undefined)
    const live = id === undefined ? undefined : byId.get(idKey({ kind, id }))
    if (live === undefined) return value
    const isShared = (counts.get(`${kind}\n${live.name}`) ?? 0) > 1
    return { ...value, name: isShared ? `${live.name} (${live.id})` : live.name }
  }
  return named
}
