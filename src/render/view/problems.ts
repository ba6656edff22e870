import { isError, type Diagnostic, type Label, type Span } from '../../diagnostics/diagnostic.ts'
import { sourceView, type Sources, type SourceView } from './source.ts'

/** Problems as data that a person is told: each in its words, with the places that it is about. */
export interface ProblemsView {
  /** All of them, in their order. */
  problems: ProblemView[]
  errors: number
  warnings: number
  /** In so many files they are. */
  files: number
}

/** A problem with what stands at its places. */
export interface ProblemView extends Diagnostic {
  labels: LabelView[]
  /** Where in the list one stands that says the same of another resource: they can be told as one. */
  sameAs?: number
}

/** A place with what is said of it, and what stands there. */
export interface LabelView extends Label {
  /**
   * The line; of a part over several, its first and its last one. None where the text is not known. Secrets
   * are dots.
   */
  excerpt: ExcerptLine[]
}

/** A line of a file, and which part of its text is meant. */
export interface ExcerptLine {
  line: number
  text: string
  from: number
  to: number
}

/** What came of reading the files: with problems, that is often all that comes of a command. */
export interface FindingsView {
  /** How many files were read, and how many resources they declare. */
  files: number
  resources: number
  problems: ProblemsView
  /** A person stopped it before there was an answer. */
  interrupted: boolean
  /** What it comes to, in a sentence, where the problems do not say it. */
  closing?: string
}

/** More problems than so many that say the same are told as one. */
const few = 3

/** Problems of anything; `sources` are what their places are in. */
export function problemsView(problems: readonly Diagnostic[], sources: Sources): ProblemsView {
  const source = sourceView(sources, problems)
  const same = repeated(problems)
  const errors = problems.filter(isError).length
  const paths = problems.flatMap(({ labels }) => labels.slice(0, 1).map(({ span }) => span.path))
  return {
    problems: problems.map((problem, index) => {
      const sameAs = same.get(index)
      const labels = problem.labels.map((label) => ({ ...label, excerpt: excerptOf(label.span, source) }))
      return { ...problem, labels, ...(sameAs === undefined ? {} : { sameAs }) }
    }),
    errors,
    warnings: problems.length - errors,
    files: new Set(paths).size
  }
}

/** What differs in nothing but the place and the resource's name, and which one is told for it. */
function repeated(problems: readonly Diagnostic[]): Map<number, number> {
  const groups = Map.groupBy(problems.keys(), (index) => keyOf(problems[index]!))
  const many = [...groups.values()].filter(({ length }) => length > few)
  return new Map(many.flatMap(([first = 0, ...others]) => others.map((other) => [other, first] as const)))
}

function keyOf({ code, severity, message, labels, notes, help }: Diagnostic): string {
  const texts = [message, ...labels.map(({ text }) => text), ...notes, ...help]
  return JSON.stringify([code, severity, labels.length, notes.length, ...texts.map(nameless)])
}

/** Names of resources stand in quotes; backticks have what the files say. */
function nameless(text: string): string {
  return text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
}

function excerptOf(span: Span, source: SourceView): ExcerptLine[] {
  const { path, start, end } = span
  const first = source.line(path, start.line)
  if (first === undefined) return []
  const until = lastLine(span, source)
  const from = first.indexOf(start.column, 'start')
  const toEnd = { line: start.line, text: first.text, from, to: first.text.length }
  if (until === start.line)
    return [end.line === start.line ? { ...toEnd, to: first.indexOf(end.column, 'end') } : toEnd]
  const last = source.line(path, until)
  const text = last?.text ?? ''
  const to = until === end.line ? (last?.indexOf(end.column, 'end') ?? 0) : text.length
  const indent = text.length - text.trimStart().length
  return [toEnd, { line: until, text, from: Math.min(indent, to), to }]
}

/**
 * Where a span ends that a reader would point at: not on the empty lines after a block, nor beyond the
 * file.
 */
function lastLine({ path, start, end }: Span, source: SourceView): number {
  let line = end.line
  while (line > start.line) {
    const text = source.line(path, line)
    const shown = line === end.line ? text?.text.slice(0, text.indexOf(end.column, 'end')) : text?.text
    if (shown !== undefined && shown.trim() !== '') break
    line -= 1
  }
  return line
}
