import { KeySet } from './key-set.ts'
import { logSchema, openLogs, type LogStore } from './log-store.ts'
import { DatabaseSync, type SQLOutputValue, type StatementSync } from 'node:sqlite'

/**
 * What the runner remembers of each sync: by which values each record was last written. It is moved only by
 * the target's yes, so whatever else happens to a run, the next one finds what is left to do.
 */
export interface StateReader {
  /** Whether a run of this sync ever came to its end. */
  hasBaseline(sync: string): boolean
  /** Whether the record of a key was last written with these values, with others, or never. */
  recorded(sync: string, key: Buffer, hash: Buffer): 'same' | 'other' | 'none'
}

/** A record as it was last written. */
export interface Recorded {
  hash: Buffer
  /** The record in the target, where the target named it. */
  id: string | undefined
}

/** The same for a run. */
export interface StateStore extends StateReader {
  record(sync: string, key: Buffer, recorded: Recorded): void
  /** Notes that a run came to its end. */
  setBaseline(sync: string): void
  /** Forgets the records whose keys are not in the set, so that they count as new when they come back. */
  forgetUnseen(sync: string, seen: Pick<KeySet, 'has'>): void
  count(sync: string): number
  /** Forgets all of a sync. */
  forget(sync: string): void
  /** Makes writes of `work` one: all of them are kept, or none. */
  transaction<T>(work: () => T): T
}

/** A record on its way, in the order of the source. */
export interface Staged {
  seq: number
  key: Buffer
  hash: Buffer
  /** The packed row. */
  row: string
}

/** What is to be done with a record. */
export interface Task extends Staged {
  /** The record in the target. */
  id: string | undefined
  /** The positions of columns that are left alone. */
  without: readonly number[]
}

/** The records of one run: a table that is gone with it. */
export interface Stage {
  /** The keys of this run. */
  seen: KeySet
  add(record: Omit<Staged, 'seq'>): void
  count(): number
  /** The records after `seq`, at most so many. */
  after(seq: number, most: number): Staged[]
  /** Notes what is to be done. False where another record of this run has the same `claim`. */
  plan(task: Pick<Task, 'seq' | 'id' | 'without'>, operation: string, claims: readonly string[]): boolean
  planned(operation: string): number
  tasks(operation: string, after: number, most: number): Task[]
  transaction<T>(work: () => T): T
  drop(): void
}

/** The state of all syncs of a server. */
export interface RunnerState {
  store: StateStore
  /** Looks alone: a preview has no way to move what is remembered. */
  reader: StateReader
  logs: LogStore
  openStage(): Stage
  close(): void
}

const schema = `
PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32768;
PRAGMA temp_store = FILE; PRAGMA temp.cache_size = -32768; PRAGMA temp.journal_mode = MEMORY;
CREATE TABLE IF NOT EXISTS sync (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, baseline INTEGER
) STRICT;
CREATE TABLE IF NOT EXISTS rec (
  sync INTEGER NOT NULL, key BLOB NOT NULL, hash BLOB NOT NULL, target TEXT, PRIMARY KEY (sync, key)
) STRICT, WITHOUT ROWID;
${logSchema}`

