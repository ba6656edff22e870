import { expect, test } from 'vitest'
import { retryMs, runLoop, type LoopOptions } from '../../src/watch/loop.ts'
import { everySchedule } from '../../src/watch/schedule.ts'
import { watchClock, type WatchClock } from './fake.ts'

const minute = 60_000

/** Runs a loop that is due each quarter of an hour until `until` minutes have passed, and says what came. */
async function run(until: number, turn: (at: number, clock: WatchClock) => boolean | Promise<boolean>) {
  const clock = watchClock()
  const beginning = clock.now()
  const read = everySchedule('15m', beginning)
  if (!read.ok) throw new Error(read.reason)
  const turns: number[] = []
  const skipped: Record<string, number> = {}
  const back: number[] = []
  let isRunning = 0
  const stop = Promise.withResolvers<void>()
  clock.outside(() => stop.resolve(), until * minute)
  const options: LoopOptions = {
    schedule: read.schedule,
    now: clock.now,
    timer: clock.timer,
    random: () => 1,
    stopped: stop.promise,
    async turn() {
      isRunning += 1
      expect(isRunning).toBe(1)
      const at = (clock.now() - beginning) / minute
      turns.push(at)
      const went = await turn(at, clock)
      isRunning -= 1
      return went
    },
    between: async () => undefined,
    skipped: (reason, moments) => void (skipped[reason] = (skipped[reason] ?? 0) + moments),
    wentBack: (ms) => void back.push(ms / minute)
  }
  await clock.until(runLoop(options))
  return { turns, skipped, back }
}

/** A turn that takes so many minutes. */
async function taking(clock: WatchClock, minutes: number): Promise<boolean> {
  await new Promise<void>((resolve) => void clock.timer(resolve, minutes * minute))
  return true
}

test('the first turn is at once, the others are when they are due', async () => {
  expect(await run(50, () => true)).toEqual({ turns: [0, 15, 30, 45], skipped: {}, back: [] })
})

test('two turns never run at once: moments in which one goes on are skipped and counted', async () => {
  const ran = await run(70, (at, clock) => taking(clock, at === 0 ? 31 : 1))
  expect(ran).toEqual({ turns: [0, 45, 60], skipped: { overlap: 2 }, back: [] })
})

test('a failed turn is tried again after one, two, four … minutes, to an hour', async () => {
  const ran = await run(20, (at) => at >= 7)
  expect(ran.turns).toEqual([0, 1, 3, 7, 15])
  expect([1, 2, 3, 6, 7, 50].map((failures) => retryMs(failures, 1) / minute)).toEqual([
    1, 2, 4, 32, 60, 60
  ])
  expect(retryMs(1, 0)).toBe(0.9 * minute)
})

test('moments in which a failure is waited out are skipped and counted', async () => {
  const ran = await run(100, (at) => at >= 63)
  expect(ran.turns).toEqual([0, 1, 3, 7, 15, 31, 63, 75, 90])
  expect(ran.skipped).toEqual({ backoff: 1 })
})

test('a clock that goes forward: one turn at once, what passed is skipped and counted', async () => {
  const ran = await run(40, (at, clock) => {
    if (at === 15) clock.outside(() => clock.jump(5 * 60 * minute), 2 * minute)
    return true
  })
  expect(ran.turns.slice(0, 3)).toEqual([0, 15, 317])
  expect(ran.skipped).toEqual({ late: 19 })
})

test('a clock that goes back: it goes on by the clock, and does not wait until the time comes again', async () => {
  const ran = await run(60, (at, clock) => {
    if (at === 15) clock.outside(() => clock.jump(-5 * 60 * minute), 2 * minute)
    return true
  })
  expect(ran.turns).toEqual([0, 15, -270, -255])
  expect(ran.back).toEqual([299])
})

test('it ends at once, in a wait as well as after a turn', async () => {
  expect((await run(0.5, () => true)).turns).toEqual([0])
  expect((await run(1, (_at, clock) => taking(clock, 2))).turns).toEqual([0])
})
