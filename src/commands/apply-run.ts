import type { Report } from '../apply/events.ts'
import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { kinds } from '../kinds/index.ts'
import type { Change, Impact } from '../plan/plan.ts'
import type { ExecutionsView } from '../render/view/executions.ts'
import type { Effect } from '../state/impact.ts'
import { addressText, type Live } from '../state/resource.ts'
import { needed } from './choose-syncs.ts'
import { exit, exitOfProblems } from './exit.ts'
import type { CommandIo } from './io.ts'
import type { Result } from './output.ts'
import { mistakeOf } from './result.ts'
import { bounded } from './run-bounds.ts'
import { followedRuns, runningOdds, runsView, type RunningOptions } from './run-follow.ts'
import { reading, type CommandContext } from './run.ts'

/** What `apply` takes that is about starting syncs. */
export type ApplyRunOptions = RunningOptions

/** What came of the syncs. */
interface RanSyncs {
  view: ExecutionsView
  code: number
}

/** What was applied is told first, and before anything is started. */
export async function withRuns(
  result: Result,
  { output }: CommandIo,
  then: () => Promise<RanSyncs>
): Promise<Result> {
  const { code, answer } = result
  if (answer?.type !== 'report') return result
  if (code !== exit.done) {
    if (!output.isDocument) output.say('Nothing was started: not all was applied.')
    return result
  }
  await output.tell(answer)
  const { view, code: ranCode } = await then()
  const isReportTold = !output.isDocument
  return { code: ranCode, answer: { type: 'report', view: { ...answer.view, runs: view, isReportTold } } }
}

/**
 * Starts what the changes of an apply need, and follows it. Whatever goes wrong here is told beside what was
 * applied, and never in place of it.
 */
export async function runApplied(
  changes: readonly Change[],
  report: Report,
  options: ApplyRunOptions,
  io: CommandIo,
  context: CommandContext
): Promise<RanSyncs> {
  try {
    return await started(changes, report, options, io, context)
  } catch (error) {
    const problems = [mistakeOf(error)]
    return { view: await runsView([], options, { ...context, problems }), code: exit.failure }
  }
}

async function started(
  changes: readonly Change[],
  report: Report,
  options: ApplyRunOptions,
  io: CommandIo,
  context: CommandContext
): Promise<RanSyncs> {
  const needs = needsOf(changes, report)
  if (needs === undefined) return nothingStarted([], options, context)
  const { understood, service } = context
  const read = await reading(context, io, async (reader) => {
    const found = await needed(needs, reader, context)
    if (!found.ok) return found
    const within = await bounded(found.value, understood.desired.resources, {}, reader)
    return { ...within, problems: [...found.problems, ...within.problems] }
  })
  if (service.remote.stop?.aborted === true) return nothingStarted([], options, context)
  if (!read.ok) return nothingStarted(read.problems, options, context)
  const own = { ...context, problems: read.problems }
  return followedRuns(read.value, { resync: false, test: false, identities: [] }, options, io, own)
}

async function nothingStarted(
  problems: Diagnostic[],
  options: ApplyRunOptions,
  context: CommandContext
): Promise<RanSyncs> {
  const isStopped = context.service.remote.stop?.aborted === true
  return {
    view: await runsView([], options, { ...context, problems }),
    code: isStopped ? exit.interrupted : await exitOfProblems(problems)
  }
}

/** After these a sync has something else to send. */
const sending: ReadonlySet<Effect> = new Set([
  'may duplicate',
  'writes everything again',
  'first run',
  'reads something else',
  'other records',
  'other values'
])

/**
 * Returns which syncs have something to send after the changes that were carried out: those that were
 * changed themselves, and those that read or write through what was. What nobody knows of a sync counts;
 * what nobody knows of what it uses, such as a secret that was sent again, does not. Undefined: none.
 */
function needsOf(changes: readonly Change[], report: Report): ((live: Live) => boolean) | undefined {
  const done = new Map(
    report.settled.flatMap(({ address, outcome }) =>
      outcome.outcome === 'done' ? [[addressText(address), outcome.id] as const] : []
    )
  )
  const [ids, addresses] = [new Set<string>(), new Set<string>()]
  for (const change of changes) {
    const id = done.get(addressText(change))
    if (id === undefined || change.action === 'none' || change.action === 'delete') continue
    const isOwn = kinds.managed.some(({ name, executions }) => name === change.kind && executions)
    const counts = ({ effect }: Impact): boolean => sending.has(effect) || (isOwn && effect === 'unknown')
    const impacts = change.impacts.filter(counts)
    if (isOwn && impacts.length > 0) ids.add(id.toLowerCase())
    for (const { reaches } of impacts) for (const reached of reaches) addresses.add(reached)
  }
  if (ids.size + addresses.size === 0) return undefined
  return (live) =>
    ids.has(live.id.toLowerCase()) ||
    addresses.has(addressText(live)) ||
    addresses.has(addressText({ ...live, pin: live.id }))
}

/** Options that are at odds with each other, or with an apply that starts nothing. */
export function applyRunOdds(options: ApplyRunOptions): Diagnostic[] {
  if (options.run === true) return runningOdds(options)
  const given = (
    [
      ['--logs', options.logs],
      ['--detach', options.detach],
      ['--join', options.join],
      ['--cancel', options.cancel],
      ['--at-once', options.atOnce],
      ['--fail-on', (options.failOn ?? []).length > 0 ? true : undefined]
    ] as const
  ).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  return given.map((name) =>
    problem('P820', `\`${name}\` is about syncs that are started, and \`apply\` starts none`, {
      help: ['pass `--run` as well, to start what the changes need; or leave it out']
    })
  )
}
