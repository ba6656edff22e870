import type { CopiedTable, CopiesOf } from '../runner/bulk/copies.ts'
import type { ObjectFacts } from '../runner/connector.ts'
import type { BulkRunRequest, StoredBulkSchema, StoredBulkSync } from '../stored.ts'
import { outputName, outputTable } from './bulk-names.ts'

/**
 * Says which tables a bulk sync copies now: those that it lists, and of those that came since what it says of
 * new ones. One that lists none copies all.
 */
export const copiesOf: CopiesOf = (sync, from, objects, request) => {
  const listed = new Map(sync.schemas.map((schema) => [schema.id, schema]))
  const there = objects.map((object) => listed.get(object.id) ?? discovered(sync, object))
  const missing = sync.schemas.filter(({ id }) => !objects.some((object) => object.id === id))
  const byId = new Map(objects.map((object) => [object.id, object]))
  return [...there, ...missing]
    .filter((schema) => schema.enabled && isWanted(schema, request))
    .map((schema): CopiedTable => {
      const key = from.schema_changes?.[schema.id]?.primary_keys
      return {
        id: schema.id,
        output: outputOf(sync, schema),
        fields: fieldsOf(sync, schema, byId.get(schema.id)),
        filters: schema.filters,
        isTracked: schema.tracking_field !== undefined,
        ...(key === undefined ? {} : { key })
      }
    })
}

/** Copies of other tables, and parts of them, are not copied again unless somebody lists them. */
function discovered(sync: StoredBulkSync, { id, isSecondary }: ObjectFacts): StoredBulkSchema {
  const { automatically_add_new_objects: discovery, schemas } = sync
  // A new object has no tracking field yet.
  const isAdded = schemas.length === 0 || discovery === 'all' || discovery === 'onlyNonIncremental'
  return {
    id,
    enabled: isAdded && isSecondary !== true,
    fields: [],
    filters: [],
    disable_data_cutoff: false
  }
}

function isWanted(
  { id, tracking_field: tracking }: StoredBulkSchema,
  { schemas = [], except = [], selective_mode: selects = 'none' }: BulkRunRequest
): boolean {
  if (schemas.length > 0 && !schemas.includes(id)) return false
  if (except.includes(id)) return false
  if (selects === 'incrementalFields') return tracking !== undefined
  return selects !== 'nonincrementalFields' || tracking === undefined
}

function fieldsOf(
  sync: StoredBulkSync,
  { fields, tracking_field: tracking }: StoredBulkSchema,
  object: ObjectFacts | undefined
): CopiedTable['fields'] {
  const discovery = sync.automatically_add_new_fields
  const adds =
    fields.length === 0 ||
    discovery === 'all' ||
    discovery === (tracking === undefined ? 'onlyNonIncremental' : 'onlyIncremental')
  const decided = new Map(fields.map((field) => [field.id, field]))
  const now = object?.fields?.map(({ name }) => name) ?? []
  const lost = fields.flatMap(({ id }) => (now.includes(id) ? [] : [id]))
  return [...now, ...lost].flatMap((id) => {
    const field = decided.get(id)
    if (!(field?.enabled ?? adds)) return []
    const given = field?.user_output_name ?? ''
    return [{ id, column: given === '' ? outputName(sync.normalize_names, id) : given }]
  })
}

/** A namespace is what stands before the last dot. Mirrored, it is a schema of the destination as well. */
function outputOf(sync: StoredBulkSync, schema: StoredBulkSchema): CopiedTable['output'] {
  const { schema: given, mirror_schemas: mirrors } = sync.destination_configuration
  const dot = schema.id.lastIndexOf('.')
  if (mirrors === true && dot > 0)
    return {
      schema: outputName(sync.normalize_names, schema.id.slice(0, dot)),
      table: outputTable(sync, { ...schema, id: schema.id.slice(dot + 1) })
    }
  const own = typeof given === 'string' && given !== '' ? given : 'public'
  return { schema: own, table: outputTable(sync, schema) }
}
