import { isEmpty, isObject, sortedText, textOf, type Json, type JsonObject } from '../state/value.ts'
import type { Rule } from '../state/rule.ts'
import { withoutAbsent, list } from './fields.ts'

/**
 * The schemas of a bulk sync: which objects of the source are copied, with which fields, and how. They have
 * three spellings: in the files, in requests of the bulk sync (`obfuscate`), and at the paths of schemas
 * (`obfuscated`).
 */

/** Returns true if the files let the service add objects or fields that appear in the source later. */
export function adds(wanted: JsonObject, what: 'objects' | 'fields'): boolean {
  const setting = wanted[`automatically_add_new_${what}`]
  return typeof setting === 'string' && setting.toLowerCase() !== 'none'
}

/** Returns true for a schema or field that is switched off, which counts like one that is not listed. */
export function isOff(item: Json): boolean {
  return isObject(item) && item.enabled === false
}

/** Reduces a schema that is switched off to its id: its other settings are neither compared nor sent. */
export function off(item: Json): JsonObject {
  return { id: idOf(item), enabled: false }
}

const fieldRule = {
  is: 'object',
  fields: {
    enabled: { is: 'scalar', default: true },
    obfuscate: { is: 'scalar', default: false },
    user_output_name: { is: 'scalar', default: '' }
  }
} as const

/** How schemas are compared: exactly the listed ones are copied. */
export const schemasRule: Rule = {
  is: 'set',
  key: idOf,
  open: (item, wanted) => isOff(item) || adds(wanted, 'objects'),
  idle: isOff,
  item: {
    is: 'object',
    fields: {
      enabled: { is: 'scalar', default: true },
      fields: {
        is: 'set',
        key: idOf,
        carried: true,
        item: fieldRule,
        open: (item, wanted) => isOff(item) || adds(wanted, 'fields'),
        idle: isOff
      },
      filters: { is: 'set', key: filterKey, item: { is: 'object', fields: {} } },
      partition_key: { is: 'scalar', carried: true },
      tracking_field: { is: 'scalar', carried: true },
      user_output_name: { is: 'scalar', default: '' },
      data_cutoff_timestamp: { is: 'scalar' },
      disable_data_cutoff: { is: 'scalar', default: false },
      history_enabled: { is: 'scalar', default: false, carried: true }
    }
  }
}

/** Returns the id of a schema or a field, which files may write as the id alone. */
export function idOf(item: Json): string {
  return textOf(isObject(item) ? (item.id ?? '') : item)
}

function filterKey(item: Json): string {
  if (!isObject(item)) return textOf(item)
  const value = item.value === undefined ? '' : ` ${sortedText(item.value)}`
  return `${textOf(item.field_id)} ${textOf(item.function)}${value}`
}

/** Normalises an instant, so that equal instants in different time zones have equal texts. */
export function moment(value: Json | undefined): Json | undefined {
  if (typeof value !== 'string' || value === '') return value
  const ms = Date.parse(value)
  return Number.isNaN(ms) ? value : new Date(ms).toISOString()
}

/** Expands a schema of YAML to its full form. */
export function schemaFromYaml(item: Json): Json {
  if (!isObject(item)) return { id: textOf(item) }
  if (isOff(item)) return off(item)
  return withoutAbsent({
    ...item,
    fields: Array.isArray(item.fields)
      ? item.fields.map((field) => (isObject(field) ? field : { id: textOf(field) }))
      : item.fields,
    data_cutoff_timestamp: moment(item.data_cutoff_timestamp)
  })
}

/** Returns a schema as files write it: its id alone, if it has nothing else. One that is off has nothing. */
export function schemaToYaml(item: Json): Json[] {
  if (!isObject(item)) return []
  if (isOff(item)) return [off(item)]
  const { fields } = item
  const whole = Array.isArray(fields) ? { ...item, fields: fields.map(byIdAlone) } : item
  return [byIdAlone(whole)]
}

function byIdAlone(item: Json): Json {
  return isObject(item) && Object.keys(item).every((key) => key === 'id') ? idOf(item) : item
}

/**
 * Shortens schemas for YAML. If every schema has its defaults, they become `all`. If all fields of a schema
 * are on and have their defaults, its fields are left out: then the fields that are on are copied.
 */
export function withShortSchemas(fields: JsonObject, live: JsonObject): JsonObject {
  const { schemas, schemas_off: _off, ...same } = fields
  const all = Array.isArray(live.schemas) ? list(live.schemas) : undefined
  if (!all) return fields
  if (all.length > 0 && all.every(isPlain)) return { ...same, schemas_off: [] }
  const open = new Set(all.filter((item) => list(item.fields).every(isPlainField)).map(idOf))
  const chosen = list(schemas).map(({ fields: inner, ...item }) =>
    withoutAbsent({ ...item, fields: open.has(idOf(item)) ? undefined : inner })
  )
  return chosen.length === 0 ? same : { ...same, schemas: chosen }
}

function isPlainField(field: JsonObject): boolean {
  return !isOff(field) && field.obfuscate !== true && isEmpty(field.user_output_name)
}

/**
 * Returns the schemas of a live bulk sync, with details as far as they were read; undefined if none were
 * read.
 */
export function schemasFromWire(wire: JsonObject): JsonObject[] | undefined {
  if (!Array.isArray(wire.schemas)) return undefined
  const details = new Map(list(wire.schema_details).map((detail) => [idOf(detail), detail]))
  return list(wire.schemas).map((item) => schemaFromWire({ ...item, ...details.get(idOf(item)) }))
}

