import { nameText } from './change-text.ts'
import { visible } from './plain-text.ts'
import type { Entry, Summary } from './view/summary.ts'
import type { TestsView } from './view/tests.ts'

const tones = {
  passed: { sign: '=', tone: 'same' },
  failed: { sign: '!', tone: 'failed' },
  updated: { sign: '~', tone: 'change' }
} as const

/** What a summary has of tests of syncs. */
export function testsParts(view: TestsView): Omit<Summary, 'remarks' | 'patches' | 'organizations'> {
  const entries = view.tests.map((test): Entry => ({
    address: test.address,
    text: `${nameText(test.address)}: ${visible(test.name)}`,
    word: test.state,
    ...tones[test.state],
    place: test.place,
    notes: [],
    impacts: [],
    rows: test.lines.length,
    lines: () => test.lines.map(visible)
  }))
  const { text, next } = view.closing
  const hasFailed = view.tests.some(({ state }) => state === 'failed') || view.problems.errors > 0
  return {
    of: 'tests',
    title: 'Tests',
    about: '',
    outcome: hasFailed ? 'failed' : 'fine',
    closing: text,
    ...(next === undefined ? {} : { next }),
    entries,
    problems: view.problems.problems
  }
}
