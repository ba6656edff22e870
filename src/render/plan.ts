import type { Impact } from '../plan/plan.ts'
import {
  actionInks,
  closingLines,
  coverageLines,
  effectName,
  headingLine,
  headLine,
  impactText,
  kindText,
  leftAloneLines,
  nameText,
  noLongerDeclaredLines,
  uncheckedLines,
  partialLines,
  quoted,
  unmanagedLines,
  waitingEntry,
  waitingLines
} from './change-text.ts'
import { fieldRows } from './field-rows.ts'
import { fitted } from './layout.ts'
import { columns, count, visible, wrapped } from './plain-text.ts'
import { paint, type Look } from './style.ts'
import type { ChangesView, ResourceView } from './view/changes.ts'

/**
 * From this many on, new resources are told by name and size; what changes or goes away is always told
 * in full.
 */
const manyCreates = 20

/** A plan as text for people. */
export function planText(view: ChangesView, look: Look): string {
  const verbose = look.verbose === true
  if (look.quiet === true) return fitted(`${paint(look, 'strong', view.closing.text)}\n`, look)
  const isFolded = !verbose && view.counts.create > manyCreates
  const same = verbose ? view.resources.filter(({ group }) => group === 'same') : []
  const entries = view.resources.flatMap((resource) => {
    if (resource.group === 'same') return []
    if (resource.group === 'waiting') return [waitingEntry(resource, look)]
    return [entry(resource, look, { verbose, isFolded })]
  })
  const hint = isFolded
    ? [paint(look, 'dim', `The fields of new resources are folded: --verbose shows them.`)]
    : []
  const blocks = [
    [headLine(view, look), ...partialLines(view, look)],
    ...joinedFolds(entries),
    ...(same.length > 0 ? [same.flatMap((resource) => unchangedLines(resource, look))] : []),
    hint,
    isFolded ? foldedImpacts(view, look) : [],
    noLongerDeclaredLines(view, look),
    unmanagedLines(view, verbose, look),
    coverageLines(view.coverage, verbose, look),
    uncheckedLines(view, verbose, look),
    closingLines(view.closing, look)
  ]
  const shown = blocks
    .filter((block) => block.length > 0)
    .map((block) => `${block.join('\n')}\n`)
    .join('\n')
  return verbose ? shown : fitted(shown, look)
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

function entry(
  resource: ResourceView,
  look: Look,
  { verbose, isFolded }: { verbose: boolean; isFolded: boolean }
): string[] {
  const { change, group, place, rows, sign } = resource
  const { action, fields, previousName } = change
  const isShort = isFolded && action === 'create'
  const was =
    action === 'rename' && previousName !== undefined ? ` (renamed from ${quoted(previousName)})` : ''
  const size = isShort && fields.length > 0 ? ` (${count(fields.length, 'field')})` : ''
  const ink = group === 'pending' ? 'wait' : actionInks[action]
  const heading = headingLine(sign, ink, `${nameText(change)}${was}${size}`, place, look)
  if (isShort) return [heading, ...waitingLines(resource, look, '    ')]
  return [
    heading,
    ...reasonLines(resource, look, verbose),
    ...fieldRows(rows, look, { turned: false, verbose }),
    ...impactLines(change.impacts, look, verbose),
    ...leftAloneLines(resource, look, verbose),
    ...waitingLines(resource, look, '    ')
  ]
}

/** What the change may do to data. That it does nothing is told only to those who ask. */
function impactLines(impacts: readonly Impact[], look: Look, verbose: boolean): string[] {
  const shown = impacts.filter(({ effect }) => verbose || effect !== 'none')
  return shown.flatMap((impact) => {
    const ink = impact.effect === 'none' ? 'dim' : 'warning'
    const name = effectName(impact)
    const [first = '', ...rest] = wrapped(impactText(impact, verbose), look.width - 6)
    return [
      `    ${paint(look, ink, '!')} ${paint(look, ink, name)}${first.slice(name.length)}`,
      ...rest.map((line) => `      ${line}`)
    ]
  })
}

/** Why, and whose work in the service this touches. */
function reasonLines({ change, notes }: ResourceView, look: Look, verbose: boolean): string[] {
  const sentences = notes.map(visible)
  const line = sentences.join('; ')
  const lines = line === '' ? [] : columns(line) + 4 <= look.width ? [line] : sentences
  if (verbose && change.id !== undefined) lines.push(`id ${visible(change.id)}`)
  if (verbose && change.after.length > 0) lines.push(`after ${change.after.map(visible).join(', ')}`)
  return lines.map((text) => paint(look, 'dim', `    ${text}`))
}

function unchangedLines(resource: ResourceView, look: Look): string[] {
  const heading = headingLine(resource.sign, 'dim', nameText(resource.change), resource.place, look)
  return [heading, ...leftAloneLines(resource, look, true)]
}

/** What folded changes do to data. */
function foldedImpacts({ impacts }: ChangesView, look: Look): string[] {
  return impacts.flatMap(({ kind, effect, because, resources }) => {
    const sentence = `${effect} (${count(resources, kindText(kind))}): ${visible(because)}`
    const [first = '', ...rest] = wrapped(sentence, look.width - 2)
    return [
      `${paint(look, 'warning', '!')} ${paint(look, 'warning', effect)}${first.slice(effect.length)}`,
      ...rest.map((line) => `  ${line}`)
    ]
  })
}
