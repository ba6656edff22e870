import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { metConditions, type Condition } from '../executions/conditions.ts'
import { durationOf } from '../executions/run.ts'
import { lastExecution, type Executable } from '../executions/start.ts'
import type { Kind } from '../kinds/kind.ts'
import type { Reader } from '../remote/transport.ts'
import type { StatusFacts } from '../render/view/answer.ts'
import type { Execution } from '../state/execution.ts'
import type { Live } from '../state/resource.ts'
import { unread } from './choose-syncs.ts'
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
  const { runs, problems } = await lookAtRuns(all, conditions, reader)
  return {
    code: runs.some(({ met }) => met === undefined)
      ? exit.failure
      : runs.length > 0
        ? exit.partial
        : exit.done,
    attention: runs.map(({ live: { kind, name }, execution, met }) => ({
      kind,
      name,
      because:
        met === undefined
          ? `its last run ${[endOf(execution), ...execution.errors.slice(0, 1)].join(': ')}`
          : `its last run is not clean: ${met.map(({ words }) => words).join('; ')}`
    })),
    problems
  }
}

/** A sync whose last execution is not as it should be. */
export interface LookedRun {
  live: Live
  execution: Execution
  /** The conditions that it meets; undefined where it did not come to its end. */
  met: { text: string; words: string }[] | undefined
}

/** Looks at the last execution of each; what is as it should be is left out. */
export async function lookAtRuns(
  all: readonly Executable[],
  conditions: readonly Condition[],
  reader: Reader
): Promise<{ runs: LookedRun[]; problems: Diagnostic[] }> {
  const looks = await Promise.all(all.map(async (one) => ({ one, seen: await lastExecution(one, reader) })))
  return {
    runs: looks.flatMap(({ one: { live }, seen }): LookedRun[] => {
      const execution = seen.ok ? seen.last : undefined
      if (execution === undefined) return []
      if (execution.ended !== 'completed') return [{ live, execution, met: undefined }]
      const met = metConditions(conditions, execution.counts, durationOf(execution).durationMs)
      return met.length === 0 ? [] : [{ live, execution, met }]
    }),
    problems: looks.flatMap(({ one, seen }) => (seen.ok ? [] : [unread(one, seen.failure)]))
  }
}

/** The word for its end. */
export function endOf({ ended, status }: Execution): string {
  return ended ?? status
}
