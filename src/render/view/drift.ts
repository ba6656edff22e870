import { detailsOf, type ChangeDetails } from '../../plan/details.ts'
import { isDifference } from '../../plan/pending.ts'
import type { Action, Change, Plan } from '../../plan/plan.ts'
import type { PlanHeader } from '../header.ts'
import { count } from '../plain-text.ts'
import {
  coverageSection,
  entryOf,
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
import type { Entry, Note, Tone, View } from './view.ts'

const order: readonly Action[] = ['create', 'delete', 'rename', 'update', 'none']

/**
 * The same plan in other words: what the service has become, compared with the files. Signs are turned:
 * `-` is what the service lacks, `+` what it has in excess.
 */
export function driftView(plan: Plan, header: PlanHeader, { verbose }: { verbose: boolean }): View {
  const entries = order.flatMap((action) =>
    plan.changes
      .filter((change) => change.action === action)
      .flatMap((change) => entry(change, verbose, plan.since))
  )
  return {
    header,
    lead: [...partialNotes(plan), ...legend(plan)],
    entries,
    sections: [
      noLongerDeclaredSection(plan),
      unmanagedSection(plan, verbose),
      coverageSection(plan, verbose, false)
    ],
    closing: closing(plan)
  }
}

function legend(plan: Plan): Note[] {
  const differs = plan.changes.some(isDifference)
  return differs ? [{ about: 'legend', tone: 'dim', sentences: ['- in the files, + in the service'] }] : []
}

const signs: Readonly<Record<Action, readonly [sign: string, tone: Tone]>> = {
  create: ['-', 'remove'],
  delete: ['+', 'add'],
  rename: ['→', 'rename'],
  update: ['~', 'change'],
  none: ['=', 'dim']
}

function entry(change: Change, verbose: boolean, since: string | undefined): Entry[] {
  if (change.waiting !== undefined && (change.action === 'none' || !isDifference(change)))
    return [waitingEntry(change)]
  const leftAlone = verbose ? leftAloneNotes(change) : []
  if (change.action === 'none' && leftAlone.length === 0) return []
  const [sign, tone] = signs[change.action]
  const isMissing = change.action === 'create'
  const history: Note = { about: 'history', tone: 'plain', sentences: sentences(change, since) }
  return [
    entryOf(sign, tone, change, {
      notes: [history],
      rows:
        isMissing && !verbose
          ? []
          : rowsOf(change, { signs: !isMissing, newer: isMissing ? 'wanted' : 'live', since }),
      remarks: [...leftAlone, ...waitingNotes(change)]
    })
  ]
}

function sentences(drifted: Change, since: string | undefined): string[] {
  const change = detailsOf(drifted)
  const last = lastChangeText(change.changed)
  const changed = last === undefined ? [] : [`changed ${last}`]
  const said: Readonly<Record<Action, string[]>> = {
    create: [
      change.cause === 'config'
        ? `new in the files since ${since ?? ''}, not applied yet`
        : 'not in the service'
    ],
    delete: ['still in the service; the files remove it', ...changed],
    rename: [`named ${JSON.stringify(change.previousName ?? '')} in the service`, ...changed],
    update: [...changed, ...who(change, since)],
    none: []
  }
  return said[change.action]
}

/** With a revision to compare with it is known who moved. */
function who({ cause }: ChangeDetails, since: string | undefined): string[] {
  if (cause === undefined || since === undefined) return []
  const said = {
    config: `only the files moved since ${since}: not applied yet, and no drift`,
    drift: `the service moved; the files say the same as at ${since}`,
    conflict: `the files and the service both moved since ${since}`
  }
  return [said[cause]]
}

function closing(plan: Plan): string {
  const declared = plan.changes.filter((change) => change.action !== 'delete')
  const differing = declared.filter((change) => isDifference(change) && change.cause !== 'config').length
  const waiting = declared.filter((change) => isDifference(change) && change.cause === 'config').length
  const pending = declared.filter((change) => change.action !== 'none' && !isDifference(change)).length
  const ahead =
    waiting === 0
      ? ''
      : ` ${count(waiting, 'change')} of the files ${waiting === 1 ? 'is' : 'are'} not applied yet.`
  const waits = waitsText(plan)
  const excess = plan.changes.length - declared.length
  const more = `${excess} that the files remove ${excess === 1 ? 'is' : 'are'} still there`
  if (differing > 0) {
    const verb = differing === 1 ? 'differs' : 'differ'
    const tail = excess > 0 ? `; ${more}` : ''
    const some = `${differing} of ${count(declared.length, 'declared resource')}`
    return `Drift: ${some} ${verb}${tail}.${ahead}${waits}`
  }
  if (excess > 0) return `Drift: ${more}.${ahead}${waits}`
  const same = declared.length - pending
  if (waiting > 0 || (same === 0 && pending > 0)) return `No drift.${ahead}${waits}`
  if (declared.length === 0 && plan.partial) return 'No drift: no declared resource is selected.'
  if (declared.length === 0) return 'No drift: the files declare no resources.'
  const subject = same === 1 ? 'the declared resource is' : `the ${same} declared resources are`
  return `No drift: ${subject} as the files say.${waits}`
}
