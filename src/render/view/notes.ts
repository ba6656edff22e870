import { detailsOf, type ChangeDetails } from '../../plan/details.ts'
import type { Change, Plan } from '../../plan/plan.ts'
import type { Address } from '../../state/resource.ts'
import { count } from '../plain-text.ts'
import type { Entry, Note, Section, Tone } from './view.ts'

/** An entry of a resource, to be filled. */
export function entryOf(
  sign: string,
  tone: Tone,
  change: Address & Pick<Change, 'span'>,
  more: Partial<Entry> = {}
): Entry {
  const { kind, name, span } = change
  return {
    address: { kind, name },
    sign,
    tone,
    aside: '',
    place: span,
    notes: [],
    rows: [],
    remarks: [],
    ...more
  }
}

/** `2026-11-23 18:04 UTC by Ada Lovelace`: as much of it as is known. */
export function lastChangeText(changed: ChangeDetails['changed']): string | undefined {
  if (changed === undefined) return undefined
  const at = changed.at === undefined ? undefined : instantText(changed.at)
  const by = changed.by === undefined ? undefined : `by ${changed.by}`
  const known = [at, by].filter((part) => part !== undefined)
  return known.length === 0 ? undefined : known.join(' ')
}

function instantText(instant: string): string {
  const date = new Date(instant)
  if (Number.isNaN(date.getTime())) return instant
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** Names what a comparison says nothing about, for those who ask. */
export function leftAloneNotes(change: Change): Note[] {
  const { action, notStated, hidden, notCompared, notRead } = detailsOf(change)
  const named: [words: string, paths: readonly string[]][] = [
    ['not stated in the files, and left as they are', notStated],
    ['ignored, and left as they are', hidden],
    ['cannot be compared', action === 'create' ? [] : notCompared],
    ['not told by the service', notRead]
  ]
  return named
    .filter(([, paths]) => paths.length > 0)
    .map(([words, paths]) => ({
      about: 'left-alone',
      tone: 'dim',
      sentences: [`${words}: ${paths.join(', ')}`]
    }))
}

/** How many parts of what is looked at are equal, and how many nobody can tell anything of, or left alone. */
export function coverageSection(plan: Plan, verbose: boolean, sends: boolean): Section {
  const there = plan.changes
    .map(detailsOf)
    .filter(({ action }) => action !== 'create' && action !== 'delete')
  const sum = (number: (change: ChangeDetails) => number): number =>
    there.reduce((total, change) => total + number(change), 0)
  const secrets = sum(({ action, notCompared }) => (sends && action !== 'none' ? 0 : notCompared.length))
  const left = sum(({ notStated, hidden }) => notStated.length + hidden.length)
  const unread = sum(({ notRead }) => notRead.length)
  const equal = sum(({ unchanged }) => unchanged)
  if (secrets + left + unread === 0) return { notes: [], entries: [] }
  const again = secrets === 1 ? 'sends it again' : 'sends them again'
  const names = verbose ? '' : ' (`--verbose` names them)'
  const sentences = [
    ...(equal > 0 ? [`${count(equal, 'field')} ${equal === 1 ? 'is' : 'are'} equal`] : []),
    ...(secrets > 0
      ? [`${count(secrets, 'secret')} cannot be compared (\`polyctl apply --rotate\` ${again})`]
      : []),
    ...(left > 0 ? [`${count(left, 'value')} ${left === 1 ? 'is' : 'are'} left alone${names}`] : []),
    ...(unread > 0 ? [`${count(unread, 'field')} could not be read`] : [])
  ]
  return { notes: [{ about: 'coverage', tone: 'dim', sentences }], entries: [] }
}

/** How many resources wait for a person, directly or through what they need. */
export function waitsText(plan: Plan): string {
  const waiting = plan.changes.filter((change) => change.waiting !== undefined).length
  return waiting === 0 ? '' : ` ${waiting} ${waiting === 1 ? 'waits' : 'wait'} for a person.`
}

/** What a person must do before a resource works. What is still to be made waits for another one. */
export function waitingNotes(change: Change, sign = '⧗'): Note[] {
  if (change.waiting === undefined) return []
  const connect = change.action === 'create' ? {} : { connect: change.name }
  const about = { about: 'waiting', tone: 'wait', ...(sign === '' ? {} : { sign }) } as const
  return [{ ...about, sentences: [change.waiting], ...connect }]
}

/** A resource that is as the files say, and works only when somebody did something. */
export function waitingEntry(change: Change): Entry {
  return entryOf('⧗', 'wait', change, { remarks: waitingNotes(change, '') })
}

/** What is live and not declared: how much of each kind, and with `verbose` the names. */
export function unmanagedSection(plan: Plan, verbose: boolean): Section {
  const notes = plan.unmanaged
    .filter(({ names }) => names.length > 0)
    .map(({ kind, live, declared, names }): Note => {
      const verb = declared === 1 || live === 1 ? 'is' : 'are'
      const left = names.length === 1 ? 'is left alone' : 'are left alone'
      return {
        about: 'unmanaged',
        tone: 'plain',
        sentences: [`${declared} of ${count(live, kindText(kind))} ${verb} declared`],
        aside: `the other ${names.length} ${left}${verbose ? '' : ' (--verbose names them)'}`,
        ...(verbose ? { names } : {})
      }
    })
  return { notes, entries: [] }
}

/** What the files declared at the revision and do no longer: it stays, and is named, for it may be missed. */
export function noLongerDeclaredSection({ noLongerDeclared, since }: Plan): Section {
  if (noLongerDeclared.length === 0) return { notes: [], entries: [] }
  const number = count(noLongerDeclared.length, 'resource')
  const verb = noLongerDeclared.length === 1 ? 'is' : 'are'
  const sentence = `${number} ${verb} no longer declared since ${since ?? ''}, and ${verb} left alone`
  const note: Note = {
    about: 'undeclared',
    tone: 'plain',
    sentences: [sentence],
    aside: '(--prune deletes)'
  }
  return { notes: [note], entries: noLongerDeclared.map((one) => entryOf('?', 'warning', one)) }
}

/** That not everything is looked at must not be overlooked. */
export function partialNotes({ partial }: Plan): Note[] {
  if (partial === undefined) return []
  const declared = count(partial.selected + partial.left, 'declared resource')
  const sentence = `Partial: ${partial.selected} of ${declared}; the others are not looked at.`
  return [{ about: 'partial', tone: 'warning', sentences: [sentence] }]
}

/** A kind as people write it: `bulk sync`. */
export function kindText(kind: string): string {
  return kind.replaceAll('_', ' ')
}
