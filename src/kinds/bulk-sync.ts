import { dictionary, isEmpty, type Json, type JsonObject } from '../state/value.ts'
import { bulkSyncAnswer, bulkSchemaAnswer } from './answers.ts'
import {
  endFromWire,
  endFromYaml,
  endRule,
  endToWire,
  endToYaml,
  withLiveConfiguration
} from './bulk-sync-ends.ts'
import {
  idOf,
  allBut,
  isOff,
  isPlain,
  meansAll,
  mergedSchemas,
  moment,
  off,
  schemaFromYaml,
  schemaToYaml,
  schemasFromWire,
  schemasRule,
  statedSchemas,
  withShortSchemas
} from './bulk-sync-parts.ts'
import { schemaProblems } from './bulk-sync-problems.ts'
import { bodySchemas, detailPaths, schemaRequests } from './bulk-sync-requests.ts'
import {
  additionalFromWire,
  additionalFromYaml,
  additionalRule,
  additionalToWire,
  additionalToYaml,
  bulkScheduleProblems,
  withScheduleIds
} from './bulk-sync-schedules.ts'
import { bulkSyncSchema } from './bulk-sync-schema.ts'
import { bulkSyncKnown } from './bulk-sync-known.ts'
import { carrying, unknownPaths } from './carry.ts'
import {
  idsOf,
  referenceKey,
  references,
  toIds,
  toNames,
  usesOf,
  valueAt,
  withoutAbsent
} from './fields.ts'
import type { Kind, ToWire } from './kind.ts'
import { opposite } from './synonym.ts'
import { list } from './sync-parts.ts'
import {
  scheduleFromWire,
  scheduleFromYaml,
  scheduleRule,
  scheduleToWire,
  scheduleToYaml
} from './sync-schedule.ts'

/** Settings that stay as they are in the service when the files do not state them. */
const carried = [
  'automatically_add_new_objects',
  'automatically_add_new_fields',
  'normalize_names',
  'concurrency_limit',
  'resync_concurrency_limit',
  'data_cutoff_timestamp',
  'disable_record_timestamps'
] as const

