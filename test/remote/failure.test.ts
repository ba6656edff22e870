import { expect, test } from 'vitest'
import { withoutSecrets } from '../../src/remote/failure.ts'

test('a secret is taken out of the words of others in every encoding, once', () => {
  const secret = 'p@ss "word" ü/+'
  const encoded = [
    secret,
    JSON.stringify(secret),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64')
  ]
  const words = withoutSecrets(`cannot take ${encoded.join(' or ')}`, [secret, 'secret', 'e'])
  expect(words).toBe('cannot take (secret) or "(secret)" or (secret) or (secret)')
})

test('a short secret is taken out where it stands alone, and leaves words readable', () => {
  expect(withoutSecrets('field client_secret of user: user is no secret', ['secret', 'us', 'e'])).toBe(
    'field client_secret of user: user is no (secret)'
  )
})

test('characters with a meaning in patterns are just characters', () => {
  expect(withoutSecrets('a.b*c$d a+b', ['.*+?^${}()|[]\\'])).toBe('a.b*c$d a+b')
  expect(withoutSecrets('x .*+?^${}()|[]\\ y', ['.*+?^${}()|[]\\'])).toBe('x (secret) y')
})
