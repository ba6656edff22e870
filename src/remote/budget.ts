import type { Failure } from './failure.ts'
import type { RemoteOptions } from './options.ts'
import { slept } from './pause.ts'
import { begin, next, type Course, type Tried } from './policy.ts'

/**
 * What one operation may still spend: a request with all its tries, or all requests of a create. Keeps how it
 * went, and waits as the policy says.
 */
export interface Budget {
  readonly course: Course<Failure>
  /** How long it has taken, in milliseconds; pauses count even if the clock stands still. */
  elapsedMs(): number
  /** Waits for the next try. False when there is none: the budget is spent, or the person stopped it. */
  again(tried: Tried<Failure>, tell?: (pauseMs: number) => void): Promise<boolean>
  /** The budget of a request that is a part of this: it began as early, and may fail as often as any. */
  part(): Budget
}

/** What a budget needs of the world. */
export type BudgetOptions = Pick<RemoteOptions, 'now' | 'sleep' | 'random' | 'backoffMs' | 'stop'>

/** The budget of an operation that begins now, or as a part of another one. */
export function openBudget(options: BudgetOptions, whole?: Course<Failure>): Budget {
  const { now, random, backoffMs, stop } = options
  let course = begin<Failure>(whole?.began ?? now(), whole?.waited)
  return {
    get course() {
      return course
    },
    part: () => openBudget(options, course),
    elapsedMs: () => Math.max(now() - course.began, course.waited),
    async again(tried, tell) {
      const verdict = next(course, tried, { now: now(), chance: random(), backoffMs })
      course = verdict.course
      if (!('again' in verdict) || stop?.aborted === true) return false
      tell?.(verdict.again)
      return await slept(verdict.again, options)
    }
  }
}
