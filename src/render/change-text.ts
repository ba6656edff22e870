import type { Span } from '../diagnostics/diagnostic.ts'
import type { Action, Impact } from '../plan/plan.ts'
import { addressText, type Address } from '../state/resource.ts'
import { placed } from './layout.ts'
import { pathText } from '../plan/path-node.ts'
import { count, visible, wrapped } from './plain-text.ts'
import { paint, type Ink, type Look } from './style.ts'
import type { ChangesView, Closing, Coverage, ResourceView } from './view/changes.ts'

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
export function headLine({ header }: Pick<ChangesView, 'header'>, look: Look): string {
  const size = `${count(header.resources, 'resource')} in ${count(header.files, 'file')}`
  const base =
    header.appliedLast === undefined ? '' : ` · since ${visible(header.appliedLast)}, applied last`
  const from = header.variables === undefined ? '' : ` · variables of ${visible(header.variables)}`
  const environment =
    header.environment === undefined ? '' : `environment ${visible(header.environment)} · `
  const organization = visible(header.organization)
  const service = header.service === 'local' ? 'local Polytomic' : visible(header.service)
  const where = `${environment}${service} · API ${visible(header.apiVersion)}`
  return `${paint(look, 'strong', organization)} · ${where} · ${size}${from}${base}`
}

/** `configs/syncs.yaml:30:5`: terminals and editors open it. */
export function spanText({ path, start }: Span): string {
  return `${visible(path)}:${start.line}:${start.column}`
}

/** The first line of a change, with the place that asks for it. */
export function headingLine(sign: string, ink: Ink, text: string, span: Span, look: Look): string {
  return placed(`${paint(look, ink, sign)} ${paint(look, 'strong', text)}`, spanText(span), look)
}

/** Names what a comparison says nothing about, for those who ask. */
export function leftAloneLines({ leftAlone }: ResourceView, look: Look, shown: boolean): string[] {
  if (!shown) return []
  return leftAlone.map(({ label, paths }) =>
    paint(look, 'dim', `    ${label}: ${paths.map(visible).join(', ')}`)
  )
}

/** How many fields, or users of a changed connection, are named before they are counted. */
const manyReached = 5

/** What a change may do to data, in a sentence; with `verbose` all fields and users are named. */
export function impactText(impact: Impact, verbose: boolean): string {
  const { because, paths, reaches } = impact
  const fields = someOf(paths.map(pathText), verbose)
  const where = fields === '' ? '' : ` (${fields})`
  const users = someOf(reaches, verbose)
  const tail = users === '' ? '' : `; it reaches ${users}`
  return `${effectName(impact)}${where}: ${visible(because)}${tail}`
}

/** The effect in words. */
export function effectName({ effect }: Pick<Impact, 'effect'>): string {
  return effect === 'none' ? 'nothing happens to data' : effect
}

function someOf(texts: readonly string[], verbose: boolean): string {
  const shown = verbose ? texts : texts.slice(0, manyReached)
  const more = texts.length - shown.length
  return [...shown.map(visible), ...(more > 0 ? [`${more} more`] : [])].join(', ')
}

/** How many parts of what is looked at are equal, and how many nobody can tell anything of, or left alone. */
export function coverageLines(
  { secrets, uncompared, left, unread, equal }: Coverage,
  verbose: boolean,
  look: Look
): string[] {
  if (uncompared + left + unread === 0) return []
  const what = count(uncompared, uncompared === secrets ? 'secret' : 'value')
  const again = uncompared === 1 ? 'sends it again' : 'sends them again'
  const names = verbose ? '' : ' (`--verbose` names them)'
  const parts = [
    ...(equal > 0 ? [`${count(equal, 'field')} ${equal === 1 ? 'is' : 'are'} equal`] : []),
    ...(uncompared > 0 ? [`${what} cannot be compared (\`polyctl apply --rotate\` ${again})`] : []),
    ...(left > 0 ? [`${count(left, 'value')} ${left === 1 ? 'is' : 'are'} left alone${names}`] : []),
    ...(unread > 0 ? [`${count(unread, 'field')} could not be read`] : [])
  ]
  return wrapped(parts.join('; '), look.width).map((line) => paint(look, 'dim', line))
}

