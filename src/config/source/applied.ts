import { createHash } from 'node:crypto'
import { posix } from 'node:path'
import type { Disk } from './disk.ts'
import { rootsOf } from './find-files.ts'
import { runner, type GitAnswer } from './git.ts'

/**
 * What was applied last, which git remembers as a ref for each organization: a branch that nobody works on,
 * and that no `git pull` moves.
 */
export interface AppliedRefs {
  isEmpty: boolean
  /** The commit that was applied last in an organization, by the name of its ref. */
  of(organization: string): { ref: string; commit: string } | undefined
}

const prefix = 'refs/polyctl/applied/'

/** Where git is asked, and for which files. */
export interface AppliedPlace {
  cwd: string
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
  if (refs.size === 0) return { isEmpty: true, of: () => undefined }
  const about = run(['rev-parse', '--show-prefix'])
  const above = about.ok ? about.value.toString('utf8').trim() : ''
  return {
    isEmpty: false,
    of(organization) {
      const ref = refOf(organization, above, place)
      const commit = refs.get(ref)
      return commit === undefined ? undefined : { ref, commit }
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
function refOf(organization: string, above: string, { files, disk }: AppliedPlace): string {
  const roots = rootsOf(files, disk).map((root) => posix.normalize(posix.join(above, root)))
  const own = roots.toSorted().join('\n')
  const isUsual = own === 'configs' || own === 'polytomic'
  const name = /^[\w-]{1,80}$/.test(organization) ? organization : hashOf(organization)
  return `${prefix}${name}${isUsual ? '' : `-${hashOf(own)}`}`
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12)
}

/** The commit whose files are the ones on the disk; or why there is none. */
export function committedState({ cwd, env, files, disk }: AppliedPlace): GitAnswer<string> {
  const run = runner(cwd, env)
  const head = run(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'])
  if (!head.ok) return { ok: false, reason: 'there is no commit yet' }
  const changed = run(['status', '--porcelain', '-z', '--untracked-files=no', '--ignore-submodules=none'])
  if (!changed.ok) return changed
  const [first] = changed.value.toString('utf8').split('\0')
  if (first !== undefined && first !== '')
    return { ok: false, reason: `\`${first.slice(3)}\` is changed and not committed` }
  const roots = rootsOf(files, disk)
  const others = run(['ls-files', '--others', '-z', '--exclude-standard', '--', ...roots])
  if (!others.ok) return others
  const [untracked] = others.value.toString('utf8').split('\0')
  return untracked === undefined || untracked === ''
    ? { ok: true, value: head.value.toString('utf8').trim() }
    : { ok: false, reason: `\`${untracked}\` is not tracked by git` }
}

/** Remembers a commit as the one that was applied last; undefined forgets it. Gives the name of the ref. */
export function remember(
  place: AppliedPlace,
  organization: string,
  commit: string | undefined
): GitAnswer<string> {
  const run = runner(place.cwd, place.env)
  const about = run(['rev-parse', '--show-prefix'])
  if (!about.ok) return about
  const ref = refOf(organization, about.value.toString('utf8').trim(), place)
  const done = run(
    commit === undefined
      ? ['update-ref', '-d', ref]
      : ['update-ref', '-m', 'polyctl apply', '--create-reflog', ref, commit]
  )
  return done.ok ? { ok: true, value: ref } : done
}

/** Pushes the ref to where the branches go: other machines learn what was applied. */
export function pushApplied({ cwd, env }: AppliedPlace, ref: string): GitAnswer<string> {
  const run = runner(cwd, { ...env, GIT_TERMINAL_PROMPT: '0' })
  const configured = run(['config', '--get', 'remote.pushDefault'])
  const remotes = run(['remote'])
  const names = remotes.ok ? remotes.value.toString('utf8').split('\n').filter(Boolean) : []
  const wanted = configured.ok ? configured.value.toString('utf8').trim() : 'origin'
  const remote = names.includes(wanted) ? wanted : names[0]
  if (remote === undefined) return { ok: false, reason: 'the repository has no remote' }
  const pushed = run(['push', '--quiet', '--no-verify', remote, `+${ref}:${ref}`])
  return pushed.ok ? { ok: true, value: remote } : pushed
}
