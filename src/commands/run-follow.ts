import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Condition } from '../executions/conditions.ts'
import type { SyncRun } from '../executions/events.ts'
import { runAll } from '../executions/run.ts'
import type { Executable } from '../executions/start.ts'
import { openWriter } from '../remote/transport.ts'
import type { ExecutionsView, RunState } from '../render/view/executions.ts'
import type { StartRequest } from '../state/execution.ts'
import { exit, exitOfProblems } from './exit.ts'
import type { CommandIo } from './io.ts'
import { keepLogs } from './run-logs.ts'
import type { CommandContext } from './run.ts'

/** How executions are started and followed, as typed. */
export interface RunningOptions {
  /** They follow an apply: nobody has named them. */
  run?: boolean
  local?: boolean
  quiet?: boolean
  /** The folder for the log files of the executions. */
  logs?: string
  detach?: boolean
  join?: boolean
  cancel?: boolean
  /** At most so many syncs run at once. */
  atOnce?: number
  failOn?: Condition[]
}

const usualAtOnce = 4

/** Starts syncs, follows them, and says what came of them. `after` may know more of that. */
export async function followedRuns(
  executables: readonly Executable[],
  request: StartRequest,
  options: RunningOptions,
  io: CommandIo,
  context: CommandContext,
  after: (runs: SyncRun[]) => Promise<SyncRun[]> = (runs) => Promise.resolve(runs)
): Promise<{ view: ExecutionsView; code: number }> {
  const { service } = context
  const { stop: _stop, unwanted: _unwanted, ...patient } = service.remote
  const { eventLine } = await import('../render/executions.ts')
  const done = await runAll(
    executables,
    {
      request,
      most: options.atOnce ?? usualAtOnce,
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
  const runs = await after(done)
  const lost = await logged(runs, executables, options, io, context)
  const view = await runsView(runs, options, context)
  const code = service.remote.stop?.aborted === true ? exit.interrupted : await exitOfRuns(view)
  return { view, code: lost && code === exit.done ? exit.failure : code }
}

/** What is told of runs, or of why there are none; `isLook`: of executions that others started. */
export async function runsView(
  runs: readonly SyncRun[],
  { failOn = [], run = false }: Pick<RunningOptions, 'failOn' | 'run'>,
  { service, header, view, problems }: CommandContext,
  isLook = false
): Promise<ExecutionsView> {
  const { executionsView } = await import('../render/view/executions.ts')
  const interrupted = service.remote.stop?.aborted === true
  return executionsView(runs, header, view, {
    problems,
    conditions: failOn,
    interrupted,
    isLook,
    isNamed: !run
  })
}

/** Keeps the log files, and returns whether some could not be kept. */
async function logged(
  runs: readonly SyncRun[],
  executables: readonly Executable[],
  { logs, quiet }: RunningOptions,
  { cwd, output }: CommandIo,
  { service, problems }: CommandContext
): Promise<boolean> {
  if (logs === undefined || service.remote.stop?.aborted === true) return false
  const { kept, problems: lost } = await keepLogs(runs, executables, service.remote, logs, cwd)
  problems.push(...lost)
  if (quiet !== true && !output.isDocument) output.say(`Logs: ${kept} files in ${logs}.`)
  return lost.length > 0
}

/** What failed goes before what is not clean. A start that the service refuses is a run that failed. */
export async function exitOfRuns({ runs, problems }: ExecutionsView): Promise<number> {
  const has = (...states: readonly RunState[]): boolean => runs.some(({ state }) => states.includes(state))
  const isRefused = runs.some(({ problem }) => problem?.code === 'P601')
  if (runs.length > 0 && runs.every(({ problem }) => problem?.code === 'P806')) return exit.conflict
  if (isRefused || has('failed', 'canceled', 'unknown')) return exit.failure
  if (has('not started')) return await exitOfProblems(problems.problems)
  if (has('stopped')) return exit.refused
  return has('degraded', 'skipped') ? exit.partial : exit.done
}

/** Options that exclude each other. */
export function runningOdds({ local, detach, logs }: RunningOptions): Diagnostic[] {
  const help = 'logs are there when an execution has ended: leave `--detach` out'
  return [
    ...(detach === true && local === true ? [endsWithIt()] : []),
    ...(logs !== undefined && detach === true ? [both('--logs', '--detach', help)] : [])
  ]
}

/** Two options that cannot be given together. */
export function both(one: string, other: string, help: string): Diagnostic {
  return problem('P617', `\`${one}\` cannot be used with \`${other}\``, { help: [help] })
}

/** What runs on the local server ends with the command. */
function endsWithIt(): Diagnostic {
  return problem('P617', '`--detach` cannot be used with `--local`', {
    notes: ['the local server runs within this command, and nothing would be left to run the syncs'],
    help: ['leave `--detach` out, or start `polyctl server --run` and use `--url`']
  })
}