/** What the service cannot be asked about yet, and where mistakes show instead. */
export function uncheckedLines({ unchecked }: ChangesView, verbose: boolean, look: Look): string[] {
  if (unchecked === undefined) return []
  const { resources, within } = unchecked
  const these = within.length === 1 ? 'it' : 'these'
  const text =
    `Not checked: what ${count(resources, 'resource')} ${resources === 1 ? 'names' : 'name'} in ` +
    `${someOf(within, verbose)}. Mistakes there show when it is applied, or in a plan ` +
    `after \`polyctl apply --only\` with ${these}.`
  return wrapped(text, look.width).map((line) => paint(look, 'dim', line))
}

/** What a person must do before a resource works. */
export function waitingLines({ waiting }: ResourceView, look: Look, indent: string): string[] {
  if (waiting === undefined) return []
  const lines = [`${indent}${paint(look, 'wait', '⧗')} ${visible(waiting.because)}`]
  if (waiting.connect !== undefined) lines.push(`${indent}  ${visible(waiting.connect)}`)
  return lines
}

/** A resource that is as the files say, and works only when somebody did something. */
export function waitingEntry(resource: ResourceView, look: Look): string[] {
  const { change, place, waiting } = resource
  const [, ...todo] = waitingLines(resource, look, '  ')
  return [
    headingLine('⧗', 'wait', nameText(change), place, look),
    `    ${visible(waiting?.because ?? '')}`,
    ...todo
  ]
}

/** What it comes to, and what to do next. */
export function closingLines({ text, next }: Closing, look: Look): string[] {
  return [paint(look, 'strong', text), ...(next === undefined ? [] : [`Next: ${visible(next)}`])]
}

/** What is live and not declared: how much of each kind, with `verbose` the names, and what declares it. */
export function unmanagedLines(view: ChangesView, verbose: boolean, look: Look): string[] {
  const lines: string[] = []
  for (const { kind, live, declared, names } of view.unmanaged.filter((it) => it.names.length > 0)) {
    if (declared === 0) {
      lines.push(...undeclared(kind, names, verbose, look))
      continue
    }
    const verb = declared === 1 || live === 1 ? 'is' : 'are'
    const left = names.length === 1 ? 'is left alone' : 'are left alone'
    const others = `the other ${names.length} ${left}${verbose ? '' : ' (--verbose names them)'}`
    lines.push(
      `${declared} of ${count(live, kindText(kind))} ${verb} declared; ${paint(look, 'dim', others)}`
    )
    if (verbose) lines.push(...names.map((name) => `    ${quoted(name)}`))
  }
  return [...lines, ...declaring(view, look)]
}

/** The way to have what is left alone in files. It stands once, however many kinds there are. */
function declaring({ unmanaged }: ChangesView, look: Look): string[] {
  const left = unmanaged.reduce((sum, { names }) => sum + names.length, 0)
  if (left === 0) return []
  const whom = left === 1 ? 'it' : 'them'
  return [paint(look, 'dim', `\`polyctl import --unmanaged\` writes files that declare ${whom}`)]
}

/** A kind of which the files have nothing. */
function undeclared(kind: string, names: readonly string[], verbose: boolean, look: Look): string[] {
  const hint = paint(look, 'dim', verbose ? 'left alone' : 'left alone (--verbose names them)')
  const verb = names.length === 1 ? 'is' : 'are'
  const first = `${count(names.length, kindText(kind))} ${verb} in no file; ${hint}`
  return [first, ...(verbose ? names.map((name) => `    ${quoted(name)}`) : [])]
}

/** What the files declared at the revision and do no longer: it stays, and is named, for it may be missed. */
export function noLongerDeclaredLines({ noLongerDeclared, since }: ChangesView, look: Look): string[] {
  if (noLongerDeclared.length === 0) return []
  const number = count(noLongerDeclared.length, 'resource')
  const verb = noLongerDeclared.length === 1 ? 'is' : 'are'
  // What was left behind earlier names its commit in its place.
  const isOlder = noLongerDeclared.some(({ revision }) => revision !== since)
  const when = isOlder ? '' : ` since ${visible(since ?? '')}`
  const hint = paint(look, 'dim', since === undefined ? '(`removed:` deletes)' : '(--prune deletes)')
  return [
    `${number} ${verb} no longer declared${when}, and ${verb} left alone ${hint}`,
    ...noLongerDeclared.map((one) => headingLine('?', 'warning', nameText(one), one.span, look))
  ]
}

/** That not everything is looked at must not be overlooked. */
export function partialLines({ partial }: ChangesView, look: Look): string[] {
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
