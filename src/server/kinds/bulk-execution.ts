import { bulkFetchModes, bulkResyncModes, type BulkStartRequest } from '../../wire/bulk-sync.ts'
import { data, type RouteResult } from '../answer.ts'
import { actorOf, flag, found, organizationOf, param, type Call, type Route } from '../call.ts'
import { sourceSchemas } from '../enumeration/schema.ts'
import { paged, pagination } from '../paging.ts'
import { invalid, notFound, Refusal } from '../refusal.ts'
import { makeBulkRoom } from '../runner/bulk/bulk-schedules.ts'
import { expiryOf, logAddress } from '../runner/log-address.ts'
import { newExecution } from '../runner/new-execution.ts'
import { isOpen } from '../runner/open.ts'
import type { StoredBulkExecution, StoredBulkSync } from '../stored.ts'
import { schemaStatuses, shownExecution } from './bulk-execution-shown.ts'
import { mustExist } from './bulk-schema.ts'
import { bulkStartShape } from './bulk-sync-shape.ts'
import { mustHaveRunner, mustRunHere } from './execution-start.ts'
import { consoleLines, mustBeOpen } from './execution.ts'
import { mustFit } from './request-shape.ts'

const executions = '/api/bulk/syncs/:id/executions'
const execution = `${executions}/:execution`

/** Routes of executions. Where this server moves no data it starts none, and has none to show. */
export const bulkExecutionRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/bulk/syncs/status', access: 'organization', answer: statuses },
  { method: 'GET', path: '/api/bulk/syncs/:id/status', access: 'organization', answer: status },
  {
    method: 'POST',
    path: '/api/bulk/syncs/:id/cancel',
    access: 'organization',
    bodyless: true,
    answer: cancelAll
  },
  { method: 'POST', path: executions, access: 'organization', answer: start },
  { method: 'GET', path: executions, access: 'organization', answer: list },
  {
    method: 'GET',
    path: execution,
    access: 'organization',
    answer: (call) => data(shownExecution(call, one(call)))
  },
  { method: 'POST', path: `${execution}/cancel`, access: 'organization', answer: cancelOne },
  { method: 'GET', path: `${execution}/logs`, access: 'organization', answer: logs },
  { method: 'POST', path: `${execution}/logs/export`, access: 'organization', answer: exported },
  {
    method: 'GET',
    path: `${execution}/consolelog`,
    access: 'organization',
    answer: (call) => consoleLines(call, one(call).id)
  },
  {
    method: 'GET',
    path: `${execution}/schemas/:schema/consolelog`,
    access: 'organization',
    answer: (call) => consoleLines(call, one(call).id, `${param(call, 'schema')}: `)
  }
]

function syncOf(call: Call): StoredBulkSync {
  return found(call, 'bulk_sync', param(call, 'id'))
}

/** Stores an execution, and lets it begin when the request is done. */
function start(call: Call): RouteResult {
  const sync = syncOf(call)
  const request = mustFit(bulkStartShape(), call.body, 400)
  mustBeStartable(call, sync, request)
  const { records } = call.context
  const runner = mustHaveRunner(call, `the bulk sync "${sync.name}" was not started`, { sync_id: sync.id })
  const all = executionsOf(call, sync)
  const open = all.find((stored) => isOpen(stored.status))
  if (open !== undefined)
    throw new Refusal(409, 'running', `the bulk sync "${sync.name}" is running already: ${open.id}`, {
      metadata: { sync_id: sync.id, execution_id: open.id }
    })
  mustRunHere(() => runner.bulk.mustRun(sync))
  makeBulkRoom(records, runner.logs, all)
  const resync = request.resync === true ? 'rebuild' : (request.resync_mode ?? '')
  const schemas = request.schemas ?? []
  const stored: StoredBulkExecution = {
    ...newExecution(call.context, sync, { type: 'manual', by: actorOf(call), baseUrl: call.publicUrl }),
    status_message: '',
    request: {
      ...(request.test === true ? { test: true } : {}),
      ...(resync === '' ? {} : { resync_mode: resync }),
      ...(schemas.length === 0 ? {} : { schemas })
    },
    schemas: []
  }
  records.put('bulk_execution', stored)
  runner.bulk.begin(stored.id)
  return data(shownExecution(call, stored))
}

function mustBeStartable(call: Call, sync: StoredBulkSync, request: BulkStartRequest): void {
  const resync = request.resync_mode ?? ''
  const fetch = request.fetch_mode ?? ''
  const resyncModes = bulkResyncModes.filter((mode) => mode !== 'normal')
  if (resync !== '' && !resyncModes.some((mode) => mode === resync)) {
    throw invalid('resync_mode', `must be one of ${resyncModes.join(', ')}`, 400)
  }
  if (request.resync === true && call.version === '2025-09-18') {
    throw invalid('resync', 'is not part of this version: use resync_mode', 400)
  }
  if (request.test === true && (resync !== '' || request.resync === true)) {
    throw invalid('test', 'cannot be combined with resync_mode', 400)
  }
  if (fetch !== '' && !bulkFetchModes.some((mode) => mode === fetch)) {
    throw invalid('fetch_mode', `must be one of ${bulkFetchModes.join(', ')}`, 400)
  }
  const source = found(call, 'connection', sync.source_connection_id)
  if (fetch !== '' && fetch !== 'none' && source.type !== 'salesforce') {
    throw invalid('fetch_mode', 'is for Salesforce sources only', 400)
  }
  const known = sourceSchemas(source, call.context.catalogue)
  for (const [index, id] of (request.schemas ?? []).entries()) mustExist(known, id, `schemas[${index}]`)
}

