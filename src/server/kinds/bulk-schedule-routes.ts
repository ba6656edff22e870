import type { BulkScheduleItem } from '../../wire/bulk-sync.ts'
import { data, type RouteResult } from '../answer.ts'
import { found, param, type Call, type Route } from '../call.ts'
import { sourceSchemas } from '../enumeration/schema.ts'
import { forbidden, notFound } from '../refusal.ts'
import type { StoredBulkSchedule, StoredBulkSync } from '../stored.ts'
import { readItem, shownItem, type SchemaCheck } from './bulk-schedule.ts'
import { mustExist } from './bulk-schema.ts'
import { changed } from './bulk-sync.ts'
import { bulkScheduleShape } from './bulk-sync-shape.ts'
import { mustFit } from './request-shape.ts'

const all = '/api/bulk/syncs/:id/schedules'
const one = `${all}/:schedule`

/** Routes of single schedules: the same paths, in camel case, in every version. */
export const bulkScheduleRoutes: readonly Route[] = [
  { method: 'GET', path: all, access: 'organization', answer: list },
  { method: 'POST', path: all, access: 'organization', answer: create },
  { method: 'GET', path: one, access: 'organization', answer: get },
  { method: 'PUT', path: one, access: 'organization', anyVerb: true, answer: update },
  { method: 'DELETE', path: one, access: 'organization', answer: remove }
]

function syncOf(call: Call): StoredBulkSync {
  return found(call, 'bulk_sync', param(call, 'id'))
}

function scheduleOf(call: Call, sync: StoredBulkSync): StoredBulkSchedule {
  const id = param(call, 'schedule')
  const schedule = [sync.default_schedule, ...sync.additional_schedules].find((known) => known.id === id)
  if (schedule === undefined) throw notFound('schedule', id)
  return schedule
}

function read(call: Call): BulkScheduleItem {
  return mustFit(bulkScheduleShape(), call.body, 400).schedule
}

function checker(call: Call, sync: StoredBulkSync): SchemaCheck {
  const connection = found(call, 'connection', sync.source_connection_id)
  const source = sourceSchemas(connection, call.context.catalogue)
  return (id, field) => mustExist(source, id, field)
}

function list(call: Call): RouteResult {
  const sync = syncOf(call)
  return data(
    [sync.default_schedule, ...sync.additional_schedules].map((schedule) => shownItem(sync, schedule))
  )
}

function get(call: Call): RouteResult {
  const sync = syncOf(call)
  return data(shownItem(sync, scheduleOf(call, sync)))
}

/** Adds a schedule, even where an equal one exists. */
function create(call: Call): RouteResult {
  const sync = syncOf(call)
  const schedule = readItem(call, [], read(call), checker(call, sync))
  changed(call, { ...sync, additional_schedules: [...sync.additional_schedules, schedule] })
  return data(shownItem(sync, schedule))
}

/**
 * Replaces a schedule. Its schemas and its mode stay where they are not sent, for clients have no members
 * for them.
 */
function update(call: Call): RouteResult {
  const sync = syncOf(call)
  const stored = scheduleOf(call, sync)
  const { schemas = [], resync_mode: syncMode = null } = stored
  const item = { schemas, syncMode, ...read(call) }
  const schedule = readItem(call, [stored], item, checker(call, sync), stored.id)
  const swapped = (previous: StoredBulkSchedule): StoredBulkSchedule =>
    previous.id === stored.id ? schedule : previous
  changed(call, {
    ...sync,
    default_schedule: swapped(sync.default_schedule),
    additional_schedules: sync.additional_schedules.map(swapped)
  })
  return data(shownItem(sync, schedule))
}

/** Refuses to delete the default schedule: one that should not run has the frequency `manual`. */
function remove(call: Call): RouteResult {
  const sync = syncOf(call)
  const { id } = scheduleOf(call, sync)
  if (id === sync.default_schedule.id) throw forbidden('the default schedule cannot be deleted; change it')
  changed(call, {
    ...sync,
    additional_schedules: sync.additional_schedules.filter((schedule) => schedule.id !== id)
  })
  return {}
}
