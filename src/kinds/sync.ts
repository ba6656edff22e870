import { isObject, isSecret, type Json, type JsonObject } from '../state/value.ts'
import type { Sync } from '../wire/sync.ts'
import { enumeration, policies, scalar, secret } from './codecs.ts'
import { allOrChanged, mappingEffect, runsAtFirst, scheduleEffect, startsOrStops } from './effects.ts'
import {
  errorHandlingIsNewer,
  errorHandlingField,
  errorHandlingPart,
  errorHandlingRequests,
  unreadErrorHandling,
  syncErrorHandling,
  type WithErrorHandling
} from './error-handling.ts'
import { idsOf, list, overlay, usesOf, valueAt, withoutEmpty, withoutMasks } from './fields.ts'
import { syncModeWords } from './words.ts'
import { kindOf, type AnswerOf } from './kind-of.ts'
import { filterLogic, filters, fixedValues, identity, mappings, overrides, target } from './sync-codecs.ts'
import { guardsSchema } from './sync-guards.ts'
import { modelsOf, withNewField } from './sync-parts.ts'
import { newerShapesKnown } from './sync-known.ts'
import { syncChecks } from './sync-checks.ts'
import { syncExecutions } from './sync-executions.ts'
import { syncProblems } from './sync-problems.ts'
import { settledLogic } from './sync-settled.ts'
import { assertProblems, assertSchema } from './sync-assertions.ts'
import { testProblems, testsSchema } from './sync-tests.ts'
import { scheduleAdvice } from './schedule-words.ts'
import { schedule, scheduleProblems } from './sync-schedule.ts'
import { onlyModel } from './sync-yaml.ts'
import { inKnownShape, inOlderShape, inShapeOf } from './sync-shapes.ts'
import { newerThan, problemsOf } from './sync-newer.ts'
import { conditionsToYaml, identitiesToYaml, placeInYaml } from './sync-spellings.ts'
import { syncWording } from './sync-wording.ts'
import { nameSchema, targetField } from './suggested.ts'
import { identitiesSchema, modelFiltersSchema, targetFiltersSchema } from './sync-schema.ts'

const otherRecords = {
  effect: 'other records',
  because: 'records may come in that were left out, and others are no longer updated'
} as const

/** A boolean that is false if no file states it. */
const flag = (description: string) => scalar({ type: 'boolean', description }, { default: false })

