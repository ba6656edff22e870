/**
 * The only file of the server that touches the clock, randomness, timers and the disk. Everything else is
 * given these as arguments.
 */
import { randomUUID } from 'node:crypto'
import { createReadStream, readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import { openFolder, type Folder, type FolderFiles } from '../storage/folder.ts'

/** Everything that differs between runs. Tests pass their own, and see the same ids and times each time. */
export interface Edge {
  now: () => Date
  randomUUID: () => string
  /** Waits so many milliseconds; rejects with the reason of the signal when that fires first. */
  sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>
  /** A signal that fires after so many milliseconds, and keeps no program alive. */
  timeout: (milliseconds: number) => AbortSignal
  /** From 0 to 1, by chance. */
  random: () => number
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
  timeout: (milliseconds) => AbortSignal.timeout(milliseconds),
  random: () => Math.random()
}

/** Files with keys, passwords and digests, also those that the database makes beside its own. */
const privateFiles: FolderFiles = [
  'polytomic.db',
  'api-key',
  'polytomic.db-wal',
  'polytomic.db-shm',
  'lock.db',
  'runner.db',
  'runner.db-wal',
  'runner.db-shm'
]
/** Opens the folder of a server: see `openFolder` of `storage`. */
export function openServerFolder(path: string): Folder {
  return openFolder(path, privateFiles)
}

/** Returns the text of a file that the user named. Throws the error of Node. */
export function readTextFile(path: string): string {
  return readFileSync(path, 'utf8')
}

/** Reads a file in pieces. Rejects with the error of Node. */
export function readPieces(path: string): AsyncIterable<Uint8Array> {
  return createReadStream(path)
}
