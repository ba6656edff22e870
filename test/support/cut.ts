import type { Span } from '../../src/diagnostics/diagnostic.ts'

/** The text of a span, by its lines and columns; they must say the same as its offsets. */
export function cutAt(text: string, { start, end }: Span): string {
  const lines = text.split('\n')
  const offsetOf = (line: number, column: number) =>
    lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0) + column - 1
  const from = offsetOf(start.line, start.column)
  const to = offsetOf(end.line, end.column)
  if (from !== start.offset || to !== end.offset)
    throw new Error(`offsets ${start.offset}–${end.offset} are not ${from}–${to}`)
  return text.slice(from, to)
}
