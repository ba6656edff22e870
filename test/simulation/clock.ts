import { AsyncLocalStorage } from 'node:async_hooks'

const realImmediate = globalThis.setImmediate
const turn = (): Promise<void> => new Promise((resolve) => void realImmediate(resolve))

/** Time that passes only when nothing else happens: a minute of waiting takes no time, and the same one each time. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
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

const start = Date.UTC(2024, 0, 15, 9, 30)

/**
 * `first` is asked before time moves on: who decides about the order of things lets the next one happen, and says that there was one.
 */
export function makeClock(
  first: () => Promise<boolean> = async () => false
): Clock & { setTimer: SetTimer; clearTimer: ClearTimer } {
  let now = start
  let order = 0
  let timers = new Map<number, Timer>()

  const setTimer = (ring: () => void, milliseconds = 0, lasts = false): number => {
    order += 1
    timers.set(order, { at: now + Math.max(0, milliseconds), order, ring, lasts })
    return order
  }
  const clearTimer = (id: unknown): void => void timers.delete(Number(id))
  const earliest = (): Timer | undefined => {
    let first: Timer | undefined
    for (const timer of timers.values()) if (first === undefined || timer.at < first.at) first = timer
    return first
  }
  const sleep = (milliseconds: number, signal: AbortSignal | undefined, lasts: boolean): Promise<void> =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error)
      const giveUp = (): void => {
        clearTimer(id)
        reject(signal?.reason as Error)
      }
      const ring = (): void => {
        signal?.removeEventListener('abort', giveUp)
        resolve()
      }
      const id = setTimer(ring, milliseconds, lasts)
      signal?.addEventListener('abort', giveUp, { once: true })
    })
  return {
    now: () => now,
    setTimer,
    clearTimer,
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

type SetTimer = (ring: () => void, milliseconds?: number) => number
type ClearTimer = (id: unknown) => void
type SettableClock = ReturnType<typeof makeClock>

/**
 * Each simulation has a clock of its own, and so has whatever it began: one that somebody gave up waiting for goes on by its own
 * clock, and moves nobody else's.
 */
const clocks = new AsyncLocalStorage<SettableClock>()

const real = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  dateNow: Date.now,
  elapsed: performance.now.bind(performance)
}

/** Timers and times are those of the clock of whoever asks, and the real ones outside of simulations. */
function install(): void {
  globalThis.setTimeout = ((ring: () => void, milliseconds?: number, ...rest: unknown[]) => {
    const clock = clocks.getStore()
    return clock ? clock.setTimer(ring, milliseconds) : real.setTimeout(ring, milliseconds, ...(rest as []))
  }) as unknown as typeof setTimeout
  globalThis.clearTimeout = (id) => {
    const clock = clocks.getStore()
    if (clock && typeof id === 'number') clock.clearTimer(id)
    else real.clearTimeout(id)
  }
  Date.now = () => clocks.getStore()?.now() ?? real.dateNow()
  performance.now = () => clocks.getStore()?.now() ?? real.elapsed()
}

let isInstalled = false

/** While this runs, whoever is called by it and sets a timer or asks for the time gets those of the clock. */
export async function withClock<T>(clock: SettableClock, work: () => Promise<T>): Promise<T> {
  if (!isInstalled) install()
  isInstalled = true
  return await clocks.run(clock, async () => await clock.until(work()))
}
