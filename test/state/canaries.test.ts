import { expect, test } from 'vitest'
import { canary, encodings, leaksIn, plainCanary } from '../support/canaries.ts'

/** The detector of leaks must itself be sharp: what each program writes is found, and nothing else. */

const secret = canary('x')
const basic = (user: string): string => Buffer.from(`${user}:${secret}@h`).toString('base64')

test.each([
  ['as it is', secret],
  ['JSON', JSON.stringify({ message: secret })],
  [
    'JSON as Go writes it',
    JSON.stringify({ message: secret })
      .replaceAll('<', '\\u003c')
      .replaceAll('>', '\\u003e')
      .replaceAll('&', '\\u0026')
  ],
  ['JSON in JSON', JSON.stringify({ body: JSON.stringify({ message: secret }) })],
  ['a URL', encodeURIComponent(secret)],
  [
    'a URL in small letters',
    encodeURIComponent(secret).replaceAll(/%[0-9A-F]{2}/g, (it) => it.toLowerCase())
  ],
  ['a form', new URLSearchParams({ q: secret }).toString()],
  [
    'HTML',
    secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&#34;')
  ],
  ['base64', Buffer.from(secret).toString('base64')],
  ['base64url', Buffer.from(secret).toString('base64url')],
  ['basic auth, first alignment', basic('ab')],
  ['basic auth, second alignment', basic('abc')],
  ['basic auth, third alignment', basic('abcd')],
  ['hex', Buffer.from(secret).toString('hex')]
])('%s is found', (_what, text) => {
  expect(leaksIn(`before ${text} after`, [secret])).not.toEqual([])
})

test('nothing is found where no secret is, and no encoding is short enough to be an accident', () => {
  expect(leaksIn(canary('y') + plainCanary('x'), [secret])).toEqual([])
  expect(Math.min(...encodings(secret).map((form) => form.length))).toBeGreaterThan(20)
  expect(Math.min(...encodings(plainCanary('x')).map((form) => form.length))).toBeGreaterThan(16)
})
