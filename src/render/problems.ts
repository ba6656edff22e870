import { isError, type Span } from '../diagnostics/diagnostic.ts'
import { fitted } from './layout.ts'
import { clipping, columns, count, visible, visibleLines, wrapped } from './plain-text.ts'
import { paint, type Ink, type Look } from './style.ts'
import type { ExcerptLine, LabelView, ProblemsView, ProblemView } from './view/problems.ts'

/** More than this at once is not read; the count of the rest is told. */
const most = 20

/**
 * Each problem with the lines it is about, as compilers show them, and a line that sums up. Empty when
 * there are none.
 */
export function problemsText(view: ProblemsView, look: Look): string {
  if (view.problems.length === 0) return ''
  return fitted(`${framesText(view, look)}\n${summary(view, look)}\n`, look)
}

/** The same without the line that sums up, where something else does. */
export function framesText({ problems }: ProblemsView, look: Look): string {
  const alike = Map.groupBy(problems, ({ sameAs }) => sameAs)
  const groups = problems.flatMap((problem, index): Group[] => {
    if (look.verbose === true) return [{ problem, alike: [] }]
    return problem.sameAs === undefined ? [{ problem, alike: alike.get(index) ?? [] }] : []
  })
  const shown = firstOf(groups, look)
  const frames = shown.map((group) => frame(withAlike(group), look))
  const rest = shown.reduce((left, { alike }) => left - 1 - alike.length, problems.length)
  if (rest > 0)
    frames.push(paint(look, 'dim', `... and ${count(rest, 'more problem')} (--format json has all)`) + '\n')
  return frames.join('\n')
}

/** A problem, and the others that say the same of other resources. */
interface Group {
  problem: ProblemView
  alike: ProblemView[]
}

/** So many places are named before they are counted. */
const manyPlaces = 3

/** With a note that tells where else it is so. */
function withAlike({ problem, alike }: Group): ProblemView {
  if (alike.length === 0) return problem
  const places = alike.flatMap(({ labels }) => labels.slice(0, 1).map(({ span }) => placeText(span)))
  const more = places.length - manyPlaces
  const shown = places.slice(0, manyPlaces).join(', ')
  const where = shown === '' ? '' : `: ${shown}${more > 0 ? ` and ${more} more` : ''}`
  const note = `the same ${count(alike.length, 'more time')}${where} (--verbose shows each)`
  return { ...problem, notes: [...problem.notes, note] }
}

/** Errors go before warnings only where not all can be shown. */
function firstOf(groups: Group[], look: Look): Group[] {
  if (groups.length <= most || look.verbose === true) return groups
  const isGrave = ({ problem }: Group): boolean => isError(problem)
  const chosen = new Set([...groups.filter(isGrave), ...groups.filter((it) => !isGrave(it))].slice(0, most))
  return groups.filter((group) => chosen.has(group))
}

function placeText({ path, start }: Span): string {
  return `${visible(path)}:${start.line}:${start.column}`
}

function summary({ errors, warnings, files }: ProblemsView, look: Look): string {
  const parts = [
    ...(errors > 0 ? [paint(look, 'error', count(errors, 'error'))] : []),
    ...(warnings > 0 ? [paint(look, 'warning', count(warnings, 'warning'))] : [])
  ]
  return parts.join(', ') + (files > 0 ? ` in ${count(files, 'file')}` : '')
}

interface Sheet {
  gutter: number
  look: Look
  primary: LabelView | undefined
  ink: Ink
  /** What the problem says already, so that no label must say it again where there is no line to point at. */
  message: string
}

function frame(problem: ProblemView, look: Look): string {
  const highest = Math.max(0, ...problem.labels.map((label) => label.span.end.line))
  const ink = problem.severity === 'error' ? 'error' : 'warning'
  const { message, labels } = problem
  const sheet: Sheet = {
    gutter: String(highest).length,
    look,
    primary: labels[0],
    ink,
    message
  }
  const groups = Map.groupBy(labels, (label) => label.span.path)
  const heading = `${problem.severity}[${problem.code}]`
  const shown = [...groups.values()].map((labels, index) => group(labels, index === 0, sheet))
  const lines = [
    paint(look, ink, heading) + paint(look, 'strong', `: ${visible(message)}`),
    ...shown.flat(),
    ...remarks(
      problem,
      shown.some((lines) => lines.length > 1),
      sheet
    )
  ]
  return lines.map((line) => `${line}\n`).join('')
}

