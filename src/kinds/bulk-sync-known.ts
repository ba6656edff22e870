import { sortedText, textOf, type Json, type JsonObject } from '../state/value.ts'
import { idOf } from './bulk-sync-parts.ts'
import { forWhat } from './bulk-sync-schedules.ts'
import type { KnownList, KnownObject } from './carry.ts'
import { bookkeeping } from './fields.ts'
import { list } from './sync-parts.ts'
import { scheduleKnown } from './sync-schedule.ts'

/** What is known of a bulk sync in an answer: everything else goes back as it came, wherever it stands. */

/** Two words for one thing: `obfuscate` in a request, `obfuscated` in an answer. */
const field: KnownObject = {
  members: ['id', 'enabled', 'obfuscate', 'obfuscated', 'output_name', 'user_output_name']
}

const schemas: KnownList = {
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
      'disable_data_cutoff'
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

const additional: KnownObject = {
  ...scheduleKnown,
  members: [...scheduleKnown.members, 'schemas', 'selective_mode', 'resync_mode']
}

/** All of it. Of the spellings of a schedule, the version decides which one is sent. */
export const bulkSyncKnown: KnownObject = {
  members: [
    ...bookkeeping,
    'name',
    'mode',
    'active',
    'automatically_add_new_objects',
    'automatically_add_new_fields',
    'normalize_names',
    'concurrency_limit',
    'resync_concurrency_limit',
    'data_cutoff_timestamp',
    'disable_record_timestamps',
    'policies',
    // The older word for adding new objects, which is always sent.
    'discover',
    // For a while, one list of all schedules.
    'schedules',
    'schema_details',
    'source_connection_id',
    'source_configuration',
    'destination_connection_id',
    'destination_configuration'
  ],
  parts: {
    default_schedule: {
      ...scheduleKnown,
      from: (answer) => answer['default_schedule'] ?? answer['schedule']
    },
    schedule: { ...scheduleKnown, from: (answer) => answer['schedule'] ?? answer['default_schedule'] },
    additional_schedules: { item: additional, keys: [forWhat] },
    schemas,
    schema_settings: schemas
  }
}

/** The list has less of each schema than its own address. */
function allSchemas(answer: JsonObject): Json {
  const details = new Map(list(answer['schema_details']).map((detail) => [idOf(detail), detail]))
  return list(answer['schemas']).map((item) => ({ ...item, ...details.get(idOf(item)) }))
}
