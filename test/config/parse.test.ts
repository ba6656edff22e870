import { isFew } from '../support/samples.ts'
import { describe, expect, test } from 'vitest'
import { parseYaml } from '../../src/config/source/parse.ts'
import { fieldsOf, problemsOf } from '../support/reading.ts'

/** Codes and the text that each label shows. */
function reported(text: string): string[] {
  return parseYaml('a.yaml', text).problems.map(({ code, labels }) => {
    const shown = labels.map(
      ({ span }) =>
        `${span.start.line}:${span.start.column} ${text.slice(span.start.offset, span.end.offset)}`
    )
    return `${code} ${shown.join(' + ')}`.trim()
  })
}

test.each([
  ['a: b: c', ['P001 1:4 b']],
  ['a: [1, 2', ['P001 1:9']],
  ['a: "text', ['P001 1:9']],
  ['a: @text', ['P001 1:4 @']],
  ['a: - b', ['P001 1:4 -']],
  ['a: !Ref x', ['P001 1:4 !Ref']],
  ['a: !!binary aGVsbG8=', ['P001 1:4 !!binary']],
  ['%FOO\n---\na: 1', ['P001 1:1 %FOO']],
  ['a: { b: ${env:X} }', ['P001 1:10 {']],
  ['a:\n\t- b', ['P002 2:1']],
  ['a:\n  b: 1\n\tc: 2', ['P002 3:1']],
  ['a: 1\nb: 2\na: 3', ['P003 3:1 a + 1:1 a']],
  ['{ a: 1, "a": 2 }', ['P003 1:9 "a" + 1:3 a']],
  ['1: x\n"1": y', ['P003 2:1 "1" + 1:1 1']],
  ['a: *nobody', ['P004 1:4 *nobody']],
  ['a: *later\nb: &later 1', ['P004 1:4 *later']],
  ['a: &a [*a]', ['P004 1:8 *a']],
  ['a: 9007199254740992', ['P005 1:4 9007199254740992']],
  ['a: 1e999', ['P005 1:4 1e999']],
  ['a: .nan', ['P005 1:4 .nan']],
  ['a: -.INF', ['P005 1:4 -.INF']],
  ['a: 0.1234567890123456789', ['P005 1:4 0.1234567890123456789']],
  ['a: 1e-400', ['P005 1:4 1e-400']],
  ['a: 1.00000000000000000001', ['P005 1:4 1.00000000000000000001']],
  ['a: 123456789012345678901234.0', ['P005 1:4 123456789012345678901234.0']],
  ['%YAML 1.1\n---\na: yes', ['P012 1:1 %YAML 1.1']],
  ['a: 1\n...\n%YAML 1.1\n---\nb: 010', ['P012 3:1 %YAML 1.1']],
  ['? [a]\n: b', ['P006 1:3 [a]']],
  ['{ {a: 1}: b }', ['P006 1:3 {a: 1}']],
  ['a: &a { b: 1 }\n*a : 2', ['P006 2:1 *a']],
  ['a: { $secret: env X }', ['P013 1:6 $secret']],
  ['a: [{ "$ref": b }]', ['P013 1:7 "$ref"']],
  ['<<: 1', ['P102 1:5 1']],
  ['<<: [{ a: 1 }, b]', ['P102 1:16 b']]
])('%j is told as %j', (text, expected) => {
  expect(reported(text)).toEqual(expected)
})

test.each([
  '1.10',
  '1e3',
  '0.1',
  '-0.0',
  '0',
  '1.5e-7',
  '9007199254740991',
  '0.30000000000000004',
  '1e22',
  '+12',
  '012'
])('a number that is held exactly is read: %s', (written) => {
  const { documents, problems } = parseYaml('a.yaml', `a: ${written}`)
  expect(problems).toEqual([])
  expect(documents[0]?.root).toMatchObject({ entries: [{ value: { value: Number(written) } }] })
})

test('YAML 1.2 may be asked for', () => {
  expect(reported('%YAML 1.2\n---\na: yes')).toEqual([])
})

describe('nesting', () => {
  const shapes: Record<string, (depth: number) => string> = {
    'a list in a list': (depth) => `a:\n  ${'- '.repeat(depth)}b`,
    'a list in a list, and a mistake': (depth) => `a:\n  ${'- '.repeat(depth)}b: c\n x`,
    brackets: (depth) => `a: ${'['.repeat(depth)}${']'.repeat(depth)}`,
    'open brackets': (depth) => `a: ${'['.repeat(depth)}`,
    braces: (depth) => `a: ${'{ a: '.repeat(depth)}1${' }'.repeat(depth)}`,
    'a mapping in a mapping': (depth) =>
      Array.from({ length: depth }, (_, at) => `${' '.repeat(at)}a:`).join('\n'),
    'a key that is a key': (depth) => `${'? '.repeat(depth)}x`,
    'a list in a mapping in a list': (depth) =>
      Array.from({ length: depth }, (_, at) => `${'  '.repeat(at)}- a:`).join('\n')
  }

  test.each(Object.entries(shapes))('too deep is told once, however deep: %s', (_name, shape) => {
    // The deepest is a text of a hundred megabytes.
    for (const depth of [250, 1_000, 3_000, ...(isFew ? [] : [12_000])]) {
      const { problems, documents } = parseYaml('a.yaml', shape(depth))
      expect(documents).toEqual([])
      expect(problems.map(({ code, message }) => [code, message])).toEqual([
        ['P001', 'this is nested more than 100 levels deep']
      ])
    }
  })

  test.each(Object.entries(shapes).filter(([name]) => !/mistake|open|key/.test(name)))(
    'fifty levels are no problem: %s',
    (_name, shape) => {
      expect(parseYaml('a.yaml', shape(40)).problems).toEqual([])
    }
  )
})

