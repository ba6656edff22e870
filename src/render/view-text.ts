import { connectCommand, headLine, nameText, quoted, spanText } from './change-text.ts'
import { fieldRows } from './field-rows.ts'
import { fitted, placed } from './layout.ts'
import { columns, visible, wrapped } from './plain-text.ts'
import { paint, type Look } from './style.ts'
import type { Entry, Note, Section, Tone, View } from './view/view.ts'

/** `verbose` shows in full what is otherwise cut; `quiet` shows the closing line alone. */
export interface ViewOptions {
  verbose: boolean
  quiet?: boolean
}

/** A view as text for a terminal, or for a log. */
export function renderView(view: View, look: Look, { verbose, quiet }: ViewOptions): string {
  const closing = paint(look, 'strong', visible(view.closing))
  if (quiet === true) return fitted(`${closing}\n`, look)
  const blocks = [
    [headLine(view.header, look), ...view.lead.flatMap((note) => noteLines(note, '', look))],
    ...joinedFolds(view.entries.map((entry) => entryLines(entry, verbose, look))),
    ...view.sections.map((section) => sectionLines(section, verbose, look)),
    [closing],
    view.next === undefined ? [] : [`Next: ${paint(look, 'strong', visible(view.next))}`]
  ]
  const text = blocks
    .filter((block) => block.length > 0)
    .map((block) => `${block.join('\n')}\n`)
    .join('\n')
  return verbose ? text : fitted(text, look)
}

/** Entries of a single line stand together. */
function joinedFolds(entries: string[][]): string[][] {
  const blocks: string[][] = []
  for (const entry of entries) {
    const last = blocks.at(-1)
    if (entry.length === 1 && last !== undefined && last.every((line) => !line.startsWith('    ')))
      last.push(...entry)
    else blocks.push([...entry])
  }
  return blocks
}

function sectionLines({ notes, entries }: Section, verbose: boolean, look: Look): string[] {
  return [
    ...notes.flatMap((note) => noteLines(note, '', look)),
    ...entries.flatMap((entry) => entryLines(entry, verbose, look))
  ]
}

function entryLines(entry: Entry, verbose: boolean, look: Look): string[] {
  const { sign, tone, address, aside, place, rows } = entry
  const title = paint(look, 'strong', `${nameText(address)}${visible(aside)}`)
  const notes = (some: Note[]): string[] => some.flatMap((note) => noteLines(note, '    ', look))
  return [
    placed(`${toned(look, tone, sign)} ${title}`, spanText(place), look),
    ...notes(entry.notes),
    ...fieldRows(rows, look, { verbose, path: place.path }),
    ...notes(entry.remarks)
  ]
}

function toned(look: Look, tone: Tone, text: string): string {
  return tone === 'plain' ? text : paint(look, tone, text)
}

function noteLines(note: Note, indent: string, look: Look): string[] {
  const { about, tone, sentences } = note
  const lines = sentences.map(visible)
  const all = lines.join('; ')
  if (about === 'impact') return impactLines(note, all, indent, look)
  if (about === 'waiting') return waitingLines(note, all, indent, look)
  if (about === 'coverage') return wrapped(all, look.width).map((line) => toned(look, tone, line))
  const isJoined = about === 'reason' && columns(all) + indent.length <= look.width
  const aside = note.aside === undefined ? '' : paint(look, 'dim', visible(note.aside))
  const joint = about === 'undeclared' ? ' ' : '; '
  return [
    ...(isJoined ? [all] : lines).map(
      (line) => toned(look, tone, `${indent}${line}`) + (aside === '' ? '' : `${joint}${aside}`)
    ),
    ...(note.names ?? []).map((name) => `    ${quoted(name)}`)
  ]
}

function impactLines({ sign = '', gist = '', tone }: Note, all: string, indent: string, look: Look) {
  const [first = '', ...rest] = wrapped(`${gist}${all}`, look.width - indent.length - 2)
  return [
    `${indent}${toned(look, tone, sign)} ${toned(look, tone, gist)}${first.slice(gist.length)}`,
    ...rest.map((line) => `${indent}  ${line}`)
  ]
}

function waitingLines({ sign, tone, connect }: Note, all: string, indent: string, look: Look): string[] {
  const mark = sign === undefined ? '' : `${toned(look, tone, sign)} `
  const below = sign === undefined ? indent : `${indent}  `
  return [
    `${indent}${mark}${all}`,
    ...(connect === undefined ? [] : [`${below}${connectCommand(connect, look)}`])
  ]
}
