import { posix } from 'node:path'
import { decode, type Disk, type Entry } from './disk.ts'
import type { Git, GitFile } from './git.ts'

/** The files of a commit, as a disk; and which of the files that were asked for it has. */
export interface Revision {
  disk: Disk
  /** What to read there in place of what is asked for now: renamed files by their old names. */
  asked: string[]
}

/** Symbolic links are followed this often: more is a circle. */
const mostLinks = 20

/**
 * The configuration as a commit has it. `asked` are files and folders as given by the person. What was moved
 * in or out of them since is found under its old name, or left out. Files that the commit does not have
 * (secrets, above all) are those of the working disk.
 */
export function openRevision(git: Git, commit: string, asked: readonly string[], working: Disk): Revision {
  const tree = new Tree(git, commit)
  const toTop = (path: string): string => posix.normalize(posix.join(git.prefix, path)).replace(/\/$/, '')
  const fromTop = (path: string): string => posix.relative(git.prefix === '' ? '.' : git.prefix, path)
  const roots = asked.map((path) => toTop(working.beside('', path)))
  const isInside = (path: string): boolean =>
    roots.some((root) => root === '.' || path === root || path.startsWith(`${root}/`))
  const moved = [...git.renames(commit)].filter(([now, then]) => isInside(now) !== isInside(then))
  for (const [now, then] of moved) if (!isInside(now)) tree.hide(then)
  const movedIn = moved.filter(([now]) => isInside(now) && isYaml(now)).map(([, then]) => fromTop(then))
  const there = asked.filter((path) => tree.look(toTop(working.beside('', path))).is !== 'nothing')
  tree.prefetch((path) => (isInside(path) || movedIn.includes(fromTop(path))) && isYaml(path))
  return { disk: revisionDisk(tree, toTop, working), asked: [...there, ...movedIn] }
}

function revisionDisk(tree: Tree, toTop: (path: string) => string, working: Disk): Disk {
  return {
    look(path) {
      const entry = tree.look(toTop(path))
      return entry.is === 'nothing' && !tree.isHidden(toTop(path)) ? working.look(path) : entry
    },
    list: (folder) => tree.list(toTop(folder)),
    read(path) {
      const bytes = tree.read(toTop(path))
      return bytes === undefined ? working.read(path) : decode(bytes)
    },
    beside: working.beside,
    stdin: working.stdin
  }
}

function isYaml(path: string): boolean {
  return /\.ya?ml$/.test(path)
}

/** The tree of one commit, by paths from the top. Contents are read when they are needed. */
class Tree {
  readonly #git: Git
  readonly #files: Map<string, GitFile>
  readonly #folders = new Map<string, Set<string>>()
  readonly #contents = new Map<string, Uint8Array>()
  readonly #hidden = new Set<string>()

  constructor(git: Git, commit: string) {
    this.#git = git
    this.#files = git.files(commit)
    for (const path of this.#files.keys()) this.#addFolders(path)
  }

  #addFolders(path: string): void {
    const folder = posix.dirname(path)
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

  look(path: string): Entry {
    const real = this.#real(path)
    if (real === undefined) return { is: 'nothing', reason: 'it did not exist' }
    const file = this.#files.get(real)
    return file ? { is: 'file', size: file.size, real, inside: true } : { is: 'folder', real }
  }

  list(folder: string): string[] {
    return [...(this.#folders.get(this.#real(folder) ?? '') ?? [])]
  }

  read(path: string): Uint8Array | undefined {
    const file = this.#files.get(this.#real(path) ?? '')
    return file && this.#content(file.id)
  }

  prefetch(isWanted: (path: string) => boolean): void {
    const ids = [...this.#files].flatMap(([path, { id }]) => (isWanted(path) ? [id] : []))
    if (ids.length === 0) return
    for (const [id, bytes] of this.#git.contents([...new Set(ids)])) this.#contents.set(id, bytes)
  }

  #content(id: string): Uint8Array {
    const known = this.#contents.get(id)
    if (known) return known
    const bytes = this.#git.contents([id]).get(id) ?? new Uint8Array()
    this.#contents.set(id, bytes)
    return bytes
  }

  /** Follows links, of the path itself and of folders above it. */
  #real(path: string, links = 0): string | undefined {
    if (path === '' || path === '.') return '.'
    const file = this.#files.get(path)
    if (file && !file.isLink) return path
    if (this.#folders.has(path)) return path
    if (links > mostLinks || path.startsWith('..')) return undefined
    if (file) return this.#real(this.#linked(path, file), links + 1)
    const folder = posix.dirname(path)
    const above = folder === '.' ? undefined : this.#real(folder, links + 1)
    return above === undefined || above === folder
      ? undefined
      : this.#real(posix.join(above, posix.basename(path)), links + 1)
  }

  #linked(path: string, { id }: GitFile): string {
    return posix.normalize(posix.join(posix.dirname(path), Buffer.from(this.#content(id)).toString('utf8')))
  }
}
