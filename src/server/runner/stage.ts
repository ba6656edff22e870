import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import { KeySet } from './key-set.ts'

/** A record on its way, in the order of the source. */
export interface Staged {
  seq: number
  key: string
  hash: string
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
  /** Takes a record off the plan again: it waits for another run. */
  hold(seq: number, operation: string): void
  tasks(operation: string, after: number, most: number): Task[]
  transaction<T>(work: () => T): T
  drop(): void
}

/** Opens the tables of one run; `name` is its own. They are only ever added to, as that is what is fast. */
export function stageOf(database: DatabaseSync, name: string, transaction: Stage['transaction']): Stage {
  database.exec(`
    CREATE TEMP TABLE ${name} (seq INTEGER PRIMARY KEY, key TEXT, hash TEXT, row TEXT);
    CREATE TEMP TABLE ${name}_task (
      operation TEXT, seq INTEGER, target TEXT, without TEXT, PRIMARY KEY (operation, seq)
    ) WITHOUT ROWID;
    CREATE TEMP TABLE ${name}_claim (claim TEXT PRIMARY KEY) WITHOUT ROWID;`)
  const add = database.prepare(`INSERT INTO ${name} (key, hash, row) VALUES (?, ?, ?)`)
  const after = database.prepare(`SELECT seq, key, hash, row FROM ${name} WHERE seq > ? LIMIT ?`)
  const claim = database.prepare(`INSERT OR IGNORE INTO ${name}_claim (claim) VALUES (?)`)
  const plan = database.prepare(
    `INSERT INTO ${name}_task (operation, seq, target, without) VALUES (?, ?, ?, ?)`
  )
  const hold = database.prepare(`DELETE FROM ${name}_task WHERE operation = ? AND seq = ?`)
  const tasks = database.prepare(
    `SELECT seq, key, hash, row, target, without FROM ${name}_task JOIN ${name} USING (seq)
     WHERE operation = ? AND seq > ? ORDER BY seq LIMIT ?`
  )
  let staged = 0
  const planned = new Map<string, number>()
  return {
    seen: new KeySet(),
    add: ({ key, hash, row }) => {
      add.run(key, hash, row)
      staged += 1
    },
    count: () => staged,
    after: (seq, most) => after.all(seq, most).map(stagedOf),
    plan: ({ seq, id, without }, operation, claims) => {
      const free = claims.map((one) => claim.run(one).changes === 1)
      if (free.includes(false)) return false
      plan.run(operation, seq, id ?? null, without.length === 0 ? null : without.join(','))
      planned.set(operation, (planned.get(operation) ?? 0) + 1)
      return true
    },
    hold: (seq, operation) => {
      if (hold.run(operation, seq).changes === 0) return
      planned.set(operation, (planned.get(operation) ?? 0) - 1)
    },
    planned: (operation) => planned.get(operation) ?? 0,
    tasks: (operation, seq, most) =>
      tasks.all(operation, seq, most).map((row) => ({
        ...stagedOf(row),
        id: typeof row['target'] === 'string' ? row['target'] : undefined,
        without: typeof row['without'] === 'string' ? row['without'].split(',').map(Number) : none
      })),
    transaction,
    drop: () => database.exec(`DROP TABLE ${name}; DROP TABLE ${name}_task; DROP TABLE ${name}_claim`)
  }
}

const none: readonly number[] = []

function stagedOf({ seq, key, hash, row }: Record<string, SQLOutputValue>): Staged {
  return { seq: Number(seq), key: String(key), hash: String(hash), row: String(row) }
}
