import { join } from 'node:path'
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from 'node:sqlite'
import { errorCode, makePrivateFile, type Folder } from './folder.ts'

/** Thrown where the folder cannot be used; the message is one line for people. */
export class FolderProblem extends Error {}

/** Returns an SQLite error in words for people; undefined for other errors. */
export function storageProblem(error: unknown): string | undefined {
  const errcode = numberOf(error)
  if (errorCode(error) !== 'ERR_SQLITE_ERROR' || errcode === undefined) return undefined
  // The low byte is the primary error code; the higher ones only refine it.
  return storageProblems.get(errcode & 0xff)
}

/** Returns the error code of SQLite. */
function numberOf(error: unknown): number | undefined {
  const isNumbered = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
  return isNumbered ? Number(error.errcode) : undefined
}

const damaged = 'the database is damaged, or another program has written to it'
const storageProblems: ReadonlyMap<number, string> = new Map([
  [5, 'another program holds the database'],
  [6, 'another program holds the database'],
  [8, 'the database may be read only, not written'],
  [10, 'the disk could not be read or written'],
  [11, damaged],
  [13, 'the disk is full'],
  [14, 'the database cannot be opened'],
  [26, damaged]
])

/** A row as SQLite reads it: its columns by name. */
export type Row = Readonly<Record<string, SQLOutputValue>>

/** A database with cached prepared statements, and one transaction at a time. */
export interface Database {
  all(sql: string, ...values: SQLInputValue[]): Row[]
  run(sql: string, ...values: SQLInputValue[]): void
  /** Runs `work` in a transaction. On disk, its writes survive `kill -9` once this returns. */
  transaction<T>(work: () => T): T
  close(): void
}

/**
 * The value of a column that holds JSON. Whoever reads it asserts the type that is written there: nobody but
 * polyctl writes to its database, and an older folder is brought up to date before it is read.
 */
export function columnValue(row: Row, column: string): unknown {
  return JSON.parse(String(row[column]))
}

/** How the tables came to be, and what the database is called. */
export interface DatabaseOptions {
  /** The name of its file in the folder. */
  file: string
  /** The migrations of the schema, each from the version before: older folders are brought up to date. */
  versions: readonly string[]
  /** What to say where another process has the folder. */
  inUse: (path: string) => string
}

/**
 * Opens the database of the folder, or one in memory. Throws FolderProblem when another process uses
 * the folder, when the disk is full, and when what is there is no database of polyctl.
 */
export function openDatabase(folder: Folder | undefined, options: DatabaseOptions): Database {
  const { versions, inUse } = options
  if (folder === undefined) return prepared(new DatabaseSync(':memory:'), versions)
  const file = join(folder.path, options.file)
  const unlock = lock(folder, inUse)
  try {
    makePrivateFile(file)
    const database = reported(file, () => prepared(new DatabaseSync(file, { timeout: 5000 }), versions))
    return {
      ...database,
      close: () => {
        database.close()
        unlock()
      }
    }
  } catch (error) {
    unlock()
    throw error
  }
}

/** Takes a lock that the system releases when the process ends, however it ends. */
function lock(folder: Folder, inUse: DatabaseOptions['inUse']): () => void {
  const file = join(folder.path, 'lock.db')
  makePrivateFile(file)
  const holder = new DatabaseSync(file, { timeout: 0 })
  try {
    holder.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    holder.close()
    const isHeld = numberOf(error) === busy
    throw isHeld ? new FolderProblem(inUse(folder.path), { cause: error }) : because(file, error)
  }
  return () => holder.close()
}

const busy = 5

/** Runs `work`; errors of SQLite are reported with the file. */
function reported<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw because(file, error)
  }
}

function because(file: string, error: unknown): unknown {
  const why = storageProblem(error)
  return why === undefined
    ? error
    : new FolderProblem(`The file ${file} cannot be used: ${why}`, { cause: error })
}

function prepared(database: DatabaseSync, versions: readonly string[]): Database {
  // `FULL` makes every answered write durable. The default of write-ahead logging may lose the last ones.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON')
  const tables = Number(database.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n'] ?? 0)
  const version = Number(database.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
  if (version > versions.length) {
    database.close()
    throw new FolderProblem('The folder was written by a newer polyctl; use that one, or another folder')
  }
  if (version === 0 && tables > 0) {
    database.close()
    throw new FolderProblem('The folder has a database of another program; use another folder')
  }
  const missing = versions.slice(version).join('')
  if (missing !== '') database.exec(`BEGIN; ${missing} PRAGMA user_version = ${versions.length}; COMMIT`)

  const statements = new Map<string, StatementSync>()
  const statement = (sql: string): StatementSync => {
    const known = statements.get(sql) ?? database.prepare(sql)
    statements.set(sql, known)
    return known
  }
  return {
    all: (sql, ...values) => statement(sql).all(...values),
    run: (sql, ...values) => {
      statement(sql).run(...values)
    },
    transaction: (work) => {
      database.exec('BEGIN IMMEDIATE')
      try {
        const result = work()
        database.exec('COMMIT')
        return result
      } catch (error) {
        // A full disk has rolled the transaction back already.
        if (database.isTransaction) database.exec('ROLLBACK')
        throw error
      }
    },
    close: () => database.close()
  }
}
