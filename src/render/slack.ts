import type { Format } from './format.ts'
import { spanText } from './change-text.ts'
import { jsonText } from './json-text.ts'
import { count, visible } from './plain-text.ts'
import { summaryFormat } from './summary.ts'
import type { Entry, Summary } from './view/summary.ts'
import type { ProblemView } from './view/problems.ts'

/**
 * A message for Slack, in blocks: the body of a request to an incoming webhook. Slack takes 50 blocks, 150
 * characters in a header and 3,000 in a section; what is left out is counted.
 */
export const slack: Format = summaryFormat((summary) => jsonText(slackMessage(summary)))

const [mostHeader, mostSection, mostRows] = [150, 2900, 40] as const

/** The message of a summary; `text` is what a notification shows. */
export function slackMessage(summary: Summary): unknown {
  const { title, closing, about, next } = summary
  const rows = rowsOf(summary)
  const shown = rows.slice(0, mostRows)
  const left = rows.length - shown.length
  const texts = left > 0 ? [...shown, `_… and ${count(left, 'more line')}_`] : shown
  return {
    text: escaped(
      `${marks[summary.outcome]} Polytomic ${title.toLowerCase()}: ${closing}`.slice(0, mostSection)
    ),
    blocks: [
      {
        type: 'header',
        text: {
          type: 'plain_text',
          text: cut(`${marks[summary.outcome]} Polytomic ${title.toLowerCase()}`, mostHeader)
        }
      },
      section(`*${escaped(cut(closing, 1000))}*`),
      ...sections(texts),
      ...(next === undefined ? [] : [section(`Next: ${escaped(cut(next, 1000))}`)]),
      ...(about === ''
        ? []
        : [{ type: 'context', elements: [{ type: 'mrkdwn', text: escaped(cut(about, 1000)) }] }])
    ]
  }
}

const marks = { fine: '✅', differs: '📝', waits: '⏳', failed: '❌' } as const

function section(text: string): unknown {
  return { type: 'section', text: { type: 'mrkdwn', text } }
}

/** As many lines in each section as it may have. */
function sections(rows: readonly string[]): unknown[] {
  const texts: string[] = []
  for (const row of rows) {
    const last = texts.at(-1)
    if (last !== undefined && last.length + row.length + 1 <= mostSection)
      texts[texts.length - 1] = `${last}\n${row}`
    else texts.push(row)
  }
  return texts.map(section)
}

function rowsOf({ entries, problems, remarks, organizations }: Summary): string[] {
  const order = ({ tone, impacts }: Entry): number =>
    tone === 'failed' ? 0 : tone === 'remove' ? 1 : impacts.length > 0 ? 2 : 3
  return [
    ...organizations.map(
      ({ label, summary }) =>
        `${marks[summary.outcome]} *${escaped(cut(label, 100))}*: ${escaped(cut(summary.closing, 300))}`
    ),
    ...problems.map(problemRow),
    ...entries.toSorted((a, b) => order(a) - order(b)).map(entryRow),
    ...remarks.map((remark) => `_${escaped(cut(remark, 300))}_`)
  ]
}

function problemRow({ severity, code, message }: ProblemView): string {
  const mark = severity === 'error' ? ':x:' : ':warning:'
  return `${mark} *${code}* ${escaped(cut(visible(message), 300))}`
}

function entryRow({ sign, word, text, place, notes, impacts, rows }: Entry): string {
  const where = place === undefined ? '' : ` · ${literal(spanText(place))}`
  const sentences = [...notes, ...impacts.map((impact) => `⚠ ${impact}`)].map(
    (note) => `\n    ${escaped(cut(note, 200))}`
  )
  const fields = rows === 0 ? '' : `\n    ${count(rows, 'field')}`
  const more = sentences.length > 0 ? sentences.slice(0, 4).join('') : fields
  return `${literal(sign)} ${word} ${literal(cut(text, 200))}${where}${more}`
}

/** Code of Slack has no way to hold its own sign. */
function literal(text: string): string {
  return `\`${escaped(text.replaceAll('`', 'ˋ'))}\``
}

/**
 * What Slack reads as an element is written in another way; what would call people or be bold is kept from
 * it by a letter that takes no room.
 */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/(?<=^|\s)([*_~])(?=\S)/g, '\u200B$1')
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}
