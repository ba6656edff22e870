import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parse, stringify, type ToStringOptions } from 'yaml'
import { parseYaml } from '../../src/config/source/parse.ts'
import type { YamlNode, ScalarNode } from '../../src/config/source/node.ts'
import type { Json, JsonObject } from '../../src/state/value.ts'
import { cutAt } from '../support/cut.ts'
import { meaning, read, type Files } from '../support/reading.ts'
import { samples } from '../support/samples.ts'
import { smallKinds as kinds } from '../support/small-kind.ts'

const text = fc.oneof(
  fc.constantFrom(
    'a',
    'b',
    '',
    ' x',
    'y: z',
    '- a',
    'true',
    '5',
    '#',
    'it’s',
    "it's",
    '"',
    '日本',
    'a\nb\n',
    '  a\n b',
    '*a',
    '{',
    'é'
  ),
  fc.string({ maxLength: 12 }).filter((value) => !value.includes('${'))
)
const number = fc.oneof(fc.integer(), fc.constantFrom(0.5, -1e21, 1e-7, 9007199254740991))
const json = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    number,
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4, noNullPrototype: true })
  )
})).value

const style = fc.record<ToStringOptions>({
  collectionStyle: fc.constantFrom('any', 'block', 'flow'),
  defaultStringType: fc.constantFrom(
    'PLAIN',
    'QUOTE_DOUBLE',
    'QUOTE_SINGLE',
    'BLOCK_LITERAL',
    'BLOCK_FOLDED'
  ),
  indent: fc.constantFrom(2, 3, 4),
  lineWidth: fc.constantFrom(0, 20, 80)
})

function scalars(node: YamlNode): ScalarNode[] {
  if (node.is === 'scalar') return [node]
  return node.is === 'list'
    ? node.items.flatMap(scalars)
    : node.entries.flatMap(({ value }) => scalars(value))
}

describe('places', () => {
  test('the text of every scalar, cut out, means its value', () => {
    fc.assert(
      fc.property(json, style, (value, how) => {
        const yaml = stringify({ value }, how)
        const { documents, problems } = parseYaml('a.yaml', yaml)
        expect(problems).toEqual([])
        for (const { root, source } of documents) {
          for (const scalar of scalars(root)) {
            const cut = yaml.slice(scalar.start, scalar.end)
            expect(cutAt(yaml, source.span(scalar.start, scalar.end))).toBe(cut)
            // A block says its own indentation only relative to what is around it.
            if (/^[|>][+-]?\d/.test(cut)) continue
            expect(parse(cut, { logLevel: 'silent' }) ?? null).toEqual(scalar.value)
          }
        }
      })
    )
  })

  test('whatever a file holds, there is an answer, and its places are in the file', async () => {
    const words = `gadgets|:| |\\n|  |- |name|size|&a |*a|<<: |{|}|[|]|,|"|'|\\t|#|\${env:A}|\${|variables|x|5|!t |---\\n|? `
    const pieces = `${words}|removed|workspace|gadgets:\\n- name: a\\n  |é|\\r\\n`.split('|')
    const piece = fc.constantFrom(
      '|',
      ...pieces.map((one) => one.replaceAll('\\n', '\n').replaceAll('\\r', '\r').replaceAll('\\t', '\t'))
    )
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 40 }), async (pieces) => {
        const yaml = pieces.join('')
        const { result } = await read(yaml, { kinds })
        for (const { span } of result.problems.flatMap(({ labels }) => labels)) {
          expect(span.end.offset).toBeGreaterThanOrEqual(span.start.offset)
          cutAt(yaml, span)
        }
        expect(result.ok || result.problems.some(({ severity }) => severity === 'error')).toBe(true)
      }),
      samples(1000)
    )
  })
})

const name = fc.constantFrom('alpha', 'beta', 'gamma', 'delta', 'two words')
const gadgets = fc.uniqueArray(
  fc.record<JsonObject>(
    {
      name,
      size: fc.integer({ min: 1, max: 9 }),
      active: fc.boolean(),
      color: fc.constantFrom('red', 'darkGreen', 'blue'),
      labels: fc.dictionary(text, text, { minKeys: 1, maxKeys: 2, noNullPrototype: true }),
      parts: fc.array(fc.record({ field: text, gadget: name }, { requiredKeys: ['field'] }), {
        maxLength: 3
      }),
      lifecycle: fc.record(
        { prevent_destroy: fc.boolean(), renamed_from: fc.array(name, { maxLength: 2 }) },
        { requiredKeys: [] }
      )
    },
    { requiredKeys: ['name'] }
  ),
  { selector: (item) => item['name'], maxLength: 5 }
)

