import { isDifference } from '../plan/pending.ts'
import { detailsOf } from '../plan/details.ts'
import type { Action, Change, Plan } from '../plan/plan.ts'
import {
  actionInks,
  coverageLines,
  fieldsBesideName,
  lastChangeText,
  headingLine,
  headLine,
  kindText,
  leftAloneLines,
  noLongerDeclaredLines,
  partialLines,
  nameText,
  quoted,
  signs,
  unmanagedLines,
  waitingEntry,
  waitingLines,
  waitsText
} from './change-text.ts'
import { causesOf, fieldRows } from './field-rows.ts'
import type { PlanHeader } from './header.ts'
import { fitted } from './layout.ts'
import { columns, count, pathText, visible, wrapped } from './plain-text.ts'
import { paint, type Look } from './style.ts'

/** What cannot be taken back comes first. */
const order: readonly Action[] = ['delete', 'create', 'rename', 'update']

/**
 * From this many on, new resources are told by name and size; what changes or goes away is always told
 * in full.
 */
const manyCreates = 20

/** Everything that apply would do, and why. */
export function renderPlan(
  plan: Plan,
  header: PlanHeader,
  look: Look,
  options: { verbose: boolean; quiet?: boolean }
): string {
  if (options.quiet === true) return fitted(`${paint(look, 'strong', closing(plan))}\n`, look)
  const differing = plan.changes.filter(isDifference)
  const changes = order.flatMap((action) => differing.filter((change) => change.action === action))
  const creates = changes.filter((change) => change.action === 'create').length
  const folded = !options.verbose && creates > manyCreates
  const pending = plan.changes.filter((change) => change.action !== 'none' && !isDifference(change))
  const waiting = plan.changes.filter((change) => change.action === 'none' && change.waiting !== undefined)
  const same = options.verbose
    ? plan.changes.filter((change) => change.action === 'none' && change.waiting === undefined)
    : []
  const entries = [
    ...[...changes, ...pending].map((change) =>
      entry(change, look, { ...options, folded, since: plan.since })
    ),
    ...waiting.map((change) => waitingEntry(change, look))
  ]
  const hint = folded
    ? [paint(look, 'dim', `The fields of new resources are folded: --verbose shows them.`)]
    : []
  const blocks = [
    [headLine(header, look), ...partialLines(plan, look)],
    ...joinedFolds(entries),
    ...(same.length > 0 ? [same.flatMap((change) => unchangedLines(change, look))] : []),
    hint,
    folded ? foldedImpacts(changes, look) : [],
    noLongerDeclaredLines(plan, look),
    unmanagedLines(plan, options.verbose, look),
    coverageLines(plan, options.verbose, look, true),
    [paint(look, 'strong', closing(plan))]
  ]
  const text = blocks
    .filter((block) => block.length > 0)
    .map((block) => `${block.join('\n')}\n`)
    .join('\n')
  return options.verbose ? text : fitted(text, look)
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
  change: Change,
  look: Look,
  options: { verbose: boolean; folded: boolean; since: string | undefined }
): string[] {
  const { action } = change
  const fold = options.folded && action === 'create'
  const name = nameText(change)
  const was =
    action === 'rename' && change.previousName !== undefined
      ? ` (renamed from ${quoted(change.previousName)})`
      : ''
  const size = fold && change.fields.length > 0 ? ` (${count(change.fields.length, 'field')})` : ''
  const [sign, ink] = isDifference(change) ? [signs[action], actionInks[action]] : (['⧗', 'wait'] as const)
  const heading = headingLine(sign, ink, `${name}${was}${size}`, change.span, look)
  if (fold) return [heading, ...waitingLines(change, look, '    ')]
  const voice = { signs: action !== 'create' && action !== 'delete', turned: false }
  const rows = {
    voice,
    verbose: options.verbose,
    span: change.span,
    causes: causesOf(change, options.since)
  }
  return [
    heading,
    ...reasonLines(change, look, options.verbose),
    ...fieldRows(fieldsBesideName(change), look, rows),
    ...impactLines(change, look, options.verbose),
    ...leftAloneLines(change, look, options.verbose),
    ...waitingLines(change, look, '    ')
  ]
}

/** How many fields, or users of a changed connection, are named before they are counted. */
const manyReached = 5

