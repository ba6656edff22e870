import { expect, test } from 'vitest'
import { simulateSeed, type Seen } from './simulate.ts'

/**
 * Worlds, faults and interleavings at random: many, and the same ones each time, so that a change is judged and
 * not the luck of a day. `npm run sim` runs others.
 */

const first = 1
const runs = Number(process.env['SIM_RUNS'] ?? 500)
const parts = [0, 1, 2, 3, 4]
const seen: Seen[] = []

console.log(`simulation: ${runs} seeds from ${first}`)

test.each(parts)('the laws hold in every world of part %i', async (part) => {
  const each = runs / parts.length
  for (let seed = first + part * each; seed < first + (part + 1) * each; seed++)
    seen.push(await simulateSeed(seed))
  expect(seen.length).toBeGreaterThanOrEqual(each)
})

test.runIf(runs >= 500)(
  'the worlds are worth it: most can be planned, faults are met, and runs end in every way',
  () => {
    const planned = seen.filter(({ is }) => is === 'planned')
    expect(planned.length).toBeGreaterThan(seen.length * 0.8)
    expect(seen.filter(({ met }) => met).length).toBeGreaterThan(seen.length * 0.4)
    expect([...new Set(planned.map(({ ended }) => ended))].toSorted()).toEqual([
      'finished',
      'killed',
      'not listened to',
      'refused'
    ])
    expect(seen.filter(({ is }) => is === 'refused').length).toBeGreaterThan(seen.length * 0.02)
    expect(seen.filter(({ is }) => is === 'not valid').length).toBeLessThan(seen.length * 0.05)
  }
)

test('a seed means the same each time', async () => {
  const seed = first + 7
  expect(await simulateSeed(seed)).toEqual(await simulateSeed(seed))
})
