import { afterEach, describe, expect, test, vi } from 'vitest'
import type { RemoteOptions } from '../../src/remote/options.ts'
import { CutOff, reasonOf, refusedConnection } from '../../src/remote/network-error.ts'
import { openWriter } from '../../src/remote/transport.ts'
import { realTimer } from '../support/waiting.ts'

/** How often, and when, a request is tried again. Time is that of the test: chance makes each pause as long as it may be. */

type Reply = number | 'lost' | 'nobody listens'

const refusal = (): Error => Object.assign(new Error(''), { code: 'ECONNREFUSED' })

function service(replies: (Reply | [number, Record<string, string>])[]): {
  options: RemoteOptions
  at: number[]
} {
  const at: number[] = []
  vi.useFakeTimers({ now: 0 })
  const options: RemoteOptions = {
    url: 'https://service.test',
    authorization: 'Bearer k',
    version: '2025-09-18',
    async fetch() {
      const reply = replies[Math.min(at.length, replies.length - 1)]!
      at.push(Date.now())
      if (reply === 'lost') throw new TypeError('fetch failed', { cause: new Error('socket hang up') })
      if (reply === 'nobody listens') throw new TypeError('fetch failed', { cause: refusal() })
      const [status, headers] = typeof reply === 'number' ? [reply, {}] : reply
      return Response.json({ message: 'words' }, { status, headers })
    },
    parallelism: 4,
    timeoutMs: 60_000,
    timer: realTimer,
    backoffMs: 1000,
    newKey: () => 'key-00000000',
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    now: () => Date.now(),
    random: () => 1
  }
  return { options, at }
}

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

async function tried(method: 'PUT' | 'POST' | 'DELETE', replies: Parameters<typeof service>[0]) {
  const { options, at } = service(replies)
  const answer = openWriter(options).send(method, '/api/syncs', { body: { name: 'x' } })
  await vi.runAllTimersAsync()
  return { answer: await answer, at: at.map((ms) => ms / 1000) }
}

describe('R28: tries', () => {
  test('PUT that nobody answers: six, each pause twice the last, up to ten seconds', async () => {
    const { at, answer } = await tried('PUT', ['lost'])
    expect(at).toEqual([0, 1, 3, 7, 15, 25])
    expect(answer).toMatchObject({ ok: false, failure: { code: 'P603', refused: false } })
  })

  test('of a create that nobody answers: one, for who makes it looks for it first', async () => {
    const { at, answer } = await tried('POST', ['lost'])
    expect(at).toEqual([0])
    expect(answer).toMatchObject({ ok: false, failure: { code: 'P603', refused: false } })
  })

  test('of a service that fails: as many', async () => {
    const { at, answer } = await tried('PUT', [502])
    expect(at).toEqual([0, 1, 3, 7, 15, 25])
    expect(answer).toMatchObject({ ok: false, failure: { status: 502, code: 'P609' } })
  })

  test('of an address where nobody listens: three, for it is probably wrong', async () => {
    const { at, answer } = await tried('PUT', ['nobody listens'])
    expect(at).toEqual([0, 1, 3])
    expect(answer).toMatchObject({
      ok: false,
      failure: { code: 'P603', refused: true, words: 'nobody listens at https://service.test' }
    })
  })

  test('that are only put off do not count', async () => {
    const wait: [number, Record<string, string>] = [429, { 'retry-after': '1' }]
    const { at, answer } = await tried('PUT', [...Array.from({ length: 9 }, () => wait), 502, 200])
    expect(answer).toMatchObject({ ok: true })
    expect(at).toHaveLength(11)
  })

  test.each(['1', '49', '600', undefined])(
    'that are put off for ever, each time for %s s, end within five minutes, and nothing was taken on',
    async (seconds) => {
      const wait: [number, Record<string, string>] = [
        429,
        seconds === undefined ? {} : { 'retry-after': seconds }
      ]
      for (const method of ['PUT', 'POST'] as const) {
        const { at, answer } = await tried(method, [wait])
        expect(answer).toMatchObject({ ok: false, failure: { code: 'P608', refused: true } })
        expect(at.at(-1)).toBeGreaterThan(220)
        expect(at.at(-1)).toBeLessThanOrEqual(300)
      }
    }
  )

  test('of others end at once where the service has put off everybody for five minutes', async () => {
    const { options, at } = service([[429, { 'retry-after': '49' }]])
    const writer = openWriter(options)
    const first = writer.send('PUT', '/api/syncs/a', { body: {} })
    await vi.runAllTimersAsync()
    const tries = at.length
    const second = writer.send('PUT', '/api/syncs/b', { body: {} })
    await vi.runAllTimersAsync()
    expect(at).toHaveLength(tries + 1)
    for (const answer of [await first, await second])
      expect(answer).toMatchObject({ ok: false, failure: { code: 'P608', refused: true } })
  })

  test('of a deletion that something excludes are repeated a few times: it may end soon', async () => {
    const busy = await tried('DELETE', [409, 409, 200])
    expect(busy.answer).toMatchObject({ ok: true })
    const endless = await tried('DELETE', [409])
    expect(endless.at).toHaveLength(6)
    expect(endless.answer).toMatchObject({ ok: false, failure: { code: 'P607', refused: true } })
  })

  test('wait for as long as a service that is not available says', async () => {
    const { at } = await tried('PUT', [[503, { 'retry-after': '5' }], 200])
    // A tenth more by chance: nobody comes back before, and not everybody at once.
    expect(at).toEqual([0, 5.5])
  })

  test('one of which was not answered leave open what was done, whatever is answered in the end', async () => {
    const { answer } = await tried('PUT', ['lost', 422])
    expect(answer).toMatchObject({ ok: false, failure: { status: 422, refused: false } })
    const { answer: refused } = await tried('PUT', ['nobody listens', 422])
    expect(refused).toMatchObject({ ok: false, failure: { status: 422, refused: true } })
  })
})

test('why a connection failed is what the innermost error says, or its code', () => {
  const within = (cause: unknown): Error => new TypeError('fetch failed', { cause })
  expect(reasonOf(within(within(new Error('socket hang up'))))).toBe('socket hang up')
  expect(reasonOf(within(refusal()))).toBe('ECONNREFUSED')
  expect(reasonOf(new Error(''))).toBe('the connection failed')
  expect(reasonOf(within('no error at all'))).toBe('fetch failed')
  expect(reasonOf(within(new CutOff('cut off', { cause: new Error('reset') })))).toBe('cut off')
})

test.each([
  ['ECONNREFUSED', true],
  ['ENOTFOUND', true],
  ['EAI_AGAIN', true],
  ['ECONNRESET', false]
])('%s: that nobody was there is %s', (code, isRefused) => {
  expect(refusedConnection(new Error('x', { cause: new Error(`it failed: ${code} host`) }))).toBe(isRefused)
})
