import { execFileSync } from 'node:child_process'
import { thrownCode, thrownText } from '../../diagnostics/thrown.ts'
import { GitStopped } from '../git-stopped.ts'

/**
 * The queries that git answers. All of them only read: nothing is fetched, and no work tree or index
 * changes.
 */
export interface Git {
  /** The commit that a revision names, in full and abbreviated. */
  commit(revision: string): GitAnswer<{ commit: string; short: string }>
  /** The path of the working folder from the top of the repository: empty, or like `team/`. */
  prefix: string
  /** The top folder of the work tree: an absolute path in which links are followed. */
  top: string
  isShallow: boolean
  /** All files of a commit, by their path from the top of the repository. */
  files(commit: string): GitAnswer<GitTree>
  /** All files that git tracks now, whether they are on the disk or not. */
  index(): GitAnswer<GitTree>
  /**
   * Contents by object id, of all or a failure. One process reads them: a process per file would take
   * seconds.
   */
  contents(ids: readonly string[]): GitAnswer<Map<string, Uint8Array>>
  /** The differences between a commit and the work tree. */
  changes(commit: string): GitAnswer<GitChanges>
  /** Returns those of the paths (from the working folder) that git ignores. */
  ignored(paths: readonly string[]): Set<string>
  /**
   * Returns those of the paths (from the top) that a filter of `.gitattributes` rewrites, with its name.
   */
  filtered(paths: readonly string[]): Map<string, string>
}

/** Files by their path from the top, and the paths of submodules. */
export interface GitTree {
  files: Map<string, GitFile>
  submodules: string[]
}

/**
 * `size` is in bytes; 0 in the index, which has none. The content of a symbolic link is its target path.
 */
export interface GitFile {
  id: string
  size: number
  isLink: boolean
  /** The flag with which git takes the file for unchanged, or keeps it off the disk. */
  unwatched?: 'assume-unchanged' | 'skip-worktree'
}

/**
 * `renames`: new path → old path. `paths`: every path that differs; a rename has both of its paths there.
 */
export interface GitChanges {
  renames: Map<string, string>
  paths: Set<string>
}

/** The answer of git, or the reason why there is none: a sentence without a full stop. */
export type GitAnswer<T> = { ok: true; value: T } | { ok: false; reason: string; hint?: string }

/** The most that one call of git may print, in bytes. */
const maxOutput = 512 * 1024 * 1024

/** Opens the repository that contains a folder, in any of its work trees. */
export function openGit(cwd: string, env: Readonly<Record<string, string | undefined>>): GitAnswer<Git> {
  const run = runner(cwd, env)
  const about = run([
    'rev-parse',
    '--is-inside-work-tree',
    '--is-shallow-repository',
    '--show-prefix',
    '--show-toplevel'
  ])
  if (!about.ok) return about
  const [inside, shallow, prefix = '', top = ''] = about.value.toString('utf8').split('\n')
  if (inside !== 'true') return noWorkTree
  return {
    ok: true,
    value: {
      prefix,
      top,
      isShallow: shallow === 'true',
      commit(revision) {
        // No name begins like an option. `--short` asks for one revision: more than one is a failure.
        const name = `${revision}^{commit}`
        const found = revision.startsWith('-') ? undefined : run(['rev-parse', name, '--short', name])
        const names = found?.ok === true ? found.value.toString() : ''
        const [, commit, short] = /^([0-9a-f]+)\n([0-9a-f]+)\n$/.exec(names) ?? []
        if (commit === undefined || short === undefined)
          return { ok: false, reason: `no commit is called ${JSON.stringify(revision)} here` }
        return { ok: true, value: { commit, short } }
      },
      files(commit) {
        const answer = run(['ls-tree', '-r', '-z', '--long', '--full-tree', commit])
        return answer.ok ? treeOf(answer.value) : answer
      },
      contents(ids) {
        const answer = then(run(['cat-file', '--batch'], `${ids.join('\n')}\n`), blobsOf)
        return answer.ok && ids.some((id) => !answer.value.has(id)) ? notAllThere : answer
      },
      index: () => then(run(['-C', top, 'ls-files', '-z', '--stage', '-v']), indexOf),
      changes: (commit) => then(run([...diffArguments, commit]), changesOf),
      ignored(paths) {
        const found = run(['check-ignore', '--no-index', '-z', '--stdin'], paths.join('\0'))
        return new Set(found.ok ? found.value.toString('utf8').split('\0') : [])
      },
      filtered(paths) {
        const found = run(['-C', top, 'check-attr', '-z', '--stdin', 'filter'], paths.join('\0'))
        return found.ok ? filtersOf(found.value) : new Map()
      }
    }
  }
}

