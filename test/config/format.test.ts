import { linkSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync, chmodSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as fc from 'fast-check'
import { parseAllDocuments } from 'yaml'
import { expect, test } from 'vitest'
import { formatted } from '../../src/config/layout/index.ts'
import { commentsOf, oddText } from '../support/odd-yaml.ts'
import { createSandbox } from '../support/sandbox.ts'
import { samples } from '../support/samples.ts'

/** What the library alone reads: values with their order, and the comments of the lines that hold one. */
function meaning(text: string): unknown {
  const documents = parseAllDocuments(text, { merge: true, intAsBigInt: true, logLevel: 'silent' })
  if (!Array.isArray(documents)) return []
  return documents.map((document) => document.toJS({ mapAsMap: true }))
}

test('whatever is formatted means the same, keeps its comments, and stays when formatted again', () => {
  let done = 0
  let all = 0
  fc.assert(
    fc.property(oddText, fc.boolean(), (lines, isWindows) => {
      const text = isWindows ? lines.replaceAll('\n', '\r\n') : lines
      const result = formatted('a.yaml', text)
      if (result.is === 'wrong') return
      all += 1
      if (result.is === 'left') return
      done += 1
      expect(meaning(result.text)).toEqual(meaning(text))
      expect(commentsOf(result.text)).toEqual(commentsOf(text))
      expect(result.text).toMatch(/[^\n]\n$|\n\n$/)
      expect(result.text).not.toContain('\r')
      expect(formatted('a.yaml', result.text)).toEqual(result)
    }),
    samples(1_000, 60)
  )
  // What is left is rare, or this property says nothing.
  expect([all > 20, done / all > 0.95]).toEqual([true, true])
})

test('blocks keep their style and each letter, quotes stay where a reader needs them', () => {
  const text = `a:\n      b: >2-\n          more\n         less\n      c: |+\n        kept\n\n\n      d: "yes"\n      e: 'x'\n`
  expect(formatted('a.yaml', text)).toEqual({
    is: 'formatted',
    text: `a:\n  b: >2-\n      more\n     less\n  c: |+\n    kept\n\n\n  d: "yes"\n  e: x\n`
  })
})

test('a comment stays beside what it is about, or on its own line, wherever that is', () => {
  const texts = [
    ['# the head\n\na:  1\n', '# the head\n\na: 1\n'],
    ['a:\n- # which?\n  b: c\n', 'a:\n  - # which?\n    b: c\n'],
    ['a:\n- &x # which?\n  b: c\n', 'a:\n  - &x # which?\n    b: c\n'],
    ['a: &x # which?\n   b: c\n', 'a: &x # which?\n  b: c\n'],
    ['a: # why\n   b: c\n', 'a: # why\n  b: c\n'],
    ['a: # why\n   [b,c]\n', 'a: # why\n  [b, c]\n'],
    ['a: # why\n   &x  b\n', 'a: # why\n  &x b\n'],
    ['a:\n# of b\nb: 1\n', 'a:\n# of b\nb: 1\n'],
    ['a:\n   b:\n   # the end of a\nc: 1\n', 'a:\n  b:\n  # the end of a\n\nc: 1\n'],
    ['a:\n -\n # second\n - 2\n', 'a:\n  -\n  # second\n  - 2\n'],
    [
      'a: [ # which\n  b, c, # third\n  # no d\n ]\n',
      'a:\n  [ # which\n    b,\n    c # third\n    # no d\n  ]\n'
    ],
    ['a: [\n  # none\n ]\n', 'a: [\n    # none\n  ]\n'],
    ['a: { # one\n  # two\n # three\n }\n', 'a: { # one\n    # two\n    # three\n  }\n'],
    ['a:\n - []\n - [\n # one\n ]  # two\n', 'a:\n  - []\n  - [\n      # one\n    ] # two\n'],
    ['a: |  # lines\n    b\n# c\nd: 1\n', 'a: | # lines\n  b\n# c\nd: 1\n'],
    ['a: b\n  c\n   # of d\nd: 1\n', 'a: b c\n# of d\nd: 1\n']
  ] as const
  for (const [text, result] of texts)
    expect([text, formatted('a.yaml', text)]).toEqual([text, { is: 'formatted', text: result }])
})

test('a sign that polyctl uses itself meanwhile leaves the file as it is', () => {
  expect(formatted('a.yaml', 'a: # \u0002 a sign\n  b\n')).toEqual({ is: 'left' })
})

test('the examples are in the layout', async () => {
  const names = readdirSync('configs').filter((name) => name.endsWith('.yaml'))
  const files = Object.fromEntries(
    names.map((name) => [`configs/${name}`, readFileSync(join('configs', name), 'utf8')])
  )
  const { code, out } = await createSandbox({ files }).run('fmt', '--check')
  expect([code, out]).toEqual([0, `0 files would be formatted, ${names.length} unchanged.\n`])
})

const untidy = 'roles:\n- name:   "readers"  # who\n'
const tidy = 'roles:\n  - name: readers # who\n'

test('files are written, links and modes stay, and what is broken or elsewhere is left and told', async () => {
  const sandbox = createSandbox({
    files: {
      'configs/a.yaml': untidy,
      'configs/broken.yaml': 'a: [\n',
      'real.yml': untidy,
      'configs/c.yaml': tidy
    }
  })
  const at = (path: string): string => join(sandbox.folder, path)
  const other = createSandbox({ files: { 'theirs.yaml': untidy } })
  symlinkSync('../real.yml', at('configs/link.yaml'))
  symlinkSync(join(other.folder, 'theirs.yaml'), at('configs/outside.yaml'))
  linkSync(at('configs/a.yaml'), at('configs/again.yaml'))
  chmodSync(at('real.yml'), 0o640)
  const checked = await sandbox.run('fmt', '--check', '--verbose', 'configs/a.yaml')
  // A comment may hold a secret: it is shown as dots.
  expect([checked.code, checked.out]).toEqual([2, expect.stringContaining('+  - name: readers #....\n')])
  expect(readFileSync(at('configs/a.yaml'), 'utf8')).toBe(untidy)
  const ran = await sandbox.run('fmt')
  expect(ran.code).toBe(3)
  expect(ran.err).toContain('error[P001]')
  expect(ran.err).toContain('`configs/outside.yaml` was not formatted: it is outside of the working folder')
  expect(readFileSync(at('configs/a.yaml'), 'utf8')).toBe(tidy)
  expect(readFileSync(at('configs/again.yaml'), 'utf8')).toBe(tidy)
  expect(readFileSync(at('real.yml'), 'utf8')).toBe(tidy)
  expect(readFileSync(join(other.folder, 'theirs.yaml'), 'utf8')).toBe(untidy)
  expect(lstatSync(at('configs/link.yaml')).isSymbolicLink()).toBe(true)
  expect(statSync(at('real.yml')).mode & 0o777).toBe(0o640)
  expect(sandbox.requests()).toEqual([])
})

test('standard input becomes standard output, and the JSON is as its schema says', async () => {
  const piped = createSandbox({ io: { stdin: async () => untidy } })
  expect(await piped.run('fmt', '-')).toEqual({ code: 0, out: tidy, err: '' })
  expect((await piped.run('fmt', '-', '--check')).code).toBe(2)
  const schema: object = JSON.parse(readFileSync('schemas/fmt.schema.json', 'utf8'))
  const isValid = new Ajv2020({ strict: true, allErrors: true }).compile(schema)
  const { out } = await piped.run('fmt', '-', '--check', '--format', 'json')
  const facts: unknown = JSON.parse(out)
  expect([isValid(facts), isValid.errors]).toEqual([true, null])
  expect(facts).toMatchObject({ applied: false, files: [{ path: '<stdin>', state: 'formatted' }] })
})
