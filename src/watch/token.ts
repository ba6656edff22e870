import { createHash, timingSafeEqual } from 'node:crypto'

/**
 * Whether a header lets somebody in: `Bearer TOKEN`, or the token as the password of `Basic`, which browsers
 * ask a person for. How long it takes says nothing about the token.
 */
export function isLetIn(header: string | undefined, token: string): boolean {
  const [, scheme = '', rest = ''] = /^(\w+) +(.*)$/s.exec(header ?? '') ?? []
  if (scheme.toLowerCase() === 'bearer') return isSame(rest.trim(), token)
  if (scheme.toLowerCase() !== 'basic') return false
  const pair = Buffer.from(rest, 'base64').toString('utf8')
  return isSame(pair.slice(pair.indexOf(':') + 1), token)
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => createHash('sha256').update(text).digest())
  return a !== undefined && b !== undefined && timingSafeEqual(a, b)
}
