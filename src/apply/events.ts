import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Action, FieldChange } from '../plan/plan.ts'
import type { Address } from '../state/resource.ts'

/**
 * What happens while a plan is carried out. Printers are folds of this stream; applying itself prints
 * nothing.
 */
export type ApplyEvent =
  /**
   * First, once: everything that will be attempted, in the order of the plan. What `waits` for a person,
   * itself or in what it needs, is no change yet.
   */
  | { type: 'begin'; changes: { address: Address; action: Action; waits?: true }[] }
  | { type: 'start'; address: Address; action: Action }
  /** A note while it runs: `looking for it by name`, `throttled`. */
  | { type: 'note'; address: Address; text: string }
  /** Exactly one for each change. */
  | { type: 'settled'; address: Address; action: Action; outcome: Outcome }
  /** Last, once. */
  | { type: 'end'; report: Report }

/**
 * How one change ended. A failed or skipped one makes the whole `applied in part`; a pending one is no
 * fault, and has an exit code of its own.
 */
export type Outcome =
  /** Live equals wanted: it was read back and compared. */
  | { outcome: 'done'; id: string; notes: string[] }
  /** `kept` is what the service holds instead of what was sent, where that is the failure. */
  | { outcome: 'failed'; problem: Diagnostic; kept?: FieldChange[] }
  /** Not attempted: what it depends on did not come to be, or the person stopped. */
  | { outcome: 'skipped'; because: string }
  /** Made as far as possible; a person must act. */
  | { outcome: 'pending'; id?: string; because: string; authorize?: { url: string; code?: string } }

/**
 * All that came of applying: each change that was attempted once, in the order of the plan, whatever the
 * order in which they ended. What was as wanted, and waits for nobody, is not in it.
 */
export interface Report {
  settled: { address: Address; action: Action; outcome: Outcome }[]
  counts: Record<Outcome['outcome'], number>
  /** What is wrong although each change ended well: two of one name, for example. */
  problems?: Diagnostic[]
  interrupted: boolean
}
