import { expect, test } from 'vitest'
import { makeClock, withClock } from './clock.ts'

/** Simulations do not share their time, not even with one that nobody waits for any more. */

test('each has its own: two side by side, and one that was left, move each other by nothing', async () => {
  const first = makeClock()
  const began = first.now()
  const left = makeClock()
  const realBefore = Date.now()
  // Nobody waits for this one. It sleeps and sleeps, as a part that timed out does.
  void withClock(left, async () => {
    for (let count = 0; count < 1000; count++) await new Promise((resolve) => setTimeout(resolve, 60_000))
  }).catch(() => undefined)
  const sleeps = async (clock: ReturnType<typeof makeClock>, ms: number): Promise<number> =>
    await withClock(clock, async () => {
      await new Promise((resolve) => setTimeout(resolve, ms))
      return Date.now() - began
    })
  const [a, b] = await Promise.all([sleeps(first, 5000), sleeps(makeClock(), 7_000_000)])
  expect([a, b]).toEqual([5000, 7_000_000])
  expect(Date.now() - realBefore).toBeLessThan(60_000)
})

test('a timer that was cleared does not ring, and outside of it all are real', async () => {
  const rung: string[] = []
  await withClock(makeClock(), async () => {
    clearTimeout(setTimeout(() => rung.push('cleared'), 10))
    setTimeout(() => rung.push('kept'), 20)
    await new Promise((resolve) => setTimeout(resolve, 1000))
  })
  const outside = setTimeout(() => rung.push('outside'), 5)
  clearTimeout(outside)
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(rung).toEqual(['kept'])
})
