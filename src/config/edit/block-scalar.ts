import { parseYaml } from '../source/index.ts'
import { escaped } from './scalar-text.ts'

/** A block scalar (`|` or `>`) as it stands in a file. */
export interface BlockScalar {
  sign: '|' | '>'
  /** It keeps the blank lines behind it. */
  keeps: boolean
  /** What follows the indicators on the first line, as a comment. */
  rest: string
  /** Columns of its lines. */
  indent: number
  /** Its lines are not wider than this, without their indent. */
  width: number
  /** The offset behind its last line that is not blank, or behind all lines where it keeps them. */
  end: number
}

const header = /^([|>])(?:([1-9])?([+-])?|([+-])([1-9]))([ \t]*(?:[ \t]#[^\n\r]*)?)\r?(?=\n|$)/

/** Reads the block scalar at an offset; undefined where there is none. `parent` is the column around it. */
export function blockScalarAt(text: string, start: number, parent: number): BlockScalar | undefined {
  const found = header.exec(text.slice(start, start + 400))
  if (!found) return undefined
  const [head, sign, digit, , , otherDigit, rest = ''] = found
  const stated = digit ?? otherDigit
  const isKept = head.includes('+')
  let indent = stated === undefined ? undefined : Math.max(parent, 0) + Number(stated)
  let width = 0
  let end = start + head.replace(/\r$/, '').length
  for (let at = text.indexOf('\n', start) + 1; at > 0 && at <= text.length; at = nextLine(text, at)) {
    const line = text.slice(at, lineEnd(text, at))
    const own = line.search(/[^ ]/)
    const isBlank = line.trim() === ''
    if (!isBlank) indent ??= own
    if (!isBlank && (own < (indent ?? 0) || own <= parent)) break
    if (at === text.length) break
    width = Math.max(width, line.trimEnd().length - (indent ?? 0))
    if (!isBlank || isKept) end = at + line.length
  }
  return { sign: sign === '>' ? '>' : '|', keeps: isKept, rest, indent: indent ?? parent + 2, width, end }
}

/**
 * Writes a text as a block scalar: the lines from the header on. Undefined where a block cannot say it.
 */
export function blockScalarLines(
  value: string,
  { sign, keeps, rest, indent, width }: Omit<BlockScalar, 'end'>
): string[] | undefined {
  const text = escaped(value)
  const ends = text.length - text.replace(/\n+$/, '').length
  const body = text.slice(0, text.length - ends)
  const isSayable = /^[\n\t\P{C}\p{Cf}]*$/u.test(body) && !/[\u2028\u2029\u0085\uFEFF]/.test(body)
  // Blank lines that follow in the file would be a part of a text that keeps them.
  if (ends > 1 && !keeps) return undefined
  if (body === '' || !isSayable || /^\n*[ \t]/.test(body)) return undefined
  const chomping = ends === 0 ? '-' : ends === 1 ? '' : '+'
  const lines = [...body.split('\n'), ...Array.from({ length: Math.max(ends - 1, 0) }, () => '')]
  const margin = ' '.repeat(indent)
  const written = (as: '|' | '>', all: readonly string[]): string[] => [
    `${as}${chomping}${rest}`,
    ...all.map((line) => (line === '' ? '' : `${margin}${line}`))
  ]
  if (sign === '>') {
    const folded = written('>', foldedLines(body, width, ends))
    if (reads(folded, text)) return folded
  }
  const literal = written('|', lines)
  return reads(literal, text) ? literal : undefined
}

/** A line break in the value is a blank line in the file; one blank between words may be a line break. */
function foldedLines(body: string, width: number, ends: number): string[] {
  const lines = body.split('\n').flatMap((line, index) => {
    const before = index === 0 ? [] : ['']
    return line === '' ? before : [...before, ...wrapped(line, width)]
  })
  return [...lines, ...Array.from({ length: Math.max(ends - 1, 0) }, () => '')]
}

function wrapped(line: string, width: number): string[] {
  const lines: string[] = []
  for (const word of line.split(/(?<=\S) (?=\S)/)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}

function reads(lines: readonly string[], value: string): boolean {
  const [document] = parseYaml('', `k: ${lines.join('\n')}\n`).documents
  const inner = document?.root.is === 'mapping' ? document.root.entries[0]?.value : undefined
  return inner?.is === 'scalar' && inner.value === value
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  if (end === -1) return text.length
  return text[end - 1] === '\r' ? end - 1 : end
}

function nextLine(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 ? 0 : end + 1
}
