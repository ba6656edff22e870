import { Cron } from 'croner'

/** Moments at which something is due, in milliseconds since the epoch. */
export interface WatchSchedule {
  /** How it was written, for people. */
  text: string
  /** The first moment after another one. */
  next(after: number): number
}

/** A schedule, or what is wrong with its words: a sentence without a full stop. */
export type ReadSchedule = { ok: true; schedule: WatchSchedule } | { ok: false; reason: string }

const units: ReadonlyMap<string, number> = new Map([
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000]
])

const [shortest, longest] = [30_000, 366 * 86_400_000]

/** Reads `15m`, `6h` or `7d` as milliseconds; undefined for other texts, and for times out of reason. */
export function readDuration(text: string): number | undefined {
  const [, number, unit = ''] = /^(\d{1,6})\s*([smhd])$/.exec(text.trim()) ?? []
  const ms = Number(number) * (units.get(unit) ?? Number.NaN)
  return ms >= shortest && ms <= longest ? ms : undefined
}

/**
 * Due each so many milliseconds from `anchor` on. The moments stay the same, however long what is done there
 * takes, and whichever way the clock jumps.
 */
export function everySchedule(text: string, anchor: number): ReadSchedule {
  const ms = readDuration(text)
  if (ms === undefined)
    return { ok: false, reason: `${JSON.stringify(text)} is no time such as 15m, 6h or 1d, from 30s on` }
  const next = (after: number): number => anchor + (Math.floor((after - anchor) / ms) + 1) * ms
  return { ok: true, schedule: { text: `every ${text.trim()}`, next } }
}

/** Due when a cron pattern says so, in a time zone (`Europe/Berlin`), else in UTC. */
export function cronSchedule(pattern: string, timeZone = 'UTC'): ReadSchedule {
  if (!isTimeZone(timeZone))
    return { ok: false, reason: `${JSON.stringify(timeZone)} is no time zone such as Europe/Berlin` }
  try {
    const cron = new Cron(pattern, { timezone: timeZone, mode: '5-part', paused: true })
    const next = (after: number): number => cron.nextRun(new Date(after))?.getTime() ?? Infinity
    if (next(0) === Infinity) return { ok: false, reason: `${JSON.stringify(pattern)} never comes` }
    return { ok: true, schedule: { text: `${pattern} (${timeZone})`, next } }
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^Cron\w*:\s*/, '') : 'it is not understood'
    return { ok: false, reason: `${JSON.stringify(pattern)} is no cron pattern: ${why}` }
  }
}

/** Whether a text names a time zone that this machine knows. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) instanceof Intl.DateTimeFormat
  } catch {
    return false
  }
}

/** How many moments of a schedule lie after `from`, up to `to` and with it; at most so many are counted. */
export function countMoments(schedule: WatchSchedule, from: number, to: number, most = 10_000): number {
  let moments = 0
  for (let at = schedule.next(from); at <= to && moments < most; at = schedule.next(at)) moments += 1
  return moments
}
