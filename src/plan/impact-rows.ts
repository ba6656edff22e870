import { scheduleEffect, type Row } from './impact-table.ts'
import type { Effect, FieldChange } from './plan.ts'

/** What changes of bulk syncs may do to the tables that they write, grave things first. */
export const bulkSyncImpacts: readonly Row[] = [
  {
    kind: 'bulk_sync',
    at: 'create',
    effect: (_field, change) => (change.wanted['active'] === false ? 'none' : 'first run'),
    because: 'a new bulk sync copies all of its schemas when it first runs, unless it is made inactive'
  },
  {
    kind: 'bulk_sync',
    at: 'delete',
    effect: 'stops',
    because: 'nothing more is copied; what was written stays in the destination'
  },
  {
    kind: 'bulk_sync',
    at: 'source.connection',
    effect: 'reads something else',
    because: 'records come from another system'
  },
  {
    kind: 'bulk_sync',
    at: 'destination.connection',
    effect: 'writes everything again',
    because: 'the other system has none of the tables yet'
  },
  {
    kind: 'bulk_sync',
    at: 'destination.configuration.schema',
    effect: 'writes everything again',
    because: 'the other schema has none of the tables yet'
  },
  {
    kind: 'bulk_sync',
    at: 'destination',
    effect: 'unknown',
    because: 'what the settings of a destination do depends on the system'
  },
  {
    kind: 'bulk_sync',
    at: 'source',
    effect: 'unknown',
    because: 'what the settings of a source do depends on the system'
  },
  {
    kind: 'bulk_sync',
    at: 'mode',
    effect: 'unknown',
    because: 'the mode says whether tables are kept in step or written anew'
  },
  {
    kind: 'bulk_sync',
    at: 'normalize_names',
    effect: 'unknown',
    because: 'tables and columns may get other names; those of the old names stay'
  },
  {
    kind: 'bulk_sync',
    at: 'active',
    effect: ({ after }) => (after === false ? 'stops' : 'first run'),
    because:
      'an active bulk sync runs on its schedule, and catches up with all that changed while it was paused'
  },
  {
    kind: 'bulk_sync',
    at: 'default_schedule',
    effect: scheduleEffect,
    because: 'the schedule says how often tables are written'
  },
  {
    kind: 'bulk_sync',
    at: 'additional_schedules',
    effect: 'unknown',
    because: 'some of the schemas are copied at other times, or in another way'
  },
  {
    kind: 'bulk_sync',
    at: 'schemas',
    effect: schemaEffect,
    because: 'schemas say which objects are copied, with which of their records and fields'
  },
  {
    kind: 'bulk_sync',
    at: 'data_cutoff_timestamp',
    effect: 'other records',
    because: 'it says from when on records are copied'
  },
  {
    kind: 'bulk_sync',
    at: 'automatically_add_new_objects',
    effect: 'other records',
    because: 'it says whether objects that appear later are copied as well'
  },
  {
    kind: 'bulk_sync',
    at: 'automatically_add_new_fields',
    effect: 'other values',
    because: 'it says whether fields that appear later are copied as well'
  },
  {
    kind: 'bulk_sync',
    at: 'disable_record_timestamps',
    effect: 'other values',
    because: 'it says whether records carry the time at which they were copied'
  },
  { kind: 'bulk_sync', at: 'concurrency_limit', effect: 'none', because: 'it says how much runs at once' },
  {
    kind: 'bulk_sync',
    at: 'resync_concurrency_limit',
    effect: 'none',
    because: 'it says how much runs at once'
  },
  { kind: 'bulk_sync', at: 'policies', effect: 'none', because: 'policies say who may see and change it' },
  { kind: 'bulk_sync', at: 'rename', effect: 'none', because: 'a name is for people' }
]

/** What is about people and about telling them moves no data; keys say which records are the same. */
export const otherImpacts: readonly Row[] = [
  ...['create', 'delete', 'rename', 'connection', 'schema', 'fields'].map((at): Row => {
    const because = 'records are told apart by other fields: those known before may count as new'
    return { kind: 'schema_primary_keys', at, effect: 'may duplicate', because }
  }),
  ...still('role', ['create', 'delete', 'rename'], 'a role says nothing by itself; policies do'),
  ...still('policy', ['create', 'delete', 'rename', 'policy_actions'], 'policies say who may do what'),
  ...still('user', ['create', 'delete', 'rename', 'roles'], 'users are people, and roles what they may do'),
  ...still('webhook', ['create', 'delete', 'rename', 'secret', 'disabled'], 'webhooks are told of events'),
  ...still(
    'global_error_subscribers',
    ['create', 'delete', 'rename', 'emails'],
    'subscribers are told of failures'
  )
]

function still(kind: string, places: readonly string[], because: string): Row[] {
  return places.map((at) => ({ kind, at, effect: 'none', because }))
}

/** `schemas.[Contact].fields.[Email].obfuscate`: the deepest part that is known decides. */
function schemaEffect({ path, how }: FieldChange): Effect {
  const [, , part, field] = path
  if (part === 'fields')
    return how === 'removed' && field !== undefined ? 'no longer written' : 'other values'
  if (part === 'user_output_name') return 'writes everything again'
  if (part === 'partition_key' || part === 'tracking_field') return 'unknown'
  return 'other records'
}
