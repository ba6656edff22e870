import pLimit from 'p-limit'
import type { ExecutionCounts } from '../../wire/execution.ts'
import { storageProblem } from '../../storage/database.ts'
import type { PreviewSeal } from '../../wire/preview.ts'
import type { Events } from '../events.ts'
import type { Records } from '../records.ts'
import type { StoredExecution, StoredSync } from '../stored.ts'
import { openBulkRunner, type BulkRunner } from './bulk/bulk-runner.ts'
import { openBulkSchedules, type BulkSchedules } from './bulk/bulk-schedules.ts'
import type { CopiesOf } from './bulk/copies.ts'
import { RunProblem } from './connector.ts'
import { raiseEnd, raiseStart } from './execution-events.ts'
import { openApprovals, type Approvals } from './approvals.ts'
import { Stopped } from './guards.ts'
import { holdOf, type Hold } from './hold.ts'
import { Canceled, mustGoOn } from './job.ts'
import type { LogStore } from './log-store.ts'
import { previewSync, runSync, type JobParts } from './open-job.ts'
import { isOpen } from './open.ts'
import { possible } from './possible.ts'
import { openPreviews, type Previews } from './previews.ts'
import { ErrorSummary, noCounts, type RunLog } from './run-log.ts'
import { openSchedules, type Schedules } from './schedules.ts'
import { withStanding } from './standing.ts'

/** Runs executions outside of the requests that start them. */
export interface Runner {
  /** Throws `RunProblem` where the sync cannot run here. */
  mustRun(sync: StoredSync): void
  /** Is called within the transaction that stores the execution; it begins when that is over. */
  begin(execution: string): void
  /** Asks a running execution to stop. False where none runs. */
  cancel(execution: string): boolean
  /** What a running execution has counted. */
  counts(execution: string): ExecutionCounts | undefined
  logs: LogStore
  previews: Previews
  approvals: Approvals
  /** Throws `RunProblem` where an approval cannot be used for a sync; else what it was previewed with. */
  mustHold(approval: string, sync: StoredSync): PreviewSeal
  /** Forgets what was written of a sync. */
  forget(sync: string): void
  /** Begins what an earlier process has accepted, and marks what it left in the middle. */
  recover(): void
  /** When the schedule of a sync starts it next, after its executions; undefined where none will. */
  next: Schedules['next']
  /** Runs bulk syncs, and says when one comes up next. */
  bulk: BulkRunner & { next: Schedules['nextBulk'] }
  /** Marks what is running as interrupted, and ends it. */
  close(): void
}

/** The dependencies of the runner. */
export interface RunnerParts extends JobParts {
  records: Records
  events: Events
  transaction: <T>(work: () => T) => T
  now: () => Date
  /** Told after each batch of records. */
  moving: () => void
  randomUUID: () => string
  /** Says which tables a bulk sync copies. */
  copiesOf: CopiesOf
  /** Whether schedules start syncs; `baseUrl` is the base of addresses in their events. */
  schedules?: { baseUrl: () => string }
}

interface Running {
  stop: AbortController
  counts: ExecutionCounts
  errors: ErrorSummary
}

const syncsAtOnce = 4

/** Opens the runner of a server. */
export function openRunner(given: RunnerParts): Runner {
  const parts: RunnerParts = { ...given, signedOut: (id, why) => signOut(given, id, why) }
  const { records, state, connectors, transaction, now } = parts
  const limit = pLimit(syncsAtOnce)
  const running = new Map<string, Running>()
  const closing = { isClosed: false }
  const previews = openPreviews({ ...parts, reasonOf })
  const approvals = openApprovals(state.approvals, parts.randomUUID)
  const begin = (id: string): void => {
    const own: Running = { stop: new AbortController(), counts: noCounts(), errors: new ErrorSummary() }
    running.set(id, own)
    // Transactions are synchronous, so this runs when the one that stored the execution is over.
    void limit(() => execute({ ...parts, approvals }, id, own, closing))
      .catch(() => undefined)
      .finally(() => {
        running.delete(id)
        schedules?.wake()
      })
  }
  const bulk = openBulkRunner({ ...parts, logs: state.logs, reasonOf, ended: () => schedules?.wake() })
  const bulkSchedules = (baseUrl: () => string): BulkSchedules =>
    openBulkSchedules({ ...parts, logs: state.logs, begin: bulk.begin, baseUrl })
  const schedules =
    parts.schedules === undefined
      ? undefined
      : openSchedules({
          ...parts,
          ...parts.schedules,
          logs: state.logs,
          begin,
          bulk: bulkSchedules(parts.schedules.baseUrl)
        })
  return {
    mustRun: (sync) => void possible(sync, records, connectors),
    begin,
    cancel: (id) => {
      running.get(id)?.stop.abort()
      return running.has(id)
    },
    counts: (id) => running.get(id)?.counts,
    logs: state.logs,
    previews,
    approvals,
    mustHold: (approval, sync) =>
      approvals.mustHold(approval, sync, possible(sync, records, connectors).model),
    forget: (sync) => state.store.forget(sync),
    next: (sync, own) => schedules?.next(sync, own),
    bulk: { ...bulk, next: (sync, own) => schedules?.nextBulk(sync, own) },
    recover: () => {
      bulk.recover()
      for (const execution of records.all('execution')) {
        if (execution.status === 'created') begin(execution.id)
        else if (isOpen(execution.status)) transaction(() => interrupt(records, execution, now()))
      }
    },
    close: () => {
      schedules?.close()
      bulk.close()
      for (const [id, { counts, stop }] of running) {
        const execution = records.get('execution', id)
        if (execution !== undefined && execution.status !== 'created')
          transaction(() => interrupt(records, { ...execution, counts: { ...counts } }, now()))
        stop.abort()
      }
      closing.isClosed = true
      previews.close()
      state.close()
    }
  }
}

