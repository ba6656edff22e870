/**
 * The schedules of a bulk sync: one set of stored schedules, and the shapes that the versions have for it.
 */
import { isDeepStrictEqual } from 'node:util'
import {
  bulkResyncModes,
  selectiveModes,
  type AdditionalBulkScheduleRequest,
  type BulkSchedule,
  type BulkScheduleItem,
  type BulkSyncRequest,
  type OlderBulkSchedule
} from '../../wire/bulk-sync.ts'
import { scheduleFrequencies } from '../../wire/sync.ts'
import type { Call } from '../call.ts'
import { createdBy } from '../records.ts'
import { invalid } from '../refusal.ts'
import type { StoredBulkSchedule, StoredBulkSync } from '../stored.ts'
import { readParts, scheduleParts } from './schedule-parts.ts'

/** The schedules of a bulk sync. */
export type Schedules = Pick<StoredBulkSync, 'default_schedule' | 'additional_schedules'>

/**
 * Frequencies of bulk syncs. `runafter` and `dbtcloud` need to name what they wait for, and bulk
 * schedules have no member for it.
 */
const frequencies = scheduleFrequencies.filter((one) => !['multi', 'runafter', 'dbtcloud'].includes(one))

/** Returns whether the source has a schema, or throws. */
export type SchemaCheck = (id: string, field: string) => void

interface Reading {
  call: Call
  /** Stored schedules that no schedule of the request has taken yet. */
  before: StoredBulkSchedule[]
  /** Ids in the request: other schedules do not take them. */
  named: ReadonlySet<string>
  check: SchemaCheck
}

/** A schedule of the request: its path, and the spelling of its keys. */
interface Asked {
  field: string
  schedule: AdditionalBulkScheduleRequest
  spell: (key: string) => string
}

/**
 * Returns the schedules of a request in the shape of its version. Throws 400 that names the field.
 * Schedules that the request leaves out are deleted.
 */
export function readSchedules(
  call: Call,
  request: BulkSyncRequest,
  self: Schedules | undefined,
  check: SchemaCheck
): Schedules {
  const before = self === undefined ? [] : [self.default_schedule, ...self.additional_schedules]
  const [first, ...others] = call.version === '2025-09-18' ? newer(request) : older(request)
  const id = idOf(first) === '' ? (self?.default_schedule.id ?? '') : idOf(first)
  const named = new Set([id, ...others.map(idOf)])
  const reading = { call, before, named, check }
  return {
    default_schedule: readSchedule(reading, { ...first, schedule: { ...first.schedule, id } }),
    additional_schedules: others.map((requested) => readSchedule(reading, requested))
  }
}

function idOf({ schedule }: Asked): string {
  return schedule.id ?? ''
}

const asItIs = (key: string): string => key

/** Throws for the member of another version, which would not be stored. */
function mustBeOf(
  request: BulkSyncRequest,
  others: readonly ('schedule' | 'default_schedule' | 'additional_schedules')[],
  own: string
): void {
  const other = others.find((name) => (request[name] ?? undefined) !== undefined)
  if (other !== undefined) throw invalid(other, `is not part of this version: use ${own}`, 400)
}

function newer(request: BulkSyncRequest): [Asked, ...Asked[]] {
  if (request.default_schedule === undefined) throw invalid('default_schedule', 'is required', 400)
  mustBeOf(request, ['schedule'], 'default_schedule')
  const additional = (request.additional_schedules ?? []).map((schedule, index) => ({
    field: `additional_schedules[${index}]`,
    schedule,
    spell: asItIs
  }))
  return [{ field: 'default_schedule', schedule: request.default_schedule, spell: asItIs }, ...additional]
}

/** Reads a `multi` schedule: its first one becomes the default schedule. */
function older(request: BulkSyncRequest): [Asked, ...Asked[]] {
  const { schedule } = request
  if (schedule === undefined) throw invalid('schedule', 'is required', 400)
  mustBeOf(request, ['default_schedule', 'additional_schedules'], 'schedule')
  if (schedule.frequency !== 'multi') return [{ field: 'schedule', schedule, spell: asItIs }]
  const items = (schedule.multi?.schedules ?? []).map(({ item, schedule: one }, index) => ({
    field: `schedule.multi.schedules[${index}]`,
    schedule: { ...one, selective_mode: item },
    spell: (key: string) => (key === 'selective_mode' ? 'item' : `schedule.${key}`)
  }))
  const [first, ...others] = items
  if (first === undefined) {
    throw invalid('schedule.multi.schedules', 'must have a schedule when the frequency is multi', 400)
  }
  return [first, ...others]
}

function readSchedule(reading: Reading, { field, schedule, spell }: Asked): StoredBulkSchedule {
  const at = (key: string): string => `${field}.${spell(key)}`
  const { frequency } = schedule
  if (!frequencies.some((known) => known === frequency)) {
    throw invalid(at('frequency'), `must be one of ${frequencies.join(', ')}`, 400)
  }
  const selective = oneOf(selectiveModes, schedule.selective_mode, at('selective_mode'))
  const resync = oneOf(bulkResyncModes, schedule.resync_mode, at('resync_mode'))
  const schemas = schedule.schemas ?? []
  for (const [index, schema] of schemas.entries()) reading.check(schema, `${at('schemas')}[${index}]`)
  const meaning = {
    frequency,
    ...readParts(frequency, schedule, { field, spell, status: 400 }),
    ...(schemas.length === 0 ? {} : { schemas }),
    ...(selective === undefined ? {} : { selective_mode: selective }),
    ...(resync === undefined ? {} : { resync_mode: resync })
  }
  return kept(reading, schedule.id ?? '', field, meaning)
}

