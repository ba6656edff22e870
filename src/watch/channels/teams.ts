import { count } from '../../render/plain-text.ts'
import type { Entry, Summary } from '../../render/view/summary.ts'
import { summaryOf } from '../message.ts'
import { postJson, type Channel, type Post } from './channel.ts'

/** A workflow of Teams that begins with a request: it takes an adaptive card. */
export function teamsChannel(name: string, url: string, post: Post): Channel {
  return {
    name,
    type: 'teams',
    send: (message, signal) =>
      postJson(post, url, { body: JSON.stringify(teamsMessage(summaryOf(message), message.link)), signal })
  }
}

/** Teams takes 28 KiB; with so many lines of this length a message stays below that, also in UTF-8. */
const [mostEntries, mostLetters, mostBytes] = [30, 160, 20_000] as const

/** A message for Teams: an adaptive card with a line for each piece of news, as far as there is room. */
export function teamsMessage({ closing, about, entries, outcome, next }: Summary, link?: string): unknown {
  const shown: unknown[] = []
  let bytes = 0
  for (const entry of entries.slice(0, mostEntries)) {
    const block = text(entryText(entry), { color: colours[entry.tone] })
    bytes += Buffer.byteLength(JSON.stringify(block))
    if (bytes > mostBytes) break
    shown.push(block)
  }
  const left = entries.length - shown.length
  const color = outcome === 'failed' ? 'Attention' : outcome === 'differs' ? 'Warning' : 'Good'
  const body = [
    text('Polytomic watch', { size: 'Large', weight: 'Bolder' }),
    text(escaped(cut(closing)), { weight: 'Bolder', color }),
    ...shown,
    ...(left > 0 ? [text(`… and ${count(left, 'more line')}`, { isSubtle: true })] : []),
    ...(next === undefined ? [] : [text(escaped(next), {})]),
    ...(about === '' ? [] : [text(escaped(cut(about)), { isSubtle: true })])
  ]
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    msteams: { width: 'Full' },
    body,
    ...(link === undefined ? {} : { actions: [{ type: 'Action.OpenUrl', title: 'See more', url: link }] })
  }
  const contentType = 'application/vnd.microsoft.card.adaptive'
  return { type: 'message', attachments: [{ contentType, contentUrl: null, content }] }
}

const colours: Readonly<Record<Entry['tone'], string>> = {
  add: 'Good',
  change: 'Warning',
  remove: 'Attention',
  wait: 'Accent',
  same: 'Default',
  failed: 'Attention'
}

function text(words: string, more: Record<string, unknown>): unknown {
  return { type: 'TextBlock', text: words, wrap: true, ...more }
}

function entryText({ sign, word, text: about, notes }: Entry): string {
  const [first] = notes
  return escaped(cut(`${sign} ${about} ${word}${first === undefined ? '' : ` (${first})`}`))
}

/** A text block reads a part of Markdown: each sign of that stands for itself. */
function escaped(words: string): string {
  return words.replaceAll(/[\\`*_[\]<>|~]|^[#+-]/g, (sign) => `\\${sign}`)
}

function cut(words: string): string {
  return words.length > mostLetters ? `${words.slice(0, mostLetters - 1)}…` : words
}
