import { stripVTControlCharacters } from 'node:util'
import wrapAnsi from 'wrap-ansi'
import { paddedTo } from './layout.ts'
import { columns } from './plain-text.ts'
import { paint, type Look } from './style.ts'

/**
 * A page of the reference: for a terminal, headings, code and tables are drawn and the rest is wrapped; for
 * a file or a pipe it is the Markdown that it was written in.
 */
export function pageText(markdown: string, look: Look): string {
  if (look.wraps !== true) return markdown
  const width = Math.min(look.width, 100)
  return `${blocksOf(markdown)
    .map((block) => drawn(block, width, look))
    .join('\n\n')}\n`
}

/** Lines that belong together: a fenced block is one, whatever is in it. */
function blocksOf(markdown: string): string[][] {
  const blocks: string[][] = [[]]
  let isCode = false
  for (const line of markdown.trimEnd().split('\n')) {
    if (line.startsWith('```')) isCode = !isCode
    if (line === '' && !isCode) blocks.push([])
    else blocks.at(-1)?.push(line)
  }
  return blocks.filter((lines) => lines.length > 0)
}

function drawn(lines: readonly string[], width: number, look: Look): string {
  const [first = ''] = lines
  if (first.startsWith('```'))
    return lines
      .slice(1, -1)
      .map((line) => (line === '' ? '' : `    ${line}`))
      .join('\n')
  const heading = /^#+ (.*)$/.exec(first)?.[1]
  if (heading !== undefined) return paint(look, 'strong', heading)
  if (first.startsWith('|')) return tableText(lines, width)
  return itemsOf(lines)
    .map((item) => {
      const mark = item.startsWith('- ') ? '- ' : ''
      return indented(mark, wrapped(withoutMarks(item.slice(mark.length)), width - mark.length))
    })
    .join('\n')
}

/** A paragraph is one item, and each point of a list. */
function itemsOf(lines: readonly string[]): string[] {
  const items: string[] = []
  for (const line of lines)
    if (items.length === 0 || line.startsWith('- ')) items.push(line)
    else items.push(`${items.pop() ?? ''} ${line.trim()}`)
  return items
}

/** Links become their text, and words in bold plain ones. What is quoted as code keeps its marks. */
function withoutMarks(text: string): string {
  return text.replaceAll(/(`[^`]*`)|\[([^\]]*)\]\([^)]*\)|\*\*([^*]+)\*\*/g, (_, code, link, bold) =>
    String(code ?? link ?? bold)
  )
}

function wrapped(text: string, width: number): string[] {
  return wrapAnsi(text, Math.max(16, width)).split('\n')
}

function indented(mark: string, lines: readonly string[]): string {
  return lines.map((line, at) => (at === 0 ? mark : ' '.repeat(mark.length)) + line).join('\n')
}

/** Side by side where the last column has room; else each row is a word with what is said of it below. */
function tableText(lines: readonly string[], width: number): string {
  const [head = [], , ...rows] = lines.map((line) =>
    line
      .replaceAll(/^\| ?| ?\|$/g, '')
      .split(/(?<!\\) ?\| ?/)
      .map((cell) => withoutMarks(cell.replaceAll('\\|', '|')).trim())
  )
  const all = [head.map((cell) => cell.toUpperCase()), ...rows].filter((row) => row.some(Boolean))
  const widths = head.map((_, at) => Math.max(...all.map((row) => columns(row[at] ?? ''))))
  const wide = widths.indexOf(Math.max(...widths))
  const room =
    width - 2 * (widths.length - 1) - widths.reduce((sum, one) => sum + one, 0) + (widths[wide] ?? 0)
  if (room < 24) return rows.map((row) => stacked(row, width)).join('\n')
  return all.map((row) => sideBySide(row, widths.with(wide, Math.min(room, widths[wide] ?? 0)))).join('\n')
}

function sideBySide(row: readonly string[], widths: readonly number[]): string {
  const cells = widths.map((width, at) => wrapAnsi(row[at] ?? '', width).split('\n'))
  const height = Math.max(...cells.map(({ length }) => length))
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((cell, at) => paddedTo(cell[line] ?? '', widths[at] ?? 0))
      .join('  ')
      .trimEnd()
  ).join('\n')
}

function stacked([first = '', ...rest]: readonly string[], width: number): string {
  const below = rest.filter((cell) => cell !== '' && cell !== '–')
  return [...wrapped(first, width), ...below.map((cell) => indented('    ', wrapped(cell, width - 4)))]
    .map((line) => stripVTControlCharacters(line))
    .join('\n')
}
