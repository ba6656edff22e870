import { describe, expect, test } from 'vitest'
import { openReader, openWriter, type RemoteOptions } from '../../src/remote/transport.ts'

interface Seen {
  method: string
  url: string
  key: string | null
  headers: Headers
  body: string
}

type Reply = Response | 'lost' | 'cut off'

/** A service that gives these replies in turn, the last one for ever. */
function service(replies: Reply[]): { options: RemoteOptions; seen: Seen[]; slept: number[] } {
  const seen: Seen[] = []
  const slept: number[] = []
  let keys = 0
  let clock = 0
  return {
    seen,
    slept,
    options: {
      url: 'https://service.test/base/',
      authorization: 'Bearer k',
      version: '2025-09-18',
      async fetch(request) {
        const reply = replies[Math.min(seen.length, replies.length - 1)]!
        const { method, url, headers } = request
        seen.push({ method, url, key: headers.get('idempotency-key'), headers, body: await request.text() })
        if (reply === 'lost') throw new TypeError('fetch failed', { cause: new Error('socket hang up') })
        if (reply === 'cut off')
          return new Response(new ReadableStream({ pull: (stream) => stream.error(new Error('cut')) }))
        return reply.clone()
      },
      parallelism: 10,
      timeoutMs: 5_000,
      backoffMs: 1,
      newKey: () => `key-${++keys}-00000000`,
      sleep: async (ms) => {
        slept.push(ms)
        clock += ms
      },
      now: () => clock
    }
  }
}

const ok = (): Response => Response.json({ data: { id: 'a', name: 'a' } })
const status = (code: number, headers: Record<string, string> = {}): Response =>
  Response.json({ message: 'words' }, { status: code, headers })

describe('what is sent', () => {
  test('the version, the key and the base path, and no idempotency key on a read', async () => {
    const { options, seen } = service([ok()])
    await openReader(options).get('/api/syncs', { page_token: 'a b&c' })
    expect(seen[0]!.url).toBe('https://service.test/base/api/syncs?page_token=a+b%26c')
    expect(seen[0]!.headers.get('x-polytomic-version')).toBe('2025-09-18')
    expect(seen[0]!.headers.get('authorization')).toBe('Bearer k')
    expect(seen[0]!.key).toBeNull()
  })

  test('a reader has no way to write', () => {
    const reader = openReader(service([ok()]).options)
    expect(Object.keys(reader).toSorted()).toEqual(['ask', 'get', 'version'])
    expect(() => reader.ask('/api/connections', {})).toThrow('not a question')
    expect(() => reader.ask('/api/connections/a/source/fields/../..', {})).toThrow('not a question')
  })
})

describe('what is tried again', () => {
  test.each([408, 425, 429, 500, 502, 503, 504])('a read answered with %i', async (code) => {
    const { options, seen } = service([status(code), ok()])
    expect(await openReader(options).get('/api/me')).toMatchObject({ ok: true })
    expect(seen).toHaveLength(2)
  })

  test.each([400, 401, 403, 404, 409, 422])('but not one answered with %i', async (code) => {
    const { options, seen } = service([status(code), ok()])
    expect(await openReader(options).get('/api/me')).toMatchObject({
      ok: false,
      failure: { status: code, words: 'words', refused: true }
    })
    expect(seen).toHaveLength(1)
  })

  test.each(['lost', 'cut off'] as const)('a read whose answer is %s', async (reply) => {
    const { options, seen } = service([reply, reply, ok()])
    expect(await openReader(options).get('/api/me')).toMatchObject({ ok: true })
    expect(seen).toHaveLength(3)
  })

  test('only so often: tries are bounded', async () => {
    const { options, seen } = service([status(503)])
    expect(await openReader(options).get('/api/me')).toMatchObject({ ok: false, failure: { code: 'P609' } })
    expect(seen).toHaveLength(6)
  })

  test.each(['PUT', 'PATCH', 'DELETE'] as const)('%s, with the whole body each time', async (method) => {
    const { options, seen } = service([status(503), 'lost', ok()])
    const body = method === 'DELETE' ? {} : { body: { name: 'x' } }
    expect(await openWriter(options).send(method, '/api/syncs/a', body)).toMatchObject({ ok: true })
    expect(seen.map((request) => request.body)).toEqual(
      method === 'DELETE' ? ['', '', ''] : Array(3).fill('{"name":"x"}')
    )
  })
})

