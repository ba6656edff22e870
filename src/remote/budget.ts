import type { Failure } from './failure.ts'
import type { RemoteOptions } from './options.ts'
import { slept } from './pause.ts'
import { begin, next, type Course, type Tried } from './policy.ts'

/**
 * The budget of one operation: of a request with all its tries, or of all requests of a create. It
 * records the course of the operation, and waits as the policy says.
 */
export interface Budget {
  readonly course: Course<Failure>
  /** Milliseconds since the operation began. Pauses count even where the clock does not advance. */
  elapsedMs(): number
  /**
   * Waits before the next try. False when there is none: the budget is spent, or polyctl was interrupted.
   */
  again(tried: Tried<Failure>, tell?: (pauseMs: number) => void): Promise<boolean>
  /**
   * Returns the budget of a request within this operation: it has the same start, and its own number of
   * failures.
   */
  part(): Budget
}

/** The options that a budget uses. */
export type BudgetOptions = Pick<RemoteOptions, 'now' | 'sleep' | 'random' | 'backoffMs' | 'stop'>

/** Opens the budget of an operation that begins now, or of a part of another one. */
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
