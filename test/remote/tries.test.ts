import { afterEach, describe, expect, test, vi } from 'vitest'
import type { RemoteOptions } from '../../src/remote/options.ts'
import { CutOff, reasonOf, refusedConnection } from '../../src/remote/network-error.ts'
import { openWriter } from '../../src/remote/transport.ts'
import { realTimer } from '../support/waiting.ts'

/** How often, and when, a request is tried again. Time is that of the test: chance makes each pause as long as it may be. */

type Reply = number | 'lost' | 'nobody listens' | 'no tunnel'

const refusal = (): Error => Object.assign(new Error(''), { code: 'ECONNREFUSED' })

const noTunnel = 'Proxy response (503) !== 200 when HTTP Tunneling'

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
      if (reply === 'no tunnel') throw new TypeError('fetch failed', { cause: new Error(noTunnel) })
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

/** Answers by the end of a path, in turn, the last one for ever; notes what was asked for, and what was told. */
function asking(
  answers: Record<string, [status: number, words: string, headers?: Record<string, string>][]>,
  more: Partial<RemoteOptions> = {}
) {
  const { options } = service([])
  const asked: string[] = []
  const notes: string[] = []
  const writer = openWriter({
    ...options,
    note: (text) => notes.push(`${Date.now() / 1000} s: ${text}`),
    async fetch({ url }) {
      const path = url.slice(url.lastIndexOf('/') + 1)
      const before = asked.filter((one) => one === path).length
      asked.push(path)
      const all = answers[path]
      if (!all) return await new Promise(() => undefined)
      const [status, message, headers = {}] = all[Math.min(before, all.length - 1)]!
      return Response.json({ message }, { status, headers })
    },
    ...more
  })
  return { writer, asked, notes }
}

describe('a source that is still being read', () => {
  const retryableMessages = ['still reading']
  const path = '/api/syncs/slow'

  test.each([400, 422])('is waited for after %i, and lets others pass meanwhile', async (status) => {
    const { writer, asked, notes } = asking(
      {
        slow: [
          [status, 'Still Reading it'],
          [status, 'still reading it'],
          [200, '']
        ],
        fast: [[200, '']]
      },
      { parallelism: 1 }
    )
    const slow = writer.get(path, {}, { retryableMessages })
    const fast = writer.get('/api/syncs/fast')
    await vi.runAllTimersAsync()
    expect([await slow, await fast]).toMatchObject([{ ok: true }, { ok: true }])
    expect(asked).toEqual(['slow', 'fast', 'slow', 'slow'])
    expect(notes).toEqual([
      '0 s: the service is still reading the source (Still Reading it): again in 6 s',
      '5.5 s: the service is still reading the source (still reading it): again in 11 s'
    ])
  })

  test('and goes on being read is told as that in the end', async () => {
    const { writer } = asking({ slow: [[422, 'still reading']] })
    const slow = writer.get(path, {}, { retryableMessages })
    await vi.runAllTimersAsync()
    expect(await slow).toMatchObject({ ok: false, failure: { code: 'P621', status: 422, refused: true } })
  })

  test('is no other refusal', async () => {
    for (const [status, words] of [
      [400, 'no'],
      [409, 'still reading'],
      [404, 'still reading']
    ] as const) {
      const { writer, asked } = asking({ slow: [[status, words]] })
      const slow = writer.get(path, {}, { retryableMessages })
      await vi.runAllTimersAsync()
      expect(await slow).toMatchObject({ ok: false, failure: { status } })
      expect(asked).toEqual(['slow'])
    }
  })
})

