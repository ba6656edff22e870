import * as fc from 'fast-check'
import { TimeoutError } from 'ky'
import { expect, test } from 'vitest'
import { openWriter, type Writer } from '../../src/remote/transport.ts'
import type { RemoteOptions } from '../../src/remote/options.ts'
import { begin, bounds, mayBeginAnew, next, type Course, type Tried } from '../../src/remote/policy.ts'
import { samples } from '../support/samples.ts'
import { realTimer } from '../support/waiting.ts'

/** Whatever is answered, in whatever order: it ends in time, and with what was last heard. */

const waits = ['throttled', 'failed', 'lost', 'unreached', 'busy', 'reading', 'unknown', 'unseen'] as const
const anyTry = fc.record({
  is: fc.constantFrom(...waits, 'final' as const),
  pauseMs: fc.constantFrom(0, 1, 1000, 49_000, 86_400_000, NaN),
  tookMs: fc.constantFrom(0, 5, 60_000),
  chance: fc.constantFrom(0, 0.5, 1)
})

test('R28: the machine ends every sequence of answers within its time, counts pauses as time, and keeps the last answer', () => {
  fc.assert(
    fc.property(
      fc.array(anyTry, { minLength: 1, maxLength: 400 }),
      fc.boolean(),
      (tries, doesClockMove) => {
        let course: Course<string> = begin(0)
        let now = 0
        let failure: string | undefined
        for (const [index, { is, pauseMs, tookMs, chance }] of tries.entries()) {
          now += doesClockMove ? tookMs : 0
          const one: Tried<string> = { is, failure: `${is} ${index}`, pauseMs }
          if (is !== 'unseen' && (is !== 'lost' || failure === undefined)) failure = one.failure
          const verdict = next(course, one, { now, chance, backoffMs: 300 })
          course = verdict.course
          expect(course.last).toBe(failure)
          if (!('again' in verdict)) return
          expect(verdict.again).toBeGreaterThanOrEqual(0)
          expect(verdict.again).toBeLessThanOrEqual(bounds.longestPauseMs * 1.1)
          now += doesClockMove ? verdict.again : 0
          // No try begins later.
          expect(now).toBeLessThanOrEqual(bounds.longestMs)
          expect(course.waited).toBeLessThanOrEqual(bounds.longestMs)
        }
      }
    )
  )
})

test.each(waits)('R28: %s for ever comes to an end, even on a clock that stands still', (is) => {
  let course: Course<string> = begin(0)
  let count = 0
  for (; count < 1000; count++) {
    const verdict = next(course, { is, failure: is }, { now: 0, chance: 1, backoffMs: 300 })
    course = verdict.course
    if (!('again' in verdict)) break
  }
  expect(count).toBeLessThan(400)
})

test('to be throttled, or to wait for a source, is borne longer than to fail', () => {
  const borneMs = (is: Tried<string>['is'], pauseMs = 0): number => {
    let course: Course<string> = begin(0)
    for (;;) {
      const verdict = next(course, { is, failure: is, pauseMs }, { now: 0, chance: 1, backoffMs: 300 })
      if (!('again' in verdict)) return course.waited
      course = verdict.course
    }
  }
  const failing = borneMs('failed')
  expect(failing).toBeLessThan(60_000)
  for (const pauseMs of [0, 1000, 49_000, 600_000])
    expect(borneMs('throttled', pauseMs)).toBeGreaterThan(4 * failing)
  expect(borneMs('reading')).toBeGreaterThan(4 * failing)
})

test('however often tries failed, what is looked for, put off or still being read is waited for', () => {
  let course: Course<string> = begin(0)
  const after = (is: Tried<string>['is']) =>
    next(course, { is, failure: is }, { now: 0, chance: 0, backoffMs: 1 })
  for (let count = 0; count <= bounds.failures; count++) course = after('busy').course
  expect(after('busy')).toMatchObject({ over: 'often' })
  expect(after('unknown')).toMatchObject({ again: 1000 })
  expect(after('unseen')).toMatchObject({ again: 2000 })
  expect(after('throttled')).toMatchObject({ again: 500 })
  expect(after('reading')).toMatchObject({ again: 5000 })
})

test('a create whose outcome nobody knows is begun a few times, and never after its time', () => {
  let course: Course<string> = begin(0)
  for (let count = 0; count < bounds.creates; count++) {
    expect(mayBeginAnew(course, 0)).toBe(true)
    course = next(course, { is: 'unknown', failure: 'x' }, { now: 0, chance: 0, backoffMs: 1 }).course
  }
  expect(mayBeginAnew(course, 0)).toBe(false)
  expect(mayBeginAnew(begin(0), bounds.longestMs)).toBe(false)
})

/** A service on a clock of its own. */
interface Hour {
  writer: Writer
  clock: () => number
  statuses: (number | 'lost' | 'hangs' | 'nobody')[]
}

