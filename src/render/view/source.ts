import type { Diagnostic, Span } from '../../diagnostics/diagnostic.ts'
import { sourceLine, visible } from '../plain-text.ts'

/** What the files say, for who shows lines of them. */
export interface Sources {
  texts: ReadonlyMap<string, string>
  /** Takes known secrets out of a line. */
  hide?: (line: string) => string
}

/** The files as they may be shown: secrets that stand in them in plain text are dots. */
export interface SourceView {
  /** Undefined where the file is not known or has no such line. */
  line(path: string, line: number): ViewedLine | undefined
}

/** A line of a file with nothing in it that acts on whoever shows it. */
export interface ViewedLine {
  text: string
  /**
   * Index in `text` of a column of the file; `end` says to which side a column inside a hidden part
   * falls.
   */
  indexOf(column: number, side: 'start' | 'end'): number
}

const dots = '........'
const secretCodes: ReadonlySet<string> = new Set(['P307', 'P108'])

/**
 * Whatever one problem calls a secret in plain text is hidden in the frames of all problems: the next
 * one may well be on the same line.
 */
export function sourceView(
  { texts, hide = (line) => line }: Sources,
  problems: readonly Diagnostic[]
): SourceView {
  const secrets = Map.groupBy(
    problems.flatMap((it) => (secretCodes.has(it.code) ? it.labels.slice(0, 1) : [])),
    ({ span }) => span.path
  )
  const lines = new Map<string, string[]>()
  const known = new Map<string, ViewedLine>()
  return {
    line(path, number) {
      const text = texts.get(path)
      if (text === undefined) return undefined
      if (!lines.has(path)) lines.set(path, text.split('\n'))
      const raw = lines.get(path)?.[number - 1]
      if (raw === undefined) return undefined
      // Thousands of problems may stand on one line.
      const place = `${number} ${path}`
      const before = known.get(place)
      if (before) return before
      const spans = (secrets.get(path) ?? []).map(({ span }) => span)
      const line = sourceLine(raw)
      const view = redacted(viewed(line, hiddenParts(line, number, spans)), hide)
      known.set(place, view)
      return view
    }
  }
}

type Part = readonly [from: number, to: number]

function hiddenParts(line: string, number: number, spans: readonly Span[]): Part[] {
  const parts: Part[] = []
  for (const { start, end } of spans) {
    if (number < start.line || number > end.line) continue
    const indent = line.length - line.trimStart().length
    const from = number === start.line ? start.column - 1 : indent
    const to = number === end.line ? Math.min(end.column - 1, line.length) : line.length
    if (to > from) parts.push([from, to])
  }
  return parts.toSorted((a, b) => a[0] - b[0])
}

function viewed(line: string, hidden: readonly Part[]): ViewedLine {
  const text = shown(line, hidden, line.length, 'end')
  if (text === line) return { text, indexOf: (column) => Math.min(column - 1, line.length) }
  return {
    text,
    indexOf: (column, side) => {
      const index = Math.min(column - 1, line.length)
      // On a line that nobody can overlook a place is worth no walk from its start.
      return line.length > longestWalk
        ? Math.min(index, text.length)
        : shown(line, hidden, index, side).length
    }
  }
}

/** In letters: where a longer line has hidden or escaped parts, places in it are not exact. */
const longestWalk = 20_000

/** Positions move along with what is taken out before them. */
function redacted(line: ViewedLine, hide: (line: string) => string): ViewedLine {
  const text = hide(line.text)
  if (text === line.text) return line
  return {
    text,
    indexOf(column, side) {
      const index = line.indexOf(column, side)
      const before = line.text.length > longestWalk ? index : hide(line.text.slice(0, index)).length
      return Math.min(before, text.length)
    }
  }
}

/** What is shown of a line up to an index. */
function shown(line: string, hidden: readonly Part[], index: number, side: 'start' | 'end'): string {
  let text = ''
  let cursor = 0
  for (const [from, to] of hidden) {
    if (index <= from) break
    if (to <= cursor) continue
    text += visible(line.slice(cursor, Math.max(from, cursor)))
    if (index < to && side === 'start') return text
    text += dots
    cursor = to
  }
  return text + visible(line.slice(cursor, Math.max(index, cursor)))
}
