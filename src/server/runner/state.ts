import { approvalSchema, openApprovalStore, type ApprovalStore } from './approval-store.ts'
import type { KeySet } from './key-set.ts'
import { logSchema, openLogs, type LogStore } from './log-store.ts'
import { listIn, type PreviewList } from './preview-list.ts'
import { stageOf, type Stage } from './stage.ts'
import { DatabaseSync, type StatementSync } from 'node:sqlite'

/**
 * What the runner remembers of each sync: by which values each record was last written. It is moved only by
 * the target's yes, so whatever else happens to a run, the next one finds what is left to do.
 */
export interface StateReader {
  /** Whether a run of this sync ever came to its end. */
  hasBaseline(sync: string): boolean
  /** Whether the record of a key was last written with these values, with others, or never. */
  recorded(sync: string, key: string, hash: string): 'same' | 'other' | 'none'
}

/** A record as it was last written. */
export interface Recorded {
  hash: string
  /** The record in the target, where the target named it. */
  id: string | undefined
}

/** The same for a run. */
export interface StateStore extends StateReader {
  /** Is kept from now on; `recorded` knows it once it is folded in. */
  record(sync: string, key: string, recorded: Recorded): void
  /** Notes that a run came to its end. */
  setBaseline(sync: string): void
  /** Forgets the records whose keys are not in the set, so that they count as new when they come back. */
  forgetUnseen(sync: string, seen: Pick<KeySet, 'has'>): void
  count(sync: string): number
  /** Forgets all of a sync. */
  forget(sync: string): void
  /**
   * Folds a part of what was recorded since the last time into what `recorded` knows, in the order of keys.
   * True as long as there is more.
   */
  fold(sync: string): boolean
  /** Makes writes of `work` one: all of them are kept, or none. */
  transaction<T>(work: () => T): T
}

/** The state of all syncs of a server. */
export interface RunnerState {
  store: StateStore
  /** Looks alone: a preview has no way to move what is remembered. */
  reader: StateReader
  logs: LogStore
  approvals: ApprovalStore
  /** Opens the stage of a run, and folds in what one that was killed left behind. */
  openStage(sync: string): Stage
  /** Opens what a preview lists. */
  openList(): PreviewList
  close(): void
}

/**
 * What is settled is added to the end of a list, batch by batch: to find the place of each record among
 * millions would be a page of the disk for each. `fold` does that later, in the order of the keys.
 */
const schema = `
PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32768;
PRAGMA temp_store = FILE; PRAGMA temp.cache_size = -16384; PRAGMA temp.journal_mode = MEMORY;
PRAGMA wal_autocheckpoint = 4000;
CREATE TABLE IF NOT EXISTS sync (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, baseline INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS written (
  sync INTEGER NOT NULL, key TEXT NOT NULL, hash TEXT NOT NULL, target TEXT, PRIMARY KEY (sync, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS settled (
  sync INTEGER NOT NULL, part INTEGER NOT NULL, seq INTEGER NOT NULL,
  key TEXT NOT NULL, hash TEXT NOT NULL, target TEXT, PRIMARY KEY (sync, part, seq)
) STRICT, WITHOUT ROWID;
DROP TABLE IF EXISTS rec;
${logSchema}${approvalSchema}`

/** Opens the state. `file` was made readable by its owner alone; without one it is in memory. */
export function openRunnerState(file: string | undefined, newSecret: () => string): RunnerState {
  const database = new DatabaseSync(file ?? ':memory:', { timeout: 5000 })
  database.exec(schema)
  const statements = new Map<string, StatementSync>()
  const statement = (sql: string): StatementSync => {
    const known = statements.get(sql) ?? database.prepare(sql)
    statements.set(sql, known)
    return known
  }
  const transaction = <T>(work: () => T): T => inTransaction(database, work)
  const store = storeOf(statement, transaction)
  let opened = 0
  return {
    store,
    reader: { hasBaseline: store.hasBaseline, recorded: store.recorded },
    logs: openLogs(statement),
    approvals: openApprovalStore(statement, newSecret),
    openStage: (sync) => {
      while (store.fold(sync));
      return stageOf(database, `run_${(opened += 1)}`, transaction)
    },
    openList: () => listIn(database, `list_${(opened += 1)}`),
    close: () => database.close()
  }
}

