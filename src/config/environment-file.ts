import { parseEnv } from 'node:util'
import { warning, type Diagnostic, type Span } from '../diagnostics/diagnostic.ts'
import { isVariableName } from './placeholders/index.ts'

/** The value of a variable in an environment file, and the span of its name. */
export interface EnvironmentEntry {
  value: string
  span: Span
}

/**
 * Variables by name, and problems of lines that set no variable. A problem must not contain a value: most
 * values are secrets.
 */
export interface EnvironmentFile {
  entries: Map<string, EnvironmentEntry>
  problems: Diagnostic[]
}

/** One assignment: a line, or several lines where a quoted value continues. */
interface Line {
  /** Absent where the line has no `=`. */
  name?: string
  start: number
  end: number
  isOpen: boolean
}

/**
 * Reads a file of `NAME=value` lines. Values are parsed by Node (`parseEnv`), which ignores other lines
 * silently; each ignored line is reported, because its author expected an effect.
 */
export function readEnvironmentFile(path: string, text: string): EnvironmentFile {
  const values = parseEnv(text)
  const entries = new Map<string, EnvironmentEntry>()
  const problems: Diagnostic[] = []
  const spanOf = spansIn(path, text)
  const first = new Map<string, Span>()
  for (const line of linesOf(text)) {
    const span = spanOf(line.start, line.end)
    const previous = first.get(line.name ?? '')
    if (line.name === undefined) problems.push(strayLine(span))
    else if (!isVariableName(line.name)) problems.push(badName(span))
    else if (line.isOpen) problems.push(openQuote(line.name, span))
    else if (previous) problems.push(twice(line.name, span, previous))
    if (line.name !== undefined && !previous) first.set(line.name, span)
    const value = values[line.name ?? '']
    if (line.name !== undefined && value !== undefined) entries.set(line.name, { value, span })
  }
  // Node may find a variable where `linesOf` finds none. Its value counts, without a span of its own.
  for (const [name, value = ''] of Object.entries(values))
    if (!entries.has(name)) entries.set(name, { value, span: spansIn(path, text)(0, 0) })
  return { entries, problems }
}

const quotes = ['"', "'", '`']

function linesOf(text: string): Line[] {
  const lines: Line[] = []
  let at = 0
  while (at < text.length) {
    const newline = text.indexOf('\n', at)
    const end = newline < 0 ? text.length : newline
    const [, lead = '', exported = '', name] =
      /^(\s*)(export[ \t]+)?([^=]*?)\s*=/.exec(text.slice(at, end)) ?? []
    const whole = text.slice(at, end)
    const start =
      at + (name === undefined ? whole.length - whole.trimStart().length : lead.length + exported.length)
    const isComment = whole.trim() === '' || whole.trimStart().startsWith('#')
    if (isComment) {
      at = end + 1
      continue
    }
    if (name === undefined) {
      lines.push({ start, end: at + whole.trimEnd().length, isOpen: false })
      at = end + 1
      continue
    }
    const value = valueEnd(text, text.indexOf('=', at) + 1, end)
    lines.push({ name, start, end: start + name.length, isOpen: value.isOpen })
    at = value.end + 1
  }
  return lines
}

/** A quoted value ends at its closing quote, perhaps on a later line; the rest of that line is ignored. */
function valueEnd(text: string, from: number, lineEnd: number): { end: number; isOpen: boolean } {
  const start = from + (/^[ \t]*/.exec(text.slice(from, lineEnd))?.[0].length ?? 0)
  const quote = quotes.find((one) => one === text[start])
  if (quote === undefined) return { end: lineEnd, isOpen: false }
  const close = text.indexOf(quote, start + 1)
  if (close < 0) return { end: lineEnd, isOpen: true }
  const newline = text.indexOf('\n', close)
  return { end: newline < 0 ? text.length : newline, isOpen: false }
}

function spansIn(path: string, text: string): (start: number, end: number) => Span {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  let line = 0
  const position = (offset: number) => {
    while (line + 1 < starts.length && starts[line + 1]! <= offset) line += 1
    return { line: line + 1, column: offset - starts[line]! + 1, offset }
  }
  return (start, end) => ({ path, start: position(start), end: position(end) })
}

function strayLine(span: Span): Diagnostic {
  return warning('P624', 'a line of an environment file sets nothing', {
    labels: [{ span, text: 'this line has no `=`' }],
    help: ['write `NAME=value`, or begin the line with `#`']
  })
}

function badName(span: Span): Diagnostic {
  return warning('P624', 'a line of an environment file sets what no placeholder can name', {
    labels: [{ span, text: 'this is not the name of a variable' }],
    help: ['names have letters, digits and `_`, and do not start with a digit: write `NAME=value`']
  })
}

function openQuote(name: string, span: Span): Diagnostic {
  return warning(
    'P624',
    `the value of \`${name}\` in an environment file begins with a quote that does not end`,
    {
      labels: [{ span, text: 'the quote is a part of its value' }],
      help: ['close the quote, or put other quotes around the whole value']
    }
  )
}

function twice(name: string, span: Span, previous: Span): Diagnostic {
  return warning('P624', `\`${name}\` stands twice in an environment file`, {
    labels: [
      { span, text: 'this one counts' },
      { span: previous, text: 'this one does not' }
    ],
    help: ['keep one of the two']
  })
}
