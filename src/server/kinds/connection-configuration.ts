import types from '../../../schemas/connection-types.json' with { type: 'json' }
import { secretMask, type JsonObject } from '../../wire/common.ts'
import type { ConnectionField, ConnectionType, ConnectionTypes } from '../../wire/connection-types.ts'
import { lazily, mustFit } from './request-shape.ts'

/** All connection types by id: facts of the service. */
export const connectionTypes = types as ConnectionTypes

/** A type by its id. */
export function connectionType(id: string): ConnectionType | undefined {
  return Object.hasOwn(connectionTypes, id) ? connectionTypes[id] : undefined
}

const mask = /^\*{3,}$/
const validators = new Map<string, ReturnType<typeof lazily>>()

/** The field is the service's own: what a client sends for it is ignored. */
export function isServerOwned(field: ConnectionField): boolean {
  return field.readOnly === true || (field.hidden === true && field.api !== true)
}

/**
 * The configuration to store: what was sent, plus what a client cannot send. A secret that is left out or
 * masked keeps its stored value;
 * everything else that is left out is cleared. Throws 422 naming the field that is unknown or of the
 * wrong type.
 */
export function merged(
  typeId: string,
  type: ConnectionType,
  sent: JsonObject,
  stored: JsonObject = {}
): JsonObject {
  const settable: JsonObject = {}
  for (const [key, value] of Object.entries(sent)) {
    const field = Object.hasOwn(type.fields, key) ? type.fields[key] : undefined
    const isMask = field?.secret === true && typeof value === 'string' && mask.test(value)
    if (value === null || isMask || (field !== undefined && isServerOwned(field))) continue
    settable[key] = value
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

/**
 * Nested objects are closed where their members are known. The table's one default that is no value is no
 * enum member either.
 */
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

/** Members of nested objects that a client leaves empty come as null. */
function nullable(schema: object): object {
  return { anyOf: [schema, { type: 'null' }] }
}

/** The fields that the type demands and the configuration does not have. */
export function missing(type: ConnectionType, configuration: JsonObject): string[] {
  return Object.entries(type.fields)
    .filter(([, field]) => field.required === true && !isServerOwned(field) && field.default === undefined)
    .map(([key]) => key)
    .filter((key) => configuration[key] === undefined || configuration[key] === '')
}

/** As answered: secrets that are set are masked, secrets that are not set are left out. */
export function masked(typeId: string, configuration: JsonObject): JsonObject {
  const fields = connectionType(typeId)?.fields ?? {}
  const answer: JsonObject = {}
  for (const [key, value] of Object.entries(configuration)) {
    if (fields[key]?.secret !== true) answer[key] = value
    else if (value !== null && value !== '') answer[key] = secretMask
  }
  return answer
}
