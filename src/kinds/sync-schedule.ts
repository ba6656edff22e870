import { dictionary, isEmpty, isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import {
  bookkeeping,
  fromId,
  idsOf,
  optionalReference,
  referenceKey,
  references,
  toId,
  toIds,
  toName,
  toNames,
  withoutAbsent,
  withoutEmpty
} from './fields.ts'
import type { Shape } from '../state/shape.ts'
import type { KnownObject } from './carry.ts'
import type { Codec } from './field.ts'
import { missingParts } from './schedule-words.ts'
import { scheduleSchema } from './sync-schema.ts'
import type { FromWire, ItemProblem, ToWire, ToYaml } from './kind.ts'

/** The parts of a schedule that have a meaning, by frequency. Others are neither compared nor sent. */
const relevant = dictionary<readonly string[]>({
  manual: [],
  continuous: [],
  hourly: ['minute'],
  daily: ['hour', 'minute'],
  weekly: ['day_of_week', 'hour', 'minute'],
  custom: ['minute', 'hour', 'day_of_month', 'month', 'day_of_week'],
  builder: ['minute', 'hour', 'day_of_month', 'month', 'day_of_week'],
  runafter: ['run_after', 'run_after_success_only'],
  dbtcloud: ['connection', 'job_id']
})

const days = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday']
const bounds = dictionary<readonly [number, number]>({
  minute: [0, 59],
  hour: [0, 23],
  day_of_week: [0, 6],
  day_of_month: [1, 31],
  month: [1, 12]
})

const scheduleRule = {
  is: 'object',
  fields: {
    frequency: { is: 'scalar', caseless: true },
    minute: { is: 'scalar' },
    hour: { is: 'scalar' },
    day_of_week: { is: 'scalar' },
    day_of_month: { is: 'scalar' },
    month: { is: 'scalar' },
    connection: { is: 'reference', kind: 'connection' },
    job_id: { is: 'scalar' },
    run_after: {
      is: 'object',
      fields: {
        syncs: { is: 'set', key: referenceKey, item: { is: 'reference', kind: 'sync' } },
        bulk_syncs: { is: 'set', key: referenceKey, item: { is: 'reference', kind: 'bulk_sync' } }
      }
    },
    run_after_success_only: { is: 'scalar', default: false }
  }
} as const

/** Known members of a schedule in an answer. `multi` has several schedules in older answers. */
export const scheduleKnown: KnownObject = {
  members: [
    ...bookkeeping,
    'frequency',
    ...Object.keys(bounds),
    'connection_id',
    'job_id',
    'run_after_success_only',
    'multi'
  ],
  parts: { run_after: { members: ['sync_ids', 'bulk_sync_ids'] } }
}

const shape: Shape = {
  members: {
    frequency: 'text',
    minute: 'scalar',
    hour: 'scalar',
    day_of_week: 'scalar',
    day_of_month: 'scalar',
    month: 'scalar',
    connection_id: 'text',
    job_id: 'scalar',
    run_after: { members: { sync_ids: { list: 'text' }, bulk_sync_ids: { list: 'text' } } },
    multi: { members: { schedules: { list: { members: { schedule: 'mapping' } } } } }
  }
}

/** Converts a schedule of YAML, which is a frequency alone or has parts. */
export function scheduleFromYaml(schedule: Json | undefined): Json | undefined {
  if (typeof schedule === 'string') return { frequency: schedule.toLowerCase() }
  if (!isObject(schedule)) return schedule
  const after = schedule.run_after
  return normalised({
    ...schedule,
    connection: optionalReference('connection', schedule.connection),
    run_after: isObject(after)
      ? withoutAbsent({
          syncs: references('sync', after.syncs),
          bulk_syncs: references('bulk_sync', after.bulk_syncs)
        })
      : undefined
  })
}

/** Converts a schedule to YAML: to its frequency alone, if that has no parts. */
export function scheduleToYaml(schedule: Json | undefined, context: ToYaml): Json | undefined {
  if (!isObject(schedule)) return schedule
  const { connection, run_after: after, ...parts } = schedule
  const item = withoutAbsent({
    ...parts,
    connection: toName(connection, context),
    run_after: isObject(after)
      ? withoutAbsent({
          syncs: toNames(after.syncs, context),
          bulk_syncs: toNames(after.bulk_syncs, context)
        })
      : undefined
  })
  const frequency = textOf(item.frequency)
  return relevant[frequency]?.length === 0 ? frequency : item
}

/** Converts a schedule of an answer, in which unused parts are null, empty or absent. */
export function scheduleFromWire(schedule: Json | undefined, context: FromWire): Json | undefined {
  if (!isObject(schedule)) return undefined
  const after = isObject(schedule.run_after) ? schedule.run_after : {}
  return normalised({
    ...schedule,
    connection: fromId('connection', schedule.connection_id, context),
    run_after: withoutEmpty({
      syncs: idsOf(after.sync_ids).map((id) => context.reference('sync', id)),
      bulk_syncs: idsOf(after.bulk_sync_ids).map((id) => context.reference('bulk_sync', id))
    })
  })
}

/** Converts a schedule for the wire, where all parts of times are texts. */
export function scheduleToWire(schedule: Json | undefined, context: ToWire): Json | undefined {
  if (!isObject(schedule)) return undefined
  const { connection, run_after: after, ...parts } = schedule
  const texts = Object.entries(parts).map(([name, value]) => [name, name in bounds ? textOf(value) : value])
  return withoutEmpty({
    ...Object.fromEntries(texts),
    connection_id: toId(connection, context),
    run_after: isObject(after)
      ? withoutEmpty({
          sync_ids: toIds(after.syncs, context),
          bulk_sync_ids: toIds(after.bulk_syncs, context)
        })
      : undefined
  })
}

/**
 * Normalises a schedule: numeric parts become numbers (`"05"` is 5, `monday` is 1), and parts without
 * meaning are dropped.
 */
function normalised(schedule: { [part: string]: Json | undefined }): JsonObject {
  const frequency = textOf(schedule.frequency ?? '').toLowerCase()
  const parts = relevant[frequency] ?? [
    ...Object.keys(bounds),
    'connection',
    'job_id',
    'run_after',
    'run_after_success_only'
  ]
  const kept = parts.map(
    (name) => [name, name in bounds ? numeric(name, schedule[name]) : schedule[name]] as const
  )
  return { frequency, ...withoutEmpty(Object.fromEntries(kept)) }
}

function numeric(name: string, value: Json | undefined): Json | undefined {
  if (typeof value !== 'string') return value
  if (/^\d+$/.test(value)) return Number(value)
  const day = name === 'day_of_week' ? days.indexOf(value.toLowerCase()) : -1
  return day === -1 ? value : day
}

/** Reports parts that are out of bounds, missing, or without meaning for the frequency. */
export function scheduleProblems(schedule: Json | undefined): ItemProblem[] {
  if (!isObject(schedule)) return []
  const frequency = textOf(schedule.frequency).toLowerCase()
  const parts = relevant[frequency] ?? []
  const present = Object.keys(schedule).filter((name) => name !== 'frequency' && !isUnsaid(schedule[name]))
  const idle = present
    .filter((name) => !parts.includes(name))
    .map((name) => idlePart(frequency, name, parts))
  const wrong = present
    .filter((name) => parts.includes(name))
    .flatMap((name) => outOfBounds(frequency, name, schedule[name]))
  return [...idle, ...wrong, ...missingParts(frequency, present)]
}

/** Returns true for a part that says nothing: empty, or with nothing but empty lists in it. */
function isUnsaid(part: Json | undefined): boolean {
  return isEmpty(part) || (part !== undefined && isObject(part) && Object.values(part).every(isEmpty))
}

function idlePart(frequency: string, name: string, parts: readonly string[]): ItemProblem {
  return {
    path: ['schedule', name],
    atKey: true,
    code: 'P109',
    message: `\`${name}\` means nothing in a schedule with \`frequency: ${frequency}\``,
    label: 'this would be ignored',
    notes: [
      parts.length === 0
        ? `a ${frequency} schedule has no parts`
        : `a ${frequency} schedule has: ${parts.join(', ')}`
    ],
    help: [`remove \`${name}\`, or choose another frequency`]
  }
}

function outOfBounds(frequency: string, name: string, value: Json | undefined): ItemProblem[] {
  const range = bounds[name]
  const found = numeric(name, value)
  const cron = frequency === 'custom' || frequency === 'builder'
  if (!range || (typeof found === 'string' && cron && /^[\d*,/\-a-z?#]+$/i.test(found))) return []
  if (typeof found === 'number' && found >= range[0] && found <= range[1]) return []
  return [
    {
      path: ['schedule', name],
      code: 'P105',
      message: `\`${name}\` of a schedule goes from ${range[0]} to ${range[1]}`,
      label: `this is ${JSON.stringify(value)}`,
      notes: name === 'hour' ? ['hours are UTC'] : []
    }
  ]
}

/** The schedule of a sync or a bulk sync. */
export const schedule: Codec = {
  schema: scheduleSchema,
  rule: scheduleRule,
  shape,
  known: scheduleKnown,
  fromYaml: scheduleFromYaml,
  toYaml: scheduleToYaml,
  fromWire: scheduleFromWire,
  toWire: scheduleToWire
}
