import { isEmail, isInstant, isWebAddress } from '../../wire/formats.ts'

/**
 * Formats with the service's rules. Those of `ajv-formats` refuse addresses in other alphabets, and allow
 * times that no `Date` can hold.
 */
export const customFormats: readonly (readonly [name: string, isOf: (text: string) => boolean])[] = [
  ['idn-email', isEmail],
  ['iri', isWebAddress],
  ['date-time', isInstant]
]
