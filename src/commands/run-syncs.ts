import { problem, type Checked, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Condition } from '../executions/conditions.ts'
import type { SyncRun } from '../executions/events.ts'
import { runAll } from '../executions/run.ts'
import { lastExecution, type Executable } from '../executions/start.ts'
import { kinds } from '../kinds/index.ts'
import { idlePatterns, isNamed, unknownAddress } from '../plan/select.ts'
import { failureProblem } from '../remote/failure.ts'
import { identify } from '../remote/identity.ts'
import { observe } from '../remote/observe.ts'
import { openReader, openWriter, type Reader } from '../remote/transport.ts'
import type { ExecutionsView, RunState } from '../render/view/executions.ts'
import { addressText } from '../state/resource.ts'
import { downloads, keepLogs, onlyRejected } from './run-logs.ts'
import { bounded } from './run-bounds.ts'
import type { BoundOptions } from './run-bounds.ts'
import {
  afterApproval,
  approvedOf,
  isPreviewFile,
  readPreviews,
  type ReadPreviews
} from './run-approved.ts'
import { exit, exitOfProblems } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { ReadOptions } from './options.ts'
import type { Result } from './output.ts'
import { interruptedResult, nothingRead, problemsResult } from './result.ts'
import { reading, withContext, type CommandContext } from './run.ts'

/** As typed. Without names, `failed` or `all`, nothing is run. */
export interface RunCommandOptions extends ReadOptions, BoundOptions {
  all?: boolean
  /** Names of kinds. */
  kind: string[]
  failed?: boolean
  /** Only the records that their last executions were refused. */
  rejected?: boolean
  /** The folder for the log files of the executions. */
  logs?: string
  resync?: boolean
  test?: boolean
  identity: string[]
  detach?: boolean
  join?: boolean
  cancel?: boolean
  /** At most so many syncs run at once. */
  atOnce: number
  failOn: Condition[]
  /** How old a file of previews may be, in milliseconds. */
  maxAge: number
  /** Records are told by their names, whatever the format. */
  values?: boolean
}

/**
 * `polyctl run NAME…`: starts syncs of the service and follows them to their ends. What the service has is
 * run, declared or not.
 */
export async function runCommand(
  patterns: readonly string[],
  options: RunCommandOptions,
  io: CommandIo
): Promise<Result> {
  const isNamed = patterns.length > 0 || [options.all, options.failed, options.rejected].includes(true)
  if (!isNamed) return await problemsResult(io, [nothingNamed('run')], nothingRead)
  const odds = atOdds(options)
  if (odds.length > 0) return await problemsResult(io, odds, nothingRead)
  const approved = patterns.some(isPreviewFile) ? readPreviews(patterns, options, io) : undefined
  if (approved?.ok === false) return await problemsResult(io, approved.problems, nothingRead)
  return await withContext(io, options, (context) => run(patterns, options, io, context, approved?.value), {
    filesOptional: true,
    finishes: true,
    moves: true
  })
}

async function run(
  patterns: readonly string[],
  options: RunCommandOptions,
  io: CommandIo,
  context: CommandContext,
  previews: ReadPreviews | undefined
): Promise<Result> {
  const { service, understood } = context
  const read = await reading(context, io, async (reader) => {
    const who = await identify(reader, understood.desired.workspace)
    if (!who.ok) return who
    const found = await chosen(previews === undefined ? patterns : [], options, reader, context)
    if (!found.ok) return found
    const meant =
      options.rejected === true ? await onlyRejected(found.value, reader, downloads(service.remote)) : found
    if (!meant.ok) return meant
    const handed =
      previews === undefined
        ? { ok: true as const, value: { executables: meant.value, approvals: new Map() } }
        : await approvedOf(previews, meant.value, who.value, reader, openWriter(service.remote))
    if (!handed.ok) return handed
    const { executables, approvals } = handed.value
    const within = await bounded(executables, understood.desired.resources, options, reader)
    return within.ok
      ? { ...within, value: { executables: within.value, approvals, who: who.value } }
      : within
  })
  if (service.remote.stop?.aborted === true)
    return await interruptedResult('Interrupted: nothing was started.')
  if (!read.ok) return await problemsResult(io, read.problems, context)
  const { executables, approvals, who } = read.value
  context.problems.push(...read.problems)
  const { stop: _stop, unwanted: _unwanted, ...patient } = service.remote
  const { eventLine } = await import('../render/executions.ts')
  const done = await runAll(
    executables,
    {
      request: {
        resync: options.resync === true,
        test: options.test === true,
        identities: options.identity
      },
      most: options.atOnce,
      detach: options.detach === true,
      join: options.join === true
    },
    {
      writer: openWriter(service.remote),
      ...(options.cancel === true ? { canceling: openWriter(patient) } : {}),
      tell(event) {
        const line = options.quiet === true ? undefined : eventLine(event)
        if (line !== undefined && !io.output.isDocument) io.output.say(line)
      }
    }
  )
  const runs =
    previews === undefined
      ? done
      : await afterApproval(previews, tellsNames(options, io), done, approvals, openReader(service.remote))
  const header = { ...context.header, organization: who.name, organizationId: who.id }
  const lost = await logged(runs, executables, options, io, context)
  const result = await runsResult(runs, { ...context, header }, options)
  return lost && result.code === exit.done ? { ...result, code: exit.failure } : result
}

