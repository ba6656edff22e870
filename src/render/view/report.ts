import type { Outcome, Report } from '../../apply/events.ts'
import type { Diagnostic } from '../../diagnostics/diagnostic.ts'
import type { Action } from '../../plan/plan.ts'
import type { Address } from '../../state/resource.ts'
import { connectCommand, type Closing, type ViewContext } from './changes.ts'

/** What became of a plan, as data that a person is told. */
export interface ReportView {
  counts: Report['counts']
  interrupted: boolean
  /** In the order in which they were settled. */
  results: ResultView[]
  /** Of what failed, in the same order; then those that belong to no change. */
  problems: { failures: Diagnostic[]; beside: Diagnostic[] }
  /** What a person must authorize. */
  authorize: { address: Address; url?: string; code?: string; connect?: string }[]
  closing: Closing
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
export function reportView(report: Report, context: ViewContext = {}): ReportView {
  const results = report.settled.map(({ address, action, outcome }): ResultView => ({
    address,
    action,
    word: outcome.outcome === 'done' ? doneWords[action] : outcome.outcome,
    outcome,
    notes: notesOf(outcome)
  }))
  const failures = results.flatMap(({ outcome }) => (outcome.outcome === 'failed' ? [outcome.problem] : []))
  return {
    counts: report.counts,
    interrupted: report.interrupted,
    results,
    problems: { failures, beside: report.problems ?? [] },
    authorize: results.flatMap(({ address, outcome }) => authorizeOf(address, outcome, context)),
    closing: { text: closingText(report) }
  }
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

function closingText({ counts, interrupted, settled }: Report): string {
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
  if (settled.length === 0) return 'Nothing to do.'
  return settled.every((it) => it.action === 'delete') ? `Deleted: ${counts.done}.` : `Applied: ${parts}.`
}