type Meaning = Omit<StoredBulkSchedule, 'id' | 'created_at' | 'created_by' | 'updated_at' | 'updated_by'>

/**
 * Returns the stored schedule with the id of the request, or an equal one; else a new one. Each stored
 * one is taken once.
 */
function kept(
  { call: { context, caller }, before, named }: Reading,
  id: string,
  field: string,
  meaning: Meaning
): StoredBulkSchedule {
  const index = before.findIndex((one) =>
    id === '' ? !named.has(one.id) && says(one, meaning) : one.id === id
  )
  const [known] = index === -1 ? [] : before.splice(index, 1)
  if (known === undefined) {
    if (id !== '') throw invalid(`${field}.id`, `names no schedule of this bulk sync: ${id}`, 400)
    return { id: context.randomUUID(), ...meaning, ...createdBy(context.now(), caller.actor) }
  }
  if (says(known, meaning)) return known
  const { created_at, created_by } = known
  const updated_at = context.now().toISOString()
  return { id: known.id, ...meaning, created_at, created_by, updated_at, updated_by: caller.actor }
}

function says(stored: StoredBulkSchedule, meaning: Meaning): boolean {
  const {
    id: _id,
    created_at: _at,
    created_by: _by,
    updated_at: _changed,
    updated_by: _changer,
    ...rest
  } = stored
  return isDeepStrictEqual(rest, meaning)
}

function oneOf(
  known: readonly string[],
  value: string | null | undefined,
  field: string
): string | undefined {
  if ((value ?? '') === '') return undefined
  if (known.some((one) => one === value)) return value ?? undefined
  throw invalid(field, `must be one of ${known.join(', ')}`, 400)
}

/** Returns schedules as 2025-09-18 answers them. */
export function shownSchedules(schedules: Schedules): {
  default_schedule: BulkSchedule
  additional_schedules: BulkSchedule[]
} {
  const { selective_mode: _mode, ...first } = schedules.default_schedule
  return { default_schedule: first, additional_schedules: schedules.additional_schedules }
}

/** Returns schedules as older versions answer them: one, which is a `multi` where there are several. */
export function olderSchedule({ default_schedule, additional_schedules }: Schedules): OlderBulkSchedule {
  if (additional_schedules.length === 0) return times(default_schedule)
  const schedules = [default_schedule, ...additional_schedules].map((schedule) => ({
    item: schedule.selective_mode ?? 'none',
    schedule: times(schedule)
  }))
  return { frequency: 'multi', multi: { schedules } }
}

/** Leaves out empty parts: clients would see them as a change. */
function times(schedule: StoredBulkSchedule): OlderBulkSchedule {
  const shown: OlderBulkSchedule = { frequency: schedule.frequency }
  for (const part of scheduleParts) {
    const value = schedule[part]
    if (value !== undefined) shown[part] = value
  }
  return shown
}

/** Returns a schedule as the routes of single schedules answer it, in camel case. */
export function shownItem(sync: StoredBulkSync, schedule: StoredBulkSchedule): BulkScheduleItem {
  const { id, frequency, minute, hour, day_of_week, day_of_month, month } = schedule
  return {
    id,
    frequency,
    ...(minute === undefined ? {} : { minute }),
    ...(hour === undefined ? {} : { hour }),
    ...(day_of_week === undefined ? {} : { dayOfWeek: day_of_week }),
    ...(day_of_month === undefined ? {} : { dayOfMonth: day_of_month }),
    ...(month === undefined ? {} : { month }),
    isDefault: id === sync.default_schedule.id,
    selectiveMode: schedule.selective_mode ?? 'none',
    syncMode: schedule.resync_mode ?? 'normal',
    schemas: schedule.schemas ?? [],
    syncId: sync.id,
    createdAt: schedule.created_at,
    createdBy: schedule.created_by.id,
    updatedAt: schedule.updated_at,
    updatedBy: schedule.updated_by.id
  }
}

/**
 * Reads a single schedule in camel case. `id` is that of the one in `before` that it replaces; absent for
 * a new one.
 */
export function readItem(
  call: Call,
  before: readonly StoredBulkSchedule[],
  item: BulkScheduleItem,
  check: SchemaCheck,
  id = ''
): StoredBulkSchedule {
  const schedule: AdditionalBulkScheduleRequest = {
    id,
    frequency: item.frequency,
    minute: item.minute ?? null,
    hour: item.hour ?? null,
    day_of_week: item.dayOfWeek ?? null,
    day_of_month: item.dayOfMonth ?? null,
    month: item.month ?? null,
    selective_mode: item.selectiveMode ?? null,
    resync_mode: item.syncMode ?? null,
    schemas: item.schemas ?? null
  }
  const reading = { call, before: [...before], named: new Set([id]), check }
  return readSchedule(reading, { field: 'schedule', schedule, spell: inCamelCase })
}

function inCamelCase(key: string): string {
  if (key === 'resync_mode') return 'syncMode'
  return key.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
}
