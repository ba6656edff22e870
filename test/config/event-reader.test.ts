import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isFew, samples } from '../support/samples.ts'
import { Document, Scalar, visit } from 'yaml'
import { readEvents } from '../../src/config/source/event-reader.ts'
import { parseWithProblems } from '../../src/config/source/parse.ts'
import { SourceText, type YamlNode } from '../../src/config/source/node.ts'
import { corpus } from '../fuzz/corpus.ts'
import { mutate } from '../fuzz/mutate.ts'
import { makeRandom } from '../simulation/random.ts'
import { examples } from '../support/examples.ts'

/** Two parsers read each file: what the fast one takes, the slow one takes as well, and both say the same of it. */

const limits = { depth: 100, unfolded: 1_000_000 }

/**
 * What must agree. Where a block ends is told by neither in a way that anything rests on: one counts what follows
 * it. What is empty has no place of its own under a key.
 */
function agreed(node: YamlNode, text: string): unknown {
  if (node.is === 'scalar') return node.end > node.start ? node : { value: node.value }
  const isOnOneLine = '[{*'.includes(text[node.start] ?? ' ')
  const { start } = node
  const end = isOnOneLine ? node.end : 'of a block'
  if (node.is === 'list')
    return { start, end, items: node.items.map((item) => [item.start, agreed(item, text)]) }
  return {
    start,
    end,
    entries: node.entries.map((entry) => ({ ...entry, value: agreed(entry.value, text) }))
  }
}

/** What both say, or that the fast one leaves it to the other. */
function compared(text: string): 'left' | { fast: unknown; slow: unknown } {
  const roots = readEvents(text, limits)
  if (!roots) return 'left'
  const slow = parseWithProblems(new SourceText('a.yaml', text))
  const isSaid = (root: YamlNode): boolean => root.is !== 'scalar' || root.value !== null
  return {
    fast: { problems: [], roots: roots.filter(isSaid).map((root) => agreed(root, text)) },
    slow: {
      problems: slow.problems.map(({ code, message }) => [code, message]),
      roots: slow.documents.filter(({ root }) => isSaid(root)).map(({ root }) => agreed(root, text))
    }
  }
}

function expectAgreement(text: string): boolean {
  const both = compared(text)
  if (both === 'left') return false
  expect(both.fast).toEqual(both.slow)
  return true
}

test.each(Object.entries(examples))('%s is read fast, and as before', (_name, text) => {
  expect(expectAgreement(text)).toBe(true)
  expect(expectAgreement(text.replaceAll('\n', '\r\n'))).toBe(true)
})

test('of thousands of mutated files, all that are read fast are read as before', () => {
  const samples = corpus()
  let fast = 0
  const seeds = isFew ? 800 : 4_000
  for (let seed = 1; seed <= seeds; seed++) {
    const random = makeRandom(seed)
    if (expectAgreement(mutate(random.pick(samples).text, random.pick(samples).text, random))) fast += 1
  }
  expect(fast).toBeGreaterThan(seeds / 6)
})

const scalar = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    '',
    'yes',
    'null',
    '~',
    '007',
    '1.0',
    '-.5',
    '1e3',
    '0x1f',
    '0o17',
    'a: b',
    '- a',
    '# c',
    'a\nb\n',
    ' x\n\n y',
    '🚀'
  ),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null)
)
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.oneof(fc.constantFrom('a', 'b', 'name', 'k e y'), fc.string({ maxLength: 6 })),
      tie('value'),
      {
        maxKeys: 4,
        noNullPrototype: true
      }
    )
  )
}))
const styles = fc.record({
  flow: fc.double({ min: 0, max: 1, noNaN: true }),
  style: fc.constantFrom(
    Scalar.PLAIN,
    Scalar.QUOTE_DOUBLE,
    Scalar.QUOTE_SINGLE,
    Scalar.BLOCK_LITERAL,
    Scalar.BLOCK_FOLDED
  ),
  comments: fc.boolean(),
  indent: fc.constantFrom(2, 3, 4, 8),
  seed: fc.nat()
})

/** A value as YAML in many hands: flow and block, all quotes, comments and blank lines, any indent. */
function printed(
  value: unknown,
  {
    flow,
    style,
    comments,
    indent,
    seed
  }: { flow: number; style: Scalar.Type; comments: boolean; indent: number; seed: number }
): string {
  const random = makeRandom(seed)
  const document = new Document(value)
  visit(document, {
    Scalar(_, node) {
      if (typeof node.value === 'string' && random.chance(0.5)) node.type = style
      if (comments && random.chance(0.2)) node.comment = ' a comment: here'
      if (comments && random.chance(0.1)) node.spaceBefore = true
    },
    Collection(_, node) {
      if (random.chance(flow)) node.flow = true
    }
  })
  return document.toString({ indent, lineWidth: random.pick([0, 40, 80]) })
}

describe('a value that was printed', () => {
  test('is read by both in the same way, in whatever hand', () => {
    let fast = 0
    fc.assert(
      fc.property(value, styles, (one, style) => {
        if (expectAgreement(printed(one, style))) fast += 1
      }),
      samples(1_500)
    )
    expect(fast).toBeGreaterThan(samples(1_500).numRuns / 3)
  })
})

test.each([
  ['an unknown alias', 'a: *b'],
  ['a tag', 'a: !x b'],
  ['a key twice', 'a: 1\na: 2'],
  ['a number that is not exact', 'a: 12345678901234567890'],
  ['no number', 'a: .nan'],
  ['a directive', '%YAML 1.1\n---\na: yes'],
  ['a mark of our own', 'a: { $secret: x }'],
  ['a key that is a list', '? [a]\n: b'],
  ['a merge of a word', '<<: b'],
  ['too deep', '['.repeat(101) + ']'.repeat(101)],
  ['CR alone', 'a: 1\rb: 2'],
  ['no YAML', 'a: [']
])('%s is left to the parser that can tell of it', (_what, text) => {
  expect(readEvents(text, limits)).toBeUndefined()
})
