import type { StatementSync } from 'node:sqlite'
import type { LogType } from '../../wire/execution.ts'
import type { LogEntry } from './run-log.ts'

/** A line of a run for people. */
export interface ConsoleLine {
  level: string
  message: string
  timestamp: string
}

/** The logs of executions. They name records, and so are kept beside the state, for its owner alone. */
export interface LogStore {
  /** Keeps an entry; of each type only so many, while the counts of the execution go on. */
  add(execution: string, type: LogType, entry: LogEntry): void
  read(execution: string, type: LogType): string[]
  say(execution: string, line: ConsoleLine): void
  /** The lines after `after`, oldest first, with the number of each. */
  lines(execution: string, after: number, most: number): (ConsoleLine & { seq: number })[]
  forget(execution: string): void
}

const most = 10_000

/** The table of the logs. */
export const logSchema = `
CREATE TABLE IF NOT EXISTS log (
  seq INTEGER PRIMARY KEY, execution TEXT NOT NULL, type TEXT NOT NULL, entry TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS log_order ON log (execution, type, seq);
`

/** Opens the logs over the database of the state. */
export function openLogs(statement: (sql: string) => StatementSync): LogStore {
  const kept = new Map<string, number>()
  const put = (execution: string, type: string, entry: string): void => {
    const list = `${execution} ${type}`
    const before = kept.get(list) ?? 0
    if (before >= most) return
    kept.set(list, before + 1)
    statement('INSERT INTO log (execution, type, entry) VALUES (?, ?, ?)').run(execution, type, entry)
  }
  return {
    add: (execution, type, entry) => put(execution, type, JSON.stringify(entry)),
    read: (execution, type) =>
      statement('SELECT entry FROM log WHERE execution = ? AND type = ? ORDER BY seq')
        .all(execution, type)
        .map((row) => String(row['entry'])),
    say: (execution, line) => put(execution, 'console', JSON.stringify(line)),
    lines: (execution, after, limit) =>
      statement(
        `SELECT seq, entry FROM log WHERE execution = ? AND type = 'console' AND seq > ? ORDER BY seq LIMIT ?`
      )
        .all(execution, after, limit)
        .map((row) => ({ ...lineOf(String(row['entry'])), seq: Number(row['seq']) })),
    forget: (execution) => {
      statement('DELETE FROM log WHERE execution = ?').run(execution)
      for (const list of kept.keys()) if (list.startsWith(`${execution} `)) kept.delete(list)
    }
  }
}

function lineOf(text: string): ConsoleLine {
  const line: Partial<Record<string, unknown>> = JSON.parse(text)
  const { level, message, timestamp } = line
  return { level: String(level), message: String(message), timestamp: String(timestamp) }
}
