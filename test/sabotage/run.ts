import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { breaks, type Break, type Noticing } from './breaks.ts'

/**
 * Breaks the program on purpose, one way after the other, and looks whether the tests notice: `npm run sabotage`, or
 * `npm run sabotage -- prune` for those that speak of pruning. All of it happens in a copy. Ends with 0 when every break was noticed
 * by every test that must.
 */
const root = new URL('../..', import.meta.url).pathname
const copied = [
  'src',
  'test',
  'schemas',
  'configs',
  '.ci',
  '.runtime',
  'package.json',
  'tsconfig.json',
  'README.md'
]

/** A test as it ended. */
interface Ended {
  file: string
  title: string
  status: string
}

const words = process.argv.slice(2)
const chosen = breaks.filter(({ what }) => words.every((word) => what.includes(word)))
const copy = mkdtempSync(join(tmpdir(), 'polyctl-sabotage-'))
process.once('exit', () => rmSync(copy, { recursive: true, force: true }))
process.once('SIGINT', () => process.exit(130))

for (const path of copied) cpSync(join(root, path), join(copy, path), { recursive: true })
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))

const missing = unlike('passed', unique(chosen.flatMap(({ noticedBy }) => noticedBy)))
if (chosen.length === 0 || missing.length > 0) {
  console.error(['Without any break, these are not there, or fail:', ...missing.map(named)].join('\n  '))
  process.exit(1)
}
const unnoticed = chosen.filter((one) => !isNoticed(one))
console.log(`\n${chosen.length} breaks, ${chosen.length - unnoticed.length} noticed`)
if (unnoticed.length > 0) process.exitCode = 1

/** Breaks the copy, has the tests look at it, and mends it again. */
function isNoticed({ what, file, find, replace, noticedBy }: Break): boolean {
  const path = join(copy, file)
  const whole = readFileSync(path, 'utf8')
  const pieces = whole.split(find)
  if (pieces.length !== 2) throw new Error(`${file} has \`${find}\` ${pieces.length - 1} times`)
  writeFileSync(path, pieces.join(replace))
  const asleep = unlike('failed', noticedBy)
  writeFileSync(path, whole)
  const lines = noticedBy.map(
    (one) => `${asleep.includes(one) ? 'NOT noticed by' : 'noticed by'} ${named(one)}`
  )
  console.log([`${asleep.length === 0 ? '✓' : '✗'} ${what} (${file})`, ...lines].join('\n    '))
  return asleep.length === 0
}

/** Those of the tests that are not there, or did not end like this. */
function unlike(status: 'passed' | 'failed', tests: readonly Noticing[]): Noticing[] {
  const ended = outcomes(tests)
  return tests.filter(
    ({ file, test }) =>
      !ended.some((one) => one.file === file && one.title === test && one.status === status)
  )
}

/** Runs only the tests that are asked for. Without a report of theirs, as when nothing can be loaded any more, none has ended. */
function outcomes(tests: readonly Noticing[]): Ended[] {
  const files = [...new Set(tests.map(({ file }) => file))]
  const titles = tests.map(({ test }) => test.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
  const report = join(copy, 'report.json')
  rmSync(report, { force: true })
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/vitest.config.ts']
  const telling = ['--reporter=json', `--outputFile=${report}`, '-t', `(${titles.join('|')})$`]
  spawnSync(process.execPath, [...vitest, ...telling, ...files], { cwd: copy, stdio: 'ignore' })
  if (!existsSync(report)) return []
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
    testResults: { name: string; assertionResults: { title: string; status: string }[] }[]
  }
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ title, status }) => ({
      file: name.slice(name.indexOf('test/')),
      title,
      status
    }))
  )
}

function unique(tests: readonly Noticing[]): Noticing[] {
  return [...new Map(tests.map((one) => [named(one), one])).values()]
}

function named({ file, test }: Noticing): string {
  return `${file}: ${test}`
}