/** What the change may do to data. That it does nothing is told only to those who ask. */
function impactLines(change: Change, look: Look, verbose: boolean): string[] {
  const told = change.impacts.filter(({ effect }) => verbose || effect !== 'none')
  return told.flatMap(({ effect, because, paths, reaches }) => {
    const ink = effect === 'none' ? 'dim' : 'warning'
    const fields = someOf(paths.map(pathText), verbose)
    const where = fields === '' ? '' : ` (${fields})`
    const users = someOf(reaches, verbose)
    const name = effect === 'none' ? 'nothing happens to data' : effect
    const tail = users === '' ? '' : `; it reaches ${users}`
    const [first = '', ...rest] = wrapped(`${name}${where}: ${visible(because)}${tail}`, look.width - 6)
    return [
      `    ${paint(look, ink, '!')} ${paint(look, ink, name)}${first.slice(name.length)}`,
      ...rest.map((line) => `      ${line}`)
    ]
  })
}

function someOf(texts: readonly string[], verbose: boolean): string {
  const shown = verbose ? texts : texts.slice(0, manyReached)
  const more = texts.length - shown.length
  return [...shown.map(visible), ...(more > 0 ? [`${more} more`] : [])].join(', ')
}

/** Why, and whose work in the service this touches. */
function reasonLines(planned: Change, look: Look, verbose: boolean): string[] {
  const change = detailsOf(planned)
  const last = change.action === 'create' ? undefined : lastChangeText(change.changed)
  const sentences = [
    ...(change.reason === '' ? [] : [visible(change.reason)]),
    ...(last === undefined ? [] : [`last changed in the service ${last}`])
  ]
  const line = sentences.join('; ')
  const lines = line === '' ? [] : columns(line) + 4 <= look.width ? [line] : sentences
  if (verbose && change.id !== undefined) lines.push(`id ${visible(change.id)}`)
  if (verbose && change.after.length > 0) lines.push(`after ${change.after.map(visible).join(', ')}`)
  return lines.map((line) => paint(look, 'dim', `    ${line}`))
}

function unchangedLines(change: Change, look: Look): string[] {
  const heading = headingLine('=', 'dim', nameText(change), change.span, look)
  return [heading, ...leftAloneLines(change, look, true)]
}

/** What folded changes do to data: by kind and effect, for nobody reads it two hundred times. */
function foldedImpacts(changes: readonly Change[], look: Look): string[] {
  const folded = changes.filter(({ action }) => action === 'create')
  const all = folded.flatMap(({ kind, impacts }) => impacts.map((impact) => ({ kind, ...impact })))
  const told = all.filter(({ effect }) => effect !== 'none')
  const groups = Map.groupBy(told, ({ kind, effect, because }) => `${kind}\n${effect}\n${because}`)
  return [...groups.values()].flatMap((group) => {
    const [{ kind, effect, because }] = group as [(typeof group)[0]]
    const sentence = `${effect} (${count(group.length, kindText(kind))}): ${visible(because)}`
    const [first = '', ...rest] = wrapped(sentence, look.width - 2)
    return [
      `${paint(look, 'warning', '!')} ${paint(look, 'warning', effect)}${first.slice(effect.length)}`,
      ...rest.map((line) => `  ${line}`)
    ]
  })
}

function closing(plan: Plan): string {
  const differing = plan.changes.filter(isDifference)
  const number = (action: Action) => differing.filter((change) => change.action === action).length
  const same = plan.changes.filter(({ action }) => action === 'none').length
  const waits = waitsText(plan)
  if (differing.length === 0 && same === 0 && waits !== '')
    return `Nothing to do before a person acts.${waits}`
  if (differing.length === 0) return `${nothing(same, plan.partial !== undefined)}${waits}`
  const renames = number('rename') > 0 ? [`${number('rename')} to rename`] : []
  const parts = [
    `${number('create')} to create`,
    `${number('update')} to update`,
    ...renames,
    `${number('delete')} to delete`
  ]
  return `Plan: ${parts.join(', ')}; ${same} unchanged.${waits}`
}

function nothing(declared: number, isPartial: boolean): string {
  if (declared === 0 && isPartial) return 'Nothing to do: no declared resource is selected.'
  if (declared === 0) return 'Nothing to do: the files declare no resources.'
  const subject = declared === 1 ? 'the declared resource is' : `the ${declared} declared resources are`
  return `Nothing to do: ${subject} as the files say.`
}
