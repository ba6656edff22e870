import { stripVTControlCharacters } from 'node:util'
import type { FieldChange } from '../plan/plan.ts'
import { lineDiff, type DiffLine } from './line-diff.ts'
import { columns, count, cut, cutAround, visible } from './plain-text.ts'
import type { Json } from '../state/value.ts'
import { paint, type Ink, type Look } from './style.ts'
import { paddedTo, placed } from './layout.ts'
import { isNested, isSaid, mappingText, valueLines, valueText } from './value-text.ts'
import type { FieldView, RowView } from './view/rows.ts'

/** `verbose` shows in full what is otherwise cut, to the width of a line or to a number of lines. */
export interface RowOptions {
  turned: boolean
  verbose: boolean
}

const left = 4
/**
 * Text that a resource brings is shown to this length, differences to the longer one; `--verbose` shows
 * all.
 */
const [textLines, diffLines] = [8, 60]

/** One line for each field that differs, values in one column, and blocks of lines for long text. */
export function fieldRows(view: readonly RowView[], look: Look, options: RowOptions): string[] {
  const lines = view.map((line) => ({ ...line, label: visible(line.label) }))
  const widths = lines.filter((it) => it.field).map((it) => it.depth * 2 + columns(it.label))
  const labelled = Math.min(Math.max(12, ...widths), 30)
  return lines.flatMap((line) => [...rows(line, labelled, look, options), ...causeLines(line, look)])
}

function causeLines({ moved, depth }: RowView, look: Look): string[] {
  if (moved === undefined) return []
  const since = visible(moved.since)
  const sentence = {
    config: `changed in the files since ${since}`,
    drift: `changed in the service; the files say the same as at ${since}`,
    conflict: `both changed it: at ${since} the files said ${valueText(moved.base)}`
  }[moved.cause]
  const ink = moved.cause === 'conflict' ? 'warning' : 'dim'
  return [`${' '.repeat(left + depth * 2 + 2)}${paint(look, ink, sentence)}`]
}

function rows(line: RowView, labelled: number, look: Look, options: RowOptions): string[] {
  const indent = '  '.repeat(line.depth)
  const { field } = line
  if (field === undefined) return [`${' '.repeat(left)}${indent}${line.label}`]
  const { sign } = field
  const place = placeText(field)
  const label = `  ${sign === undefined ? ' ' : paint(look, inkOf(sign), sign)} ${indent}${line.label}`
  const column = Math.max(left + labelled, left + indent.length + columns(line.label)) + 2
  const room = Math.max(16, look.width - column - (place === '' ? 0 : place.length + 2))
  const value = sentence(field, line.key, room, look, options)
  if (typeof value === 'string') return [placed(`${paddedTo(label, column)}${value}`, place, look)]
  const block = value.map((it) => blockRow(it, left + indent.length + 2, look, options))
  return [placed(label, place, look), ...block]
}

/** One line where it fits; lines of text otherwise. */
function sentence(
  { change, sign: shownSign }: FieldView,
  key: string,
  room: number,
  look: Look,
  options: RowOptions
): string | DiffLine[] {
  const { turned, verbose } = options
  if (change.how === 'changed') {
    const lines = [change.before, change.after].some((it) => typeof it === 'string' && it.includes('\n'))
    const line = changedText(change, look, turned)
    if (!lines && columns(stripVTControlCharacters(line)) <= room) return line
    const ends = [change.before, change.after].every((it) => typeof it === 'string' && it.endsWith('\n'))
    const [before, after] = [linesOf(change.before, ends), linesOf(change.after, ends)]
    return bounded(turned ? lineDiff(after, before) : lineDiff(before, after), diffLines, verbose)
  }
  const value = change.how === 'removed' ? change.before : change.after
  const item = change.path.at(-1)?.startsWith('[') === true
  const text = mappingText(value ?? null, key) ?? (item && isSaid(value, key) ? '' : valueText(value))
  const side = turned ? `(only in the ${change.how === 'removed' ? 'service' : 'files'})` : ''
  const where = side === '' ? [] : [paint(look, 'dim', side)]
  const fits = columns(text) <= room
  // What goes away as a whole is named; what it held is told where there is room for it.
  const isTooLong = columns(text) + columns(side) + 1 > room
  if (item && change.how === 'removed' && isNested(value) && isTooLong && !verbose) return where.join(' ')
  if (typeof value === 'string' && (value.includes('\n') || (change.long && !fits))) {
    const sign = shownSign === '+' || shownSign === '-' ? shownSign : ' '
    const lines = value.replace(/\n$/, '').split('\n')
    return bounded(
      lines.map((it) => ({ sign, text: visible(it), marks: [] })),
      textLines,
      verbose
    )
  }
  return [...(text === '' ? [] : [fits || verbose ? text : cut(text, room)]), ...where].join(' ')
}

function changedText({ before, after }: FieldChange, look: Look, turned: boolean): string {
  const [live, wanted] = [valueText(before), valueText(after)]
  if (turned) {
    return `${paint(look, 'add', wanted)} in the files, ${paint(look, 'remove', live)} in the service`
  }
  return `${paint(look, 'remove', live)} → ${paint(look, 'add', wanted)}`
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

/** `:34`, where another line than the resource's own says it; with the file, where it is another. */
function placeText({ place }: FieldView): string {
  if (place === undefined) return ''
  return `${place.path === undefined ? '' : visible(place.path)}:${place.line}`
}
