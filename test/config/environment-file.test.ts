import { parseEnv } from 'node:util'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readEnvironmentFile } from '../../src/config/environment-file.ts'
import { samples } from '../support/samples.ts'

function reported(text: string): string[] {
  return readEnvironmentFile('ci.env', text).problems.map(
    ({ message, labels }) => `${labels[0]?.span.start.line}:${labels[0]?.span.start.column} ${message}`
  )
}

test('a line that sets nothing is told with its place, and without what stands there', () => {
  expect(reported('A=1\n  FOO\nB=2\nhunter2: x\n')).toEqual([
    '2:3 a line of an environment file sets nothing',
    '4:1 a line of an environment file sets nothing'
  ])
  const { problems } = readEnvironmentFile('ci.env', 'hunter2\nhunter3 x=1\nA="hunter4\nA=hunter5\n')
  expect(problems).toHaveLength(4)
  expect(JSON.stringify(problems)).not.toContain('hunter')
})

test.each([
  ['A=1\nA=2', ['2:1 `A` stands twice in an environment file']],
  ['A B=1', ['1:1 a line of an environment file sets what no placeholder can name']],
  ['=1', ['1:1 a line of an environment file sets what no placeholder can name']],
  ['A="x', ['1:1 the value of `A` in an environment file begins with a quote that does not end']],
  ['export A', ['1:1 a line of an environment file sets nothing']]
])('%j', (text, problems) => {
  expect(reported(text)).toEqual(problems)
})

test.each([
  '# comment\n\n  # another\r\nA=1\r\n',
  'export A=1\nexport  B = "x # y" # comment\n',
  'A="one\nFOO\nthree"\nB=`x`\nC=\'FOO\nBAR\' # FOO\nD=\n\nE=1',
  'A=a=b=c\nB=# nothing'
])('nothing is told of %j', (text) => {
  expect(reported(text)).toEqual([])
})

test('the last of two counts, and each place is that of the name', () => {
  const { entries } = readEnvironmentFile('ci.env', 'A=1\n export A = "2"\n')
  expect(entries.get('A')).toMatchObject({
    value: '2',
    span: { path: 'ci.env', start: { line: 2, column: 9 }, end: { line: 2, column: 10 } }
  })
})

test('what is set is what Node reads of the same text, whatever the text is', () => {
  const piece = fc.constantFrom(...'A B export = " \' ` # x \\n : \r\n'.split(' '), '\n', ' ', '\t')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 14 }), (parts) => {
      const text = parts.join('')
      const { entries } = readEnvironmentFile('ci.env', text)
      const values = Object.fromEntries([...entries].map(([name, { value }]) => [name, value]))
      expect(values).toEqual(parseEnv(text))
    }),
    samples(3000)
  )
})
