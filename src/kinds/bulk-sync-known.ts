import { sortedText, textOf, type Json, type JsonObject } from '../state/value.ts'
import { idOf } from './bulk-sync-parts.ts'
import type { KnownList, KnownObject } from './carry.ts'
import { list } from './fields.ts'
import { scheduleKnown } from './sync-schedule.ts'

/**
 * Known members of the answer for a bulk sync. All other members, at any depth, are sent back unchanged.
 */

/** A field of a schema. `obfuscate` in a request is `obfuscated` in an answer. */
const field: KnownObject = {
  members: ['id', 'enabled', 'obfuscate', 'obfuscated', 'output_name', 'user_output_name']
}

/** Schemas, with the members of all of their spellings. */
export const schemasKnown: KnownList = {
  item: {
    members: [
      'id',
      'enabled',
      'output_name',
      'user_output_name',
      'destination_history_output_name',
      'partition_key',
      'tracking_field',
      'data_cutoff_timestamp',
      'disable_data_cutoff',
      'history_enabled'
    ],
    parts: {
      fields: { item: field, keys: [idOf] },
      filters: {
        item: { members: ['field_id', 'function', 'value'] },
        keys: [
          ({ field_id, function: name, value }) =>
            sortedText([field_id ?? null, name ?? null, value ?? null])
        ],
        laxKeys: [
          ({ field_id, function: name }) => sortedText([field_id ?? null, name ?? null]),
          ({ field_id }) => textOf(field_id)
        ]
      }
    }
  },
  keys: [idOf],
  from: allSchemas
}

/** The default schedule under both of its names: the version decides which one is sent. */
export const schedulesKnown = {
  default_schedule: {
    ...scheduleKnown,
    from: (answer: JsonObject) => answer.default_schedule ?? answer.schedule
  },
  schedule: { ...scheduleKnown, from: (answer: JsonObject) => answer.schedule ?? answer.default_schedule }
}

/**
 * Returns all schemas, each with its details: the list has fewer members than the path of a single schema.
 */
function allSchemas(answer: JsonObject): Json {
  const details = new Map(list(answer.schema_details).map((detail) => [idOf(detail), detail]))
  return list(answer.schemas).map((item) => ({ ...item, ...details.get(idOf(item)) }))
}
