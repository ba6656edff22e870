import { countMoments, type WatchSchedule } from './schedule.ts'

/** Why a moment of the schedule passed without a turn. */
export type SkipReason = 'overlap' | 'late' | 'backoff'

/** What the loop needs of the world, and whom it calls. */
export interface LoopOptions {
  schedule: WatchSchedule
  now(): number
  /** Rings once after so long, unless what is returned is called before. */
  timer(ring: () => void, ms: number): () => void
  /** From 0 to 1, by chance. */
  random(): number
  /** Resolves when it is to end. */
  stopped: Promise<void>
  /** One turn; false where it failed, and is tried again sooner or later than the schedule says. */
  turn(): Promise<boolean>
  /** Called between turns, at least once in each minute: what was held may be due now. */
  between(): Promise<void>
  skipped(reason: SkipReason, moments: number): void
  /** The clock went back so many milliseconds. */
  wentBack(ms: number): void
}

/** Clocks are looked at so often: they may jump while a machine sleeps, or is set. */
const lookMs = 60_000

const [firstRetryMs, longestRetryMs] = [60_000, 3_600_000]

/** How long to wait after so many failures in a row: first a minute, then twice as long, up to an hour. */
export function retryMs(failures: number, random: number): number {
  const exact = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(failures - 1, 10))
  return Math.round(exact * (0.9 + 0.1 * random))
}

/**
 * Runs turns until it is stopped: the first at once, then when the schedule says so, and never two at the
 * same time. Moments that pass meanwhile (the turn before took too long, the machine slept, a failed turn is
 * waited out) are skipped and counted. Where the clock goes back, the next turn is found anew.
 */
export async function runLoop(options: LoopOptions): Promise<void> {
  const { schedule, now, random } = options
  const rest = openRest(options)
  let due = now()
  let from = due
  let seen = due
  let failures = 0
  while (!rest.isStopped()) {
    let at = now()
    if (at < seen) {
      options.wentBack(seen - at)
      from = at
      due = failures > 0 ? Math.min(due, at + retryMs(failures, random())) : schedule.next(at)
    }
    if (at >= due) {
      // The turn itself serves one of the moments.
      tellSkipped(options, failures > 0 ? 'backoff' : 'late', countMoments(schedule, from, at) - 1)
      const went = await options.turn()
      if (rest.isStopped()) return
      const began = at
      at = now()
      tellSkipped(options, 'overlap', countMoments(schedule, began, at))
      failures = went ? 0 : failures + 1
      from = at
      due = failures > 0 ? at + retryMs(failures, random()) : schedule.next(at)
    }
    seen = at
    await options.between()
    await rest.wait(Math.min(lookMs, due - now()))
  }
}

function tellSkipped({ skipped }: LoopOptions, reason: SkipReason, moments: number): void {
  if (moments > 0) skipped(reason, moments)
}

/** Waits that end early when it is to stop. One reaction to that is added, and not one for each wait. */
function openRest({ stopped, timer }: LoopOptions): {
  isStopped: () => boolean
  wait: (ms: number) => Promise<void>
} {
  let isStopped = false
  let wake: (() => void) | undefined
  void stopped.then(() => {
    isStopped = true
    wake?.()
  })
  return {
    isStopped: () => isStopped,
    async wait(ms) {
      if (isStopped || ms <= 0) return
      await new Promise<void>((resolve) => {
        const cancel = timer(resolve, ms)
        wake = () => {
          cancel()
          resolve()
        }
      })
      wake = undefined
    }
  }
}
