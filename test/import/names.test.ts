import { expect, test } from 'vitest'
import { FileNames } from '../../src/import/file-names.ts'
import { secretLike } from '../../src/import/secret-like.ts'
import { environmentExample, VariableNames } from '../../src/import/variables.ts'
import { awkwardNames } from './awkward.ts'

test('names of files are short, safe on every system, and different in any case and form', () => {
  const names = new FileNames(['taken.yaml'])
  const hostile = [
    ...awkwardNames,
    'taken',
    'LPT1',
    'a'.repeat(300),
    'Z͑ͫ'.repeat(200),
    '名前',
    '. .',
    'a\0b',
    'nul.txt'
  ]
  const paths = hostile.map((name) => names.choose('', name, '.yaml', 'postgresql'))
  for (const path of paths) {
    expect(path.length).toBeLessThanOrEqual(80)
    expect(Buffer.byteLength(path)).toBeLessThanOrEqual(255)
    expect(path).toMatch(/^[\p{L}\p{N}\p{M}][\p{L}\p{N}\p{M}-]*\.yaml$/u)
    expect(path).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)\./i)
    expect(path).toBe(path.normalize('NFC'))
  }
  const folded = paths.map((path) => path.normalize('NFKC').toLowerCase())
  expect(new Set(folded).size).toBe(paths.length)
  expect(paths.slice(0, 3)).toEqual(['a-b-c.yaml', 'postgresql.yaml', 'anchor.yaml'])
  const again = new FileNames(['taken.yaml'])
  expect(hostile.map((name) => again.choose('', name, '.yaml', 'postgresql'))).toEqual(paths)
})

test('variables are called as people would call them, and each is another one', () => {
  const names = new VariableNames(['TAKEN_PASSWORD'])
  const choose = (called: string, path: (string | number)[], item = {}): string =>
    names.choose({
      of: { kind: 'connection', name: called },
      called,
      instead: 'api',
      path,
      item,
      isNeeded: true
    })
  const headers = { configuration: { headers: [{ name: 'X-Token', value: '***' }] } }
  expect([
    choose('MongoDB Connection', ['configuration', 'password']),
    choose('Größe & Co', ['configuration', 'api_key']),
    choose('007', ['configuration', 'password']),
    choose('名前', ['configuration', 'password']),
    choose('Taken', ['configuration', 'password']),
    choose('API', ['configuration', 'headers', 0, 'value'], headers),
    choose('API', ['configuration', 'auth', 'basic', 'password']),
    choose('API', ['configuration', 'auth', 'oauth', 'password']),
    // Files may not name the keys of polyctl itself.
    choose('Polytomic', ['configuration', 'api_key'])
  ]).toEqual([
    'MONGODB_PASSWORD',
    'GROSSE_CO_API_KEY',
    'API_007_PASSWORD',
    'API_PASSWORD',
    'TAKEN_PASSWORD_2',
    'API_X_TOKEN',
    'API_AUTH_BASIC_PASSWORD',
    'API_AUTH_OAUTH_PASSWORD',
    'MY_POLYTOMIC_API_KEY'
  ])
})

test('.env.example keeps what is in it, and gets what it lacks', () => {
  const of = { kind: 'connection', name: 'A' }
  const variables = ['A_PASSWORD', 'B_PASSWORD'].map((name) => ({
    name,
    of,
    field: 'configuration.password',
    isNeeded: true
  }))
  const first = environmentExample(undefined, variables, (text) => text)
  expect(environmentExample(first, variables, (text) => text)).toBe(first)
  const own = '# mine\nexport A_PASSWORD=see the vault\n# OTHER='
  expect(environmentExample(own, variables, (text) => text)).toBe(
    `${own}\n\n# connection "A": configuration.password\nB_PASSWORD=\n`
  )
})

test.each([
  ['postgres://u:pw@h/db', true],
  ["create user x identified by 'abc'", true],
  ["password = 'hunter22'", true],
  ['-----BEGIN RSA PRIVATE KEY-----', true],
  ['AKIAABCDEFGHIJKLMNOP', true],
  ['Authorization: Bearer abcdefghijklmnop123', true],
  ['https://example.com/path?a=b', false],
  ['select password, token from users', false],
  ['select * from t where secret is null', false],
  ['jdbc:postgresql://host:5432/db', false]
])('%s looks like a secret: %s', (text, isOne) => {
  expect(secretLike(text) !== undefined).toBe(isOne)
})
