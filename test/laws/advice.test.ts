import { describe, expect, test } from 'vitest'
import { isNode, isScalar, parseDocument, visit, type Pair } from 'yaml'
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts'
import { placesOfExamples } from '../support/places.ts'
import { meaning, read } from '../support/reading.ts'

/**
 * What a help tells people to write is copied as it stands. Put in place of what is wrong, it must give a file
 * without that problem, and mean what the writer meant.
 */

/** What people write by habit, where something else belongs. */
const behaviour = [
  '0755',
  '1.50',
  'True',
  'yes',
  'off',
  '"5432"',
  '"007"',
  'all',
  'none',
  '"*"',
  'a b',
  '"a, b: c"'
]

/** The text in backticks of a help that says what to write. */
function advised({ help }: Diagnostic): string[] {
  return help.flatMap((text) => {
    const found = /^(?:put it in quotes: |write )`([^`…]+)`$/.exec(text)?.[1]
    return found === undefined ? [] : [found]
  })
}

/** The file with the advice in place of what the problem points at, or of the field that it names. */
function followed(text: string, advice: string, { labels }: Diagnostic): string {
  const { start, end } = labels[0]!.span
  const line = text.slice(text.lastIndexOf('\n', start.offset - 1) + 1, start.offset)
  const key = /([\w-]+|"[^"]*"):\s*$/.exec(line)?.[0]
  if (key !== undefined && advice.startsWith(`${key.trim()} `))
    return text.slice(0, start.offset - key.length) + advice + text.slice(end.offset)
  const named = /^([a-z_]+): /.exec(advice)?.[1]
  const document = parseDocument(text)
  let field: Pair | undefined
  visit(document, {
    Pair(_, pair) {
      const range = isNode(pair.value) ? pair.value.range : undefined
      const isAround = range && range[0] <= start.offset && start.offset <= range[1]
      if (isScalar(pair.key) && pair.key.value === named && isAround) field = pair
    }
  })
  if (!field) return text.slice(0, start.offset) + advice + text.slice(end.offset)
  field.value = parseDocument(advice).get(named!, true)
  return String(document)
}

describe('what a help tells people to write', () => {
  const all = placesOfExamples('values')

  test('there are enough places to try', () => {
    expect(all.length).toBeGreaterThan(80)
  })

  test.each(behaviour)('is valid where %s was written', async (habit) => {
    const wrong: string[] = []
    let followedAdvice = 0
    for (const { sort, text, start, end } of all) {
      const broken = text.slice(0, start) + habit + text.slice(end)
      const { result } = await read(broken)
      for (const problem of result.problems) {
        for (const advice of advised(problem)) {
          followedAdvice += 1
          const mended = followed(broken, advice, problem)
          const again = await read(mended)
          const same = again.result.problems.find(
            // Which labels a logic names is another question than what type it has.
            ({ code, severity, labels }) =>
              severity === 'error' &&
              code !== 'P205' &&
              labels[0]?.span.start.line === problem.labels[0]?.span.start.line
          )
          if (same) wrong.push(`${sort}: ${advice} → ${same.message}`)
        }
      }
    }
    expect(wrong).toEqual([])
    if (['0755', 'yes', '1.50', 'True'].includes(habit)) expect(followedAdvice).toBeGreaterThan(0)
  })
})

test.each([
  ['0755', '0755'],
  ['1.50', '1.50'],
  ['0x1F', '0x1F'],
  ['True', 'True'],
  ['1e3', '1e3']
])('the words of the file are put in quotes, not what they are worth: %s', async (written, meant) => {
  const yaml = (value: string): string =>
    `connections:\n  - name: C\n    type: postgresql\n    configuration: { database: ${value} }\n`
  const { result } = await read(yaml(written))
  expect(result.problems.flatMap(advised)).toEqual([`database: "${meant}"`])
  const { resources } = await meaning(yaml(`"${meant}"`))
  expect(resources[0]?.fields['configuration']).toEqual({ database: meant })
})

test.each(['all', 'All', 'none', 'any', '"*"', '"%"', 'everything', '""', 'default'])(
  'a word that stands for a list is never put into one: %s',
  async (word) => {
    const { result } = await read(`bulk_syncs:\n  - name: B\n    schemas: ${word}\n`)
    expect(JSON.stringify(result.problems)).not.toMatch(/write `schemas: \[/)
  }
)

test('advice behind an alias is not given: the text stands elsewhere', async () => {
  const { result } = await read(
    'x-a: &a 0755\nconnections:\n  - { name: C, type: postgresql, configuration: { database: *a } }\n'
  )
  expect(result.problems.map(({ code, help }) => [code, help])).toEqual([['P102', []]])
})