/** From now on the connection waits for a person: what is asked of it says so, and how to mend it. */
function signOut({ records, transaction }: RunnerParts, id: string, status_error: string): void {
  transaction(() => {
    const connection = records.get('connection', id)
    // Of a shared one the status is that of its parent.
    const home = records.get('connection', connection?.parent_connection_id ?? id)
    if (home !== undefined) records.put('connection', { ...home, status: 'unhealthy', status_error })
  })
}

function interrupt(records: Records, execution: StoredExecution, at: Date): void {
  records.put('execution', {
    ...execution,
    status: 'interrupted',
    completed_at: at.toISOString(),
    errors: [...execution.errors, 'the server ended while it ran; the next execution goes on']
  })
}

async function execute(
  parts: RunnerParts & { approvals: Approvals },
  id: string,
  own: Running,
  closing: { isClosed: boolean }
): Promise<void> {
  const { records, transaction, now } = parts
  const stored = records.get('execution', id)
  const sync = stored === undefined ? undefined : records.get('sync', stored.sync_id)
  // What stored it may have been rolled back, and the sync may be gone since.
  if (stored === undefined || sync === undefined || closing.isClosed) return
  const started: StoredExecution = { ...stored, status: 'running', started_at: now().toISOString() }
  transaction(() => {
    records.put('execution', started)
    raiseStart(parts.events, started, sync)
  })
  const end = await outcomeOf(parts, started, sync, own)
  if (closing.isClosed) return
  transaction(() => {
    const { errors, ...rest } = end
    const ended: StoredExecution = {
      ...started,
      ...rest,
      counts: { ...own.counts },
      errors: [...errors, ...own.errors.lines()],
      completed_at: now().toISOString()
    }
    // A sync that was deleted takes its executions along.
    if (records.get('execution', id) === undefined) return
    records.put('execution', ended)
    raiseEnd(parts.events, ended, sync)
  })
}

async function outcomeOf(
  parts: RunnerParts & { approvals: Approvals },
  { id, request, bounds: own }: StoredExecution,
  sync: StoredSync,
  { stop, counts, errors }: Running
): Promise<Pick<StoredExecution, 'status' | 'errors' | 'stops'>> {
  const log = logOf(parts, id)
  const bounds = withStanding(parts.records, sync, own)
  const job = { request, bounds, log, signal: stop.signal, counts, errors }
  try {
    mustGoOn({ signal: stop.signal })
    for (const requested of bounds.requested ?? []) log.say('INFO', `asked for: ${requested}`)
    const facts = possible(sync, parts.records, parts.connectors)
    const hold = heldBy(parts, bounds.approval, id)
    if (request.test === true) await previewSync(facts, parts, job, () => undefined)
    else await runSync(facts, parts, { ...job, ...(hold === undefined ? {} : { hold }) })
    log.say('INFO', 'completed')
    return { status: 'completed', errors: [] }
  } catch (error) {
    if (stop.signal.aborted || error instanceof Canceled) return { status: 'canceled', errors: [] }
    const why = reasonOf(error)
    log.say('ERROR', why)
    return { status: 'failed', errors: [why], ...(error instanceof Stopped && { stops: [...error.stops] }) }
  }
}

/** Returns what keeps an execution to its approval; without one it may do all. */
function heldBy(
  { approvals, state }: RunnerParts & { approvals: Approvals },
  approval: string | undefined,
  execution: string
): Hold | undefined {
  if (approval === undefined) return undefined
  const known = approvals.get(approval)
  if (known === undefined)
    throw new RunProblem(
      'approval',
      'the server ended before it began, and its approval is not known any more'
    )
  return holdOf(state.approvals, known, execution)
}

/** Says what ended a run. What is not expected is named by its type: its message may repeat a value. */
function reasonOf(error: unknown): string {
  if (error instanceof RunProblem) return error.message
  const storage = storageProblem(error)
  if (storage !== undefined) return `the runner cannot keep its state: ${storage}`
  const name = error instanceof Error ? error.name : 'Error'
  const place = error instanceof Error ? (/at .*\n/.exec(error.stack ?? '')?.[0]?.trim() ?? '') : ''
  return `the local Polytomic has a bug: ${name} ${place}`
}

function logOf({ state, now, moving }: RunnerParts, id: string): RunLog {
  return {
    entry: (type, entry) => state.logs.add(id, type, entry),
    say: (level, message) => state.logs.say(id, { level, message, timestamp: now().toISOString() }),
    progress: () => moving()
  }
}
