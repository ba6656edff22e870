import { expect, test } from 'vitest'
import { makeClock, type Clock } from './clock.ts'

/** Simulations do not share their time, not even with one that nobody waits for any more. */

test('each has its own: two side by side, and one that was left, move each other by nothing', async () => {
  const first = makeClock()
  const began = first.now()
  const left = makeClock()
  const realBefore = Date.now()
  // Nobody waits for this one. It sleeps and sleeps, as a part that timed out does.
  const sleepsOn = async (): Promise<void> => {
    for (let count = 0; count < 1000; count++) await left.sleep(60_000)
  }
  void left.until(sleepsOn()).catch(() => undefined)
  const sleeps = async (clock: Clock, ms: number): Promise<number> => {
    await clock.until(clock.sleep(ms))
    return clock.now() - began
  }
  const [a, b] = await Promise.all([sleeps(first, 5000), sleeps(makeClock(), 7_000_000)])
  expect([a, b]).toEqual([5000, 7_000_000])
  expect(Date.now() - realBefore).toBeLessThan(60_000)
})

test('a timer that was stopped does not ring, and the others ring in their order', async () => {
  const clock = makeClock()
  const rung: string[] = []
  clock.timer(() => rung.push('stopped'), 10)()
  clock.timer(() => rung.push(`second at ${clock.now() - began}`), 30)
  clock.timer(() => rung.push(`first at ${clock.now() - began}`), 20)
  const began = clock.now()
  await clock.until(clock.sleep(1000))
  expect(rung).toEqual(['first at 20', 'second at 30'])
})

test('nothing of the platform is touched: real timers go on beside it', async () => {
  const { setTimeout: before, Date: date } = globalThis
  const now = Date.now
  const clock = makeClock()
  await clock.until(clock.sleep(3_600_000))
  expect([globalThis.setTimeout, globalThis.Date, Date.now]).toEqual([before, date, now])
})
