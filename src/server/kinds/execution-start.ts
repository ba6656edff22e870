/** Starting a sync: what is checked before an execution is stored. */
import type { JsonObject } from '../../wire/common.ts'
import type { RunBounds } from '../../wire/local-start.ts'
import type { Source, SyncStartRequest } from '../../wire/sync.ts'
import { data, type RouteResult } from '../answer.ts'
import { actorOf, found, param, type Call } from '../call.ts'
import { invalid, Refusal } from '../refusal.ts'
import { RunProblem } from '../runner/connector.ts'
import { noCounts } from '../runner/run-log.ts'
import { newExecution } from '../runner/new-execution.ts'
import { isOpen } from '../runner/open.ts'
import type { Runner } from '../runner/runner.ts'
import { makeRoom } from '../runner/schedules.ts'
import type { StoredExecution, StoredSync } from '../stored.ts'
import { mustFit } from './request-shape.ts'
import { identitiesOf } from './sync-identity.ts'
import { localStartShape } from './local-start-shape.ts'
import { syncStartShape } from './sync-shape.ts'

/** Stores an execution, and lets it begin when the request is done. */
export function startExecution(call: Call): RouteResult {
  return begin(call, mustFit(syncStartShape(), call.body, 400), {})
}

/** The same for a start that says more than the API can. */
export function startLocally(call: Call): RouteResult {
  const { start, ...bounds } = mustFit(localStartShape(), call.body, 400)
  return begin(call, start, bounds)
}

function begin(call: Call, request: SyncStartRequest, bounds: RunBounds): RouteResult {
  const sync = found(call, 'sync', param(call, 'id'))
  mustBeStartable(sync, request)
  const { records } = call.context
  const runner = mustHaveRunner(call, `the sync "${sync.name}" was not started`, { sync_id: sync.id })
  mustBeActive(sync)
  const executions = executionsOf(call, sync.id)
  const open = executions.find(({ status }) => isOpen(status))
  if (open !== undefined)
    throw new Refusal(409, 'running', `the sync "${sync.name}" is running already: ${open.id}`, {
      metadata: { sync_id: sync.id, execution_id: open.id }
    })
  mustRunHere(() => runner.mustRun(sync))
  const { approval } = bounds
  const seal = approval === undefined ? undefined : mustRunHere(() => runner.mustHold(approval, sync), 422)
  const wanted =
    seal === undefined ? request : { ...request, resync: seal.resync, identities: seal.identities }
  makeRoom(records, runner.logs, executions)
  const execution: StoredExecution = {
    ...newExecution(call.context, sync, { type: 'manual', by: actorOf(call), baseUrl: call.publicUrl }),
    request: wanted,
    counts: noCounts(),
    errors: [],
    bounds
  }
  records.put('execution', execution)
  runner.begin(execution.id)
  return data({ id: execution.id, status: execution.status, created_at: execution.created_at })
}

/** The executions of a sync, newest first. */
export function executionsOf(call: Call, sync: string): StoredExecution[] {
  const { records } = call.context
  const { organization_id } = found(call, 'sync', sync)
  return records.list('execution', organization_id).filter(({ sync_id }) => sync_id === sync)
}

/** Cancels and forgets the executions of a sync that is deleted. */
export function forgetExecutions({ context }: Call, sync: StoredSync): void {
  const { records, runner } = context
  if (runner === undefined) return
  for (const { id, sync_id } of records.list('execution', sync.organization_id)) {
    if (sync_id !== sync.id) continue
    runner.cancel(id)
    runner.logs.forget(id)
    records.remove('execution', id)
  }
  runner.forget(sync.id)
}

function mustBeActive(sync: StoredSync): void {
  if (sync.active) return
  const hint = `activate it first: POST /api/syncs/${sync.id}/activate with {"active": true}`
  throw new Refusal(
    400,
    'inactive',
    `the sync "${sync.name}" is not active, and only active ones run; ${hint}`,
    {
      metadata: { sync_id: sync.id }
    }
  )
}

/** Throws where this server moves no data. */
export function mustHaveRunner({ context }: Call, what: string, metadata: JsonObject = {}): Runner {
  if (context.runner !== undefined) return context.runner
  const why = `${what}: this server moves no data; start it with --run to let it`
  throw new Refusal(409, 'no_runner', why, { metadata })
}

/** Says in one sentence why a sync does not run here. */
export function mustRunHere<T>(work: () => T, status = 400): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof RunProblem) throw new Refusal(status, 'not_run_here', error.message)
    throw error
  }
}

const mostIdentities = 1000

/** Checks which records a start may name before it says that nothing is started. */
export function mustBeStartable(sync: StoredSync, request: SyncStartRequest): void {
  const { mappings, strategy } = identitiesOf(sync)
  const plain = request.identities ?? []
  const entries = request.source_identities ?? []
  if (plain.length > 0 && entries.length > 0)
    throw invalid('identities', 'cannot be given together with source_identities', 400)
  if (plain.length > 0 && mappings.length > 1)
    throw invalid('identities', 'names records by one field, and this sync has several mappings', 400)
  if (entries.length > mostIdentities)
    throw invalid('source_identities', `has more than ${mostIdentities} entries`, 400)
  const own = new Set(mappings.map(({ source }) => nameOf(source)))
  for (const [index, entry] of entries.entries()) {
    const where = `source_identities[${index}]`
    const named = new Set(entry.map(({ source }) => nameOf(source)))
    const foreign = entry.findIndex(({ source }) => !own.has(nameOf(source)))
    if (foreign >= 0) throw invalid(`${where}[${foreign}].source`, 'is not the source of a mapping', 400)
    if (new Set(entry.map(({ source }) => source.model_id)).size > 1)
      throw invalid(where, 'reads from more than one model', 400)
    if (entry.length === 0) throw invalid(where, 'names no record', 400)
    if (strategy === 'and' && [...own].some((name) => !named.has(name)))
      throw invalid(where, 'must have the source of every mapping', 400)
  }
}

function nameOf({ model_id, field }: Source): string {
  return JSON.stringify([model_id, field])
}
