import { expect, test } from 'vitest'
import { conditionOf, isMet } from '../../src/executions/conditions.ts'
import type { RecordCounts } from '../../src/state/execution.ts'

function met(text: string, counts: RecordCounts, durationMs?: number): boolean | undefined {
  const read = conditionOf(text)
  if (read === undefined) throw new Error(`${text} is none`)
  return isMet(read, counts, durationMs)
}

test.each([
  ['errors>0', { errors: 1 }, true],
  ['errors>0', { errors: 0 }, false],
  ['errors >= 2', { errors: 2 }, true],
  ['errors>1%', { total: 200, errors: 2 }, false],
  ['errors>1%', { total: 200, errors: 3 }, true],
  ['errors>0.5%', { total: 200, errors: 2 }, true],
  // Errors of nothing are all that there is.
  ['errors>99%', { total: 0, errors: 1 }, true],
  ['errors>0%', { total: 0, errors: 0 }, false],
  ['total==0', { total: 0 }, true],
  ['total!=0', { total: 0 }, false],
  ['deletes<3', { deletes: 2 }, true],
  ['inserts<=3', { inserts: 4 }, false]
])('%s of %o is %s', (text, counts, is) => {
  expect(met(text, counts)).toBe(is)
})

test.each([
  ['duration>30m', 31 * 60_000, true],
  ['duration>30m', 29 * 60_000, false],
  ['duration>1.5s', 1501, true],
  ['duration<1h', 3_599_999, true],
  ['duration>250ms', 250, false]
])('%s of %d ms is %s', (text, durationMs, is) => {
  expect(met(text, {}, durationMs)).toBe(is)
})

test('what the service does not tell is not taken for nothing', () => {
  expect(met('errors>0', {})).toBeUndefined()
  expect(met('errors>1%', { errors: 5 })).toBeUndefined()
  expect(met('duration>1s', { total: 1 })).toBeUndefined()
})

test.each([
  '',
  'errors',
  'errors>',
  'errors>x',
  'errors=1',
  'failed>1',
  'errors>1m',
  'total>1%',
  'duration>30',
  'duration>1%',
  'duration>1d',
  'errors>-1',
  'errors>1 %%',
  'constructor>1',
  'errors>1; total>2'
])('%j is no condition', (text) => {
  expect(conditionOf(text)).toBeUndefined()
})
