import { isEmpty, isObject, isSecret, type Json, type JsonObject } from '../state/value.ts'
import { syncAnswer } from './answers.ts'
import { carrying, unknownPaths } from './carry.ts'
import {
  idsOf,
  overlay,
  referenceKey,
  references,
  toIds,
  usesOf,
  valueAt,
  withoutAbsent,
  withoutEmpty,
  withoutHoles,
  withoutMasks
} from './fields.ts'
import type { Kind } from './kind.ts'
import { opposite } from './synonym.ts'
import { conditionKey, filterRule, overrideRule, withCondition } from './sync-filters.ts'
import { labelsOf, logicFromLabels, logicRule, logicToLetters } from './sync-logic.ts'
import { settledLogic } from './sync-settled.ts'
import {
  conditionFromWire,
  conditionToWire,
  filterToWire,
  isNoSource,
  list,
  modelsOf,
  sourceFromWire,
  sourceFromYaml,
  sourceToWire,
  targetFromWire,
  targetFromYaml,
  targetOf,
  targetToWire,
  unique,
  withoutIdentity,
  withNewField,
  withoutLabel
} from './sync-parts.ts'
import { syncKnown } from './sync-known.ts'
import { syncProblems } from './sync-problems.ts'
import {
  scheduleFromWire,
  scheduleFromYaml,
  scheduleProblems,
  scheduleRule,
  scheduleToWire
} from './sync-schedule.ts'
import { syncSchema } from './sync-schema.ts'
import { syncToYaml } from './sync-yaml.ts'
import { inOlderShape, inShapeOf, unsayable } from './sync-shapes.ts'

const sourceRule = {
  is: 'object',
  fields: { model: { is: 'reference', kind: 'model' }, field: { is: 'scalar' } }
} as const

const fieldRule = {
  is: 'object',
  fields: {
    source: sourceRule,
    override_value: { is: 'scalar' },
    sync_mode: { is: 'scalar', default: 'updateOrCreate', caseless: true },
    new: { is: 'scalar', default: false },
    encryption_enabled: { is: 'scalar', default: false }
  }
} as const