/** Parses the output of `check-attr -z`: path, attribute and value, one after the other. */
function filtersOf(answer: Buffer): Map<string, string> {
  const parts = answer.toString('utf8').split('\0')
  const filters = new Map<string, string>()
  for (let at = 0; at + 2 < parts.length; at += 3) {
    const [path = '', , filter = ''] = parts.slice(at, at + 3)
    if (!['unspecified', 'unset', 'set'].includes(filter)) filters.set(path, filter)
  }
  return filters
}

/**
 * A `git diff` that ignores a person's settings for display. `-l0` finds renames among any number of files:
 * an undetected rename would look like a removed file.
 */
const diffArguments = [
  'diff',
  '--no-relative',
  '--no-ext-diff',
  '--no-textconv',
  '--name-status',
  '-z',
  '-M',
  '-l0',
  '--ignore-submodules=all'
]

function then<A, B>(answer: GitAnswer<A>, next: (value: A) => B): GitAnswer<B> {
  return answer.ok ? { ok: true, value: next(answer.value) } : answer
}

/**
 * The failure for contents of a partial clone. They must not be fetched: polyctl contacts no host but the
 * service.
 */
const notAllThere: GitAnswer<never> = {
  ok: false,
  reason: 'git does not have all contents of that commit here',
  hint: 'clone it in full: leave `git clone --filter` out; if it is full, `git fsck` tells what is broken'
}

const inCheckout = 'run polyctl in a checkout of the repository, or pass `--since none`'

const noWorkTree: GitAnswer<never> = {
  ok: false,
  reason: 'the working folder is in no work tree of git',
  hint: inCheckout
}

/** Waiting for git blocks the process, and no signal is handled meanwhile, so the wait must be bounded. */
const timeoutMs = 60_000

type Run = (args: string[], input?: string) => GitAnswer<Buffer>

/** Runs git in a folder; what fails is a reason in words. */
export function runner(cwd: string, env: Readonly<Record<string, string | undefined>>): Run {
  return (args, input) => {
    try {
      const value = execFileSync('git', args, {
        cwd,
        // Messages are matched below, so they must be English. A reader takes no locks and fetches nothing.
        // `git replace` is local to a machine: it must not change what a commit means.
        env: {
          ...env,
          LC_ALL: 'C',
          GIT_OPTIONAL_LOCKS: '0',
          GIT_NO_LAZY_FETCH: '1',
          GIT_NO_REPLACE_OBJECTS: '1'
        },
        stdio: ['pipe', 'pipe', 'pipe'],
        maxBuffer: maxOutput,
        timeout: timeoutMs,
        input: input ?? ''
      })
      return { ok: true, value }
    } catch (error) {
      return refusal(error)
    }
  }
}

function refusal(error: unknown): GitAnswer<never> {
  const code = thrownCode(error)
  if (code === 'ETIMEDOUT')
    return {
      ok: false,
      reason: 'git gave no answer within a minute',
      hint: 'try the same with `git status`'
    }
  const { signal, words } = exitOf(error)
  if (signal === 'SIGINT' || signal === 'SIGTERM')
    throw new GitStopped(`git was stopped by ${signal}`, { cause: error })
  if (code === 'ENOENT') return { ok: false, reason: 'git is not installed here', hint: 'install git' }
  if (words.includes('must be run in a work tree')) return noWorkTree
  if (words.includes('not a git repository'))
    return { ok: false, reason: 'the working folder is in no git repository', hint: inCheckout }
  if (/lazy fetching disabled|promisor/.test(words)) return notAllThere
  const [, owned] = /dubious ownership in repository at '(.*)'/.exec(words) ?? []
  if (owned !== undefined) return { ok: false, reason: notOurs, hint: trustAdvice(owned) }
  const isBroken = /corrupt|unable to read|not a (valid|tree) object|bad (object|tree)|missing blob/i.test(
    words
  )
  // The first line of a push that failed is only where it went.
  return {
    ok: false,
    reason: `git says: ${/^(?!To )[ \t]*(\S.*)$/m.exec(words)?.[1]?.trim() ?? thrownText(error)}`,
    ...(isBroken
      ? { hint: '`git fsck` tells what is broken; `--since` cannot be used before it is mended' }
      : {})
  }
}

