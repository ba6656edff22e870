import { expect, test } from 'vitest'
import type { Kind } from '../../src/kinds/kind.ts'
import { connection as connectionKind } from '../../src/kinds/connection.ts'
import { everything, places, problemsOf, read, type Options } from '../support/reading.ts'

const secret = 'hunter2-planted'

function connection(password: string, rest = '', before = ''): string {
  return `${before}connections:\n  - { name: C, type: mongodb, configuration: { password: ${password}${rest} } }\n`
}

/** What desired says about the password, and what the vault gives for it. */
async function held(yaml: string, options: Options = {}): Promise<unknown> {
  const understanding = await read(yaml, options)
  expect(everything(understanding)).not.toContain(secret)
  const { result } = understanding
  if (!result.ok) throw new Error(JSON.stringify(places(understanding)))
  const configuration = result.value.desired.resources[0]?.fields['configuration'] as {
    password: { $secret: string }
  }
  return [configuration.password, result.value.vault.reveal(configuration.password.$secret)]
}

test('a secret is known by its source; its value stays in the vault', async () => {
  const env = { PW: secret }
  expect(await held(connection('"${env:PW}"'), { env })).toEqual([
    { $secret: 'env PW' },
    { ok: true, value: secret }
  ])
  expect(
    await held(connection('"${var:pw}"', '', 'variables: { pw: {} }\n'), { variables: { pw: secret } })
  ).toEqual([{ $secret: 'var pw' }, { ok: true, value: secret }])
  expect(await held(connection('"a${env:PW}b"'), { env })).toEqual([
    { $secret: 'text at configs/a.yaml:2:58' },
    { ok: true, value: `a${secret}b` }
  ])
  expect(await held(connection(secret))).toEqual([
    { $secret: 'text at configs/a.yaml:2:58' },
    { ok: true, value: secret }
  ])
})

test('a secret need not be there before it is sent', async () => {
  expect(await held(connection('"${env:PW}"'))).toEqual([
    { $secret: 'env PW' },
    { ok: false, reason: 'environment variable PW is not set' }
  ])
  expect(await held(connection('"${env:PW}"'), { env: { PW: '' } })).toEqual([
    { $secret: 'env PW' },
    { ok: false, reason: 'environment variable PW is set but empty' }
  ])
  expect(await held(connection('"${file:pw.txt}"'))).toEqual([
    { $secret: 'file configs/pw.txt' },
    { ok: false, reason: '`configs/pw.txt` cannot be read: it does not exist' }
  ])
  expect(await held(connection('"${var:pw}"', '', 'variables: { pw: {} }\n'))).toEqual([
    { $secret: 'var pw' },
    { ok: false, reason: 'variable `pw` has no value' }
  ])
})

test('the fallback of a secret is used where nothing else is there', async () => {
  const source = { $secret: 'env PW, else text at configs/a.yaml:2:58' }
  expect(await held(connection(`"\${env:PW:-${secret}}"`))).toEqual([source, { ok: true, value: secret }])
  expect(await held(connection('"${env:PW:-x}"'), { env: { PW: secret } })).toEqual([
    source,
    { ok: true, value: secret }
  ])
})

test('a name that is wrong is told at once: it will not become right', async () => {
  expect(await problemsOf(connection('"${var:pw}"'))).toEqual(['P305 2:59 ${var:pw}'])
  expect(await problemsOf(connection('"${PW}"'))).toEqual(['P309 2:59 ${PW}'])
})

test('a secret in plain text is a warning, wherever it stands', async () => {
  expect(await problemsOf(connection(secret))).toEqual([`wP307 2:58 ${secret}`])
  expect(
    await problemsOf(connection('"${var:pw}"', '', `variables: { pw: { default: ${secret} } }\n`))
  ).toEqual([`wP307 1:29 ${secret}`])
  expect(await problemsOf(connection('""'))).toEqual(['wP315 2:58 ""'])
})

test('a mask is no secret', async () => {
  expect(await problemsOf(connection('"********"'))).toEqual(['P108 2:58 "********"'])
  expect(await problemsOf(connection('"***"'))).toEqual(['P108 2:58 "***"'])
  expect(await held(connection('"${env:PW}"'), { env: { PW: '****' } })).toEqual([
    { $secret: 'env PW' },
    {
      ok: false,
      reason: 'its value is only asterisks: that is how the service hides a secret, not the secret'
    }
  ])
})

test('what is a secret in one place must not be seen in another', async () => {
  const env = { PW: secret }
  const open = ', username: "${env:PW}"'
  const understanding = await read(connection('"${env:PW}"', open), { env })
  expect(places(understanding)).toEqual(['P308 2:82 ${env:PW} + 2:59 ${env:PW}'])
  expect(everything(understanding)).not.toContain(secret)

  const throughVariable = 'variables: { a: { default: "${env:PW}" } }\n'
  expect(
    await problemsOf(connection('"${env:PW}"', ', username: "u${var:a}"', throughVariable), { env })
  ).toEqual(['P308 3:83 ${var:a} + 3:59 ${env:PW}'])
})

test('no message about other fields tells a value that is a secret elsewhere', async () => {
  const yaml = connection('"${env:PW}"', ', ssl: "${env:PW}", hosts: "${env:PW}"')
  const more = `${yaml}workspace: { api_version: "\${env:PW}" }\nsyncs: [{ name: "\${env:PW}", mode: "\${env:PW}" }]\n`
  const understanding = await read(more, { env: { PW: secret } })
  expect(understanding.result.ok).toBe(false)
  expect(everything(understanding)).not.toContain(secret)
})

