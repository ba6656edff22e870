import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
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
  GIT_COMMITTER_EMAIL: 'ada@example.net',
  // Each commit would start two more processes, which look whether there is anything to tidy up.
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'maintenance.auto',
  GIT_CONFIG_VALUE_0: 'false'
}

/** Whether there is a git at all. */
const hasGit = spawnSync('git', ['--version'], { stdio: 'ignore' }).status === 0

/** The files of the options are committed already. Where git is not installed, the test is skipped. */
export function makeRepository(options: SandboxOptions = {}): Repository {
  needsGit()
  const world = createSandbox({ ...options, env: { PATH: process.env['PATH'] ?? '', ...options.env } })
  const git = (args: string[], folder = world.folder): string => runGit(args, folder)
  const commit = (message?: string): string => commitAll(world.folder, message)
  begin(world.folder, JSON.stringify(options.files ?? {}))
  return { ...world, git, commit }
}

function runGit(args: string[], cwd: string): string {
  return execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}

function commitAll(folder: string, message = 'state'): string {
  runGit(['add', '--all'], folder)
  runGit(['commit', '--quiet', '--allow-empty', '--message', message], folder)
  return headOf(join(folder, '.git'))
}

/** The commit that a repository is at, in whose `HEAD` is a branch, or a commit by itself. */
function headOf(repository: string): string {
  const head = readFileSync(join(repository, 'HEAD'), 'utf8').trim()
  return head.startsWith('ref: ') ? readFileSync(join(repository, head.slice(5)), 'utf8').trim() : head
}

/** The files in `.git` that came of the same files before, in this process. */
const begun = new Map<string, Map<string, Uint8Array>>()

/** Commits all that is in the folder, as the first commit: of the same files git is asked for it once. */
function begin(folder: string, files: string): void {
  const repository = join(folder, '.git')
  const before = begun.get(files)
  if (before === undefined) {
    runGit(['init', '--quiet', '--initial-branch', 'main', '--template='], folder)
    mkdirSync(join(repository, 'info'))
    writeFileSync(join(repository, 'info', 'exclude'), '')
    commitAll(folder)
    begun.set(files, contentsOf(repository))
    return
  }
  for (const [path, bytes] of before) {
    mkdirSync(dirname(join(repository, path)), { recursive: true })
    writeFileSync(join(repository, path), bytes)
  }
}

function contentsOf(folder: string): Map<string, Uint8Array> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  const paths = files.map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
  return new Map(paths.map((path) => [path, readFileSync(join(folder, path))]))
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