/** Returns the signal that ended git, and what git wrote to standard error. */
function exitOf(error: unknown): { signal: unknown; words: string } {
  const signal = error instanceof Error && 'signal' in error ? error.signal : undefined
  const bytes = error instanceof Error && 'stderr' in error ? error.stderr : undefined
  return { signal, words: Buffer.isBuffer(bytes) ? bytes.toString('utf8') : '' }
}

const notOurs = 'git refuses to read the repository: it belongs to somebody else'

/** Advice for `safe.directory`. `folder` is the one that git names, which is the top of the repository. */
function trustAdvice(folder: string): string {
  const quoted = `'${folder.replaceAll("'", "'\\''")}'`
  return (
    `if you trust it, run \`git config --global --add safe.directory ${quoted}\`; where there is no HOME, ` +
    `set GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=${quoted}`
  )
}

/**
 * Parses the output of `ls-tree`: `<mode> <type> <id> <size>\t<path>`, each ended by a zero byte. The size
 * is `BAD` if the content is missing; the tree is refused then, because a file of the commit must not be
 * left out.
 */
function treeOf(answer: Buffer): GitAnswer<GitTree> {
  const tree: GitTree = { files: new Map(), submodules: [] }
  for (const line of answer.toString('utf8').split('\0')) {
    if (line === '') continue
    const [, mode, type, id, size, path] = /^(\d+) (\w+) (\w+) +(\d+|-)\t(.*)$/s.exec(line) ?? []
    if (id === undefined || path === undefined) return notAllThere
    if (type === 'blob') tree.files.set(path, { id, size: Number(size), isLink: mode === linkMode })
    else tree.submodules.push(path)
  }
  return { ok: true, value: tree }
}

const linkMode = '120000'

/**
 * Parses the output of `ls-files`: `<tag> <mode> <id> <stage>\t<path>`, each ended by a zero byte. The tag
 * is `S` for skip-worktree, and in lower case for assume-unchanged.
 */
function indexOf(answer: Buffer): GitTree {
  const tree: GitTree = { files: new Map(), submodules: [] }
  for (const line of answer.toString('utf8').split('\0')) {
    const [, tag, mode, id, path] = /^(\w) (\d+) (\w+) \d\t(.*)$/s.exec(line) ?? []
    if (tag === undefined || id === undefined || path === undefined) continue
    const unwatched =
      tag.toUpperCase() === 'S'
        ? 'skip-worktree'
        : tag === tag.toLowerCase()
          ? 'assume-unchanged'
          : undefined
    if (mode === '160000') tree.submodules.push(path)
    else tree.files.set(path, { id, size: 0, isLink: mode === linkMode, ...(unwatched && { unwatched }) })
  }
  return tree
}

/** Parses the output of `cat-file --batch`: `<id> blob <size>\n<bytes>\n`, one after the other. */
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

/** Parses the output of `diff -z`: `<letter>\0<path>\0`, and `R<score>\0<old>\0<new>\0` for a rename. */
function changesOf(answer: Buffer): GitChanges {
  const parts = answer.toString('utf8').split('\0')
  const changes: GitChanges = { renames: new Map(), paths: new Set() }
  for (let at = 0; at + 1 < parts.length;) {
    const isRename = parts[at]!.startsWith('R')
    const [path, renamed] = [parts[at + 1]!, isRename ? parts[at + 2] : undefined]
    changes.paths.add(path)
    if (renamed !== undefined) {
      changes.paths.add(renamed)
      changes.renames.set(renamed, path)
    }
    at += isRename ? 3 : 2
  }
  return changes
}
