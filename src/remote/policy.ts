/**
 * How long anything of the service is waited for, and when it is tried again: one budget for throttling, for
 * failures, for a source that is still being read and for outcomes that nobody knows. A pure state machine:
 * time and chance are handed in.
 */

/** All bounds, in milliseconds where nothing else is said. */
export const bounds = {
  /** No try of one operation is waited for beyond this time since its first one, whatever is answered. */
  longestMs: 300_000,
  /** Tries after the first that may fail. To be throttled is not to fail: that is bounded by time alone. */
  failures: 5,
  /** The same where nobody listens: the address is probably wrong. */
  unreached: 2,
  /** How often a create whose outcome nobody knows is begun. */
  creates: 3,
  /** Pauses before each look for what may have been made: a list may be stale for as long as all of them. */
  looksMs: [1000, 2000, 4000, 8000],
  /** No single pause is longer, whatever the service asks for: a pipeline that stands still seems to hang. */
  longestPauseMs: 60_000,
  longestBackoffMs: 10_000,
  /** The first pause after 429 without a named time. */
  throttledMs: 500,
  longestThrottledMs: 30_000,
  /** So often may a create be throttled before it gets another key. */
  throttledUnderOneKey: 5,
  /** While a source is being read each pause is this much longer than the last one. */
  readingMs: 5_000,
  longestReadingMs: 30_000,
  /** After the person has stopped it, what is under way is waited for this long. */
  graceMs: 5_000
} as const

/** What came of one try, where that is no success. */
export interface Tried<F> {
  /**
   * `throttled`: nothing was taken on. `failed`: answered, and may pass. `lost`: sent and not answered.
   * `unreached`: not sent, for nobody listened. `busy`: something else is under way there. `reading`: the
   * source is still being read. `unknown`: it may have been made. `unseen`: a look did not find it. `final`:
   * to try again would change nothing.
   */
  is: 'throttled' | 'failed' | 'lost' | 'unreached' | 'busy' | 'reading' | 'unknown' | 'unseen' | 'final'
  failure: F
  /** The time to wait that the service named. */
  pauseMs?: number
  /** Of `throttled`: since when the service has answered nobody else either. */
  since?: number
}

/** How an operation has gone so far. Plain data. */
export interface Course<F> {
  readonly began: number
  /** The sum of all pauses: a clock that stands still must not make waiting endless. */
  readonly waited: number
  readonly failures: number
  readonly unreached: number
  readonly throttled: number
  readonly reading: number
  readonly unknown: number
  readonly looks: number
  /** A try was sent and not answered: it may have been carried out, whatever was answered since. */
  readonly unsure: boolean
  /** The last that the service, or the network, had to say: what is told in the end. */
  readonly last?: F
}

/** Wait and try again; or give up, for good, or because a number or the time is used up. */
export type Verdict<F> = { course: Course<F> } & ({ again: number } | { over: 'final' | 'often' | 'late' })

/** When it is, a number from 0 to 1 drawn by chance, and the first pause after a failure. */
export interface Moment {
  now: number
  chance: number
  backoffMs: number
}

/** An operation that begins now. */
export function begin<F>(now: number, waited = 0): Course<F> {
  return {
    began: now,
    waited,
    failures: 0,
    unreached: 0,
    throttled: 0,
    reading: 0,
    unknown: 0,
    looks: 0,
    unsure: false
  }
}

/** R28: What is to be done after a try that was no success. */
export function next<F>(before: Course<F>, tried: Tried<F>, moment: Moment): Verdict<F> {
  const course = counted(before, tried)
  if (tried.is === 'final') return { course, over: 'final' }
  if (isSpent(course, tried)) return { course, over: 'often' }
  const again = pauseAfter(course, tried, moment)
  const since = Math.min(course.began, tried.since ?? Infinity)
  const elapsed = Math.max(moment.now - since, course.waited)
  if (elapsed + again > bounds.longestMs) return { course, over: 'late' }
  return { course: { ...course, waited: course.waited + again }, again }
}

function counted<F>(course: Course<F>, { is, failure }: Tried<F>): Course<F> {
  const one = (of: Tried<F>['is']): number => (is === of ? 1 : 0)
  return {
    ...course,
    failures: course.failures + one('failed') + one('lost') + one('unreached') + one('busy'),
    unreached: course.unreached + one('unreached'),
    throttled: course.throttled + one('throttled'),
    reading: course.reading + one('reading'),
    unknown: course.unknown + one('unknown'),
    looks: is === 'unknown' ? 0 : course.looks + one('unseen'),
    unsure: course.unsure || is === 'lost' || is === 'unknown',
    // That nothing was answered in time says less than what was answered before.
    ...(is === 'unseen' || (is === 'lost' && course.last !== undefined) ? {} : { last: failure })
  }
}

function isSpent<F>(course: Course<F>, { is }: Tried<F>): boolean {
  if (is === 'throttled' || is === 'reading' || is === 'unknown') return false
  if (is === 'unseen') return course.looks >= bounds.looksMs.length
  return course.failures > bounds.failures || course.unreached > bounds.unreached
}

function pauseAfter<F>(course: Course<F>, { is, pauseMs = 0 }: Tried<F>, moment: Moment): number {
  if (is === 'unknown' || is === 'unseen') return bounds.looksMs[course.looks] ?? 0
  if (is === 'reading')
    return spread(Math.min(bounds.readingMs * course.reading, bounds.longestReadingMs), moment)
  const named = pauseMs > 0 ? Math.min(pauseMs, bounds.longestPauseMs) : 0
  if (is === 'throttled') {
    const own = bounds.throttledMs * 2 ** (course.throttled - 1)
    return spread(Math.max(named, Math.min(own, bounds.longestThrottledMs)), moment)
  }
  if (named > 0) return spread(named, moment)
  const backoff = moment.backoffMs * 2 ** (course.failures - 1)
  return Math.min(backoff, bounds.longestBackoffMs) * moment.chance
}

/**
 * What is asked to wait for one time must not come back all at once: never earlier, and up to a tenth later.
 */
function spread(pauseMs: number, { chance }: Pick<Moment, 'chance'>): number {
  return pauseMs + Math.round((pauseMs / 10) * chance)
}

/** Whether a create that was looked for, and not found, may be begun once more. */
export function mayBeginAnew<F>({ unknown }: Course<F>, elapsedMs: number): boolean {
  return unknown < bounds.creates && elapsedMs < bounds.longestMs
}

/**
 * A refusal for too many requests may be recorded under the key of a create, and would be answered again for
 * ever. At first that is the lesser danger: another key could make a second one.
 */
export function isThrottledLong<F>({ throttled }: Course<F>): boolean {
  return throttled >= bounds.throttledUnderOneKey
}
