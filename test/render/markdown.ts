import { addressText } from '../../src/state/resource.ts'
import { valueText } from '../../src/render/value-text.ts'
import { visible } from '../../src/render/plain-text.ts'
import type { Entry, Note, Row, View } from '../../src/render/view/view.ts'

/** Another output format, from the views alone: what a page of a code review would show. */
export function markdown({ header, lead, entries, sections, closing, next }: View): string {
  return [
    `# ${plain(header.organization)}`,
    ...lead.map(note),
    ...entries.map(entry),
    ...sections.flatMap((section) => [...section.notes.map(note), ...section.entries.map(entry)]),
    `**${plain(closing)}**`,
    ...(next === undefined ? [] : [`Next: \`${visible(next)}\``])
  ].join('\n\n')
}

function plain(text: string): string {
  return visible(text).replaceAll(/[\\`*_[\]<>|#]/g, String.raw`\$&`)
}

function entry({ sign, address, aside, place, notes, rows, remarks }: Entry): string {
  const title = `## ${sign} ${plain(addressText(address))}${plain(aside)}`
  const where = plain(`${place.path}:${place.start.line}`)
  const table = rows.length === 0 ? [] : [['| | field | service | files |', '|-|-|-|-|', ...rows.map(row)]]
  return [title, where, ...notes.map(note), ...table.map((it) => it.join('\n')), ...remarks.map(note)].join(
    '\n\n'
  )
}

function row({ depth, sign, label, value, note: cause }: Row): string {
  const name = `${'· '.repeat(depth)}${plain(label)}`
  const [live, wanted] = [value?.live, value?.wanted].map((side) =>
    side === undefined ? '' : plain(valueText(side))
  )
  return `| ${sign} | ${name} | ${live} | ${wanted} |${cause === undefined ? '' : ` ${note(cause)} |`}`
}

function note({ sign = '', gist = '', sentences, aside = '', names = [], connect }: Note): string {
  const command = connect === undefined ? [] : [`connect ${connect}`]
  const all = [`${sign} ${gist}${sentences.join('; ')} ${aside}`.trim(), ...names, ...command]
  return `> ${all.map(plain).join('\n> ')}`
}
