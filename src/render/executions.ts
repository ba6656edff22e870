import type { ExecutionEvent } from '../executions/events.ts'
import type { RecordCounts } from '../state/execution.ts'
import { closingLines, headLine, nameText } from './change-text.ts'
import { fitted } from './layout.ts'
import { count, visible } from './plain-text.ts'
import { paint, type Ink, type Look } from './style.ts'
import type { ExecutionsView, RunState, RunView } from './view/executions.ts'

const inks: Readonly<Record<RunState, Ink>> = {
  done: 'add',
  degraded: 'warning',
  failed: 'error',
  stopped: 'error',
  canceled: 'error',
  running: 'wait',
  unknown: 'error',
  'not started': 'error',
  skipped: 'warning',
  'never run': 'dim'
}

const widest = 'not started'.length

/** What became of each sync, as text for people. `isAfter`: something told before where that was. */
export function executionsText(view: ExecutionsView, look: Look, isAfter = false): string {
  const isQuiet = look.quiet === true && !view.isLook
  const shown = isQuiet ? view.runs.filter(({ state }) => state !== 'done') : view.runs
  const blocks = [
    look.quiet === true || isAfter ? '' : headLine(view, look),
    shown.flatMap((run) => runLines(run, view, look)).join('\n'),
    closingLines(view.closing, look).join('\n')
  ]
  return fitted(`${blocks.filter((block) => block !== '').join('\n\n')}\n`, look)
}

function runLines(run: RunView, view: ExecutionsView, look: Look): string[] {
  const { address, state, notes, records, isJoined } = run
  const what = runNumbers(run, view.isLook)
  const joined = isJoined ? [`${' '.repeat(widest + 1)}it ran already, and was followed`] : []
  const moved = what === '' ? '' : `  ${paint(look, 'dim', what)}`
  return [
    `${paint(look, inks[state], state.padEnd(widest))} ${nameText(address)}${moved}`,
    ...joined,
    ...notes.map((note) => `${' '.repeat(widest + 1)}${visible(note)}`),
    ...(look.isTerminal === true ? records : []).map(
      (record) => `${' '.repeat(widest + 1)}- ${visible(record)}`
    )
  ]
}

/** What it moved, how long that took and, in a look back, when; empty where nothing is known. */
export function runNumbers(
  { execution, durationMs }: Pick<RunView, 'execution' | 'durationMs'>,
  isLook = false
): string {
  if (execution === undefined) return ''
  const at = execution.completedAt ?? execution.startedAt
  const when =
    !isLook || at === undefined ? [] : [`${execution.completedAt ? 'ended' : 'began'} ${secondText(at)}`]
  const time = durationMs === undefined ? [] : [durationText(durationMs)]
  const is = execution.ended === undefined ? [execution.status] : []
  return [...is, ...countTexts(execution.counts), ...time, ...when].map(visible).join(', ')
}

/** `2026-01-02T03:04:05.678901Z` → `2026-01-02 03:04:05 UTC`; what is no time stays as it is. */
function secondText(at: string): string {
  const time = Date.parse(at)
  return Number.isNaN(time) ? at : `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

const countWords = [
  ['inserts', 'created'],
  ['updates', 'updated'],
  ['upserts', 'written'],
  ['deletes', 'deleted'],
  ['errors', 'failed'],
  ['warnings', 'with a warning']
] as const

function countTexts(counts: RecordCounts): string[] {
  const { total } = counts
  return [
    ...(total === undefined ? [] : [count(total, 'record')]),
    ...countWords.flatMap(([name, word]) => {
      const number = counts[name] ?? 0
      return number === 0 ? [] : [`${number.toLocaleString('en-US')} ${word}`]
    })
  ]
}

/** A length of time, to the second below a minute and to the minute above an hour. */
export function durationText(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  return minutes < 60
    ? `${minutes} min ${seconds % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** One line for an event, where it has something to tell. */
export function eventLine(event: ExecutionEvent): string | undefined {
  const name = nameText(event.address)
  switch (event.type) {
    case 'started':
      return `started  ${name} (execution ${visible(event.execution)})`
    case 'joined':
      return `follows  ${name} (execution ${visible(event.execution)} ran already)`
    case 'canceling':
      return `cancels  ${name}`
    case 'progress':
      return `${' '.repeat(8)} ${name}: ${runNumbers(event)}`
    case 'settled':
      return undefined
  }
}