/** A sync: writes records of models to one object of a connection. */
export const sync = kindOf<Sync & WithErrorHandling>()({
  name: 'sync',
  core: true,
  flows: [
    { at: ['identity'], as: 'from' },
    { at: ['fields'], as: 'from' },
    { at: ['filters'], as: 'from' },
    { at: ['overrides'], as: 'from' },
    { at: ['target'], as: 'to', object: ['target', 'object'] },
    { at: ['schedule'], as: 'after' }
  ],
  executions: syncExecutions,
  section: 'syncs',
  description: 'What is written where: from models to an object of a connection, and when.',
  fields: {
    mode: {
      codec: enumeration(syncModeWords, {
        description: 'What happens to records of the target.',
        'x-offers': { what: 'modes', of: [...targetField.of] }
      }),
      owner: 'owned',
      required: true,
      impact: {
        effect: 'may duplicate',
        because:
          'the mode says whether records are made, overwritten or removed: others may be, from now on'
      }
    },
    active: {
      codec: scalar({ type: 'boolean', description: 'Absent: as it is in the service.' }),
      owner: 'carried',
      synonyms: ['enabled'],
      opposites: ['disabled', 'paused'],
      impact: {
        effect: startsOrStops,
        because:
          'an active sync runs on its schedule, and catches up with all that changed while it was paused'
      }
    },
    model: {
      shorthand: nameSchema('model', 'The model of every source below that does not name one.'),
      toYaml: onlyModel
    },
    identity: {
      codec: identity,
      owner: 'owned',
      since: { strategy: '2025-09-18' },
      impact: {
        effect: 'may duplicate',
        because: 'records are matched by something else: those that were matched before may be made again'
      }
    },
    identities: { shorthand: identitiesSchema, toYaml: identitiesToYaml },
    fields: {
      codec: mappings,
      owner: 'owned',
      since: { '*.encryption_enabled': '2024-02-08' },
      synonyms: ['mappings', 'mapping'],
      impact: {
        effect: mappingEffect,
        because: 'a mapping says what a field of the target is written from'
      }
    },
    override_fields: {
      codec: fixedValues,
      owner: 'owned',
      impact: { effect: mappingEffect, because: 'a fixed value is written to every record' }
    },
    model_filters: {
      shorthand: modelFiltersSchema,
      toYaml: (fields, context) => conditionsToYaml(fields, 'model', context)
    },
    target_filters: {
      shorthand: targetFiltersSchema,
      toYaml: (fields, context) => conditionsToYaml(fields, 'target', context)
    },
    filters: {
      codec: filters,
      owner: 'owned',
      since: { '*.value_field': '2025-09-18' },
      impact: otherRecords
    },
    filter_logic: { codec: filterLogic, owner: 'owned', impact: otherRecords },
    overrides: {
      codec: overrides,
      owner: 'owned',
      impact: { effect: 'other values', because: 'where the condition holds, another value is written' }
    },
    target: {
      codec: target,
      owner: 'owned',
      required: true,
      since: { create: '2024-02-08' },
      synonyms: ['destination'],
      impact: {
        effect: 'unknown',
        because: 'what the settings of a target do depends on the system',
        parts: {
          connection: {
            effect: 'writes everything again',
            because: 'the other system has none of the records yet'
          },
          object: {
            effect: 'writes everything again',
            because: 'the other object has none of the records yet'
          }
        }
      }
    },
    schedule: {
      codec: schedule,
      owner: 'owned',
      required: true,
      since: { run_after_success_only: '2024-02-08' },
      synonyms: ['cron'],
      impact: { effect: scheduleEffect, because: 'the schedule says how often records are written' }
    },
    sync_all_records: {
      codec: {
        ...flag('Write all records in every run, not only those that changed. Default: false.'),
        toWire: (value) => value ?? false
      },
      owner: 'owned',
      impact: {
        effect: allOrChanged,
        because: 'it says whether every run writes all records or only those that changed'
      }
    },
    only_enrich_updates: {
      codec: flag(
        'Write a record only when the model itself changed, not what it is joined with. Default: false.'
      ),
      owner: 'owned',
      since: '2024-02-08',
      impact: { effect: 'other records', because: 'it says which records are enriched' }
    },
    skip_initial_backfill: {
      codec: flag('Leave out what is there already when the sync is switched on. Default: false.'),
      owner: 'owned',
      since: '2024-02-08',
      opposites: ['initial_backfill'],
      impact: {
        effect: 'other records',
        because: 'it says whether the first run writes what is there already'
      }
    },
    error_handling: errorHandlingField(syncErrorHandling, {
      auto_retry_record_errors: {
        effect: 'other records',
        because: 'it says whether records that failed are tried again'
      }
    }),
    encryption_passphrase: {
      codec: {
        ...secret({
          type: 'string',
          description: 'What fields with encryption_enabled are encrypted with. A secret: ${env:…}.'
        }),
        rule: { is: 'scalar' },
        toWire: (value) => (isSecret(value) ? value : undefined)
      },
      owner: 'unreadable',
      since: '2024-02-08'
    },
    policies: {
      codec: policies(),
      owner: 'carried',
      impact: { effect: 'none', because: 'policies say who may see and change it' }
    },
    guards: { shorthand: guardsSchema, own: true },
    assert: { shorthand: assertSchema, own: true },
    tests: { shorthand: testsSchema, own: true }
  },
  observed: ['model_ids', 'identities', 'model_filters', 'target_filters', 'problems'],
  observedShapes: {
    model_ids: { list: 'text' },
    problems: { list: { members: { message: 'text', path: 'text', severity: 'text' } } }
  },
  parts: newerShapesKnown,
  impacts: {
    create: {
      effect: runsAtFirst,
      because: 'a new sync writes all records of its model when it first runs, unless it is made inactive'
    },
    delete: {
      effect: 'stops',
      because: 'nothing more is written; what was written stays in the target'
    },
    rename: { effect: 'none', because: 'a name is for people' }
  },
  synonyms: { source: 'model' },
  api: {
    access: 'listed',
    path: '/api/syncs',
    lightList: (version) => version === '2025-09-18',
    lightUses: ['connection', 'model', 'sync', 'bulk_sync'],
    update: (version) => (version === '2023-04-25' ? 'PATCH' : 'PUT'),
    parts: [errorHandlingPart],
    followUps: {
      keys: ['error_handling'],
      exclusive: true,
      requests: errorHandlingRequests,
      unread: unreadErrorHandling
    }
  },

  check: (item) => [
    ...scheduleProblems(item.schedule),
    ...syncProblems(item),
    ...testProblems(item),
    ...assertProblems(item)
  ],
  checks: syncChecks,
  meant: scheduleAdvice,
  readAs: inOlderShape,
  settled: settledLogic,
  created: inKnownShape,
  newerThan: (fields, answers) => [...newerThan(fields, answers), ...errorHandlingIsNewer(fields, answers)],
  placeInYaml,
  wording: syncWording,
  unhealthyReason: ({ problems }) => problemsOf(problems),
  filedUnder: ['target', 'connection'],
  secretsIn: (wire) => {
    const isEncrypted = list(wire.fields).some((field) => field.encryption_enabled === true)
    return isEncrypted ? [{ path: ['encryption_passphrase'], isNeeded: false }] : []
  },

  replacement(answer, body, { body: stated }) {
    const live = inOlderShape(answer)
    return inShapeOf(answer, {
      ...body,
      ...withNewField(live, stated),
      target: withLiveTarget(live.target, stated.target)
    })
  },

  uses: (wire: AnswerOf<Sync> & { readonly target_connection_id?: Json }) => [
    ...usesOf('connection', [
      ...new Set([
        wire.target_connection_id,
        valueAt(wire.target, ['connection_id']),
        valueAt(wire.schedule, ['connection_id'])
      ])
    ]),
    ...usesOf('model', modelsOf(wire)),
    ...usesOf('sync', idsOf(valueAt(wire.schedule, ['run_after', 'sync_ids']))),
    ...usesOf('bulk_sync', idsOf(valueAt(wire.schedule, ['run_after', 'bulk_sync_ids'])))
  ]
})

/** Keeps live settings that no file states, and the object that the service created. */
function withLiveTarget(live: Json | undefined, stated: Json | undefined): JsonObject {
  const there = isObject(live) ? live : {}
  const { configuration: settings, ...wanted } = isObject(stated) ? stated : {}
  const kept = isObject(there.configuration) ? withoutMasks(there.configuration) : {}
  return {
    ...withoutEmpty({ object: there.object }),
    ...wanted,
    ...withoutEmpty({ configuration: overlay(kept, isObject(settings) ? settings : {}) })
  }
}
