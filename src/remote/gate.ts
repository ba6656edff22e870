import pLimit from 'p-limit'

/**
 * The one gate through which all requests go. Its width bounds how many are under way; it halves when the
 * service answers 429, grows again slowly, and while the service has named a time to wait, nobody passes.
 */
export interface Gate {
  run<T>(work: () => Promise<T>): Promise<T>
  /** Waits until the time that the service named has passed. */
  open(): Promise<void>
  slowDown(headers: Headers): void
  fine(): void
}

/** Times in `sleep` and `now` are milliseconds; `throttled` is told seconds, for it is read by people. */
export interface GateOptions {
  parallelism: number
  sleep: (ms: number) => Promise<void>
  now: () => number
  throttled?: (seconds: number) => void
}

/** Answers without a complaint before the width grows by one. */
const patience = 20
const longestPauseMs = 60_000
/** Where the service names no time: this long at first, twice as long each time that it complains again. */
const ownPauseMs = 500
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
  return {
    run: (work) => limit(work),

    async open() {
      // Others may be told to wait longer meanwhile.
      for (let until = 0; until < closedUntil;) {
        until = closedUntil
        const wait = until - options.now()
        if (wait > 0) await options.sleep(wait)
      }
    },

    slowDown(headers) {
      inARow = 0
      const now = options.now()
      // Requests under way together are answered 429 together: that is one reason to slow down, not many.
      if (now - lastSlowed > 250) {
        lastSlowed = now
        complaints += 1
        limit.concurrency = Math.max(1, Math.floor(limit.concurrency / 2))
      }
      const named = namedPauseMs(headers, now)
      const pauseMs = Math.min(named > 0 ? named : ownPauseMs * 2 ** (complaints - 1), longestPauseMs)
      closedUntil = Math.max(closedUntil, now + pauseMs)
      if (now - lastTold < tellEveryMs) return
      lastTold = now
      options.throttled?.(pauseMs / 1000)
    },

    fine() {
      inARow += 1
      complaints = 0
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
function namedPauseMs(headers: Headers, now: number): number {
  const after = headers.get('retry-after')
  const named = after ?? headers.get('x-ratelimit-reset') ?? ''
  if (!/^\d+$/.test(named)) return after === null ? 0 : Date.parse(after) - now
  const ms = Number(named) * 1000
  return after === null && ms > aWhileAgo ? ms - now : ms
}
