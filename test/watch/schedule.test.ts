import { describe, expect, test } from 'vitest'
import { isQuiet } from '../../src/watch/quiet.ts'
import {
  countMoments,
  cronSchedule,
  everySchedule,
  readDuration,
  type WatchSchedule
} from '../../src/watch/schedule.ts'

function scheduleOf(read: ReturnType<typeof cronSchedule>): WatchSchedule {
  if (!read.ok) throw new Error(read.reason)
  return read.schedule
}

const utc = (text: string): number => Date.parse(`${text}Z`)
const textOf = (at: number): string => new Date(at).toISOString().slice(0, 16)

test('times are numbers with a unit, from half a minute to a year', () => {
  expect(['30s', '15m', '6 h', '7d'].map(readDuration)).toEqual([30_000, 900_000, 21_600_000, 604_800_000])
  expect(['', '0m', '29s', '1w', '-5m', '1.5h', '99999d', '5', 'm'].map(readDuration)).toEqual(
    Array.from({ length: 9 })
  )
})

describe('every', () => {
  const schedule = scheduleOf(everySchedule('15m', utc('2026-01-05T08:00')))

  test('the moments are the same whenever they are asked for', () => {
    expect(textOf(schedule.next(utc('2026-01-05T08:00')))).toBe('2026-01-05T08:15')
    expect(textOf(schedule.next(utc('2026-01-05T08:14')))).toBe('2026-01-05T08:15')
    expect(textOf(schedule.next(utc('2026-01-05T08:16')))).toBe('2026-01-05T08:30')
  })

  test('also before it began: clocks go back', () => {
    expect(textOf(schedule.next(utc('2026-01-05T03:01')))).toBe('2026-01-05T03:15')
  })

  test('moments between two times are counted, the last one with them, and not without an end', () => {
    expect(countMoments(schedule, utc('2026-01-05T08:00'), utc('2026-01-05T09:00'))).toBe(4)
    expect(countMoments(schedule, utc('2026-01-05T09:00'), utc('2026-01-05T08:00'))).toBe(0)
    expect(countMoments(schedule, 0, utc('2026-01-05T08:00'))).toBe(10_000)
  })
})

describe('cron', () => {
  const berlin = scheduleOf(cronSchedule('30 2 * * *', 'Europe/Berlin'))

  test('it is read in its time zone', () => {
    expect(textOf(berlin.next(utc('2026-01-05T08:00')))).toBe('2026-01-06T01:30')
    expect(textOf(berlin.next(utc('2026-07-05T08:00')))).toBe('2026-07-06T00:30')
  })

  test('in the night without that hour it still comes, and in the one with two of it it comes once', () => {
    const spring = berlin.next(utc('2026-03-28T12:00'))
    expect(textOf(spring).slice(0, 10)).toBe('2026-03-29')
    expect(countMoments(berlin, utc('2026-10-24T12:00'), utc('2026-10-25T12:00'))).toBe(1)
  })

  test.each([
    ['99 * * * *', undefined, 'is no cron pattern: Invalid value for minute: 99'],
    ['* * * *', undefined, 'is no cron pattern'],
    ['* * * * * *', undefined, 'is no cron pattern'],
    ['', undefined, 'is no cron pattern'],
    ['0 0 30 2 *', undefined, 'never comes'],
    ['0 7 * * *', 'Mars/Olympus', 'is no time zone such as Europe/Berlin']
  ])('%j in %s is told', (pattern, zone, reason) => {
    const read = cronSchedule(pattern, zone)
    expect(read.ok ? '' : read.reason).toContain(reason)
  })
})

describe('quiet times', () => {
  const night = { from: '22:00', to: '07:00', timeZone: 'Europe/Berlin' }
  const weekend = { days: ['sat', 'sun'], timeZone: 'UTC' }

  test.each([
    ['2026-01-05T20:59', false],
    ['2026-01-05T21:00', true],
    ['2026-01-05T23:30', true],
    ['2026-01-06T05:59', true],
    ['2026-01-06T06:00', false],
    ['2026-07-05T20:00', true]
  ])('a night in Berlin at %s UTC: %s', (at, expected) => {
    expect(isQuiet(utc(at), [night])).toBe(expected)
  })

  test.each([
    ['2026-01-09T23:59', false],
    ['2026-01-10T00:00', true],
    ['2026-01-11T23:59', true],
    ['2026-01-12T00:00', false]
  ])('a weekend at %s: %s', (at, expected) => {
    expect(isQuiet(utc(at), [weekend])).toBe(expected)
  })

  test('a night that begins on a Friday ends on Saturday, and no other night is quiet', () => {
    const friday = [{ ...night, timeZone: 'UTC', days: ['fri'] }]
    expect(isQuiet(utc('2026-01-09T22:00'), friday)).toBe(true)
    expect(isQuiet(utc('2026-01-10T06:59'), friday)).toBe(true)
    expect(isQuiet(utc('2026-01-10T22:00'), friday)).toBe(false)
    expect(isQuiet(utc('2026-01-09T06:59'), friday)).toBe(false)
  })

  test('of several one is enough, and of none nothing is quiet', () => {
    expect(isQuiet(utc('2026-01-10T12:00'), [night, weekend])).toBe(true)
    expect(isQuiet(utc('2026-01-10T12:00'), [])).toBe(false)
  })
})
