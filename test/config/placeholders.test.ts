import { describe, expect, test } from 'vitest'
import { parsePlaceholders, isMalformed } from '../../src/config/placeholders/template.ts'
import { everything, fieldsOf, meaning, problemsOf, read } from '../support/reading.ts'

/** One connection whose settings are these. */
function connection(settings: string, more = ''): string {
  return `${more}connections:\n  - name: C\n    type: postgresql\n    configuration:\n      ${settings}\n`
}

describe('cutting a text', () => {
  test.each([
    ['plain', undefined],
    ['$HOME and $$', undefined],
    ['${env:A}', [{ from: 'env', name: 'A', raw: '${env:A}' }]],
    ['a${var:b}c', ['a', { from: 'var', name: 'b', raw: '${var:b}' }, 'c']],
    ['${env:A:-}', [{ from: 'env', name: 'A', fallback: '', raw: '${env:A:-}' }]],
    ['${env:A:-x:-y}', [{ from: 'env', name: 'A', fallback: 'x:-y', raw: '${env:A:-x:-y}' }]],
    ['${file:a b/c.sql}', [{ from: 'file', name: 'a b/c.sql', raw: '${file:a b/c.sql}' }]],
    ['$${env:A}', ['${env:A}']],
    ['$$${env:A}', ['$${env:A}']],
    ['$${a} ${env:A}', ['${a} ', { from: 'env', name: 'A', raw: '${env:A}' }]]
  ])('%j', (text, expected) => {
    expect(parsePlaceholders(text)).toEqual(expected)
  })

  test.each([
    '${',
    '${}',
    '${A}',
    '${evn:A}',
    '${env:}',
    '${env:1}',
    '${env:A:b}',
    '${env:a-b}',
    '${var:a:-b}',
    '${file:}',
    'x${env:A'
  ])('%j is malformed', (text) => {
    expect(parsePlaceholders(text)?.some(isMalformed)).toBe(true)
  })
})

test('values are filled in after parsing: they can never change the structure', async () => {
  const fields = await fieldsOf(connection('hostname: ${env:A}'), { env: { A: 'x\ny: [z]  # "' } })
  expect(fields['configuration']).toEqual({ hostname: 'x\ny: [z]  # "' })
})

test('placeholders are filled in values only, never in keys', async () => {
  const yaml =
    'models: [{ name: M, connection: C, configuration: { "${env:A}": "a ${env:A} b ${env:B:-c}" } }]'
  expect((await fieldsOf(yaml, { env: { A: '1' } }))['configuration']).toEqual({ '${env:A}': 'a 1 b c' })
})

test('text from outside becomes the number or boolean that is meant, when it is exactly one; text of the file does not', async () => {
  const yaml = connection('{ hostname: "${env:N}", port: "${env:N}", ssl: "${env:B}" }')
  const env = { N: '5432', B: 'true' }
  expect((await fieldsOf(yaml, { env }))['configuration']).toEqual({
    hostname: '5432',
    port: 5432,
    ssl: true
  })
  expect(await problemsOf(yaml, { env: { N: '5432 ', B: 'yes' } })).toEqual([
    'P102 5:37 "${env:N}"',
    'P102 5:54 "${env:B}"'
  ])
  expect(await problemsOf(connection('{ port: "5432" }'))).toEqual(['P102 5:15 "5432"'])
})

test('a variable keeps its type where it stands alone, and is text among other text', async () => {
  const variables =
    'variables: { n: { default: 5 }, b: { default: true }, l: { default: [1, { a: 2 }] } }\n'
  const yaml = `${variables}models: [{ name: M, connection: C, configuration: { a: "\${var:n}", b: "x\${var:n}\${var:b}", c: "\${var:l}" } }]`
  expect((await fieldsOf(yaml))['configuration']).toEqual({ a: 5, b: 'x5true', c: [1, { a: 2 }] })
})

test('a missing variable is told once, with every place that needs it; an empty one in other words', async () => {
  const understanding = await read(
    connection('{ hostname: "${env:A}", database: "x${env:A}", username: "${env:B}" }'),
    {
      env: { B: '' }
    }
  )
  expect(understanding.result.problems.map(({ code, message, notes }) => [code, message, notes])).toEqual([
    ['P301', 'environment variable `A` is not set', ['1 more place needs it: configs/a.yaml:5:43']],
    ['P302', 'environment variable `B` is set but empty', []]
  ])
})

test('a placeholder is looked up once, however many places have it', async () => {
  let looks = 0
  const env = {
    get TABLE() {
      looks++
      return 'users'
    }
  }
  const one = (name: string): string =>
    `  - { name: ${name}, connection: S, configuration: { table: "\${env:TABLE}", schema: "in.\${env:TABLE}" } }\n`
  const { resources } = await meaning(`models:\n${one('A')}${one('B')}`, { env })
  expect(resources.map(({ fields }) => fields['configuration'])).toEqual([
    { table: 'users', schema: 'in.users' },
    { table: 'users', schema: 'in.users' }
  ])
  expect(looks).toBe(1)
})

test('a fallback takes the place of what is not set, and of what is empty', async () => {
  const yaml = connection('{ hostname: "${env:A:-x}", database: "${env:B:-y}", username: "${env:C:-}" }')
  const fields = await fieldsOf(yaml, { env: { A: 'a', B: '' } })
  expect(fields['configuration']).toEqual({ hostname: 'a', database: 'y', username: '' })
})

test('a mistake in a placeholder is shown at the placeholder', async () => {
  expect(await problemsOf(connection('hostname: a ${evn:A} b ${env:B:c} ${D'))).toEqual([
    'P309 5:19 ${evn:A}',
    'P309 5:30 ${env:B:c}',
    'P309 5:41 ${D'
  ])
})

test('the place of a placeholder is found in quotes and in blocks of text', async () => {
  const yaml =
    'models:\n  - name: M\n    connection: C\n    configuration:\n      query: |\n        select ${env:A}\n        from ${env:A}\n'
  const { result } = await read(yaml)
  expect(result.problems.map(({ labels, notes }) => [labels[0]?.span.start.line, notes])).toEqual([
    [6, ['1 more place needs it: configs/a.yaml:7:14']]
  ])
})

test('what is missing silences only what depends on it', async () => {
  expect(
    await problemsOf('connections: [{ name: "${env:A}", type: "${env:A}", confguration: { x: 1 } }]')
  ).toEqual(['P301 1:24 ${env:A}', 'P101 1:53 confguration'])
})

test('the workspace and what is removed are filled too', async () => {
  const desired = await meaning(
    'workspace: { organization: "${env:ORG}" }\nremoved: { syncs: ["${env:OLD}"] }',
    {
      env: { ORG: 'Acme', OLD: 'Old sync' }
    }
  )
  expect(desired.workspace.organization?.value).toBe('Acme')
  expect(desired.removed.map(({ kind, name }) => [kind, name])).toEqual([['sync', 'Old sync']])
})

test('values from outside are not repeated in messages', async () => {
  const yaml = connection('{ port: "${env:A}", auth_mode: "${env:A}" }')
  const understanding = await read(`${yaml}    policies: "\${env:A}"\n`, { env: { A: 'hunter2' } })
  expect(understanding.result.ok).toBe(false)
  expect(everything(understanding)).not.toContain('hunter2')
})