/** Keeps the log files, and returns whether some could not be kept. */
async function logged(
  runs: readonly SyncRun[],
  executables: readonly Executable[],
  { logs, quiet }: RunCommandOptions,
  { cwd, output }: CommandIo,
  { service, problems }: CommandContext
): Promise<boolean> {
  if (logs === undefined || service.remote.stop?.aborted === true) return false
  const { kept, problems: lost } = await keepLogs(runs, executables, service.remote, logs, cwd)
  problems.push(...lost)
  if (quiet !== true && !output.isDocument) output.say(`Logs: ${kept} files in ${logs}.`)
  return lost.length > 0
}

/** Names of records stay on a person's terminal, unless they are asked for. */
function tellsNames({ values }: RunCommandOptions, { output, terminal }: CommandIo): boolean {
  return values === true || (terminal.out && terminal.err && !output.isKept)
}

async function runsResult(
  runs: readonly SyncRun[],
  context: CommandContext,
  options: RunCommandOptions
): Promise<Result> {
  const interrupted = context.service.remote.stop?.aborted === true
  const { executionsView } = await import('../render/view/executions.ts')
  const view = executionsView(runs, context.header, context.view, {
    problems: context.problems,
    conditions: options.failOn,
    interrupted
  })
  const code = interrupted ? exit.interrupted : await exitOf(view)
  return { code, answer: { type: 'executions', view } }
}

/** What failed goes before what is not clean. A start that the service refuses is a run that failed. */
async function exitOf({ runs, problems }: ExecutionsView): Promise<number> {
  const has = (...states: readonly RunState[]): boolean => runs.some(({ state }) => states.includes(state))
  const isRefused = runs.some(({ problem }) => problem?.code === 'P601')
  if (runs.length > 0 && runs.every(({ problem }) => problem?.code === 'P806')) return exit.conflict
  if (isRefused || has('failed', 'canceled', 'unknown')) return exit.failure
  if (has('not started')) return await exitOfProblems(problems.problems)
  if (has('stopped')) return exit.refused
  return has('degraded', 'skipped') ? exit.partial : exit.done
}

/** The live syncs that the words mean. */
export async function chosen(
  patterns: readonly string[],
  options: { kind: readonly string[]; failed?: boolean },
  reader: Reader,
  { understood }: CommandContext
): Promise<Checked<Executable[]>> {
  const executable = kinds.managed.filter(({ executions }) => executions !== undefined)
  const managed = executable.filter((kind) => options.kind.length === 0 || isOneOf(kind, options.kind))
  if (managed.length === 0) return { ok: false, problems: [notExecutable(options.kind, executable)] }
  const desired = { workspace: understood.desired.workspace, resources: [], removed: [] }
  const observed = await observe(reader, desired, { managed }, { everything: true })
  if (!observed.ok) return observed
  const all = observed.value.resources.flatMap((live) => {
    const kind = managed.find(({ name }) => name === live.kind)
    return kind?.executions === undefined ? [] : [{ live, kind: { ...kind, executions: kind.executions } }]
  })
  const lives = all.map(({ live }) => live)
  const byId = (pattern: string): Executable[] =>
    all.filter(({ live }) => live.id.toLowerCase() === pattern.toLowerCase())
  const idle = idlePatterns(lives, patterns, { managed }).filter((pattern) => byId(pattern).length === 0)
  const unsure = patterns.flatMap((pattern) => ambiguous(pattern, all))
  const problems = [
    ...idle.map((pattern) => unknownAddress(pattern, lives, { managed }, 'live')),
    ...unsure
  ]
  if (problems.length > 0) return { ok: false, problems }
  const meant = all.filter(
    ({ live }) =>
      patterns.length === 0 ||
      patterns.some(
        (pattern) => isNamed(live, pattern, { managed }) || byId(pattern).some((one) => one.live === live)
      )
  )
  return options.failed === true ? await notClean(meant, reader) : { ok: true, value: meant, problems: [] }
}

