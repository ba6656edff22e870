import { isReference, textOf, type Json } from '../state/value.ts'
import type { Change, Effect, FieldChange } from './plan.ts'

/**
 * What changes may do to the data that moves: the one table of it. A row holds for a field of a kind and all
 * below it; the first row that fits is the one that counts. What no row knows is unknown, never safe.
 */
export interface Row {
  kind: string
  /** The field; or an action, for the resource as a whole. */
  at: string
  effect: Effect | ((field: FieldChange, change: Change) => Effect)
  because: string
  /** What else is reached: everything that reads or writes through it. */
  reaches?: true
}

/** Grave things first, within each kind. */
export const impactTable: readonly Row[] = [
  {
    kind: 'sync',
    at: 'create',
    effect: (_field, change) => (change.wanted['active'] === false ? 'none' : 'first run'),
    because: 'a new sync writes all records of its model when it first runs, unless it is made inactive'
  },
  {
    kind: 'sync',
    at: 'delete',
    effect: 'stops',
    because: 'nothing more is written; what was written stays in the target'
  },
  {
    kind: 'sync',
    at: 'identity',
    effect: 'may duplicate',
    because: 'records are matched by something else: those that were matched before may be made again'
  },
  {
    kind: 'sync',
    at: 'mode',
    effect: 'may duplicate',
    because: 'the mode says whether records are made, overwritten or removed: others may be, from now on'
  },
  {
    kind: 'sync',
    at: 'target.connection',
    effect: 'writes everything again',
    because: 'the other system has none of the records yet'
  },
  {
    kind: 'sync',
    at: 'target.object',
    effect: 'writes everything again',
    because: 'the other object has none of the records yet'
  },
  {
    kind: 'sync',
    at: 'target',
    effect: 'unknown',
    because: 'what the settings of a target do depends on the system'
  },
  {
    kind: 'sync',
    at: 'active',
    effect: ({ after }) => (after === false ? 'stops' : 'first run'),
    because: 'an active sync runs on its schedule, and catches up with all that changed while it was paused'
  },
  {
    kind: 'sync',
    at: 'schedule',
    effect: scheduleEffect,
    because: 'the schedule says how often records are written'
  },
  {
    kind: 'sync',
    at: 'filters',
    effect: 'other records',
    because: 'records may come in that were left out, and others are no longer updated'
  },
  {
    kind: 'sync',
    at: 'filter_logic',
    effect: 'other records',
    because: 'records may come in that were left out, and others are no longer updated'
  },
  {
    kind: 'sync',
    at: 'fields',
    effect: mappingEffect,
    because: 'a mapping says what a field of the target is written from'
  },
  {
    kind: 'sync',
    at: 'override_fields',
    effect: mappingEffect,
    because: 'a fixed value is written to every record'
  },
  {
    kind: 'sync',
    at: 'overrides',
    effect: 'other values',
    because: 'where the condition holds, another value is written'
  },
  {
    kind: 'sync',
    at: 'sync_all_records',
    effect: ({ after }) => (after === true ? 'writes everything again' : 'other records'),
    because: 'it says whether every run writes all records or only those that changed'
  },
  {
    kind: 'sync',
    at: 'only_enrich_updates',
    effect: 'other records',
    because: 'it says which records are enriched'
  },
  {
    kind: 'sync',
    at: 'skip_initial_backfill',
    effect: 'other records',
    because: 'it says whether the first run writes what is there already'
  },
  { kind: 'sync', at: 'policies', effect: 'none', because: 'policies say who may see and change it' },
  { kind: 'sync', at: 'rename', effect: 'none', because: 'a name is for people' },
  {
    kind: 'model',
    at: 'create',
    effect: 'none',
    because: 'nothing is read before something uses the model'
  },
  { kind: 'model', at: 'delete', effect: 'none', because: 'nothing that stays uses it' },
  {
    kind: 'model',
    at: 'connection',
    effect: 'reads something else',
    because: 'records come from another system',
    reaches: true
  },
  {
    kind: 'model',
    at: 'configuration',
    effect: 'reads something else',
    because: 'another query or table gives other records',
    reaches: true
  },
  {
    kind: 'model',
    at: 'identifier',
    effect: 'may duplicate',
    because: 'records are told apart by another field: those known before may count as new',
    reaches: true
  },
  {
    kind: 'model',
    at: 'fields',
    effect: ({ how }) => (how === 'removed' ? 'no longer written' : 'other values'),
    because: 'a field that the model no longer has cannot be written any more',
    reaches: true
  },
  {
    kind: 'model',
    at: 'additional_fields',
    effect: ({ how }) => (how === 'removed' ? 'no longer written' : 'other values'),
    because: 'a field that the model no longer has cannot be written any more',
    reaches: true
  },
  {
    kind: 'model',
    at: 'relations',
    effect: 'other records',
    because: 'joins say which records belong together',
    reaches: true
  },
  {
    kind: 'model',
    at: 'tracking_columns',
    effect: 'other records',
    because: 'they say which records count as changed',
    reaches: true
  },
  {
    kind: 'model',
    at: 'enricher',
    effect: 'other values',
    because: 'fields are filled by an enrichment',
    reaches: true
  },
  { kind: 'model', at: 'labels', effect: 'none', because: 'labels are for people' },
  { kind: 'model', at: 'policies', effect: 'none', because: 'policies say who may see and change it' },
  { kind: 'model', at: 'rename', effect: 'none', because: 'a name is for people' },
  {
    kind: 'connection',
    at: 'create',
    effect: 'none',
    because: 'nothing moves before something uses the connection'
  },
  { kind: 'connection', at: 'delete', effect: 'none', because: 'nothing that stays uses it' },
  {
    kind: 'connection',
    at: 'configuration',
    effect: 'reads something else',
    because: 'another host, account or database has other data',
    reaches: true
  },
  { kind: 'connection', at: 'policies', effect: 'none', because: 'policies say who may see and use it' },
  { kind: 'connection', at: 'rename', effect: 'none', because: 'a name is for people' }
]

/** From never to always; what is not in it has no place in this order. */
const often = ['manual', 'weekly', 'daily', 'hourly', 'continuous']

/** By how often it runs before and after; other parts only move it, where it goes on at the same rate. */
export function scheduleEffect(field: FieldChange, change: Change): Effect {
  const [name = 'schedule', part] = field.path
  if (part !== undefined && part !== 'frequency') {
    const schedule = change.wanted[name]
    const frequency = isFrequency(schedule) ? schedule.frequency : ''
    const sameRhythm = ['hourly', 'daily', 'weekly'].includes(frequency)
    return sameRhythm ? 'none' : 'unknown'
  }
  const [before, after] = [frequencyOf(field.before), frequencyOf(field.after)].map((it) =>
    often.indexOf(it)
  )
  if (before === undefined || after === undefined || before < 0 || after < 0) return 'unknown'
  return after > before ? 'runs more often' : 'runs less often'
}

function frequencyOf(value: Json | undefined): string {
  return isFrequency(value) ? value.frequency : textOf(value ?? '').toLowerCase()
}

function isFrequency(value: Json | undefined): value is { frequency: string } {
  return typeof value === 'object' && value !== null && 'frequency' in value && !isReference(value)
}

function mappingEffect({ how }: FieldChange): Effect {
  return how === 'removed' ? 'no longer written' : 'other values'
}
