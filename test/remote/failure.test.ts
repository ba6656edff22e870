import { expect, test } from 'vitest'
import { usersOf, withoutSecrets } from '../../src/remote/failure.ts'

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

test('a refused deletion names who still uses the thing, without secrets', () => {
  const body = { metadata: { used_by: [{ type: 'sync', name: 'My sync', id: 'abc' }, 'odd'] } }
  expect(usersOf(body)).toEqual(['sync "My sync" (abc)'])
  expect(usersOf({ metadata: null })).toEqual([])
  expect(usersOf('connection in use')).toEqual([])
})
