import { isEmpty, isObject, sortedText, textOf, type Json, type JsonObject } from '../state/value.ts'
import type { Rule } from '../state/rule.ts'
import { withoutAbsent, list } from './fields.ts'

/**
 * The schemas of a bulk sync: which objects of the source are copied, with which of their fields, and how.
 * They have three spellings: that of the files, that of the bulk sync's own request (`obfuscate`), and that
 * of their own addresses (`obfuscated`).
 */

/** Whether the service takes along by itself what appears later. Only where the files say so. */
export function adds(wanted: JsonObject, what: 'objects' | 'fields'): boolean {
  const setting = wanted[`automatically_add_new_${what}`]
  return typeof setting === 'string' && setting.toLowerCase() !== 'none'
}

/** What is switched off is as good as not listed. */
export function isOff(item: Json): boolean {
  return isObject(item) && item.enabled === false
}

/** All that is compared of what is switched off: its settings mean nothing, and are not sent. */
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

/** How schemas are compared: the listed ones are copied, as they say, and no others. */
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

/** The id of a schema or a field, which may be written as the id alone. */
export function idOf(item: Json): string {
  return textOf(isObject(item) ? (item.id ?? '') : item)
}

function filterKey(item: Json): string {
  if (!isObject(item)) return textOf(item)
  const value = item.value === undefined ? '' : ` ${sortedText(item.value)}`
  return `${textOf(item.field_id)} ${textOf(item.function)}${value}`
}

/** Equal moments have equal texts, whatever the time zone they are written in. */
export function moment(value: Json | undefined): Json | undefined {
  if (typeof value !== 'string' || value === '') return value
  const ms = Date.parse(value)
  return Number.isNaN(ms) ? value : new Date(ms).toISOString()
}

/** A schema of YAML in full. */
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

/** A schema as files say it: by its id alone, where that is all of it. */
export function schemaToYaml(item: Json): Json[] {
  if (!isObject(item)) return []
  const { fields } = item
  const whole = Array.isArray(fields) ? { ...item, fields: fields.map(byIdAlone) } : item
  return [byIdAlone(whole)]
}

function byIdAlone(item: Json): Json {
  return isObject(item) && Object.keys(item).every((key) => key === 'id') ? idOf(item) : item
}

/**
 * Where nobody has chosen anything, `all` says it. Of a schema of which all fields are copied as they are,
 * none is listed: those are copied that are on.
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
 * The schemas of a live bulk sync, each as much as is known of it. Undefined where nobody asked for
 * them.
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

/** A schema in the bulk sync's own request, which has no place for names that a person gives. */
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

/** Whether the oldest version has no such setting of a schema. */
export function isNewerSetting(name: string): boolean {
  return Object.hasOwn(newerDefaults, name) || name === 'tracking_field' || name === 'history_enabled'
}

/** What of a schema is reset where it is left out. */
const newerDefaults = {
  filters: [],
  user_output_name: '',
  data_cutoff_timestamp: null,
  disable_data_cutoff: false
}

/** A schema at an address of its own: everything is said, for what is left out may be reset. */
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

/** In a body, all schemas of the source, but for those that stay off. */
export function allBut(off: readonly Json[]): JsonObject {
  return { all_but: off.filter((id) => id !== null) }
}

/** Whether fields, or the body that was made of them, mean all schemas. */
export function meansAll(wanted: JsonObject): boolean {
  return 'schemas_off' in wanted || isObject(wanted.schema_settings)
}

/** Whether a live schema is what it is to be, in everything that is said of it. */
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
 * Fields that are not listed are off, and so are not there. Of one that is listed as off, what is said of it
 * counts all the same.
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

/** Nothing of it was chosen by anybody: then it need not be listed to be copied. */
export function isPlain(item: JsonObject): boolean {
  const fields = list(item.fields)
  const asFound = { ...item, id: '', filters: item.filters ?? [] }
  return (
    sortedText(plainSchema(asFound)) === sortedText(plainSchema({ id: '' })) && fields.every(isPlainField)
  )
}