/** A name alone must mean one: a pattern may mean several, and says so. */
function ambiguous(pattern: string, all: readonly Executable[]): Diagnostic[] {
  const same = all.filter(({ live }) => live.name === pattern || addressText(live) === pattern)
  if (same.length < 2) return []
  return [
    problem('P401', `\`${pattern}\` matches ${same.length} live resources`, {
      notes: same.map(({ live }) => `live: ${addressText(live)}, ${live.id}`),
      help: ['give the address, or the id']
    })
  ]
}

/** Those whose last execution did not end well. One that never ran has not failed. */
async function notClean(all: readonly Executable[], reader: Reader): Promise<Checked<Executable[]>> {
  const looks = await Promise.all(all.map(async (one) => ({ one, seen: await lastExecution(one, reader) })))
  const problems = looks.flatMap(({ one, seen }) =>
    seen.ok ? [] : [failureProblem(seen.failure, `reading the last execution of ${addressText(one.live)}`)]
  )
  if (problems.length > 0) return { ok: false, problems }
  const value = looks.flatMap(({ one, seen }) => {
    const last = seen.ok ? seen.last : undefined
    if (last === undefined) return []
    const isClean =
      last.ended === 'completed' &&
      (last.counts.errors ?? 0) === 0 &&
      last.parts.every(({ hasFailed }) => !hasFailed)
    return isClean ? [] : [one]
  })
  return { ok: true, value, problems: [] }
}

function isOneOf({ name, section }: { name: string; section: string }, words: readonly string[]): boolean {
  return words.some((word) => [name, section].includes(word.replaceAll(/[ -]/g, '_')))
}

function notExecutable(words: readonly string[], executable: readonly { name: string }[]): Diagnostic {
  return problem('P803', `\`--kind ${words.join(', ')}\` is nothing that runs`, {
    help: [`write ${executable.map(({ name }) => `\`--kind ${name}\``).join(' or ')}`]
  })
}

/** Options that exclude each other. */
function atOdds({ local, rejected, identity, resync, detach, logs }: RunCommandOptions): Diagnostic[] {
  const both = (one: string, other: string, help: string): Diagnostic =>
    problem('P617', `\`${one}\` cannot be used with \`${other}\``, { help: [help] })
  const help = '`--rejected` sends what the last execution was refused, and nothing else'
  return [
    ...(detach === true && local === true ? [endsWithIt()] : []),
    ...(rejected === true && identity.length > 0 ? [both('--rejected', '--identity', help)] : []),
    ...(rejected === true && resync === true ? [both('--rejected', '--resync', help)] : []),
    ...(logs !== undefined && detach === true
      ? [both('--logs', '--detach', 'logs are there when an execution has ended: leave `--detach` out')]
      : [])
  ]
}

/** What runs on the local server ends with the command. */
function endsWithIt(): Diagnostic {
  return problem('P617', '`--detach` cannot be used with `--local`', {
    notes: ['the local server runs within this command, and nothing would be left to run the syncs'],
    help: ['leave `--detach` out, or start `polyctl server --run` and use `--url`']
  })
}

/** Nothing was named, and silence does not mean all. */
export function nothingNamed(command: 'run' | 'preview'): Diagnostic {
  return problem('P803', 'nothing says which syncs are to run', {
    help: [
      `name them: polyctl ${command} Users, or a pattern: polyctl ${command} 'sync "Users*"'`,
      command === 'run'
        ? '`--failed` runs those whose last run was not clean, and `--all` all of them'
        : '`--all` previews all of them'
    ]
  })
}
