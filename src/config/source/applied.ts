import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import type { LeftBehind } from '../../state/resource.ts'
import type { Disk } from './disk.ts'
import { rootsOf } from './find-files.ts'
import { runner, type GitAnswer } from './git.ts'
import { pushRemote } from './push-remote.ts'
import { leftBehindIn, textOfLeft } from './left-behind.ts'

/**
 * What was applied last, which git remembers as a ref for each organization: a branch that nobody works on,
 * and that no `git pull` moves.
 */
export interface AppliedRefs {
  isEmpty: boolean
  /** What is remembered of an organization. */
  of(organization: string): {
    /** The name of the ref of the commit that was applied last; undefined where there is none. */
    ref?: string
    /** What applies left behind. */
    left: GitAnswer<LeftBehind[]>
  }
}

const prefix = 'refs/polyctl/'
const nothingLeft: GitAnswer<LeftBehind[]> = { ok: true, value: [] }

/** Where git is asked, and for which files. */
export interface AppliedPlace {
  cwd: string
  /** The path of the working folder from the top of the repository; empty for the top itself. */
  prefix: string
  env: Readonly<Record<string, string | undefined>>
  /** As given by --file. */
  files: readonly string[]
  disk: Disk
}

/** Reads what git remembers. Empty where there is no repository, or nothing was applied. */
export function appliedRefs(place: AppliedPlace): AppliedRefs {
  const run = runner(place.cwd, place.env)
  const found = run(['for-each-ref', '--format=%(refname) %(objectname)', prefix])
  const lines = found.ok ? found.value.toString('utf8').split('\n') : []
  const refs = new Map(lines.flatMap((line) => (line === '' ? [] : [pairOf(line)])))
  if (refs.size === 0) return { isEmpty: true, of: () => ({ left: nothingLeft }) }
  return {
    isEmpty: false,
    of(organization) {
      const ref = refOf('applied', organization, place)
      const blob = refs.get(refOf('left', organization, place))
      const text = blob === undefined ? undefined : run(['cat-file', 'blob', blob])
      return {
        ...(refs.has(ref) ? { ref } : {}),
        left: text === undefined ? nothingLeft : text.ok ? leftBehindIn(text.value.toString('utf8')) : text
      }
    }
  }
}

function pairOf(line: string): [ref: string, commit: string] {
  const [ref = '', commit = ''] = line.split(' ')
  return [ref, commit]
}

/**
 * Several configurations may share a repository and an organization. The one in the usual folder at the top
 * has the plain name; each other one is told apart by its files.
 */
function refOf(what: 'applied' | 'left', organization: string, place: AppliedPlace): string {
  const own = rootsFromTop(place).toSorted().join('\n')
  const isUsual = own === 'configs' || own === 'polytomic'
  const name = /^[\w-]{1,80}$/.test(organization) ? organization : hashOf(organization)
  return `${prefix}${what}/${name}${isUsual ? '' : `-${hashOf(own)}`}`
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

/** The files and folders of the configuration, by their paths from the top of the repository. */
function rootsFromTop({ cwd, prefix, files, disk }: AppliedPlace): string[] {
  return rootsOf(files, disk).map((root) => {
    const from = posix.isAbsolute(root) ? posix.relative(cwd, root) : root
    return posix.join(prefix, from).replace(/\/$/, '')
  })
}

/** The commit whose files are the ones on the disk; or why there is none. */
export function committedState(place: AppliedPlace): GitAnswer<string> {
  const run = runner(place.cwd, place.env)
  const status = ['status', '--porcelain=v2', '--branch', '-z', '--untracked-files=normal']
  const answer = run([...status, '--no-renames', '--ignore-submodules=none'])
  if (!answer.ok) return answer
  const roots = rootsFromTop(place)
  let commit: string | undefined
  for (const line of answer.value.toString('utf8').split('\0')) {
    const [, oid] = /^# branch\.oid ([0-9a-f]+)$/.exec(line) ?? []
    commit ??= oid
    const [, untracked] = /^\? (.*)$/s.exec(line) ?? []
    if (untracked !== undefined && roots.some((root) => isWithin(untracked, root)))
      return { ok: false, reason: `\`${untracked}\` is not tracked by git` }
    const [, changed] = /^(?:1(?: \S+){7}|u(?: \S+){9}) (.*)$/s.exec(line) ?? []
    if (changed !== undefined && !isForEditors(changed))
      return { ok: false, reason: `\`${changed}\` is changed and not committed` }
  }
  return commit === undefined
    ? { ok: false, reason: 'there is no commit yet' }
    : { ok: true, value: commit }
}

/** The files mean the same whatever is kept beside them for editors: nothing reads it but these. */
function isForEditors(changed: string): boolean {
  return `/${changed}`.endsWith('/.polyctl/schema.json')
}

/** Whether one is inside of the other: git names a folder of which it tracks nothing, and not its files. */
function isWithin(untracked: string, root: string): boolean {
  const path = `${untracked.replace(/\/$/, '')}/`
  const folder = root === '.' ? '' : `${root}/`
  return path.startsWith(folder) || folder.startsWith(path)
}

/** Remembers a commit as the one that was applied last; undefined forgets it. Gives the name of the ref. */
export function remember(
  place: AppliedPlace,
  organization: string,
  commit: string | undefined
): GitAnswer<string> {
  const run = runner(place.cwd, place.env)
  const ref = refOf('applied', organization, place)
  const done = run(
    commit === undefined
      ? ['update-ref', '-d', ref]
      : ['update-ref', '-m', 'polyctl apply', '--create-reflog', ref, commit]
  )
  return done.ok ? { ok: true, value: ref } : done
}

/**
 * Remembers what an apply left behind, as a text that a ref names. Where nothing ever was, there is no ref;
 * an empty list says on other machines, too, that nothing is any more.
 */
export function rememberLeft(
  place: AppliedPlace,
  organization: string,
  left: readonly LeftBehind[]
): GitAnswer<undefined> {
  const run = runner(place.cwd, place.env)
  const ref = refOf('left', organization, place)
  if (left.length === 0 && !run(['rev-parse', '--verify', '--quiet', ref]).ok)
    return { ok: true, value: undefined }
  const written = run(['hash-object', '-w', '--stdin'], textOfLeft(left))
  if (!written.ok) return written
  const done = run(['update-ref', ref, written.value.toString('utf8').trim()])
  return done.ok ? { ok: true, value: undefined } : done
}

/**
 * Pushes the refs to where the branches go: other machines learn what was applied, and what it left behind.
 */
export function pushApplied(place: AppliedPlace, organization: string): GitAnswer<string> {
  const { cwd, env } = place
  const run = runner(cwd, { ...env, GIT_TERMINAL_PROMPT: '0' })
  const found = pushRemote(run)
  if (!found.ok) return found
  const remote = found.value
  const refs = [refOf('applied', organization, place), refOf('left', organization, place)]
  const there = refs.filter((ref) => run(['rev-parse', '--verify', '--quiet', ref]).ok)
  const pushed = run(['push', '--quiet', '--no-verify', remote, ...there.map((ref) => `+${ref}:${ref}`)])
  return pushed.ok ? { ok: true, value: remote } : pushed
}
