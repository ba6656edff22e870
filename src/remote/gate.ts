import pLimit from 'p-limit'
import { slept } from './pause.ts'
import { openOutage, type Outage } from './outage.ts'
import { bounds } from './policy.ts'

/**
 * The gate that all requests pass. Its width bounds how many run at the same time; it halves when the
 * service answers 429, and grows again slowly. While the service asks to wait, no request passes.
 */
export interface Gate {
  run<T>(work: () => Promise<T>): Promise<T>
  /** Waits until the gate is open. False when the signal fired before. */
  open(stop?: AbortSignal): Promise<boolean>
  /**
   * Closes the gate for a while. Returns the pause in milliseconds, and since when the service has
   * answered nothing but 429.
   */
  slowDown(headers: Headers): { pauseMs: number; since: number }
  fine(): void
  /** Whether anything has answered yet to what passed the gate. */
  readonly outage: Outage
}

/**
 * Options of the gate. `sleep` and `now` use milliseconds; `throttled` is called with seconds, for people
 * read them.
 */
export interface GateOptions {
  parallelism: number
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  now: () => number
  /** A random number from 0 to 1: waiting requests do not start in the same moment. */
  random: () => number
  throttled?: (seconds: number) => void
}

/** The number of successful answers in a row after which the width grows by one. */
const patience = 20
/** The least time between two messages about throttling. */
const tellEveryMs = 30_000
/** A greater number in a header is a time since 1970, not a pause. */
const aWhileAgo = Date.UTC(2020, 0)

/**
 * Opens a gate, which all requests to one service share: where one has to wait, all others wait too. It
 * starts at full width, which never falls below one.
 */
export function openGate(options: GateOptions): Gate {
  const limit = pLimit(options.parallelism)
  let closedUntil = 0
  let lastSlowed = -Infinity
  let lastTold = -Infinity
  let inARow = 0
  let complaints = 0
  let lastPauseMs = 0
  let since: number | undefined
  return {
    run: (work) => limit(work),
    outage: openOutage(),

    async open(stop) {
      // The time may be extended while this one waits.
      for (let until = 0; until < closedUntil;) {
        until = closedUntil
        const wait = until - options.now()
        const apart = Math.round((lastPauseMs / 10) * options.random())
        const waits = { sleep: options.sleep, ...(stop ? { stop } : {}) }
        if (wait > 0 && !(await slept(wait + apart, waits))) return false
      }
      return true
    },

    slowDown(headers) {
      inARow = 0
      const now = options.now()
      since ??= now
      // Requests that run together are answered 429 together: that is one reason to slow down.
      if (now - lastSlowed > 250) {
        lastSlowed = now
        complaints += 1
        limit.concurrency = Math.max(1, Math.floor(limit.concurrency / 2))
      }
      const named = namedPauseMs(headers, now)
      // Where the service names no time, the pause doubles with each complaint.
      const own = bounds.throttledMs * 2 ** (complaints - 1)
      const pauseMs = Math.min(named > 0 ? named : own, bounds.longestPauseMs)
      closedUntil = Math.max(closedUntil, now + pauseMs)
      lastPauseMs = pauseMs
      if (now - lastTold >= tellEveryMs) {
        lastTold = now
        options.throttled?.(pauseMs / 1000)
      }
      return { pauseMs, since }
    },

    fine() {
      inARow += 1
      complaints = 0
      since = undefined
      if (inARow < patience || limit.concurrency >= options.parallelism) return
      inARow = 0
      limit.concurrency += 1
    }
  }
}

/**
 * Returns the pause in milliseconds that headers ask for: in seconds, until a date, or until the second
 * in which a counter is reset.
 */
export function namedPauseMs(headers: Headers, now: number): number {
  const after = headers.get('retry-after')
  const named = after ?? headers.get('x-ratelimit-reset') ?? ''
  if (!/^\d+$/.test(named)) return after === null ? 0 : Date.parse(after) - now
  const ms = Number(named) * 1000
  return after === null && ms > aWhileAgo ? ms - now : ms
}
