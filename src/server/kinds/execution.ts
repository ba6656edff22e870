import { logTypes, type ExecutionCounts, type LogType, type SyncExecution } from '../../wire/execution.ts'
import type { LocalExecution } from '../../wire/local-start.ts'
import { data, type RouteResult } from '../answer.ts'
import { flag, found, param, type Call, type Route } from '../call.ts'
import { paged, pagination } from '../paging.ts'
import { notFound, Refusal } from '../refusal.ts'
import { expiryOf, isGenuine, logAddress } from '../runner/log-address.ts'
import { isOpen } from '../runner/open.ts'
import type { StoredExecution } from '../stored.ts'
import { executionsOf, startExecution, startLocally } from './execution-start.ts'

const execution = '/api/syncs/:id/executions/:execution'

/** Routes of executions. Where this server moves no data it starts none, and has none to show. */
export const executionRoutes: readonly Route[] = [
  { method: 'POST', path: '/api/syncs/:id/executions', access: 'organization', answer: startExecution },
  { method: 'GET', path: '/api/syncs/:id/executions', access: 'organization', answer: list },
  {
    method: 'GET',
    path: execution,
    access: 'organization',
    answer: (call) => data(shown(call, one(call)))
  },
  // Only 2024-02-08 has it, for executions that hang.
  { method: 'PUT', path: execution, access: 'organization', anyVerb: true, answer: change },
  { method: 'POST', path: `${execution}/cancel`, access: 'organization', answer: cancelOne },
  { method: 'GET', path: `${execution}/logs`, access: 'organization', answer: logIndex },
  {
    method: 'GET',
    path: `${execution}/consolelog`,
    access: 'organization',
    answer: (call) => consoleLines(call, one(call).id)
  },
  ...logTypes.flatMap((type): Route[] => [
    {
      method: 'GET',
      path: `${execution}/${type}`,
      access: 'organization',
      answer: (call) => logAddresses(call, type)
    },
    {
      method: 'GET',
      path: `${execution}/${type}/:file`,
      access: 'organization',
      answer: (call) => redirected(call, type)
    }
  ]),
  { method: 'GET', path: '/record-logs/:execution/:file', access: 'open', answer: logFile },
  { method: 'GET', path: '/api/syncs/:id/status', access: 'organization', answer: status },
  {
    method: 'POST',
    path: '/api/syncs/:id/cancel',
    access: 'organization',
    bodyless: true,
    answer: cancelAll
  }
]

/** What polyctl asks of its own server beside the API. */
export const localExecutionRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/polyctl/runner',
    access: 'organization',
    answer: ({ context }) => data({ runs: context.runner !== undefined })
  },
  { method: 'POST', path: '/polyctl/syncs/:id/executions', access: 'organization', answer: startLocally },
  {
    method: 'GET',
    path: '/polyctl/syncs/:id/executions/:execution',
    access: 'organization',
    answer: local
  }
]

function local(call: Call): RouteResult {
  const { stops = [], bounds = {} } = one(call)
  return data({ stops, requested: bounds.requested ?? [] } satisfies LocalExecution)
}

function one(call: Call): StoredExecution {
  const sync = found(call, 'sync', param(call, 'id'))
  const id = param(call, 'execution')
  const stored = call.context.records.get('execution', id)
  if (stored?.sync_id !== sync.id) throw notFound('execution', id)
  return stored
}

/** What was counted so far, of one that runs. */
function countsOf(call: Call, { id, status, counts }: StoredExecution): ExecutionCounts {
  return isOpen(status) ? (call.context.runner?.counts(id) ?? counts) : counts
}

function shown(call: Call, stored: StoredExecution): SyncExecution {
  const { id, type, status, created_at, started_at, completed_at, errors } = stored
  const counts = countsOf(call, stored)
  const { total, insert, update, error } = counts
  return {
    id,
    type,
    status,
    created_at,
    started_at: started_at ?? null,
    completed_at: completed_at ?? null,
    counts: call.version === '2023-04-25' ? { total, insert, update, error } : counts,
    errors
  }
}

/** Newest first. There are few enough for one page, unless they are turned round. */
function list(call: Call): RouteResult {
  const all = executionsOf(call, param(call, 'id')).filter(
    ({ status }) => !flag(call, 'only_completed') || !isOpen(status)
  )
  if (call.version === '2023-04-25') return data(all.map((stored) => shown(call, stored)))
  if (flag(call, 'ascending')) return data(all.toReversed().map((stored) => shown(call, stored)))
  const page = paged(all, call.query)
  return data(
    page.items.map((stored) => shown(call, stored)),
    pagination(page)
  )
}

