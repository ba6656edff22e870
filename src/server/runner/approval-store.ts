import type { StatementSync } from 'node:sqlite'

/** What is kept so that a preview can be approved, and its approval used once. */
export interface ApprovalStore {
  /** By what records are marked: who lacks it learns nothing from a mark. */
  secret: string
  /** Returns the execution that used the approval of a preview. */
  usedBy(preview: string): string | undefined
  /** Notes that an execution uses it, before the execution writes anything. */
  use(preview: string, execution: string): void
}

/** The tables of approvals. */
export const approvalSchema = `
CREATE TABLE IF NOT EXISTS secret (one INTEGER PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS used (preview TEXT PRIMARY KEY, execution TEXT NOT NULL) STRICT;
`

/** Opens it over the database of the state. The first secret is kept for ever. */
export function openApprovalStore(
  statement: (sql: string) => StatementSync,
  newSecret: () => string
): ApprovalStore {
  statement('INSERT OR IGNORE INTO secret (one, value) VALUES (1, ?)').run(newSecret())
  const secret = String(statement('SELECT value FROM secret').get()?.['value'])
  return {
    secret,
    usedBy: (preview) => {
      const row = statement('SELECT execution FROM used WHERE preview = ?').get(preview)
      return row === undefined ? undefined : String(row['execution'])
    },
    use: (preview, execution) => {
      statement('INSERT INTO used (preview, execution) VALUES (?, ?)').run(preview, execution)
    }
  }
}
