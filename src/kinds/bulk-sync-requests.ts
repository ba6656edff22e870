import type { Shape } from '../state/shape.ts'
import { isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import type { ApiVersion } from '../wire/common.ts'
import type { FollowUps, RequestBelow, AnsweredWrite } from './api.ts'
import {
  idOf,
  isAsWanted,
  isNewerSetting,
  isOff,
  meansAll,
  schemaInBody,
  schemaInPatch,
  schemasFromWire
} from './bulk-sync-parts.ts'
import { mergedSchemas, statedSchemas } from './bulk-sync-merge.ts'
import { errorHandlingRequests, unreadErrorHandling } from './error-handling.ts'
import { list } from './fields.ts'

/**
 * Members of the wire form of a bulk sync beside those of its own answer: answers for schemas, and settings
 * to send.
 */
export interface Beside {
  schema_settings?: Json
  schema_details?: Json
  schedules?: Json
}

/** The shape of a schema of a bulk sync, in the list and at its own path. */
export const bulkSchemaShape: Shape = {
  members: {
    id: 'text',
    fields: { list: { either: [{ members: { id: 'text' }, needs: ['id'] }, 'text'] } },
    filters: { list: { members: { field_id: 'text', function: 'text' } } },
    tracking_field: 'text',
    partition_key: 'text'
  },
  needs: ['id']
}

/**
 * Returns the stated schemas of fields, or of a body made of them (which keeps them as `schema_settings`).
 */
export function schemasIn(wanted: JsonObject | undefined): Json[] {
  const stated = wanted?.schema_settings ?? wanted?.schemas
  return Array.isArray(stated) ? stated : []
}

/**
 * Returns the paths of schemas whose details must be read, because the list has neither fields nor filters.
 * The details of a schema that is off are read only if a replacement switches it on: settings that somebody
 * chose before, such as obfuscated fields, must not be lost.
 */
export function detailPaths(wire: JsonObject, wanted: JsonObject | undefined, replaces: boolean): string[] {
  const stated = schemasIn(wanted)
  const [named, on] = [stated, stated.filter((item) => !isOff(item))].map((some) => new Set(some.map(idOf)))
  const isAll = wanted !== undefined && meansAll(wanted)
  const counts = (item: JsonObject): boolean => {
    if (item.enabled === false) return replaces && (isAll || on!.has(idOf(item)))
    return replaces || !wanted || named!.has(idOf(item))
  }
  return list(wire.schemas)
    .filter((item) => !Array.isArray(item.fields) && counts(item))
    .map((item) => `/schemas/${encodeURIComponent(idOf(item))}`)
}

const oldest: ApiVersion = '2023-04-25'

/** Returns the schemas of a body. The oldest version takes only the ids of those that are copied. */
export function bodySchemas(settings: readonly JsonObject[], version: ApiVersion): Json[] {
  const sorted = settings.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
  if (version !== oldest) return sorted.map(schemaInBody)
  return sorted.filter((item) => item.enabled !== false).map(idOf)
}

/**
 * Adds schemas to the body of an update. The oldest version takes ids alone, and then copies all fields of
 * each schema in clear; an apply that stops before the fields are sent would lose the chosen ones. For that
 * version, the body must not have schemas unless one is new: each is changed at its own path.
 */
export function withSchemas(
  body: JsonObject,
  schemas: readonly JsonObject[] | undefined,
  { there, version }: { there: readonly JsonObject[] | undefined; version: ApiVersion }
): JsonObject {
  const { schemas: _ids, ...without } = body
  const known = new Set((there ?? []).map(idOf))
  if (version === oldest && schemas?.every((item) => known.has(idOf(item))) === true) return without
  return schemas === undefined ? body : { ...body, schemas: bodySchemas(schemas, version) }
}

/** The writes after the main request: those of schemas and of error handling. */
export const bulkFollowUps: FollowUps = {
  keys: ['schema_settings', 'error_handling'],
  exclusive: true,
  requests: bulkRequests,
  unread: unreadBulkSync
}

function bulkRequests(body: JsonObject, wire: JsonObject, version: ApiVersion): RequestBelow[] {
  const schemas = body.schema_settings === undefined ? [] : schemaRequests(body, wire, version)
  return [...schemas, ...errorHandlingRequests(body, wire)]
}

/** Returns the writes of all schemas that differ from what is wanted. */
function schemaRequests(body: JsonObject, wire: JsonObject, version: ApiVersion): RequestBelow[] {
  const there = schemasFromWire(wire) ?? []
  const live = new Map(there.map((item) => [idOf(item), item]))
  // A body of ids switched all fields on, so a live field does not count as one that the service added.
  const isById = version === oldest && Array.isArray(body.schemas)
  const merging = isById ? { ...body, automatically_add_new_fields: 'none' } : body
  const wanted = mergedSchemas(there, statedSchemas(body.schema_settings, there) ?? [], merging)
  const schemas = wanted
    .filter((item) => !isAsWanted(live.get(idOf(item)), item))
    .map((item) => schemaInPatch({ fields: live.get(idOf(item))?.fields ?? [], ...item }))
  if (schemas.length === 0) return []
  if (version !== oldest) return [{ method: 'PATCH', path: '/schemas', body: { schemas } }]
  return schemas.map(({ id, ...rest }) => ({
    method: 'PATCH',
    path: `/schemas/${encodeURIComponent(textOf(id))}`,
    body: Object.fromEntries(Object.entries(rest).filter(([name]) => !isNewerSetting(name)))
  }))
}

/**
 * Returns the writes of a bulk sync that was made just now: its body had its schemas already, and to write
 * them once more takes one request, where reading all of them takes one each. Of one that may be older,
 * somebody may have chosen what the files leave open.
 */
function unreadBulkSync(
  body: JsonObject,
  version: ApiVersion,
  isNew: boolean
): AnsweredWrite[] | undefined {
  const { schema_settings: settings } = body
  const ids = isObject(settings) && Array.isArray(settings.all_but) ? settings.all_but : []
  const schemas = Array.isArray(settings)
    ? list(settings).filter((item) => !isOff(item))
    : ids.map((id) => ({ id, enabled: false }))
  if (schemas.length > 0 && (version === oldest || !isNew)) return undefined
  const tells = (data: Json): Record<string, Json> => toldSchemas(schemas.map(idOf), data)
  const request = {
    method: 'PATCH',
    path: '/schemas',
    body: { schemas: schemas.map(schemaInPatch) }
  } as const
  return [...(schemas.length > 0 ? [{ request, tells }] : []), ...unreadErrorHandling(body)]
}

/**
 * Returns what an answer tells of the schemas that were written. One that has no others may have left them
 * out: it tells nothing but the details of these.
 */
function toldSchemas(written: readonly string[], data: Json): Record<string, Json> {
  const all = Array.isArray(data) ? list(data) : []
  const ids = new Set(all.map(idOf))
  const isWhole = all.every((item) => Array.isArray(item.fields)) && written.every((id) => ids.has(id))
  if (!isWhole) return {}
  return ids.size > new Set(written).size ? { schemas: all } : { schema_details: all }
}
