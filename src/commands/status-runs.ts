import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { metConditions, type Condition } from '../executions/conditions.ts'
import { durationOf } from '../executions/run.ts'
import { lastExecution, type Executable } from '../executions/start.ts'
import type { Kind } from '../kinds/kind.ts'
import { failureProblem } from '../remote/failure.ts'
import type { Reader } from '../remote/transport.ts'
import type { StatusFacts } from '../render/view/answer.ts'
import { addressText, type Live } from '../state/resource.ts'
import { exit } from './exit.ts'

/** What the last executions of syncs come to. */
export interface LastRuns {
  code: number
  attention: StatusFacts['attention']
  /** Why some could not be looked at: what is not known is never taken for good. */
  problems: Diagnostic[]
}

/** Nobody asked. */
export const nothingLooked: LastRuns = { code: exit.done, attention: [], problems: [] }

/**
 * Looks at the last execution of each sync that has ended. One that did not come to its end is named and
 * ends with 1, one that meets a condition with 5, in the same words as `run` has.
 */
export async function lastRuns(
  lists: readonly { kind: Kind; live: readonly Live[] }[],
  conditions: readonly Condition[],
  reader: Reader
): Promise<LastRuns> {
  const all = lists.flatMap(({ kind, live }): Executable[] => {
    const { executions } = kind
    return executions === undefined ? [] : live.map((one) => ({ live: one, kind: { ...kind, executions } }))
  })
  const looks = await Promise.all(all.map((one) => lookAt(one, conditions, reader)))
  const codes = new Set(looks.map(({ code }) => code))
  return {
    code: [exit.failure, exit.partial].find((code) => codes.has(code)) ?? exit.done,
    attention: looks.flatMap(({ attention }) => attention),
    problems: looks.flatMap(({ problems }) => problems)
  }
}

async function lookAt(
  one: Executable,
  conditions: readonly Condition[],
  reader: Reader
): Promise<LastRuns> {
  const { kind, name } = one.live
  const seen = await lastExecution(one, reader)
  if (!seen.ok) {
    const attempted = `reading the last execution of ${addressText(one.live)}`
    return { ...nothingLooked, problems: [failureProblem(seen.failure, attempted)] }
  }
  if (seen.last === undefined) return nothingLooked
  const { ended, status, errors, counts } = seen.last
  const reported = (code: number, words: string): LastRuns => ({
    ...nothingLooked,
    code,
    attention: [{ kind, name, because: `its last run ${words}` }]
  })
  if (ended !== 'completed')
    return reported(exit.failure, [ended ?? status, ...errors.slice(0, 1)].join(': '))
  const met = metConditions(conditions, counts, durationOf(seen.last).durationMs)
  return met.length === 0
    ? nothingLooked
    : reported(exit.partial, `is not clean: ${met.map(({ words }) => words).join('; ')}`)
}
