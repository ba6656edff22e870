import { isDifference } from '../../plan/pending.ts'
import type { Action, Plan } from '../../plan/plan.ts'
import { count } from '../plain-text.ts'
import {
  connectFirst,
  seenFrom,
  waitsText,
  type Closing,
  type Counts,
  type ResourceView,
  type ToldChange
} from './changes.ts'
import { lastChangeText } from './last-change.ts'

const actions: readonly Action[] = ['create', 'delete', 'rename', 'update', 'none']

/**
 * The same plan in other words: what the service has become, compared with the files. Signs are turned:
 * `-` is what the service lacks, `+` what it has in excess.
 */
export const driftView = seenFrom({
  signs: { create: '-', delete: '+', rename: '→', update: '~', none: '=' },
  rank: (_group, action) => actions.indexOf(action),
  notes: notesOf,
  telling: (action) => ({ signs: action !== 'create', turned: action !== 'create' }),
  impacts: () => [],
  sends: false,
  closing: closingOf
})

function notesOf(change: ToldChange, since: string | undefined, age: number | undefined): string[] {
  const last = lastChangeText(change.changed, age)
  const changed = last === undefined ? [] : [`changed ${last}`]
  const notes: Readonly<Record<Action, string[]>> = {
    create: [
      change.cause === 'config'
        ? `new in the files since ${since ?? ''}, not applied yet`
        : 'not in the service'
    ],
    delete: ['still in the service; the files remove it', ...changed],
    rename: [`named ${JSON.stringify(change.previousName ?? '')} in the service`, ...changed],
    update: [...changed, ...whoMoved(change, since)],
    none: []
  }
  return notes[change.action]
}

/** With a revision to compare with it is known who moved. */
function whoMoved({ cause }: ToldChange, since: string | undefined): string[] {
  if (cause === undefined || since === undefined) return []
  const sentences = {
    config: `only the files moved since ${since}: not applied yet, and no drift`,
    drift: `the service moved; the files say the same as at ${since}`,
    conflict: `the files and the service both moved since ${since}`
  }
  return [sentences[cause]]
}

const differing = '`polyctl plan` shows what apply would put back; `polyctl pull` keeps what is there.'

/** A plan stops there: an id that leads nowhere must not become another resource. */
const lost =
  '`polyctl plan` stops at an `id` that is not there: take it away, and apply makes the resource anew; ' +
  '`polyctl pull --remove-missing` takes the block away.'

function closingOf(plan: Plan, counts: Counts, resources: readonly ResourceView[]): Closing {
  const text = `${sentenceOf(plan, counts)}${waitsText(counts)}`
  if (text.startsWith('Drift: ')) {
    const isLost = plan.changes.some((change) => change.action === 'create' && change.lostId !== undefined)
    return { text, next: isLost ? lost : differing }
  }
  const next = connectFirst(resources)
  return { text, ...(next === undefined ? {} : { next: `${next} lets it work.` }) }
}

function sentenceOf(plan: Plan, { pending }: Counts): string {
  const declared = plan.changes.filter((change) => change.action !== 'delete')
  const different = declared.filter((change) => isDifference(change) && change.cause !== 'config').length
  const waiting = declared.filter((change) => isDifference(change) && change.cause === 'config').length
  const ahead =
    waiting === 0
      ? ''
      : ` ${count(waiting, 'change')} of the files ${waiting === 1 ? 'is' : 'are'} not applied yet.`
  const excess = plan.changes.length - declared.length
  const more = `${excess} that the files remove ${excess === 1 ? 'is' : 'are'} still there`
  if (different > 0) {
    const verb = different === 1 ? 'differs' : 'differ'
    const tail = excess > 0 ? `; ${more}` : ''
    const some = `${different} of ${count(declared.length, 'declared resource')}`
    return `Drift: ${some} ${verb}${tail}.${ahead}`
  }
  if (excess > 0) return `Drift: ${more}.${ahead}`
  const same = declared.length - pending
  if (waiting > 0 || (same === 0 && pending > 0)) return `No drift.${ahead}`
  if (declared.length === 0 && plan.partial) return 'No drift: no declared resource is selected.'
  if (declared.length === 0) return 'No drift: the files declare no resources.'
  const subject = same === 1 ? 'the declared resource is' : `the ${same} declared resources are`
  return `No drift: ${subject} as the files say.`
}
