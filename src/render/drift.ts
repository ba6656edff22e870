import {
  closingLines,
  coverageLines,
  headingLine,
  headLine,
  leftAloneLines,
  nameText,
  noLongerDeclaredLines,
  partialLines,
  unmanagedLines,
  waitingEntry,
  waitingLines
} from './change-text.ts'
import { fieldRows } from './field-rows.ts'
import { fitted } from './layout.ts'
import { visible } from './plain-text.ts'
import { paint, type Ink, type Look } from './style.ts'
import type { ChangesView, ResourceView } from './view/changes.ts'

/** What the service has become, as text for people. */
export function driftText(view: ChangesView, look: Look): string {
  const verbose = look.verbose === true
  if (look.quiet === true) return fitted(`${paint(look, 'strong', view.closing.text)}\n`, look)
  const blocks = [
    [headLine(view, look), ...partialLines(view, look), ...legend(view, look)],
    ...view.resources.map((resource) => entry(resource, look, verbose)),
    noLongerDeclaredLines(view, look),
    unmanagedLines(view, verbose, look),
    coverageLines(view.coverage, verbose, look),
    closingLines(view.closing, look)
  ]
  const text = blocks
    .filter((block) => block.length > 0)
    .map((block) => `${block.join('\n')}\n`)
    .join('\n')
  return verbose ? text : fitted(text, look)
}

function legend({ resources }: ChangesView, look: Look): string[] {
  const differs = resources.some(({ group }) => group === 'difference')
  return differs ? [paint(look, 'dim', '- in the files, + in the service')] : []
}

const inks: Readonly<Record<ResourceView['sign'], Ink>> = {
  '-': 'remove',
  '+': 'add',
  '→': 'rename',
  '~': 'change',
  '=': 'dim',
  '⧗': 'wait'
}

function entry(resource: ResourceView, look: Look, verbose: boolean): string[] {
  const { group, sign, change, place } = resource
  if (group === 'pending' || group === 'waiting') return waitingEntry(resource, look)
  const leftAlone = leftAloneLines(resource, look, verbose)
  if (group === 'same' && leftAlone.length === 0) return []
  const rows = change.action === 'create' && !verbose ? [] : resource.rows
  return [
    headingLine(sign, inks[sign], nameText(change), place, look),
    ...resource.notes.map((note) => `    ${visible(note)}`),
    ...fieldRows(rows, look, { turned: change.action !== 'create', verbose }),
    ...leftAlone,
    ...waitingLines(resource, look, '    ')
  ]
}
