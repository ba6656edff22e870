import { isEmail, isInstant, isWebAddress } from '../../wire/formats.ts'

/** The server's rules: those of the package refuse other alphabets, and take times that nobody can hold. */
export const ourFormats: readonly (readonly [name: string, isOf: (text: string) => boolean])[] = [
  ['idn-email', isEmail],
  ['iri', isWebAddress],
  ['date-time', isInstant]
]
