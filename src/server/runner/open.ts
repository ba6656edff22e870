import type { ExecutionStatus } from '../../wire/execution.ts'

/** Whether an execution has not come to its end. */
export function isOpen(status: ExecutionStatus): boolean {
  return !['canceled', 'completed', 'failed', 'interrupted'].includes(status)
}