/** All labels in one file, from top to bottom. */
function group(labels: LabelView[], first: boolean, sheet: Sheet): string[] {
  const blank = ' '.repeat(sheet.gutter)
  const lead = labels[0]
  if (lead === undefined) return []
  const { path, start } = lead.span
  const place = `${visible(path)}:${start.line}:${start.column}`
  const lines: string[] = []
  let previous: number | undefined
  let repeatable = false
  for (const label of labels.toSorted((a, b) => a.span.start.line - b.span.start.line)) {
    for (const mark of marks(label, sheet)) {
      if (previous !== undefined && mark.line > previous + 1) lines.push(paint(sheet.look, 'place', '...'))
      const again = mark.line === previous && repeatable && mark.whole
      lines.push(...(again ? mark.under : [mark.text, ...mark.under]))
      previous = mark.line
      repeatable = mark.whole
    }
  }
  const heading = `${blank}${paint(sheet.look, 'place', first ? '--> ' : '::: ')}${place}`
  return lines.length === 0 ? [heading] : [heading, rail(sheet), ...lines]
}

interface Mark {
  line: number
  text: string
  under: string[]
  /** The line was not cut, so another label can stand under it too. */
  whole: boolean
}

/** The lines that one label is about; what it says stands under the last of them. */
function marks(label: LabelView, sheet: Sheet): Mark[] {
  const { excerpt, span, text: words } = label
  const primary = label === sheet.primary
  if (excerpt.length > 0)
    return excerpt.map((line, index) =>
      mark(line, index === excerpt.length - 1 ? words : '', primary, sheet)
    )
  if (sheet.message.includes(words)) return []
  const [text = '', ...under] = inRoom(words, sheet).map((line) => `${rail(sheet)} ${line}`)
  return [{ line: span.start.line, text, under, whole: false }]
}

function mark({ line, text, from, to }: ExcerptLine, words: string, primary: boolean, sheet: Sheet): Mark {
  const room = roomIn(sheet)
  const clip = clipping(text, from, to, room)
  const ink = primary ? sheet.ink : 'place'
  const pointer = (primary ? '^' : '-').repeat(Math.max(1, clip.to - clip.from))
  const number = paint(sheet.look, 'place', String(line).padStart(sheet.gutter))
  const shown = visible(words)
  const beside = clip.from + pointer.length + 1 + columns(shown) <= room
  const pointing = paint(sheet.look, ink, beside ? `${pointer} ${shown}`.trimEnd() : pointer)
  const under = [`${rail(sheet)} ${' '.repeat(clip.from)}${pointing}`]
  if (!beside) {
    const lines = inRoom(words, sheet)
    const indent = Math.max(0, Math.min(clip.from, room - Math.max(...lines.map(columns))))
    for (const part of lines)
      under.push(`${rail(sheet)} ${' '.repeat(indent)}${paint(sheet.look, ink, part)}`)
  }
  const bar = paint(sheet.look, 'place', '|')
  return { line, text: `${number} ${bar} ${clip.line}`.trimEnd(), under, whole: clip.line === text }
}

/** Columns beside the rail. */
function roomIn(sheet: Sheet): number {
  return Math.max(20, sheet.look.width - sheet.gutter - 3)
}

/** The words of a label, on more lines where a terminal would break them. */
function inRoom(words: string, sheet: Sheet): string[] {
  const shown = visible(words)
  return sheet.look.wraps === true ? wrapped(shown, roomIn(sheet)) : [shown]
}

/** A rail leads to them from the lines that are shown. */
function remarks(problem: ProblemView, railed: boolean, sheet: Sheet): string[] {
  const lines = [
    ...problem.notes.flatMap((note) => remark('note', note, sheet)),
    ...problem.help.flatMap((help) => remark('help', help, sheet))
  ]
  return lines.length > 0 && railed ? [rail(sheet), ...lines] : lines
}

function remark(word: string, text: string, sheet: Sheet): string[] {
  const blank = ' '.repeat(sheet.gutter + 1)
  const [first = '', ...rest] = visibleLines(text)
  return [
    `${blank}${paint(sheet.look, 'place', '=')} ${paint(sheet.look, 'strong', `${word}:`)} ${first}`,
    ...rest.map((line) => `${blank}  ${' '.repeat(word.length + 2)}${line}`.trimEnd())
  ]
}

function rail(sheet: Sheet): string {
  return `${' '.repeat(sheet.gutter)} ${paint(sheet.look, 'place', '|')}`
}
