import { createHash } from 'node:crypto'
import { runner, type GitAnswer } from './git.ts'
import { GitStopped } from '../git-stopped.ts'
import { pushRemote } from './push-remote.ts'

/**
 * A lock that those take who want one: a ref on the git remote. It is set and deleted by compare-and-set, for
 * git changes a ref only while it is what the pusher says it is. The ref names a commit without files, whose
 * message says whose lock it is.
 */
export interface LockRef {
  remote: string
  ref: string
  /** Makes the commit that stands for a lock; nobody else sees it yet. */
  prepare(holder: Holder): GitAnswer<string>
  /** Sets the ref to the commit, where nobody holds it, or where `instead` is what it is. */
  take(commit: string, instead?: string): Taking
  /** Deletes the ref, if it is still this commit. */
  release(commit: string): Releasing
}

/** Whose lock it is. All of it but `key` is shown to others. */
export interface Holder {
  owner: string
  /** Where it runs: the page of a job, or nothing. */
  at?: string
  since: string
  /** Drawn for this lock: no two are the same commit. */
  key: string
}

/** A lock that is held, as far as it can be read. */
export interface Held {
  commit: string
  owner?: string
  at?: string
  since?: string
}

/** `is` says whether it is ours now, somebody else's, or nobody's, and git says why. */
export type Taking =
  | { is: 'taken'; from?: Held }
  | { is: 'held'; by: Held }
  // `isTried`: it may be ours, and the answer was lost.
  | { is: 'failed'; reason: string; isTried: boolean }

/** What became of a lock that was ours. */
export type Releasing = { is: 'released' } | { is: 'lost'; to?: Held } | { is: 'failed'; reason: string }

/** Who asks git, and where. */
interface Here {
  cwd: string
  env: Readonly<Record<string, string | undefined>>
}

/** Opens the place of the lock; or says why there is none. Asks no other host yet. */
export function openLockPlace({ cwd, env }: Here): GitAnswer<(organization: string) => LockRef> {
  const run = runner(cwd, { ...env, GIT_TERMINAL_PROMPT: '0' })
  const top = run(['rev-parse', '--git-dir'])
  if (!top.ok) return top
  const remote = pushRemote(run)
  if (!remote.ok) return remote
  return {
    ok: true,
    value: (organization) => lockRef({ run, cwd, env, remote: remote.value, ref: refOf(organization) })
  }
}

const folder = 'refs/polyctl/lock/'

function refOf(organization: string): string {
  const isPlain = /^[\w-]{1,80}$/.test(organization)
  const hash = createHash('sha256').update(organization).digest('hex').slice(0, 12)
  return `${folder}${isPlain ? organization : hash}`
}

interface Access extends Here {
  run: ReturnType<typeof runner>
  remote: string
  ref: string
}

/** Somebody may release the lock while we find out who holds it: then it is tried again. */
const tries = 3

function lockRef(access: Access): LockRef {
  const { remote, ref } = access
  return {
    remote,
    ref,
    prepare: (holder) => commitOf(access, holder),
    take(commit, instead) {
      let from: Held | undefined
      let reason = ''
      for (let at = 0; at <= tries; at += 1) {
        const there = heldNow(access)
        if (!there.ok) return { is: 'failed', reason: there.reason, isTried: at > 0 }
        const before = there.value
        // The answer to an earlier try was lost.
        if (before?.commit === commit) return { is: 'taken', ...(from === undefined ? {} : { from }) }
        const mayTake = before === undefined || (instead !== undefined && before.commit.startsWith(instead))
        if (!mayTake) return { is: 'held', by: before }
        if (at === tries) break
        from = before
        const pushed = push(access, `${commit}:${ref}`, before?.commit ?? '')
        if (pushed.ok) return { is: 'taken', ...(from === undefined ? {} : { from }) }
        reason = pushed.reason
      }
      return { is: 'failed', reason, isTried: true }
    },
    release(commit) {
      let isRepeated = false
      const deleted = stubborn(
        () => push(access, `:${ref}`, commit),
        () => (isRepeated = true)
      )
      if (deleted.ok) return { is: 'released' }
      const there = stubborn(() => heldNow(access))
      if (!there.ok) return { is: 'failed', reason: there.reason }
      if (there.value?.commit === commit) return { is: 'failed', reason: deleted.reason }
      if (there.value !== undefined) return { is: 'lost', to: there.value }
      // Where the answer was lost, or the first try was stopped, nobody has it because we gave it back.
      return !isRepeated && deleted.reason.includes('stale info') ? { is: 'lost' } : { is: 'released' }
    }
  }
}

