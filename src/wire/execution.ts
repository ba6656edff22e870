export const logTypes = ['records', 'errors', 'warnings', 'inserts', 'updates', 'deletes'] as const
export type LogType = (typeof logTypes)[number]

export type ExecutionStatus =
  | 'created'
  | 'scheduled'
  | 'queued'
  | 'waiting'
  | 'running'
  | 'processing'
  | 'canceling'
  | 'canceled'
  | 'completed'
  | 'failed'
  | 'interrupted'

/** `upserts`: written to targets that do not tell new records from existing ones. */
export interface ExecutionCounts {
  total: number
  insert: number
  update: number
  delete: number
  upserts: number
  error: number
  warnings: number
}

export interface SyncExecution {
  id: string
  type: string
  status: ExecutionStatus
  created_at: string
  started_at: string | null
  completed_at: string | null
  /** Of 2023-04-25 only `total`, `insert`, `update` and `error`. */
  counts: Partial<ExecutionCounts>
  errors: string[]
}
