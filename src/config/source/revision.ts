import { posix } from 'node:path'
import { decode, type Disk } from './disk.ts'
import { findFiles, rootsOf, yamlName } from './find-files.ts'
import type { Git, GitAnswer } from './git.ts'
import { Tree } from './git-tree.ts'
import {
  doubtOf,
  filesEditedUnseen,
  filesNotGone,
  filesOfNow,
  submodulesOfThen,
  type RevisionContext,
  type Places,
  type Tracked,
  type Unclear
} from './unclear.ts'

/** The files of a commit, as a disk; and which of the named files it has. */
export interface Revision {
  disk: Disk
  /** The files to read there: renamed ones by their old names. */
  files: string[]
  /** Files of which git cannot tell what they held. The list grows while files are read. */
  unclear: Unclear[]
  /** Files of now that git tracks, that changed since, and that are not read: blocks may have moved there. */
  elsewhere: string[]
}

/**
 * The configuration as a commit has it. `files` are files and folders as the person gives them; none means
 * the first of the usual folders, now and then. What was moved in or out of them since is found under its
 * old name, or left out. Files for placeholders that the commit does not have (secrets, above all) are
 * those of the working disk.
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
  const context: RevisionContext = { git, disk, places, tracked, now: findFiles(files, disk).paths }
  const unclear: Unclear[] = []
  const then = revisionDisk(context, unclear)
  const committed: Disk = { ...then, look: (path) => tracked.commit.tree.look(places.toTop(path)) }
  const there = rootsOf(files, committed).filter(
    (path) => committed.look(disk.beside('', path)).is !== 'nothing'
  )
  const readThen = new Set(
    findFiles(there, then).paths.flatMap((path) => tracked.commit.tree.resolve(places.toTop(path)) ?? [])
  )
  const now = filesOfNow(context)
  const moved = movedFiles(context, roots, now.read, readThen)
  const allThen = [...roots.map(({ top }) => top), ...there.map((path) => places.toTop(path))]
  const edited = filesEditedUnseen(now.read, context)
  if (!edited.ok) return edited
  unclear.push(...now.unclear, ...submodulesOfThen(allThen, context), ...moved.unclear, ...edited.value)
  unclear.push(...filesNotGone([...readThen], now.read, context))
  if (unclear.length === 0) {
    const wanted = new Set([...readThen, ...moved.in])
    const fetched = tracked.commit.tree.prefetch((path) => wanted.has(path))
    if (!fetched.ok) return fetched
  }
  return {
    ok: true,
    value: {
      disk: then,
      files: [...there, ...moved.in.map((path) => places.fromTop(path))],
      unclear,
      elsewhere: [...tracked.changes.paths]
        .filter((path) => yamlName.test(path) && tracked.index.tree.file(path) && !now.read.has(path))
        .map((path) => places.fromTop(path))
    }
  }
}

function trackedBy(git: Git, commit: string): GitAnswer<Tracked> {
  const [then, now, changes] = [git.files(commit), git.index(), git.changes(commit)]
  if (!then.ok) return then
  if (!now.ok) return now
  if (!changes.ok) return changes
  return {
    ok: true,
    value: {
      commit: { ...then.value, tree: new Tree(git, then.value.files) },
      index: { ...now.value, tree: new Tree(git, now.value.files) },
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

/** Renames lead in or out of what is read. What was moved out is no longer looked at: nobody removed it. */
function movedFiles(
  { places, tracked }: RevisionContext,
  roots: readonly { top: string }[],
  readNow: ReadonlySet<string>,
  readThen: ReadonlySet<string>
): { in: string[]; unclear: Unclear[] } {
  const movedIn: string[] = []
  const unclear: Unclear[] = []
  const isAsked = (path: string): boolean =>
    roots.some(({ top }) => top === '.' || path === top || path.startsWith(`${top}/`))
  for (const [now, then] of tracked.changes.renames) {
    if (readNow.has(now)) {
      if (!readThen.has(then)) movedIn.push(then)
    } else if (readThen.has(then) && !readNow.has(then)) {
      const reason = `it is called \`${places.fromTop(now)}\` now, which is not read`
      const help = 'give it a name that ends in .yaml, or name it with `--file`'
      if (isAsked(now)) unclear.push({ path: places.fromTop(then), reason, help })
      else tracked.commit.tree.hide(then)
    }
  }
  return { in: movedIn, unclear }
}

function revisionDisk({ git, tracked, places, disk: working }: RevisionContext, unclear: Unclear[]): Disk {
  const { tree } = tracked.commit
  let filters: Map<string, string> | undefined
  return {
    look(path) {
      const entry = tree.look(places.toTop(path))
      if (entry.is !== 'nothing' || tree.isHidden(places.toTop(path))) return entry
      const today = working.look(path)
      return today.is === 'file' ? { ...today, unknownThen: true } : today
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
      const doubt = doubtOf(answer.value, file, working)
      if (doubt && !unclear.some((one) => one.path === doubt.path)) unclear.push(doubt)
      return decode(answer.value)
    },
    beside: working.beside,
    stdin: working.stdin
  }
}
