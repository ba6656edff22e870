import type { Schedule } from '../../../wire/sync.ts'
import type { Records } from '../../records.ts'
import type {
  BulkRunRequest,
  StoredBulkExecution,
  StoredBulkSchedule,
  StoredBulkSync
} from '../../stored.ts'
import { isDue, nextTime, type Past, type Stretch } from '../due.ts'
import type { LogStore } from '../log-store.ts'
import { newExecution } from '../new-execution.ts'
import { isOpen } from '../open.ts'

/** The dependencies of the schedules of bulk syncs. */
export interface BulkScheduleParts {
  records: Records
  logs: LogStore
  transaction: <T>(work: () => T) => T
  now: () => Date
  randomUUID: () => string
  /** Is called within the transaction that stores the execution. */
  begin: (execution: string) => void
  /** The base of addresses in events. */
  baseUrl: () => string
}

/** Starts bulk syncs when one of their schedules says so. */
export interface BulkSchedules {
  look(
    executions: ReadonlyMap<string, readonly StoredBulkExecution[]>,
    of: Past['of'],
    stretch: Stretch
  ): void
}

/** Opens the schedules. Those of one bulk sync that come up together run one after the other. */
export function openBulkSchedules(parts: BulkScheduleParts): BulkSchedules {
  const waiting = new Map<string, StoredBulkSchedule[]>()
  return {
    look: (executions, of, stretch) => {
      for (const sync of parts.records.all('bulk_sync')) {
        const own = executions.get(sync.id) ?? []
        const isRunning = own.some(({ status }) => isOpen(status))
        const queue = (sync.active ? waiting.get(sync.id) : undefined) ?? []
        for (const schedule of sync.active ? schedulesOf(sync) : []) {
          // What follows the end of something is looked at when nothing runs.
          const follows = schedule.frequency === 'continuous' || schedule.frequency === 'runafter'
          if ((isRunning && follows) || queue.some(({ id }) => id === schedule.id)) continue
          if (isDue(timesOf(schedule), { own, of }, stretch)) queue.push(schedule)
        }
        waiting.set(sync.id, queue)
        if (isRunning) continue
        const [first] = queue
        if (first === undefined) continue
        parts.transaction(() => start(parts, sync, first, own))
        queue.shift()
      }
    }
  }
}

function schedulesOf({
  default_schedule: first,
  additional_schedules: more
}: StoredBulkSync): StoredBulkSchedule[] {
  return [first, ...more].filter(({ frequency }) => frequency !== 'manual')
}

function timesOf({
  frequency,
  minute,
  hour,
  day_of_week,
  day_of_month,
  month
}: StoredBulkSchedule): Schedule {
  return { frequency, ...defined({ minute, hour, day_of_week, day_of_month, month }) }
}

function defined(parts: Record<string, string | undefined>): Partial<Record<string, string>> {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined))
}

/** When a schedule of a bulk sync comes up next; undefined: never. */
export function nextBulkTime(
  sync: StoredBulkSync,
  own: readonly StoredBulkExecution[],
  after: number
): number | undefined {
  const times = schedulesOf(sync).map((schedule) =>
    nextTime(timesOf(schedule), { own, of: () => [] }, after)
  )
  const known = times.filter((time) => time !== undefined)
  return sync.active && known.length > 0 ? Math.min(...known) : undefined
}

function start(
  { records, logs, now, randomUUID, begin, baseUrl }: BulkScheduleParts,
  sync: StoredBulkSync,
  schedule: StoredBulkSchedule,
  own: readonly StoredBulkExecution[]
): void {
  makeBulkRoom(records, logs, own)
  const { id, frequency } = schedule
  const execution: StoredBulkExecution = {
    ...newExecution({ now, randomUUID }, sync, {
      type: 'scheduled',
      by: sync.created_by,
      baseUrl: own[0]?.base_url ?? baseUrl()
    }),
    status_message: '',
    request: requestOf(sync, schedule),
    schemas: [],
    schedule: { id, frequency }
  }
  records.put('bulk_execution', execution)
  begin(execution.id)
}

/** The default schedule is for what no other one names. */
function requestOf(
  { default_schedule: first, additional_schedules: more }: StoredBulkSync,
  { id, schemas = [], selective_mode, resync_mode }: StoredBulkSchedule
): BulkRunRequest {
  const others = id === first.id ? more.flatMap((one) => one.schemas ?? []) : []
  return {
    ...(schemas.length === 0 ? {} : { schemas }),
    ...(others.length === 0 ? {} : { except: others }),
    ...(selective_mode === undefined ? {} : { selective_mode }),
    ...(resync_mode === undefined || resync_mode === 'normal' ? {} : { resync_mode })
  }
}

const kept = 50

/** Forgets the oldest executions of a bulk sync before one more is stored; `own` has the newest first. */
export function makeBulkRoom(records: Records, logs: LogStore, own: readonly StoredBulkExecution[]): void {
  for (const { id } of own.slice(kept - 1)) {
    records.remove('bulk_execution', id)
    logs.forget(id)
  }
}
