import { detailsOfWords, type Kind, type Kinds } from '../kinds/kind.ts'
import type { Path } from '../state/resource.ts'
import { isObject, type Json, type JsonObject } from '../state/value.ts'
import { pointer } from './pointer.ts'
import { fileSchema, resourceSchema, withoutRefs } from './validation/index.ts'

/** All schemas, with their alternatives, that apply to one place of a file. Empty for an unknown place. */
export type Schemas = readonly JsonObject[]

/** Returns the schemas of a file without its resources. */
export function rootSchemas(kinds: Kinds): Schemas {
  return alternatives(fileSchema(kinds))
}

/** Returns the schemas of a resource: those of its kind, and for some parts those of its type. */
export function kindSchemas(kind: Kind, item: JsonObject): { at(path: Path): Schemas } {
  const detail = kind.detail?.(item)
  const place = detail && pointer(detail.path)
  return {
    at(path) {
      if (path.length === 0) return itemSchemas(kind)
      return detail && pointer(path) === place ? alternatives(detail.schema) : []
    }
  }
}

const ofKinds = new WeakMap<Kind, Schemas>()

/** Returns the schemas of an item of a kind, the same for every type. */
export function itemSchemas(kind: Kind): Schemas {
  let schemas = ofKinds.get(kind)
  if (!schemas) ofKinds.set(kind, (schemas = alternatives(withoutRefs(resourceSchema(kind)))))
  return schemas
}

/** Returns the schemas of a member or an item; none below a mapping that takes any key. */
export function stepInto(schemas: Schemas, part: string | number): Schemas {
  return schemas.flatMap((schema) => {
    if (typeof part === 'number') return alternatives(schema['items'])
    const properties = schema['properties'] ?? null
    const own = isObject(properties) && Object.hasOwn(properties, part) ? properties[part] : undefined
    return alternatives(own ?? schema['additionalProperties'])
  })
}

/** Returns true where a schema allows a scalar. */
export function isOpenScalar(schemas: Schemas): boolean {
  return schemas.some((schema) => {
    const { type } = schema
    const types = Array.isArray(type) ? type : [type]
    return 'enum' in schema || 'const' in schema || types.some((one) => scalarTypes.has(one))
  })
}

/**
 * Returns true where any text is allowed: no schema restricts it by a list of words, a format or a pattern.
 */
export function isFreeText(schemas: Schemas): boolean {
  return schemas.every(
    (schema) => !['enum', 'const', 'format', 'pattern'].some((word) => Object.hasOwn(schema, word))
  )
}

const scalarTypes: ReadonlySet<Json | undefined> = new Set(['string', 'integer', 'number', 'boolean'])

function alternatives(schema: Json | undefined): JsonObject[] {
  if (schema === undefined || !isObject(schema)) return []
  const inner = ['anyOf', 'oneOf', 'allOf'].flatMap((word) => {
    const branches = schema[word]
    return Array.isArray(branches) ? branches.flatMap(alternatives) : []
  })
  return [schema, ...inner, ...['then', 'else'].flatMap((word) => alternatives(schema[word]))]
}

const ofRegistry = new WeakMap<Kinds, ReadonlySet<string>>()

/**
 * Returns every key of every schema. A key of a file that is one of these is no secret, and may be shown.
 */
export function knownKeys(kinds: Kinds): ReadonlySet<string> {
  let keys = ofRegistry.get(kinds)
  if (!keys) {
    const found = new Set(['variables', 'default', 'description', 'type'])
    collectKeys(fileSchema(kinds), found)
    for (const kind of kinds.managed) {
      collectKeys(resourceSchema(kind), found)
      for (const { schema } of detailsOfWords(kind)) collectKeys(schema, found)
    }
    ofRegistry.set(kinds, (keys = found))
  }
  return keys
}

function collectKeys(schema: Json | undefined, found: Set<string>): void {
  if (Array.isArray(schema)) return schema.forEach((inner) => collectKeys(inner, found))
  if (schema === undefined || !isObject(schema)) return
  for (const [key, inner] of Object.entries(schema)) {
    if (key === 'properties' && isObject(inner)) for (const name of Object.keys(inner)) found.add(name)
    if (!['enum', 'const', 'default', 'examples'].includes(key)) collectKeys(inner, found)
  }
}
