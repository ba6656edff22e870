import { kindText } from './change-text.ts'
import { count, visible } from './plain-text.ts'
import { paint, type Look } from './style.ts'
import type { ImportedKind, ImportFacts, ImportNote } from './view/import.ts'

/** So many of one sort are told one by one, unless all are asked for. */
const mostNotes = 20
const mostVariables = 30

/** What was written, what needs attention, which variables to set, and what comes next. */
export function importText(facts: ImportFacts, look: Look): string {
  if (look.quiet === true) return quietText(facts, look)
  return `${[
    ...kindLines(facts, look),
    ...fileLines(facts, look),
    ...attentionLines(facts, look),
    ...variableLines(facts, look),
    ...nextLines(facts, look)
  ].join('\n')}\n`
}

/** Only what is in no file, or in a file as something else, and what came of it all. */
function quietText(facts: ImportFacts, look: Look): string {
  const unread = facts.kinds.filter(({ refused }) => refused !== undefined)
  const missed = facts.attention.filter(({ about }) => about === 'left out' || about === 'differs')
  const [, closing = ''] = fileLines(facts, look)
  return `${[...unread.map(kindLine), ...missed.map(noteLine), closing].join('\n')}\n`
}

function kindLines({ kinds, organization, service }: ImportFacts, look: Look): string[] {
  const shown = kinds.filter(({ live, written }) => live !== 0 || written > 0)
  const of = `${visible(organization.name)} (${visible(service)})`
  return [
    paint(look, 'strong', `Imported from ${of}`),
    ...shown.map(kindLine),
    ...(shown.length === 0 ? ['  nothing is there'] : [])
  ]
}

function kindLine({ section, live, written, declared, refused, passed, untold }: ImportedKind): string {
  const name = section.replaceAll('_', ' ').padEnd(24)
  if (live === null) {
    const why = [refused, passed].filter((reason) => reason !== undefined).join('; ')
    const some = written > 0 ? `${String(written).padStart(5)}, the rest ` : ''
    return `  ${name} ${some}not read: ${visible(why)}`
  }
  const left = live - written - declared
  const rest = [
    ...(declared > 0 ? [`${declared} declared already`] : []),
    ...(left > 0 ? [`${left} not written`] : []),
    ...(untold === undefined ? [] : [`not told: ${untold}`])
  ]
  const beside = rest.length > 0 ? `  (${rest.join(', ')})` : ''
  return `  ${name} ${String(written).padStart(5)} of ${live}${beside}`
}

function idleText({ idle, kinds }: ImportFacts): string {
  if (idle === 'nothing live') return 'Nothing to write: nothing of these kinds is live, or could be read.'
  if (idle === 'left out') return 'Nothing to write: what no file declares yet cannot be in one.'
  return kinds.some(({ live }) => live === null)
    ? 'Nothing to write: files declare all of it that was read.'
    : 'Nothing to write: files declare all of it already.'
}

function fileLines(facts: ImportFacts, look: Look): string[] {
  const { files, folder, applied } = facts
  const moved = files.filter(({ state }) => state !== 'unchanged')
  const same = files.length - moved.length
  if (files.length === 0) return ['', idleText(facts)]
  const done = applied ? 'written' : 'would be written'
  const most = look.verbose === true ? moved.length : mostNotes
  return [
    '',
    `${count(moved.length, 'file')} ${done} in ${visible(folder)}${same > 0 ? `, ${same} unchanged` : ''}`,
    ...moved.slice(0, most).map(({ path, state }) => `  ${state === 'new' ? '+' : '~'} ${visible(path)}`),
    ...moreLine(moved.length - most, look)
  ]
}

function moreLine(more: number, look: Look): string[] {
  return more > 0 ? [paint(look, 'dim', `  … and ${more} more; --verbose shows all`)] : []
}

/** What files do not say, or say otherwise, comes before what they say with care. */
const gravest = ['left out', 'differs', 'not written', 'dangling', 'secret-like']

/** What is in no file is always named, however much else there is to tell. */
function attentionLines({ attention }: ImportFacts, look: Look): string[] {
  if (attention.length === 0) return []
  const graver = gravest.map((about) => attention.filter((note) => note.about === about))
  const others = attention.filter(({ about }) => !gravest.includes(about))
  const named = attention.filter(({ about }) => about === 'left out' || about === 'differs').length
  const most = look.verbose === true ? attention.length : Math.max(mostNotes, named)
  return [
    '',
    paint(look, 'strong', `Needs attention (${attention.length})`),
    ...[...graver.flat(), ...others].slice(0, most).map(noteLine),
    ...moreLine(attention.length - most, look)
  ]
}

function noteLine({ kind, name, id, path, text, about }: ImportNote): string {
  const twin = about === 'same name' && id !== null ? ` (${id})` : ''
  const at = path === null ? '' : `, ${visible(path)}`
  return `  ${kindText(kind)} ${visible(JSON.stringify(name))}${twin}${at} ${visible(text)}`
}

function variableLines({ variables }: ImportFacts, look: Look): string[] {
  if (variables.length === 0) return []
  const most = look.verbose === true ? variables.length : mostVariables
  const width = Math.max(...variables.slice(0, most).map(({ name }) => name.length))
  return [
    '',
    paint(look, 'strong', `${count(variables.length, 'secret')} to set before a change is applied`),
    ...variables.slice(0, most).map(({ name, kind, resource, field, needed }) => {
      const of = `${kindText(kind)} ${visible(JSON.stringify(resource))}: ${visible(field)}`
      return `  ${name.padEnd(width)}  ${of}${needed ? '' : ' (optional)'}`
    }),
    ...moreLine(variables.length - most, look)
  ]
}

function nextLines({ next }: ImportFacts, look: Look): string[] {
  if (next.length === 0) return []
  return ['', paint(look, 'strong', 'Next'), ...next.map((line) => `  ${visible(line)}`)]
}