function schemaFromWire(item: JsonObject): JsonObject {
  return withoutAbsent({
    id: item.id,
    enabled: item.enabled !== false,
    fields: Array.isArray(item.fields) ? list(item.fields).map(fieldFromWire) : undefined,
    filters: Array.isArray(item.filters) ? list(item.filters).map(filterFromWire) : undefined,
    partition_key: item.partition_key ?? undefined,
    tracking_field: item.tracking_field ?? undefined,
    user_output_name: item.user_output_name ?? undefined,
    data_cutoff_timestamp: moment(item.data_cutoff_timestamp ?? undefined),
    disable_data_cutoff: item.disable_data_cutoff ?? undefined,
    history_enabled: item.history_enabled ?? undefined
  })
}

function fieldFromWire(field: JsonObject): JsonObject {
  return withoutAbsent({
    id: field.id,
    enabled: field.enabled !== false,
    obfuscate: (field.obfuscated ?? field.obfuscate) === true,
    user_output_name: isEmpty(field.user_output_name) ? undefined : field.user_output_name
  })
}

function filterFromWire(filter: JsonObject): JsonObject {
  return withoutAbsent({
    field_id: filter.field_id,
    function: filter.function,
    value: filter.value ?? undefined
  })
}

/** Returns a schema for a request of the bulk sync, which does not take `user_output_name`. */
export function schemaInBody(item: JsonObject): JsonObject {
  const { user_output_name: _name, fields, ...rest } = item
  return withoutAbsent({
    ...rest,
    enabled: item.enabled !== false,
    fields: Array.isArray(fields)
      ? list(fields).map(({ id, enabled, obfuscate }) =>
          withoutAbsent({ id, enabled: enabled !== false, obfuscate: obfuscate === true })
        )
      : undefined
  })
}

/** Returns true for a setting of a schema that the oldest version does not have. */
export function isNewerSetting(name: string): boolean {
  return Object.hasOwn(newerDefaults, name) || name === 'tracking_field' || name === 'history_enabled'
}

/** Settings of a schema that the service resets if a request leaves them out, with their defaults. */
const newerDefaults = {
  filters: [],
  user_output_name: '',
  data_cutoff_timestamp: null,
  disable_data_cutoff: false
}

/**
 * Returns a schema for a request to its own path. All settings must be in it, because omitted ones may be
 * reset.
 */
export function schemaInPatch(item: JsonObject): JsonObject {
  const { fields, ...rest } = item
  return withoutAbsent({
    ...newerDefaults,
    ...rest,
    enabled: item.enabled !== false,
    fields: Array.isArray(fields)
      ? list(fields).map(({ enabled, obfuscate, user_output_name: name, ...same }) => ({
          ...same,
          enabled: enabled !== false,
          obfuscated: obfuscate === true,
          user_output_name: name ?? ''
        }))
      : undefined
  })
}

/** Returns what a body has for `schemas: all`: all schemas of the source except those that stay off. */
export function allBut(off: readonly Json[]): JsonObject {
  return { all_but: off.filter((id) => id !== null) }
}

/** Returns true if fields, or a body made of them, mean all schemas. */
export function meansAll(wanted: JsonObject): boolean {
  return 'schemas_off' in wanted || isObject(wanted.schema_settings)
}

/** Returns true if a live schema has every setting that is wanted. */
export function isAsWanted(live: JsonObject | undefined, wanted: JsonObject): boolean {
  if (!live) return false
  if (isOff(wanted)) return isOff(live)
  const { fields: there, ...rest } = live
  const { fields, ...stated } = wanted
  const plain = (item: JsonObject) => sortedText(plainSchema(item))
  const carried = Object.fromEntries(
    ['partition_key', 'tracking_field', 'history_enabled'].flatMap((key) =>
      key in stated ? [] : [[key, rest[key] ?? null]]
    )
  )
  return plain({ ...stated, ...carried }) === plain(rest) && areFields(list(there), fields)
}

function plainSchema(item: JsonObject): JsonObject {
  return {
    id: idOf(item),
    enabled: item.enabled !== false,
    filters: list(item.filters).map(filterKey).toSorted(),
    partition_key: item.partition_key ?? '',
    tracking_field: item.tracking_field ?? '',
    user_output_name: item.user_output_name ?? '',
    data_cutoff_timestamp: moment(item.data_cutoff_timestamp) ?? '',
    disable_data_cutoff: item.disable_data_cutoff === true,
    history_enabled: item.history_enabled === true
  }
}

/**
 * Returns true if the live fields are the wanted ones; those that are not listed must be off. The settings
 * of a field that is listed as off are compared, too.
 */
function areFields(live: readonly JsonObject[], wanted: Json | undefined): boolean {
  if (!Array.isArray(wanted)) return true
  const there = new Map(live.map((field) => [idOf(field), field]))
  const settings = (field: JsonObject) =>
    JSON.stringify([field.obfuscate === true, field.user_output_name ?? ''])
  const isOtherwise = (field: JsonObject): boolean => {
    const same = there.get(idOf(field))
    return isOff(field) && same !== undefined && settings(same) !== settings(field)
  }
  if (list(wanted).some(isOtherwise)) return false
  const text = (fields: readonly JsonObject[]) =>
    fields
      .filter((field) => !isOff(field))
      .map((field) => JSON.stringify([idOf(field), field.obfuscate === true, field.user_output_name ?? '']))
      .toSorted()
      .join()
  return text(live) === text(list(wanted))
}

/** Returns true for a schema with defaults only, which is copied without being listed. */
export function isPlain(item: JsonObject): boolean {
  const fields = list(item.fields)
  const asFound = { ...item, id: '', filters: item.filters ?? [] }
  return (
    sortedText(plainSchema(asFound)) === sortedText(plainSchema({ id: '' })) && fields.every(isPlainField)
  )
}
