import { randomUUID } from 'node:crypto'
import { isScalar, parseAllDocuments, visit } from 'yaml'
import { createProgram } from '../../src/commands/program.ts'
import { makeRandom } from '../simulation/random.ts'
import { corpus } from './corpus.ts'
import { mutate } from './mutate.ts'
import { realTimer } from '../support/waiting.ts'

/** What was seen: `failures` names the seed of each text that was not answered as it must be. */
export interface FuzzReport {
  runs: number
  failures: { seed: number; what: string; text: string }[]
  /** Texts by the exit code of `validate`. */
  byExit: Record<number, number>
  slowestMs: number
}

/** Milliseconds of CPU for one text. */
const longestMs = 2_000

/**
 * Mutated files, each validated in this process as a user would, once for people and once for programs: no
 * exception, no place outside of the file, no secret in any output, and an answer in a bounded time.
 */
export async function fuzzYaml(first: number, runs: number): Promise<FuzzReport> {
  const samples = corpus()
  const planted = samples.flatMap((sample) => sample.planted)
  const report: FuzzReport = { runs, failures: [], byExit: {}, slowestMs: 0 }
  for (let seed = first; seed < first + runs; seed++) {
    const random = makeRandom(seed)
    const text = mutate(random.pick(samples).text, random.pick(samples).text, random)
    const before = process.cpuUsage()
    const ran = [await validate(text, 'text'), await validate(text, 'json')] as const
    const { user, system } = process.cpuUsage(before)
    const ms = (user + system) / 1_000
    report.slowestMs = Math.max(report.slowestMs, ms)
    report.byExit[ran[0].code] = (report.byExit[ran[0].code] ?? 0) + 1
    const wrong = [
      ...ran.flatMap(({ code, seen }) =>
        code === 0 || code === 3 ? [] : [`exit ${code}: ${seen.slice(0, 200)}`]
      ),
      ...(ran[0].code === ran[1].code ? [] : ['the formats end with different codes']),
      ...(ms > 2 * longestMs ? [`${ms} ms`] : []),
      ...placesOutside(ran[1].seen, text),
      ...leaks(ran.map(({ seen }) => seen).join('\n'), text, planted)
    ]
    for (const what of wrong) report.failures.push({ seed, what, text })
  }
  return report
}

async function validate(text: string, format: 'text' | 'json'): Promise<{ code: number; seen: string }> {
  let seen = ''
  const tell = (words: string): void => void (seen += words)
  const never = (): never => {
    throw new Error('validate asks nobody')
  }
  const program = createProgram({
    out: tell,
    err: tell,
    cwd: '/nowhere',
    env: { NO_COLOR: '1' },
    terminal: { out: false, err: false, in: false, width: 100 },
    ask: never,
    stdin: async () => text,
    interrupted: new Promise<void>(() => undefined),
    now: () => new Date(0),
    sleep: never,
    timer: realTimer,
    fetch: never,
    proxyFor: never,
    backoffMs: 1,
    random: () => 0,
    newKey: () => randomUUID()
  })
  try {
    return { code: await program.run(['validate', '--file', '-', '--format', format]), seen }
  } catch (error) {
    return { code: 1, seen: error instanceof Error ? `${error.message} ${error.stack}` : String(error) }
  }
}

interface LabelJson {
  line: number
  column: number
  end_line: number
  end_column: number
}

/** Each place of each label must be in the text: the line is there, and the column at most one behind its end. */
function placesOutside(seen: string, text: string): string[] {
  const { problems } = JSON.parse(seen) as { problems: { code: string; labels: LabelJson[] }[] }
  const lengths = text.split('\n').map((line) => line.length)
  const isIn = (line: number, column: number): boolean =>
    column >= 1 && column <= (lengths[line - 1] ?? -1) + 2
  return problems.flatMap(({ code, labels }) =>
    labels.flatMap((label) => {
      const { line, column, end_line: endLine, end_column: endColumn } = label
      const isOrdered = line < endLine || (line === endLine && column <= endColumn)
      return isOrdered && isIn(line, column) && isIn(endLine, endColumn)
        ? []
        : [`${code} has a place outside of the file: ${JSON.stringify(label)}`]
    })
  )
}

/**
 * Half of a secret is a leak as well. A mutation may make a key or a name of one, and those are shown: then it
 * is none any more.
 */
function leaks(seen: string, text: string, planted: readonly string[]): string[] {
  return planted.flatMap((secret) => {
    const half = secret.slice(0, 8)
    return text.includes(secret) && seen.includes(half) && !isName(secret, text) ? [`shows ${secret}`] : []
  })
}

/** Whether a mutation made a secret part of a variable's name, or of a name in a file that is YAML. */
function isName(secret: string, text: string): boolean {
  if (new RegExp(`\\$\\{(?:env|var):[^}:]*${secret}`).test(text)) return true
  return parseAllDocuments(text, { logLevel: 'silent' }).some((document) => {
    let found = false
    visit(document, {
      Pair(_key, { key, value }) {
        const isNaming = isScalar(key) && ['name', 'model', 'connection'].includes(String(key.value))
        if (isNaming && isScalar(value)) found ||= String(value.value).includes(secret)
      }
    })
    return found && document.errors.length === 0
  })
}
