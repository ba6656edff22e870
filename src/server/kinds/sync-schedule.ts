import type { ApiVersion } from '../../wire/common.ts'
import { scheduleFrequencies, type Schedule } from '../../wire/sync.ts'
import { referred, type Call } from '../call.ts'
import { invalid } from '../refusal.ts'
import { readParts, scheduleParts } from './schedule-parts.ts'

/**
 * The schedule to store: only the parts that say something. Throws 422 for parts that are missing or out
 * of range.
 */
export function readSchedule(call: Call, sent: Schedule): Schedule {
  const frequency = sent.frequency ?? ''
  const schedule: Schedule = { frequency: frequency === '' ? 'manual' : frequency }
  if (!scheduleFrequencies.some((known) => known === schedule.frequency) || frequency === 'multi') {
    const allowed = scheduleFrequencies.filter((known) => known !== 'multi')
    throw invalid('schedule.frequency', `must be one of ${allowed.join(', ')}`)
  }
  Object.assign(schedule, readParts(frequency, sent, { field: 'schedule', status: 422 }))
  if (frequency === 'dbtcloud') readJob(call, sent, schedule)
  if (frequency === 'runafter') readRunAfter(call, sent, schedule)
  if (sent.run_after_success_only !== undefined && sent.run_after_success_only !== null) {
    schedule.run_after_success_only = sent.run_after_success_only
  }
  return schedule
}

function readJob(call: Call, sent: Schedule, schedule: Schedule): void {
  const id = sent.connection_id ?? ''
  if (id === '') throw invalid('schedule.connection_id', 'is required when the frequency is dbtcloud')
  if (referred(call, 'connection', id)?.type !== 'dbtcloud') {
    throw invalid('schedule.connection_id', `names no dbt Cloud connection: ${id}`)
  }
  if (sent.job_id === undefined || sent.job_id === null) {
    throw invalid('schedule.job_id', 'is required when the frequency is dbtcloud')
  }
  schedule.connection_id = id
  schedule.job_id = sent.job_id
}

function readRunAfter(call: Call, sent: Schedule, schedule: Schedule): void {
  const syncIds = sent.run_after?.sync_ids ?? []
  const bulkSyncIds = sent.run_after?.bulk_sync_ids ?? []
  if (syncIds.length + bulkSyncIds.length === 0) {
    throw invalid('schedule.run_after', 'must name at least one sync when the frequency is runafter')
  }
  for (const [index, id] of syncIds.entries()) {
    if (referred(call, 'sync', id) === undefined) {
      throw invalid(`schedule.run_after.sync_ids[${index}]`, `names no sync: ${id}`)
    }
  }
  for (const [index, id] of bulkSyncIds.entries()) {
    if (referred(call, 'bulk_sync', id) === undefined) {
      throw invalid(`schedule.run_after.bulk_sync_ids[${index}]`, `names no bulk sync: ${id}`)
    }
  }
  // An empty list is not answered: clients take it for something that they did not send.
  schedule.run_after = {
    ...(syncIds.length === 0 ? {} : { sync_ids: syncIds }),
    ...(bulkSyncIds.length === 0 ? {} : { bulk_sync_ids: bulkSyncIds })
  }
}

/**
 * As answered. `run_after_success_only` is filled in where the version has it: it is the one part that
 * may be.
 */
export function shownSchedule(schedule: Schedule, version: ApiVersion): Schedule {
  const { run_after_success_only, ...rest } = schedule
  return version === '2023-04-25'
    ? rest
    : { ...rest, run_after_success_only: run_after_success_only ?? false }
}

/** `GET /api/syncs/schedules`. */
export const scheduleOptions = [
  option('manual', 'Manual', 'Runs when manually triggered', []),
  option('continuous', 'Continuous', 'Looks for changes every few minutes', []),
  option('hourly', 'Hourly', 'Runs every hour', ['minute']),
  option('daily', 'Daily', 'Runs every day', ['hour', 'minute']),
  option('weekly', 'Weekly', 'Runs every week', ['day_of_week', 'hour', 'minute']),
  option('custom', 'Cron expression', 'Runs when the cron expression says so', scheduleParts),
  option('builder', 'Custom schedule', 'Runs when the schedule says so', scheduleParts),
  option('runafter', 'After other syncs', 'Runs after other syncs have completed', ['run_after']),
  option('dbtcloud', 'After a dbt Cloud job', 'Runs after a dbt Cloud job', ['connection_id', 'job_id'])
]

function option(frequency: string, label: string, description: string, keys: readonly string[]): object {
  const types: Readonly<Record<string, string>> = { run_after: 'object', job_id: 'integer' }
  const properties = Object.fromEntries(keys.map((key) => [key, { type: types[key] ?? 'string' }]))
  return {
    frequency,
    label,
    description,
    configuration: keys.length === 0 ? {} : { type: 'object', properties }
  }
}
