import { Cron } from 'croner'
import type { Schedule } from '../../wire/sync.ts'
import type { StoredExecution } from '../stored.ts'
import { isOpen } from './open.ts'

/** When schedules start syncs. Times are UTC. */

/** What a schedule looks at: the executions of its own sync and of those that it names, newest first. */
export interface Past {
  own: readonly PastExecution[]
  /** Of a sync, or of a bulk sync. */
  of: (id: string) => readonly PastExecution[]
}

/** What a schedule knows of an execution, of whatever it is. */
export type PastExecution = Pick<StoredExecution, 'status' | 'created_at'> & { completed_at?: string }

/** A stretch of time: what came up in it is due at its end. In milliseconds. */
export interface Stretch {
  after: number
  until: number
  /** When the server began to look: nothing before it counts. */
  begun: number
}

/** `continuous` looks for changes again so long after its last end. */
const pauseMs = 5 * 60_000

/** Whether a schedule starts its sync at the end of a stretch. However often it came up, that is once. */
export function isDue(schedule: Schedule, past: Past, { after, until, begun }: Stretch): boolean {
  if (schedule.frequency === 'runafter') return othersEnded(schedule, past, begun)
  const next = nextTime(schedule, past, after)
  return next !== undefined && next <= until
}

/** The time at which a schedule comes up next; undefined where it has none, or where nobody can tell. */
export function nextTime(schedule: Schedule, { own }: Past, after: number): number | undefined {
  if (schedule.frequency === 'continuous') {
    const ended = Date.parse(own[0]?.completed_at ?? '')
    return Number.isNaN(ended) ? after : ended + pauseMs
  }
  const pattern = patternOf(schedule)
  return pattern === undefined ? undefined : cronOf(pattern)?.nextRun(new Date(after))?.getTime()
}

const crons = new Map<string, Cron | undefined>()

/** Undefined for a pattern that is none. */
function cronOf(pattern: string): Cron | undefined {
  if (!crons.has(pattern)) crons.set(pattern, readCron(pattern))
  return crons.get(pattern)
}

function readCron(pattern: string): Cron | undefined {
  try {
    return new Cron(pattern, { timezone: 'UTC', mode: '5-part', paused: true })
  } catch {
    return undefined
  }
}

/**
 * Parts that are not said: below the smallest that is, the lowest value; above it, every one. `hour: 3` is
 * three o'clock, and not each minute after it.
 */
function patternOf(schedule: Schedule): string | undefined {
  if (!['hourly', 'daily', 'weekly', 'custom', 'builder'].includes(schedule.frequency ?? ''))
    return undefined
  const { minute, hour, day_of_month: day, month } = schedule
  const week = dayOfWeek(schedule.day_of_week)
  const isAbove = (...parts: (string | null | undefined)[]): boolean =>
    parts.some((part) => !isUnsaid(part))
  const parts = [
    partOr(minute, isAbove(hour, day, month, week) ? '0' : '*'),
    partOr(hour, isAbove(day, month, week) && isUnsaid(minute) ? '0' : '*'),
    partOr(day, isAbove(month) && isUnsaid(week) && isUnsaid(hour) && isUnsaid(minute) ? '1' : '*'),
    partOr(month, '*'),
    partOr(week, '*')
  ]
  return parts.join(' ')
}

function isUnsaid(part: string | null | undefined): boolean {
  return part === undefined || part === null || part === ''
}

function partOr(part: string | null | undefined, otherwise: string): string {
  return part === undefined || part === null || part === '' ? otherwise : part
}

/** Names may be written out. */
function dayOfWeek(part: string | null | undefined): string | undefined {
  return part?.replaceAll(/[a-z]{4,}/gi, (name) => name.slice(0, 3))
}

/** Whether all that are named have ended since this one began last. */
function othersEnded({ run_after, run_after_success_only }: Schedule, past: Past, begun: number): boolean {
  const ids = [...(run_after?.sync_ids ?? []), ...(run_after?.bulk_sync_ids ?? [])]
  const last = Math.max(begun, Date.parse(past.own[0]?.created_at ?? '') || 0)
  const isOver = (id: string): boolean => {
    const [latest] = past.of(id)
    if (latest === undefined || isOpen(latest.status)) return false
    const isGood = latest.status === 'completed' || run_after_success_only !== true
    return isGood && Date.parse(latest.completed_at ?? '') > last
  }
  return ids.length > 0 && ids.every(isOver)
}