describe('a create', () => {
  const create = (replies: Reply[]) => {
    const { options, seen } = service(replies)
    return { seen, answer: openWriter(options).send('POST', '/api/syncs', { body: { name: 'x' } }) }
  }

  test('carries a key, and the same one when nothing was answered', async () => {
    const { seen, answer } = create(['lost', 'lost', ok()])
    expect(await answer).toMatchObject({ ok: true })
    expect(seen.map((request) => request.key)).toEqual([
      'key-1-00000000',
      'key-1-00000000',
      'key-1-00000000'
    ])
    expect(seen.map((request) => request.body)).toEqual(Array(3).fill('{"name":"x"}'))
  })

  test('keeps its key while the service says that the first is under way', async () => {
    const { seen, answer } = create([status(409), ok()])
    expect(await answer).toMatchObject({ ok: true })
    expect(new Set(seen.map((request) => request.key)).size).toBe(1)
  })

  test('gets a new key after 429: the refusal may be recorded under the old one', async () => {
    const { seen, answer } = create([status(429), ok()])
    expect(await answer).toMatchObject({ ok: true })
    expect(seen).toHaveLength(2)
    expect(seen[0]!.key).not.toBe(seen[1]!.key)
  })

  test.each([500, 502, 503, 504])(
    'is not repeated blindly after %i: whether it was done is not known',
    async (code) => {
      const { seen, answer } = create([status(code), ok()])
      expect(await answer).toMatchObject({ ok: false, failure: { status: code, refused: false } })
      expect(seen).toHaveLength(1)
    }
  )
})

describe('a redirect', () => {
  test('is refused, and the key goes nowhere else', async () => {
    const { options, seen } = service([
      new Response(null, { status: 307, headers: { location: 'https://evil.test/' } })
    ])
    const answer = await openReader(options).get('/api/me')
    expect(answer).toMatchObject({ ok: false, failure: { code: 'P611', words: 'to https://evil.test/' } })
    expect(seen.map((request) => request.url)).toEqual(['https://service.test/base/api/me'])
  })
})

describe('the gate', () => {
  test('lets at most so many requests pass at once', async () => {
    const { options } = service([ok()])
    let underWay = 0
    let most = 0
    const reader = openReader({
      ...options,
      parallelism: 3,
      async fetch() {
        most = Math.max(most, ++underWay)
        await new Promise((resolve) => setImmediate(resolve))
        underWay -= 1
        return ok()
      }
    })
    await Promise.all(Array.from({ length: 20 }, () => reader.get('/api/me')))
    expect(most).toBe(3)
  })

  test('keeps everybody waiting for as long as the service names', async () => {
    const { options, slept } = service([status(429, { 'retry-after': '1' }), ok()])
    const told: number[] = []
    const reader = openReader({ ...options, throttled: (seconds) => told.push(seconds) })
    await reader.get('/api/me')
    await reader.get('/api/me')
    expect(told).toEqual([1])
    expect(slept.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(1000)
  })

  test('halves its width on 429 and lets it grow again slowly', async () => {
    const { options } = service([ok()])
    let underWay = 0
    let most = 0
    let refuse = true
    let clock = 0
    const reader = openReader({
      ...options,
      parallelism: 8,
      now: () => (clock += 1000),
      async fetch() {
        most = Math.max(most, ++underWay)
        await new Promise((resolve) => setImmediate(resolve))
        underWay -= 1
        if (!refuse) return ok()
        refuse = false
        return status(429)
      }
    })
    await reader.get('/api/me')
    most = 0
    await Promise.all(Array.from({ length: 15 }, () => reader.get('/api/me')))
    expect(most).toBe(4)
    most = 0
    await Promise.all(Array.from({ length: 200 }, () => reader.get('/api/me')))
    expect(most).toBe(8)
  })
})
