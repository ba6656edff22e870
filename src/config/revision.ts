import { posix } from 'node:path'
import { decode, type Disk, type Entry } from './disk.ts'
import type { Git, GitAnswer, GitFile } from './git.ts'

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
export function openRevision(
  git: Git,
  commit: string,
  asked: readonly string[],
  { cwd, disk: working }: { cwd: string; disk: Disk }
): GitAnswer<Revision> {
  const [files, renames] = [git.files(commit), git.renames(commit)]
  if (!files.ok) return files
  if (!renames.ok) return renames
  const tree = new Tree(git, files.value)
  const toTop = (path: string): string => {
    const from = posix.isAbsolute(path) ? posix.relative(cwd, path) : path
    return posix.normalize(posix.join(git.prefix, from)).replace(/\/$/, '')
  }
  const fromTop = (path: string): string => posix.relative(git.prefix === '' ? '.' : git.prefix, path)
  const roots = asked.map((path) => toTop(working.beside('', path)))
  const strange = asked.find((_path, index) => /^\.\.(\/|$)/.test(roots[index]!))
  if (strange !== undefined)
    return { ok: false, reason: `\`${strange}\` is not in this repository`, hint: 'name files that are' }
  const isInside = (path: string): boolean =>
    roots.some((root) => root === '.' || path === root || path.startsWith(`${root}/`))
  const moved = [...renames.value].filter(([now, then]) => isInside(now) !== isInside(then))
  for (const [now, then] of moved) if (!isInside(now)) tree.hide(then)
  const movedIn = moved.filter(([now]) => isInside(now) && isYaml(now)).map(([, then]) => fromTop(then))
  const there = asked.filter((path) => tree.look(toTop(working.beside('', path))).is !== 'nothing')
  const fetched = tree.prefetch(
    (path) => (isInside(path) || movedIn.includes(fromTop(path))) && isYaml(path)
  )
  if (!fetched.ok) return fetched
  return { ok: true, value: { disk: revisionDisk(tree, toTop, working), asked: [...there, ...movedIn] } }
}

function revisionDisk(tree: Tree, toTop: (path: string) => string, working: Disk): Disk {
  return {
    look(path) {
      const entry = tree.look(toTop(path))
      return entry.is === 'nothing' && !tree.isHidden(toTop(path)) ? working.look(path) : entry
    },
    list: (folder) => tree.list(toTop(folder)),
    read(path) {
      const answer = tree.read(toTop(path))
      if (answer === undefined) return working.read(path)
      return answer.ok ? decode(answer.value) : answer
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

  constructor(git: Git, files: Map<string, GitFile>) {
    this.#git = git
    this.#files = files
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

  /** Nothing for what is no file of the commit. */
  read(path: string): GitAnswer<Uint8Array> | undefined {
    const file = this.#files.get(this.#real(path) ?? '')
    return file && this.#content(file.id)
  }

  /** Reads at once what is wanted for certain. */
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
    const target = this.#content(id)
    // What cannot be read leads nowhere.
    if (!target.ok) return '..'
    return posix.normalize(posix.join(posix.dirname(path), Buffer.from(target.value).toString('utf8')))
  }
}
