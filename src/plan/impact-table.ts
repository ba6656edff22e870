import { dictionary } from '../state/value.ts'
import {
  allOrChanged,
  mappingEffect,
  runsAtFirst,
  scheduleEffect,
  schemaEffect,
  startsOrStops,
  type EffectOf
} from './impact-effects.ts'
import type { Effect } from './plan.ts'

/** A field, or an action for the resource as a whole; what it does, and why; whether users are reached. */
export type Row = readonly [at: string, effect: Effect | EffectOf, because: string, reaches?: 'reaches']

/**
 * What changes may do to the data that moves: the one table of it, by kind. A row holds for a field and all
 * below it, or for the whole resource that is made, renamed or deleted; the first row that fits is the one
 * that counts. What no row knows is unknown, never safe.
 */
export const impactTable = dictionary<readonly Row[]>({
  sync: [
    [
      'create',
      runsAtFirst,
      'a new sync writes all records of its model when it first runs, unless it is made inactive'
    ],
    ['delete', 'stops', 'nothing more is written; what was written stays in the target'],
    [
      'identity',
      'may duplicate',
      'records are matched by something else: those that were matched before may be made again'
    ],
    [
      'mode',
      'may duplicate',
      'the mode says whether records are made, overwritten or removed: others may be, from now on'
    ],
    ['target.connection', 'writes everything again', 'the other system has none of the records yet'],
    ['target.object', 'writes everything again', 'the other object has none of the records yet'],
    ['target', 'unknown', 'what the settings of a target do depends on the system'],
    [
      'active',
      startsOrStops,
      'an active sync runs on its schedule, and catches up with all that changed while it was paused'
    ],
    ['schedule', scheduleEffect, 'the schedule says how often records are written'],
    [
      'filters',
      'other records',
      'records may come in that were left out, and others are no longer updated'
    ],
    [
      'filter_logic',
      'other records',
      'records may come in that were left out, and others are no longer updated'
    ],
    ['fields', mappingEffect, 'a mapping says what a field of the target is written from'],
    ['override_fields', mappingEffect, 'a fixed value is written to every record'],
    ['overrides', 'other values', 'where the condition holds, another value is written'],
    [
      'sync_all_records',
      allOrChanged,
      'it says whether every run writes all records or only those that changed'
    ],
    ['only_enrich_updates', 'other records', 'it says which records are enriched'],
    [
      'skip_initial_backfill',
      'other records',
      'it says whether the first run writes what is there already'
    ],
    ['policies', 'none', 'policies say who may see and change it'],
    ['rename', 'none', 'a name is for people']
  ],
  model: [
    ['create', 'none', 'nothing is read before something uses the model'],
    ['delete', 'none', 'nothing that stays uses it'],
    ['connection', 'reads something else', 'records come from another system', 'reaches'],
    ['configuration', 'reads something else', 'another query or table gives other records', 'reaches'],
    [
      'identifier',
      'may duplicate',
      'records are told apart by another field: those known before may count as new',
      'reaches'
    ],
    ['fields', mappingEffect, 'a field that the model no longer has cannot be written any more', 'reaches'],
    [
      'additional_fields',
      mappingEffect,
      'a field that the model no longer has cannot be written any more',
      'reaches'
    ],
    ['relations', 'other records', 'joins say which records belong together', 'reaches'],
    ['tracking_columns', 'other records', 'they say which records count as changed', 'reaches'],
    ['enricher', 'other values', 'fields are filled by an enrichment', 'reaches'],
    ['labels', 'none', 'labels are for people'],
    ['policies', 'none', 'policies say who may see and change it'],
    ['rename', 'none', 'a name is for people']
  ],
  connection: [
    ['create', 'none', 'nothing moves before something uses the connection'],
    ['delete', 'none', 'nothing that stays uses it'],
    [
      'configuration',
      'reads something else',
      'another host, account or database has other data',
      'reaches'
    ],
    ['policies', 'none', 'policies say who may see and use it'],
    ['rename', 'none', 'a name is for people']
  ],
  bulk_sync: [
    [
      'create',
      runsAtFirst,
      'a new bulk sync copies all of its schemas when it first runs, unless it is made inactive'
    ],
    ['delete', 'stops', 'nothing more is copied; what was written stays in the destination'],
    ['source.connection', 'reads something else', 'records come from another system'],
    ['destination.connection', 'writes everything again', 'the other system has none of the tables yet'],
    [
      'destination.configuration.schema',
      'writes everything again',
      'the other schema has none of the tables yet'
    ],
    ['destination', 'unknown', 'what the settings of a destination do depends on the system'],
    ['source', 'unknown', 'what the settings of a source do depends on the system'],
    ['mode', 'unknown', 'the mode says whether tables are kept in step or written anew'],
    ['normalize_names', 'unknown', 'tables and columns may get other names; those of the old names stay'],
    [
      'active',
      startsOrStops,
      'an active bulk sync runs on its schedule, and catches up with all that changed while it was paused'
    ],
    ['default_schedule', scheduleEffect, 'the schedule says how often tables are written'],
    ['additional_schedules', 'unknown', 'some of the schemas are copied at other times, or in another way'],
    [
      'schemas',
      schemaEffect,
      'schemas say which objects are copied, with which of their records and fields'
    ],
    [
      'schemas_off',
      'other records',
      'schemas say which objects are copied, with which of their records and fields'
    ],
    ['data_cutoff_timestamp', 'other records', 'it says from when on records are copied'],
    [
      'automatically_add_new_objects',
      'other records',
      'it says whether objects that appear later are copied as well'
    ],
    [
      'automatically_add_new_fields',
      'other values',
      'it says whether fields that appear later are copied as well'
    ],
    [
      'disable_record_timestamps',
      'other values',
      'it says whether records carry the time at which they were copied'
    ],
    ['concurrency_limit', 'none', 'it says how much runs at once'],
    ['resync_concurrency_limit', 'none', 'it says how much runs at once'],
    ['policies', 'none', 'policies say who may see and change it'],
    ['rename', 'none', 'a name is for people']
  ],
  schema_primary_keys: [
    [
      'create',
      'may duplicate',
      'records are told apart by other fields: those known before may count as new'
    ],
    [
      'delete',
      'may duplicate',
      'records are told apart by other fields: those known before may count as new'
    ],
    [
      'rename',
      'may duplicate',
      'records are told apart by other fields: those known before may count as new'
    ],
    [
      'connection',
      'may duplicate',
      'records are told apart by other fields: those known before may count as new'
    ],
    [
      'schema',
      'may duplicate',
      'records are told apart by other fields: those known before may count as new'
    ],
    [
      'fields',
      'may duplicate',
      'records are told apart by other fields: those known before may count as new'
    ]
  ],
  role: [
    ['create', 'none', 'a role says nothing by itself; policies do'],
    ['delete', 'none', 'a role says nothing by itself; policies do'],
    ['rename', 'none', 'a role says nothing by itself; policies do']
  ],
  policy: [
    ['create', 'none', 'policies say who may do what'],
    ['delete', 'none', 'policies say who may do what'],
    ['rename', 'none', 'policies say who may do what'],
    ['policy_actions', 'none', 'policies say who may do what']
  ],
  user: [
    ['create', 'none', 'users are people, and roles what they may do'],
    ['delete', 'none', 'users are people, and roles what they may do'],
    ['rename', 'none', 'users are people, and roles what they may do'],
    ['roles', 'none', 'users are people, and roles what they may do']
  ],
  webhook: [
    ['create', 'none', 'webhooks are told of events'],
    ['delete', 'none', 'webhooks are told of events'],
    ['rename', 'none', 'webhooks are told of events'],
    ['secret', 'none', 'webhooks are told of events'],
    ['disabled', 'none', 'webhooks are told of events']
  ],
  global_error_subscribers: [
    ['create', 'none', 'subscribers are told of failures'],
    ['delete', 'none', 'subscribers are told of failures'],
    ['rename', 'none', 'subscribers are told of failures'],
    ['emails', 'none', 'subscribers are told of failures']
  ]
})
