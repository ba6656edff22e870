import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  globSync,
  mkdtempSync,
  rmSync,
  statfsSync,
  writeFileSync
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { long } from './support/long.ts'

/**
 * `npm test` and, with `--all`, `npm run test:all`. Other words go to vitest: `npm test -- test/plan`. Ends with the
 * first part that fails.
 */
const root = join(import.meta.dirname, '..')
const words = process.argv.slice(2)
const isAll = words.includes('--all')
const chosen = words.filter((word) => word !== '--all')

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const tests = [vitest, 'run', '--config', join('test', 'vitest.config.ts'), ...chosen]
const few = { TESTS: 'few', SIM_RUNS: '10', LAW_RUNS: '15' }

const known = globSync('test/**/*.test.ts', { cwd: root }).length
const tested = known - globSync(long, { cwd: root }).length

interface Part {
  what: string
  words: string[]
  env?: Record<string, string>
}

const parts: Part[] = isAll
  ? [
      { what: 'every test with all its samples, and every fault at every request', words: tests },
      {
        what: 'the simulation, with worlds of other seeds',
        words: ['test/simulation/run.ts', '--runs', '1000', '--from', '1']
      },
      { what: 'files and answers that are mutated at random', words: ['test/fuzz/run.ts'] },
      {
        what: 'the program broken on purpose: every break must be noticed',
        words: ['test/sabotage/run.ts']
      }
    ]
  : [
      {
        what:
          `${tested} of ${known} test files, with a fair and fixed part of what is drawn at random and of long tables\n` +
          '(test/support/samples.ts): a minute and a half on two cores. `npm run test:all` runs the other files, too\n' +
          '(test/support/long.ts), tries all samples, simulates more, and breaks the program on purpose: many minutes',
        words: tests,
        env: few
      }
    ]

/**
 * A folder for this run. Tests write and remove some ten thousand small files: on Linux that is done in memory, and
 * waits for no disk, where there is room and programs may run. Whoever names a folder with `TMPDIR` gets that one.
 */
function openFolder(): string {
  const memory = '/dev/shm'
  const isFit = process.env['TMPDIR'] === undefined && existsSync(memory) && hasRoom(memory)
  const folder = mkdtempSync(join(isFit && runsPrograms(memory) ? memory : tmpdir(), 'polyctl-tests-'))
  // A server that does not run as root keeps a folder of its own in it, and must get there.
  chmodSync(folder, 0o711)
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  // Ctrl-C ends vitest, and then this: without a listener it would leave the folder behind.
  process.on('SIGINT', () => process.exit(130))
  return folder
}

function hasRoom(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder)
  return bavail * bsize > 2 ** 30
}

/** In a container it is often mounted so that they may not. */
function runsPrograms(folder: string): boolean {
  try {
    const own = mkdtempSync(join(folder, 'polyctl-tests-'))
    try {
      const script = join(own, 'script')
      writeFileSync(script, '#!/bin/sh\n', { mode: 0o700 })
      return spawnSync(script).status === 0
    } finally {
      rmSync(own, { recursive: true, force: true })
    }
  } catch {
    return false
  }
}

/**
 * Builds the program and gives its command, in a folder where no sources are near that it would rather run: tests that
 * start it as a process (`test/support/program.ts`) take half as long.
 */
function build(folder: string): string {
  const { status } = spawnSync(process.execPath, [join('.runtime', 'build.mts')], {
    cwd: root,
    stdio: 'inherit'
  })
  if (status !== 0) process.exit(status ?? 1)
  for (const path of ['.dist', '.runtime', 'package.json'])
    cpSync(join(root, path), join(folder, 'built', path), { recursive: true })
  return join(folder, 'built', '.runtime', 'polyctl.cjs')
}

const folder = openFolder()
// Whoever chooses some tests wants no more than those.
const built: Record<string, string> = isAll || chosen.length > 0 ? {} : { BUILT_PROGRAM: build(folder) }

for (const { what, words, env } of parts) {
  console.log(
    `${parts.length > 1 ? `${parts.findIndex((part) => part.what === what) + 1} of ${parts.length}: ` : ''}${what}\n`
  )
  const { status } = spawnSync(process.execPath, words, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, TMPDIR: folder, ...built, ...env }
  })
  if (status !== 0) process.exit(status ?? 1)
}
