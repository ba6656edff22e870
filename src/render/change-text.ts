import type { Span } from '../diagnostics/diagnostic.ts'
import { detailsOf, type ChangeDetails } from '../plan/details.ts'
import type { Action, Change, FieldChange, Plan } from '../plan/plan.ts'
import { addressText, type Address } from '../state/resource.ts'
import type { PlanHeader } from './header.ts'
import { placed } from './layout.ts'
import { count, visible, wrapped } from './plain-text.ts'
import { paint, type Ink, type Look } from './style.ts'

/** Signs say all that colours say, for logs and for those who do not see them. */
export const signs: Readonly<Record<Action, string>> = {
  create: '+',
  update: '~',
  rename: '→',
  delete: '-',
  none: ' '
}

/** Among actions only a deletion is red, so that it is found in a long plan. */
export const actionInks: Readonly<Record<Action, Ink>> = {
  create: 'add',
  update: 'change',
  rename: 'rename',
  delete: 'remove',
  none: 'dim'
}

/** `sync "Mongo to Salesforce Sync"`, harmless on a terminal. */
export function nameText(address: Address): string {
  return visible(addressText(address))
}

/** A name within a sentence. Quotes show where it ends, also when it holds spaces or quotes itself. */
export function quoted(name: string): string {
  return visible(JSON.stringify(name))
}

/** What the output is about: nobody should have to guess which organization that was. */
export function headLine(header: PlanHeader, look: Look): string {
  const size = `${count(header.resources, 'resource')} in ${count(header.files, 'file')}`
  const organization = visible(header.organization)
  const service = header.service === 'local' ? 'local Polytomic' : visible(header.service)
  return `${paint(look, 'strong', organization)} · ${service} · API ${visible(header.apiVersion)} · ${size}`
}

/** `configs/syncs.yaml:30:5`: terminals and editors open it. */
function spanText({ path, start }: Span): string {
  return `${visible(path)}:${start.line}:${start.column}`
}

/** The first line of a change, with the place that asks for it. */
export function headingLine(sign: string, ink: Ink, text: string, span: Span, look: Look): string {
  return placed(`${paint(look, ink, sign)} ${paint(look, 'strong', text)}`, spanText(span), look)
}

/** `2026-11-23 18:04 UTC by Ada Lovelace`: as much of it as is known. */
export function lastChangeText(changed: ChangeDetails['changed']): string | undefined {
  if (changed === undefined) return undefined
  const at = changed.at === undefined ? undefined : instantText(changed.at)
  const by = changed.by === undefined ? undefined : `by ${visible(changed.by)}`
  const known = [at, by].filter((part) => part !== undefined)
  return known.length === 0 ? undefined : known.join(' ')
}

