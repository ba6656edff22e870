import type { IdentityFunction } from '../../wire/sync.ts'
import { plainNumber } from './comparison.ts'
import type { FieldFacts } from './connector.ts'
import { isList, textOf, type Cell, type Value } from './value.ts'

/** By what a record of the source and one of the target are the same. */

/**
 * Returns the text under which the runner remembers an identity: two values have the same one if the target
 * cannot tell them apart.
 */
export function identityText(
  value: Cell,
  field: Pick<FieldFacts, 'type' | 'foldsCase'> | undefined
): string {
  const text = textOf(value)
  if (field?.type === 'number') return plainNumber(text)
  return field?.foldsCase === true ? text.toLowerCase() : text
}

/**
 * Whether a value of the target belongs to one of the source: for targets that have no search of their own
 * for a function.
 */
export function belongs(
  name: IdentityFunction,
  source: Value,
  target: Cell,
  field: Pick<FieldFacts, 'type' | 'foldsCase'> | undefined
): boolean {
  if (target === null || target === undefined) return false
  const same = (value: Cell): boolean => identityText(value, field) === identityText(target, field)
  switch (name) {
    case 'Equality':
      return same(source)
    case 'OneOf':
      return isList(source) ? source.some(same) : same(source)
    case 'ISubstring':
      return textOf(target).toLowerCase().includes(textOf(source).toLowerCase())
    case 'DomainMatch':
      return domainOf(textOf(source)) !== '' && domainOf(textOf(source)) === domainOf(textOf(target))
    case 'HostnameMatch':
      return hostOf(textOf(source)) !== '' && hostOf(textOf(source)) === hostOf(textOf(target))
  }
}

/** The host of a URL, an e-mail address or a plain name, in lower case. */
export function hostOf(text: string): string {
  const [, host = ''] = /^\s*(?:[a-z][a-z\d+.-]*:\/\/)?(?:[^@/\s]*@)?([^:/?#\s]+)/i.exec(text) ?? []
  return host.toLowerCase().replace(/\.$/, '')
}

/** The same without a leading `www.`. */
export function domainOf(text: string): string {
  return hostOf(text).replace(/^www\./, '')
}
