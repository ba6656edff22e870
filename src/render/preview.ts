import { closingLines, headLine, nameText } from './change-text.ts'
import { fitted, paddedTo } from './layout.ts'
import { columns, count, cut, visible } from './plain-text.ts'
import { paint, type Ink, type Look } from './style.ts'
import type { PreviewRecord } from '../wire/preview.ts'
import {
  countWords,
  reasonWords,
  recordName,
  writtenOf,
  type PreviewsView,
  type PreviewView
} from './view/preview.ts'

const signs: Readonly<Record<PreviewRecord['operation'], { sign: string; ink: Ink }>> = {
  insert: { sign: '+', ink: 'add' },
  update: { sign: '~', ink: 'change' },
  delete: { sign: '-', ink: 'remove' },
  send: { sign: '+', ink: 'add' },
  skip: { sign: '=', ink: 'dim' },
  refuse: { sign: '!', ink: 'error' }
}

/** What runs of syncs would do to records, as text for people. */
export function previewText(view: PreviewsView, look: Look): string {
  const quiet = look.quiet === true
  const shown = view.previews.filter(({ state }) => state !== 'failed')
  const blocks = [
    quiet ? '' : headLine(view, look),
    ...shown.map((one) => (quiet ? summaryLine(one, look) : previewLines(one, look).join('\n'))),
    closingLines(view.closing, look).join('\n')
  ]
  return fitted(`${blocks.filter((block) => block !== '').join('\n\n')}\n`, look)
}

function summaryLine(preview: PreviewView, look: Look): string {
  const read = count(preview.read, 'record')
  return `${paint(look, 'strong', nameText(preview.address))}  ${read} read: ${countWords(preview.counts)}`
}

function previewLines(preview: PreviewView, look: Look): string[] {
  const { notes, reasons, fields, records } = preview
  return [
    summaryLine(preview, look),
    ...notes.map((note) => `  ${paint(look, 'warning', visible(note))}`),
    ...reasons.map(({ why, count: number }) => `  ${number.toLocaleString('en-US')} ${visible(why)}`),
    ...(records.length === 0
      ? fields.map((field) => `  ${visible(field.name)}: ${fieldCounts(field)}`)
      : records.flatMap((record) => recordLines(record, look))),
    ...moreLines(preview, look)
  ]
}

/** In how many records a field is written: `2 new, 1 changed`. */
export function fieldCounts({ insert, update }: PreviewView['fields'][number]): string {
  const parts = [
    ...(insert === 0 ? [] : [`${insert.toLocaleString('en-US')} new`]),
    ...(update === 0 ? [] : [`${update.toLocaleString('en-US')} changed`])
  ]
  return parts.join(', ')
}

/** What would become of a record, with its values where they are told. */
export function recordLines(record: PreviewRecord, look: Look): string[] {
  const { operation, fields, values, reason, same } = record
  const { sign, ink } = signs[operation]
  const why = same ? 'has these values already' : reason === '' ? '' : reasonWords(reason)
  const name = visible(recordName(record))
  const head = `  ${paint(look, ink, `${sign} ${name}`)}${why === '' ? '' : `  ${paint(look, 'dim', why)}`}`
  const widest = Math.max(0, ...fields.map((field) => columns(visible(field))))
  const room = Math.max(20, look.width - widest - 8)
  return [
    head,
    ...fields.map((field, index) => {
      const [before = null, after = null] = values?.[index] ?? []
      const change =
        values === undefined
          ? ''
          : operation === 'update'
            ? `${recordValue(before)} ${paint(look, 'dim', '→')} ${recordValue(after)}`
            : recordValue(after)
      const shown = look.colour ? change : cut(change, room)
      return `      ${paddedTo(visible(field), widest)}  ${shown}`.trimEnd()
    })
  ]
}

/** A value of a record: of its type the text says nothing. Quotes show what nobody would see. */
function recordValue(text: string | null): string {
  if (text === null) return '(none)'
  return visible(text === '' || text.trim() !== text ? JSON.stringify(text) : text)
}

function moreLines({ counts, records }: PreviewView, look: Look): string[] {
  const all = writtenOf(counts) + counts.skip + counts.refuse
  const more = all - records.length
  if (more <= 0) return []
  const text =
    records.length === 0
      ? 'names and values of records are shown on a terminal, or with --values'
      : `… ${count(more, 'record')} more; --verbose shows all`
  return [paint(look, 'dim', `  ${text}`)]
}
