import { nameKeys, type Kind } from '../../kinds/kind.ts'
import { isObject, type Json, type JsonObject } from '../../state/value.ts'

/** The keys that resources of every kind have. */
const commonKeys = {
  name: {
    type: 'string',
    description: 'Its identity: unique among its kind, and how other resources name it.'
  },
  id: {
    type: 'string',
    format: 'uuid',
    description: 'Pins the resource in the service when several have this name.'
  },
  lifecycle: {
    type: 'object',
    description: 'How polyctl treats this resource.',
    additionalProperties: false,
    properties: {
      renamed_from: {
        description: 'Its earlier name, or names: it is renamed rather than made again.',
        anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }]
      },
      prevent_destroy: { type: 'boolean', description: 'Refuses every plan that would delete it.' },
      ignore_changes: {
        type: 'array',
        items: { type: 'string' },
        description: 'Fields whose value in the service stays as it is, e.g. schedule.'
      }
    }
  }
} satisfies JsonObject

/** Returns the schema of one item: that of its kind with the common keys. */
export function resourceSchema(kind: Kind): JsonObject {
  const { schema } = kind
  const properties = isObject(schema['properties']) ? schema['properties'] : {}
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  return {
    ...schema,
    type: 'object',
    properties: { ...commonKeysOf(kind), ...properties },
    required: [...new Set([...nameKeys(kind), ...required])]
  }
}

/**
 * Returns the common keys of a kind: no `name`, if other keys make it, and no `id` for a derived resource.
 */
function commonKeysOf({ naming, api }: Kind): JsonObject {
  const { name, id, lifecycle } = commonKeys
  return {
    ...(naming ? {} : { name }),
    ...(api.access === 'derived' ? {} : { id }),
    lifecycle
  }
}

/**
 * Inlines each `$ref` into the same schema, so that the `schemaPath` of an error leads to the violated
 * part. A recursive `$ref` stays.
 */
export function withoutRefs(schema: JsonObject): JsonObject {
  const expandAll = (parts: JsonObject, within: readonly string[]): JsonObject =>
    Object.fromEntries(Object.entries(parts).map(([key, inner]) => [key, expand(inner, within)]))
  const expand = (value: Json, within: readonly string[]): Json => {
    if (Array.isArray(value)) return value.map((inner) => expand(inner, within))
    if (!isObject(value)) return value
    const ref = value['$ref']
    if (typeof ref !== 'string' || !ref.startsWith('#/') || within.includes(ref))
      return expandAll(value, within)
    const { $ref: _, ...beside } = value
    const target = schemaAt(schema, ref)
    const expanded = expand(isObject(target) ? { ...target, ...beside } : (target ?? true), [
      ...within,
      ref
    ])
    return expanded
  }
  return expandAll(schema, [])
}

/** Returns the part of a schema at a pointer such as `#/properties/target`. */
export function schemaAt(schema: Json, ref: string): Json | undefined {
  return ref
    .split('/')
    .slice(1)
    .reduce<Json | undefined>((at, part) => {
      const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
      if (Array.isArray(at)) return at[Number(name)]
      return isObject(at) ? at[name] : undefined
    }, schema)
}
