import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WorldIo } from '../../src/commands/io.ts'
import { createProgram } from '../../src/commands/program.ts'
import { createServer } from '../../src/server/index.ts'
import { makeRandom, type Random } from '../simulation/random.ts'
import { realTimer } from '../support/waiting.ts'

/**
 * A small world behind a service whose answers are something else than they should be. Whatever a service
 * answers, a command ends with a problem that says so, or as if nothing had been: it never crashes, a reading
 * command never writes, and applying writes only what its report names.
 */

const files = `
connections:
  - { name: E, type: postgresql, configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:PW}" } }
  - { name: F, type: postgresql, configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:PW}" } }
models:
  - { name: M, connection: E, configuration: { table: public.users }, tracking_columns: [email] }
roles: [{ name: R }]
policies: [{ name: P, policy_actions: [{ action: read, roles: [R] }] }]
users: [{ email: ada@example.com, roles: [R] }]
webhooks: [{ endpoint: "https://x.example", secret: "\${env:PW}" }]
global_error_subscribers: { emails: [ada@example.com] }
record_logging: { enabled: true, prefix: logs }
schema_primary_keys: [{ connection: E, schema: public.users, fields: [email] }]
syncs:
  - name: S
    mode: replace
    model: M
    fields: [{ source: email, target: email }]
    filters: [{ field: email, function: IsNotNull }]
    target: { connection: F, object: public.users }
    schedule: { frequency: daily, hour: 5, minute: 0 }
bulk_syncs:
  - name: B
    mode: replicate
    source: { connection: E }
    destination: { connection: F, configuration: { schema: raw } }
    default_schedule: manual
    schemas: [{ id: public.users, fields: [email] }]
`

/** The commands that only read, and one that writes. */
export const commands: readonly (readonly string[])[] = [
  ['plan'],
  ['plan', '--format', 'json', '--verbose'],
  ['drift', '--format', 'json'],
  ['sources', 'E', '--param', 'table=public.users'],
  ['sources', 'E', '--format', 'json'],
  ['targets', 'F'],
  ['targets', 'F', '--bulk'],
  ['targets', 'F', 'public.users'],
  ['connect', 'E', '--no-wait'],
  ['apply', '--yes', '--format', 'json']
]

/** One answer: what was asked, and the text that it is answered with. */
export type Change = (line: string, text: string) => string | Response

/** How a command ended, and which writes reached the service. */
export interface Ended {
  code: number
  out: string
  err: string
  writes: string[]
}

export interface Stage {
  run(words: readonly string[], change?: Change): Promise<Ended>
  close(): void
}

/** Everything is as the files say, and nothing of it was changed yet. */
export async function openStage(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'polyctl-answers-'))
  mkdirSync(join(folder, 'configs'))
  writeFileSync(join(folder, 'configs', 'a.yaml'), files)
  const server = createServer({})
  const stage: Stage = {
    async run(words, change = (_line, text) => text) {
      const ended: Ended = { code: 0, out: '', err: '', writes: [] }
      const io: WorldIo = {
        out: (text) => void (ended.out += text),
        err: (text) => void (ended.err += text),
        cwd: folder,
        env: {
          POLYTOMIC_URL: 'https://app.polytomic.com',
          POLYTOMIC_API_KEY: server.apiKey,
          PW: 'planted-secret'
        },
        terminal: { out: false, err: false, in: false, width: 100 },
        ask: async () => '',
        stdin: async () => '',
        interrupted: new Promise<void>(() => undefined),
        now: () => new Date(),
        sleep: () => new Promise((resolve) => setImmediate(resolve)),
        timer: realTimer,
        random: () => 0,
        backoffMs: 1,
        newKey: () => crypto.randomUUID(),
        proxyFor: () => '',
        async fetch(request) {
          const line = `${request.method} ${new URL(request.url).pathname}`
          const isQuestion = /\/(source|target)\/fields$/.test(line)
          if (request.method !== 'GET' && !isQuestion) ended.writes.push(line)
          const reply = await server.fetch(request)
          if (!reply.ok || reply.status === 204) return reply
          const changed = change(line, await reply.text())
          return typeof changed === 'string' ? new Response(changed, { status: reply.status }) : changed
        }
      }
      ended.code = await createProgram(io).run([...words])
      return ended
    },
    close() {
      server.close()
      rmSync(folder, { recursive: true, force: true })
    }
  }
  // A source is read for a while after it was connected: then the rest follows.
  let first = await stage.run(['apply', '--yes'])
  for (let tries = 0; first.code !== 0 && tries < 5; tries++) first = await stage.run(['apply', '--yes'])
  if (first.code !== 0) throw new Error(`the stage cannot be set: ${first.out}${first.err}`)
  return stage
}

/** What is wrong with how a command ended; nothing where that is allowed. */
export function complaint(words: readonly string[], { code, out, err, writes }: Ended): string | undefined {
  const text = `${out}${err}`
  if (code === 1 || /should not|TypeError|RangeError|at .*\.ts:\d/.test(text))
    return `crashed: ${text.slice(-600)}`
  if (/planted-secret/.test(text)) return 'told a secret'
  if (![0, 2, 3, 4, 5, 6, 7, 8].includes(code)) return `ended with ${code}`
  const writesMay = words[0] === 'apply' || words[0] === 'connect'
  if (!writesMay && writes.length > 0) return `wrote: ${writes.join(', ')}`
  if (writes.some((line) => line.startsWith('DELETE') && !line.endsWith('/primary_keys')))
    return `deleted: ${writes.join(', ')}`
  if (words.includes('json')) {
    const report = JSON.parse(out) as { results?: { action: string }[]; problems?: unknown[] }
    const settled = report.results ?? []
    const posts = writes.filter((line) => /^POST \/api\/(?!.*\/(enable|disable)$)/.test(line)).length
    if (words[0] === 'apply' && writes.length > 0 && settled.length === 0)
      return `wrote what no report names: ${writes.join(', ')}`
    if (words[0] === 'apply' && posts > settled.filter(({ action }) => action === 'create').length * 4)
      return `made what no report names: ${writes.join(', ')}`
  }
  if (code >= 3 && code !== 8 && !/\bP\d{3}\b/.test(text)) return `names no problem: ${text.slice(-300)}`
  return undefined
}

