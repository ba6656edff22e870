import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** A folder that only its owner may read. */
export interface Folder {
  readonly path: string
  /** The text of a file, or undefined where there is none. Throws when it exists and cannot be read. */
  read(name: string): string | undefined
  /** Writes a file that only its owner may read (mode 0600). */
  write(name: string, text: string): void
}

/** What a program keeps in its folder: the database by which the folder is known as its own is the first. */
export type FolderFiles = readonly [database: string, ...others: string[]]

const ignoreAll = '*\n'

/**
 * Opens the folder, making it (mode 0700) where it is missing. It holds what is not for others, so Git is
 * told to leave it alone when it is made, and what others may read of it by now is closed to them again.
 * Throws Node's own error when it cannot be written.
 */
export function openFolder(path: string, files: FolderFiles): Folder {
  const root = resolve(path)
  const isNew = mkdirSync(root, { recursive: true, mode: 0o700 }) !== undefined
  // Only in a folder of our own making: in another, this would hide somebody's files.
  if (isNew) writeFileSync(join(root, '.gitignore'), ignoreAll, { mode: 0o600 })
  if (isOurs(root, files)) chmodSync(root, 0o700)
  for (const file of files.map((name) => join(root, name))) if (existsSync(file)) chmodSync(file, 0o600)
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

/** Whether polyctl created the folder, rather than a user whose folder happens to hold our files. */
function isOurs(root: string, [database]: FolderFiles): boolean {
  const file = join(root, '.gitignore')
  return existsSync(join(root, database)) && existsSync(file) && readFileSync(file, 'utf8') === ignoreAll
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
