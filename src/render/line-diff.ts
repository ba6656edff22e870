import { diffWordsWithSpace, structuredPatch } from 'diff'
import { count, visible } from './plain-text.ts'

/** One line of a comparison. `gap` stands for lines that are equal and left out. */
export interface DiffLine {
  sign: '+' | '-' | ' ' | 'gap'
  text: string
  /** Parts that differ, where a line replaces one that resembles it: [from, to) in `text`. */
  marks: [from: number, to: number][]
}

/**
 * Enough for any edit that a person reviews; texts that differ more are shown as replaced. Time grows
 * with its square.
 */
const maxEditLength = 1000

/** Two texts line by line, with two equal lines around each difference. */
export function lineDiff(before: readonly string[], after: readonly string[]): DiffLine[] {
  const options = { context: 2, maxEditLength }
  const [previous, now] = [withLastEnd(before), withLastEnd(after)]
  const patch = structuredPatch('', '', ended(previous), ended(now), undefined, undefined, options)
  if (patch === undefined)
    return [...previous.map((text) => line('-', text)), ...now.map((text) => line('+', text))]
  const lines: DiffLine[] = []
  let done = 0
  for (const hunk of patch.hunks) {
    lines.push(...gap(hunk.oldStart - 1 - done))
    lines.push(
      ...hunk.lines.filter((it) => !it.startsWith('\\')).map((it) => line(it.charAt(0), it.slice(1)))
    )
    done = hunk.oldStart - 1 + hunk.oldLines
  }
  return [...withMarks(lines), ...gap(before.length - done)]
}

/** A text that ends with a line end has one more line, which is empty: a person must see that it counts. */
function withLastEnd(lines: readonly string[]): readonly string[] {
  return lines.length > 1 && lines.at(-1) === ''
    ? lines.with(lines.length - 1, '(a line end at the end)')
    : lines
}

function ended(lines: readonly string[]): string {
  return lines.map((text) => `${text}\n`).join('')
}

function line(sign: string, text: string): DiffLine {
  return {
    sign: sign === '+' || sign === '-' ? sign : ' ',
    text: visible(text),
    marks: []
  }
}

function gap(lines: number): DiffLine[] {
  return lines > 0 ? [{ sign: 'gap', text: `... ${count(lines, 'line')} unchanged`, marks: [] }] : []
}

/** Where exactly one line replaces another, what differs within it. */
function withMarks(lines: DiffLine[]): DiffLine[] {
  for (const [index, added] of lines.entries()) {
    const removed = lines[index - 1]
    const alone =
      added.sign === '+' &&
      removed?.sign === '-' &&
      lines[index - 2]?.sign !== '-' &&
      lines[index + 1]?.sign !== '+'
    if (alone && removed) markWords(removed, added)
  }
  return lines
}

function markWords(removed: DiffLine, added: DiffLine): void {
  const parts = diffWordsWithSpace(removed.text, added.text, { maxEditLength: 200 })
  if (parts === undefined) return
  const shared = parts.reduce(
    (sum, part) => (part.added || part.removed ? sum : sum + part.value.trim().length),
    0
  )
  // Lines that share little read better as two lines than as islands of letters.
  if (shared * 3 < Math.max(removed.text.length, added.text.length)) return
  let [before, after] = [0, 0]
  for (const { value, added: isNew, removed: isOld } of parts) {
    if (isOld) removed.marks.push([before, before + value.length])
    if (isNew) added.marks.push([after, after + value.length])
    if (!isNew) before += value.length
    if (!isOld) after += value.length
  }
}