/** Changes the ref on the remote, if it is what is expected: nothing, or a commit. */
function push({ run, remote, ref }: Access, what: string, expected: string): GitAnswer<Buffer> {
  const lease = `--force-with-lease=${ref}:${expected}`
  return run(['push', '--quiet', '--no-verify', '--no-follow-tags', lease, remote, what])
}

function heldNow(access: Access): GitAnswer<Held | undefined> {
  const { run, remote, ref } = access
  const listed = run(['ls-remote', '--quiet', remote, ref])
  if (!listed.ok) return listed
  const lines = listed.value.toString('utf8').split('\n')
  const found = lines.map((text) => text.split('\t')).find(([, name]) => name === ref)
  return { ok: true, value: found?.[0] === undefined ? undefined : holderOf(access, found[0]) }
}

/** What stops us stops git with us: the lock is to be given back all the same. */
function stubborn<T>(ask: () => GitAnswer<T>, again: () => void = () => undefined): GitAnswer<T> {
  try {
    return ask()
  } catch (error) {
    if (!(error instanceof GitStopped)) throw error
    again()
    return ask()
  }
}

/** A commit without files and without history; the name that git wants for it is not anybody's. */
function commitOf({ run, cwd, env }: Access, { owner, at, since, key }: Holder): GitAnswer<string> {
  const tree = run(['mktree'])
  if (!tree.ok) return tree
  const who = { NAME: 'polyctl', EMAIL: '', DATE: since }
  const names = ['AUTHOR', 'COMMITTER'].flatMap((role) =>
    Object.entries(who).map(([part, value]): [string, string] => [`GIT_${role}_${part}`, value])
  )
  const lines = [`owner: ${line(owner)}`, ...(at === undefined ? [] : [`at: ${line(at)}`])]
  const message = ['polyctl lock', '', ...lines, `since: ${since}`, `key: ${key}`, ''].join('\n')
  const commit = runner(cwd, { ...env, ...Object.fromEntries(names) })
  const created = commit(['commit-tree', tree.value.toString('utf8').trim()], message)
  return created.ok ? { ok: true, value: created.value.toString('utf8').trim() } : created
}

const mostLetters = 200

function line(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, mostLetters)
}

/** Fetches the commit and reads its message. What cannot be read is left out. */
function holderOf({ run, remote, ref }: Access, commit: string): Held {
  const options = ['--quiet', '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules']
  run(['fetch', ...options, '--no-auto-maintenance', remote, ref])
  const shown = run(['cat-file', 'commit', commit])
  const message = (shown.ok ? shown.value.toString('utf8') : '').replaceAll(/[^\P{Cc}\n]/gu, '')
  const value = (name: string): string | undefined =>
    new RegExp(`^${name}: (.{1,${mostLetters}})$`, 'm').exec(message)?.[1]
  const found = { owner: value('owner'), at: value('at'), since: value('since') }
  const known = Object.entries(found).filter(([, text]) => text !== undefined)
  return { commit, ...Object.fromEntries(known) }
}

/** Who is at work here, as git or the CI knows them. */
export function whoIsHere({ cwd, env }: Here): { owner: string; at?: string } {
  const ident = runner(cwd, env)(['var', 'GIT_COMMITTER_IDENT'])
  const [, named] = /^(.*) \d+ [-+]\d+\s*$/s.exec(ident.ok ? ident.value.toString('utf8') : '') ?? []
  const actor = env['GITHUB_ACTOR'] ?? env['GITLAB_USER_LOGIN'] ?? named ?? env['USER'] ?? env['USERNAME']
  const { GITHUB_SERVER_URL: host, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env
  const job = host && repository && run ? `${host}/${repository}/actions/runs/${run}` : env['CI_JOB_URL']
  return { owner: actor ?? 'somebody', ...(job === undefined || job === '' ? {} : { at: job }) }
}
