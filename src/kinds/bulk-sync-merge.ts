import { isObject, type Json, type JsonObject } from '../state/value.ts'
import { adds, idOf } from './bulk-sync-parts.ts'
import { list, withoutAbsent } from './fields.ts'

/** What each schema of a bulk sync is to be: what is stated, laid over what is live. */

/** What is left out is kept, while one that another mode could not have is refused. */
function withoutHistory({ history_enabled: _kept, ...item }: JsonObject): JsonObject {
  return item
}

/** The schemas that a body states: those that it lists, or all that are there. */
export function statedSchemas(
  settings: Json | undefined,
  live: readonly JsonObject[] | undefined
): JsonObject[] | undefined {
  if (Array.isArray(settings)) return list(settings)
  if (!isObject(settings) || !live) return undefined
  const off = new Set(Array.isArray(settings.all_but) ? settings.all_but : [])
  return live.map((item) => ({ ...withoutHistory(item), enabled: !off.has(idOf(item)) }))
}

/**
 * What every schema is to be, in full: the stated ones laid over what is live. Others go on as they are
 * where nobody states any, or where the service adds some by itself; else they are switched off.
 */
export function mergedSchemas(
  live: readonly JsonObject[],
  stated: readonly JsonObject[] | undefined,
  body: JsonObject
): JsonObject[] {
  const byId = new Map((stated ?? []).map((item) => [idOf(item), item]))
  const others = live
    .filter((item) => !byId.has(idOf(item)) && item.enabled !== false)
    .map(withoutHistory)
    .map((item) => (stated && !adds(body, 'objects') ? { ...item, enabled: false } : item))
  const there = new Map(live.map((item) => [idOf(item), item]))
  const mine = [...byId.values()].map((item) => merged(there.get(idOf(item)), item, body))
  return [...mine, ...others].toSorted((a, b) => (idOf(a) < idOf(b) ? -1 : 1))
}

function merged(live: JsonObject | undefined, item: JsonObject, body: JsonObject): JsonObject {
  const { partition_key, tracking_field, fields: there } = live ?? {}
  const carried = withoutAbsent({ partition_key, tracking_field })
  const fields = item.fields === undefined ? there : mergedFields(list(there), list(item.fields), body)
  return withoutAbsent({ ...carried, ...item, fields })
}

function mergedFields(
  live: readonly JsonObject[],
  stated: readonly JsonObject[],
  body: JsonObject
): JsonObject[] {
  const known = new Set(stated.map(idOf))
  const others = live
    .filter((field) => !known.has(idOf(field)))
    .map((field) => (adds(body, 'fields') ? field : { ...field, enabled: false }))
  return [...stated, ...others]
}
