/** Texts that look like a secret, wherever they stand. Each has the sentence that is told of it. */
const forms: readonly { what: string; pattern: RegExp }[] = [
  { what: 'a user and a password in an address', pattern: /[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@]+@/i },
  {
    what: 'a password',
    pattern:
      /\b(?:password|passwd|pwd|secret|api_?key|access_?key|token)\b\s*(?:=>|:=|[=:])\s*["']?[^\s"';,)]{4,}/i
  },
  { what: 'a password', pattern: /\b(?:identified\s+by|password)\s+(?:"[^"]+"|'[^']+')/i },
  { what: 'a private key', pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----/ },
  { what: 'a token', pattern: /\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}|\bgh[opsu]_[A-Za-z0-9]{30,}/ },
  { what: 'a token', pattern: /\bxox[abprs]-[A-Za-z0-9-]{10,}|\bglpat-[\w-]{20,}|\bAIza[\w-]{30,}/ },
  { what: 'a token', pattern: /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{5,}/ },
  { what: 'the id or secret of a key of AWS', pattern: /\bAKIA[A-Z0-9]{16}\b/ },
  { what: 'a header with a token', pattern: /\b(?:bearer|basic)\s+[A-Za-z0-9+/_=.-]{16,}/i }
]

/** The longest text that is looked through: more would take long. */
const longest = 200_000

/** Returns what a text looks like, in a few words; undefined where it looks like nothing. */
export function secretLike(text: string): string | undefined {
  if (text.length < 8) return undefined
  const looked = text.slice(0, longest)
  return forms.find(({ pattern }) => pattern.test(looked))?.what
}
