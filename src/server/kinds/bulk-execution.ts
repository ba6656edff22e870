import { bulkFetchModes, bulkResyncModes, type BulkStartRequest } from '../../wire/bulk-sync.ts'
import { data, type RouteResult } from '../answer.ts'
import { flag, found, organizationOf, param, type Call, type Route } from '../call.ts'
import { sourceSchemas } from '../enumeration/schema.ts'
import { invalid, notFound, Refusal } from '../refusal.ts'
import type { StoredBulkSync } from '../stored.ts'
import { mustExist } from './bulk-schema.ts'
import { bulkStartShape } from './bulk-sync-shape.ts'
import { mustFit } from './request-shape.ts'

const executions = '/api/bulk/syncs/:id/executions'
const execution = `${executions}/:execution`

/** Routes of executions. This server moves no data: it starts none, and lists none. */
export const bulkExecutionRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/bulk/syncs/status', access: 'organization', answer: statuses },
  { method: 'GET', path: '/api/bulk/syncs/:id/status', access: 'organization', answer: status },
  {
    method: 'POST',
    path: '/api/bulk/syncs/:id/cancel',
    access: 'organization',
    bodyless: true,
    answer: cancel
  },
  { method: 'POST', path: executions, access: 'organization', answer: start },
  { method: 'GET', path: executions, access: 'organization', answer: list },
  ...[
    ['GET', execution],
    ['POST', `${execution}/cancel`],
    ['GET', `${execution}/logs`],
    ['POST', `${execution}/logs/export`],
    ['GET', `${execution}/consolelog`],
    ['GET', `${execution}/schemas/:schema/consolelog`]
  ].map(([method, path]): Route => ({
    method: method === 'POST' ? 'POST' : 'GET',
    path: path ?? '',
    access: 'organization',
    answer: missing
  }))
]

function syncOf(call: Call): StoredBulkSync {
  return found(call, 'bulk_sync', param(call, 'id'))
}

/** Checks the body of a start before it refuses to start anything. */
function start(call: Call): RouteResult {
  const sync = syncOf(call)
  mustBeStartable(call, sync, mustFit(bulkStartShape(), call.body, 400))
  throw new Refusal(
    409,
    'no_runner',
    `the bulk sync "${sync.name}" was not started: this server does not run bulk syncs yet`,
    { metadata: { sync_id: sync.id } }
  )
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

function status(call: Call): RouteResult {
  syncOf(call)
  return data({ next_execution_time: null })
}

/** Returns the statuses of the requested bulk syncs, or of all, or of all active ones. */
function statuses(call: Call): RouteResult {
  const all = call.context.records.list('bulk_sync', organizationOf(call), call.stale)
  const wide = flag(call, 'all') || flag(call, 'active')
  const requested = wide
    ? all.filter((sync) => flag(call, 'all') || sync.active)
    : call.query.getAll('sync_id').map((id) => found(call, 'bulk_sync', id))
  return data(requested.map(({ id }) => ({ sync_id: id, schemas: [] })))
}

function list(call: Call): RouteResult {
  syncOf(call)
  return data([])
}

function cancel(call: Call): RouteResult {
  syncOf(call)
  return data({ message: 'no execution is running' })
}

function missing(call: Call): RouteResult {
  syncOf(call)
  throw notFound('execution', param(call, 'execution'))
}
