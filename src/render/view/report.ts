import type { Outcome, Report } from '../../apply/events.ts'
import { inOrder, type Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Action } from '../../plan/plan.ts'
import type { Address } from '../../state/resource.ts'
import type { PlanHeader } from '../header.ts'
import { connectCommand, type Closing, type ViewContext } from './changes.ts'
import type { ExecutionsView } from './executions.ts'
import { problemsView, type ProblemsView } from './problems.ts'
import { toldField } from './rows.ts'

/** What became of a plan, as data that a person is told. */
export interface ReportView {
  header: PlanHeader
  counts: Report['counts']
  interrupted: boolean
  /** In the order in which they were settled. */
  results: ResultView[]
  /** What was found on the way to the plan. */
  problems: ProblemsView
  /** Of what failed, in the order of the results. */
  failures: ProblemsView
  /** What is wrong and belongs to no change. */
  beside: ProblemsView
  /** What a person must authorize. */
  authorize: { address: Address; url?: string; code?: string; connect?: string }[]
  closing: Closing
  /** The plan was told before, with its problems: whoever told that need not say again that it is empty. */
  isPlanTold: boolean
  /** The commit that git remembers as applied now. */
  appliedRevision?: string
  /** Why it remembers none. */
  unremembered?: string
  /** What became of the syncs that were started after it, where that was asked for. */
  runs?: ExecutionsView
  /** The report was told before they were started: text need not tell it again. */
  isReportTold?: boolean
}

/** What a report came with. `idle` is what it comes to where there was nothing to do. */
export interface ReportExtras {
  problems?: readonly Diagnostic[]
  idle?: string
  isPlanTold?: boolean
  appliedRevision?: string
  unremembered?: string
}

/** What became of one change. */
export interface ResultView {
  address: Address
  action: Action
  /** `created`, `failed`, …: one word. */
  word: string
  outcome: Outcome
  /** Why, and what else there is to know: sentences. */
  notes: readonly string[]
}

/** What was done, in a word. */
export const doneWords: Readonly<Record<Action, string>> = {
  create: 'created',
  update: 'updated',
  rename: 'renamed',
  delete: 'deleted',
  // Nothing is to be changed of it, but a person was waited for, and came.
  none: 'authorized'
}

/** What became of each change; why, where it did not work; and what a person should do next. */
export function reportView(
  report: Report,
  header: PlanHeader,
  context: ViewContext = {},
  { problems = [], idle = 'Nothing to do.', isPlanTold = true, ...remembering }: ReportExtras = {}
): ReportView {
  const sources = context.sources ?? { texts: new Map() }
  const results = report.settled.map(({ address, action, outcome }): ResultView => ({
    address,
    action,
    word: outcome.outcome === 'done' ? doneWords[action] : outcome.outcome,
    outcome: toldOf(outcome),
    notes: notesOf(outcome)
  }))
  const failures = results.flatMap(({ outcome }) => (outcome.outcome === 'failed' ? [outcome.problem] : []))
  return {
    header,
    counts: report.counts,
    interrupted: report.interrupted,
    results,
    problems: problemsView(inOrder(problems), sources),
    failures: problemsView(failures, sources),
    beside: problemsView(inOrder(report.problems ?? []), sources),
    authorize: results.flatMap(({ address, outcome }) => authorizeOf(address, outcome, context)),
    closing: { text: closingText(report, idle) },
    isPlanTold,
    ...remembering
  }
}

function toldOf(outcome: Outcome): Outcome {
  if (outcome.outcome === 'failed' && outcome.kept !== undefined)
    return { ...outcome, kept: outcome.kept.map((field) => toldField(field)) }
  return outcome
}

function notesOf(outcome: Outcome): readonly string[] {
  if (outcome.outcome === 'done') return outcome.notes
  if (outcome.outcome === 'pending') return [waitText(outcome.because)]
  return outcome.outcome === 'skipped' ? [outcome.because] : []
}

/**
 * Who waits for whom. What the service said about it follows after, and is beside the point: it cannot
 * work before.
 */
function waitText(text: string): string {
  return /^.*?[^\\]" waits for authorization(?=; )/s.exec(text)?.[0] ?? text
}

function authorizeOf(
  address: Address,
  outcome: Outcome,
  { connects, reach }: ViewContext
): ReportView['authorize'] {
  if (outcome.outcome !== 'pending') return []
  const isConnectable = connects?.has(address.kind) === true
  if (!isConnectable && outcome.authorize === undefined) return []
  const connect = isConnectable ? { connect: connectCommand(address.name, reach) } : {}
  return [{ address, ...outcome.authorize, ...connect }]
}

function closingText({ counts, interrupted, settled }: Report, idle: string): string {
  const parts = [
    ...(counts.done > 0 || settled.length === 0 || interrupted ? [`${counts.done} done`] : []),
    ...(counts.pending > 0 ? [`${counts.pending} pending`] : []),
    ...(counts.skipped > 0 ? [`${counts.skipped} skipped`] : []),
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : [])
  ].join(', ')
  const again = 'another apply does only what is left.'
  if (interrupted) return `Interrupted: ${parts}; ${again}`
  const some = counts.done > 0
  if (counts.failed > 0 || counts.skipped > 0)
    return `${some ? 'Applied in part' : 'Nothing was applied'}: ${parts}. Mend the cause; ${again}`
  if (counts.pending > 0)
    return `${some ? 'Applied' : 'Nothing is finished yet'}: ${parts}. What is pending waits for a person.`
  if (settled.length === 0) return idle
  return settled.every((it) => it.action === 'delete') ? `Deleted: ${counts.done}.` : `Applied: ${parts}.`
}