/** What was meant, without the places that said it. */
async function meant(files: Files): Promise<unknown> {
  const { resources } = await meaning(files, { kinds })
  return resources.map(({ kind, name, fields, lifecycle, uses }) => ({
    kind,
    name,
    fields,
    lifecycle,
    uses: uses.map(({ path }) => path)
  }))
}

function shuffled(value: Json, seed: number): Json {
  if (Array.isArray(value)) return value.map((inner) => shuffled(inner, seed))
  if (value === null || typeof value !== 'object') return value
  const keys = Object.keys(value)
  const turned = keys.map((_, index) => keys[(index * 7 + seed) % keys.length] ?? '')
  const order = new Set(turned).size === keys.length ? turned : keys.toReversed()
  return Object.fromEntries(order.map((key) => [key, shuffled(value[key] ?? null, seed)]))
}

describe('meaning', () => {
  test('does not depend on formatting and on the order of keys', async () => {
    await fc.assert(
      fc.asyncProperty(gadgets, style, style, fc.nat(5), async (items, one, other, seed) => {
        const first = stringify({ gadgets: items }, one)
        const second = stringify(shuffled({ gadgets: items }, seed), other)
        // The library does not read back all that it writes: text that starts with spaces, indented by
        // four.
        fc.pre([first, second].every((yaml) => isDeepStrictEqual(parse(yaml), { gadgets: items })))
        expect(await meant({ 'configs/a.yaml': second })).toEqual(await meant({ 'configs/a.yaml': first }))
      })
    )
  })

  test('does not depend on which file or document says what', async () => {
    await fc.assert(
      fc.asyncProperty(
        gadgets,
        fc.array(fc.constantFrom('a', 'b/c', 'd'), { minLength: 5, maxLength: 5 }),
        async (items, where) => {
          const files: Record<string, string> = {}
          for (const [index, item] of items.entries()) {
            const path = `configs/${where[index]}.yaml`
            files[path] = `${files[path] ?? ''}---\n${stringify({ gadgets: [item] })}`
          }
          const together = { 'configs/a.yaml': stringify({ gadgets: items }) }
          expect(items.length === 0 ? [] : await meant(files)).toEqual(await meant(together))
        }
      )
    )
  })

  test('does not depend on whether values are written, or come from outside', async () => {
    const setting = fc.oneof(text, fc.integer(), fc.boolean())
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.constantFrom('a', 'b', 'c'), setting, { noNullPrototype: true }),
        async (settings) => {
          const variables = Object.fromEntries(
            Object.entries(settings).map(([key, value]) => [key, { default: value }])
          )
          const placeholders = Object.fromEntries(
            Object.keys(settings).map((key) => [key, `\${var:${key}}`])
          )
          const model = (configuration: JsonObject) => ({
            models: [{ name: 'M', connection: 'C', configuration }]
          })
          const written = await meaning(stringify(model(settings)))
          const filled = await meaning(stringify({ variables, ...model(placeholders) }))
          expect(filled.resources.map(({ fields }) => fields)).toEqual(
            written.resources.map(({ fields }) => fields)
          )
        }
      )
    )
  })
})

test('no mistake makes a secret of the environment appear in a problem', async () => {
  const secret = 'xyzzy-planted'
  const yaml = `
variables: { a: { default: "\${env:PW}" }, b: { type: number, default: "\${env:PW}" } }
connections:
  - name: C
    type: mongodb
    configuration: { hosts: h, password: "\${env:PW}", ssl: true, username: "u\${env:USER:-x}" }
  - { name: D, type: strackr, configuration: { api_id: "\${var:a}", api_key: "\${var:b}" } }
`
  const change = fc.record({
    at: fc.nat(yaml.length),
    drop: fc.nat(4),
    put: fc.constantFrom('', ' ', '"', '{', '}', '${', ':', '- ', '\n', 'x', '*', '$')
  })
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 3 }), async (changes) => {
      const changed = changes.reduce(
        (now, { at, drop, put }) => now.slice(0, at) + put + now.slice(at + drop),
        yaml
      )
      const { result } = await read(changed, { env: { PW: secret } })
      expect(JSON.stringify(result.problems)).not.toContain(secret)
    }),
    samples(1000)
  )
})
