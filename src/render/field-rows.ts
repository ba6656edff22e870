import { stripVTControlCharacters } from 'node:util'
import type { Span } from '../diagnostics/diagnostic.ts'
import { detailsOf } from '../plan/details.ts'
import type { Change, FieldChange } from '../plan/plan.ts'
import { fieldLines, type FieldLine } from './field-tree.ts'
import { lineDiff, type DiffLine } from './line-diff.ts'
import { columns, count, cut, cutAround, visible } from './plain-text.ts'
import type { Json } from '../state/value.ts'
import { paint, type Ink, type Look } from './style.ts'
import { paddedTo, placed } from './layout.ts'
import { isNested, isSaid, mappingText, valueLines, valueText } from './value-text.ts'

/** How differences are told: a plan says what will be, a drift what has become of it. */
interface Voice {
  /** Signs before the fields; without, a new resource reads like what it will be. */
  signs: boolean
  /** The service's side is the new one. */
  turned: boolean
}

/** `verbose` shows in full what is otherwise cut, to the width of a line or to a number of lines. */
export interface RowOptions {
  voice: Voice
  verbose: boolean
  /** Where the resource itself is: other lines are told per field. */
  span: Span
  /** Who moved each field, where the resource as a whole does not say it; the revision that tells. */
  causes?: { since: string; each: boolean } | undefined
}

/** Whether who moved is told for each field: where it is not the same for all of them. */
export function causesOf(change: Change, since: string | undefined): RowOptions['causes'] {
  if (since === undefined) return undefined
  return { since, each: new Set(detailsOf(change).fields.map(({ cause }) => cause)).size > 1 }
}

const left = 4
/**
 * Text that a resource brings is shown to this length, differences to the longer one; `--verbose` shows
 * all.
 */
const [textLines, diffLines] = [8, 60]

/** One line for each field that differs, values in one column, and blocks of lines for long text. */
export function fieldRows(changes: readonly FieldChange[], look: Look, options: RowOptions): string[] {
  const lines = fieldLines(changes)
  const widths = lines.filter((it) => it.change).map((it) => it.depth * 2 + columns(it.label))
  const labelled = Math.min(Math.max(12, ...widths), 30)
  let told = ''
  return lines.flatMap((line) => {
    const place = line.change ? placeText(line.change.span, options.span) : ''
    // What one place says is told once, where every line is there for the same reason.
    const again = !options.voice.signs && place === told
    if (line.change) told = place
    return [...rows(line, labelled, again ? '' : place, look, options), ...causeLines(line, look, options)]
  })
}

/** A conflict is always told, with what the files said when both sides began to move. */
function causeLines({ whole, depth }: FieldLine, look: Look, { causes }: RowOptions): string[] {
  if (whole?.cause === undefined || causes === undefined) return []
  if (whole.cause !== 'conflict' && !causes.each) return []
  const since = visible(causes.since)
  const said = {
    config: `changed in the files since ${since}`,
    drift: `changed in the service; the files say the same as at ${since}`,
    conflict: `both changed it: at ${since} the files said ${valueText(whole.base)}`
  }[whole.cause]
  const ink = whole.cause === 'conflict' ? 'warning' : 'dim'
  return [`${' '.repeat(left + depth * 2 + 2)}${paint(look, ink, said)}`]
}

function rows(line: FieldLine, labelled: number, place: string, look: Look, options: RowOptions): string[] {
  const indent = '  '.repeat(line.depth)
  const { change } = line
  if (change === undefined) return [`${' '.repeat(left)}${indent}${line.label}`]
  const sign = signOf(change, options.voice)
  const label = `  ${options.voice.signs ? paint(look, inkOf(sign), sign) : ' '} ${indent}${line.label}`
  const column = Math.max(left + labelled, left + indent.length + columns(line.label)) + 2
  const room = Math.max(16, look.width - column - (place === '' ? 0 : place.length + 2))
  const said = sentence(change, line.key, room, look, options)
  if (typeof said === 'string') return [placed(`${paddedTo(label, column)}${said}`, place, look)]
  const block = said.map((it) => blockRow(it, left + indent.length + 2, look, options))
  return [placed(label, place, look), ...block]
}

/** One line where it fits; lines of text otherwise. */
function sentence(
  change: FieldChange,
  key: string,
  room: number,
  look: Look,
  options: RowOptions
): string | DiffLine[] {
  const { voice, verbose } = options
  if (change.how === 'changed') {
    const lines = [change.before, change.after].some((it) => typeof it === 'string' && it.includes('\n'))
    const line = changedText(change, look, voice)
    if (!lines && columns(stripVTControlCharacters(line)) <= room) return line
    const ends = [change.before, change.after].every((it) => typeof it === 'string' && it.endsWith('\n'))
    const [before, after] = [linesOf(change.before, ends), linesOf(change.after, ends)]
    return bounded(voice.turned ? lineDiff(after, before) : lineDiff(before, after), diffLines, verbose)
  }
  const value = change.how === 'removed' ? change.before : change.after
  const item = change.path.at(-1)?.startsWith('[') === true
  const text = mappingText(value ?? null, key) ?? (item && isSaid(value, key) ? '' : valueText(value))
  const side = voice.turned ? `(only in the ${change.how === 'removed' ? 'service' : 'files'})` : ''
  const where = side === '' ? [] : [paint(look, 'dim', side)]
  const fits = columns(text) <= room
  // What goes away as a whole is named; what it held is told where there is room for it.
  const isTooLong = columns(text) + columns(side) + 1 > room
  if (item && change.how === 'removed' && isNested(value) && isTooLong && !verbose) return where.join(' ')
  if (typeof value === 'string' && (value.includes('\n') || (change.long && !fits))) {
    const sign = voice.signs ? (signOf(change, voice) as '+' | '-') : ' '
    const lines = value.replace(/\n$/, '').split('\n')
    return bounded(
      lines.map((it) => ({ sign, text: visible(it), marks: [] })),
      textLines,
      verbose
    )
  }
  return [...(text === '' ? [] : [fits || verbose ? text : cut(text, room)]), ...where].join(' ')
}

function changedText({ before, after }: FieldChange, look: Look, voice: Voice): string {
  const [old, wanted] = [valueText(before), valueText(after)]
  if (voice.turned) {
    return `${paint(look, 'add', wanted)} in the files, ${paint(look, 'remove', old)} in the service`
  }
  return `${paint(look, 'remove', old)} → ${paint(look, 'add', wanted)}`
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

function signOf({ how }: FieldChange, voice: Voice): '+' | '-' | '~' {
  if (how === 'changed') return '~'
  return (how === 'added') === voice.turned ? '-' : '+'
}

function inkOf(sign: string): Ink {
  if (sign === '+') return 'add'
  if (sign === '-') return 'remove'
  return sign === '~' ? 'change' : 'dim'
}

/** `:34`, where another line than the resource's own says it; with the file, where it is another. */
function placeText(span: Span, resource: Span): string {
  if (span.path !== resource.path) return `${visible(span.path)}:${span.start.line}`
  return span.start.line === resource.start.line ? '' : `:${span.start.line}`
}
