/** The schemas that a bulk sync copies, their fields, and their names. */
import type {
  BulkDiscovery,
  BulkField,
  BulkFilter,
  BulkSchema,
  BulkSchemaListItem,
  FieldConfiguration,
  SchemaConfiguration
} from '../../wire/bulk-sync.ts'
import { isInstant } from '../../wire/formats.ts'
import { filterFunctions } from '../../wire/sync.ts'
import type { SourceSchemas } from '../enumeration/schema.ts'
import { invalid } from '../refusal.ts'
import type { StoredBulkSchema, StoredBulkSync } from '../stored.ts'
import { outputName, outputTable } from './bulk-names.ts'

/** A schema in any of the shapes in which requests have it. */
export type SentSchema = Omit<SchemaConfiguration & BulkSchema, 'fields'> & {
  fields?: (string | (FieldConfiguration & BulkField))[] | null
}

/** The members of a bulk sync that decide on its schemas. */
export type Selecting = Pick<
  StoredBulkSync,
  'automatically_add_new_objects' | 'automatically_add_new_fields' | 'schemas'
>

/**
 * Returns all schemas of a sync: those that the source has now, and selected ones that are unknown. New
 * ones are added as the sync says.
 */
export function selection(sync: Selecting, source: SourceSchemas): StoredBulkSchema[] {
  const decided = new Map(sync.schemas.map((schema) => [schema.id, schema]))
  const known = source.known.map(
    ({ id }) => decided.get(id) ?? fresh(id, discovers(sync.automatically_add_new_objects))
  )
  const unlisted = sync.schemas.filter(({ id }) => source.find(id) === undefined)
  return [...known, ...unlisted].map((schema) => withNewFields(schema, sync, source))
}

/** Returns one schema; undefined where the source does not have it. */
export function selected(sync: Selecting, source: SourceSchemas, id: string): StoredBulkSchema | undefined {
  return selection(sync, source).find((schema) => schema.id === id)
}

/** A new object has no tracking field yet, so it is not incremental. */
function discovers(discovery: BulkDiscovery): boolean {
  return discovery === 'all' || discovery === 'onlyNonIncremental'
}

function fresh(id: string, enabled: boolean): StoredBulkSchema {
  return { id, enabled, fields: [], filters: [], disable_data_cutoff: false }
}

function withNewFields(schema: StoredBulkSchema, sync: Selecting, source: SourceSchemas): StoredBulkSchema {
  const discovery = sync.automatically_add_new_fields
  const isIncremental = schema.tracking_field !== undefined
  const wanted =
    discovery === 'all' || discovery === (isIncremental ? 'onlyIncremental' : 'onlyNonIncremental')
  // All fields without settings count like the schema itself.
  const isDecided = sync.schemas.some(({ id }) => id === schema.id)
  const decided = new Set(schema.fields.map(({ id }) => id))
  const added = (source.find(schema.id)?.fields ?? [])
    .filter(({ id }) => !decided.has(id))
    .map(({ id }) => ({ id, enabled: wanted || !isDecided, obfuscated: false }))
  return added.length === 0 ? schema : { ...schema, fields: [...schema.fields, ...added] }
}

/** Returns the schemas that a request selects: those that it lists, or all where it lists none. */
export function chosenSchemas(
  sent: readonly (string | SentSchema)[],
  source: SourceSchemas,
  before: readonly StoredBulkSchema[]
): StoredBulkSchema[] {
  const all = source.known.map(({ id }) => ({ id }))
  const listed = sent.length === 0 ? all : sent.map((one) => (typeof one === 'string' ? { id: one } : one))
  const chosen = listed.map((schema, index) => {
    const field = `schemas[${index}]`
    mustExist(source, schema.id, `${field}.id`)
    if (listed.slice(0, index).some(({ id }) => id === schema.id)) {
      throw invalid(`${field}.id`, `is listed twice: ${schema.id}`, 400)
    }
    return keeping(
      readSchema(schema, source, field),
      schema,
      before.find(({ id }) => id === schema.id)
    )
  })
  const rest = all.filter(({ id }) => !chosen.some((schema) => schema.id === id))
  return [...chosen, ...rest.map(({ id }) => readSchema({ id, enabled: false }, source, ''))]
}

/** Keeps custom names and history that the request leaves out; an empty name clears one. */
function keeping(
  schema: StoredBulkSchema,
  sent: SentSchema,
  before: StoredBulkSchema | undefined
): StoredBulkSchema {
  if (before === undefined) return schema
  const { user_output_name, history_enabled } = before
  const given = new Set(
    (sent.fields ?? []).flatMap((field) =>
      typeof field !== 'string' && isSaid(field.user_output_name) ? [field.id] : []
    )
  )
  const names = new Map(before.fields.map((field) => [field.id, field.user_output_name]))
  const fields = schema.fields.map((field) => {
    const name = given.has(field.id) ? undefined : names.get(field.id)
    return name === undefined ? field : { ...field, user_output_name: name }
  })
  return {
    ...schema,
    ...(isSaid(sent.user_output_name) || user_output_name === undefined ? {} : { user_output_name }),
    ...(isSaid(sent.history_enabled) || history_enabled === undefined ? {} : { history_enabled }),
    fields
  }
}

