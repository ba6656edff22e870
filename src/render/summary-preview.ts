import { headLine, nameText } from './change-text.ts'
import { count, visible } from './plain-text.ts'
import { fieldCounts, recordLines } from './preview.ts'
import type { Look } from './style.ts'
import { countWords, writtenOf, type PreviewsView, type PreviewView } from './view/preview.ts'
import type { Entry, Summary } from './view/summary.ts'

const tones = {
  changes: { sign: '~', tone: 'change', word: 'changes' },
  nothing: { sign: '=', tone: 'same', word: 'nothing to do' },
  baseline: { sign: '⧗', tone: 'wait', word: 'notes only' },
  stopped: { sign: '!', tone: 'failed', word: 'stopped by a guard' },
  failed: { sign: '!', tone: 'failed', word: 'not previewed' }
} as const

/** What a summary has of previews. */
export function previewParts(
  view: PreviewsView,
  look: Look
): Omit<Summary, 'remarks' | 'patches' | 'organizations'> & { remarks: string[] } {
  const plain = { ...look, colour: false }
  const { text, next } = view.closing
  const entries = view.previews.map((one) => previewEntry(one, plain))
  const hasFailed = entries.some(({ tone }) => tone === 'failed') || view.problems.errors > 0
  const differs = view.previews.some(({ counts }) => writtenOf(counts) > 0)
  return {
    of: 'preview',
    title: 'Preview',
    about: headLine(view, plain),
    outcome: hasFailed ? 'failed' : differs ? 'differs' : 'fine',
    closing: text,
    ...(next === undefined ? {} : { next }),
    entries,
    remarks: view.saved === undefined ? [] : [visible(view.saved)],
    problems: view.problems.problems
  }
}

function previewEntry(preview: PreviewView, look: Look): Entry {
  const { address, state, read, counts, reasons, fields, notes, records } = preview
  const lines =
    records.length > 0
      ? records.flatMap((record) => recordLines(record, look).map((line) => line.slice(2)))
      : fields.map((field) => `  ${visible(field.name)}: ${fieldCounts(field)}`)
  return {
    address,
    text: nameText(address),
    ...tones[state],
    notes: [
      ...(state === 'failed' ? [] : [`${count(read, 'record')} read: ${countWords(counts)}`]),
      ...reasons.map(({ why, count: number }) => `${number.toLocaleString('en-US')} ${why}`),
      ...notes
    ].map(visible),
    impacts: [],
    rows: lines.length,
    lines: () => lines
  }
}
