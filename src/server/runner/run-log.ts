/** What a run tells while it goes on. */
import type { ExecutionCounts, LogType } from '../../wire/execution.ts'

/** One record in a log. It names the record; of its other values there is none. */
export interface LogEntry {
  /** Values of the source by which it is found. */
  identity: string[]
  /** The record in the target. */
  target_id?: string
  code?: string
  message?: string
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

/**
 * Cuts values out of what a target says of a record: what it repeats stands in documents and on pages, where
 * nobody looks for the data of others.
 */
export function withoutValues(message: string, values: readonly string[]): string {
  const long = values.filter((text) => text.length >= shortest).toSorted((a, b) => b.length - a.length)
  const cut = long.reduce(withoutValue, message)
  return cut.replaceAll(/[^\s"'<>()[\]{},;:=]+@[^\s"'<>()[\]{},;:=]+/g, '…')
}

/** Shorter ones are in words of every message. */
const shortest = 3

/** A value of words alone may be in what the target says by itself: it is cut where values stand. */
function withoutValue(message: string, value: string): string {
  if (!/^[a-z ]+$/.test(value)) return message.replaceAll(value, '…')
  const around = [
    ['"', '"'],
    ["'", "'"],
    ['`', '`'],
    ['(', ')'],
    ['=', ''],
    [': ', '']
  ] as const
  return around.reduce((text, [before, after]) => {
    const whole = `${before}${value}${after}`
    if (after === '' && !text.endsWith(whole)) return text
    return text.replaceAll(whole, `${before}…${after}`)
  }, message)
}
