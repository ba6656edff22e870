import type { JsonObject } from '../../wire/common.ts'
import type { Target } from '../../wire/sync.ts'
import { referred, type Call } from '../call.ts'
import { isSql } from '../catalogue/shapes.ts'
import { mustBeUsable } from '../enumeration/authorized.ts'
import { targetObject, type TargetObjectFacts } from '../enumeration/target-object.ts'
import { invalid } from '../refusal.ts'
import type { StoredConnection, StoredSync } from '../stored.ts'

/** What an older client sends as the object to say that it wants a new one. */
const newTarget = '__pt_new_target'

/** The target as it will be stored, and what the rest of the request is checked against. */
export interface ReadTarget {
  target: Target
  connection: StoredConnection
  facts: TargetObjectFacts
  /** An object to make once the whole request has been understood. */
  creates: string | undefined
}

/**
 * The target of a request, checked against what its connection holds. `self` is the sync that is updated.
 */
export function readTarget(call: Call, sent: Target, self: StoredSync | undefined): ReadTarget {
  const connection = referred(call, 'connection', sent.connection_id)
  if (connection === undefined) {
    throw invalid('target.connection_id', `names no connection: ${sent.connection_id}`)
  }
  mustBeUsable(connection, 'target.connection_id')
  const catalogue = call.context.catalogue.of(connection)
  if (catalogue.target !== true) {
    throw invalid(
      'target.connection_id',
      `names a connection of type ${connection.type}, which cannot be a target`
    )
  }
  const { object, creates } = readObject(call, sent, connection, self)
  const facts = targetObject(creates === undefined ? catalogue : { ...catalogue, open: true }, object)
  if (facts === undefined) {
    throw invalid(
      'target.object',
      `names ${object}, which the connection "${connection.name}" does not have`
    )
  }
  return {
    target: {
      connection_id: connection.id,
      object,
      search_values: searchValues(connection.type, object),
      ...(sent.configuration === undefined || sent.configuration === null
        ? {}
        : { configuration: sent.configuration }),
      ...(sent.new_name ? { new_name: sent.new_name } : {})
    },
    connection,
    facts,
    creates
  }
}

function readObject(
  call: Call,
  sent: Target,
  connection: StoredConnection,
  self: StoredSync | undefined
): { object: string; creates: string | undefined } {
  const object = sent.object ?? ''
  const wanted = sent.create ?? {}
  if (Object.keys(wanted).length === 0) {
    if (object === newTarget && sent.new_name) return { object, creates: sent.new_name }
    if (object === '') throw invalid('target.object', 'is required, or target.create')
    return { object, creates: undefined }
  }
  // A client that keeps `create` in its configuration sends it again with each update: the object is
  // there already.
  if (self?.target.object !== undefined && self.target.connection_id === connection.id) {
    return { object: object === '' ? self.target.object : object, creates: undefined }
  }
  if (object !== '') throw invalid('target.create', 'cannot be given together with target.object')
  const properties = call.context.catalogue.of(connection).creation?.properties
  if (properties === undefined) {
    throw invalid(
      'target.create',
      `is not possible: a connection of type ${connection.type} makes no objects`
    )
  }
  for (const { id, values } of properties) {
    const value = Object.hasOwn(wanted, id) ? wanted[id] : undefined
    if (value === undefined || value === '') throw invalid(`target.create.${id}`, 'is required')
    if (values !== undefined && !values.some((one) => one.value === value)) {
      throw invalid(`target.create.${id}`, `must be one of ${values.map((one) => one.value).join(', ')}`)
    }
  }
  const unknown = Object.keys(wanted).find((id) => !properties.some((property) => property.id === id))
  if (unknown !== undefined) throw invalid(`target.create.${unknown}`, 'is not a property of new targets')
  const name = wanted['name'] ?? ''
  return { object: name, creates: name }
}

/** Makes the object of `target.create`: once, whoever asks for it again. */
export function createObject(call: Call, connection: StoredConnection, name: string): void {
  const objects = connection.created_objects ?? []
  if (objects.includes(name)) return
  call.context.records.put('connection', { ...connection, created_objects: [...objects, name] })
}

/** The service's own note of where the object was found. */
function searchValues(type: string, object: string): JsonObject {
  const dot = object.lastIndexOf('.')
  if (!isSql(type)) return { targetObject: object }
  return dot < 0 ? { table: object } : { schema: object.slice(0, dot), table: object.slice(dot + 1) }
}
