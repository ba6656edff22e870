import { detailsOf } from '../../plan/details.ts'
import { isDifference } from '../../plan/pending.ts'
import type { Action, Change, Impact, Plan } from '../../plan/plan.ts'
import type { PlanHeader } from '../header.ts'
import { count, pathText } from '../plain-text.ts'
import {
  coverageSection,
  entryOf,
  kindText,
  lastChangeText,
  leftAloneNotes,
  noLongerDeclaredSection,
  partialNotes,
  unmanagedSection,
  waitingEntry,
  waitingNotes,
  waitsText
} from './notes.ts'
import { rowsOf } from './rows.ts'
import type { Entry, Note, Section, Tone, View } from './view.ts'

/** What cannot be taken back comes first. */
const order: readonly Action[] = ['delete', 'create', 'rename', 'update']

/**
 * From this many on, new resources are told by name and size; what changes or goes away is always told
 * in full.
 */
const manyCreates = 20

/** Signs say all that colours say. Only a deletion is red, so that it is found in a long plan. */
const signs: Readonly<Record<Action, readonly [sign: string, tone: Tone]>> = {
  create: ['+', 'add'],
  update: ['~', 'change'],
  rename: ['→', 'rename'],
  delete: ['-', 'remove'],
  none: ['=', 'dim']
}

/** Everything that apply would do, and why. `next` is the command that does it. */
export function planView(
  plan: Plan,
  header: PlanHeader,
  { verbose, next }: { verbose: boolean; next?: string }
): View {
  const differing = plan.changes.filter(isDifference)
  const changes = order.flatMap((action) => differing.filter((change) => change.action === action))
  const creates = changes.filter(({ action }) => action === 'create')
  const folded = !verbose && creates.length > manyCreates
  const pending = plan.changes.filter((change) => change.action !== 'none' && !isDifference(change))
  const same = plan.changes.filter(({ action }) => action === 'none')
  const options = { verbose, folded, since: plan.since }
  return {
    header,
    lead: partialNotes(plan),
    entries: [
      ...[...changes, ...pending].map((change) => entry(change, options)),
      ...same.filter(({ waiting }) => waiting !== undefined).map(waitingEntry)
    ],
    sections: [
      {
        notes: [],
        entries: verbose ? same.filter(({ waiting }) => waiting === undefined).map(unchangedEntry) : []
      },
      ...(folded ? foldedSections(creates) : []),
      noLongerDeclaredSection(plan),
      unmanagedSection(plan, verbose),
      coverageSection(plan, verbose, true)
    ],
    closing: closing(plan),
    ...(next !== undefined && plan.changes.some(({ action }) => action !== 'none') ? { next } : {})
  }
}

function entry(
  change: Change,
  { verbose, folded, since }: { verbose: boolean; folded: boolean; since: string | undefined }
): Entry {
  const { action, fields, previousName } = detailsOf(change)
  const isFolded = folded && action === 'create'
  const was =
    action === 'rename' && previousName !== undefined
      ? ` (renamed from ${JSON.stringify(previousName)})`
      : ''
  const size = isFolded && fields.length > 0 ? ` (${count(fields.length, 'field')})` : ''
  const [sign, tone] = isDifference(change) ? signs[action] : (['⧗', 'wait'] as const)
  const aside = `${was}${size}`
  if (isFolded) return entryOf(sign, tone, change, { aside, remarks: waitingNotes(change) })
  return entryOf(sign, tone, change, {
    aside,
    notes: reasonNotes(change, verbose),
    rows: rowsOf(change, {
      signs: action !== 'create' && action !== 'delete',
      newer: 'wanted',
      since
    }),
    remarks: [
      ...impactNotes(change, verbose),
      ...(verbose ? leftAloneNotes(change) : []),
      ...waitingNotes(change)
    ]
  })
}

function unchangedEntry(change: Change): Entry {
  const [sign, tone] = signs.none
  return entryOf(sign, tone, change, { remarks: leftAloneNotes(change) })
}

/** How many fields, or users of a changed connection, are named before they are counted. */
const manyReached = 5

/** What the change may do to data. That it does nothing is told only to those who ask. */
function impactNotes(change: Change, verbose: boolean): Note[] {
  const reported = change.impacts.filter(({ effect }) => verbose || effect !== 'none')
  return reported.map(({ effect, because, paths, reaches }) => {
    const fields = someOf(paths.map(pathText), verbose)
    const where = fields === '' ? '' : ` (${fields})`
    const users = someOf(reaches, verbose)
    return impactNote(effect, `${where}: ${because}${users === '' ? '' : `; it reaches ${users}`}`)
  })
}

function impactNote(effect: Impact['effect'], sentence: string): Note {
  const gist = effect === 'none' ? 'nothing happens to data' : effect
  const tone = effect === 'none' ? 'dim' : 'warning'
  return { about: 'impact', tone, sign: '!', gist, sentences: [sentence] }
}

function someOf(texts: readonly string[], verbose: boolean): string {
  const shown = verbose ? texts : texts.slice(0, manyReached)
  const more = texts.length - shown.length
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ')
}

/** Why, and whose work in the service this touches. */
function reasonNotes(planned: Change, verbose: boolean): Note[] {
  const { action, changed, reason, id, after } = detailsOf(planned)
  const last = action === 'create' ? undefined : lastChangeText(changed)
  const sentences = [
    ...(reason === '' ? [] : [reason]),
    ...(last === undefined ? [] : [`last changed in the service ${last}`])
  ]
  const detail = (sentence: string): Note => ({ about: 'detail', tone: 'dim', sentences: [sentence] })
  return [
    ...(sentences.length > 0 ? [{ about: 'reason', tone: 'dim', sentences } satisfies Note] : []),
    ...(verbose && id !== undefined ? [detail(`id ${id}`)] : []),
    ...(verbose && after.length > 0 ? [detail(`after ${after.join(', ')}`)] : [])
  ]
}

/** What folded changes do to data: by kind and effect, for nobody reads it two hundred times. */
function foldedSections(creates: readonly Change[]): Section[] {
  const hint: Note = {
    about: 'hint',
    tone: 'dim',
    sentences: ['The fields of new resources are folded: --verbose shows them.']
  }
  const all = creates.flatMap(({ kind, impacts }) => impacts.map((impact) => ({ kind, ...impact })))
  const reported = all.filter(({ effect }) => effect !== 'none')
  const groups = Map.groupBy(reported, ({ kind, effect, because }) => `${kind}\n${effect}\n${because}`)
  const notes = [...groups.values()].flatMap((group) =>
    group
      .slice(0, 1)
      .map(({ kind, effect, because }) =>
        impactNote(effect, ` (${count(group.length, kindText(kind))}): ${because}`)
      )
  )
  return [
    { notes: [hint], entries: [] },
    { notes, entries: [] }
  ]
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
