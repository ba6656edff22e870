import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { similarNames } from '../diagnostics/similar.ts'
import { foldedFor, type Kind, type Kinds } from '../kinds/kind.ts'
import { addressText, type Address, type DesiredState } from '../state/resource.ts'
import { isId } from '../state/value.ts'

/** A selection of declared resources. Empty lists select everything. */
export interface Selection {
  /** Patterns of addresses: only these are selected. */
  only: readonly string[]
  /** Patterns of addresses: these are not selected. */
  exclude: readonly string[]
  /** Names of kinds: only these are selected. */
  kinds: readonly string[]
}

/**
 * Whether a pattern matches an address as plans write it (`sync "Users"`), with a slash (`sync/Users`),
 * or its name alone. `*` stands for any text and `?` for any letter; a name that contains these matches
 * itself too. Case is ignored where the names of the kind ignore it, and for ids.
 */
export function isNamed(address: Address, pattern: string, { managed }: Kinds): boolean {
  const { kind, name } = address
  const own = managed.find((one) => one.name === kind)
  const fold = (text: string): string => (isId(name) ? text.toLowerCase() : foldedFor(own, text))
  const texts = [address, { kind, name }].map(addressText)
  const forms = [...texts, `${kind}/${name}`, `${kind.replaceAll('_', ' ')}/${name}`, name]
  const folded = fold(pattern)
  return forms.some((form) => isLike(fold(form), folded))
}

/**
 * Whether a text matches a pattern: `*` stands for any text, `?` for any letter. The text between two
 * stars is taken at its first occurrence without backtracking, so the time is bounded by length of text
 * times length of pattern.
 */
export function isLike(text: string, pattern: string): boolean {
  if (text === pattern || !/[*?]/.test(pattern)) return text === pattern
  const letters = Array.from(text)
  const pieces = pattern.split('*').map((piece) => Array.from(piece))
  const [first = [], ...others] = pieces
  const last = others.pop()
  if (last === undefined) return first.length === letters.length && fits(letters, first, 0)
  const end = letters.length - last.length
  if (first.length > end || !fits(letters, first, 0) || !fits(letters, last, end)) return false
  let at = first.length
  for (const piece of others) {
    while (at + piece.length <= end && !fits(letters, piece, at)) at += 1
    if (at + piece.length > end) return false
    at += piece.length
  }
  return true
}

/** Whether a piece of a pattern without stars matches at a position. */
function fits(letters: readonly string[], piece: readonly string[], at: number): boolean {
  return piece.every((letter, index) => letter === '?' || letter === letters[at + index])
}

/** Whether an address is selected. */
export function isSelected(address: Address, selection: Selection | undefined, kinds: Kinds): boolean {
  if (!selection) return true
  const isAny = (patterns: readonly string[]): boolean =>
    patterns.some((pattern) => isNamed(address, pattern, kinds))
  const { only, exclude, kinds: names } = selection
  return (
    (names.length === 0 || names.includes(address.kind)) &&
    (only.length === 0 || isAny(only)) &&
    !isAny(exclude)
  )
}

/**
 * Returns the patterns that match none of the addresses: a misspelled pattern must not select everything,
 * or nothing.
 */
export function idlePatterns(
  addresses: readonly Address[],
  patterns: readonly string[] | undefined,
  kinds: Kinds
): string[] {
  return (patterns ?? []).filter(
    (pattern) => !addresses.some((address) => isNamed(address, pattern, kinds))
  )
}

/**
 * Returns the kinds to read for a selection: those of the selected resources, and those that they refer
 * to.
 */
export function scopeOf(
  desired: DesiredState,
  selection: Selection | undefined,
  kinds: Kinds
): DesiredState {
  if (!selection) return desired
  const selected = desired.resources.filter((resource) => isSelected(resource, selection, kinds))
  const removed = desired.removed.filter((one) => isSelected(one, selection, kinds))
  return { ...desired, resources: selected, removed }
}

/**
 * Returns the problem of a pattern that names no resource. Names in another case, and of a form
 * such as `sync.Users`, are recognized.
 */
export function unknownAddress(
  pattern: string,
  declared: readonly Address[],
  kinds: Kinds,
  what: 'declared' | 'live' = 'declared'
): Diagnostic {
  const meant = addressesMeant(pattern, declared, kinds)
  const [first, ...others] = meant.map((address) => `\`'${addressText(address)}'\``)
  const help =
    first === undefined
      ? 'write an address as the plan does, such as `connection "Warehouse"`, or just the name'
      : `write ${[first, ...others.slice(0, 3)].join(' or ')}`
  return problem('P406', `no ${what} resource is called \`${pattern}\``, { help: [help] })
}

function addressesMeant(pattern: string, declared: readonly Address[], { managed }: Kinds): Address[] {
  const [, word = '', rest] = /^([a-z_ ]+)[./ ]"?(.+?)"?$/i.exec(pattern) ?? []
  const isWord = ({ name, section }: Kind): boolean =>
    [name, section].some((own) => own.replaceAll('_', ' ') === word.toLowerCase().replaceAll('_', ' '))
  const kind = rest === undefined ? undefined : managed.find(isWord)
  const all = declared.filter((address) => kind === undefined || address.kind === kind.name)
  const known = all.map((address) => address.name)
  // The kind may be what is misspelt; where it is none, the pattern may be a name with such a sign in it.
  const names = rest === undefined ? [pattern] : kind ? [rest] : [pattern, rest]
  const near = [...new Set(names.flatMap((name) => [name, ...similarNames(name, known)]))]
  return near.flatMap((one) => all.filter((address) => address.name === one))
}

/** Whether a text is written as an address: `sync "Users"`, or `sync/Users`. */
export function isAddress(text: string): boolean {
  return /["/]/.test(text)
}
