/**
 * The retry policy: how long to wait for the service, and when to try again. There is one budget for
 * throttling, for failures, for a source that is still being read, and for creates of unknown outcome. A
 * pure state machine: time and randomness are passed in.
 */

/** All bounds, in milliseconds unless they say otherwise. */
export const bounds = {
  /** No try of an operation starts later than this after its first one, whatever the answers were. */
  longestMs: 300_000,
  /** The number of retries that may fail. Throttling is no failure: it is bounded by time alone. */
  failures: 5,
  /** The number of retries where no connection is accepted: the address is probably wrong. */
  unreached: 2,
  /** The number of times that a create of unknown outcome is begun. */
  creates: 3,
  /**
   * The pauses before each search for a resource that may have been created: a list may be stale for as
   * long as all of them together.
   */
  looksMs: [1000, 2000, 4000, 8000],
  /** The longest single pause, whatever the service asks for: longer ones would look like a hang. */
  longestPauseMs: 60_000,
  longestBackoffMs: 10_000,
  /** The first pause after 429 where the service names no time. */
  throttledMs: 500,
  longestThrottledMs: 30_000,
  /** The number of times that a create is throttled before it takes another key. */
  throttledUnderOneKey: 5,
  /** By so much each pause is longer than the last one while a source is being read. */
  readingMs: 5_000,
  longestReadingMs: 30_000,
  /** How long running requests may take after an interrupt. */
  graceMs: 5_000
} as const

/** The result of an unsuccessful try. */
export interface Tried<F> {
  /**
   * `throttled`: not accepted. `failed`: answered with an error that may pass. `lost`: sent, not
   * answered. `unreached`: not sent, for no connection was accepted. `busy`: something else is running
   * there. `reading`: the source is still being read. `unknown`: the resource may have been created.
   * `unseen`: a search did not find it. `final`: another try would have the same result.
   */
  is: 'throttled' | 'failed' | 'lost' | 'unreached' | 'busy' | 'reading' | 'unknown' | 'unseen' | 'final'
  failure: F
  /** The pause that the service asked for. */
  pauseMs?: number
  /** For `throttled`: since when the service has answered nothing but 429. */
  since?: number
}

/** The course of an operation so far. Plain data. */
export interface Course<F> {
  readonly began: number
  /** The sum of all pauses: waiting must end even where the clock does not advance. */
  readonly waited: number
  readonly failures: number
  readonly unreached: number
  readonly throttled: number
  readonly reading: number
  readonly unknown: number
  readonly looks: number
  /**
   * True once a try was sent and not answered: it may have been carried out, whatever was answered since.
   */
  readonly unsure: boolean
  /** The last failure, which is reported in the end. */
  readonly last?: F
}

/** The decision: wait and try again, or give up. */
export type Verdict<F> = { course: Course<F> } & ({ again: number } | { over: 'final' | 'often' | 'late' })

/** The present time, a random number from 0 to 1, and the first pause after a failure. */
export interface Moment {
  now: number
  chance: number
  backoffMs: number
}

/** Returns the course of an operation that begins now. */
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

/** R28: Decides what to do after an unsuccessful try. */
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
    // A time-out says less than the answer before it, so that one is kept.
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
 * Spreads a pause by up to a tenth, never to less: requests that wait for one time must not all come back
 * at once.
 */
function spread(pauseMs: number, { chance }: Pick<Moment, 'chance'>): number {
  return pauseMs + Math.round((pauseMs / 10) * chance)
}

/** Whether a create that a search did not find may be begun once more. */
export function mayBeginAnew<F>({ unknown }: Course<F>, elapsedMs: number): boolean {
  return unknown < bounds.creates && elapsedMs < bounds.longestMs
}

/**
 * Whether a create was throttled so often that it needs another key: a 429 may be recorded under the key,
 * and would be replayed for ever. Before that, another key is the greater danger, for it could create a
 * second one.
 */
export function isThrottledLong<F>({ throttled }: Course<F>): boolean {
  return throttled >= bounds.throttledUnderOneKey
}
