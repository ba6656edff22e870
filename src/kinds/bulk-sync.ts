import { dictionary, type Json } from '../state/value.ts'
import type { BulkSync, BulkSyncRequest } from '../wire/bulk-sync.ts'
import { enumeration, policies, scalar } from './codecs.ts'
import { runsAtFirst, scheduleEffect, schemaEffect, startsOrStops } from './effects.ts'
import {
  bulkErrorHandling,
  errorHandlingIsNewer,
  errorHandlingField,
  errorHandlingPart,
  type WithErrorHandling
} from './error-handling.ts'
import { idsOf, usesOf, valueAt, withoutAbsent } from './fields.ts'
import { opposite } from './synonym.ts'
import { bulkModeWords, discoveryWords, normalizationWords } from './words.ts'
import { kindOf } from './kind-of.ts'
import { bulkFlows, endOf, withLiveConfiguration } from './bulk-sync-ends.ts'
import { schedulesKnown, schemasKnown } from './bulk-sync-known.ts'
import { isPlain, meansAll, schemasFromWire, withShortSchemas } from './bulk-sync-parts.ts'
import { mergedSchemas, statedSchemas } from './bulk-sync-merge.ts'
import { bulkNewerThan, historyProblems } from './bulk-sync-newer.ts'
import { bulkSyncChecks } from './bulk-sync-checks.ts'
import { bulkSyncExecutions } from './bulk-sync-executions.ts'
import { schemaProblems } from './bulk-sync-problems.ts'
import {
  type Beside,
  bulkSchemaShape,
  detailPaths,
  bulkFollowUps,
  schemasIn,
  withSchemas
} from './bulk-sync-requests.ts'
import { additionalSchedules, bulkScheduleProblems, withScheduleIds } from './bulk-sync-schedules.ts'
import { cutoff, defaultSchedule, limit, schemas, schemasOff } from './bulk-sync-codecs.ts'
import { scheduleAdvice } from './schedule-words.ts'
import { schedule } from './sync-schedule.ts'

const whichSchemas = {
  effect: schemaEffect,
  because: 'schemas say which objects are copied, with which of their records and fields'
} as const

const atOnce = { effect: 'none', because: 'it says how much runs at once' } as const

