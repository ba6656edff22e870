import { createHash } from 'node:crypto'
import type { JsonObject } from '../../wire/common.ts'
import type { ModelField } from '../../wire/model.ts'
import {
  fieldOf,
  mayExist,
  objectOf,
  type Catalogue,
  type CatalogueFile,
  type CatalogueObject
} from '../catalogue/catalogue.ts'
import { objectNames, shapeOf } from '../catalogue/shapes.ts'
import { invalid } from '../refusal.ts'
import type { StoredConnection } from '../stored.ts'
import { queryColumns } from './query-columns.ts'

/** Returns the id of a field, which is different for each field of each model and never changes. */
export function fieldId(modelId: string, field: string): string {
  const hex = createHash('sha256').update(`${modelId}/${field}`).digest('hex')
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32)
  ].join('-')
}

/** What a source is known to have; `isOpen` where it may have more. */
export interface SourceFields {
  fields: ModelField[]
  isOpen?: boolean
}

/**
 * Returns the fields that a configuration reads, in the order of the catalogue. Undefined where the
 * catalogue does not know the object or the query. Throws 400 for a configuration that reads nothing, or
 * an object that cannot exist.
 */
export function sourceFields(
  connection: StoredConnection,
  configuration: JsonObject,
  catalogues: Catalogue
): SourceFields | undefined {
  const catalogue = catalogues.of(connection)
  const shape = shapeOf(connection.type)
  const { requiresOneOf } = shape
  const chosen = requiresOneOf.filter(
    (key) => typeof configuration[key] === 'string' && configuration[key] !== ''
  )
  if (requiresOneOf.length > 0 && chosen.length === 0) {
    throw invalid('configuration', `must have one of ${requiresOneOf.join(', ')}`, 400)
  }
  const { query } = configuration
  if (typeof query === 'string' && query !== '') {
    const columns = catalogues.columns(connection, query)
    return columns === undefined ? queryFields(query, catalogue) : withFields(columns)
  }

  const names = objectNames(shape, configuration)
  const object = names.map((name) => objectOf(catalogue, name)).find((known) => known !== undefined)
  const [first] = names
  if (object?.source === false) {
    throw invalid('configuration', `names ${first ?? ''}, which can only be written to`, 400)
  }
  if (object !== undefined) return withFields(object)
  if (first !== undefined && !mayExist(catalogue, first)) {
    throw invalid(
      'configuration',
      `names ${first}, which the connection "${connection.name}" does not have`,
      400
    )
  }
  return undefined
}

/** Returns undefined for an object that exists and whose fields are unknown. */
function withFields(object: CatalogueObject): SourceFields | undefined {
  const names = Object.keys(object.fields)
  if (names.length === 0) return undefined
  const fields = names.map((name) => described(name, object))
  return object.isOpen === true ? { fields, isOpen: true } : { fields }
}

function described(name: string, object: CatalogueObject | undefined, as = name): ModelField {
  const field = (object === undefined ? undefined : fieldOf(object, name)) ?? {}
  const type = field.type ?? 'string'
  return {
    name: as,
    label: field.label ?? as,
    type,
    remote_type: field.remote_type ?? type,
    description: field.description ?? '',
    unique: field.unique ?? false,
    user_added: false,
    ...(field.example === undefined ? {} : { example: field.example })
  }
}

function queryFields(query: string, catalogue: CatalogueFile): SourceFields | undefined {
  const parsed = queryColumns(query)
  if (parsed === undefined) return undefined
  const object = objectOf(catalogue, parsed.table)
  const all = object === undefined ? undefined : withFields(object)
  const fields: ModelField[] = []
  for (const { name, from } of parsed.columns) {
    if (name !== '*') fields.push(described(from ?? name, object, name))
    else if (all === undefined) return undefined
    else fields.push(...all.fields)
  }
  return { fields }
}

/** Returns a field that only its model knows, because the catalogue does not know the object. */
export function declaredField(name: string): ModelField {
  return described(name, undefined)
}
