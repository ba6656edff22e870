/** What a run tells while it goes on. */
import type { ExecutionCounts, LogType } from '../../wire/execution.ts'

/** One record in a log. It names the record; of its other values there is none. */
export interface LogEntry {
  /** The schema of a bulk sync that it belongs to. */
  schema?: string
  /** Values of the source by which it is found. */
  identity: string[]
  /** The record in the target. */
  target_id?: string
  code?: string
  message?: string
  /** Its place in the source, where that may be all that is known of it. */
  row?: number
}

/** Takes what a run tells. */
export interface RunLog {
  entry(type: LogType, entry: LogEntry): void
  /** A line for people. */
  say(level: 'INFO' | 'WARN' | 'ERROR', message: string): void
  /** A batch was read or written. */
  progress(counts: ExecutionCounts): void
}

/** The counts of a run that has not begun. */
export function noCounts(): ExecutionCounts {
  return { total: 0, insert: 0, update: 0, delete: 0, upserts: 0, error: 0, warnings: 0 }
}

/** Errors of records, as the execution lists them: each sort once, with how many records it is of. */
export class ErrorSummary {
  readonly #sorts = new Map<string, number>()

  add(code: string, message: string): void {
    const sort = `${code}: ${message}`
    if (this.#sorts.size < most || this.#sorts.has(sort))
      this.#sorts.set(sort, (this.#sorts.get(sort) ?? 0) + 1)
  }

  lines(): string[] {
    return Array.from(this.#sorts, ([sort, count]) =>
      count === 1 ? `${sort} (1 record)` : `${sort} (${count} records)`
    )
  }
}

const most = 20
