import { execFileSync, spawnSync } from 'node:child_process'
import { TestRunner, type RunnerTestCase as Test } from 'vitest'
import { createSandbox, type Sandbox, type SandboxOptions } from './sandbox.ts'

/** A world whose folder is a git repository: everything that is written can be committed. */
export interface Repository extends Sandbox {
  /** Runs git in the folder, or in another, and gives what it printed. */
  git(args: string[], folder?: string): string
  /** Commits all files as they are; gives the commit. */
  commit(message?: string): string
}

/** Nobody's settings but these: the person's own configuration of git must not matter. */
const env = {
  PATH: process.env['PATH'],
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.net',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.net'
}

/** Whether there is a git at all. */
const hasGit = spawnSync('git', ['--version'], { stdio: 'ignore' }).status === 0

/** The files of the options are committed already. Where git is not installed, the test is skipped. */
export function makeRepository(options: SandboxOptions = {}): Repository {
  needsGit()
  const world = createSandbox({ ...options, env: { PATH: process.env['PATH'] ?? '', ...options.env } })
  const git = (args: string[], folder = world.folder): string =>
    execFileSync('git', args, { cwd: folder, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const commit = (message = 'state'): string => {
    git(['add', '--all'])
    git(['commit', '--quiet', '--allow-empty', '--message', message])
    return git(['rev-parse', 'HEAD']).trim()
  }
  git(['init', '--quiet', '--initial-branch', 'main'])
  commit()
  return { ...world, git, commit }
}

/** Skips the test that calls it, and says why, where git is not installed. */
export function needsGit(): void {
  if (!hasGit) TestRunner.getCurrentTest<Test>().context.skip('git is not installed here')
}

/** The program in another folder, with other variables, and the same service. */
export function elsewhere(
  world: Sandbox,
  { cwd = world.folder, env: more = {} }: { cwd?: string; env?: Record<string, string> }
): Sandbox {
  return createSandbox({
    env: { PATH: process.env['PATH'] ?? '', POLYTOMIC_API_KEY: world.server.apiKey, ...more },
    io: { cwd, fetch: (request) => world.server.fetch(request) }
  })
}