function hour(replies: (readonly [number | 'lost' | 'hangs' | 'nobody', string, string])[]): Hour {
  let now = 0
  const statuses: Hour['statuses'] = []
  const timeoutMs = 60_000
  const options: RemoteOptions = {
    url: 'https://service.test',
    authorization: 'Bearer k',
    version: '2025-09-18',
    parallelism: 4,
    timeoutMs,
    timer: realTimer,
    backoffMs: 300,
    newKey: () => 'key-00000000',
    random: () => 0.5,
    now: () => now,
    sleep: async (ms) => void (now += ms),
    async fetch(request) {
      const [reply, pause, words] = replies[Math.min(statuses.length, replies.length - 1)]!
      statuses.push(reply)
      if (reply === 'hangs') {
        now += timeoutMs
        throw new TimeoutError(request)
      }
      if (reply === 'lost') throw new TypeError('fetch failed', { cause: new Error('socket hang up') })
      if (reply === 'nobody') throw new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') })
      const headers = pause === '' ? {} : { 'retry-after': pause }
      return Response.json({ message: words, data: {} }, { status: reply, headers })
    }
  }
  return { writer: openWriter(options), clock: () => now, statuses }
}

const statuses = [200, 400, 404, 408, 409, 422, 425, 429, 500, 503, 504]
const anyReply = fc.tuple(
  fc.constantFrom(...statuses, 'lost' as const, 'hangs' as const, 'nobody' as const),
  fc.constantFrom('', '0', '1', '49', '86400', 'soon'),
  fc.constantFrom('words', 'cache refresh in progress')
)
const codes: Readonly<Record<string, string>> = {
  400: 'P601',
  404: 'P606',
  408: 'P613',
  409: 'P607',
  422: 'P601',
  425: 'P601',
  429: 'P608',
  500: 'P609',
  503: 'P609',
  504: 'P609',
  lost: 'P603',
  nobody: 'P603',
  hangs: 'P613'
}

test('R28: any service, on the way: every request ends within five minutes and one try, with the code of its last answer', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyReply, { minLength: 1, maxLength: 12 }),
      fc.constantFrom('PUT', 'POST', 'DELETE', 'PATCH'),
      async (replies, method) => {
        const { writer, clock, statuses } = hour(replies)
        const sent = { body: {}, retryableMessages: ['cache refresh'] }
        const answer = await writer.send(method, '/api/syncs/a', sent)
        expect(clock()).toBeLessThanOrEqual(bounds.longestMs + 60_000)
        if (answer.ok) return
        const heard = statuses.map((status, index) => ({
          status: String(status),
          words: replies[Math.min(index, replies.length - 1)]![2]
        }))
        const telling = heard.filter(
          ({ status }, index) => index === 0 || !['lost', 'hangs'].includes(status)
        )
        const isFinal = method === 'POST' && ['lost', 'hangs'].includes(heard.at(-1)!.status)
        const last = isFinal ? heard.at(-1)! : telling.at(-1)!
        const isReading = ['400', '422'].includes(last.status) && last.words.startsWith('cache')
        expect(answer.failure.code).toBe(isReading ? 'P621' : codes[last.status])
      }
    ),
    samples(300)
  )
})

/** Options of a client whose clock stands still. */
const atOnce = {
  url: 'https://service.test',
  authorization: 'Bearer k',
  version: '2025-09-18',
  parallelism: 4,
  timeoutMs: 60_000,
  timer: realTimer,
  backoffMs: 300,
  newKey: () => 'key-00000000',
  random: () => 1,
  now: () => 0
} as const

test('R28: who stops is answered at once, between tries, while throttled, and while a source is read', async () => {
  for (const reply of [
    [503, '', 'w'],
    [429, '49', 'w'],
    [422, '', 'cache refresh in progress']
  ] as const) {
    const stop = new AbortController()
    const slept: number[] = []
    const writer = openWriter({
      ...atOnce,
      stop: stop.signal,
      sleep(ms) {
        slept.push(ms)
        setImmediate(() => stop.abort())
        return new Promise(() => undefined)
      },
      fetch: async () =>
        Response.json({ message: reply[2] }, { status: reply[0], headers: { 'retry-after': reply[1] } })
    })
    const answer = await writer.send('PUT', '/api/syncs/a', { body: {}, retryableMessages: ['cache'] })
    expect(answer).toMatchObject({ ok: false, failure: { status: reply[0], interrupted: true } })
    expect(slept.filter((ms) => ms !== bounds.graceMs)).toHaveLength(1)
  }
})

test('R30: what is under way when somebody stops has a few seconds, and is then not waited for', async () => {
  const stop = new AbortController()
  let passGrace: () => void = () => undefined
  const writer = openWriter({
    ...atOnce,
    stop: stop.signal,
    sleep: (ms) =>
      new Promise((resolve) => {
        expect(ms).toBe(bounds.graceMs)
        passGrace = resolve
      }),
    fetch: () => new Promise(() => undefined)
  })
  const answer = writer.send('PUT', '/api/syncs/a', { body: {} })
  await new Promise((resolve) => setImmediate(resolve))
  stop.abort()
  passGrace()
  expect(await answer).toMatchObject({ ok: false, failure: { refused: false, interrupted: true } })
  const later = await writer.send('PUT', '/api/syncs/b', { body: {} })
  expect(later).toMatchObject({ ok: false, failure: { refused: true, interrupted: true } })
})