/** Opens the state. `file` was made readable by its owner alone; without one it is in memory. */
export function openRunnerState(file: string | undefined): RunnerState {
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
  let stages = 0
  return {
    store,
    reader: { hasBaseline: store.hasBaseline, recorded: store.recorded },
    logs: openLogs(statement),
    openStage: () => stageOf(database, `run_${(stages += 1)}`, transaction),
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
      const row = statement('SELECT hash = ? AS same FROM rec WHERE sync = ? AND key = ?').get(
        hash,
        number,
        key
      )
      return row === undefined ? 'none' : row['same'] === 1 ? 'same' : 'other'
    },
    record: (sync, key, { hash, id }) => {
      statement('INSERT OR REPLACE INTO rec (sync, key, hash, target) VALUES (?, ?, ?, ?)').run(
        ownNumber(sync),
        key,
        hash,
        id ?? null
      )
    },
    setBaseline: (sync) => {
      statement('UPDATE sync SET baseline = 1 WHERE number = ?').run(ownNumber(sync))
    },
    forgetUnseen: (sync, seen) => {
      const number = ownNumber(sync)
      const unseen: Buffer[] = []
      for (const { key } of statement('SELECT key FROM rec WHERE sync = ?').iterate(number))
        if (!seen.has(bytes(key))) unseen.push(bytes(key))
      for (const key of unseen) statement('DELETE FROM rec WHERE sync = ? AND key = ?').run(number, key)
    },
    count: (sync) =>
      Number(statement('SELECT count(*) AS n FROM rec WHERE sync = ?').get(ownNumber(sync))?.['n'] ?? 0),
    forget: (sync) => {
      const number = numberOf(sync)
      if (number === undefined) return
      statement('DELETE FROM rec WHERE sync = ?').run(number)
      statement('UPDATE sync SET baseline = NULL WHERE number = ?').run(number)
    },
    transaction
  }
}

function stageOf(database: DatabaseSync, name: string, transaction: Stage['transaction']): Stage {
  database.exec(`
    CREATE TEMP TABLE ${name} (
      seq INTEGER PRIMARY KEY, key BLOB, hash BLOB, row TEXT, operation TEXT, target TEXT, without TEXT
    );
    CREATE INDEX temp.${name}_tasks ON ${name} (operation, seq) WHERE operation IS NOT NULL;
    CREATE TEMP TABLE ${name}_claim (claim TEXT PRIMARY KEY) WITHOUT ROWID;`)
  const add = database.prepare(`INSERT INTO ${name} (key, hash, row) VALUES (?, ?, ?)`)
  const after = database.prepare(`SELECT seq, key, hash, row FROM ${name} WHERE seq > ? LIMIT ?`)
  const claim = database.prepare(`INSERT OR IGNORE INTO ${name}_claim (claim) VALUES (?)`)
  const plan = database.prepare(`UPDATE ${name} SET operation = ?, target = ?, without = ? WHERE seq = ?`)
  const tasks = database.prepare(
    `SELECT seq, key, hash, row, target, without FROM ${name}
     WHERE operation = ? AND seq > ? ORDER BY seq LIMIT ?`
  )
  const counted = (sql: string, ...values: string[]): number =>
    Number(database.prepare(sql).get(...values)?.['n'] ?? 0)
  return {
    seen: new KeySet(),
    add: ({ key, hash, row }) => {
      add.run(key, hash, row)
    },
    count: () => counted(`SELECT count(*) AS n FROM ${name}`),
    after: (seq, most) => after.all(seq, most).map(stagedOf),
    plan: ({ seq, id, without }, operation, claims) => {
      const free = claims.map((one) => claim.run(one).changes === 1)
      if (free.includes(false)) return false
      plan.run(operation, id ?? null, without.join(','), seq)
      return true
    },
    planned: (operation) => counted(`SELECT count(*) AS n FROM ${name} WHERE operation = ?`, operation),
    tasks: (operation, seq, most) =>
      tasks.all(operation, seq, most).map((row) => ({
        ...stagedOf(row),
        id: row['target'] === null ? undefined : String(row['target']),
        without: String(row['without'] ?? '')
          .split(',')
          .filter((position) => position !== '')
          .map(Number)
      })),
    transaction,
    drop: () => database.exec(`DROP TABLE ${name}; DROP TABLE ${name}_claim`)
  }
}

function stagedOf(row: Record<string, SQLOutputValue>): Staged {
  const { seq, key, hash, row: text } = row
  return { seq: Number(seq), key: bytes(key), hash: bytes(hash), row: String(text) }
}

function bytes(value: SQLOutputValue | undefined): Buffer {
  return value instanceof Uint8Array
    ? Buffer.from(value.buffer, value.byteOffset, value.length)
    : Buffer.of()
}