test('only the first mistake of a document is told, but every document has its own', () => {
  expect(reported('a: @x\nb: {\n---\n\tx: 1\n---\nok: 1\n').map((line) => line.slice(0, 4))).toEqual([
    'P001',
    'P002'
  ])
})

test('lines are counted by the text, whatever the parser stumbles over', () => {
  expect(reported("[]|\r\n\n---\n'\n\n---\na: @x")).toEqual(['P001 1:3 |', 'P001 7:6'])
})

test('a file with a mistake gives no documents', () => {
  expect(parseYaml('a.yaml', 'a: 1\n---\nb: [\n').documents).toEqual([])
})

test.each(['[', '[]', '{"a":'])('nesting without end is one clear problem: %s', (piece) => {
  const text = piece === '[]' ? '['.repeat(500) + ']'.repeat(500) : piece.repeat(20_000)
  expect(reported(text)).toHaveLength(1)
  expect(reported(text)[0]).toMatch(/^P001/)
})

test('aliases that multiply are stopped, and told once', () => {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x, x]']
  for (let level = 1; level < 12; level++) {
    lines.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => `*a${level - 1}`).join(', ')}]`)
  }
  expect(reported(lines.join('\n'))).toEqual([expect.stringMatching(/^P007 6:\d+ \*a4$/)])
})

test('words that look like booleans, dates and versions stay text; numbers and keys are read as YAML 1.2 has them', async () => {
  const yaml = `
models:
  - name: M
    connection: C
    configuration:
      { a: yes, b: off, c: 2026-01-01, d: 1.2.3, e: 0x1F, f: 0o17, g: 1e3, h: -0.5, i: ~, j: "1", 7: seven, true: t }
`
  expect((await fieldsOf(yaml))['configuration']).toEqual({
    a: 'yes',
    b: 'off',
    c: '2026-01-01',
    d: '1.2.3',
    e: 31,
    f: 15,
    g: 1000,
    h: -0.5,
    i: null,
    j: '1',
    7: 'seven',
    true: 't'
  })
})

test('merge keys take over what is not written, the earlier source before the later one', async () => {
  const yaml = `
x-one: &one { a: 1, b: 1, c: 1 }
x-two: &two { b: 2, c: 2, d: 2 }
models:
  - name: M
    connection: C
    configuration:
      c: own
      <<: [*one, *two]
      "<<": text
`
  expect((await fieldsOf(yaml))['configuration']).toEqual({ a: 1, b: 1, c: 'own', d: 2, '<<': 'text' })
})

test('keys that JavaScript gives a meaning are keys like all others', async () => {
  const yaml = `models: [{ name: M, connection: C, configuration: { __proto__: { a: 1 }, constructor: b, toString: c } }]`
  const fields = await fieldsOf(yaml)
  expect(JSON.stringify(fields['configuration'])).toBe(
    '{"__proto__":{"a":1},"constructor":"b","toString":"c"}'
  )
  expect(
    await problemsOf(
      'models: [{ name: M, connection: C, configuration: {}, __proto__: 1, hasOwnProperty: 2 }]'
    )
  ).toEqual(['P101 1:55 __proto__', 'P101 1:69 hasOwnProperty'])
})

test('lines that end in CR LF are counted like others', async () => {
  expect(await problemsOf('connections:\r\n  - name: C\r\n    typ: mongodb\r\n')).toEqual(['P101 3:5 typ'])
})

describe('half of a character', () => {
  test.each([
    ['a value', 'roles: [{ name: "\\ud800" }]', [17, 25]],
    ['the lower half', 'roles: [{ name: "a\\udc00b" }]', [17, 27]],
    ['halves in the wrong order', 'roles: [{ name: "\\ude00\\ud83d" }]', [17, 31]],
    ['a key', '"rol\\ud800": []', [1, 12]]
  ])('is told where it is: %s', (_what, text, [start, end]) => {
    const [found, ...more] = parseYaml('a.yaml', text).problems
    expect(more).toEqual([])
    expect(found?.code).toBe('P001')
    const { span } = found!.labels[0]!
    expect([span.start.column, span.end.column]).toEqual([start, end])
  })

  test('two halves make a character', () => {
    expect(parseYaml('a.yaml', 'name: "\\ud83d\\ude00"').problems).toEqual([])
  })
})

test('an anchor is named for an alias only where it stands on what no password is', () => {
  const helpOf = (text: string): string =>
    JSON.stringify(parseYaml('a.yaml', text).problems.map(({ help }) => help))
  for (const on of ['', ' x', ' "x y"', ' 7', ' |\n    x'])
    expect(helpOf(`a: { b: 1 }\nc: &S3cretHunter2${on}\nd: *S3cretHunter1\n`)).not.toContain('Hunter')
  for (const on of [' { x: 1 }', ' [x]'])
    expect(helpOf(`c: &defaults${on}\nd: *default\n`)).toContain('`*defaults`')
})
