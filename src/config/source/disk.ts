import { dictionary } from '../../state/value.ts'
import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  realpathSync,
  statSync
} from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'

/**
 * What the configuration needs of a file system. Paths are relative to the working folder, as a person
 * types them, with `/`. A missing file is an ordinary result here, so nothing throws.
 */
export interface Disk {
  /** The folder of the project, from the working folder: where the files are looked for that nobody names. */
  folder: string
  look(path: string): DiskEntry
  /** Names inside a folder; empty when it cannot be listed. */
  list(folder: string): string[]
  read(path: string): Reading
  /** Resolves a path that the file `base` contains, relative to the folder of that file. */
  beside(base: string, name: string): string
  /** All of standard input. */
  stdin(): Promise<string>
}

/**
 * `real` is the path with links followed: the same for every path to one file. Sizes are in bytes. `barred`
 * is the reason why only secrets may be read from the file. `notCommitted` marks a file of the working disk
 * that a disk over a commit returns in place of one that the commit does not have.
 */
export type DiskEntry =
  | { is: 'file'; size: number; real: string; barred?: string; notCommitted?: true; isSpecial?: true }
  | { is: 'folder'; real: string }
  | { is: 'nothing'; reason: string }

/** The text of a file, or the reason why it cannot be read. */
export type Reading = { ok: true; text: string } | { ok: false; reason: string }

/** Opens the file system with `cwd` as the working folder. */
export function openDisk(cwd: string, stdin: () => Promise<string>, folder = '.'): Disk {
  const border = borderOf(realOr(cwd))
  const show = (path: string): string => {
    const from = relative(cwd, resolve(cwd, path))
    const near = from !== '' && !from.startsWith('..') && !isAbsolute(from)
    return (near || !isAbsolute(path) ? from || '.' : path).replaceAll(sep, '/')
  }
  return {
    folder,
    look: (path) => look(resolve(cwd, path), border),
    list(folder) {
      try {
        return readdirSync(resolve(cwd, folder))
      } catch {
        return []
      }
    },
    read: (path) => read(resolve(cwd, path)),
    beside: (base, name) => show(isAbsolute(name) ? name : join(dirname(base), name)),
    stdin
  }
}

/**
 * The folder from which values that plans show may be read: the whole repository, else the working folder.
 */
interface Border {
  folder: string
  name: string
}

function borderOf(cwd: string): Border {
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return { folder, name: 'the repository' }
    if (dirname(folder) === folder) return { folder: cwd, name: 'the working folder' }
  }
}

/** Folders that contain keys: the checkout of a CI job keeps its token in `.git/config`. */
const withKeys = new Set(['.git', '.polyctl'])

function barredBy(real: string, { folder, name }: Border): string | undefined {
  const from = relative(folder, real)
  if (from.startsWith('..') || isAbsolute(from)) return `it is outside of ${name}`
  if (basename(real).toLowerCase() === '.env') return 'it is `.env`, where keys are kept'
  const held = from.split(sep).find((part) => withKeys.has(part.toLowerCase()))
  return held === undefined ? undefined : `it is inside of \`${held}\`, where keys are kept`
}

function look(path: string, border: Border): DiskEntry {
  try {
    const stats = statSync(path)
    // `realpath` fails on the pipe of a process substitution, `<(command)`.
    if (!stats.isFile() && !stats.isDirectory())
      return { is: 'file', size: 0, real: path, barred: 'it is no file', isSpecial: true }
    const real = realpathSync(path)
    if (stats.isDirectory()) return { is: 'folder', real }
    const barred = barredBy(real, border)
    return { is: 'file', size: stats.size, real, ...(barred !== undefined && { barred }) }
  } catch (error) {
    return { is: 'nothing', reason: reasonOf(error) }
  }
}

function read(path: string): Reading {
  try {
    const reading = statSync(path).isFIFO() ? readPipe(path) : decode(readFileSync(path))
    return reading.ok && isLargeFilePointer(reading.text) ? { ok: false, reason: pointerReason } : reading
  } catch (error) {
    return { ok: false, reason: reasonOf(error) }
  }
}

/**
 * Reads a pipe to its end. Waiting blocks the process, and no signal is handled meanwhile, so the wait must
 * be bounded: two seconds for a writer to appear, and a minute between two chunks.
 */
function readPipe(path: string): Reading {
  const pipe = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const chunks: Buffer[] = []
    let waited = 0
    for (;;) {
      const chunk = readSome(pipe)
      if (chunk !== undefined && chunk.length > 0) {
        chunks.push(chunk)
        waited = 0
        if (chunks.reduce((sum, { length }) => sum + length, 0) > pipeBounds.bytes)
          return { ok: false, reason: 'it is a pipe, and what comes of it is larger than 10 MiB' }
        continue
      }
      // An end without any data may also mean that no writer has opened the pipe yet.
      if (chunk !== undefined && chunks.length > 0) return decode(Buffer.concat(chunks))
      if (waited >= (chunk === undefined ? pipeBounds.quietMs : pipeBounds.openMs))
        return { ok: false, reason: 'it is a pipe that nobody writes to' }
      Atomics.wait(sleepCell, 0, 0, pipeBounds.pollMs)
      waited += pipeBounds.pollMs
    }
  } finally {
    closeSync(pipe)
  }
}

const pipeBounds = { openMs: 2_000, quietMs: 60_000, pollMs: 10, bytes: 10 * 1024 * 1024 } as const
/** A cell that never changes: `Atomics.wait` on it is a synchronous sleep. */
const sleepCell = new Int32Array(new SharedArrayBuffer(4))

/** Returns the bytes that are available: none at the end, undefined while a writer may add more. */
function readSome(pipe: number): Buffer | undefined {
  const chunk = Buffer.alloc(64 * 1024)
  try {
    return chunk.subarray(0, readSync(pipe, chunk))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return undefined
    throw error
  }
}

/** Decodes UTF-8 without its byte order mark; any other encoding is refused. */
export function decode(bytes: Uint8Array): Reading {
  try {
    return { ok: true, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    return { ok: false, reason: 'it is not text in UTF-8' }
  }
}

const pointerReason = 'it is a pointer of Git LFS; `git lfs pull` gets the file itself'

/** Returns true for a Git LFS pointer, which a checkout without LFS has in place of the file. */
export function isLargeFilePointer(text: string): boolean {
  return /^version https:\/\/(git-lfs\.github\.com|hawser\.github\.com)\/spec\//.test(text)
}

function realOr(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

const reasons = dictionary<string>({
  ENOENT: 'it does not exist',
  ENOTDIR: 'it does not exist',
  EACCES: 'it is not permitted',
  EPERM: 'it is not permitted',
  EEXIST: 'a file is where a folder should be',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full',
  EROFS: 'the disk is read-only',
  ELOOP: 'it is a link that leads in a circle'
})

/** Returns the reason of an error of the disk, for people. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return reasons[code] ?? `it cannot be used (${code || 'unknown reason'})`
}
