import { posix, relative, sep } from 'node:path'
import { decode, isLargeFilePointer, type Disk } from './disk.ts'
import type { Git, GitAnswer, GitChanges, GitTree } from './git.ts'
import type { Tree } from './git-tree.ts'

/** A file, as a person types its path, of which git does not tell what it held, or what became of it. */
export interface Unclear {
  path: string
  /** A sentence about the file without its subject and without a full stop. */
  reason: string
  /** Advice, where something can be done. */
  help?: string
}

/** The files of now and then, as git tells them. */
export interface Tracked {
  commit: GitTree & { tree: Tree }
  index: GitTree & { tree: Tree }
  changes: GitChanges
}

/** Between paths as a person types them, and those from the top of the repository. */
export interface Places {
  toTop(path: string): string
  fromTop(path: string): string
}

/** The revision and the disk that are compared: paths of `now` are as they were found. */
export interface RevisionContext {
  git: Git
  disk: Disk
  places: Places
  tracked: Tracked
  now: readonly string[]
}

/**
 * Files that are read now, by their paths from the top with links followed. Each must be in the commit, or
 * be new since for certain, because git tracks it now (R15): what an ignored file or a file of another
 * repository held then is not known, and an unknown base is never an empty one.
 */
export function filesOfNow(context: RevisionContext): { read: Set<string>; unclear: Unclear[] } {
  const { disk, places, tracked, now, git } = context
  const read = new Set<string>()
  const unknown: string[] = []
  for (const path of now) {
    const top = places.toTop(path)
    const named = tracked.index.tree.resolve(top) ?? tracked.commit.tree.resolve(top)
    const real = named === undefined ? undefined : trackedReal(disk, path, git.top, tracked)
    if (real === undefined) unknown.push(path)
    else read.add(real)
  }
  return { read, unclear: unknownReasons(unknown, context) }
}

/** Follows links on the disk itself: one may be another than git knows. */
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

/** Below the top, the nearest to it first. */
function foldersAbove(path: string): string[] {
  const folder = posix.dirname(path)
  return folder === '.' || folder.startsWith('..') ? [] : [...foldersAbove(folder), folder]
}

function isWithin(path: string, folder: string): boolean {
  return folder === '.' || path === folder || path.startsWith(`${folder}/`)
}

/** Submodules of then that are read, or that what is read lies in: the commit does not have their files. */
export function submodulesOfThen(
  roots: readonly string[],
  { places, tracked }: RevisionContext
): Unclear[] {
  return tracked.commit.submodules
    .filter((one) => roots.some((root) => isWithin(one, root) || isWithin(root, one)))
    .map((one) => inSubmodule(places.fromTop(one), places.fromTop(one)))
}

/**
 * Files of then that are not read now, although nobody removed them: a file is gone only when git does not
 * track it any more (R15), and no submodule took its place, which may be empty. `then` and `read` are paths
 * from the top.
 */
export function filesNotGone(
  then: readonly string[],
  read: ReadonlySet<string>,
  { disk, places, tracked }: RevisionContext
): Unclear[] {
  return then.flatMap((top): Unclear[] => {
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

/** Files of now that git was told not to look at, and that are not as git has them. */
export function filesEditedUnseen(
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
 * Why a file of the commit does not tell what polyctl read then. Where git says that a file has not
 * changed, and its text is another, something rewrites the file between the two: its text of then is not
 * known. Nor is it where a filter is named for it and it did change.
 */
export function doubtOf(
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

/** Line ends and a byte order mark are no change: a checkout may bring its own. */
function isAsCommitted(bytes: Uint8Array, path: string, disk: Disk): boolean {
  const [then, now] = [decode(bytes), disk.read(path)]
  if (!then.ok || !now.ok) return !then.ok && !now.ok && then.reason === now.reason
  const normal = (text: string): string => text.replaceAll('\r\n', '\n')
  return normal(then.text) === normal(now.text)
}
