import { metConditions, type Condition } from '../../executions/conditions.ts'
import { stopWords } from '../../executions/guards.ts'
import type { Run, SyncRun } from '../../executions/events.ts'
import { inOrder, type Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Execution } from '../../state/execution.ts'
import { addressText, type Address } from '../../state/resource.ts'
import type { PlanHeader } from '../header.ts'
import { shellWord } from '../shell.ts'
import type { Closing, ViewContext } from './changes.ts'
import { problemsView, type ProblemsView } from './problems.ts'

/** What became of syncs that were run, or how their last executions ended, as data that a person is told. */
export interface ExecutionsView {
  header: PlanHeader
  /** They were looked at, and not started. */
  isLook: boolean
  /** In the order in which they were chosen. */
  runs: RunView[]
  /** What was found on the way, and why syncs were not started. */
  problems: ProblemsView
  closing: Closing
}

/** What became of one sync. */
export interface RunView {
  address: Address
  id: string
  state: RunState
  execution?: Execution
  durationMs?: number
  /** It ran already, and was followed. */
  isJoined: boolean
  /** Records that a stop is about: for a person's terminal alone. */
  records: string[]
  /** Reasons: what failed, what met a condition, whom it waited for. */
  notes: string[]
  /** The conditions that it met. */
  met: string[]
  problem?: Diagnostic
}

/**
 * `degraded`: it came to its end, and not all went well. `stopped`: a guard ended it before it wrote
 * anything. `running`: it goes on without polyctl. `unknown`: it was started, and could not be followed,
 * or it ended in a way that polyctl has no word for. `never run`: there is no execution.
 */
export type RunState =
  | 'done'
  | 'degraded'
  | 'failed'
  | 'stopped'
  | 'canceled'
  | 'running'
  | 'unknown'
  | 'not started'
  | 'skipped'
  | 'never run'

/** What runs came with. */
export interface ExecutionsExtras {
  problems: readonly Diagnostic[]
  /** What a run may not be; none given: it may have no errors. */
  conditions: readonly Condition[]
  interrupted: boolean
  /** They were looked at, and not started. */
  isLook?: boolean
  /** A person has named them. */
  isNamed?: boolean
}

/** What became of each sync, and what it comes to. */
export function executionsView(
  runs: readonly SyncRun[],
  header: PlanHeader,
  context: ViewContext,
  { problems, conditions, interrupted, isLook = false, isNamed = true }: ExecutionsExtras
): ExecutionsView {
  const shown = runs.map(({ address, id, run, waiting = 0 }) => {
    const view = { address, id, ...runView(run, conditions) }
    if (waiting === 0) return view
    const others = waiting === 1 ? '1 other record waits' : `${waiting} other records wait`
    return { ...view, notes: [...view.notes, `${others} for the next run`] }
  })
  const failures = shown.flatMap(({ problem }) => problem ?? [])
  const sources = context.sources ?? { texts: new Map() }
  return {
    header,
    isLook,
    runs: shown,
    problems: problemsView([...inOrder(problems), ...failures], sources),
    closing: closing(shown, { interrupted, isLook, isNamed, reach: context.reach ?? '' })
  }
}

function runView(run: Run, conditions: readonly Condition[]): Omit<RunView, 'address' | 'id'> {
  const nothing = { notes: [], records: [], met: [], isJoined: false }
  switch (run.outcome) {
    case 'failed':
      return {
        ...nothing,
        state: run.execution === undefined ? 'not started' : 'unknown',
        problem: run.problem
      }
    case 'skipped':
      return { ...nothing, state: 'skipped', notes: [run.because] }
    case 'none':
      return { ...nothing, state: 'never run' }
    case 'running':
      return { ...nothing, state: 'running', execution: run.execution, isJoined: run.isJoined }
    case 'ended':
      return endedView(run, conditions)
  }
}

function endedView(
  { execution, durationMs, isJoined, stops }: Extract<Run, { outcome: 'ended' }>,
  conditions: readonly Condition[]
): Omit<RunView, 'address' | 'id'> {
  const met = metConditions(conditions, execution.counts, durationMs)
  const isClean =
    conditions.length > 0
      ? met.length === 0
      : (execution.counts.errors ?? 0) === 0 && execution.parts.every(({ hasFailed }) => !hasFailed)
  const notes = [
    ...met.map(({ words }) => words),
    ...(stops.length > 0 ? stops.map(stopWords) : execution.errors),
    ...execution.parts
      .filter(({ hasFailed }) => hasFailed)
      .map(({ name, status, message }) => `${name} ${status}${message === undefined ? '' : `: ${message}`}`)
  ]
  return {
    state:
      stops.length > 0
        ? 'stopped'
        : execution.ended === 'completed'
          ? isClean
            ? 'done'
            : 'degraded'
          : (execution.ended ?? 'unknown'),
    execution,
    ...(durationMs === undefined ? {} : { durationMs }),
    isJoined,
    notes,
    records: stops.flatMap(({ identities = [] }) => identities),
    met: met.map(({ text }) => text)
  }
}

const order: readonly RunState[] = [
  'done',
  'degraded',
  'failed',
  'stopped',
  'canceled',
  'unknown',
  'not started',
  'skipped',
  'never run',
  'running'
]

const words: Readonly<Record<RunState, string>> = {
  done: 'done',
  degraded: 'done, but not clean',
  failed: 'failed',
  stopped: 'stopped by a guard',
  canceled: 'canceled',
  running: 'running',
  unknown: 'unknown',
  'not started': 'not started',
  skipped: 'skipped',
  'never run': 'never run'
}

interface ClosingExtras {
  interrupted: boolean
  isLook: boolean
  isNamed: boolean
  reach: string
}

function closing(
  runs: readonly RunView[],
  { interrupted, isLook, isNamed, reach }: ClosingExtras
): Closing {
  const counts = order
    .map((state) => [state, runs.filter((run) => run.state === state).length] as const)
    .filter(([, number]) => number > 0)
    .map(([state, number]) => `${number} ${words[state]}`)
  const what = counts.length === 0 ? `nothing ${isLook ? 'runs' : 'to run'}` : counts.join(', ')
  const text = `${interrupted ? 'Interrupted' : isLook ? 'Last runs' : 'Run'}: ${what}.`
  const next = (option: string, states: readonly RunState[], does: string): string => {
    const meant = runs.filter(({ state }) => states.includes(state))
    const few = isNamed || meant.length > mostWritten ? [] : meant
    const names = few.map(({ address }) => ` ${shellWord(addressText(address))}`).join('')
    return `\`polyctl run ${option}${names}${reach}\`${names === '' ? ' with the same names' : ''} ${does}.`
  }
  if (runs.some(({ state }) => state === 'running'))
    return { text, next: next('--join', ['running'], 'follows what is running') }
  const again: readonly RunState[] = ['failed', 'degraded']
  return runs.some(({ state }) => again.includes(state))
    ? { text, next: next('--failed', again, 'runs these again') }
    : { text }
}

/** So many names can be read in a line. */
const mostWritten = 3
