import { Buffer } from 'node:buffer'
import type { Format } from './format.ts'
import { spanText } from './change-text.ts'
import { count, visible } from './plain-text.ts'
import { summaryFormat } from './summary.ts'
import type { Entry, Summary } from './view/summary.ts'
import type { ProblemView } from './view/problems.ts'
import type { PatchView } from './view/pull.ts'

/**
 * What a comment on a pull request may have, in bytes of UTF-8. GitHub takes 65,536 characters; some are left
 * for whoever puts a line of their own around it.
 */
export const mostBytes = 65_000

/**
 * Markdown for comments on pull requests and for pages of jobs: what it comes to first, then what goes away,
 * what happens to data, problems, and each resource folded. However much there is, it fits, and what is left
 * out is counted.
 */
export const markdown: Format = summaryFormat((summary) => markdownText(summary, mostBytes))

/** The same within a number of bytes, at least 2,000. */
export function markdownText(summary: Summary, bytes: number): string {
  const page = new Page(bytes - 300)
  page.append(head(summary, '###'))
  appendBody(page, summary)
  return page.text()
}

/** Text that may not be longer than it is allowed to be. */
class Page {
  readonly #parts: string[] = []
  #left: number

  constructor(bytes: number) {
    this.#left = bytes
  }

  /** Bytes that can still be written. */
  get left(): number {
    return this.#left
  }

  /** Writes what must be there. */
  append(text: string): void {
    this.#left -= Buffer.byteLength(text)
    this.#parts.push(text)
  }

