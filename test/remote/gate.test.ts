import { describe, expect, test } from 'vitest'
import { openGate } from '../../src/remote/gate.ts'

describe('the gate', () => {
  test.each([
    ['seconds', { 'retry-after': '2' }, 2000],
    ['a date', { 'retry-after': 'Thu, 01 Jan 1970 00:00:04 GMT' }, 3000],
    ['a date with its zone as a number', { 'retry-after': 'Thu, 01 Jan 1970 00:00:04 +0000' }, 3000],
    [
      'a date that has passed, which makes it a pause of its own',
      { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' },
      500
    ],
    ['the seconds until a reset', { 'x-ratelimit-reset': '4' }, 4000],
    ['more than anybody should wait', { 'retry-after': '86400' }, 60_000],
    ['nothing that can be read, which makes it a pause of its own', { 'retry-after': 'soon' }, 500]
  ])('understands a pause in %s', async (_what, headers, expected) => {
    const slept: number[] = []
    let clock = 1000
    const gate = openGate({
      random: () => 0,
      parallelism: 4,
      now: () => clock,
      sleep: async (ms) => {
        slept.push(ms)
        clock += ms
      }
    })
    gate.slowDown(new Headers(headers))
    await gate.open()
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBe(expected)
  })

  test('R28: waits longer each time that a service complains without naming a time', async () => {
    const slept: number[] = []
    let clock = 0
    const sleep = async (ms: number): Promise<void> => {
      slept.push(ms)
      clock += ms
    }
    const gate = openGate({ random: () => 0, parallelism: 4, now: () => clock, sleep })
    for (let complaint = 0; complaint < 4; complaint++) {
      gate.slowDown(new Headers())
      await gate.open()
    }
    expect(slept).toEqual([500, 1000, 2000, 4000])
    gate.fine()
    gate.slowDown(new Headers())
    await gate.open()
    expect(slept.at(-1)).toBe(500)
  })

  test('R28: lets nobody pass before the named time, and not all in the same moment', async () => {
    const waits = async (random: number): Promise<number[]> => {
      const slept: number[] = []
      const sleep = async (ms: number): Promise<void> => void slept.push(ms)
      const gate = openGate({ random: () => random, parallelism: 4, now: () => 0, sleep })
      gate.slowDown(new Headers({ 'retry-after': '2' }))
      await gate.open()
      return slept
    }
    expect([await waits(0), await waits(0.5), await waits(1)]).toEqual([[2000], [2100], [2200]])
  })

  test('R28: halves its width on a complaint, grows it by one after twenty good answers', async () => {
    let clock = 0
    const gate = openGate({
      random: () => 0,
      parallelism: 8,
      now: () => clock,
      sleep: async (ms) => void (clock += ms)
    })
    const width = async (): Promise<number> => {
      let under = 0
      let most = 0
      const end = Promise.withResolvers<void>()
      const all = Array.from({ length: 20 }, () =>
        gate.run(async () => {
          most = Math.max(most, ++under)
          await end.promise
          under -= 1
        })
      )
      await new Promise((resolve) => setImmediate(resolve))
      end.resolve()
      await Promise.all(all)
      return most
    }
    expect(await width()).toBe(8)
    gate.slowDown(new Headers({ 'retry-after': '1' }))
    // What was answered together with it is the same complaint.
    gate.slowDown(new Headers({ 'retry-after': '1' }))
    expect(await width()).toBe(4)
    for (let answer = 0; answer < 20; answer++) gate.fine()
    expect(await width()).toBe(5)
    for (let complaint = 0; complaint < 9; complaint++) {
      clock += 1000
      gate.slowDown(new Headers({ 'retry-after': '1' }))
    }
    expect(await width()).toBe(1)
  })

  test('R28: says that it is throttled once in a while, not at every pause', async () => {
    const reported: [at: number, seconds: number][] = []
    let clock = 0
    const throttled = (seconds: number): void => void reported.push([clock / 1000, seconds])
    const gate = openGate({
      random: () => 0,
      parallelism: 4,
      now: () => clock,
      sleep: async (ms) => void (clock += ms),
      throttled
    })
    for (let second = 0; second < 60; second++) {
      gate.slowDown(new Headers({ 'retry-after': '1' }))
      clock += 1000
    }
    expect(reported).toEqual([
      [0, 1],
      [30, 1]
    ])
  })

  test('understands the time of a reset', async () => {
    const now = Date.UTC(2026, 0)
    const slept: number[] = []
    const gate = openGate({
      random: () => 0,
      parallelism: 4,
      now: () => now,
      sleep: async (ms) => void slept.push(ms)
    })
    gate.slowDown(new Headers({ 'x-ratelimit-reset': String(now / 1000 + 7) }))
    await gate.open()
    expect(slept).toEqual([7000])
    // Where a pause is asked for, a number is a pause, however long.
    gate.slowDown(new Headers({ 'retry-after': String(now / 1000 + 7) }))
    await gate.open()
    expect(slept).toEqual([7000, 60_000])
  })

  test('is open again the moment that the time has passed', async () => {
    const slept: number[] = []
    let clock = 0
    const gate = openGate({
      random: () => 0,
      parallelism: 4,
      now: () => clock,
      sleep: async (ms) => void slept.push(ms)
    })
    gate.slowDown(new Headers({ 'retry-after': '1' }))
    clock = 1000
    await gate.open()
    clock = 5000
    await gate.open()
    expect(slept).toEqual([])
  })

  test.each([
    [250, 500],
    [251, 1000]
  ])(
    'takes complaints within a quarter of a second for one: after %i ms it waits %i',
    async (later, pause) => {
      const slept: number[] = []
      let clock = 0
      const gate = openGate({
        random: () => 0,
        parallelism: 4,
        now: () => clock,
        sleep: async (ms) => void slept.push(ms)
      })
      gate.slowDown(new Headers())
      clock = later
      gate.slowDown(new Headers())
      await gate.open()
      expect(slept).toEqual([pause])
    }
  )

  test('stays closed when it is told to wait longer meanwhile', async () => {
    const slept: number[] = []
    let clock = 0
    const gate = openGate({
      random: () => 0,
      parallelism: 4,
      now: () => clock,
      sleep: async (ms) => {
        if (slept.length === 0) gate.slowDown(new Headers({ 'retry-after': '5' }))
        slept.push(ms)
        clock += ms
      }
    })
    gate.slowDown(new Headers({ 'retry-after': '1' }))
    await gate.open()
    expect(slept).toEqual([1000, 4000])
  })
})
