import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hidden } from '../../src/state/redacted.ts'
import { openRedaction } from '../../src/state/redaction.ts'

const percent = (text: string, hex = (digits: string): string => digits): string =>
  Array.from(Buffer.from(text), (byte) => `%${hex(byte.toString(16).padStart(2, '0'))}`).join('')
const json = (text: string): string => JSON.stringify(text).slice(1, -1)
const goJson = (text: string): string =>
  json(text).replaceAll(
    /[<>&\u2028\u2029]/g,
    (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`
  )
const html = (text: string): string =>
  text.replaceAll(
    /[&<>"']/g,
    (one) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[one] ?? '&#39;'
  )
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const base64url = (text: string): string => Buffer.from(text).toString('base64url')

/** How programs write a text that they tell. */
const encoders: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  JSON: json,
  'JSON as Go writes it': goJson,
  'JSON as Go writes it, in capitals': (text) =>
    goJson(text).replaceAll(/u00../g, (one) => `u${one.slice(1).toUpperCase()}`),
  'JSON with escaped slashes': (text) => json(text).replaceAll('/', '\\/'),
  'JSON in ASCII': (text) =>
    json(text).replaceAll(/[^ -~]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'JSON in JSON': (text) => json(json(text)),
  'Go’s JSON in JSON': (text) => json(goJson(text)),
  'JSON in JSON in JSON': (text) => json(json(json(text))),
  HTML: html,
  'HTML in JSON': (text) => goJson(html(text)),
  'HTML in HTML': (text) => html(html(text)),
  'HTML in numbers': (text) => text.replaceAll(/[^\w ]/gu, (one) => `&#${one.codePointAt(0)};`),
  'HTML in hexadecimal numbers': (text) =>
    text.replaceAll(/[^\w ]/gu, (one) => `&#x${one.codePointAt(0)!.toString(16)};`),
  'an address': encodeURIComponent,
  'an address in small letters': (text) =>
    encodeURIComponent(text).replaceAll(/%../g, (one) => one.toLowerCase()),
  'an address, strictly': (text) => encodeURIComponent(text).replaceAll(/[!'()*]/g, (one) => percent(one)),
  'an address, loosely': encodeURI,
  'an address in an address': (text) => encodeURIComponent(encodeURIComponent(text)),
  'a form': (text) => new URLSearchParams({ a: text }).toString().slice(2),
  'JSON in an address': (text) => encodeURIComponent(goJson(text)),
  'HTML in an address': (text) => encodeURIComponent(html(text)),
  'a form in an address': (text) =>
    encodeURIComponent(new URLSearchParams({ a: text }).toString().slice(2)),
  base64,
  'base64 without padding': (text) => base64(text).replace(/=+$/, ''),
  base64url,
  'base64 in an address': (text) => encodeURIComponent(base64(text)),
  'base64 of user and password': (text) => base64(`user:${text}`),
  'base64 of a user, one letter longer': (text) => base64(`user1:${text}`),
  'base64 of a user, two letters longer': (text) => base64(`user12:${text}`),
  'base64 with more behind it': (text) => base64(`{"password":"${text}","port":5432}`),
  'base64url of user and password': (text) => base64url(`user:${text}@host`),
  hexadecimal: (text) => Buffer.from(text).toString('hex'),
  'hexadecimal in capitals': (text) => Buffer.from(text).toString('hex').toUpperCase(),
  'hexadecimal with colons': (text) => octets(text).join(':'),
  'hexadecimal with blanks': (text) => octets(text).join(' ').toUpperCase(),
  'every letter in percent': (text) =>
    octets(text)
      .map((octet) => `%${octet}`)
      .join(''),
  'every letter of a string': (text) =>
    octets(text)
      .map((octet) => `\\x${octet}`)
      .join(''),
  'every letter in JSON': (text) =>
    Array.from(
      { length: text.length },
      (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`
    ).join(''),
  'every letter in HTML': (text) => Array.from(text, (letter) => `&#${letter.codePointAt(0)};`).join('')
}

const known = (...secrets: string[]) => {
  const redaction = openRedaction()
  redaction.add(secrets)
  return redaction
}

const secrets = [
  'p@ss "word" ü/+<&>',
  'hunter2hunter2',
  `a'b\\c%20d?&x=y`,
  'Tr0ub4dor&3 horse',
  '{"k":"v w"}',
  '漢字漢字漢字漢字',
  '$$!!==//++~~',
  '\\\\\\\\server\\share'
]

describe.each(Object.entries(encoders))('a secret in words, written as %s,', (_name, encode) => {
  test.each(secrets)('is taken out: %s', (secret) => {
    const redaction = known('another secret', secret)
    for (const reported of [redaction.words, redaction.shown]) {
      expect(reported(encode(secret))).toBe(hidden)
      expect(reported(`dial "postgres://u:${encode(secret)}@h": no`)).toMatch(
        /^dial "postgres:\/\/u:?\(secret\)@?h": no$/
      )
    }
  })

  test('whatever the secret is', () => {
    const secret = fc
      .string({ unit: 'grapheme', minLength: 8, maxLength: 24 })
      .filter((text) => text.trim() === text && text.trim().length >= 8 && text.isWellFormed())
    fc.assert(
      fc.property(secret, (text) => {
        expect(known(text).words(`<${encode(text)}>`)).not.toContain(encode(text))
      }),
      { numRuns: 10 }
    )
  })
})

describe('what is no secret', () => {
  test('is left as it is, whatever the secrets are', () => {
    const redaction = known('planted-secret', '....////', '\\\\\\\\\\\\\\\\', 'a+b*c?d(e')
    for (const text of ['connection "Warehouse"', 'planted secret', '..../', '', 'a+b*c?d', 'YSti'])
      expect(redaction.words(text)).toBe(text)
    const data = { a: [1, { b: 'c' }], d: null }
    expect(redaction.data(data)).toBe(data)
  })

  test('a short secret is taken out of words where it stands alone, and of nothing that is shown', () => {
    const redaction = known('secret', 'us', 'e')
    const text = 'field client_secret of user: user is no secret'
    expect(redaction.words(text)).toBe('field client_secret of user: user is no (secret)')
    expect(redaction.words(`Basic ${base64('secret')}`)).toBe('Basic (secret)')
    expect(redaction.shown(text)).toBe(text)
  })

  test('what files say openly stays readable, and is hidden in the words of others', () => {
    const redaction = known('warehouse', 'planted-secret')
    redaction.allow((secret) => 'connection warehouse'.includes(secret))
    expect(redaction.shown('connection "warehouse": planted-secret')).toBe(
      'connection "warehouse": (secret)'
    )
    expect(redaction.words('no user warehouse')).toBe('no user (secret)')
  })
})

test('a secret with lines is taken out line by line, and its first and last line are no secret', () => {
  const key = [
    '-----BEGIN PRIVATE KEY-----',
    'MIIEvQIBADANBgkqhkiG',
    '9w0BAQEFAASCBKcwggSj',
    '-----END PRIVATE KEY-----'
  ].join('\n')
  const redaction = known(key)
  expect(redaction.words('at 9w0BAQEFAASCBKcwggSj')).toBe('at (secret)')
  expect(redaction.words(JSON.stringify(key))).toBe('"(secret)"')
  expect(redaction.words('-----BEGIN PRIVATE KEY----- is missing')).toBe(
    '-----BEGIN PRIVATE KEY----- is missing'
  )
})

test('all texts of data are looked through: keys, and numbers that are secrets', () => {
  const redaction = known('12345678', 'planted-secret')
  expect(
    redaction.data({ 'planted-secret': [12345678, 1, null, true], a: { b: 'x planted-secret' } })
  ).toEqual({
    [hidden]: [hidden, 1, null, true],
    a: { b: 'x (secret)' }
  })
})

test('secrets may become known later, and are asked for once', () => {
  const redaction = openRedaction()
  let asked = 0
  redaction.addLater(() => {
    asked += 1
    return ['planted-secret']
  })
  expect(redaction.shown('planted-secret')).toBe(hidden)
  redaction.add(['another-secret'])
  expect(redaction.shown('planted-secret another-secret')).toBe(`${hidden} ${hidden}`)
  expect(asked).toBe(1)
})

test.each(['\\', '%', '/', ' ', 'a', '+', '&amp;', '%25', 'YWFh'])(
  'takes no longer for a hostile text: a hundred thousand times %j',
  (piece) => {
    const redaction = known(
      '\\\\\\\\\\\\\\\\x',
      '        x  x',
      '////////////',
      'aaaaaaaaaaaaaaab',
      '%25%25%25%25x'
    )
    const text = piece.repeat(100_000 / piece.length)
    const began = process.cpuUsage()
    redaction.words(text)
    const { user } = process.cpuUsage(began)
    expect(user / 1000).toBeLessThan(1_000)
  }
)

function octets(text: string): string[] {
  return Array.from(Buffer.from(text), (byte) => byte.toString(16).padStart(2, '0'))
}

test('R36: secrets that cannot be asked for are asked for again: nothing is told before', () => {
  const redaction = openRedaction()
  let calls = 0
  redaction.addLater(() => {
    if (calls++ === 0) throw new RangeError('not now')
    return ['planted-secret']
  })
  expect(() => redaction.words('planted-secret')).toThrow('not now')
  expect(redaction.words('planted-secret')).toBe(hidden)
})
