import type { ApplyEvent, Outcome, Report } from '../apply/events.ts'
import type { Action, FieldChange } from '../plan/plan.ts'
import { connectCommand, kindText, nameText } from './change-text.ts'
import { fitted } from './layout.ts'
import { count, pathText, visible } from './plain-text.ts'
import { renderFrames } from './problems.ts'
import { paint, type Ink, type Look } from './style.ts'
import { valueText } from './value-text.ts'

type Settled = Report['settled'][number]
type Settling<Name extends Outcome['outcome']> = Settled & { outcome: Extract<Outcome, { outcome: Name }> }

const done: Readonly<Record<Action, string>> = {
  create: 'created',
  update: 'updated',
  rename: 'renamed',
  delete: 'deleted',
  // Nothing is to be changed of it, but a person was waited for, and came.
  none: 'authorized'
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

/** What became of each change; why, where it did not work; and what a person should do next. */
export function renderReport(
  report: Report,
  texts: ReadonlyMap<string, string>,
  look: Look,
  options: { quiet: boolean } = { quiet: false }
): string {
  const settled = report.settled
  const failed = settled.filter((it): it is Settling<'failed'> => it.outcome.outcome === 'failed')
  const pending = settled.filter((it): it is Settling<'pending'> => it.outcome.outcome === 'pending')
  const skipped = settled.filter((it): it is Settling<'skipped'> => it.outcome.outcome === 'skipped')
  const fine = settled.filter((it): it is Settling<'done'> => it.outcome.outcome === 'done')
  const problems = failed.map((it) => it.outcome.problem)
  const listing = [
    ...(options.quiet ? [] : doneLines(fine, look)),
    ...pending.flatMap((it) => [
      row('pending', 'wait', nameText(it.address), look),
      because(waitText(it.outcome.because))
    ]),
    ...skippedLines(skipped, look),
    ...failed.flatMap((it) => failedLines(it, look))
  ]
  const blocks = [
    listing.join('\n'),
    renderFrames(problems, texts, look).replace(/\n$/, ''),
    authorizeLines(pending, look).join('\n'),
    paint(look, 'strong', closing(report))
  ]
  return fitted(blocks.filter((block) => block !== '').join('\n\n') + '\n', look)
}

function row(word: string, ink: Ink, text: string, look: Look): string {
  return `${paint(look, ink, word.padEnd(9))} ${text}`
}

function because(text: string): string {
  return `${' '.repeat(10)}${visible(text)}`
}

/**
 * Who waits for whom. What the service said about it follows after, and is beside the point: it cannot
 * work before.
 */
function waitText(text: string): string {
  return /^.*?[^\\]" waits for authorization(?=; )/s.exec(text)?.[0] ?? text
}

function doneLines(fine: Settling<'done'>[], look: Look): string[] {
  const folded = fine.length > manyDone && look.verbose !== true
  const told = folded ? fine.filter((it) => it.outcome.notes.length > 0) : fine
  const counted = folded ? fine.filter((it) => !told.includes(it)) : []
  const groups = Map.groupBy(counted, (it) => `${done[it.action]}\n${kindText(it.address.kind)}`)
  const sums = [...groups].map(([key, group]) => {
    const [word = '', kind = ''] = key.split('\n')
    return row(word, 'add', count(group.length, kind), look)
  })
  return [...sums, ...told.flatMap((it) => doneLine(it, look))]
}

function doneLine({ address, action, outcome }: Settling<'done'>, look: Look): string[] {
  return [row(done[action], 'add', nameText(address), look), ...outcome.notes.map(because)]
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

function authorizeLines(pending: Settling<'pending'>[], look: Look): string[] {
  const waiting = pending.filter(({ address, outcome }) => {
    return address.kind === 'connection' || outcome.authorize !== undefined
  })
  const lines = waiting.flatMap(({ address, outcome: { authorize } }) => [
    `  ${nameText(address)}`,
    ...(authorize === undefined ? [] : [`    ${paint(look, 'place', visible(authorize.url))}`]),
    ...(authorize?.code === undefined
      ? []
      : [`    code: ${paint(look, 'strong', visible(authorize.code))}`]),
    ...(address.kind === 'connection' ? [`    ${connectCommand(address.name, look)}`] : [])
  ])
  return lines.length === 0 ? [] : [paint(look, 'wait', 'A person must act:'), ...lines]
}

function closing({ counts, interrupted, settled }: Report): string {
  const parts = [
    ...(counts.done > 0 || settled.length === 0 || interrupted ? [`${counts.done} done`] : []),
    ...(counts.pending > 0 ? [`${counts.pending} pending`] : []),
    ...(counts.skipped > 0 ? [`${counts.skipped} skipped`] : []),
    ...(counts.failed > 0 ? [`${counts.failed} failed`] : [])
  ].join(', ')
  const again = 'another apply does only what is left.'
  if (interrupted) return `Interrupted: ${parts}; ${again}`
  const some = counts.done > 0
  if (counts.failed > 0 || counts.skipped > 0)
    return `${some ? 'Applied in part' : 'Nothing was applied'}: ${parts}. Mend the cause; ${again}`
  if (counts.pending > 0)
    return `${some ? 'Applied' : 'Nothing is finished yet'}: ${parts}. What is pending waits for a person.`
  if (settled.length === 0) return 'Nothing to do.'
  return settled.every((it) => it.action === 'delete') ? `Deleted: ${counts.done}.` : `Applied: ${parts}.`
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
  if (outcome.outcome === 'done') return row(done[action], 'add', name, look)
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