function isSaid(value: unknown): boolean {
  return value !== undefined && value !== null
}

/** Throws 400 for a schema that the source does not have. */
export function mustExist(source: SourceSchemas, id: string, field: string): void {
  if (source.find(id) !== undefined || source.mayExist(id)) return
  throw invalid(field, `names no schema of the source: ${id}`, 400)
}

/**
 * Returns the settings of one schema in a request. Members that it leaves out have their defaults:
 * enabled, with all fields.
 */
export function readSchema(sent: SentSchema, source: SourceSchemas, field: string): StoredBulkSchema {
  const known = (source.find(sent.id)?.fields ?? []).map(({ id }) => id)
  const at = (name: string): string => [field, name].filter((part) => part !== '').join('.')
  const mustBeField = (id: string, name: string): void => {
    if (id === '' || known.length === 0 || known.includes(id)) return
    throw invalid(at(name), `names no field of ${sent.id}: ${id}`, 400)
  }
  const filters = (sent.filters ?? []).map((filter, index) => {
    mustBeField(filter.field_id ?? '', `filters[${index}].field_id`)
    return readFilter(filter, at(`filters[${index}].function`))
  })
  const partition = sent.partition_key ?? ''
  const tracking = sent.tracking_field ?? ''
  const name = sent.user_output_name ?? ''
  mustBeField(partition, 'partition_key')
  mustBeField(tracking, 'tracking_field')
  return {
    id: sent.id,
    enabled: sent.enabled ?? true,
    fields: readFields(sent.fields ?? [], known, { at, mustBeField }),
    filters,
    ...(partition === '' ? {} : { partition_key: partition }),
    ...(tracking === '' ? {} : { tracking_field: tracking }),
    ...(name === '' ? {} : { user_output_name: name }),
    ...cutoff(sent.data_cutoff_timestamp, at('data_cutoff_timestamp')),
    disable_data_cutoff: sent.disable_data_cutoff ?? false,
    ...(isSaid(sent.history_enabled) ? { history_enabled: sent.history_enabled === true } : {})
  }
}

interface FieldChecks {
  /** A part of the schema, as a path in the request. */
  at: (name: string) => string
  mustBeField: (id: string, name: string) => void
}

/**
 * Returns the settings of fields: listed ones as stated, known ones that are not listed off; all on where
 * none is listed.
 */
function readFields(
  sent: readonly (string | (FieldConfiguration & BulkField))[],
  known: readonly string[],
  { at, mustBeField }: FieldChecks
): StoredBulkSchema['fields'] {
  if (sent.length === 0) return known.map((id) => ({ id, enabled: true, obfuscated: false }))
  const seen = new Set<string>()
  const listed = sent.map((one, index) => {
    const field: FieldConfiguration & BulkField = typeof one === 'string' ? { id: one } : one
    const place = `fields[${index}].id`
    mustBeField(field.id, place)
    if (seen.has(field.id)) throw invalid(at(place), `is listed twice: ${field.id}`, 400)
    seen.add(field.id)
    const name = field.user_output_name ?? ''
    return {
      id: field.id,
      enabled: field.enabled ?? true,
      obfuscated: field.obfuscated ?? field.obfuscate ?? false,
      ...(name === '' ? {} : { user_output_name: name })
    }
  })
  const rest = known.filter((id) => !seen.has(id))
  return [...listed, ...rest.map((id) => ({ id, enabled: false, obfuscated: false }))]
}

function readFilter(filter: BulkFilter, field: string): BulkFilter {
  if (filterFunctions.some((known) => known === filter.function)) return filter
  throw invalid(field, `must be one of ${filterFunctions.join(', ')}`, 400)
}

/** Returns a time to store, where there is one. Throws 400 for another text. */
export function cutoff(time: string | null | undefined, field: string): { data_cutoff_timestamp?: string } {
  if ((time ?? '') === '') return {}
  const sent = time ?? ''
  if (isInstant(sent)) return { data_cutoff_timestamp: sent }
  throw invalid(field, 'must be a time such as 2026-01-31T09:30:00Z', 400)
}

/** Returns a schema as the list answers it: without fields and filters. */
export function listedSchema(sync: StoredBulkSync, schema: StoredBulkSchema): BulkSchemaListItem {
  const { data_cutoff_timestamp } = schema
  return {
    id: schema.id,
    enabled: schema.enabled,
    output_name: outputTable(sync, schema),
    user_output_name: schema.user_output_name ?? '',
    partition_key: schema.partition_key ?? '',
    tracking_field: schema.tracking_field ?? '',
    ...(data_cutoff_timestamp === undefined ? {} : { data_cutoff_timestamp }),
    disable_data_cutoff: schema.disable_data_cutoff
  }
}

/** Returns a schema as its own route answers it. */
export function shownSchema(sync: StoredBulkSync, schema: StoredBulkSchema): BulkSchema {
  return {
    ...listedSchema(sync, schema),
    fields: schema.fields.map(({ id, enabled, obfuscated, user_output_name = '' }) => ({
      id,
      enabled,
      obfuscated,
      output_name: user_output_name === '' ? outputName(sync.normalize_names, id) : user_output_name,
      user_output_name
    })),
    filters: schema.filters
  }
}
