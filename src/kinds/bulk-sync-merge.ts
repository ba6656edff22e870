import { isObject, type Json, type JsonObject } from '../state/value.ts'
import { adds, idOf } from './bulk-sync-parts.ts'
import { list, withoutAbsent } from './fields.ts'

/** Merging stated schemas of a bulk sync into the live ones, for a replacement. */

/**
 * Leaves `history_enabled` out: the service keeps it then, but refuses it with a mode that has no history.
 */
function withoutHistory({ history_enabled: _kept, ...item }: JsonObject): JsonObject {
  return item
}

/** Returns the schemas that a body states: those that it lists, or for `all_but` all live ones. */
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
 * Returns every schema in full: stated ones merged over the live ones. Live schemas that are not stated
 * stay as they are, if the body states none at all or the service may add objects by itself; else they are
 * switched off.
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
