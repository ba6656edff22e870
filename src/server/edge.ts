/**
 * The only file of the server that touches the clock, randomness, timers and the disk. Everything else is
 * given these as arguments.
 */
import { randomUUID } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'

/** A folder that only its owner may read. */
export interface Folder {
  readonly path: string
  /** The text of a file, or undefined where there is none. Throws when it exists and cannot be read. */
  read(name: string): string | undefined
  /** Writes a file that only its owner may read (mode 0600). */
  write(name: string, text: string): void
}

/** Everything that differs between runs. Tests pass their own, and see the same ids and times each time. */
export interface Edge {
  now: () => Date
  randomUUID: () => string
  /** Waits so many milliseconds; rejects with the reason of the signal when that fires first. */
  sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>
  /** A signal that fires after so many milliseconds, and keeps no program alive. */
  timeout: (milliseconds: number) => AbortSignal
}

/**
 * The edge of this machine. Its ids cannot be guessed: API keys and addresses of authorization pages are
 * made of them.
 */
export const realEdge: Edge = {
  now: () => new Date(),
  randomUUID: () => randomUUID(),
  sleep: async (milliseconds, signal) => {
    await wait(milliseconds, undefined, signal === undefined ? {} : { signal })
  },
  timeout: (milliseconds) => AbortSignal.timeout(milliseconds)
}

/** Files with keys, passwords and digests, also those that the database makes beside its own. */
const privateFiles = ['api-key', 'polytomic.db', 'polytomic.db-wal', 'polytomic.db-shm', 'lock.db']
const ignoreAll = '*\n'

/**
 * Opens the folder, making it (mode 0700) where it is missing. It holds keys and passwords, so Git is told
 * to leave it alone when it is made, and what others may read of it by now is closed to them again. Throws
 * Node's own error when it cannot be written.
 */
export function openFolder(path: string): Folder {
  const root = resolve(path)
  const isNew = mkdirSync(root, { recursive: true, mode: 0o700 }) !== undefined
  // Only in a folder of our own making: in another, this would hide somebody's files.
  if (isNew) writeFileSync(join(root, '.gitignore'), ignoreAll, { mode: 0o600 })
  if (isOurs(root)) chmodSync(root, 0o700)
  for (const file of privateFiles.map((name) => join(root, name)))
    if (existsSync(file)) chmodSync(file, 0o600)
  return {
    path: root,
    read: (name) => {
      try {
        return readFileSync(join(root, name), 'utf8')
      } catch (error) {
        if (errorCode(error) === 'ENOENT') return undefined
        throw error
      }
    },
    write: (name, text) => {
      writeFileSync(join(root, name), text, { mode: 0o600 })
      chmodSync(join(root, name), 0o600)
    }
  }
}

/** Whether a server created the folder, rather than a user whose folder happens to hold our files. */
function isOurs(root: string): boolean {
  const file = join(root, '.gitignore')
  return (
    existsSync(join(root, 'polytomic.db')) && existsSync(file) && readFileSync(file, 'utf8') === ignoreAll
  )
}

/** Returns the text of a file that the user named. Throws the error of Node. */
export function readTextFile(path: string): string {
  return readFileSync(path, 'utf8')
}

/** Creates the file before the database does, so that others can never read it. */
export function makePrivateFile(path: string): void {
  writeFileSync(path, '', { mode: 0o600, flag: 'a' })
  chmodSync(path, 0o600)
}

/** Returns the code of an error of Node (`ENOENT`); empty for other errors. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
