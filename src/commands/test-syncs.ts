import { resolve } from 'node:path'
import type { Understood } from '../config/understand.ts'
import { saveChanged } from '../config/source/index.ts'
import { isError, problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { differenceOf, recordText } from '../executions/expectations.ts'
import { kinds } from '../kinds/index.ts'
import { idlePatterns, isNamed, unknownAddress } from '../plan/select.ts'
import { unwritable } from '../pull/left-problems.ts'
import { WrittenFiles } from '../pull/written.ts'
import type { TestView } from '../render/view/tests.ts'
import { addressText, type Desired } from '../state/resource.ts'
import { exit, exitOfProblems } from './exit.ts'
import { environmentVariables, understandChanged, understandFiles } from './files.ts'
import type { CommandIo } from './io.ts'
import type { FileOptions } from './options.ts'
import type { Result } from './output.ts'
import { nothingRead, problemsResult, type ReadSoFar } from './result.ts'
import { tested, type TestedSync } from './sync-tests.ts'
import { withExpectations } from './test-update.ts'

/** As typed. */
export interface TestOptions extends FileOptions {
  update?: boolean
}

/** `polyctl test [SYNC…]`: says what syncs would do with the rows of their tests. It asks nobody. */
export async function testCommand(
  patterns: readonly string[],
  options: TestOptions,
  io: CommandIo
): Promise<Result> {
  const found = environmentVariables(io, options)
  if (found.problems.some(isError)) return await problemsResult(io, found.problems, nothingRead)
  const read = await understoodOffline(options, io, found.env)
  const { result, texts, files } = read.understanding
  const so: ReadSoFar = { texts, files: files.length }
  if (!result.ok) return await problemsResult(io, [...found.problems, ...result.problems], so)
  const syncs = chosen(patterns, result.value)
  if ('problems' in syncs) return await problemsResult(io, syncs.problems, so)
  const all = await allTested(syncs.chosen, result.value, io)
  if (all.problems.length > 0) return await problemsResult(io, all.problems, so)
  const answered = async (tests: TestView[], problems: Diagnostic[]): Promise<Result> => {
    const { testsView } = await import('../render/view/tests.ts')
    const view = testsView(tests, problems, { texts, hide: io.redaction.shown })
    const hasFailed = tests.some(({ state }) => state === 'failed')
    const code = problems.some(isError)
      ? await exitOfProblems(problems)
      : hasFailed
        ? exit.failure
        : exit.done
    return { code, answer: { type: 'tests', view } }
  }
  const views = all.tested.flatMap(viewsOf)
  if (options.update !== true) return await answered(views, all.tested.flatMap(withoutAny))
  const updated = withExpectations(all.tested, read.written)
  const again = await understandChanged(io, options, read.env, {
    texts: updated.texts,
    witness: new WrittenFiles(kinds)
  })
  const wrong = again.result.ok
    ? await failing(syncs.chosen, again.result.value, io)
    : new Set(updated.changed.map(({ address }) => addressText(address)))
  const isSound = (address: string): boolean => !wrong.has(address)
  const problems = [...updated.left]
  for (const [path, text] of updated.texts) {
    const before = read.written.all.find(({ source }) => source.path === path)?.source.text ?? ''
    const own = updated.changed.filter(({ file }) => file === path)
    if (!own.every(({ address }) => isSound(addressText(address)))) {
      problems.push(...own.map(({ at }) => notWritten(at, 'it would not mean what it should')))
      continue
    }
    const reason = saveChanged(resolve(io.cwd, path), before, text)
    if (reason !== undefined) problems.push(unwritable(path, reason))
    else for (const { view } of own) written(views, view)
  }
  return await answered(views, problems)
}

/** Secrets do not matter here: a variable that is not set is taken for some text. */
async function understoodOffline(
  options: TestOptions,
  io: CommandIo,
  env: Record<string, string | undefined>
) {
  const first = new WrittenFiles(kinds)
  const understanding = await understandFiles(io, options, env, { witness: first })
  const { result, texts } = understanding
  const isUnset = !result.ok && result.problems.filter(isError).every(({ code }) => code === 'P301')
  if (!isUnset) return { understanding, written: first, env }
  const names = [...texts.values()].flatMap((text) =>
    Array.from(text.matchAll(/\$\{env:(\w+)/g), ([, name = '']) => name)
  )
  const filled = { ...Object.fromEntries(names.map((name) => [name, '1'])), ...env }
  const written = new WrittenFiles(kinds)
  return {
    understanding: await understandFiles(io, options, filled, { witness: written }),
    written,
    env: filled
  }
}

function chosen(
  patterns: readonly string[],
  { desired }: Understood
): { chosen: Desired[] } | { problems: Diagnostic[] } {
  const { resources } = desired
  const idle = idlePatterns(resources, patterns, kinds)
  if (idle.length > 0) return { problems: idle.map((pattern) => unknownAddress(pattern, resources, kinds)) }
  const named = resources.filter(
    (one) => patterns.length === 0 || patterns.some((pattern) => isNamed(one, pattern, kinds))
  )
  const withTests = named.filter(({ own }) => Array.isArray(own?.tests) && own.tests.length > 0)
  return withTests.length > 0 ? { chosen: withTests } : { problems: [nothingToTest(patterns)] }
}

async function allTested(
  syncs: readonly Desired[],
  { desired }: Understood,
  io: CommandIo
): Promise<{ tested: TestedSync[]; problems: Diagnostic[] }> {
  const all: TestedSync[] = []
  const problems: Diagnostic[] = []
  for (const sync of syncs) {
    const one = await tested(sync, desired.resources, () => io.now())
    problems.push(...one.problems)
    if (one.tested !== undefined) all.push(one.tested)
  }
  return { tested: all, problems }
}

/** The syncs whose tests do not pass. */
async function failing(
  before: readonly Desired[],
  understood: Understood,
  io: CommandIo
): Promise<Set<string>> {
  const addresses = new Set(before.map(addressText))
  const now = understood.desired.resources.filter((one) => addresses.has(addressText(one)))
  const all = await allTested(now, understood, io)
  const passing = all.tested.filter((one) => viewsOf(one).every(({ state }) => state === 'passed'))
  return new Set(
    [...addresses].filter((one) => !passing.some(({ resource }) => addressText(resource) === one))
  )
}

function viewsOf({ resource: sync, tests }: TestedSync): TestView[] {
  return tests.map(({ test, done }, index) => {
    const { missing, unexpected } = differenceOf(test.expected ?? [], done)
    const lines = [
      ...missing.map((one) => `- ${recordText(one)}`),
      ...unexpected.map((one) => `+ ${recordText(one)}`)
    ]
    const hasFailed = lines.length > 0 || test.expected === undefined
    return {
      address: { kind: sync.kind, name: sync.name },
      name: test.name,
      state: hasFailed ? 'failed' : 'passed',
      place: sync.spanAt(['tests', index, 'name']),
      lines
    }
  })
}

function withoutAny({ resource: sync, tests }: TestedSync): Diagnostic[] {
  return tests.flatMap(({ test }, index) =>
    test.expected === undefined
      ? [
          problem('P815', `the test \`${test.name}\` of ${addressText(sync)} expects nothing`, {
            labels: [{ span: sync.spanAt(['tests', index, 'name']), text: 'this has no `expect`' }],
            help: ['`polyctl test --update` writes what is done; `expect: []` says that nothing is']
          })
        ]
      : []
  )
}

function written(views: readonly TestView[], { address, name }: Pick<TestView, 'address' | 'name'>): void {
  const view = views.find((one) => addressText(one.address) === addressText(address) && one.name === name)
  if (view !== undefined) view.state = 'updated'
}

function notWritten(span: Desired['span'], because: string): Diagnostic {
  return problem('P814', `what the test expects was not written: ${because}`, {
    labels: [{ span, text: 'this test' }],
    help: ['write it by hand']
  })
}

function nothingToTest(patterns: readonly string[]): Diagnostic {
  const what = patterns.length === 0 ? 'no sync has tests' : 'none of these has tests'
  return problem('P813', what, {
    help: ['write `tests:` beside a sync: `polyctl help testing` shows how']
  })
}
