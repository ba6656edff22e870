const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))

/** Time that passes only when nothing else happens: a minute of waiting takes no time, and the same one each time. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Rings once after so long, unless what is returned is called before. */
  timer(ring: () => void, milliseconds: number): () => void
  /** Rejects with the signal's reason when that fires first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
  /**
   * Runs until this is settled, moving time on whenever everybody waits. Fails when everybody waits and no time would help: then
   * something waits for ever.
   */
  until<T>(work: Promise<T>): Promise<T>
  /** A wait of the service: it goes on when the process that asked is killed, as the request does that it is part of. */
  lastingSleep(milliseconds: number, signal?: AbortSignal): Promise<void>
  /** All other waits are forgotten: whose they were is no more. */
  forget(): void
}

interface Timer {
  at: number
  order: number
  ring: () => void
  lasts: boolean
}

/** No apply takes a week. */
const longestMs = 7 * 24 * 3_600_000

const beginning = Date.UTC(2024, 0, 15, 9, 30)

/**
 * `first` is asked before time moves on: who decides about the order of things lets the next one happen, and says that there was one.
 */
export function makeClock(first: () => Promise<boolean> = async () => false): Clock {
  let now = beginning
  let order = 0
  let timers = new Map<number, Timer>()

  const start = (ring: () => void, milliseconds: number, lasts: boolean): (() => void) => {
    const own = (order += 1)
    timers.set(own, { at: now + Math.max(0, milliseconds), order: own, ring, lasts })
    return () => void timers.delete(own)
  }
  const earliest = (): Timer | undefined => {
    let first: Timer | undefined
    for (const timer of timers.values()) if (first === undefined || timer.at < first.at) first = timer
    return first
  }
  const sleep = (milliseconds: number, signal: AbortSignal | undefined, lasts: boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error)
      const giveUp = (): void => {
        stop()
        reject(signal?.reason as Error)
      }
      const ring = (): void => {
        signal?.removeEventListener('abort', giveUp)
        resolve()
      }
      const stop = start(ring, milliseconds, lasts)
      signal?.addEventListener('abort', giveUp, { once: true })
    })
  return {
    now: () => now,
    timer: (ring, milliseconds) => start(ring, milliseconds, false),
    sleep: (milliseconds, signal) => sleep(milliseconds, signal, false),
    lastingSleep: (milliseconds, signal) => sleep(milliseconds, signal, true),
    async until(work) {
      let settled = false
      const settle = (): void => {
        settled = true
      }
      work.then(settle, settle)
      const began = now
      for (;;) {
        await turn()
        await turn()
        if (settled) return await work
        if (await first()) continue
        const next = earliest()
        if (!next) throw new Error('everybody waits, and nothing will happen any more')
        if (next.at - began > longestMs) throw new Error('it took more than a week')
        timers.delete(next.order)
        now = Math.max(now, next.at)
        next.ring()
      }
    },
    forget() {
      timers = new Map([...timers].filter(([, { lasts }]) => lasts))
    }
  }
}
