import { execFileSync } from 'node:child_process'

/**
 * What is asked of git. It only reads; nothing is fetched, and nothing of the work tree or the index is
 * touched.
 */
export interface Git {
  /** The commit that a revision names, in full and abbreviated. */
  commit(revision: string): GitAnswer<{ commit: string; short: string }>
  /** Where the working folder is inside of the repository: `` or `team/`. */
  prefix: string
  isShallow: boolean
  /** All files of a commit, by their path from the top of the repository. */
  files(commit: string): GitAnswer<Map<string, GitFile>>
  /** Contents by object id, of all of them; read at once, for a process per file would take seconds. */
  contents(ids: readonly string[]): GitAnswer<Map<string, Uint8Array>>
  /** Files that were renamed between a commit and the work tree: new path → old path. */
  renames(commit: string): GitAnswer<Map<string, string>>
}

/** `size` is in bytes. A link holds the path that it leads to. */
export interface GitFile {
  id: string
  size: number
  isLink: boolean
}

/** What git says, or why it does not: a sentence without a full stop. */
export type GitAnswer<T> = { ok: true; value: T } | { ok: false; reason: string; hint?: string }

/** Bytes: what git may print at once. */
const largestAnswer = 512 * 1024 * 1024

/** The repository that a folder is in, whichever of its work trees that is. */
export function openGit(cwd: string, env: Readonly<Record<string, string | undefined>>): GitAnswer<Git> {
  const run = runner(cwd, env)
  const about = run(['rev-parse', '--is-inside-work-tree', '--is-shallow-repository', '--show-prefix'])
  if (!about.ok) return about
  const [inside, shallow, prefix = ''] = about.value.toString('utf8').split('\n')
  if (inside !== 'true') return { ok: false, reason: 'the working folder is in no work tree of git' }
  return {
    ok: true,
    value: {
      prefix,
      isShallow: shallow === 'true',
      commit(revision) {
        const named = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`]
        const found = run(named)
        if (!found.ok) return { ok: false, reason: `no commit is called ${JSON.stringify(revision)} here` }
        const commit = found.value.toString('utf8').trim()
        return then(run(['rev-parse', '--short', commit]), (short) => ({
          commit,
          short: short.toString('utf8').trim()
        }))
      },
      files: (commit) => then(run(['ls-tree', '-r', '-z', '--long', '--full-tree', commit]), treeOf),
      contents(ids) {
        const answer = then(run(['cat-file', '--batch'], `${ids.join('\n')}\n`), blobsOf)
        return answer.ok && ids.some((id) => !answer.value.has(id)) ? notAllThere : answer
      },
      renames: (commit) => then(run([...askForRenames, commit]), renamesOf)
    }
  }
}

/** Whatever the person configured for their own eyes. */
const askForRenames = [
  'diff',
  '--no-relative',
  '--no-ext-diff',
  '--no-textconv',
  '--name-status',
  '-z',
  '-M',
  '--diff-filter=R'
]

function then<A, B>(answer: GitAnswer<A>, next: (value: A) => B): GitAnswer<B> {
  return answer.ok ? { ok: true, value: next(answer.value) } : answer
}

/** Nothing is fetched: the only host that is ever asked for anything is the service. */
const notAllThere: GitAnswer<never> = {
  ok: false,
  reason: 'git does not have all contents of that commit here',
  hint: 'clone the repository in full: leave the `git clone --filter` out'
}

type Run = (args: string[], input?: string) => GitAnswer<Buffer>

function runner(cwd: string, env: Readonly<Record<string, string | undefined>>): Run {
  return (args, input) => {
    try {
      const value = execFileSync('git', args, {
        cwd,
        // Its words are read here, so they must be in one language; locks and fetching are for writers.
        env: { ...env, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', GIT_NO_LAZY_FETCH: '1' },
        stdio: ['pipe', 'pipe', 'pipe'],
        maxBuffer: largestAnswer,
        input: input ?? ''
      })
      return { ok: true, value }
    } catch (error) {
      return refusal(error as NodeJS.ErrnoException & { stderr?: Buffer })
    }
  }
}

function refusal(error: NodeJS.ErrnoException & { stderr?: Buffer }): GitAnswer<never> {
  if (error.code === 'ENOENT')
    return { ok: false, reason: 'git is not installed here', hint: 'install git' }
  const words = error.stderr?.toString('utf8') ?? ''
  if (words.includes('not a git repository'))
    return { ok: false, reason: 'the working folder is in no git repository' }
  if (/lazy fetching disabled|promisor/.test(words)) return notAllThere
  if (words.includes('dubious ownership')) {
    return {
      ok: false,
      reason: 'git refuses to read the repository: it belongs to somebody else',
      hint: 'run `git config --global --add safe.directory "$PWD"`'
    }
  }
  return { ok: false, reason: `git says: ${words.trim().split('\n')[0] || error.message}` }
}

/** `<mode> <type> <id> <size>\t<path>`, each ended by a zero byte. */
function treeOf(answer: Buffer): Map<string, GitFile> {
  const files = new Map<string, GitFile>()
  for (const line of answer.toString('utf8').split('\0')) {
    const [, mode, type, id, size, path] = /^(\d+) (\w+) (\w+) +(\d+|-)\t(.*)$/s.exec(line) ?? []
    if (type === 'blob' && id !== undefined && path !== undefined)
      files.set(path, { id, size: Number(size), isLink: mode === '120000' })
  }
  return files
}

/** `<id> blob <size>\n<bytes>\n`, one after the other. */
function blobsOf(answer: Buffer): Map<string, Uint8Array> {
  const blobs = new Map<string, Uint8Array>()
  for (let at = 0; at < answer.length;) {
    const end = answer.indexOf(10, at)
    const [id = '', type, size] = answer.toString('utf8', at, end).split(' ')
    const start = end + 1
    if (type !== 'blob') {
      at = start
      continue
    }
    blobs.set(id, answer.subarray(start, start + Number(size)))
    at = start + Number(size) + 1
  }
  return blobs
}

/** `R<likeness>\0<old>\0<new>\0` */
function renamesOf(answer: Buffer): Map<string, string> {
  const parts = answer.toString('utf8').split('\0')
  const renames = new Map<string, string>()
  for (let at = 0; at + 2 < parts.length; at += 3) renames.set(parts[at + 2]!, parts[at + 1]!)
  return renames
}
