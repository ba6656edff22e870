import { posix } from 'node:path'
import { decode, type Disk } from './disk.ts'
import { findFiles, rootsOf, yamlName } from './find-files.ts'
import type { Git, GitAnswer } from './git.ts'
import { Tree } from './git-tree.ts'
import {
  currentFiles,
  filesNotRemoved,
  hiddenEdits,
  submodulesOfCommit,
  unclearContent,
  type RevisionContext,
  type Places,
  type Tracked,
  type Unclear
} from './unclear.ts'

/** A disk over the files of a commit, and the files of the configuration there. */
export interface Revision {
  disk: Disk
  /** The files to read on that disk: renamed ones by their old paths. */
  files: string[]
  /** Files whose content at the commit git does not tell for certain. Reading files may add more. */
  unclear: Unclear[]
  /**
   * Tracked files that changed since the commit and are no part of the configuration: blocks may have moved
   * there.
   */
  otherFiles: string[]
}

/**
 * Opens the configuration at a commit. `files` are files and folders as `--file` has them; if there are
 * none, the default folder is looked up in the commit and in the work tree separately. A file that was
 * renamed into them since is read by its old path; one that was renamed out of them is left out. Files of
 * placeholders that the commit does not have (secrets, above all) are read from the working disk.
 */
export function openRevision(
  git: Git,
  commit: string,
  files: readonly string[],
  { cwd, disk }: { cwd: string; disk: Disk }
): GitAnswer<Revision> {
  const found = trackedBy(git, commit)
  if (!found.ok) return found
  const tracked = found.value
  const places = placesOf(git, cwd)
  const roots = rootsOf(files, disk).map((path) => ({ path, top: places.toTop(disk.beside('', path)) }))
  const strange = roots.find(({ top }) => /^\.\.(\/|$)/.test(top))
  if (strange)
    return {
      ok: false,
      reason: `\`${strange.path}\` is not in this repository`,
      hint: 'name files that are'
    }
  const context: RevisionContext = { git, disk, places, tracked, current: findFiles(files, disk).paths }
  const unclear: Unclear[] = []
  const baseDisk = revisionDisk(context, unclear)
  const committed: Disk = { ...baseDisk, look: (path) => tracked.commit.tree.look(places.toTop(path)) }
  const there = rootsOf(files, committed).filter(
    (path) => committed.look(disk.beside('', path)).is !== 'nothing'
  )
  const readAtCommit = new Set(
    findFiles(there, baseDisk).paths.flatMap(
      (path) => tracked.commit.tree.resolve(places.toTop(path)) ?? []
    )
  )
  const current = currentFiles(context)
  const moved = movedFiles(context, roots, current.read, readAtCommit)
  const allRoots = [...roots.map(({ top }) => top), ...there.map((path) => places.toTop(path))]
  const edited = hiddenEdits(current.read, context)
  if (!edited.ok) return edited
  unclear.push(...current.unclear, ...submodulesOfCommit(allRoots, context), ...moved.unclear)
  unclear.push(...edited.value, ...filesNotRemoved([...readAtCommit], current.read, context))
  if (unclear.length === 0) {
    const wanted = new Set([...readAtCommit, ...moved.in])
    const fetched = tracked.commit.tree.prefetch((path) => wanted.has(path))
    if (!fetched.ok) return fetched
  }
  return {
    ok: true,
    value: {
      disk: baseDisk,
      files: [...there, ...moved.in.map((path) => places.fromTop(path))],
      unclear,
      otherFiles: [...tracked.changes.paths]
        .filter((path) => yamlName.test(path) && tracked.index.tree.file(path) && !current.read.has(path))
        .map((path) => places.fromTop(path))
    }
  }
}

function trackedBy(git: Git, commit: string): GitAnswer<Tracked> {
  const [files, index, changes] = [git.files(commit), git.index(), git.changes(commit)]
  if (!files.ok) return files
  if (!index.ok) return index
  if (!changes.ok) return changes
  return {
    ok: true,
    value: {
      commit: { ...files.value, tree: new Tree(git, files.value.files) },
      index: { ...index.value, tree: new Tree(git, index.value.files) },
      changes: changes.value
    }
  }
}

function placesOf(git: Git, cwd: string): Places {
  return {
    toTop(path) {
      const from = posix.isAbsolute(path) ? posix.relative(cwd, path) : path
      return posix.normalize(posix.join(git.prefix, from)).replace(/\/$/, '')
    },
    fromTop: (path) => posix.relative(git.prefix === '' ? '.' : git.prefix, path) || '.'
  }
}

/**
 * Follows renames into and out of the configuration. A file that was renamed out of it is hidden: nobody
 * removed it.
 */
function movedFiles(
  { places, tracked }: RevisionContext,
  roots: readonly { top: string }[],
  current: ReadonlySet<string>,
  committed: ReadonlySet<string>
): { in: string[]; unclear: Unclear[] } {
  const movedIn: string[] = []
  const unclear: Unclear[] = []
  const isNamed = (path: string): boolean =>
    roots.some(({ top }) => top === '.' || path === top || path.startsWith(`${top}/`))
  for (const [newPath, oldPath] of tracked.changes.renames) {
    if (current.has(newPath)) {
      if (!committed.has(oldPath)) movedIn.push(oldPath)
    } else if (committed.has(oldPath) && !current.has(oldPath)) {
      const reason = `it is called \`${places.fromTop(newPath)}\` now, which is not read`
      const help = 'give it a name that ends in .yaml, or name it with `--file`'
      if (isNamed(newPath)) unclear.push({ path: places.fromTop(oldPath), reason, help })
      else tracked.commit.tree.hide(oldPath)
    }
  }
  return { in: movedIn, unclear }
}

function revisionDisk({ git, tracked, places, disk: working }: RevisionContext, unclear: Unclear[]): Disk {
  const { tree } = tracked.commit
  let filters: Map<string, string> | undefined
  return {
    folder: working.folder,
    look(path) {
      const entry = tree.look(places.toTop(path))
      if (entry.is !== 'nothing' || tree.isHidden(places.toTop(path))) return entry
      const today = working.look(path)
      return today.is === 'file' ? { ...today, notCommitted: true } : today
    },
    list: (folder) => tree.list(places.toTop(folder)),
    read(path) {
      const answer = tree.read(places.toTop(path))
      if (answer === undefined) return working.read(path)
      if (!answer.ok) return answer
      const top = tree.resolve(places.toTop(path)) ?? ''
      const isChanged = tracked.changes.paths.has(top)
      if (isChanged) filters ??= git.filtered([...tracked.changes.paths])
      const file = { path: places.fromTop(top), isChanged, filter: filters?.get(top) }
      const found = unclearContent(answer.value, file, working)
      if (found && !unclear.some((one) => one.path === found.path)) unclear.push(found)
      return decode(answer.value)
    },
    beside: working.beside,
    stdin: working.stdin
  }
}
