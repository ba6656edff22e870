import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Execution } from '../state/execution.ts'
import type { GuardStop } from '../wire/local-start.ts'
import type { Address } from '../state/resource.ts'

/** What is told while syncs run. */
export type ExecutionEvent =
  | { type: 'started' | 'joined' | 'canceling'; address: Address; execution: string }
  /** Something of it changed since it was looked at last. */
  | { type: 'progress'; address: Address; execution: Execution }
  | { type: 'settled'; address: Address; run: Run }

/** What became of one sync. */
export type Run =
  | { outcome: 'ended'; execution: Execution; durationMs?: number; isJoined: boolean; stops: GuardStop[] }
  /** It goes on without polyctl. */
  | { outcome: 'running'; execution: Execution; isJoined: boolean }
  /** It was not started, or what became of it is not known; then the execution is told where there is one. */
  | { outcome: 'failed'; problem: Diagnostic; execution?: string }
  | { outcome: 'skipped'; because: string }
  /** It never ran. */
  | { outcome: 'none' }

/** A sync and what became of it. */
export interface SyncRun {
  address: Address
  id: string
  run: Run
  /** Records that are new or changed and were not approved: they are left for the next run. */
  waiting?: number
}