test('mistakes around a secret do not quote it', async () => {
  for (const value of [
    `"\${${secret}"`,
    `"\${env:PW:${secret}}"`,
    `"\${${secret}}"`,
    `*${secret}`,
    `!${secret} x`,
    `@${secret}`,
    `"x" ${secret}`
  ]) {
    const understanding = await read(connection(value))
    expect(understanding.result.ok).toBe(false)
    expect(everything(understanding)).not.toContain(secret)
  }
})

test('secrets inside of a variable that is a whole mapping are found', async () => {
  const yaml = `variables:
  all: { default: { url: https://example.com, auth_method: basic, basic: { username: u, password: ${secret} } } }
connections:
  - { name: W, type: webhook, configuration: "\${var:all}" }
`
  const understanding = await read(yaml)
  expect(everything(understanding)).not.toContain(secret)
  expect(places(understanding).map((line) => line.slice(0, 5))).toEqual(['wP307'])
  const { result } = understanding
  expect(result.ok && result.value.vault.reveal('var all basic.password')).toEqual({
    ok: true,
    value: secret
  })
})

test('an address with a password in it, in place of a configuration, is not quoted', async () => {
  const understanding = await read(
    `connections: [{ name: C, type: mongodb, configuration: "mongodb://u:${secret}@h" }]`
  )
  expect(places(understanding)).toEqual([`P102 1:56 "mongodb://u:${secret}@h"`])
  expect(everything(understanding)).not.toContain(secret)
})

/** A connection whose key is a number. */
const numbered: Kind = {
  ...connectionKind,
  detail: () => ({
    path: ['configuration'],
    key: 'numbered',
    topic: 'numbered',
    schema: { type: 'object', properties: { password: { type: 'integer' } } }
  })
}
const kinds = { managed: [numbered] }

test('a secret that is a number is marked as one, and must be one when it is there', async () => {
  const marked = { $secret: 'env PW', as: 'integer' }
  expect(await held(connection('"${env:PW}"'), { kinds, env: { PW: '42' } })).toEqual([
    marked,
    { ok: true, value: '42' }
  ])
  expect(await held(connection('"${env:PW}"'), { kinds })).toEqual([
    marked,
    expect.objectContaining({ ok: false })
  ])
  expect(await held(connection('42'), { kinds })).toEqual([
    { $secret: 'text at configs/a.yaml:2:58', as: 'integer' },
    { ok: true, value: '42' }
  ])
  expect(await problemsOf(connection('"${env:PW}"'), { kinds, env: { PW: secret } })).toEqual([
    'P102 2:58 "${env:PW}"'
  ])
  const long = { kinds, env: { PW: '9007199254740993' } }
  expect(await problemsOf(connection('"${env:PW}"'), long)).toEqual(['P102 2:58 "${env:PW}"'])
  const text = await read(connection(`"${secret}"`), { kinds })
  expect(places(text)).toEqual([`P102 2:58 "${secret}"`, `wP307 2:58 "${secret}"`])
  expect(everything(text)).not.toContain(secret)
})

test.each([
  ['what a placeholder falls back on', '"${env:PW:-hunter2-planted}"', 'hunter2-planted'],
  ['text before a placeholder', '"hunter2-planted${env:PW}"', 'hunter2-planted'],
  ['text behind a placeholder', '"${env:PW}hunter2-planted"', 'hunter2-planted'],
  ['text between two', '"${env:PW}hunter2-planted${env:PW:-}"', 'hunter2-planted']
])('%s is a secret in plain text', async (_what, password, part) => {
  const yaml = connection(password)
  const understanding = await read(yaml)
  const [found, ...others] = understanding.result.problems
  expect(others).toEqual([])
  expect(found).toMatchObject({ code: 'P307', severity: 'warning' })
  const { start, end } = found!.labels[0]!.span
  expect(yaml.slice(start.offset, end.offset)).toBe(part)
  expect([...understanding.texts.values()].join('')).not.toContain(secret)
  expect(everything(understanding)).not.toContain(secret)
})

test('a default that is a secret in part is told where it stands', async () => {
  const yaml = connection(
    '"${var:pw}"',
    '',
    'variables: { pw: { default: "${env:PW:-hunter2-planted}" } }\n'
  )
  expect((await problemsOf(yaml)).map((text) => text.split(' ')[0])).toEqual(['wP307'])
  expect([...(await read(yaml)).texts.values()].join('')).not.toContain(secret)
})

test.each(['"${env:PW}"', '"Bearer ${env:PW}"', '"${env:A}:${env:B}"', '"${env:PW:-}"'])(
  '%s has no part in plain text',
  async (password) => {
    expect((await problemsOf(connection(password))).filter((text) => text.includes('P307'))).toEqual([])
  }
)

test('an empty secret is told, unless it is meant', async () => {
  expect(await problemsOf(connection('""'))).toEqual(['wP315 2:58 ""'])
  expect(
    await problemsOf(connection('"${var:pw}"', '', 'variables: { pw: { default: "" } }\n'))
  ).toHaveLength(1)
  expect(await problemsOf(connection('"${env:PW:-}"'))).toEqual([])
})