/** From models to one object of a connection: which fields, how records are matched, when. */
export const sync: Kind = {
  name: 'sync',
  section: 'syncs',
  schema: syncSchema,
  fields: {
    mode: { class: 'owned', rule: { is: 'scalar', caseless: true } },
    active: { class: 'carried', rule: { is: 'scalar' } },
    identity: {
      class: 'owned',
      rule: {
        is: 'object',
        fields: {
          source: sourceRule,
          target: { is: 'scalar' },
          function: { is: 'scalar', caseless: true },
          new_field: { is: 'scalar', default: false, carried: true },
          others: { is: 'json' }
        }
      }
    },
    fields: { class: 'owned', rule: { is: 'set', key: targetOf, item: fieldRule } },
    override_fields: { class: 'owned', rule: { is: 'set', key: targetOf, item: fieldRule } },
    filters: { class: 'owned', rule: { is: 'set', key: conditionKey, item: filterRule } },
    filter_logic: { class: 'owned', rule: logicRule },
    overrides: { class: 'owned', rule: { is: 'set', key: conditionKey, item: overrideRule } },
    target: {
      class: 'owned',
      rule: {
        is: 'object',
        fields: {
          connection: { is: 'reference', kind: 'connection' },
          object: { is: 'scalar', carried: true },
          configuration: { is: 'stated' },
          filter_logic: logicRule,
          create: { is: 'unread' },
          new_name: { is: 'unread' }
        }
      }
    },
    schedule: { class: 'owned', rule: scheduleRule },
    sync_all_records: { class: 'owned', rule: { is: 'scalar', default: false } },
    only_enrich_updates: { class: 'owned', rule: { is: 'scalar', default: false } },
    skip_initial_backfill: { class: 'owned', rule: { is: 'scalar', default: false } },
    encryption_passphrase: { class: 'unreadable', rule: { is: 'scalar' } },
    policies: {
      class: 'carried',
      rule: { is: 'set', key: referenceKey, item: { is: 'reference', kind: 'policy', caseless: true } }
    }
  },
  api: {
    answer: syncAnswer,
    path: '/api/syncs',
    lightList: (version) => version === '2025-09-18',
    update: (version) => (version === '2023-04-25' ? 'PATCH' : 'PUT')
  },
  since: {
    only_enrich_updates: '2024-02-08',
    skip_initial_backfill: '2024-02-08',
    encryption_passphrase: '2024-02-08',
    'fields.*.encryption_enabled': '2024-02-08',
    'target.create': '2024-02-08',
    'schedule.run_after_success_only': '2024-02-08'
  },
  synonyms: {
    mappings: 'fields',
    mapping: 'fields',
    destination: 'target',
    source: 'model',
    cron: 'schedule',
    enabled: 'active',
    disabled: opposite('active'),
    paused: opposite('active'),
    initial_backfill: opposite('skip_initial_backfill')
  },

  isSecret: (_item, path) => path.length === 1 && path[0] === 'encryption_passphrase',

  check: (item) => [...scheduleProblems(item['schedule']), ...syncProblems(item)],

  fromYaml(item) {
    const { model, ...same } = item
    const source = (value: Json | undefined) => sourceFromYaml(value, model)
    const filters = list(item['filters']).map((filter) => withCondition(filter, source(filter['field'])))
    const written = list(item['fields'])
    const fixed = written.filter((field) => field['source'] === undefined)
    const fields = written.map((field) =>
      fixed.includes(field) ? null : { ...field, source: source(field['source']) ?? null }
    )
    const labels = labelsOf(filters)
    return withoutAbsent({
      ...same,
      identity: isObject(item['identity'])
        ? { ...item['identity'], source: source(item['identity']['source']) ?? null }
        : undefined,
      fields: withoutIdentity(
        fields,
        isObject(item['identity']) ? item['identity']['target'] : undefined,
        source(valueAt(item, ['identity', 'source']))
      ),
      override_fields: [...list(item['override_fields']), ...fixed],
      filters: filters.map(withoutLabel),
      filter_logic: logicFromLabels(item['filter_logic'], filters, labels, 'model'),
      overrides: list(item['overrides']).map((override) =>
        withCondition(override, source(override['field']))
      ),
      target: targetFromYaml(item['target'], filters, labels),
      schedule: scheduleFromYaml(item['schedule']),
      policies: references('policy', item['policies'])
    })
  },

  toYaml: syncToYaml,

  toWire(fields, context) {
    const source = (value: Json | undefined) => sourceToWire(value, context)
    const filters = list(fields['filters'])
    const overrides = list(fields['overrides']).map((item) => conditionToWire(item, context))
    const body = withoutEmpty({
      identity: isObject(fields['identity'])
        ? withoutAbsent({ ...fields['identity'], source: source(fields['identity']['source']) })
        : undefined,
      override_fields: withoutHoles(fields['override_fields']),
      filters: filters.map((item, index) => filterToWire(item, index, context)),
      filter_logic: logicToLetters(fields['filter_logic'], filters, 'model', context.id),
      overrides
    })
    return withoutAbsent({
      mode: fields['mode'],
      active: fields['active'],
      fields: list(fields['fields']).map((item) =>
        withoutAbsent({ ...item, source: source(item['source']) })
      ),
      ...body,
      target: targetToWire(fields['target'], filters, context),
      schedule: scheduleToWire(fields['schedule'], context),
      sync_all_records: fields['sync_all_records'] ?? false,
      only_enrich_updates: fields['only_enrich_updates'],
      skip_initial_backfill: fields['skip_initial_backfill'],
      encryption_passphrase: isSecret(fields['encryption_passphrase'])
        ? fields['encryption_passphrase']
        : undefined,
      policies: toIds(fields['policies'], context)
    })
  },

  fromWire(answer, context) {
    const wire = inOlderShape(answer)
    const source = (value: Json | undefined) => sourceFromWire(value, context)
    const models = modelsOf(answer)
    const filters = list(wire['filters']).map((filter) =>
      conditionFromWire(filter, 'filter', models, context)
    )
    const labels = labelsOf(list(wire['filters']))
    const merged = list(wire['fields'])
    const isFixed = (field: JsonObject) => !isEmpty(field['override_value']) && isNoSource(field['source'])
    const plain = merged
      .filter((field) => !isFixed(field))
      .map((field) => ({ ...field, source: source(field['source']) ?? null }))
    const fixed = [...merged.filter(isFixed), ...list(wire['override_fields'])]
    const identity =
      isObject(wire['identity']) && !isEmpty(wire['identity']['target']) ? wire['identity'] : undefined
    return withoutAbsent({
      mode: wire['mode'],
      active: wire['active'],
      identity:
        identity &&
        withoutAbsent({
          source: source(identity['source']),
          target: identity['target'],
          function: identity['function'],
          new_field: identity['new_field'],
          others: identity['others']
        }),
      fields: withoutIdentity(plain, identity?.['target'], source(identity?.['source'])).filter(
        (field) => field !== null
      ),
      override_fields: unique(fixed.map(({ source: _none, ...field }) => field)),
      filters: filters.map(withoutLabel),
      filter_logic: logicFromLabels(wire['filter_logic'], filters, labels, 'model'),
      overrides: list(wire['overrides']).map((override) =>
        conditionFromWire(override, 'override', models, context)
      ),
      target: targetFromWire(wire['target'], filters, labels, context),
      schedule: scheduleFromWire(wire['schedule'], context),
      sync_all_records: wire['sync_all_records'],
      only_enrich_updates: wire['only_enrich_updates'],
      skip_initial_backfill: wire['skip_initial_backfill'],
      policies: idsOf(wire['policies']).map((id) => context.reference('policy', id))
    })
  },

  settled: settledLogic,

  unsayable,

  unknownIn: (live) => unknownPaths(syncKnown, live),

  replacement: carrying(syncKnown, (answer, body) => {
    const live = inOlderShape(answer)
    const target = isObject(live['target']) ? live['target'] : {}
    const { configuration: settings, ...wanted } = isObject(body['target']) ? body['target'] : {}
    const there = isObject(target['configuration']) ? target['configuration'] : {}
    return inShapeOf(answer, {
      ...withoutAbsent({ active: live['active'], policies: live['policies'] }),
      ...body,
      ...withNewField(live, body),
      target: {
        ...withoutEmpty({ object: target['object'] }),
        ...wanted,
        ...withoutEmpty({
          configuration: overlay(withoutMasks(there) as JsonObject, (settings ?? {}) as JsonObject)
        })
      }
    })
  }),

  uses(wire) {
    const syncs = idsOf(valueAt(wire, ['schedule', 'run_after', 'sync_ids']))
    const bulkSyncs = idsOf(valueAt(wire, ['schedule', 'run_after', 'bulk_sync_ids']))
    const connections = [
      wire['target_connection_id'],
      valueAt(wire, ['target', 'connection_id']),
      valueAt(wire, ['schedule', 'connection_id'])
    ]
    return [
      ...usesOf('connection', [...new Set(connections)]),
      ...usesOf('model', modelsOf(wire)),
      ...usesOf('sync', syncs),
      ...usesOf('bulk_sync', bulkSyncs),
      ...usesOf('policy', idsOf(wire['policies']))
    ]
  }
}
