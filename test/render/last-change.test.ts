import { expect, test } from 'vitest'
import { ageOf, lastChangeText } from '../../src/render/view/last-change.ts'

const at = '2026-01-01T00:00:00.000Z'
const after = (seconds: number): Date => new Date(Date.parse(at) + seconds * 1000)

test.each([
  [0, 'just now'],
  [59, 'just now'],
  [60, '1 minute ago'],
  [3599, '59 minutes ago'],
  [7200, '2 hours ago'],
  [86_399, '23 hours ago'],
  [86_400, '1 day ago'],
  [29 * 86_400, '29 days ago'],
  [65 * 86_400, '2 months ago'],
  [800 * 86_400, '2 years ago']
])('%i seconds later it was %s', (seconds, text) => {
  const age = ageOf({ at }, after(seconds))
  expect(age).toBe(seconds)
  expect(lastChangeText({ at, by: 'Ada' }, age)).toBe(`2026-01-01 00:00 UTC (${text}) by Ada`)
})

test('where the time is not known, or not come yet, no age is told', () => {
  expect(ageOf({ by: 'Ada' }, after(1))).toBeUndefined()
  expect(ageOf({ at }, undefined)).toBeUndefined()
  expect(ageOf({ at }, after(-5))).toBeUndefined()
  expect(ageOf({ at: 'no time' }, after(1))).toBeUndefined()
  expect(lastChangeText({ at: 'no time' }, ageOf({ at: 'no time' }, after(1)))).toBe('no time')
})
