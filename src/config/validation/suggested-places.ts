import type { Kind, Kinds } from '../../kinds/kind.ts'
import type { Suggested } from '../../state/suggested.ts'
import { isObject, textOf, type JsonObject } from '../../state/value.ts'
import { resourceSchema } from './resource-schema.ts'

/** A part of the schema of a kind whose text is one of what something else offers. */
export interface SuggestedPlace extends Suggested {
  /** The part itself, as it stands in the schema. */
  schema: JsonObject
  /** The kind of the resource that the first of its paths names. */
  kind: string
}

/** Returns the kind of which a part of a schema names resources, if it does. */
export function namesIn(part: JsonObject): string[] {
  return typeof part['x-names'] === 'string' ? [part['x-names']] : []
}

/** Returns all kinds that items of some kind refer to by name. */
export function namedKinds(kinds: Kinds): Set<string> {
  return new Set(kinds.managed.flatMap((kind) => partsOf(resourceSchema(kind)).flatMap(namesIn)))
}

/** Returns the places of a kind that depend on what else an item says. */
export function suggestedIn(kind: Kind, kinds: Kinds): SuggestedPlace[] {
  const schema = resourceSchema(kind)
  const parts = partsOf(schema)
  return parts
    .flatMap((part): SuggestedPlace[] => {
      const suggested = suggestedBy(part)
      if (!suggested) return []
      const [path = ''] = suggested.of
      const parents = suggested.beside === true ? parts.filter((one) => hasProperty(one, part)) : [schema]
      const [named = ''] = parents.flatMap((parent) => namesAt(parent, path.split('.')))
      const isOwn = suggested.beside !== true && path === 'name'
      return [{ ...suggested, schema: part, kind: isOwn ? kind.name : named }]
    })
    .filter(({ kind: named }) => kinds.managed.some(({ name }) => name === named))
}

function suggestedBy(part: JsonObject): Suggested | undefined {
  const offers = part['x-offers']
  if (!isObject(offers)) return undefined
  const { what, of, beside } = offers
  const paths = Array.isArray(of) ? of.map(textOf) : []
  const whats: readonly Suggested['what'][] = ['fields', 'objects', 'object fields', 'modes']
  const known = whats.find((one) => one === what)
  return known && { what: known, of: paths, ...(beside === true ? { beside } : {}) }
}

function hasProperty(whole: JsonObject, part: JsonObject): boolean {
  return isObject(whole['properties']) && Object.values(whole['properties']).includes(part)
}

function namesAt(schema: JsonObject, path: readonly string[]): string[] {
  const [key, ...rest] = path
  if (key === undefined) return namesIn(schema)
  const inner = isObject(schema['properties']) ? schema['properties'][key] : undefined
  return isObject(inner) ? namesAt(inner, rest) : []
}

/** Returns a schema and all of its parts. */
function partsOf(schema: JsonObject): JsonObject[] {
  const { properties, items, anyOf, oneOf, allOf } = schema
  const inner = [
    ...(isObject(properties) ? Object.values(properties) : []),
    ...[anyOf, oneOf, allOf].flatMap((all) => (Array.isArray(all) ? all : [])),
    ...(items === undefined ? [] : [items])
  ]
  return [schema, ...inner.filter(isObject).flatMap(partsOf)]
}