/** The executions of a bulk sync, newest first. */
function executionsOf(call: Call, { id, organization_id }: StoredBulkSync): StoredBulkExecution[] {
  return call.context.records
    .list('bulk_execution', organization_id)
    .filter(({ sync_id }) => sync_id === id)
}

/** Cancels and forgets the executions of a bulk sync that is deleted. */
export function forgetBulkExecutions(call: Call, sync: StoredBulkSync): void {
  const { records, runner } = call.context
  for (const { id } of executionsOf(call, sync)) {
    runner?.bulk.cancel(id)
    runner?.logs.forget(id)
    records.remove('bulk_execution', id)
  }
}

function one(call: Call): StoredBulkExecution {
  const sync = syncOf(call)
  const id = param(call, 'execution')
  const stored = call.context.records.get('bulk_execution', id)
  if (stored?.sync_id !== sync.id) throw notFound('execution', id)
  return stored
}

function status(call: Call): RouteResult {
  const sync = syncOf(call)
  const all = executionsOf(call, sync)
  const current = all.find((stored) => isOpen(stored.status))
  const last = all.find((stored) => !isOpen(stored.status))
  return data({
    ...(current === undefined ? {} : { current_execution: shownExecution(call, current) }),
    ...(last === undefined ? {} : { last_execution: shownExecution(call, last) }),
    next_execution_time: nextOf(call, sync)
  })
}

function nextOf(call: Call, sync: StoredBulkSync): string | null {
  return call.context.runner?.bulk.next(sync, executionsOf(call, sync))?.toISOString() ?? null
}

/** Returns the statuses of the requested bulk syncs, or of all, or of all active ones. */
function statuses(call: Call): RouteResult {
  const all = call.context.records.list('bulk_sync', organizationOf(call), call.stale)
  const wide = flag(call, 'all') || flag(call, 'active')
  const requested = wide
    ? all.filter((sync) => flag(call, 'all') || sync.active)
    : call.query.getAll('sync_id').map((id) => found(call, 'bulk_sync', id))
  return data(
    requested.map((sync) => {
      const [latest] = executionsOf(call, sync)
      if (latest === undefined) return { sync_id: sync.id, schemas: [] }
      return {
        sync_id: sync.id,
        status: latest.status,
        nextExecutionTime: nextOf(call, sync),
        schemas: schemaStatuses(call, latest)
      }
    })
  )
}

/** Newest first, unless they are turned round. */
function list(call: Call): RouteResult {
  const all = executionsOf(call, syncOf(call)).filter(
    (stored) => !flag(call, 'only_terminal') || !isOpen(stored.status)
  )
  const shown = (some: readonly StoredBulkExecution[]) => some.map((stored) => shownExecution(call, stored))
  if (all.length === 0 || call.version === '2023-04-25') return data(shown(all))
  if (flag(call, 'ascending')) return data(shown(all.toReversed()))
  const page = paged(all, call.query)
  return data(shown(page.items), pagination(page))
}

/** Asks what runs of a bulk sync to stop. Returns how many that were. */
export function cancelBulkExecutions(call: Call, sync: StoredBulkSync): number {
  const open = executionsOf(call, sync).filter((stored) => isOpen(stored.status))
  for (const stored of open) cancel(call, stored)
  return open.length
}

function cancelAll(call: Call): RouteResult {
  const count = cancelBulkExecutions(call, syncOf(call))
  return data({ message: count === 0 ? 'no execution is running' : 'the execution will be canceled' })
}

function cancelOne(call: Call): RouteResult {
  const stored = one(call)
  mustBeOpen(stored)
  cancel(call, stored)
  return data({ message: 'the execution will be canceled' })
}

function cancel({ context }: Call, stored: StoredBulkExecution): void {
  context.records.put('bulk_execution', { ...stored, status: 'canceling' })
  context.runner?.bulk.cancel(stored.id)
}

/** The records that were refused; one file of them, where there are some. */
function logAddresses(call: Call): string[] {
  const stored = one(call)
  const { runner, now } = call.context
  if ((runner?.logs.read(stored.id, 'errors') ?? []).length === 0) return []
  return [logAddress({ ...stored, base_url: call.publicUrl }, 'errors', now().toISOString())]
}

function logs(call: Call): RouteResult {
  return data({ URLs: logAddresses(call), Expires: expiryOf(call.context.now().toISOString()) })
}

function exported(call: Call): RouteResult {
  const [url] = logAddresses(call)
  if (url === undefined) throw new Refusal(400, 'no_logs', 'no record of the execution was refused')
  return data({ url })
}
