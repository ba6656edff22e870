import { inOrder, type Diagnostic, type Span } from '../../diagnostics/diagnostic.ts'
import type { Address } from '../../state/resource.ts'
import type { Closing } from './changes.ts'
import { problemsView, type ProblemsView } from './problems.ts'

/** What came of tests of syncs, as data that a person is told. */
export interface TestsView {
  tests: TestView[]
  problems: ProblemsView
  closing: Closing
}

/** One test. */
export interface TestView {
  address: Address
  name: string
  state: TestState
  place: Span
  /** What differs, a line each: `-` was expected, `+` would be done. */
  lines: string[]
}

/** `updated`: its expectations were written anew. */
export type TestState = 'passed' | 'failed' | 'updated'

/** What tests came to. */
export function testsView(
  tests: readonly TestView[],
  problems: readonly Diagnostic[],
  sources: Parameters<typeof problemsView>[1]
): TestsView {
  const states: readonly TestState[] = ['failed', 'updated', 'passed']
  const counts = states
    .map((state) => [state, tests.filter((test) => test.state === state).length] as const)
    .filter(([, number]) => number > 0)
    .map(([state, number]) => `${number} ${state}`)
  const text = `Tests: ${counts.length === 0 ? 'none' : counts.join(', ')}.`
  const hasFailed = tests.some(({ state }) => state === 'failed')
  return {
    tests: [...tests],
    problems: problemsView(inOrder(problems), sources),
    closing: hasFailed
      ? { text, next: 'If what would be done is right, `polyctl test --update` writes it down.' }
      : { text }
  }
}
