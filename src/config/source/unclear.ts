import { posix, relative, sep } from 'node:path'
import { decode, isLargeFilePointer, type Disk } from './disk.ts'
import type { Git, GitAnswer, GitChanges, GitTree } from './git.ts'
import type { Tree } from './git-tree.ts'

/**
 * A file of which git does not tell for certain what it contained at the commit, or what became of it
 * since. `path` is as a person types it.
 */
export interface Unclear {
  path: string
  /** A sentence about the file, without a full stop. */
  reason: string
  /** Advice, where something can be done. */
  help?: string
}

/** The files of the commit and of the index, and the differences between commit and work tree. */
export interface Tracked {
  commit: GitTree & { tree: Tree }
  index: GitTree & { tree: Tree }
  changes: GitChanges
}

/** Converts between paths as a person types them and paths from the top of the repository. */
export interface Places {
  toTop(path: string): string
  fromTop(path: string): string
}

/**
 * The commit and the working disk that are compared. `current` has the paths of the configuration on disk.
 */
export interface RevisionContext {
  git: Git
  disk: Disk
  places: Places
  tracked: Tracked
  current: readonly string[]
}

/**
 * R15: Returns the files of the configuration, by their paths from the top with links followed. Each must
 * be in the commit, or be new since, which is certain only if git tracks it now. The earlier content of an
 * ignored file or a file of another repository is not known, and an unknown base must not count as empty.
 */
export function currentFiles(context: RevisionContext): { read: Set<string>; unclear: Unclear[] } {
  const { disk, places, tracked, current, git } = context
  const read = new Set<string>()
  const unknown: string[] = []
  for (const path of current) {
    const top = places.toTop(path)
    const named = tracked.index.tree.resolve(top) ?? tracked.commit.tree.resolve(top)
    const real = named === undefined ? undefined : trackedReal(disk, path, git.top, tracked)
    if (real === undefined) unknown.push(path)
    else read.add(real)
  }
  return { read, unclear: unknownReasons(unknown, context) }
}

/** Follows links on the disk: a link may have changed since it was committed. */
function trackedReal(
  disk: Disk,
  path: string,
  top: string,
  { index, commit }: Tracked
): string | undefined {
  const entry = disk.look(path)
  if (entry.is !== 'file') return undefined
  const real = relative(top, entry.real).replaceAll(sep, '/')
  return index.tree.resolve(real) ?? commit.tree.resolve(real)
}

function unknownReasons(
  paths: readonly string[],
  { git, disk, places, tracked }: RevisionContext
): Unclear[] {
  const submodules = [...tracked.commit.submodules, ...tracked.index.submodules]
  const ignored = paths.length === 0 ? new Set<string>() : git.ignored(paths)
  return paths.map((path) => {
    const top = places.toTop(path)
    const submodule = submodules.find((one) => isWithin(top, one))
    if (submodule !== undefined) return inSubmodule(path, places.fromTop(submodule))
    const nested = foldersAbove(top).find(
      (one) => disk.look(`${places.fromTop(one)}/.git`).is !== 'nothing'
    )
    if (nested !== undefined)
      return { path, reason: `it is in another repository, \`${places.fromTop(nested)}\``, help: runInside }
    if (ignored.has(path)) {
      const help = `let git track \`${path}\`, or name only tracked files with \`--file\``
      return { path, reason: 'git ignores it', help }
    }
    const help = `if it is new, let git track it: \`git add ${path}\``
    return { path, reason: 'git does not track it, or a link leads away from what git tracks', help }
  })
}

const runInside = 'run polyctl inside of that repository, with a revision of it'

function inSubmodule(path: string, submodule: string): Unclear {
  return { path, reason: `it is in the submodule \`${submodule}\``, help: runInside }
}

/** Returns the folders that contain a path, below the top of the repository, outermost first. */
function foldersAbove(path: string): string[] {
  const folder = posix.dirname(path)
  return folder === '.' || folder.startsWith('..') ? [] : [...foldersAbove(folder), folder]
}

function isWithin(path: string, folder: string): boolean {
  return folder === '.' || path === folder || path.startsWith(`${folder}/`)
}

/**
 * Submodules of the commit that contain a root of the configuration, or lie below one: the commit does not
 * have their files.
 */