/** Whole objects of one connection, copied to another: which, how, when. */
export const bulkSync: Kind = {
  name: 'bulk_sync',
  section: 'bulk_syncs',
  schema: bulkSyncSchema,
  fields: {
    mode: { class: 'owned', rule: { is: 'scalar', caseless: true } },
    active: { class: 'carried', rule: { is: 'scalar' } },
    source: { class: 'owned', rule: endRule },
    destination: { class: 'owned', rule: endRule },
    schemas: { class: 'carried', rule: schemasRule },
    // `schemas: all` is that none of them is off.
    schemas_off: {
      class: 'carried',
      rule: { is: 'set', key: String, item: { is: 'scalar' } },
      with: 'schemas'
    },
    automatically_add_new_objects: {
      class: 'carried',
      rule: { is: 'scalar', default: 'none', caseless: true }
    },
    automatically_add_new_fields: {
      class: 'carried',
      rule: { is: 'scalar', default: 'all', caseless: true }
    },
    normalize_names: { class: 'carried', rule: { is: 'scalar', default: 'enabled', caseless: true } },
    concurrency_limit: { class: 'carried', rule: { is: 'scalar', default: 0 } },
    resync_concurrency_limit: { class: 'carried', rule: { is: 'scalar', default: 0 } },
    data_cutoff_timestamp: { class: 'carried', rule: { is: 'scalar' } },
    disable_record_timestamps: { class: 'carried', rule: { is: 'scalar', default: false } },
    default_schedule: { class: 'owned', rule: scheduleRule },
    additional_schedules: { class: 'owned', rule: additionalRule },
    policies: {
      class: 'carried',
      rule: { is: 'set', key: referenceKey, item: { is: 'reference', kind: 'policy', caseless: true } }
    }
  },
  api: {
    answer: bulkSyncAnswer,
    path: '/api/bulk/syncs',
    lightList: () => false,
    update: (version) => (version === '2023-04-25' ? 'PATCH' : 'PUT'),
    parts: [
      {
        key: 'schemas',
        answer: bulkSchemaAnswer,
        field: 'schemas',
        paths: (_wire, wanted, replaces) =>
          wanted && !replaces && isEmpty(wanted['schemas']) && !meansAll(wanted) ? [] : ['/schemas']
      },
      { key: 'schema_details', answer: bulkSchemaAnswer, field: 'schemas_off', paths: detailPaths }
    ],
    further: { about: ['schema_settings'], apart: true, requests: schemaRequests },
    notYet: ['cache refresh in progress', 'did not provide any schemas']
  },
  since: {
    normalize_names: '2024-02-08',
    concurrency_limit: '2024-02-08',
    resync_concurrency_limit: '2024-02-08',
    data_cutoff_timestamp: '2024-02-08',
    disable_record_timestamps: '2024-02-08',
    additional_schedules: '2025-09-18',
    'schemas.*.filters': '2024-02-08',
    'schemas.*.tracking_field': '2024-02-08',
    'schemas.*.user_output_name': '2024-02-08',
    'schemas.*.data_cutoff_timestamp': '2024-02-08',
    'schemas.*.disable_data_cutoff': '2024-02-08',
    'schemas.*.fields.*.user_output_name': '2024-02-08'
  },
  synonyms: {
    schedule: 'default_schedule',
    schedules: 'additional_schedules',
    discover: {
      fields: ['automatically_add_new_objects'],
      values: { true: 'all', false: 'none' }
    },
    enabled: 'active',
    disabled: opposite('active', 'enabled'),
    paused: opposite('active', 'enabled'),
    record_timestamps: opposite('disable_record_timestamps'),
    data_cutoff: opposite('disable_data_cutoff'),
    source_connection: 'source',
    destination_connection: 'destination',
    target: 'destination',
    tables: 'schemas',
    objects: 'schemas',
    obfuscated: 'obfuscate'
  },

  isSecret: () => false,
  check: (item) => [...bulkScheduleProblems(item), ...schemaProblems(item)],

  fromYaml(item) {
    const schemas = item['schemas']
    const additional = item['additional_schedules']
    return withoutAbsent({
      ...item,
      source: endFromYaml(item['source']),
      destination: endFromYaml(item['destination']),
      // None listed is none chosen: what is there stays.
      schemas: Array.isArray(schemas) && schemas.length > 0 ? schemas.map(schemaFromYaml) : undefined,
      schemas_off: schemas === 'all' ? [] : undefined,
      data_cutoff_timestamp: moment(item['data_cutoff_timestamp']),
      default_schedule: scheduleFromYaml(item['default_schedule']),
      additional_schedules: Array.isArray(additional) ? additional.map(additionalFromYaml) : additional,
      policies: references('policy', item['policies'])
    })
  },

  toYaml(fields, context) {
    const { schemas, schemas_off: off, ...same } = fields
    const additional = fields['additional_schedules']
    return withoutAbsent({
      ...same,
      source: endToYaml(fields['source'], context),
      destination: endToYaml(fields['destination'], context),
      schemas: Array.isArray(schemas) ? schemas.flatMap(schemaToYaml) : off && 'all',
      default_schedule: scheduleToYaml(fields['default_schedule'], context),
      additional_schedules: Array.isArray(additional)
        ? list(additional).map((one) => additionalToYaml(one, context))
        : additional,
      policies: toNames(fields['policies'], context)
    })
  },

  condensed: withShortSchemas,

  toWire(fields, context) {
    const settings = fields['schemas'] === undefined ? undefined : list(fields['schemas'])
    const off = fields['schemas_off']
    return withoutAbsent({
      mode: fields['mode'],
      active: fields['active'],
      ...endToWire('source', fields['source'], context),
      ...endToWire('destination', fields['destination'], context),
      ...Object.fromEntries(carried.map((name) => [name, fields[name]])),
      schemas: settings && bodySchemas(settings, context.version),
      schema_settings: settings ?? (Array.isArray(off) ? allBut(off) : undefined),
      ...schedulesToWire(fields, context),
      policies: toIds(fields['policies'], context)
    })
  },

  fromWire(wire, context) {
    const schemas = schemasFromWire(wire)
    return withoutAbsent({
      mode: wire['mode'],
      active: wire['active'],
      source: endFromWire('source', wire, context),
      destination: endFromWire('destination', wire, context),
      schemas: schemas?.map((item) => (isOff(item) ? off(item) : item)),
      schemas_off: schemas?.filter(isOff).map(idOf),
      ...Object.fromEntries(carried.map((name) => [name, wire[name] ?? undefined])),
      data_cutoff_timestamp: moment(wire['data_cutoff_timestamp'] ?? undefined),
      default_schedule: scheduleFromWire(wire['default_schedule'] ?? wire['schedule'], context),
      additional_schedules: list(wire['additional_schedules']).map((one) =>
        additionalFromWire(one, context)
      ),
      policies: idsOf(wire['policies']).map((id) => context.reference('policy', id))
    })
  },

  unknownIn: (live) => unknownPaths(bulkSyncKnown, live),

  replacement: carrying(bulkSyncKnown, (live, body, _answer, version = '2025-09-18') => {
    const there = schemasFromWire(live)
    const stated = statedSchemas(body['schema_settings'], there)
    const settings = there ? mergedSchemas(there, stated, body) : stated
    // Nobody has chosen: to list all of them would be a choice.
    const isAll = !Array.isArray(body['schema_settings']) && there?.every(isPlain) === true
    const schemas = isAll ? undefined : settings
    return {
      ...withoutAbsent({
        active: live['active'],
        policies: live['policies'],
        ...Object.fromEntries(carried.map((name) => [name, live[name] ?? undefined]))
      }),
      ...body,
      ...withLiveConfiguration('source', live, body),
      ...withLiveConfiguration('destination', live, body),
      ...withScheduleIds(live, body),
      ...withoutAbsent({
        schemas: schemas && bodySchemas(schemas, version),
        schema_settings: schemas
      })
    }
  }),

  isDefault(fields, path) {
    const [name = ''] = path
    if (name === 'schemas_off') return true
    return path.length === 1 && defaults[name] !== undefined && fields[name] === defaults[name]
  },

  uses(wire) {
    const after = ['default_schedule', 'schedule'].map((name) => valueAt(wire, [name, 'run_after']))
    return [
      ...usesOf('connection', [wire['source_connection_id'], wire['destination_connection_id']]),
      ...after.flatMap((run) => [
        ...usesOf('sync', idsOf(valueAt(run, ['sync_ids']))),
        ...usesOf('bulk_sync', idsOf(valueAt(run, ['bulk_sync_ids'])))
      ]),
      ...usesOf('policy', idsOf(wire['policies']))
    ]
  }
}

const defaults = dictionary<Json>({
  automatically_add_new_objects: 'none',
  automatically_add_new_fields: 'all',
  normalize_names: 'enabled',
  concurrency_limit: 0,
  resync_concurrency_limit: 0
})

function schedulesToWire(fields: JsonObject, context: ToWire): { [key: string]: Json | undefined } {
  const main = scheduleToWire(fields['default_schedule'], context)
  if (context.version !== '2025-09-18') return { schedule: main }
  const others = list(fields['additional_schedules']).map((one) => additionalToWire(one, context))
  return { default_schedule: main, additional_schedules: others }
}
