import type { BulkSync } from '../../wire/bulk-sync.ts'
import { data, type RouteResult } from '../answer.ts'
import { actorOf, found, listed, listedFrom, param, type Call, type Route } from '../call.ts'
import { paged, pagination } from '../paging.ts'
import { createdBy } from '../records.ts'
import { invalid } from '../refusal.ts'
import type { StoredBulkSync } from '../stored.ts'
import { cancelBulkExecutions, forgetBulkExecutions } from './bulk-execution.ts'
import { olderSchedule, shownSchedules } from './bulk-schedule.ts'
import { readBulkSync } from './bulk-sync-request.ts'
import { activation, mustFit } from './request-shape.ts'

/** Routes of bulk syncs; their schemas, schedules and executions have routes of their own. */
export const bulkSyncRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/bulk/syncs', access: 'organization', answer: list },
  { method: 'POST', path: '/api/bulk/syncs', access: 'organization', answer: create },
  { method: 'GET', path: '/api/bulk/syncs/:id', access: 'organization', answer: get },
  { method: 'PUT', path: '/api/bulk/syncs/:id', access: 'organization', answer: update },
  { method: 'PATCH', path: '/api/bulk/syncs/:id', access: 'organization', answer: update },
  { method: 'DELETE', path: '/api/bulk/syncs/:id', access: 'organization', answer: remove },
  { method: 'POST', path: '/api/bulk/syncs/:id/activate', access: 'organization', answer: activate }
]

/** Returns a bulk sync as the version answers it. Its schemas have a path of their own. */
function shown({ version }: Call, stored: StoredBulkSync): BulkSync {
  const { schemas: _own, default_schedule: _first, additional_schedules: _more, ...whole } = stored
  const { error_handling: _elsewhere, ...sync } = whole
  if (version === '2025-09-18') return { ...sync, ...shownSchedules(stored) }
  const older: BulkSync = {
    ...sync,
    discover: sync.automatically_add_new_objects === 'all',
    schedule: olderSchedule(stored)
  }
  if (version !== '2023-04-25') return older
  const {
    normalize_names: _names,
    concurrency_limit: _limit,
    resync_concurrency_limit: _resyncLimit,
    data_cutoff_timestamp: _cutoff,
    disable_record_timestamps: _timestamps,
    created_at: _at,
    created_by: _by,
    updated_at: _changed,
    updated_by: _changer,
    ...oldest
  } = older
  return oldest
}

function list(call: Call): RouteResult {
  const wanted = call.query.get('active') ?? ''
  const isListed = ({ active }: StoredBulkSync): boolean => ['', String(active)].includes(wanted)
  if (call.version !== '2025-09-18')
    return data(
      listed(call, 'bulk_sync')
        .filter(isListed)
        .map((sync) => shown(call, sync))
    )
  const page = paged(listedFrom(call, 'bulk_sync').filter(isListed), call.query)
  return data(
    page.items.map((sync) => shown(call, sync)),
    pagination(page)
  )
}

function get(call: Call): RouteResult {
  return data(shown(call, found(call, 'bulk_sync', param(call, 'id'))))
}

function create(call: Call): RouteResult {
  const sync: StoredBulkSync = {
    id: call.context.randomUUID(),
    ...readBulkSync(call),
    ...createdBy(call.context.now(), actorOf(call))
  }
  call.context.records.put('bulk_sync', sync)
  return data(shown(call, sync))
}

function update(call: Call): RouteResult {
  const stored = found(call, 'bulk_sync', param(call, 'id'))
  const { id, created_at, created_by } = stored
  const sync: StoredBulkSync = {
    id,
    ...readBulkSync(call, stored),
    ...(stored.error_handling === undefined ? {} : { error_handling: stored.error_handling }),
    created_at,
    created_by,
    updated_at: call.context.now().toISOString(),
    updated_by: actorOf(call)
  }
  call.context.records.put('bulk_sync', sync)
  return data(shown(call, sync))
}

/** Deletes a bulk sync with its schedules and schemas, which are parts of it. */
function remove(call: Call): RouteResult {
  const sync = found(call, 'bulk_sync', param(call, 'id'))
  forgetBulkExecutions(call, sync)
  call.context.records.remove('bulk_sync', sync.id)
  return {}
}

function activate(call: Call): RouteResult {
  const stored = found(call, 'bulk_sync', param(call, 'id'))
  mustFit(activation(), call.body, 400)
  const { active } = call.body
  // The API documents 403, 404 and 500 only; a malformed body is a 400 all the same.
  if (typeof active !== 'boolean') throw invalid('active', 'must be true or false', 400)
  changed(call, { ...stored, active })
  if (!active) cancelBulkExecutions(call, stored)
  return data({ id: stored.id, active })
}

/** Stores a bulk sync that the caller has changed just now. */
export function changed(call: Call, sync: StoredBulkSync): void {
  call.context.records.put('bulk_sync', {
    ...sync,
    updated_at: call.context.now().toISOString(),
    updated_by: actorOf(call)
  })
}
