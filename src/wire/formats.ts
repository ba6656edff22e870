/**
 * What counts as an e-mail address, an address of the web or a time, for files and for requests alike: a file
 * that passes must not be refused by the service for its form, nor the reverse.
 */

const atom = String.raw`[^\s\p{C}@()<>[\]\\,;:."]+`
const label = String.raw`[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]*[\p{L}\p{M}\p{N}])?`
const email = new RegExp(String.raw`^${atom}(?:\.${atom})*@${label}(?:\.${label})+$`, 'u')

/** An address of the plain form, in any alphabet: no quotes or brackets, and a domain with a dot. */
export function isEmail(text: string): boolean {
  return email.test(text)
}

const instant =
  /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/

/**
 * A moment of RFC 3339 as the official clients can read it back: capital T and Z, a day that exists, and no
 * leap second.
 */
export function isInstant(text: string): boolean {
  const day = instant.exec(text)?.[1]
  if (day === undefined) return false
  const midnight = new Date(`${day}T00:00:00Z`)
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day)
}

/**
 * An http or https address in one word, in any alphabet. A parser of addresses takes blanks and line breaks
 * out without a word: they must be refused before, since addresses reach headers.
 */
export function isWebAddress(text: string): boolean {
  return /^https?:\/\/[^\s\p{Cc}]+$/iu.test(text) && URL.canParse(text)
}
