import { addressText, type Address, type DesiredState } from '../state/resource.ts'

/** A part of what the files declare. Empty lists select everything. */
export interface Selection {
  /** Patterns of addresses: these alone. */
  only: readonly string[]
  /** Patterns of addresses: all but these. */
  exclude: readonly string[]
  /** Names of kinds: these alone. */
  kinds: readonly string[]
}

/**
 * Whether a pattern names a resource: as plans write it (`sync "Users"`), with a slash (`sync/Users`), or by
 * its name alone. `*` stands for any text and `?` for any letter; a name that holds them is found as it is.
 */
export function isNamed(address: Address, pattern: string): boolean {
  const { kind, name } = address
  const forms = [addressText(address), `${kind}/${name}`, `${kind.replaceAll('_', ' ')}/${name}`, name]
  return forms.some((form) => isLike(form, pattern))
}

/** Whether a text is as a pattern says: `*` stands for any text, `?` for any letter. */
export function isLike(text: string, pattern: string): boolean {
  if (text === pattern || !/[*?]/.test(pattern)) return text === pattern
  const literal = pattern.replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's').test(text)
}

/** Whether a resource is in the part that was asked for. */
export function isSelected(address: Address, selection: Selection | undefined): boolean {
  if (!selection) return true
  const { only, exclude, kinds } = selection
  return (
    (kinds.length === 0 || kinds.includes(address.kind)) &&
    (only.length === 0 || only.some((pattern) => isNamed(address, pattern))) &&
    !exclude.some((pattern) => isNamed(address, pattern))
  )
}

/** Patterns that name nothing of what there is: a wrong word must not select everything, or nothing. */
export function idlePatterns(
  addresses: readonly Address[],
  patterns: readonly string[] | undefined
): string[] {
  return (patterns ?? []).filter((pattern) => !addresses.some((address) => isNamed(address, pattern)))
}

/** What must be read for a part of the files: what is selected, and what that names. */
export function scopeOf(desired: DesiredState, selection: Selection | undefined): DesiredState {
  if (!selection) return desired
  const selected = desired.resources.filter((resource) => isSelected(resource, selection))
  const removed = desired.removed.filter((one) => isSelected(one, selection))
  return { ...desired, resources: selected, removed }
}
