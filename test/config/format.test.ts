import { linkSync, lstatSync, readdirSync, readFileSync, statSync, symlinkSync, chmodSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as fc from 'fast-check'
import { parseAllDocuments } from 'yaml'
import { expect, test } from 'vitest'
import { formatted } from '../../src/config/layout/index.ts'
import { createSandbox } from '../support/sandbox.ts'
import { samples } from '../support/samples.ts'

const scalar = fc.constantFrom(
  'plain',
  'two words',
  '"quoted"',
  "'it''s'",
  '"on"',
  '"1_0"',
  'yes',
  '1e3',
  '0x1F',
  '~',
  '',
  '1_000',

  '"😀 \\u200d"',
  "'a\\d\"'",
  '${env:NAME}',
  '"${var:x}"',
  'a,b [c]',
  'select * from t',
  '12:30:00',
  '-1',
  '"#"'
)
const block = fc
  .tuple(
    fc.constantFrom('|', '>'),
    fc.constantFrom('', '-', '+'),
    fc.array(fc.constantFrom('text', '  deeper', '', '# no comment', 'a: b', '😀'), { maxLength: 4 })
  )
  .map(([style, chomping, lines]) => ({ style, chomping, lines: ['first', ...lines, ''] }))
const flow = fc.constantFrom(
  '[a, "b" ,c]',
  '{a: 1,b: "x"}',
  '[]',
  '{}',
  '[{ a: [1] }]',
  '*anchor',
  '{ <<: *anchor }'
)
const comment = fc.constantFrom('', '', '', ' # beside', '   #x: 😀')
const above = fc.constantFrom('', '', '\n', '# above\n', '\n\n# apart\n\n', '   # odd column\n')

type Value = string | { style: string; chomping: string; lines: string[] } | Entry[]
interface Entry {
  above: string
  beside: string
  value: Value
}
const leaf: fc.Arbitrary<Value> = fc.oneof({ weight: 3, arbitrary: scalar }, block, flow)
const entry = (value: fc.Arbitrary<Value>): fc.Arbitrary<Entry> =>
  fc.record({ above, beside: comment, value })
const tree = fc.array(entry(fc.oneof(leaf, fc.array(entry(leaf), { minLength: 1, maxLength: 3 }))), {
  minLength: 1,
  maxLength: 4
})

/** Writes entries as a mapping, or as a list, whatever the indent. */
function written(entries: readonly Entry[], step: number, depth: number, isList: boolean): string {
  const pad = ' '.repeat(step * depth)
  return entries
    .map(({ above: over, beside, value }, index) => {
      const head = `${over}${pad}${isList ? '-' : `key${index}:`}`
      if (Array.isArray(value)) {
        const inner = written(value, step, depth + 1, !isList && index % 2 === 0)
        return `${head}${isList ? '' : beside}\n${inner}`
      }
      if (typeof value === 'string') return `${head} ${value}${beside}\n`
      const lines = value.lines.map((line) => (line === '' ? '' : `${pad}${' '.repeat(step)}${line}`))
      return `${head} ${value.style}${value.chomping}${beside}\n${lines.join('\n')}\n`
    })
    .join('')
}

/** What the library alone reads: values with their order, and the comments of the lines that hold one. */
function meaning(text: string): unknown {
  const documents = parseAllDocuments(text, { merge: true, intAsBigInt: true, logLevel: 'silent' })
  if (!Array.isArray(documents)) return []
  return documents.map((document) => document.toJS({ mapAsMap: true }))
}

function comments(text: string): string[] {
  return Array.from(
    text.matchAll(/(?:^|\s)(#(?: beside|x: 😀| above| apart| odd column| end))/g),
    ([, it = '']) => it
  )
}

test('whatever is formatted means the same, keeps its comments, and stays when formatted again', () => {
  let done = 0
  let all = 0
  fc.assert(
    fc.property(
      tree,
      fc.integer({ min: 1, max: 8 }),
      fc.boolean(),
      fc.boolean(),
      (entries, step, isWindows, isTwice) => {
        const body = `base: &anchor { z: 1 }\n${written(entries, step, 0, false)}`
        const lines = `# above\n${body}${isTwice ? `---\n${body}` : ''}# end`
        const text = isWindows ? lines.replaceAll('\n', '\r\n') : lines
        const result = formatted('a.yaml', text)
        if (result.is === 'wrong') return
        all += 1
        if (result.is === 'left') return
        done += 1
        expect(meaning(result.text)).toEqual(meaning(text))
        expect(comments(result.text)).toEqual(comments(text))
        expect(result.text).toMatch(/[^\n]\n$|\n\n$/)
        expect(result.text).not.toContain('\r')
        expect(formatted('a.yaml', result.text)).toEqual(result)
      }
    ),
    samples(1_000, 60)
  )
  // What is left is rare, or this property says nothing.
  expect([all > 20, done / all > 0.6]).toEqual([true, true])
})

test('blocks keep their style and each letter, quotes stay where a reader needs them', () => {
  const text = `a:\n      b: >2-\n          more\n         less\n      c: |+\n        kept\n\n\n      d: "yes"\n      e: 'x'\n`
  expect(formatted('a.yaml', text)).toEqual({
    is: 'formatted',
    text: `a:\n  b: >2-\n      more\n     less\n  c: |+\n    kept\n\n\n  d: "yes"\n  e: x\n`
  })
})

test('a comment that would leave its line leaves the file as it is', () => {
  expect(formatted('a.yaml', 'a:\n- # which?\n  b: c\n')).toEqual({ is: 'left' })
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
  expect([checked.code, checked.out]).toEqual([2, expect.stringContaining('+  - name: readers # who\n')])
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
