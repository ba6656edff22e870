import { runner, type GitAnswer } from './git.ts'

/** Files of a commit in a folder of their own, from which a branch is made. */
export interface BranchDraft {
  /** The folder that stands for the working folder. */
  folder: string
  /** Writes the branch, if anything differs from the commit and from what the branch has already. */
  make(subject: string): GitAnswer<'nothing' | 'same' | 'written'>
  close(): void
}

/** Where git is asked, and where the files may be put for a while. */
export interface DraftPlace {
  cwd: string
  env: Readonly<Record<string, string | undefined>>
  /** A folder that does not exist, or was left by a draft before. */
  folder: string
}

/** By this line a branch is known as one that may be written anew. */
const mark = 'Made-by: polyctl watch --pull'

/**
 * Puts the files of the last commit into a folder of their own. What is checked out is not touched, and no
 * hook of the repository runs.
 */
export function draftBranch(place: DraftPlace, branch: string): GitAnswer<BranchDraft> {
  const { cwd, env, folder } = place
  const run = runner(cwd, env)
  const about = run(['rev-parse', '--show-prefix', 'HEAD'])
  if (!about.ok) return about
  const [prefix = '', head = ''] = textOf(about.value).split('\n')
  if (!run(['check-ref-format', '--branch', branch]).ok)
    return { ok: false, reason: `\`${branch}\` is no name of a branch` }
  const ref = `refs/heads/${branch}`
  const before = commitOf(run(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]))
  const taken = takenBecause(run, ref, before)
  if (taken !== undefined) return { ok: false, reason: `the branch \`${branch}\` ${taken}` }
  const remove = (): void => void run(['worktree', 'remove', '--force', folder])
  // Whoever was killed left one behind.
  remove()
  const added = run([
    '-c',
    'core.hooksPath=/dev/null',
    'worktree',
    'add',
    '--force',
    '--quiet',
    '--detach',
    folder,
    head
  ])
  if (!added.ok) return added
  return {
    ok: true,
    value: {
      folder: prefix === '' ? folder : `${folder}/${prefix.replace(/\/$/, '')}`,
      make: (subject) => write({ env, folder, ref, head, before }, subject),
      close: remove
    }
  }
}

type Run = ReturnType<typeof runner>

/** Why the branch cannot be written: it is somebody's. */
function takenBecause(run: Run, ref: string, before: string | undefined): string | undefined {
  if (before === undefined) return undefined
  const trees = run(['worktree', 'list', '--porcelain'])
  if (trees.ok && textOf(trees.value).split('\n').includes(`branch ${ref}`)) return 'is checked out'
  const last = run(['log', '-1', '--format=%B', before])
  return last.ok && textOf(last.value).split('\n').includes(mark)
    ? undefined
    : 'has commits of others: rename it, or choose another one'
}

interface Writing {
  env: DraftPlace['env']
  folder: string
  ref: string
  head: string
  before: string | undefined
}

function write(
  { env, folder, ref, head, before }: Writing,
  subject: string
): GitAnswer<'nothing' | 'same' | 'written'> {
  const run = runner(folder, { ...identity(folder, env), ...env })
  const added = run(['add', '--all'])
  if (!added.ok) return added
  const tree = run(['write-tree'])
  if (!tree.ok) return tree
  const own = commitOf(tree)
  const treeAt = (revision: string): string | undefined =>
    commitOf(run(['rev-parse', '--verify', '--quiet', `${revision}^{tree}`]))
  if (own === undefined || own === treeAt(head)) return { ok: true, value: 'nothing' }
  const parent = before && commitOf(run(['rev-parse', '--verify', '--quiet', `${before}^`]))
  if (before !== undefined && parent === head && own === treeAt(before)) return { ok: true, value: 'same' }
  const created = run(['commit-tree', own, '-p', head, '-m', subject, '-m', mark])
  if (!created.ok) return created
  const moved = run(['update-ref', '-m', 'polyctl watch', ref, textOf(created.value).trim(), before ?? ''])
  return moved.ok ? { ok: true, value: 'written' } : moved
}

/** A machine that nobody works on has no name of its own for commits. */
function identity(folder: string, env: DraftPlace['env']): Record<string, string> {
  const known = runner(folder, env)(['config', '--get', 'user.email'])
  if (known.ok && textOf(known.value).trim() !== '') return {}
  const [name, email] = ['polyctl', 'polyctl@localhost']
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email
  }
}

function commitOf(answer: GitAnswer<Buffer>): string | undefined {
  return answer.ok ? textOf(answer.value).trim() || undefined : undefined
}

function textOf(bytes: Buffer): string {
  return bytes.toString('utf8')
}
