import { headLine, nameText } from './change-text.ts'
import { runNumbers } from './executions.ts'
import { visible } from './plain-text.ts'
import type { Look } from './style.ts'
import type { ExecutionsView } from './view/executions.ts'
import type { Entry, Summary } from './view/summary.ts'

const runTones = {
  done: { sign: '=', tone: 'add' },
  degraded: { sign: '!', tone: 'failed' },
  failed: { sign: '!', tone: 'failed' },
  stopped: { sign: '!', tone: 'failed' },
  canceled: { sign: '!', tone: 'failed' },
  unknown: { sign: '!', tone: 'failed' },
  'not started': { sign: '!', tone: 'failed' },
  skipped: { sign: '»', tone: 'wait' },
  'never run': { sign: '=', tone: 'same' },
  running: { sign: '⧗', tone: 'wait' }
} as const

/** What a summary has of syncs that were run. */
export function executionsParts(
  view: ExecutionsView,
  look: Look
): Omit<Summary, 'remarks' | 'patches' | 'organizations'> {
  const entries = view.runs.map((run): Entry => ({
    address: run.address,
    text: nameText(run.address),
    word: run.state,
    ...runTones[run.state],
    notes: [runNumbers(run, view.isLook), ...run.notes].filter((note) => note !== '').map(visible),
    impacts: [],
    rows: 0,
    lines: () => []
  }))
  const { text, next } = view.closing
  const hasFailed = entries.some(({ tone }) => tone === 'failed') || view.problems.errors > 0
  const rest = entries.some(({ tone }) => tone === 'wait') ? 'waits' : 'fine'
  return {
    of: 'executions',
    title: view.isLook ? 'Last runs' : 'Run',
    about: headLine(view, { ...look, colour: false }),
    outcome: hasFailed ? 'failed' : rest,
    closing: text,
    ...(next === undefined ? {} : { next }),
    entries,
    problems: view.problems.problems
  }
}

const gravity: readonly Summary['outcome'][] = ['failed', 'waits', 'fine']

/** An apply together with the syncs that were started after it. */
export function withRuns(applied: Summary, view: ExecutionsView | undefined, look: Look): Summary {
  if (view === undefined) return applied
  const { closing, next, outcome, entries, problems } = executionsParts(view, look)
  return {
    ...applied,
    outcome: gravity.find((grave) => [applied.outcome, outcome].includes(grave)) ?? applied.outcome,
    closing: `${applied.closing} ${closing}`,
    ...(next === undefined ? {} : { next }),
    entries: [...applied.entries, ...entries.map((entry) => ({ ...entry, text: `${entry.text} (run)` }))],
    problems: [...applied.problems, ...problems]
  }
}
