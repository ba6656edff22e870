import { freeObject } from '../body.ts'
import types from '../../../schemas/connection-types.json' with { type: 'json' }
import { secretMask, type Json, type JsonObject } from '../../wire/common.ts'
import type { ConnectionField, ConnectionType, ConnectionTypes } from '../../wire/connection-types.ts'
import { lazily, mustFit } from './request-shape.ts'

/** All connection types by id: facts of the service. */
export const connectionTypes = types as ConnectionTypes

/** Returns a type by its id. */
export function connectionType(id: string): ConnectionType | undefined {
  return Object.hasOwn(connectionTypes, id) ? connectionTypes[id] : undefined
}

const mask = /^\*{3,}$/
const validators = new Map<string, ReturnType<typeof lazily>>()

/** Whether the service owns a field: what a client sends for it is ignored. */
export function isServerOwned(field: ConnectionField): boolean {
  return field.readOnly === true || (field.hidden === true && field.api !== true)
}

/**
 * Returns the configuration to store: what was sent, and what a client cannot send. A secret that is left
 * out or masked keeps its stored value; any other member that is left out is cleared. Throws 422 that
 * names a field which is unknown or of the wrong type.
 */
export function merged(
  typeId: string,
  type: ConnectionType,
  sent: JsonObject,
  stored: JsonObject = {}
): JsonObject {
  const settable = freeObject()
  for (const [key, value] of Object.entries(sent)) {
    const field = Object.hasOwn(type.fields, key) ? type.fields[key] : undefined
    const isMask = field?.secret === true && typeof value === 'string' && mask.test(value)
    if (value === null || isMask || (field !== undefined && isServerOwned(field))) continue
    settable[key] = unmasked(value, own(stored, key))
  }
  validate(typeId, type, settable)
  const kept: JsonObject = {}
  for (const [key, field] of Object.entries(type.fields)) {
    const value = stored[key]
    if (value === undefined || Object.hasOwn(settable, key)) continue
    if (isServerOwned(field) || (field.secret === true && sent[key] !== null)) kept[key] = value
  }
  return { ...kept, ...settable }
}

function validate(typeId: string, type: ConnectionType, configuration: JsonObject): void {
  const validator = validators.get(typeId) ?? lazily(() => settableSchema(type))
  validators.set(typeId, validator)
  mustFit(validator(), configuration, 422, 'configuration')
}

function settableSchema(type: ConnectionType): object {
  const settable = Object.entries(type.fields).filter(([, field]) => !isServerOwned(field))
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(settable.map(([key, field]) => [key, fieldSchema(field)]))
  }
}

/** Returns the schema of a field. Nested objects are closed where their members are known. */
function fieldSchema(field: ConnectionField): object {
  const type = field.type ?? 'string'
  const schema: Record<string, unknown> = { type }
  if (field.enum !== undefined) schema['enum'] = field.enum
  if (type === 'array' && field.items !== undefined) schema['items'] = fieldSchema(field.items)
  if (type === 'object' && field.fields !== undefined) {
    schema['properties'] = Object.fromEntries(
      Object.entries(field.fields).map(([name, member]) => [name, nullable(fieldSchema(member))])
    )
    schema['additionalProperties'] = false
  }
  if (type === 'object' && field.values !== undefined)
    schema['additionalProperties'] = fieldSchema(field.values)
  return schema
}

/** Allows null, which clients send for empty members of nested objects. */
function nullable(schema: object): object {
  return { anyOf: [schema, { type: 'null' }] }
}

/** Returns the required fields that the configuration does not have. */
export function missing(type: ConnectionType, configuration: JsonObject): string[] {
  return Object.entries(type.fields)
    .filter(([, field]) => field.required === true && !isServerOwned(field) && field.default === undefined)
    .map(([key]) => key)
    .filter((key) => configuration[key] === undefined || configuration[key] === '')
}

/**
 * Returns a configuration as it is answered: secrets are masked at any depth, and left out where they are
 * not set.
 */
export function masked(typeId: string, configuration: JsonObject): JsonObject {
  const fields = connectionType(typeId)?.fields ?? {}
  const answer = freeObject()
  for (const [key, value] of Object.entries(configuration)) {
    if (!Object.hasOwn(fields, key) || fields[key]?.secret !== true)
      answer[key] = maskedInside(value, [key])
    else if (value !== null && value !== '') answer[key] = secretMask
  }
  return answer
}

/**
 * Masks a nested value. The table marks no secrets inside of objects: they are known by their names, and
 * as values of headers or query parameters.
 */
function maskedInside(value: Json, path: readonly string[]): Json {
  if (Array.isArray(value)) return value.map((item) => maskedInside(item, path))
  if (typeof value !== 'object' || value === null) return value
  const parts = Object.entries(value).map(([name, part]): [string, Json] => {
    const hidden = secretName.test(name) || (name === 'value' && path.some((above) => carriers.has(above)))
    return [
      name,
      hidden && typeof part === 'string' && part !== '' ? secretMask : maskedInside(part, [...path, name])
    ]
  })
  return Object.fromEntries(parts)
}

const secretName = /password|passwd|passphrase|secret$|token$|api_?key|private_key|access_key/i
const carriers = new Set(['headers', 'header', 'query', 'parameters', 'extra_form_data'])

/**
 * Replaces masks by the stored values in their places; items of lists are paired by name, else by
 * position.
 */
function unmasked(sent: Json, stored: Json | undefined): Json {
  if (typeof sent === 'string') return mask.test(sent) && typeof stored === 'string' ? stored : sent
  if (Array.isArray(sent)) {
    const items = Array.isArray(stored) ? stored : []
    return sent.map((item, index) =>
      unmasked(
        item,
        items.find((other) => sameName(item, other)) ?? (isNamed(item) ? undefined : items[index])
      )
    )
  }
  if (typeof sent !== 'object' || sent === null) return sent
  const before = typeof stored === 'object' && stored !== null && !Array.isArray(stored) ? stored : {}
  return Object.fromEntries(
    Object.entries(sent).map(([name, part]) => [name, unmasked(part, own(before, name))])
  )
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

function sameName(a: Json, b: Json): boolean {
  return isNamed(a) && nameOf(a) === nameOf(b)
}

function isNamed(item: Json): boolean {
  return nameOf(item) !== undefined
}

function nameOf(item: Json): Json | undefined {
  return typeof item === 'object' && item !== null && !Array.isArray(item) ? item['name'] : undefined
}