function instantText(instant: string): string {
  const date = new Date(instant)
  if (Number.isNaN(date.getTime())) return visible(instant)
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** A new name is told in the heading. */
export function fieldsBesideName(change: Change): FieldChange[] {
  const { action, fields } = detailsOf(change)
  return action === 'rename' ? fields.filter((field) => field.path.join('.') !== 'name') : fields
}

/** Names what a comparison says nothing about, for those who ask. */
export function leftAloneLines(change: Change, look: Look, shown: boolean): string[] {
  if (!shown) return []
  const { action, notStated, hidden, notCompared, notRead } = detailsOf(change)
  const named: [words: string, paths: readonly string[]][] = [
    ['not stated in the files, and left as they are', notStated],
    ['ignored, and left as they are', hidden],
    ['cannot be compared', action === 'create' ? [] : notCompared],
    ['not told by the service', notRead]
  ]
  return named
    .filter(([, paths]) => paths.length > 0)
    .map(([words, paths]) => paint(look, 'dim', `    ${words}: ${paths.map(visible).join(', ')}`))
}

/** How many parts of what is looked at are equal, and how many nobody can tell anything of, or left alone. */
export function coverageLines(plan: Plan, verbose: boolean, look: Look, sends: boolean): string[] {
  const there = plan.changes
    .map(detailsOf)
    .filter(({ action }) => action !== 'create' && action !== 'delete')
  const sum = (number: (change: ChangeDetails) => number): number =>
    there.reduce((total, change) => total + number(change), 0)
  const secrets = sum(({ action, notCompared }) => (sends && action !== 'none' ? 0 : notCompared.length))
  const left = sum(({ notStated, hidden }) => notStated.length + hidden.length)
  const unread = sum(({ notRead }) => notRead.length)
  const equal = sum(({ unchanged }) => unchanged)
  if (secrets + left + unread === 0) return []
  const again = secrets === 1 ? 'sends it again' : 'sends them again'
  const names = verbose ? '' : ' (`--verbose` names them)'
  const parts = [
    ...(equal > 0 ? [`${count(equal, 'field')} ${equal === 1 ? 'is' : 'are'} equal`] : []),
    ...(secrets > 0
      ? [`${count(secrets, 'secret')} cannot be compared (\`polyctl apply --rotate\` ${again})`]
      : []),
    ...(left > 0 ? [`${count(left, 'value')} ${left === 1 ? 'is' : 'are'} left alone${names}`] : []),
    ...(unread > 0 ? [`${count(unread, 'field')} could not be read`] : [])
  ]
  return wrapped(parts.join('; '), look.width).map((line) => paint(look, 'dim', line))
}

/** How many resources wait for a person, directly or through what they need. */
export function waitsText(plan: Plan): string {
  const waiting = plan.changes.filter((change) => change.waiting !== undefined).length
  return waiting === 0 ? '' : ` ${waiting} ${waiting === 1 ? 'waits' : 'wait'} for a person.`
}

/** What a person must do before a resource works. */
export function waitingLines(change: Change, look: Look, indent: string): string[] {
  if (change.waiting === undefined) return []
  const lines = [`${indent}${paint(look, 'wait', '⧗')} ${visible(change.waiting)}`]
  if (change.kind === 'connection') lines.push(`${indent}  ${connectCommand(change.name, look)}`)
  return lines
}

/** A resource that is as the files say, and works only when somebody did something. */
export function waitingEntry(change: Change, look: Look): string[] {
  const [, ...todo] = waitingLines(change, look, '  ')
  return [
    headingLine('⧗', 'wait', nameText(change), change.span, look),
    `    ${visible(change.waiting ?? '')}`,
    ...todo
  ]
}

/** The command as it can be pasted into a shell, whatever the name holds. */
export function connectCommand(name: string, look: Look): string {
  const plain = !/["$`\\!\p{Cc}]/u.test(name)
  const word = plain ? `"${name}"` : `'${name.replaceAll("'", String.raw`'\''`)}'`
  return `polyctl connect ${visible(word)}${look.reach === undefined ? '' : ` ${look.reach}`}`
}

/** What is live and not declared: how much of each kind, and with `verbose` the names. */
export function unmanagedLines(plan: Plan, verbose: boolean, look: Look): string[] {
  const lines: string[] = []
  for (const { kind, live, declared, names } of plan.unmanaged.filter((it) => it.names.length > 0)) {
    const verb = declared === 1 || live === 1 ? 'is' : 'are'
    const left = names.length === 1 ? 'is left alone' : 'are left alone'
    const others = `the other ${names.length} ${left}${verbose ? '' : ' (--verbose names them)'}`
    lines.push(
      `${declared} of ${count(live, kindText(kind))} ${verb} declared; ${paint(look, 'dim', others)}`
    )
    if (verbose) lines.push(...names.map((name) => `    ${quoted(name)}`))
  }
  return lines
}

/** What the files declared at the revision and do no longer: it stays, and is named, for it may be missed. */
export function noLongerDeclaredLines({ noLongerDeclared, since }: Plan, look: Look): string[] {
  if (noLongerDeclared.length === 0) return []
  const number = count(noLongerDeclared.length, 'resource')
  const verb = noLongerDeclared.length === 1 ? 'is' : 'are'
  const hint = paint(look, 'dim', '(--prune deletes)')
  return [
    `${number} ${verb} no longer declared since ${visible(since ?? '')}, and ${verb} left alone ${hint}`,
    ...noLongerDeclared.map((one) => headingLine('?', 'warning', nameText(one), one.span, look))
  ]
}

/** That not everything is looked at must not be overlooked. */
export function partialLines({ partial }: Plan, look: Look): string[] {
  if (partial === undefined) return []
  const declared = count(partial.selected + partial.left, 'declared resource')
  return [
    paint(look, 'warning', `Partial: ${partial.selected} of ${declared}; the others are not looked at.`)
  ]
}

/** A kind as people write it: `bulk sync`. */
export function kindText(kind: string): string {
  return visible(kind.replaceAll('_', ' '))
}
