import { addressText } from '../state/resource.ts'
import { formatVersion, placeJson, problemsJson } from './json-parts.ts'
import type { TestsView } from './view/tests.ts'

/** What came of each test of a sync. */
export function testsDocument({ tests, problems }: TestsView): unknown {
  const count = (state: string): number => tests.filter((test) => test.state === state).length
  return {
    format_version: formatVersion,
    summary: { passed: count('passed'), failed: count('failed'), updated: count('updated') },
    tests: tests.map(({ address, name, state, place, lines }) => ({
      kind: address.kind,
      name: address.name,
      address: addressText(address),
      test: name,
      state,
      ...placeJson(place),
      differences: lines
    })),
    problems: problemsJson(problems)
  }
}
