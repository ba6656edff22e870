import { describe, expect, test } from 'vitest'
import { openGate } from '../../src/remote/gate.ts'

describe('the gate', () => {
  test.each([
    ['seconds', { 'retry-after': '2' }, 2000],
    ['a date', { 'retry-after': 'Thu, 01 Jan 1970 00:00:03 GMT' }, 3000],
    ['the second of a reset', { 'x-ratelimit-reset': '4' }, 4000],
    ['more than anybody should wait', { 'retry-after': '86400' }, 60_000],
    ['nothing that can be read', { 'retry-after': 'soon' }, 0]
  ])('understands a pause in %s', async (_what, headers, expected) => {
    const slept: number[] = []
    let clock = 0
    const gate = openGate({
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

  test('understands the time of a reset', async () => {
    const now = Date.UTC(2026, 0)
    const slept: number[] = []
    const gate = openGate({ parallelism: 4, now: () => now, sleep: async (ms) => void slept.push(ms) })
    gate.slowDown(new Headers({ 'x-ratelimit-reset': String(now / 1000 + 7) }))
    await gate.open()
    expect(slept).toEqual([7000])
  })

  test('stays closed when it is told to wait longer meanwhile', async () => {
    const slept: number[] = []
    let clock = 0
    const gate = openGate({
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
