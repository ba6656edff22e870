import { stripVTControlCharacters } from 'node:util'
import type { Span } from '../diagnostics/diagnostic.ts'
import { lineDiff, type DiffLine } from './line-diff.ts'
import { columns, count, cut, cutAround, visible } from './plain-text.ts'
import type { Json } from '../state/value.ts'
import { paint, type Ink, type Look } from './style.ts'
import { paddedTo, placed } from './layout.ts'
import { isNested, isSaid, mappingText, valueLines, valueText } from './value-text.ts'
import type { Difference, Row } from './view/view.ts'

/** `verbose` shows in full what is otherwise cut, to the width of a line or to a number of lines. */
interface RowOptions {
  verbose: boolean
  /** The file of the resource itself: other files are told per field. */
  path: string
}

const left = 4
/**
 * Text that a resource brings is shown to this length, differences to the longer one; `--verbose` shows
 * all.
 */
const [textLines, diffLines] = [8, 60]

/** One line for each field that differs, values in one column, and blocks of lines for long text. */
export function fieldRows(rows: readonly Row[], look: Look, options: RowOptions): string[] {
  const widths = rows.filter(({ value }) => value).map((row) => row.depth * 2 + columns(row.label))
  const labelled = Math.min(Math.max(12, ...widths), 30)
  return rows.flatMap((row) => [...rowLines(row, labelled, look, options), ...causeLines(row, look)])
}

function causeLines({ note, depth }: Row, look: Look): string[] {
  if (note === undefined) return []
  const ink = note.tone === 'warning' ? 'warning' : 'dim'
  return note.sentences.map(
    (sentence) => `${' '.repeat(left + depth * 2 + 2)}${paint(look, ink, visible(sentence))}`
  )
}

function rowLines(row: Row, labelled: number, look: Look, options: RowOptions): string[] {
  const indent = '  '.repeat(row.depth)
  const { value, sign } = row
  if (value === undefined) return [`${' '.repeat(left)}${indent}${row.label}`]
  const place = placeText(row.place, options.path)
  const label = `  ${sign === '' ? ' ' : paint(look, inkOf(sign), sign)} ${indent}${row.label}`
  const column = Math.max(left + labelled, left + indent.length + columns(row.label)) + 2
  const room = Math.max(16, look.width - column - (place === '' ? 0 : place.length + 2))
  const shown = sentence(value, row, room, look, options.verbose)
  if (typeof shown === 'string') return [placed(`${paddedTo(label, column)}${shown}`, place, look)]
  const block = shown.map((it) => blockRow(it, left + indent.length + 2, look, options))
  return [placed(label, place, look), ...block]
}

/** One line where it fits; lines of text otherwise. */
function sentence(
  difference: Difference,
  { key, sign }: Row,
  room: number,
  look: Look,
  verbose: boolean
): string | DiffLine[] {
  const { how, live, wanted, newer, long, isItem } = difference
  if (how === 'changed') {
    const lines = [live, wanted].some((it) => typeof it === 'string' && it.includes('\n'))
    const line = changedText(difference, look)
    if (!lines && columns(stripVTControlCharacters(line)) <= room) return line
    const ends = [live, wanted].every((it) => typeof it === 'string' && it.endsWith('\n'))
    const [before, after] = [linesOf(live, ends), linesOf(wanted, ends)]
    const all = newer === 'live' ? lineDiff(after, before) : lineDiff(before, after)
    return bounded(all, diffLines, verbose)
  }
  const value = how === 'removed' ? live : wanted
  const text = mappingText(value ?? null, key) ?? (isItem && isSaid(value, key) ? '' : valueText(value))
  const side = newer === 'live' ? `(only in the ${how === 'removed' ? 'service' : 'files'})` : ''
  const where = side === '' ? [] : [paint(look, 'dim', side)]
  const fits = columns(text) <= room
  // What goes away as a whole is named; what it held is told where there is room for it.
  const isTooLong = columns(text) + columns(side) + 1 > room
  if (isItem && how === 'removed' && isNested(value) && isTooLong && !verbose) return where.join(' ')
  if (typeof value === 'string' && (value.includes('\n') || (long && !fits))) {
    const mark = sign === '+' || sign === '-' ? sign : ' '
    const lines = value.replace(/\n$/, '').split('\n')
    return bounded(
      lines.map((it) => ({ sign: mark, text: visible(it), marks: [] })),
      textLines,
      verbose
    )
  }
  return [...(text === '' ? [] : [fits || verbose ? text : cut(text, room)]), ...where].join(' ')
}

function changedText({ live, wanted, newer }: Difference, look: Look): string {
  const [has, says] = [valueText(live), valueText(wanted)]
  if (newer === 'live') {
    return `${paint(look, 'add', says)} in the files, ${paint(look, 'remove', has)} in the service`
  }
  return `${paint(look, 'remove', has)} → ${paint(look, 'add', says)}`
}

/** The line break that both texts end with is no line. */
function linesOf(value: Json | undefined, ends: boolean): string[] {
  const lines = valueLines(value)
  return ends ? lines.slice(0, -1) : lines
}

function bounded(lines: DiffLine[], most: number, verbose: boolean): DiffLine[] {
  if (verbose || lines.length <= most + 1) return lines
  const rest: DiffLine = {
    sign: 'gap',
    text: `... ${count(lines.length - most, 'more line')} (--verbose)`,
    marks: []
  }
  return [...lines.slice(0, most), rest]
}

function blockRow(line: DiffLine, indent: number, look: Look, options: RowOptions): string {
  if (line.sign === 'gap') return `${' '.repeat(indent)}${paint(look, 'dim', line.text)}`
  const ink = inkOf(line.sign)
  const room = Math.max(16, look.width - indent - 2)
  const whole = options.verbose || columns(line.text) <= room
  const text = whole
    ? marked(line, ink, look)
    : paintSign(look, ink, cutAround(line.text, line.marks[0]?.[0] ?? 0, room))
  const sign = line.sign === ' ' ? ' ' : paint(look, ink, line.sign)
  const bar = `  ${sign} ${' '.repeat(indent - left)}${paint(look, 'dim', '|')}`
  return text === '' ? bar : `${bar} ${text}`
}

/** Colour shows what differs within a line; the signs alone say it, too. */
function marked(line: DiffLine, ink: Ink, look: Look): string {
  let text = ''
  let cursor = 0
  for (const [from, to] of line.marks) {
    text +=
      paintSign(look, ink, line.text.slice(cursor, from)) +
      paintSign(look, ink, paint(look, 'mark', line.text.slice(from, to)))
    cursor = to
  }
  return text + paintSign(look, ink, line.text.slice(cursor))
}

function paintSign(look: Look, ink: Ink, text: string): string {
  return ink === 'dim' ? text : paint(look, ink, text)
}

function inkOf(sign: string): Ink {
  if (sign === '+') return 'add'
  if (sign === '-') return 'remove'
  return sign === '~' ? 'change' : 'dim'
}

/** `:34`; with the file, where it is another than the resource's. */
function placeText(span: Span | undefined, path: string): string {
  if (span === undefined) return ''
  return `${span.path === path ? '' : visible(span.path)}:${span.start.line}`
}
