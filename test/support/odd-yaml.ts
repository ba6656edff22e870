import * as fc from 'fast-check'

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
  '"#"',
  '&one 1',
  '!own x'
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
/** Collections and texts over several lines. Those below the first are indented below what holds them. */
const several = fc
  .constantFrom<string[]>(
    ['[ # beside', 'a,', '# above', '"b" # beside', ']'],
    ['[a,', '', '# apart', '', 'b,', ']'],
    ['[', 'a, b # beside', '# above', ']'],
    ['{ # beside', 'a: 1, # beside', 'b: [2] # beside', '# above', '}'],
    ['{ a: # beside', '1,', 'b: 2', '}'],
    ['[{ a: 1 }, # beside', '{ b: 2 }]'],
    ['# beside', '[a, b]'],
    ['# beside', 'text'],
    ['&two # beside', '{ a: 1 }'],
    ['plain text', 'and more'],
    ['"quoted text', 'and more"']
  )
  .map((lines) => ({ lines }))
const comment = fc.constantFrom('', '', '', ' # beside', '   #x: 😀')
const above = fc.constantFrom('', '', '\n', '# above\n', '\n\n# apart\n\n', '   # odd column\n')

type Value = string | { style: string; chomping: string; lines: string[] } | { lines: string[] } | Entry[]
interface Entry {
  above: string
  beside: string
  value: Value
}
const leaf: fc.Arbitrary<Value> = fc.oneof({ weight: 3, arbitrary: scalar }, block, flow, several)
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
      const deep = `${pad}${' '.repeat(step)}`
      if (!('style' in value)) return `${head} ${value.lines.join(`\n${deep}`)}${beside}\n`
      const lines = value.lines.map((line) => (line === '' ? '' : `${deep}${line}`))
      return `${head} ${value.style}${value.chomping}${beside}\n${lines.join('\n')}\n`
    })
    .join('')
}

/** Texts of YAML with comments in odd places, each with its number, in one document or two. */
export const oddText: fc.Arbitrary<string> = fc
  .record({ entries: tree, step: fc.integer({ min: 1, max: 8 }), isTwice: fc.boolean() })
  .map(({ entries, step, isTwice }) => {
    const body = `base: &anchor { z: 1 }\n${written(entries, step, 0, false)}`
    const text = `# above\n${body}${isTwice ? `---\n${body}` : ''}# end`
    let count = 0
    return text.replaceAll(commentStart, (start) => `${start} ${(count += 1)}`)
  })

const commentStart = /# (?:beside|above|apart|odd column|end)|#x: 😀/g

/** The comments of a text, in order. */
export function commentsOf(text: string): string[] {
  return Array.from(text.matchAll(new RegExp(`(?:${commentStart.source}) \\d+`, 'g')), ([it]) => it)
}
