import type { ApprovalStore } from './approval-store.ts'
import { marked, type Approval } from './approvals.ts'
import { RunProblem } from './connector.ts'
import type { Job } from './job.ts'
import { marksOf } from './marks.ts'
import { toldOperation, type Decision } from './plan.ts'

/** Holds a run to an approved preview: exactly what is listed is written. */
export interface Hold {
  /** How many records are listed. */
  listed: number
  /** Takes what is not listed off the plan, and notes what is listed and would be done otherwise. */
  take(job: Job, decision: Decision): void
  /** Throws `RunProblem` unless all that is listed would be done as it was listed; then it counts as used. */
  mustHold(): void
}

const mostNamed = 10

/** Returns the hold of an approval for one run of it. */
export function holdOf(store: ApprovalStore, { seal, records, answer }: Approval, execution: string): Hold {
  const marks = marksOf(store.secret, seal.of)
  const open = new Map(records)
  answer.waiting = 0
  answer.moved = 0
  answer.first = []
  const moved = (key: string, how: 'changed' | 'gone'): void => {
    answer.moved += 1
    if (answer.first.length < mostNamed) answer.first.push({ key, how })
  }
  return {
    listed: seal.listed,
    take: (job, decision) => {
      const { operation, record } = decision
      const key = marks.keyOf(decision)
      const listed = open.get(key)
      const isWritten = operation !== 'skip' && operation !== 'refuse'
      if (listed === undefined) {
        if (isWritten) {
          answer.waiting += 1
          job.stage.hold(record.seq, operation)
        }
        return
      }
      open.delete(key)
      if (!isWritten) moved(key, 'gone')
      else if (
        listed !== marked({ operation: toldOperation(job, operation), mark: marks.markOf(decision) })
      )
        moved(key, 'changed')
    },
    mustHold: () => {
      for (const key of open.keys()) moved(key, 'gone')
      if (answer.moved > 0)
        throw new RunProblem(
          'stale',
          `the preview is stale: ${answer.moved} of its ${answer.listed} records would be written ` +
            'otherwise now, or not at all; nothing was written'
        )
      const before = store.usedBy(seal.preview)
      if (before !== undefined) throw new RunProblem('used', `it was used already, by execution ${before}`)
      store.use(seal.preview, execution)
    }
  }
}
