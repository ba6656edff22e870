import pLimit from 'p-limit'
import { slept } from './pause.ts'
import { bounds } from './policy.ts'

/**
 * The one gate through which all requests go. Its width bounds how many are under way; it halves when the
 * service answers 429, grows again slowly, and while the service has named a time to wait, nobody passes.
 */
export interface Gate {
  run<T>(work: () => Promise<T>): Promise<T>
  /** Waits until the time that the service named has passed; false when the signal fired before. */
  open(stop?: AbortSignal): Promise<boolean>
  /** Closes the gate for a while: for how long, and since when nothing but complaints was answered. */
  slowDown(headers: Headers): { pauseMs: number; since: number }
  fine(): void
}

/** Times in `sleep` and `now` are milliseconds; `throttled` is told seconds, for it is read by people. */
export interface GateOptions {
  parallelism: number
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  now: () => number
  /** From 0 to 1: those who wait do not start in the same moment. */
  random: () => number
  throttled?: (seconds: number) => void
}

/** Answers without a complaint before the width grows by one. */
const patience = 20
/** A person is told once in a while, not of every pause of a second. */
const tellEveryMs = 30_000
/** A number of seconds beyond this is a time, not a pause. */
const aWhileAgo = Date.UTC(2020, 0)

/**
 * One gate for one connection to the service: what one request is asked to wait, all others wait too. It
 * opens at full width, and never narrows to nothing.
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

    async open(stop) {
      // Others may be told to wait longer meanwhile.
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
      // Requests under way together are answered 429 together: that is one reason to slow down, not many.
      if (now - lastSlowed > 250) {
        lastSlowed = now
        complaints += 1
        limit.concurrency = Math.max(1, Math.floor(limit.concurrency / 2))
      }
      const named = namedPauseMs(headers, now)
      // Where the service names no time: twice as long each time that it complains again.
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
 * How long to wait, as the service says it: in seconds, until a date, or until the second in which its
 * counter starts anew.
 */
export function namedPauseMs(headers: Headers, now: number): number {
  const after = headers.get('retry-after')
  const named = after ?? headers.get('x-ratelimit-reset') ?? ''
  if (!/^\d+$/.test(named)) return after === null ? 0 : Date.parse(after) - now
  const ms = Number(named) * 1000
  return after === null && ms > aWhileAgo ? ms - now : ms
}