describe('R30: an interrupt', () => {
  const base = { refused: true, usedBy: [], interrupted: true }

  test('ends the wait of who was put off, and of who was never sent', async () => {
    const stop = new AbortController()
    const { writer, asked } = asking(
      { one: [[429, 'slowly', { 'retry-after': '30' }]] },
      { stop: stop.signal }
    )
    const one = writer.send('PUT', '/api/one')
    await vi.advanceTimersByTimeAsync(1000)
    const other = writer.send('PUT', '/api/other')
    await vi.advanceTimersByTimeAsync(1000)
    stop.abort()
    await vi.advanceTimersByTimeAsync(0)
    expect(await other).toEqual({
      ok: false,
      failure: { ...base, code: 'P608', request: 'PUT /api/other', words: 'it asked to wait' }
    })
    expect(await one).toMatchObject({ ok: false, failure: { ...base, code: 'P608', words: 'slowly' } })
    expect(asked).toEqual(['one'])
  })

  test('leaves what is under way five seconds to end', async () => {
    const stop = new AbortController()
    const { writer } = asking({}, { stop: stop.signal })
    let end = 0
    const sent = writer.send('PUT', '/api/one').finally(() => (end = Date.now()))
    await vi.advanceTimersByTimeAsync(1000)
    stop.abort()
    await vi.runAllTimersAsync()
    expect(await sent).toEqual({
      ok: false,
      failure: {
        ...base,
        code: 'P613',
        request: 'PUT /api/one',
        words: 'interrupted before it was answered',
        refused: false
      }
    })
    expect(end).toBe(6000)
  })

  test('comes before what is not sent yet, where no answer is needed any more', async () => {
    const unwanted = AbortSignal.abort()
    const { writer, asked } = asking({}, { stop: AbortSignal.abort(), unwanted })
    expect(await writer.send('PUT', '/api/one')).toEqual({
      ok: false,
      failure: { ...base, code: 'P613', request: 'PUT /api/one', words: 'interrupted before it was sent' }
    })
    expect(asked).toEqual([])
  })
})

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

  test.each([
    [408, 5.5],
    [425, 5.5],
    [500, 1],
    [502, 1],
    [504, 1]
  ])('that ended in %i, which names five seconds, go on after %d', async (status, seconds) => {
    expect((await tried('PUT', [[status, { 'retry-after': '5' }], 200])).at).toEqual([0, seconds])
  })

  test('one of which was not answered leave open what was done, whatever is answered in the end', async () => {
    const { answer } = await tried('PUT', ['lost', 422])
    expect(answer).toMatchObject({ ok: false, failure: { status: 422, refused: false } })
    const { answer: refused } = await tried('PUT', ['nobody listens', 422])
    expect(refused).toMatchObject({ ok: false, failure: { status: 422, refused: true } })
  })
})

describe('many requests, of which none was ever answered', () => {
  const many = async (replies: Parameters<typeof service>[0]) => {
    const { options, at } = service(replies)
    const writer = openWriter(options)
    const answers = Promise.all(
      Array.from({ length: 12 }, async (_, index) => await writer.get(`/api/syncs/${index}`))
    )
    await vi.runAllTimersAsync()
    return { answers: await answers, at, writer }
  }

  test.each<[string, Reply, number]>([
    ['a gateway with nothing behind it', 502, 4 + 5],
    ['a gateway that is not ready', 503, 4 + 5],
    ['a gateway that waits in vain', 504, 4 + 5],
    ['a port where nobody listens', 'nobody listens', 4 + 2],
    ['a proxy that makes no tunnel', 'no tunnel', 4 + 2]
  ])('%s: one of them is tried again for all', async (_what, reply, tries) => {
    const { answers, at, writer } = await many([reply])
    expect(at).toHaveLength(tries)
    for (const [index, answer] of answers.entries())
      expect(answer).toMatchObject({ ok: false, failure: { request: `GET /api/syncs/${index}` } })
    expect(await writer.get('/api/me')).toMatchObject({ ok: false, failure: { request: 'GET /api/me' } })
    expect(at).toHaveLength(tries)
  })

  test('all go on as soon as one is answered, whatever the answer is', async () => {
    for (const first of [200, 404]) {
      const { answers, at } = await many([503, 503, 503, 503, 503, first, 200])
      expect(at).toHaveLength(5 + 12)
      expect(answers.filter(({ ok }) => ok)).toHaveLength(first === 200 ? 12 : 11)
    }
  })

  test('each has its own tries once anything was answered', async () => {
    const { at, answers } = await many([200, 503])
    expect(at).toHaveLength(1 + 11 * 6)
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1)
  })

  test('an interrupt ends all of them', async () => {
    const stop = new AbortController()
    const { options, at } = service([503])
    const writer = openWriter({ ...options, stop: stop.signal })
    const answers = Promise.all(Array.from({ length: 6 }, async () => await writer.get('/api/syncs')))
    await vi.advanceTimersByTimeAsync(100)
    stop.abort()
    await vi.runAllTimersAsync()
    for (const answer of await answers)
      expect(answer).toMatchObject({ ok: false, failure: { status: 503 } })
    expect(at).toHaveLength(4)
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
