import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Action, FieldChange } from '../plan/plan.ts'
import type { Address } from '../state/resource.ts'

/** The events of carrying out a plan. Printers fold this stream; carrying out prints nothing itself. */
export type ApplyEvent =
  /**
   * First event, once: the changes to attempt, in the order of the plan. `waits` marks those that wait
   * for a person, directly or not: they do not count as changes yet.
   */
  | { type: 'begin'; changes: { address: Address; action: Action; waits?: true }[] }
  | { type: 'start'; address: Address; action: Action }
  /** A remark while a change runs: `looking for it by name`, `throttled`. */
  | { type: 'note'; address: Address; text: string }
  /** Once for each change. */
  | { type: 'settled'; address: Address; action: Action; outcome: Outcome }
  /** Last event, once. */
  | { type: 'end'; report: Report }

/**
 * The outcome of one change. A failed or skipped one makes the run `applied in part`; a pending one is no
 * failure, and has its own exit code.
 */
export type Outcome =
  /** The live resource was read back and has what was wanted. */
  | { outcome: 'done'; id: string; notes: string[] }
  /** `kept` holds the values that the service has instead of those sent, where that is the failure. */
  | { outcome: 'failed'; problem: Diagnostic; kept?: FieldChange[] }
  /** Not attempted: something that it depends on failed, or polyctl was interrupted. */
  | { outcome: 'skipped'; because: string }
  /** Done as far as possible: a person must act. */
  | { outcome: 'pending'; id?: string; because: string; authorize?: { url: string; code?: string } }

/**
 * The result of a run: each attempted change once, in the order of the plan. Unchanged resources that
 * wait for nobody are left out.
 */
export interface Report {
  settled: { address: Address; action: Action; outcome: Outcome }[]
  counts: Record<Outcome['outcome'], number>
  /** Problems although each change ended well, such as two resources of one name. */
  problems?: Diagnostic[]
  interrupted: boolean
}
