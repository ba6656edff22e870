import type { Kinds } from '../kinds/kind.ts'
import type { Flow } from '../state/flow.ts'
import { addressText, type Address, type Path } from '../state/resource.ts'
import { isObject, referencesIn, type Json, type JsonObject, type Reference } from '../state/value.ts'

/** How data moves along the references of each kind. Kinds that no data moves through are not in it. */
export type Flows = ReadonlyMap<string, readonly Flow[]>

/** One way of data, or of runs, between a resource and another one. */
export interface Arrow {
  as: Flow['as']
  other: Address
  /** What is written to inside of the other one, such as an object. */
  object?: string
}

/** Why something does not work: a person is missing, or the service says what is wrong. */
export interface Health {
  is: 'waits' | 'broken'
  because: string
}

/** Returns the flows of all kinds. */
export function flowsOf({ managed }: Kinds): Flows {
  return new Map(managed.flatMap(({ name, flows }) => (flows ? [[name, flows] as const] : [])))
}

/**
 * Returns the arrows that the fields of a resource state, each once; undefined where no data moves through
 * it.
 */
export function arrowsOf(
  kind: string,
  fields: JsonObject,
  flows: Flows,
  nameOf: (reference: Reference) => string | undefined = ({ name, id }) => name ?? id
): Arrow[] | undefined {
  const own = flows.get(kind)
  if (own === undefined) return undefined
  const found = new Map<string, Arrow>()
  for (const { at, as, object } of own) {
    const within = object === undefined ? undefined : valueAt(fields, object)
    for (const reference of referencesIn(valueAt(fields, at))) {
      const [other, name] = [reference.$ref, nameOf(reference)]
      if (name === undefined || !flows.has(other)) continue
      const arrow: Arrow = {
        as,
        other: { kind: other, name },
        ...(typeof within === 'string' && within !== '' && { object: within })
      }
      found.set(`${as} ${addressText(arrow.other)}`, arrow)
    }
  }
  return [...found.values()]
}

function valueAt(fields: JsonObject, path: Path): Json | undefined {
  let value: Json | undefined = fields
  for (const step of path) value = isObject(value) ? value[step] : undefined
  return value
}
