import { expect, test } from 'vitest'
import { fieldsOf, places, problemsOf, read } from '../support/reading.ts'

const models = 'models: [{ name: M, connection: C, configuration: { x: "${var:x}" } }]\n'

async function valueOf(
  declaration: string,
  options: Parameters<typeof fieldsOf>[1] = {}
): Promise<unknown> {
  const fields = await fieldsOf(`variables: { x: ${declaration} }\n${models}`, options)
  return (fields['configuration'] as { x?: unknown }).x
}

/** Problems without the warning about the connection, which no file here declares. */
async function reported(...args: Parameters<typeof problemsOf>): Promise<string[]> {
  return (await problemsOf(...args)).filter((line) => !line.startsWith('wP201'))
}

test('the command line wins over files, files over the environment, the environment over the default', async () => {
  const env = { POLYCTL_VAR_x: 'environment' }
  const files = {
    'configs/a.yaml': `variables: { x: { default: here } }\n${models}`,
    'v.yaml': 'x: file',
    'w.yaml': 'x: last'
  }
  const all = { env, variables: { x: 'line' }, variableFiles: ['v.yaml', 'w.yaml'] }
  const values = []
  for (const options of [{}, { env }, { ...all, variables: {} }, all]) {
    const { result } = await read(files, options)
    values.push(result.ok && result.value.desired.resources[0]?.fields['configuration'])
  }
  expect(values).toEqual([{ x: 'here' }, { x: 'environment' }, { x: 'last' }, { x: 'line' }])
})

test.each([
  ['{ type: number }', '5', 5],
  ['{ default: 1 }', '2.5', 2.5],
  ['{ type: boolean }', 'false', false],
  ['{ type: string }', '5', '5'],
  ['{ default: "1" }', '5', '5'],
  ['{}', '5', '5'],
  ['', '5', '5'],
  ['{ type: list }', '[a, 1]', ['a', 1]],
  ['{ type: mapping }', '{ a: b }', { a: 'b' }]
])('text for a variable that is declared as %s: %j means %j', async (declaration, text, value) => {
  expect(await valueOf(declaration, { variables: { x: text } })).toEqual(value)
})

test.each([
  ['{ type: number }', 'five'],
  ['{ type: boolean }', 'yes'],
  ['{ default: 1 }', ''],
  ['{ type: number }', '0.1234567890123456789'],
  ['{ default: 1 }', '1e-400'],
  ['{ type: number }', '1.0000000000000000001'],
  ['{ type: list }', '[9007199254740993]'],
  ['{ type: mapping }', '{ a: 0.1234567890123456789 }'],
  ['{ type: list }', 'a'],
  ['{ type: mapping }', '[a']
])('text that a variable declared as %s cannot hold is a problem: %j', async (declaration, text) => {
  expect(await reported(`variables: { x: ${declaration} }\n${models}`, { variables: { x: text } })).toEqual(
    ['P102 2:57 ${var:x} + 1:14 x']
  )
})

test('a default of another type than declared is a problem', async () => {
  expect(await reported(`variables: { x: { type: number, default: a } }\n${models}`)).toEqual([
    'P102 2:57 ${var:x} + 1:14 x'
  ])
})

test('a default may come from the environment or a file, but not from another variable', async () => {
  expect(await valueOf('{ default: "a ${env:A}" }', { env: { A: 'b' } })).toBe('a b')
  expect(await valueOf('{ type: number, default: "${env:A}" }', { env: { A: '5' } })).toBe(5)
  expect(await reported(`variables: { x: { default: "\${env:A}" } }\n${models}`)).toEqual([
    'P301 2:57 ${var:x}'
  ])
  expect(
    await reported(`variables: { x: { default: "\${var:y}" }, y: { default: 1 } }\n${models}`)
  ).toEqual(['wP306 1:42 y', 'P309 2:57 ${var:x}'])
})

test('a default is looked at only where it is needed', async () => {
  expect(await valueOf('{ default: "${env:MISSING}" }', { variables: { x: 'given' } })).toBe('given')
})

test('declared without a value, not declared, and not used are three different problems', async () => {
  expect(await reported(`variables: { x: {}, unused: { default: 1 } }\n${models}`)).toEqual([
    'wP306 1:21 unused',
    'P304 2:57 ${var:x} + 1:14 x'
  ])
  expect(await reported(models)).toEqual(['P305 1:57 ${var:x}'])
})

test('a value for a variable that nobody declared is a warning', async () => {
  expect(await reported(models, { env: { POLYCTL_VAR_x: 'a' } })).toEqual(['wP305 1:57 ${var:x}'])
  expect(await reported(models, { variables: { x: 'a' } })).toEqual(['wP305'])
  expect(await reported('connections: []', { env: { POLYCTL_VAR_other: 'a' } })).toEqual([])
  expect(
    await reported({ 'configs/a.yaml': models, 'v.yaml': 'x: a\nz: b\n' }, { variableFiles: ['v.yaml'] })
  ).toEqual(['wP305 v.yaml:1:1 x', 'wP305 v.yaml:2:1 z'])
})

test('a slip of the finger is told once, not also as a variable that is not used', async () => {
  const { result } = await read(`variables: { ex: { default: 1 } }\n${models}`)
  expect(result.problems.map(({ code, help }) => [code, help])).toEqual([
    ['P305', ['a variable with a similar name is declared: `ex`']]
  ])
})

test('a variable is declared once, and its declaration has a known shape', async () => {
  expect(await reported(`variables: { x: { default: 1 } }\n---\nvariables: { x: {} }\n${models}`)).toEqual([
    'P202 3:14 x + 1:14 x'
  ])
  expect(
    await reported(`variables: { x: { defualt: 1, type: text }, a-b: {} }\n${models}`, {
      variables: { x: '1' }
    })
  ).toEqual(['P101 1:19 defualt', 'P104 1:37 text', 'P105 1:45 a-b'])
})

test('a file of variables is a mapping, and must be there', async () => {
  const files = { 'configs/a.yaml': 'connections: []', 'v.yaml': '- a', 'w.yaml': 'a: [', 'empty.yaml': '' }
  expect(
    places(await read(files, { variableFiles: ['v.yaml', 'w.yaml', 'empty.yaml', 'x.yaml'] }))
  ).toEqual(['P102 v.yaml:1:1', 'P001 w.yaml:1:5', 'P008 x.yaml:1:1'])
})
