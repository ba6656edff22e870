import { execFileSync } from 'node:child_process'

/**
 * Where the seeds begin: at 1, or in CI where the commit says, so that each commit is tried with others, and with the same ones when it
 * is tried again.
 */
export function firstSeed(): { seed: number; because: string } {
  const commit = process.env['CI'] === undefined ? undefined : commitOf()
  return commit === undefined
    ? { seed: 1, because: 'the first' }
    : { seed: Number.parseInt(commit.slice(0, 7), 16), because: `commit ${commit.slice(0, 12)}` }
}

/** Where there is no repository, there is no commit. */
function commitOf(): string | undefined {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore']
    }).trim()
  } catch {
    return undefined
  }
}
