import type { Records } from '../records.ts'
import type { StoredBulkExecution, StoredBulkSync, StoredExecution, StoredSync } from '../stored.ts'
import { nextBulkTime, type BulkSchedules } from './bulk/bulk-schedules.ts'
import { isDue, nextTime, type Past } from './due.ts'
import { noCounts } from './run-log.ts'
import type { LogStore } from './log-store.ts'
import { newExecution } from './new-execution.ts'
import { isOpen } from './open.ts'

/** Starts syncs when their schedules say so, as long as the server is up. */
export interface Schedules {
  /** When the schedule of a sync comes up next, after its executions (newest first); undefined: never. */
  next(sync: StoredSync, own: readonly StoredExecution[]): Date | undefined
  /** The same for a bulk sync. */
  nextBulk(sync: StoredBulkSync, own: readonly StoredBulkExecution[]): Date | undefined
  /** Something has ended: others may run after it. */
  wake(): void
  close(): void
}

/** The dependencies of the schedules. */
export interface ScheduleParts {
  records: Records
  logs: LogStore
  transaction: <T>(work: () => T) => T
  now: () => Date
  randomUUID: () => string
  sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>
  /** Is called within the transaction that stores the execution. */
  begin: (execution: string) => void
  /** The base of addresses in events. */
  baseUrl: () => string
  bulk: BulkSchedules
}

/** Schedules have minutes; the clock may jump while a machine sleeps. */
const lookMs = 10_000
const [kept, none]: [number, readonly StoredExecution[]] = [50, []]

/**
 * Looks every few seconds which syncs are due. What came up before the server was started, and is not told
 * apart from what it has done, is not made up for; what came up while the machine slept is, once.
 */
export function openSchedules(parts: ScheduleParts): Schedules {
  const { records, now } = parts
  const begun = now().getTime()
  const closing = new AbortController()
  let [after, pause] = [begun, new AbortController()]
  const look = (): void => {
    const until = now().getTime()
    const syncs = bySync(records.all('execution'))
    const bulkSyncs = bySync(records.all('bulk_execution'))
    const past: Past['of'] = (id) => syncs.get(id) ?? bulkSyncs.get(id) ?? none
    const stretch = { after: Math.min(after, until), until, begun }
    for (const sync of records.all('sync')) {
      if (!sync.active || sync.schedule.frequency === 'manual') continue
      const own = syncs.get(sync.id) ?? none
      if (own.some(({ status }) => isOpen(status))) continue
      if (isDue(sync.schedule, { own, of: past }, stretch)) parts.transaction(() => start(parts, sync, own))
    }
    parts.bulk.look(bulkSyncs, past, stretch)
    after = until
  }
  const loop = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      pause = new AbortController()
      await parts.sleep(lookMs, pause.signal).catch(() => undefined)
      try {
        if (!closing.signal.aborted) look()
      } catch {
        // A full disk, say. What is due stays due, and the next look tries again.
      }
    }
  }
  void loop()
  return {
    next: ({ active, schedule }, own) => {
      const at = active ? nextTime(schedule, { own, of: () => none }, after) : undefined
      return at === undefined ? undefined : new Date(Math.max(at, after))
    },
    nextBulk: (sync, own) => {
      const at = nextBulkTime(sync, own, after)
      return at === undefined ? undefined : new Date(Math.max(at, after))
    },
    wake: () => pause.abort(),
    close: () => {
      closing.abort()
      pause.abort()
    }
  }
}

/** The executions of each sync, newest first. */
function bySync<T extends { sync_id: string; created_at: string }>(executions: T[]): Map<string, T[]> {
  const all = Map.groupBy(executions, ({ sync_id }) => sync_id)
  for (const own of all.values()) own.sort((a, b) => (a.created_at < b.created_at ? 1 : -1))
  return all
}

/** What does not run here fails, and says so in its execution. */
function start(
  { records, logs, now, randomUUID, begin, baseUrl }: ScheduleParts,
  sync: StoredSync,
  own: readonly StoredExecution[]
): void {
  makeRoom(records, logs, own)
  const execution: StoredExecution = {
    ...newExecution({ now, randomUUID }, sync, {
      type: 'scheduled',
      by: sync.created_by,
      baseUrl: own[0]?.base_url ?? baseUrl()
    }),
    request: {},
    counts: noCounts(),
    errors: []
  }
  records.put('execution', execution)
  begin(execution.id)
}

/** Forgets the oldest executions of a sync before one more is stored; `own` has the newest first. */
export function makeRoom(records: Records, logs: LogStore, own: readonly StoredExecution[]): void {
  for (const { id } of own.slice(kept - 1)) {
    records.remove('execution', id)
    logs.forget(id)
  }
}
