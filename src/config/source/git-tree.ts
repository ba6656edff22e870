import { posix } from 'node:path'
import type { DiskEntry } from './disk.ts'
import type { Git, GitAnswer, GitFile } from './git.ts'

/** Symbolic links are followed this many times; more is a cycle. */
const maxLinks = 20

/**
 * The file tree of a commit or of the index, by paths from the top of the repository. Contents are read on
 * demand. A path is found in any Unicode normalisation form, because file systems differ in theirs.
 */
export class Tree {
  readonly #git: Git
  readonly #files: Map<string, GitFile>
  readonly #folders = new Map<string, Set<string>>()
  readonly #spellings = new Map<string, string>()
  readonly #contents = new Map<string, Uint8Array>()
  readonly #hidden = new Set<string>()

  constructor(git: Git, files: Map<string, GitFile>) {
    this.#git = git
    this.#files = files
    for (const path of this.#files.keys()) this.#addFolders(path)
  }

  #addFolders(path: string): void {
    const folder = posix.dirname(path)
    if (!isPlain(path)) this.#spellings.set(path.normalize('NFC'), path)
    const known = this.#folders.get(folder)
    if (known) return void known.add(posix.basename(path))
    this.#folders.set(folder, new Set([posix.basename(path)]))
    if (folder !== '.') this.#addFolders(folder)
  }

  hide(path: string): void {
    this.#hidden.add(path)
    this.#files.delete(path)
    this.#folders.get(posix.dirname(path))?.delete(posix.basename(path))
  }

  isHidden(path: string): boolean {
    return this.#hidden.has(path)
  }

  /** Returns the path that git has for the file at a path, links followed; undefined if it has none. */
  resolve(path: string): string | undefined {
    const real = this.#real(path)
    return real !== undefined && this.#files.has(real) ? real : undefined
  }

  file(path: string): GitFile | undefined {
    return this.#files.get(this.#spelled(path))
  }

  look(path: string): DiskEntry {
    const real = this.#real(path)
    if (real === undefined) return { is: 'nothing', reason: 'it did not exist' }
    const file = this.#files.get(real)
    return file ? { is: 'file', size: file.size, real } : { is: 'folder', real }
  }

  list(folder: string): string[] {
    return [...(this.#folders.get(this.#real(folder) ?? '') ?? [])]
  }

  /** Returns the content of a file; undefined for a path that is no file of the tree. */
  read(path: string): GitAnswer<Uint8Array> | undefined {
    const file = this.#files.get(this.#real(path) ?? '')
    return file && this.#content(file.id)
  }

  /** Reads the contents of many files with one process. */
  prefetch(isWanted: (path: string) => boolean): GitAnswer<void> {
    const ids = [...this.#files].flatMap(([path, { id }]) => (isWanted(path) ? [id] : []))
    return this.#load([...new Set(ids)])
  }

  #load(ids: readonly string[]): GitAnswer<void> {
    if (ids.length === 0) return { ok: true, value: undefined }
    const found = this.#git.contents(ids)
    if (!found.ok) return found
    for (const [id, bytes] of found.value) this.#contents.set(id, bytes)
    return { ok: true, value: undefined }
  }

  #content(id: string): GitAnswer<Uint8Array> {
    const loaded = this.#contents.has(id) ? undefined : this.#load([id])
    return loaded?.ok === false ? loaded : { ok: true, value: this.#contents.get(id)! }
  }

  #spelled(path: string): string {
    if (isPlain(path) || this.#files.has(path) || this.#folders.has(path)) return path
    return this.#spellings.get(path.normalize('NFC')) ?? path
  }

  /** Follows links, of the path itself and of folders above it. */
  #real(given: string, links = 0): string | undefined {
    if (given === '' || given === '.') return '.'
    const path = this.#spelled(given)
    const file = this.#files.get(path)
    if (file && !file.isLink) return path
    if (this.#folders.has(path)) return path
    if (links > maxLinks || path.startsWith('..')) return undefined
    if (file) return this.#real(this.#linked(path, file), links + 1)
    const folder = posix.dirname(path)
    const above = folder === '.' ? undefined : this.#real(folder, links + 1)
    return above === undefined || above === folder
      ? undefined
      : this.#real(posix.join(above, posix.basename(path)), links + 1)
  }

  #linked(path: string, { id }: GitFile): string {
    const target = this.#content(id)
    // A link that cannot be read leads nowhere.
    if (!target.ok) return '..'
    return posix.normalize(posix.join(posix.dirname(path), Buffer.from(target.value).toString('utf8')))
  }
}

/** Returns true for an ASCII path, which has one normalisation form only. */
function isPlain(path: string): boolean {
  return /^[\x20-\x7e]*$/.test(path)
}