/** The places of all members of a JSON value; of a list only the first item, for all are alike. */
export function placesIn(
  value: unknown,
  at: readonly (string | number)[] = []
): (readonly (string | number)[])[] {
  if (Array.isArray(value)) return [at, ...(value.length > 0 ? placesIn(value[0], [...at, 0]) : [])]
  if (typeof value !== 'object' || value === null) return [at]
  return [at, ...Object.entries(value).flatMap(([name, inner]) => placesIn(inner, [...at, name]))]
}

/** The value with another one at a place; undefined takes it away. */
export function replacedAt(
  value: unknown,
  [step, ...rest]: readonly (string | number)[],
  by: unknown
): unknown {
  if (step === undefined) return by
  if (Array.isArray(value))
    return value.map((item, index) => (index === step ? replacedAt(item, rest, by) : (item as unknown)))
  const entries = Object.entries(value as object).flatMap(([name, inner]): [string, unknown][] => {
    if (name !== step) return [[name, inner]]
    const changed = replacedAt(inner, rest, by)
    return changed === undefined ? [] : [[name, changed]]
  })
  return Object.fromEntries(entries)
}

const deep = JSON.parse(`${'['.repeat(3_000)}${']'.repeat(3_000)}`) as unknown

/** What stands in place of a member. */
export const others: readonly unknown[] = [
  undefined,
  null,
  7,
  'x',
  true,
  [],
  {},
  [null],
  [[7]],
  { id: 7 },
  [{ id: 'x' }]
]

/** Answers as a whole that are none. */
const wholes: readonly ((text: string) => string | Response)[] = [
  () => '',
  () => 'null',
  () => '[]',
  () => '"x"',
  () => '<html>',
  (text) => text.slice(0, text.length / 2),
  (text) => `${text}${text}`,
  () => '{"data":null}',
  () => '{"data":[null]}',
  () => '{"data":{}}',
  (text) => text.replace('{', '{"data":7,'),
  (text) => text.replace(/\}$/, ',"data":7}'),
  (text) => text.replace('"data":', `"data":${'['.repeat(3_000)}${']'.repeat(3_000)},"was":`),
  (text) => text.replaceAll(/"name":"([^"]*)"/g, '"name":"$1","name":[]'),
  (text) => text.replaceAll(/"id":"[^"]*"/g, '"id":"00000000-0000-4000-8000-000000000000"'),
  () => new Response('{}', { status: 503 }),
  () => new Response(`${'{"error":'.repeat(3_000)}1${'}'.repeat(3_000)}`, { status: 422 }),
  () => new Response(null, { status: 302, headers: { location: 'https://evil.example/' } })
]

const names = ['__proto__', 'constructor', 'toString', 'length', '']

/** A mutated answer, by chance. */
function mutated(text: string, random: Random): string | Response {
  const pick = <T>(all: readonly T[]): T => all[random.below(all.length)]!
  if (random.below(6) === 0) return pick(wholes)(text)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return text
  }
  const times = 1 + random.below(3)
  for (let time = 0; time < times; time++) {
    const place = pick(everyPlace(value))
    const by = pick<unknown>([
      ...others,
      deep,
      'x'.repeat(10_000),
      -1e308,
      0.1,
      '\u0000\u001b[31m',
      { [pick(names)]: pick(others) ?? null }
    ])
    value = replacedAt(value, place, by)
    if (value === undefined) return ''
  }
  return JSON.stringify(value)
}

function everyPlace(
  value: unknown,
  at: readonly (string | number)[] = []
): (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null || at.length > 12) return [at]
  const inner = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return [at, ...inner.flatMap(([name, part]) => everyPlace(part, [...at, name]))]
}

/** What came of as many mutated answers as were asked for. */
export interface AnswersReport {
  runs: number
  failures: { seed: number; what: string; text: string }[]
  byExit: Record<string, number>
}

/** Each seed is one command against a service of which one or a few answers are mutated. */
export async function fuzzAnswers(from: number, runs: number): Promise<AnswersReport> {
  const report: AnswersReport = { runs, failures: [], byExit: {} }
  let stage = await openStage()
  try {
    for (let seed = from; seed < from + runs; seed++) {
      const random = makeRandom(seed)
      const words = commands[random.below(commands.length)]!
      const most = 1 + random.below(3)
      const reported: string[] = []
      const change: Change = (line, text) => {
        if (reported.length >= most || random.below(3) > 0) return text
        const answer = mutated(text, random)
        reported.push(`${line}: ${typeof answer === 'string' ? answer.slice(0, 300) : answer.status}`)
        return answer
      }
      let what: string | undefined
      try {
        const ended = await stage.run(words, change)
        what = complaint(words, ended)
        report.byExit[ended.code] = (report.byExit[ended.code] ?? 0) + 1
        if (ended.writes.length > 0) {
          stage.close()
          stage = await openStage()
        }
      } catch (error) {
        what = error instanceof Error ? (error.stack ?? error.message) : String(error)
      }
      if (what !== undefined)
        report.failures.push({ seed, what: `${words.join(' ')}: ${what}`, text: reported.join('\n') })
    }
  } finally {
    stage.close()
  }
  return report
}
