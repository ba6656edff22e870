import type { Shape } from '../state/shape.ts'
import { textOf, type Json, type JsonObject } from '../state/value.ts'
import type { ApiVersion } from '../wire/common.ts'
import type { RequestBelow } from './api.ts'
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
import { errorHandlingRequests } from './error-handling.ts'
import { list } from './fields.ts'

/**
 * What is kept of a bulk sync beside its own answer: what was asked of its schemas, and what is to be
 * sent.
 */
export interface Beside {
  schema_settings?: Json
  schema_details?: Json
  schedules?: Json
}

/** One schema of a bulk sync, as the list of them tells it, and in full. */
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

/** What is asked and sent of the schemas of a bulk sync, beside its own request. */

/** The schemas of fields, or of a body that was made of them: whatever the body itself can say of them. */
export function schemasIn(wanted: JsonObject | undefined): Json[] {
  const stated = wanted?.schema_settings ?? wanted?.schemas
  return Array.isArray(stated) ? stated : []
}

/**
 * The list of schemas has no fields and filters: who needs them asks for each schema by itself. What is
 * switched off has none that count: neither the plan nor the check before writing looks at them. But
 * whoever switches it on must know what somebody chose of it before, or it would all be copied in clear.
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

/** The oldest version takes the ids of those that are to be copied, and nothing more. */
export function bodySchemas(settings: readonly JsonObject[], version: ApiVersion): Json[] {
  const sorted = settings.toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
  if (version !== oldest) return sorted.map(schemaInBody)
  return sorted.filter((item) => item.enabled !== false).map(idOf)
}

/**
 * The body of an update with its schemas. The oldest version takes their ids alone, and copies all fields of
 * each from then on, in clear: whoever is stopped before the fields are sent would have lost what somebody
 * chose. There each schema is changed at its own address, but for those that the bulk sync does not have yet.
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

/** What the bulk sync's own request did not do. */
export function bulkRequests(body: JsonObject, wire: JsonObject, version: ApiVersion): RequestBelow[] {
  const schemas = body.schema_settings === undefined ? [] : schemaRequests(body, wire, version)
  return [...schemas, ...errorHandlingRequests(body, wire)]
}

/** Each schema that is not as it is to be. */
function schemaRequests(body: JsonObject, wire: JsonObject, version: ApiVersion): RequestBelow[] {
  const there = schemasFromWire(wire) ?? []
  const live = new Map(there.map((item) => [idOf(item), item]))
  // Where ids alone were sent, all fields are on for that, and not because the service found them.
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
