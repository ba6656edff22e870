import {
  closeSync,
  fchmodSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { decode, reasonOf } from './disk.ts'

/**
 * Writes a file atomically: whole or not at all. Links are followed, and the mode of the file stays. A
 * special file (a pipe) or a file with several hard links cannot be replaced, and is written in place.
 * Returns the reason if the file cannot be written. A file that is new has the mode that is given.
 */
export function saveFile(path: string, text: string, mode?: number): string | undefined {
  try {
    const target = targetOf(path)
    const found = statSync(target, { throwIfNoEntry: false })
    if (found && (!found.isFile() || found.nlink > 1)) writeFileSync(target, text)
    else replaceFile(target, text, found?.mode ?? mode)
    return undefined
  } catch (error) {
    return reasonOfSaving(error)
  }
}

/**
 * Writes files like `saveFile`, and makes the folders that they are in, where they are missing. Those that
 * are new share a folder for their drafts, and their bytes are not waited for: there is nothing to lose.
 * Stops at the first that cannot be written, and returns the reason.
 */
export function saveFiles(
  files: readonly { path: string; text: string; mode?: number }[]
): { path: string; reason: string } | undefined {
  const drafts = new Map<string, string>()
  try {
    for (const { path, text, mode } of files) {
      const reason = isTaken(path) ? saveFile(path, text, mode) : saveNew(path, text, drafts, mode)
      if (reason !== undefined) return { path, reason }
    }
    return undefined
  } finally {
    for (const folder of drafts.values()) rmSync(folder, { recursive: true, force: true })
  }
}

/** Whether anything has the path, be it a link that leads to nothing. */
function isTaken(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}

function saveNew(
  path: string,
  text: string,
  drafts: Map<string, string>,
  mode?: number
): string | undefined {
  try {
    const folder = dirname(path)
    let beside = drafts.get(folder)
    if (beside === undefined) {
      mkdirSync(folder, { recursive: true })
      drafts.set(folder, (beside = mkdtempSync(join(folder, '.polyctl-'))))
    }
    const draft = join(beside, 'draft')
    writeFileSync(draft, text, { flag: 'wx', ...(mode === undefined ? {} : { mode }) })
    renameSync(draft, path)
    return undefined
  } catch (error) {
    return reasonOfSaving(error)
  }
}

/**
 * Why something cannot be written. It may be missing itself, so what does not exist, or is no folder, is
 * where it would be.
 */
export function reasonOfSaving(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOTDIR') return 'a file is where a folder should be'
  return code === 'ENOENT' ? 'its folder does not exist' : reasonOf(error)
}

/**
 * Writes another text to a file that was read before, if it still is what was read then: a byte order mark
 * stays. Returns the reason if nothing was written.
 */
export function saveChanged(path: string, before: string, after: string): string | undefined {
  try {
    const bytes = readFileSync(path)
    const reading = decode(bytes)
    // What was read is without the marks that a file may have in its middle.
    if (reading.ok && reading.text.includes('\uFEFF')) return 'it holds a byte order mark in its middle'
    if (!reading.ok || reading.text !== before) return 'it changed while polyctl was at work'
    const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? '\uFEFF' : ''
    return saveFile(path, `${mark}${after}`)
  } catch (error) {
    return reasonOf(error)
  }
}

/** Resolves symbolic links, also if the file that they lead to does not exist yet. */
function targetOf(path: string, links = 0): string {
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
  if (!isLink) return path
  if (links > maxLinks) throw Object.assign(new Error('too many links'), { code: 'ELOOP' })
  return targetOf(resolve(realpathSync(dirname(path)), readlinkSync(path)), links + 1)
}

const maxLinks = 40

/**
 * Replaces a file by renaming a draft. The draft is in a new folder beside the file, so that no other file
 * can be overwritten or removed.
 */
function replaceFile(path: string, text: string, mode: number | undefined): void {
  const folder = mkdtempSync(join(dirname(path), '.polyctl-'))
  try {
    const draft = join(folder, 'draft')
    const file = openSync(draft, 'wx', mode === undefined ? 0o666 : 0o600)
    try {
      writeFileSync(file, text)
      if (mode !== undefined) fchmodSync(file, mode & 0o7777)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(draft, path)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
