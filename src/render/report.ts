import type { ApplyEvent, Outcome } from '../apply/events.ts'
import { pathText } from '../plan/path-node.ts'
import type { Action, FieldChange } from '../plan/plan.ts'
import { kindText, nameText } from './change-text.ts'
import { fitted } from './layout.ts'
import { count, visible } from './plain-text.ts'
import { framesText } from './problems.ts'
import { paint, type Ink, type Look } from './style.ts'
import { valueText } from './value-text.ts'
import { doneWords, type ReportView, type ResultView } from './view/report.ts'

type Settling<Name extends Outcome['outcome']> = ResultView & {
  outcome: Extract<Outcome, { outcome: Name }>
}

const doing: Readonly<Record<Action, string>> = {
  create: 'creating',
  update: 'updating',
  rename: 'renaming',
  delete: 'deleting',
  none: 'looking at'
}

/** From this many on, what went well is counted. */
const manyDone = 50

/** What became of each change, as text for people. */
export function reportText(view: ReportView, look: Look): string {
  const { results, failures, closing } = view
  const failed = results.filter((it): it is Settling<'failed'> => it.outcome.outcome === 'failed')
  const pending = results.filter((it): it is Settling<'pending'> => it.outcome.outcome === 'pending')
  const skipped = results.filter((it): it is Settling<'skipped'> => it.outcome.outcome === 'skipped')
  const fine = results.filter((it): it is Settling<'done'> => it.outcome.outcome === 'done')
  const listing = [
    ...(look.quiet === true ? [] : doneLines(fine, look)),
    ...pending.flatMap((it) => [
      row('pending', 'wait', nameText(it.address), look),
      ...it.notes.map(because)
    ]),
    ...skippedLines(skipped, look),
    ...failed.flatMap((it) => failedLines(it, look))
  ]
  const blocks = [
    listing.join('\n'),
    framesText(failures, look).replace(/\n$/, ''),
    authorizeLines(view, look).join('\n'),
    [paint(look, 'strong', closing.text), ...rememberedLines(view, look)].join('\n')
  ]
  return fitted(blocks.filter((block) => block !== '').join('\n\n') + '\n', look)
}

/** Later plans compare with it, so it is told; that it is not, as well. */
function rememberedLines({ appliedRevision, unremembered }: ReportView, look: Look): string[] {
  if (look.quiet === true) return []
  if (appliedRevision !== undefined)
    return [`Git remembers ${appliedRevision.slice(0, 7)} as applied: later plans compare with it.`]
  return unremembered === undefined
    ? []
    : [`Git does not remember this as applied: ${visible(unremembered)}.`]
}

function row(word: string, ink: Ink, text: string, look: Look): string {
  return `${paint(look, ink, word.padEnd(9))} ${text}`
}

function because(text: string): string {
  return `${' '.repeat(10)}${visible(text)}`
}

function doneLines(fine: Settling<'done'>[], look: Look): string[] {
  const folded = fine.length > manyDone && look.verbose !== true
  const shown = folded ? fine.filter((it) => it.outcome.notes.length > 0) : fine
  const counted = folded ? fine.filter((it) => !shown.includes(it)) : []
  const groups = Map.groupBy(counted, (it) => `${it.word}\n${kindText(it.address.kind)}`)
  const sums = [...groups].map(([key, group]) => {
    const [word = '', kind = ''] = key.split('\n')
    return row(word, 'add', count(group.length, kind), look)
  })
  return [...sums, ...shown.flatMap((it) => doneLine(it, look))]
}

function doneLine({ address, word, notes }: Settling<'done'>, look: Look): string[] {
  return [row(word, 'add', nameText(address), look), ...notes.map(because)]
}

function failedLines({ address, outcome }: Settling<'failed'>, look: Look): string[] {
  const kept = (outcome.kept ?? []).map((field) => because(keptText(field)))
  return [row('failed', 'error', nameText(address), look), ...kept]
}

/** Where the service made something else of a value than was asked. */
function keptText({ path, before, after }: FieldChange): string {
  const field = visible(pathText(path))
  return `the service kept \`${field}\` at ${valueText(before)} instead of ${valueText(after)}`
}

/** A failure near the root skips much: each reason is told once. */
function skippedLines(skipped: Settling<'skipped'>[], look: Look): string[] {
  const shown = skipped.length > 20 && look.verbose !== true ? 3 : Infinity
  const lines: string[] = []
  for (const [reason, group] of Map.groupBy(skipped, (it) => it.outcome.because)) {
    lines.push(...group.slice(0, shown).map((it) => row('skipped', 'warning', nameText(it.address), look)))
    if (group.length > shown) lines.push(because(`and ${count(group.length - shown, 'more change')}`))
    lines.push(because(reason))
  }
  return lines
}

function authorizeLines({ authorize }: ReportView, look: Look): string[] {
  const lines = authorize.flatMap(({ address, url, code, connect }) => [
    `  ${nameText(address)}`,
    ...(url === undefined ? [] : [`    ${paint(look, 'place', visible(url))}`]),
    ...(code === undefined ? [] : [`    code: ${paint(look, 'strong', visible(code))}`]),
    ...(connect === undefined ? [] : [`    ${visible(connect)}`])
  ])
  return lines.length === 0 ? [] : [paint(look, 'wait', 'A person must act:'), ...lines]
}

/** One line for an event, where it has something to tell. */
export function renderEvent(event: ApplyEvent, look: Look): string | undefined {
  if (event.type === 'begin') {
    return beginText(event.changes)
  }
  if (event.type === 'end') return undefined
  const name = nameText(event.address)
  if (event.type === 'start') return paint(look, 'dim', `${doing[event.action].padEnd(9)} ${name}`)
  if (event.type === 'note') return paint(look, 'dim', `${' '.repeat(10)}${name}: ${visible(event.text)}`)
  const { action, outcome } = event
  if (outcome.outcome === 'done') return row(doneWords[action], 'add', name, look)
  if (outcome.outcome === 'failed') {
    const { message, code } = outcome.problem
    return row('failed', 'error', `${failureText(name, visible(message))} [${code}]`, look)
  }
  const ink = outcome.outcome === 'skipped' ? 'warning' : 'wait'
  return row(outcome.outcome, ink, `${name}: ${visible(outcome.because)}`, look)
}

/** The same numbers as the plan's: what waits for a person is no change that is applied. */
function beginText(changes: Extract<ApplyEvent, { type: 'begin' }>['changes']): string | undefined {
  const waiting = changes.filter(({ waits }) => waits === true).length
  const parts = [
    ...(changes.length > waiting ? [`applying ${count(changes.length - waiting, 'change')}`] : []),
    ...(waiting > 0 ? [`${waiting} ${waiting === 1 ? 'waits' : 'wait'} for a person`] : [])
  ]
  return parts.length === 0 ? undefined : parts.join('; ')
}

/** What failed, named once: many messages name it themselves. */
function failureText(name: string, message: string): string {
  if (message.startsWith(`${name} `)) return `${name}: ${message.slice(name.length + 1)}`
  return message.includes(name) ? message : `${name}: ${message}`
}