function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  if (database.isTransaction) return work()
  database.exec('BEGIN')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    // A full disk has rolled the transaction back already.
    if (database.isTransaction) database.exec('ROLLBACK')
    throw error
  }
}

type Prepare = (sql: string) => StatementSync

function storeOf(statement: Prepare, transaction: StateStore['transaction']): StateStore {
  const numbers = new Map<string, number>()
  const find = statement('SELECT hash = ? AS same FROM written WHERE sync = ? AND key = ?')
  const add = statement(
    'INSERT INTO settled (sync, part, seq, key, hash, target) VALUES (?, ?, ?, ?, ?, ?)'
  )
  let settled = Number(statement('SELECT max(seq) AS last FROM settled').get()?.['last'] ?? 0)
  const numberOf = (id: string): number | undefined => {
    const known = numbers.get(id)
    if (known !== undefined) return known
    const row = statement('SELECT number FROM sync WHERE id = ?').get(id)
    if (row === undefined) return undefined
    const number = Number(row['number'])
    numbers.set(id, number)
    return number
  }
  const ownNumber = (id: string): number => {
    const known = numberOf(id)
    if (known !== undefined) return known
    statement('INSERT OR IGNORE INTO sync (id) VALUES (?)').run(id)
    return numberOf(id) ?? 0
  }
  return {
    hasBaseline: (sync) =>
      statement('SELECT 1 FROM sync WHERE id = ? AND baseline = 1').get(sync) !== undefined,
    recorded: (sync, key, hash) => {
      const number = numberOf(sync)
      if (number === undefined) return 'none'
      const row = find.get(hash, number, key)
      return row === undefined ? 'none' : row['same'] === 1 ? 'same' : 'other'
    },
    record: (sync, key, { hash, id }) => {
      settled += 1
      add.run(ownNumber(sync), partOf(key), settled, key, hash, id ?? null)
    },
    fold: (sync) => fold(statement, transaction, ownNumber(sync)),
    setBaseline: (sync) => {
      statement('UPDATE sync SET baseline = 1 WHERE number = ?').run(ownNumber(sync))
    },
    forgetUnseen: (sync, seen) => forgetUnseen(statement, ownNumber(sync), seen),
    count: (sync) =>
      Number(
        statement('SELECT count(*) AS n FROM written WHERE sync = ?').get(ownNumber(sync))?.['n'] ?? 0
      ),
    forget: (sync) => {
      const number = numberOf(sync)
      if (number === undefined) return
      for (const table of ['written', 'settled'])
        statement(`DELETE FROM ${table} WHERE sync = ?`).run(number)
      statement('UPDATE sync SET baseline = NULL WHERE number = ?').run(number)
    },
    transaction
  }
}

function fold(statement: Prepare, transaction: StateStore['transaction'], sync: number): boolean {
  const part = statement('SELECT min(part) AS part FROM settled WHERE sync = ?').get(sync)?.['part']
  if (typeof part !== 'number') return false
  const folding = statement(`INSERT OR REPLACE INTO written (sync, key, hash, target)
    SELECT sync, key, hash, target FROM settled WHERE sync = ? AND part = ? ORDER BY key, seq`)
  transaction(() => {
    folding.run(sync, part)
    statement('DELETE FROM settled WHERE sync = ? AND part = ?').run(sync, part)
  })
  return true
}

function forgetUnseen(statement: Prepare, sync: number, seen: Pick<KeySet, 'has'>): void {
  const page = statement('SELECT key FROM written WHERE sync = ? AND key > ? ORDER BY key LIMIT 10000')
  const remove = statement('DELETE FROM written WHERE sync = ? AND key = ?')
  for (let keys = page.all(sync, ''); keys.length > 0;) {
    const names = keys.map(({ key }) => String(key))
    for (const key of names) if (!seen.has(key)) remove.run(sync, key)
    keys = page.all(sync, names.at(-1) ?? '')
  }
}

/** What is settled is folded in by parts: so much at once that the server answers others in between. */
function partOf(key: string): number {
  return key.charCodeAt(0) & 15
}
