import table from '../../schemas/connection-types.json' with { type: 'json' }
import type { Path } from '../state/resource.ts'
import { dictionary, isObject, type Json, type JsonObject } from '../state/value.ts'
import type { ConnectionField, ConnectionTypes } from '../wire/connection-types.ts'
import { withoutMasks } from './fields.ts'

/** The settings of all types of connections, from the service's own schemas. */
export const connectionTypes: ConnectionTypes = dictionary(
  Object.fromEntries(
    Object.entries(table as ConnectionTypes).map(([name, type]) => [
      name,
      { ...type, fields: dictionary(type.fields) }
    ])
  )
)

/**
 * Returns the schema of a type's configuration in YAML. It must not have `required`: a connection that
 * exists may leave out what the service keeps, and one that a person authorizes is created empty.
 * `missingSettings` returns what a new connection needs.
 */
export function configurationSchema(type: string): JsonObject {
  const known = schemas.get(type)
  if (known) return known
  const schema = schemaOf(connectionTypes[type]?.fields ?? {})
  // Any text may stand in place of a type: only those that there are are kept.
  if (type in connectionTypes) schemas.set(type, schema)
  return schema
}

/** Many connections have one type, and each is looked at several times. */
const schemas = new Map<string, JsonObject>()

function schemaOf(fields: Readonly<Record<string, ConnectionField>>): JsonObject {
  const settable = Object.entries(fields).filter(([, field]) => !isServerOwned(field))
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(settable.map(([name, field]) => [name, fieldSchema(field)]))
  }
}

/**
 * Returns true for a setting that the service owns: it ignores what clients send, so it is neither compared
 * nor sent.
 */
export function isServerOwned(field: ConnectionField): boolean {
  return field.readOnly === true || (field.hidden === true && field.api !== true)
}

/** Returns the settings of a type that the service owns, and that YAML must not have. */
export function serverOwnedFields(type: string): string[] {
  const fields = connectionTypes[type]?.fields ?? {}
  return Object.keys(fields).filter((name) => isServerOwned(fields[name]!))
}

/**
 * Returns true for a secret setting: one that the service's schema marks as secret, or an unmarked nested
 * one with the name of a secret. Values of headers and query parameters are secrets, because they often
 * have keys.
 */
export function isSecretSetting(type: string, path: Path): boolean {
  const [first, ...rest] = path
  const field = connectionTypes[type]?.fields[String(first)]
  if (field?.secret === true) return rest.length === 0
  if (rest.length === 0) return field === undefined && isSecretName(String(first))
  return isSecretName(String(rest.at(-1))) || (rest.at(-1) === 'value' && carriesKeys(path))
}

function carriesKeys(path: Path): boolean {
  return path.some((part) => typeof part === 'string' && keyCarriers.has(part))
}

const keyCarriers = new Set(['headers', 'header', 'query', 'parameters', 'extra_form_data'])

function isSecretName(name: string): boolean {
  return /(^|_)(password|passwd|passphrase|secret|token|credentials?|api_?key|private_key|access_key)$/i.test(
    name
  )
}

function fieldSchema(field: ConnectionField): JsonObject {
  const schema: JsonObject = { type: field.type ?? 'string' }
  if (field.enum) schema.enum = field.enum
  if (field.format && field.format !== 'json') schema.format = field.format
  if (field.items) schema.items = fieldSchema(field.items)
  if (field.fields) {
    schema.properties = Object.fromEntries(
      Object.entries(field.fields).map(([name, inner]) => [name, fieldSchema(inner)])
    )
    schema.additionalProperties = false
  }
  if (field.values) schema.additionalProperties = fieldSchema(field.values)
  return schema
}

/** Drops settings that the service owns and every mask: the rest may be compared and sent back. */
export function withoutServerOwned(type: string, configuration: JsonObject): JsonObject {
  const owned = new Set(serverOwnedFields(type))
  const kept = Object.entries(configuration).filter(([name]) => !owned.has(name))
  return withoutMasks(Object.fromEntries(kept))
}

/** Returns settings with numbers where the service answers a number as a text: files must have a number. */
export function withNumbers(type: string, configuration: Json | undefined): Json | undefined {
  if (!isObject(configuration)) return configuration
  const fields = connectionTypes[type]?.fields ?? {}
  return Object.fromEntries(
    Object.entries(configuration).map(([name, value]) => [name, withNumber(fields[name], value) ?? null])
  )
}

/** Returns the number that a text stands for, in a setting that is a number. */
export function withNumber(field: ConnectionField | undefined, value: Json | undefined): Json | undefined {
  const isText =
    field?.type === 'integer' && typeof value === 'string' && /^(?:0|-?[1-9]\d{0,14})$/.test(value)
  return isText ? Number(value) : value
}