  /** Writes what there is room for; false where there is none. */
  add(text: string, keep = 0): boolean {
    if (Buffer.byteLength(text) > this.#left - keep) return false
    this.append(text)
    return true
  }

  text(): string {
    return this.#parts.join('')
  }
}

function head({ title, about, closing, next, outcome }: Summary, level: string): string {
  const lines = [
    ...(title === '' ? [] : [`${level} ${marks[outcome]} Polytomic: ${title.toLowerCase()}`, '']),
    ...(closing === '' ? [] : [`**${inline(cut(closing))}**`, '']),
    ...(about === '' ? [] : [inline(cut(about)), '']),
    ...(next === undefined ? [] : [`Next: ${inline(cut(next))}`, ''])
  ]
  return lines.map((line) => `${line}\n`).join('')
}

const marks = { fine: '✅', differs: '📝', waits: '⏳', failed: '❌' } as const

/** So much of what is left each list may take, so that none keeps the others away. */
const share = 0.4

function appendBody(page: Page, summary: Summary): void {
  const { entries, problems, patches, remarks, organizations } = summary
  page.add(table(entries))
  const removed = summary.of === 'pull' ? [] : entries.filter(({ tone }) => tone === 'remove')
  list(page, summary.of === 'drift' ? 'Missing' : 'Goes away', removed.map(withNotes))
  const risky = entries.flatMap((entry) =>
    entry.impacts.map((impact) => `- ⚠️ ${code(entry.text)}: ${inline(cut(impact))}\n`)
  )
  list(page, 'What happens to data', risky)
  list(page, 'Failed', entries.filter(({ tone }) => tone === 'failed').map(withNotes))
  list(page, 'Problems', problems.map(problemLines))
  appendEntries(page, entries)
  appendPatches(page, patches)
  list(
    page,
    'Also',
    remarks.map((remark) => `- ${inline(cut(remark))}\n`)
  )
  for (const [index, { label, summary: own }] of organizations.entries()) {
    const room = Math.floor(page.left / (organizations.length - index))
    const inner = new Page(room)
    inner.append(`#### ${marks[own.outcome]} ${code(label)}\n\n`)
    inner.append(head({ ...own, title: '' }, ''))
    appendBody(inner, own)
    const rest = organizations.length - index
    if (!page.add(inner.text())) {
      page.append(`And ${count(rest, 'more organization')}.\n`)
      return
    }
  }
}

/** How many of each kind, and what of them. */
function table(entries: readonly Entry[]): string {
  if (entries.length < 2) return ''
  const columns = [...new Set(entries.map(({ word }) => word))]
  const kinds = Map.groupBy(entries, ({ address }) => address.kind)
  const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |\n`
  const rows = [...kinds].map(([kind, own]) =>
    row([
      kind.replaceAll('_', ' '),
      ...columns.map((column) => own.filter(({ word }) => word === column).length || '')
    ])
  )
  return [row(['', ...columns]), row(['---', ...columns.map(() => '---:')]), ...rows, '\n'].join('')
}

/** A heading with as many items as there is room for; what is left out is counted. */
function list(page: Page, heading: string, items: readonly string[]): void {
  if (items.length === 0) return
  const keep = Math.floor(page.left * (1 - share))
  if (!page.add(`#### ${heading}\n\n`, keep)) return
  const shown = items.findIndex((item) => !page.add(item, keep))
  if (shown >= 0) page.append(`- … and ${items.length - shown} more\n`)
  page.append('\n')
}

function line(entry: Entry): string {
  const { text, word, place } = entry
  const sign = word === 'delete' || word === 'deleted' ? '🗑️ ' : ''
  return `- ${sign}${word} ${code(text)}${place === undefined ? '' : ` · ${code(spanText(place))}`}\n`
}

function withNotes(entry: Entry): string {
  return `${line(entry)}${entry.notes.map((note) => `  - ${inline(cut(note))}\n`).join('')}`
}

function problemLines({ severity, code: id, message, labels, help, notes }: ProblemView): string {
  const [label] = labels
  const place = label === undefined ? '' : ` · ${code(spanText(label.span))}`
  const below = [...notes, ...help.map((text) => `help: ${text}`)]
  const first = `- **${severity}[${id}]** ${inline(cut(visible(message)))}${place}\n`
  return `${first}${below.map((text) => `  - ${inline(cut(visible(text)))}\n`).join('')}`
}

/** Each resource folded; from where there is no room for its fields, its name alone. */
function appendEntries(page: Page, entries: readonly Entry[]): void {
  const worth = entries.filter(hasMore).toSorted((a, b) => urgency(a) - urgency(b))
  if (worth.length === 0) return
  page.add('#### Resource by resource\n\n')
  const keep = 400
  let isRow = false
  for (const [index, entry] of worth.entries()) {
    if (page.add(isRow ? `\n${details(entry)}` : details(entry), keep)) isRow = false
    else if (page.add(line(entry), keep)) isRow = true
    else {
      const left = worth.length - index
      page.append(`\n… and ${count(left, 'more resource')}: \`--format text\` or \`json\` has all.\n`)
      break
    }
  }
  page.append('\n')
}

/** What goes away and what failed was named before, with the reason. */
function hasMore({ notes, impacts, rows, tone }: Entry): boolean {
  if (tone === 'failed' || tone === 'remove') return rows > 0
  return notes.length > 0 || impacts.length > 0 || rows > 0
}

/** What goes away first, then what touches data, then all else as it comes. */
function urgency({ tone, impacts }: Entry): number {
  return tone === 'remove' ? 0 : impacts.length > 0 ? 1 : 2
}

function details(entry: Entry): string {
  const { sign, word, text, place, notes, impacts, rows, lines } = entry
  const where = place === undefined ? '' : ` · <code>${html(spanText(place))}</code>`
  const sentences = [...notes.map(cut), ...impacts.map((impact) => `⚠️ ${cut(impact)}`)]
  return [
    `<details><summary><code>${html(sign)}</code> ${word} <code>${html(cut(text))}</code>`,
    `${where}</summary>\n\n`,
    ...sentences.map((sentence) => `- ${inline(sentence)}\n`),
    sentences.length > 0 ? '\n' : '',
    rows === 0 ? '' : fenced('diff', lines().map(diffLine)),
    '</details>\n'
  ].join('')
}

/** In a diff of Markdown, `!` is what differs. */
function diffLine(text: string): string {
  const shown = text.startsWith('~') ? `!${text.slice(1)}` : text
  return shown.length > 2000 ? `${shown.slice(0, 2000)}…` : shown
}

function appendPatches(page: Page, patches: readonly PatchView[]): void {
  for (const [index, { path, patch }] of patches.entries()) {
    const lines = patch.replace(/\n$/, '').split('\n').map(visible)
    const summary = `<details><summary><code>${html(visible(path))}</code></summary>\n\n`
    if (!page.add(`${summary}${fenced('diff', lines)}</details>\n`, 200)) {
      page.append(`… and the changes of ${count(patches.length - index, 'more file')}.\n`)
      break
    }
  }
}

/** A block of code that nothing in it ends. */
function fenced(language: string, lines: readonly string[]): string {
  const runs = lines.flatMap((text) => text.match(/`+/g) ?? []).map((run) => run.length)
  const fence = '`'.repeat(Math.max(3, ...runs.map((length) => length + 1)))
  return `${fence}${language}\n${lines.join('\n')}\n${fence}\n\n`
}

/** Longer than this is no name and no sentence. */
const longest = 1000

function cut(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

/** Text as code on one line, whatever it holds. */
function code(text: string): string {
  return `<code>${html(cut(text)).replaceAll(/[*_`~[\]\\]/g, (found) => `&#${found.codePointAt(0)};`)}</code>`
}

/**
 * A sentence: what stands in backticks is code, and nothing in the rest is Markdown, HTML, or the name of a
 * person who would be called.
 */
function inline(text: string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 1 ? part : plain(part)))
    .join('')
}

function plain(text: string): string {
  return text
    .replaceAll(/[\\`*_{}[\]<>|~]/g, String.raw`\$&`)
    .replaceAll('&', '&amp;')
    .replaceAll(/([@#])(?=[\p{L}\p{N}])/gu, '$1&#8203;')
}

function html(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
