import { isDifference } from '../plan/pending.ts'
import { detailsOf, type ChangeDetails } from '../plan/details.ts'
import type { Action, Change, Plan } from '../plan/plan.ts'
import {
  coverageLines,
  fieldsBesideName,
  headingLine,
  headLine,
  leftAloneLines,
  noLongerDeclaredLines,
  partialLines,
  lastChangeText,
  nameText,
  quoted,
  unmanagedLines,
  waitingEntry,
  waitingLines,
  waitsText
} from './change-text.ts'
import { causesOf, fieldRows } from './field-rows.ts'
import { fitted } from './layout.ts'
import { count, visible } from './plain-text.ts'
import type { PlanHeader } from './header.ts'
import { paint, type Ink, type Look } from './style.ts'

/**
 * The same plan in other words: what the service has become, compared with the files. Signs are turned:
 * `-` is what the service lacks, `+` what it has in excess.
 */
export function renderDrift(
  plan: Plan,
  header: PlanHeader,
  look: Look,
  options: { verbose: boolean; quiet?: boolean }
): string {
  if (options.quiet === true) return fitted(`${paint(look, 'strong', closing(plan))}\n`, look)
  const order: readonly Action[] = ['create', 'delete', 'rename', 'update', 'none']
  const entries = order.flatMap((action) =>
    plan.changes
      .filter((change) => change.action === action)
      .map((change) => entry(change, look, { ...options, since: plan.since }))
  )
  const blocks = [
    [headLine(header, look), ...partialLines(plan, look), ...legend(plan, look)],
    ...entries,
    noLongerDeclaredLines(plan, look),
    unmanagedLines(plan, options.verbose, look),
    coverageLines(plan, options.verbose, look, false),
    [paint(look, 'strong', closing(plan))]
  ]
  const text = blocks
    .filter((block) => block.length > 0)
    .map((block) => `${block.join('\n')}\n`)
    .join('\n')
  return options.verbose ? text : fitted(text, look)
}

function legend(plan: Plan, look: Look): string[] {
  const differs = plan.changes.some(isDifference)
  return differs ? [paint(look, 'dim', '- in the files, + in the service')] : []
}

const signs: Readonly<Record<Action, readonly [sign: string, ink: Ink]>> = {
  create: ['-', 'remove'],
  delete: ['+', 'add'],
  rename: ['→', 'rename'],
  update: ['~', 'change'],
  none: ['=', 'dim']
}

function entry(
  change: Change,
  look: Look,
  { verbose, since }: { verbose: boolean; since: string | undefined }
): string[] {
  if (change.waiting !== undefined && (change.action === 'none' || !isDifference(change)))
    return waitingEntry(change, look)
  const leftAlone = leftAloneLines(change, look, verbose)
  if (change.action === 'none' && leftAlone.length === 0) return []
  const [sign, ink] = signs[change.action]
  const shown = change.action === 'create' && !verbose ? [] : fieldsBesideName(change)
  const voice = { signs: change.action !== 'create', turned: change.action !== 'create' }
  return [
    headingLine(sign, ink, nameText(change), change.span, look),
    ...sentences(change, since).map((sentence) => `    ${sentence}`),
    ...fieldRows(shown, look, { voice, verbose, span: change.span, causes: causesOf(change, since) }),
    ...leftAlone,
    ...waitingLines(change, look, '    ')
  ]
}

function sentences(drifted: Change, since: string | undefined): string[] {
  const change = detailsOf(drifted)
  const last = lastChangeText(change.changed)
  const changed = last === undefined ? [] : [`changed ${last}`]
  const said: Readonly<Record<Action, string[]>> = {
    create: [
      change.cause === 'config'
        ? `new in the files since ${visible(since ?? '')}, not applied yet`
        : 'not in the service'
    ],
    delete: ['still in the service; the files remove it', ...changed],
    rename: [`named ${quoted(change.previousName ?? '')} in the service`, ...changed],
    update: [...changed, ...who(change, since)],
    none: []
  }
  return said[change.action]
}

/** With a revision to compare with it is known who moved. */
function who({ cause }: ChangeDetails, since: string | undefined): string[] {
  if (cause === undefined || since === undefined) return []
  const said = {
    config: `only the files moved since ${visible(since)}: not applied yet, and no drift`,
    drift: `the service moved; the files say the same as at ${visible(since)}`,
    conflict: `the files and the service both moved since ${visible(since)}`
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