export function submodulesOfCommit(
  roots: readonly string[],
  { places, tracked }: RevisionContext
): Unclear[] {
  return tracked.commit.submodules
    .filter((one) => roots.some((root) => isWithin(one, root) || isWithin(root, one)))
    .map((one) => inSubmodule(places.fromTop(one), places.fromTop(one)))
}

/**
 * R15: Files of the configuration at the commit that are not read now, although nobody removed them. A file
 * is removed only if git does not track it any more, and no submodule (which may be empty) took its place.
 * `committed` and `read` are paths from the top.
 */
export function filesNotRemoved(
  committed: readonly string[],
  read: ReadonlySet<string>,
  { disk, places, tracked }: RevisionContext
): Unclear[] {
  return committed.flatMap((top): Unclear[] => {
    const file = tracked.index.tree.file(top)
    const path = places.fromTop(top)
    const submodule = tracked.index.submodules.find((one) => isWithin(top, one))
    if (submodule !== undefined) return [inSubmodule(path, places.fromTop(submodule))]
    if (!file || read.has(top)) return []
    if (disk.look(path).is !== 'nothing')
      return [{ path, reason: 'it is still there, but it is not among the files that are read now' }]
    const help =
      file.unwatched === 'skip-worktree'
        ? 'get all files with `git sparse-checkout disable`, or name only what is here with `--file`'
        : `if somebody removed it, tell git: \`git rm --cached ${path}\`; if not: \`git restore ${path}\``
    const reason =
      file.unwatched === 'skip-worktree'
        ? 'git keeps it off the disk (a sparse checkout, or skip-worktree)'
        : 'it is not on the disk, and git still tracks it'
    return [{ path, reason, help }]
  })
}

/**
 * Files of the configuration that were edited while git does not watch them (assume-unchanged,
 * skip-worktree).
 */
export function hiddenEdits(
  read: ReadonlySet<string>,
  { git, disk, places, tracked }: RevisionContext
): GitAnswer<Unclear[]> {
  const unwatched = [...read].flatMap((top) => {
    const file = tracked.index.tree.file(top)
    return file?.unwatched === undefined ? [] : [{ top, id: file.id, flag: file.unwatched }]
  })
  if (unwatched.length === 0) return { ok: true, value: [] }
  const contents = git.contents([...new Set(unwatched.map(({ id }) => id))])
  if (!contents.ok) return contents
  const edited = unwatched.filter(
    ({ top, id }) => !isAsCommitted(contents.value.get(id)!, places.fromTop(top), disk)
  )
  const value = edited.map(({ top, flag }) => ({
    path: places.fromTop(top),
    reason: `it was edited, and git is told not to look at it (${flag})`,
    help: `let git see it: \`git update-index --no-${flag} ${places.fromTop(top)}\``
  }))
  return { ok: true, value }
}

/**
 * Returns why the content of a file in the commit may differ from what a checkout of that commit had. If
 * git reports no change but the text on disk differs, something (a filter) rewrites the file at checkout. A
 * file that changed and has a filter is unclear, too.
 */
export function unclearContent(
  bytes: Uint8Array,
  { path, isChanged, filter }: { path: string; isChanged: boolean; filter: string | undefined },
  disk: Disk
): Unclear | undefined {
  const text = decode(bytes)
  if (text.ok && isLargeFilePointer(text.text))
    return { path, reason: 'the commit has a pointer of Git LFS in its place, and no text' }
  if (isChanged && filter !== undefined)
    return { path, reason: `git's filter \`${filter}\` rewrites it, and it has changed since` }
  if (isChanged || disk.look(path).is !== 'file' || isAsCommitted(bytes, path, disk)) return undefined
  const reason =
    'its text is not that of the commit, although git sees no change (a filter of git rewrites it, or git ' +
    'is told not to look)'
  return { path, reason }
}

/** Ignores line ends and a byte order mark: a checkout may convert them. */
function isAsCommitted(bytes: Uint8Array, path: string, disk: Disk): boolean {
  const [committed, current] = [decode(bytes), disk.read(path)]
  if (!committed.ok || !current.ok)
    return !committed.ok && !current.ok && committed.reason === current.reason
  const normal = (text: string): string => text.replaceAll('\r\n', '\n')
  return normal(committed.text) === normal(current.text)
}
