import { stripVTControlCharacters } from 'node:util'
import { describe, expect, test } from 'vitest'
import { problem } from '../../src/diagnostics/diagnostic.ts'
import { columns } from '../../src/render/plain-text.ts'
import { at, header, look, plan } from './builders.ts'
import { situations as compared } from './compared.ts'
import { mixed, texts } from './reports.ts'
import { everything, hostile, many, sqlUpdate } from './situations.ts'
import { renderDrift, renderPlan, renderProblems, renderReport } from '../support/rendered.ts'

/** No line is wider than the terminal, unless a single word of it is: what is torn by a terminal is hard to read. */

const plans = {
  everything,
  many: many(40),
  hostile: plan([hostile]),
  'long text': plan([sqlUpdate]),
  ...compared
}
const lengthy = [
  problem('P101', `unknown field \`modee\` in a sync, ${'and then some more words '.repeat(8)}`, {
    labels: [
      {
        span: at('configs/a.yaml', 2, 5, 4),
        text: 'a label that goes on and on, as far as the eye can see '.repeat(3)
      }
    ],
    notes: ['a note of many words '.repeat(12)],
    help: ['a help of many words, with `polyctl explain P101` in it, '.repeat(6)]
  })
]

function tooWide(text: string, width: number): string[] {
  return stripVTControlCharacters(text)
    .split('\n')
    .filter(
      (line) =>
        columns(line) > width &&
        line
          .trim()
          .split(/\s+/)
          .every((word) => columns(word) < width / 2)
    )
}

test.each([
  ['plain text', 10],
  ['日本語', 6],
  ['e\u0301', 1],
  ['👩\u200d👩\u200d👧', 2],
  ['1\ufe0f\u20e3', 2],
  // Marks that take a column of their own, though they are of the letter before.
  ['ﾊﾞ', 2],
  ['कि', 2]
])('%s takes %i columns', (text, width) => {
  expect(columns(text)).toBe(width)
})

describe.each([100, 80, 60, 40])('at %s columns', (width) => {
  const narrow = { ...look, width, wraps: true }
  test.each(Object.entries(plans))('the plan and the drift of %s', (_name, value) => {
    expect(tooWide(renderPlan(value, header, narrow, { verbose: false }), width)).toEqual([])
    expect(tooWide(renderDrift(value, header, narrow, { verbose: false }), width)).toEqual([])
  })

  test('a report and problems', () => {
    expect(tooWide(renderReport(mixed, texts, narrow), width)).toEqual([])
    expect(tooWide(renderProblems(lengthy, texts, narrow), width)).toEqual([])
  })
})