/** A bulk sync: copies whole objects of one connection to another. */
export const bulkSync = kindOf<BulkSync & BulkSyncRequest & Beside & WithErrorHandling>()({
  name: 'bulk_sync',
  core: true,
  flows: bulkFlows,
  executions: bulkSyncExecutions,
  section: 'bulk_syncs',
  description: 'Whole objects of one connection, copied to another.',
  fields: {
    mode: {
      codec: enumeration(bulkModeWords, { description: 'What happens to the tables of the destination.' }),
      owner: 'owned',
      required: true,
      impact: {
        effect: 'unknown',
        because: 'the mode says whether tables are kept in step or written anew'
      }
    },
    active: {
      codec: scalar({ type: 'boolean', description: 'Absent: as it is in the service.' }),
      owner: 'carried',
      impact: {
        effect: startsOrStops,
        because:
          'an active bulk sync runs on its schedule, and catches up with all that changed while it was paused'
      }
    },
    source: {
      codec: endOf('source', 'read from'),
      spread: ['source_connection_id', 'source_configuration'],
      owner: 'owned',
      required: true,
      synonyms: ['source_connection'],
      impact: {
        effect: 'unknown',
        because: 'what the settings of a source do depends on the system',
        parts: {
          connection: { effect: 'reads something else', because: 'records come from another system' }
        }
      }
    },
    destination: {
      codec: endOf('destination', 'write to'),
      spread: ['destination_connection_id', 'destination_configuration'],
      owner: 'owned',
      required: true,
      synonyms: ['destination_connection', 'target'],
      impact: {
        effect: 'unknown',
        because: 'what the settings of a destination do depends on the system',
        parts: {
          connection: {
            effect: 'writes everything again',
            because: 'the other system has none of the tables yet'
          },
          'configuration.schema': {
            effect: 'writes everything again',
            because: 'the other schema has none of the tables yet'
          }
        }
      }
    },
    schemas: {
      codec: schemas,
      spread: ['schemas', 'schema_settings'],
      owner: 'carried',
      since: {
        '*.filters': '2024-02-08',
        '*.tracking_field': '2024-02-08',
        '*.user_output_name': '2024-02-08',
        '*.data_cutoff_timestamp': '2024-02-08',
        '*.disable_data_cutoff': '2024-02-08',
        '*.fields.*.user_output_name': '2024-02-08',
        '*.history_enabled': '2025-09-18'
      },
      synonyms: ['tables', 'objects'],
      impact: whichSchemas
    },
    schemas_off: {
      codec: schemasOff,
      spread: [],
      owner: 'carried',
      with: 'schemas',
      impact: { ...whichSchemas, effect: 'other records' }
    },
    automatically_add_new_objects: {
      codec: enumeration(
        discoveryWords,
        {
          description:
            'Objects that appear in the source later. When stated, and not none, those are no drift.'
        },
        { default: 'none' }
      ),
      owner: 'carried',
      impact: {
        effect: 'other records',
        because: 'it says whether objects that appear later are copied as well'
      }
    },
    automatically_add_new_fields: {
      codec: enumeration(
        discoveryWords,
        { description: 'Fields that appear later. When stated, and not none, those are no drift.' },
        { default: 'all' }
      ),
      owner: 'carried',
      impact: {
        effect: 'other values',
        because: 'it says whether fields that appear later are copied as well'
      }
    },
    normalize_names: {
      codec: enumeration(
        normalizationWords,
        { description: 'What becomes of names in the destination.' },
        { default: 'enabled' }
      ),
      owner: 'carried',
      since: '2024-02-08',
      impact: {
        effect: 'unknown',
        because: 'tables and columns may get other names; those of the old names stay'
      }
    },
    concurrency_limit: {
      codec: limit('How many schemas are copied at once.'),
      owner: 'carried',
      since: '2024-02-08',
      impact: atOnce
    },
    resync_concurrency_limit: {
      codec: limit('The same while all is copied again.'),
      owner: 'carried',
      since: '2024-02-08',
      impact: atOnce
    },
    data_cutoff_timestamp: {
      codec: cutoff,
      owner: 'carried',
      since: '2024-02-08',
      impact: { effect: 'other records', because: 'it says from when on records are copied' }
    },
    disable_record_timestamps: {
      codec: scalar(
        { type: 'boolean', description: 'Leave out when each record was copied. Default: false.' },
        { default: false }
      ),
      owner: 'carried',
      since: '2024-02-08',
      opposites: ['record_timestamps'],
      impact: {
        effect: 'other values',
        because: 'it says whether records carry the time at which they were copied'
      }
    },
    default_schedule: {
      codec: defaultSchedule,
      spread: ['default_schedule', 'schedule'],
      owner: 'owned',
      required: true,
      synonyms: ['schedule'],
      impact: { effect: scheduleEffect, because: 'the schedule says how often tables are written' }
    },
    additional_schedules: {
      codec: additionalSchedules,
      owner: 'owned',
      since: '2025-09-18',
      synonyms: ['schedules'],
      impact: {
        effect: 'unknown',
        because: 'some of the schemas are copied at other times, or in another way'
      }
    },
    error_handling: errorHandlingField(bulkErrorHandling),
    policies: {
      codec: policies(),
      owner: 'carried',
      impact: { effect: 'none', because: 'policies say who may see and change it' }
    }
  },
  // `discover` is the older name of `automatically_add_new_objects`. Some versions answer `schedules`, a list
  // of all schedules.
  observed: ['discover', 'schedules', 'schema_details'],
  observedShapes: {
    source_connection_id: 'text',
    destination_connection_id: 'text',
    source_configuration: 'mapping',
    destination_configuration: 'mapping',
    schedule: schedule.shape ?? 'anything'
  },
  parts: { ...schedulesKnown, schemas: schemasKnown, schema_settings: schemasKnown },
  impacts: {
    create: {
      effect: runsAtFirst,
      because: 'a new bulk sync copies all of its schemas when it first runs, unless it is made inactive'
    },
    delete: {
      effect: 'stops',
      because: 'nothing more is copied; what was written stays in the destination'
    },
    rename: { effect: 'none', because: 'a name is for people' }
  },
  synonyms: {
    discover: { fields: ['automatically_add_new_objects'], values: { true: 'all', false: 'none' } },
    enabled: 'active',
    disabled: opposite('active', 'enabled'),
    paused: opposite('active', 'enabled'),
    data_cutoff: opposite('disable_data_cutoff'),
    obfuscated: 'obfuscate'
  },
  api: {
    access: 'listed',
    path: '/api/bulk/syncs',
    update: (version) => (version === '2023-04-25' ? 'PATCH' : 'PUT'),
    parts: [
      {
        key: 'schemas',
        answer: bulkSchemaShape,
        field: 'schemas',
        paths: (_wire, wanted, replaces) =>
          wanted && !replaces && schemasIn(wanted).length === 0 && !meansAll(wanted) ? [] : ['/schemas']
      },
      { key: 'schema_details', answer: bulkSchemaShape, field: 'schemas_off', paths: detailPaths },
      errorHandlingPart
    ],
    followUps: bulkFollowUps,
    retryableMessages: ['cache refresh in progress', 'did not provide any schemas']
  },

  check: (item) => [...bulkScheduleProblems(item), ...schemaProblems(item), ...historyProblems(item)],
  checks: bulkSyncChecks,
  meant: scheduleAdvice,
  newerThan: (fields, known) => [...bulkNewerThan(fields, known), ...errorHandlingIsNewer(fields, known)],
  condensed: withShortSchemas,
  filedUnder: ['destination', 'connection'],

  replacement(live, body, { body: stated, version = '2025-09-18' }) {
    const there = schemasFromWire(live)
    const chosen = statedSchemas(stated.schema_settings, there)
    const settings = there ? mergedSchemas(there, chosen, stated) : chosen
    // If every schema has its defaults, none must be listed: a list would exclude objects that appear later.
    const isAll = !Array.isArray(stated.schema_settings) && there?.every(isPlain) === true
    const all = isAll ? undefined : settings
    return {
      ...withSchemas(body, all, { there, version }),
      ...withLiveConfiguration('source', live, stated),
      ...withLiveConfiguration('destination', live, stated),
      ...withScheduleIds(live, stated),
      ...withoutAbsent({ schema_settings: all })
    }
  },

  isDefault: (fields, [name = '', ...rest]) =>
    name === 'schemas_off' ||
    (rest.length === 0 && defaults[name] !== undefined && fields[name] === defaults[name]),

  uses: (wire) => [
    ...usesOf('connection', [wire.source_connection_id, wire.destination_connection_id]),
    ...[wire.default_schedule, wire.schedule].flatMap((one) => [
      ...usesOf('sync', idsOf(valueAt(one, ['run_after', 'sync_ids']))),
      ...usesOf('bulk_sync', idsOf(valueAt(one, ['run_after', 'bulk_sync_ids'])))
    ])
  ]
})

const defaults = dictionary<Json>({
  automatically_add_new_objects: 'none',
  automatically_add_new_fields: 'all',
  normalize_names: 'enabled',
  concurrency_limit: 0,
  resync_concurrency_limit: 0
})