function status(call: Call): RouteResult {
  const sync = found(call, 'sync', param(call, 'id'))
  const all = executionsOf(call, sync.id)
  const current = all.find(({ status }) => isOpen(status))
  const last = all.find(({ status }) => !isOpen(status))
  return data({
    ...(current === undefined ? {} : { current_execution: shown(call, current) }),
    ...(last === undefined ? {} : { last_execution: shown(call, last) }),
    next_execution_time: call.context.runner?.next(sync, all)?.toISOString() ?? null
  })
}

function change(call: Call): RouteResult {
  const { status } = one(call)
  throw new Refusal(400, 'not_stalled', `the execution is ${status}: there is nothing to resolve`)
}

function cancelAll(call: Call): RouteResult {
  const open = executionsOf(call, param(call, 'id')).filter(({ status }) => isOpen(status))
  for (const stored of open) cancel(call, stored)
  return data({ message: open.length === 0 ? 'no execution is running' : 'the execution will be canceled' })
}

/** Refuses to cancel what has ended. */
export function mustBeOpen({ status }: { status: StoredExecution['status'] }): void {
  if (!isOpen(status)) throw new Refusal(400, 'ended', `the execution has ended already: it is ${status}`)
}

function cancelOne(call: Call): RouteResult {
  const stored = one(call)
  mustBeOpen(stored)
  cancel(call, stored)
  return data({ message: 'the execution will be canceled' })
}

function cancel({ context }: Call, stored: StoredExecution): void {
  context.records.put('execution', { ...stored, status: 'canceling' })
  context.runner?.cancel(stored.id)
}

function logCounts(call: Call, stored: StoredExecution): Record<LogType, number> {
  const { insert, update, delete: deleted, upserts, error, warnings } = countsOf(call, stored)
  return {
    records: insert + update + deleted + upserts,
    errors: error,
    warnings,
    inserts: insert + upserts,
    updates: update,
    deletes: deleted
  }
}

function logIndex(call: Call): RouteResult {
  const stored = one(call)
  const base = `${call.publicUrl}/api/syncs/${stored.sync_id}/executions/${stored.id}`
  const entries = Object.entries(logCounts(call, stored)).filter(([, count]) => count > 0)
  return data(Object.fromEntries(entries.map(([type, count]) => [type, { count, url: `${base}/${type}` }])))
}

function logAddresses(call: Call, type: LogType): RouteResult {
  const stored = one(call)
  if (logCounts(call, stored)[type] === 0) return data({ urls: null, expires: null })
  const now = call.context.now().toISOString()
  const address = logAddress({ ...stored, base_url: call.publicUrl }, type, now)
  return data({ urls: [address], expires: expiryOf(now) })
}

function redirected(call: Call, type: LogType): RouteResult {
  const stored = one(call)
  const file = param(call, 'file')
  if (file !== `${type}.json`) throw notFound('log file', file)
  const now = call.context.now().toISOString()
  return {
    status: 302,
    headers: { location: logAddress({ ...stored, base_url: call.publicUrl }, type, now) }
  }
}

/** Needs no key but the signature of its address. */
function logFile(call: Call): RouteResult {
  const { records, runner, now } = call.context
  const type = param(call, 'file').replace(/\.json$/, '')
  const id = param(call, 'execution')
  const stored = records.get('execution', id) ?? records.get('bulk_execution', id)
  const known = logTypes.find((one) => one === type)
  if (stored === undefined || known === undefined || !isGenuine(stored, type, call.query, now()))
    throw new Refusal(403, 'forbidden', 'the address of this log is not valid any more')
  const entries: unknown[] = (runner?.logs.read(stored.id, known) ?? []).map((text) => JSON.parse(text))
  return { body: entries }
}

const mostLines = 50

/** The lines of an execution for people; of those, where it is given, that begin so. */
export function consoleLines(call: Call, execution: string, start = ''): RouteResult {
  const after = Number(call.query.get('after') ?? '0')
  const limit = Number(call.query.get('limit') ?? mostLines)
  const most = Number.isInteger(limit) && limit > 0 ? Math.min(limit, mostLines) : mostLines
  const lines = call.context.runner?.logs.lines(execution, Number.isInteger(after) ? after : 0, most) ?? []
  const entries = lines.filter(({ message }) => message.startsWith(start))
  return data({
    entries: entries.map(({ seq, level, message, timestamp }) => ({
      id: String(seq),
      level,
      message,
      timestamp,
      payload: null
    })),
    next_cursor: String(lines.at(-1)?.seq ?? after)
  })
}
