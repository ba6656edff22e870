import { describe, expect, test } from 'vitest'
import type { RequestResult } from '../../src/remote/failure.ts'
import type { EarlyResults, RemoteOptions } from '../../src/remote/options.ts'
import { openReader, openWriter } from '../../src/remote/transport.ts'
import { realTimer } from '../support/waiting.ts'

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
      timer: realTimer,
      backoffMs: 1,
      newKey: () => `key-${++keys}-00000000`,
      sleep: async (ms) => {
        slept.push(ms)
        clock += ms
      },
      now: () => clock,
      random: () => 0
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
    expect(Object.keys(reader).toSorted()).toEqual([
      'ask',
      'budget',
      'get',
      'me',
      'note',
      'reading',
      'sleep',
      'version',
      'words'
    ])
    expect(() => reader.ask('/api/connections', {})).toThrow('not a question')
    expect(() => reader.ask('/api/connections/a/source/fields/../..', {})).toThrow('not a question')
  })
})

test('what takes long is told to who opened the connection, and nothing where nobody listens', () => {
  const reported: unknown[] = []
  const { options } = service([ok()])
  const listening = {
    note: (text: string) => reported.push(text),
    reading: (...progress: unknown[]) => reported.push(progress)
  }
  for (const more of [listening, {}]) {
    const reader = openReader({ ...options, ...more })
    reader.note('a while')
    reader.reading('syncs', 1, 2)
  }
  expect(reported).toEqual(['a while', ['syncs', 1, 2]])
})

describe('whose key it is', () => {
  test('is asked for once, by whom it is first needed', async () => {
    const { options, seen } = service([ok()])
    const reader = openReader(options)
    expect([await reader.me(), await reader.me()]).toMatchObject([{ ok: true }, { ok: true }])
    expect(seen.map(({ url }) => url)).toEqual(['https://service.test/base/api/me'])
  })

  test('may have been asked for already', async () => {
    const { options, seen } = service([ok()])
    const answer: RequestResult = { ok: true, status: 200, body: 'early' }
    const taken: string[] = []
    const early: EarlyResults = {
      take(path) {
        taken.push(path)
        return Promise.resolve(answer)
      },
      drop: () => taken.push('drop')
    }
    const writer = openWriter({ ...options, early })
    expect([await writer.me(), await writer.me()]).toEqual([answer, answer])
    expect(await writer.get('/api/x')).toEqual(answer)
    expect(seen).toEqual([])
    await writer.send('DELETE', '/api/x')
    expect(taken).toEqual(['/api/me', '/api/x', 'drop'])
  })
})

test('an answer without a body is one', async () => {
  const { options } = service([new Response(null, { status: 204 })])
  expect(await openWriter(options).send('DELETE', '/api/syncs/a')).toMatchObject({
    ok: true,
    status: 204,
    body: undefined
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

  test('carries a key, and is not repeated blindly when nothing was answered', async () => {
    const { seen, answer } = create(['lost', ok()])
    expect(await answer).toMatchObject({ ok: false, failure: { code: 'P603', refused: false } })
    expect(seen.map((request) => request.key)).toEqual(['key-1-00000000'])
  })

  test('keeps its key while the service says that the first is under way', async () => {
    const { seen, answer } = create([status(409), ok()])
    expect(await answer).toMatchObject({ ok: true })
    expect(new Set(seen.map((request) => request.key)).size).toBe(1)
  })

  test('keeps its key after 429, with which others may make the same', async () => {
    const { seen, answer } = create([status(429), ok()])
    expect(await answer).toMatchObject({ ok: true })
    expect(seen).toHaveLength(2)
    expect(seen[0]!.key).toBe(seen[1]!.key)
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
    const reported: number[] = []
    const reader = openReader({ ...options, throttled: (seconds) => reported.push(seconds) })
    await reader.get('/api/me')
    await reader.get('/api/me')
    expect(reported).toEqual([1])
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

describe('an answer that is not whole', () => {
  test('ends a read in a failure, when it never comes whole', async () => {
    const { options, seen } = service(['cut off'])
    expect(await openReader(options).get('/api/me')).toMatchObject({
      ok: false,
      failure: { code: 'P603', words: 'the answer was cut off', refused: false }
    })
    expect(seen).toHaveLength(6)
  })

  test('to a PUT is asked for again, and to a create is not: it was carried out, most likely', async () => {
    const replacing = service(['cut off', ok()])
    expect(await openWriter(replacing.options).send('PUT', '/api/syncs/a', { body: {} })).toMatchObject({
      ok: true
    })
    const creating = service(['cut off', ok()])
    expect(await openWriter(creating.options).send('POST', '/api/syncs', { body: {} })).toMatchObject({
      ok: false,
      failure: { refused: false }
    })
    expect(creating.seen).toHaveLength(1)
  })

  test('is bounded by the timeout of its try, however slowly it trickles', async () => {
    const { options } = service([ok()])
    let sent = 0
    const reader = openReader({
      ...options,
      timeoutMs: 30,
      timer: realTimer,
      fetch: async () => (sent++ === 0 ? new Response(new ReadableStream()) : ok())
    })
    expect(await reader.get('/api/me')).toMatchObject({ ok: true })
    expect(sent).toBe(2)
  })
})

describe('the time of one try', () => {
  test('is that of the timer that was handed in, and of none other', async () => {
    const rings: (() => void)[] = []
    const after: number[] = []
    let stopped = 0
    const { options } = service([ok()])
    let sent = 0
    const answer = openReader({
      ...options,
      timeoutMs: 86_400_000,
      timer(ring, ms) {
        rings.push(ring)
        after.push(ms)
        return () => void (stopped += 1)
      },
      fetch: async () => (sent++ === 0 ? await new Promise<Response>(() => undefined) : ok())
    }).get('/api/me')
    while (rings.length === 0) await new Promise((resolve) => setImmediate(resolve))
    rings[0]!()
    expect(await answer).toMatchObject({ ok: true })
    expect([after, stopped, sent]).toEqual([[86_400_000, 86_400_000], 2, 2])
  })

  test('ends what is under way, and says so where it was the last one', async () => {
    const { options } = service([ok()])
    const signals: AbortSignal[] = []
    const answer = await openWriter({
      ...options,
      timer(ring) {
        setImmediate(ring)
        return () => undefined
      },
      fetch: async (_request, signal) => {
        signals.push(signal)
        return await new Promise<Response>(() => undefined)
      }
    }).send('POST', '/api/syncs', { body: {} })
    expect(answer).toMatchObject({ ok: false, failure: { code: 'P613', words: 'no answer in time' } })
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
  })
})

test('a question of an old version is a read, although a POST: tried again, without a key', async () => {
  const { options, seen } = service([status(503), ok()])
  const answer = await openReader(options).ask('/api/connections/a/source/fields', { query: {} })
  expect(answer).toMatchObject({ ok: true })
  const both = [null, '{"query":{}}']
  expect(seen.map((request) => [request.key, request.body])).toEqual([both, both])
})

test('a secret is taken out of an answer before the answer is shortened, whatever its status', async () => {
  const secret = 'planted-secret-value'
  const page = (code: number, before: number): Response =>
    new Response('x'.repeat(before) + secret, { status: code, headers: { 'content-type': 'text/plain' } })
  for (const reply of [page(422, 190), page(200, 0), page(200, 50)]) {
    const { options } = service([reply])
    const answer = await openWriter(options).send('POST', '/api/syncs', { body: {}, secrets: [secret] })
    expect(answer.ok).toBe(false)
    expect(JSON.stringify(answer)).not.toContain('planted')
  }
})

describe('where the address may be wrong, it is told', () => {
  const address = 'https://service.test/base'

  test.each<[Partial<RemoteOptions>, string]>([
    [{}, address],
    [{ namedBy: 'POLYTOMIC_URL' }, `${address} (from POLYTOMIC_URL)`],
    [{ proxy: 'http://p:1' }, `${address}, by way of the proxy http://p:1`],
    [
      { namedBy: '`--url`', proxy: 'http://p:1' },
      `${address} (from \`--url\`), by way of the proxy http://p:1`
    ]
  ])('%j', async (more, expected) => {
    const { options } = service([status(401)])
    const answer = await openReader({ ...options, ...more }).get('/api/me')
    expect(answer).toEqual({
      ok: false,
      failure: {
        code: 'P604',
        request: 'GET /api/me',
        status: 401,
        words: 'words',
        refused: true,
        usedBy: [],
        address: expected
      }
    })
  })

  test.each<[string, Reply, boolean]>([
    ['that nobody answers', 'lost', true],
    ['that answers a page', new Response('<html>'), true],
    ['that redirects', new Response(null, { status: 307, headers: { location: 'https://h/' } }), true],
    ['that takes too long', status(408), true],
    ['that forbids it', status(403), false],
    ['that refuses it', status(422), false],
    ['that knows no such thing', status(404), false],
    ['that fails', status(500), false]
  ])('a service %s: %s %j', async (_what, reply, isAbout) => {
    const answer = await openReader(service([reply]).options).get('/api/me')
    expect(answer.ok || answer.failure.address).toBe(isAbout ? address : undefined)
  })

  test('a port that speaks TLS is told as that', async () => {
    const words = 'Client sent an HTTP request to an HTTPS server.\n'
    const { options } = service([new Response(words, { status: 400 })])
    const answer = await openReader({ ...options, url: 'http://service.test:8443' }).get('/api/me')
    expect(answer).toEqual({
      ok: false,
      failure: {
        code: 'P603',
        request: 'GET /api/me',
        status: 400,
        words: 'this port speaks TLS',
        help: ['write `https://service.test:8443`'],
        refused: true,
        usedBy: [],
        address: 'http://service.test:8443'
      }
    })
  })
})

test('an answer has its length, and the time of the service, or that of here where none is named', async () => {
  const headers = { date: 'Thu, 01 Jan 1970 00:01:00 GMT' }
  for (const [named, at] of [
    [headers, 60_000],
    [{ date: 'soon' }, 7],
    [{}, 7]
  ] as const) {
    const { options } = service([new Response('{"data":1}', { headers: named })])
    const answer = await openReader({ ...options, now: () => 7 }).get('/api/me')
    expect(answer).toEqual({ ok: true, status: 200, body: { data: 1 }, at, size: 10 })
  }
})

test('what is no JSON is told by its beginning, in one line', async () => {
  const { options } = service([new Response(`  Not \n\t here ${'x'.repeat(80)}`)])
  expect(await openReader(options).get('/api/me')).toMatchObject({
    failure: { code: 'P610', words: `not JSON; it begins with \`Not here ${'x'.repeat(51)}\`` }
  })
})

test('each try is traced, answered or not', async () => {
  const { options } = service(['lost', ok()])
  const lines: string[] = []
  await openReader({ ...options, trace: (line) => lines.push(line) }).get('/api/me')
  expect(lines).toEqual(['GET /base/api/me no answer', 'GET /base/api/me 200'])
})

describe('what is told of an answer', () => {
  const password = 'p@ss "word"<&>'
  const words = async (reply: Response): Promise<string> => {
    const { options } = service([reply])
    const writer = openWriter({ ...options, authorization: 'Bearer key-of-somebody' })
    const sent = { body: { name: 'x' }, secrets: [password] }
    const answer = await writer.send('PUT', '/api/connections/a', sent)
    return JSON.stringify(answer)
  }
  const reported = `dial postgres://u:${encodeURIComponent(password)}@h, Bearer key-of-somebody: ${password}`

  test('no words of an error hold the key, or a secret that was sent', async () => {
    const inJson = JSON.stringify({
      message: reported,
      metadata: { used_by: [{ type: reported, name: reported, id: reported }] }
    })
    for (const reply of [
      new Response(inJson, { status: 401 }),
      new Response(inJson.replaceAll('&', '\\u0026').replaceAll('<', '\\u003c'), { status: 422 }),
      new Response(reported, { status: 500 }),
      new Response(`<html><title>${reported}</title>`),
      new Response(`[${reported}`),
      new Response(null, {
        status: 307,
        headers: { location: `https://h/?k=key-of-somebody&p=${encodeURIComponent(password)}` }
      })
    ]) {
      const text = await words(reply)
      expect(text).toContain('(secret)')
      expect(text).not.toMatch(/key-of-somebody|p@ss|p%40ss/)
    }
  })

  test.each([
    [200, 'P610', 'a web page, `Not here`'],
    [404, 'P610', 'a web page, `Not here`'],
    [405, 'P610', 'a web page, `Not here`'],
    [403, 'P605', 'a web page, `Not here`'],
    [422, 'P601', 'a web page, `Not here`']
  ])('a web page is told by its title, whatever its status is: %i', async (code, known, expected) => {
    const page = '<!DOCTYPE html>\n<html><head><title>Not\n here </title></head></html>'
    const { options } = service([new Response(page, { status: code })])
    expect(await openReader(options).get('/api/me')).toMatchObject({
      ok: false,
      failure: { code: known, words: expected }
    })
  })

  test('the pair of Basic is a secret, and so are both encodings and the key in it', async () => {
    const pair = btoa('org:partner-key')
    const { options } = service([new Response(`${pair} or partner-key`, { status: 401 })])
    const answer = await openReader({ ...options, authorization: `Basic ${pair}` }).get('/api/me')
    expect(answer).toMatchObject({ failure: { words: '(secret) or (secret)' } })
  })

  test('words that are cut hold no part of a secret', async () => {
    for (let before = 40; before < 70; before++) {
      const { options } = service([new Response(`${'x'.repeat(before)} key-of-somebody`)])
      const answer = await openReader({ ...options, authorization: 'Bearer key-of-somebody' }).get(
        '/api/me'
      )
      expect(JSON.stringify(answer)).not.toContain('key')
    }
  })
})

describe('an answer without a bound', () => {
  const endless = (chunk: string) =>
    new Response(new ReadableStream({ pull: (stream) => stream.enqueue(new TextEncoder().encode(chunk)) }))
  const answerTo = async (reply: Response, fetch = service([reply]).options.fetch) => {
    let tries = 0
    const counted: typeof fetch = (request, cut) => {
      tries += 1
      return fetch(request, cut)
    }
    const answer = await openReader({ ...service([]).options, fetch: counted }).get('/api/me')
    return { answer, tries }
  }
  const refusedBy = (words: string) => ({ ok: false, failure: { code: 'P612', words } })

  test.each([' '.repeat(65_536), '{"a":'])('that never ends is not read to its end', async (chunk) => {
    const reply = endless(chunk.repeat(Math.ceil(65_536 / chunk.length)))
    const { answer, tries } = await answerTo(reply, async () => reply)
    expect(answer).toMatchObject(refusedBy('the answer is larger than 64 MiB'))
    expect(tries).toBe(1)
  })

  test('that is nested deep is not followed, whatever its status is', async () => {
    const deep = `${'{"error":['.repeat(3_000)}1${']}'.repeat(3_000)}`
    expect((await answerTo(new Response(deep))).answer).toMatchObject(
      refusedBy('it is nested more than 100 levels deep')
    )
    for (const code of [400, 404, 503])
      expect((await answerTo(new Response(deep, { status: code }))).answer).toMatchObject({ ok: false })
  })

  test('with a text that nobody reads, or with values that nobody counts', async () => {
    expect((await answerTo(new Response(`{"a":"${'x'.repeat(1024 * 1024 + 1)}"}`))).answer).toMatchObject(
      refusedBy('a text in it is longer than 1,048,576 letters')
    )
    expect((await answerTo(new Response(`[${'1,'.repeat(4_000_000)}1]`))).answer).toMatchObject(
      refusedBy('it has more than 4,000,000 values')
    )
  })

  test('is no reason for doubt where it keeps the bounds', async () => {
    const full = `{"data":${'['.repeat(99)}"${'\\"'.repeat(1000)}"${']'.repeat(99)},"a\\\\":"}"}`
    expect((await answerTo(new Response(full))).answer).toMatchObject({ ok: true, body: JSON.parse(full) })
  })
})

test('what ends requests reaches those under way, and none that was answered', async () => {
  const { options } = service([ok()])
  const unwanted = new AbortController()
  const signals: AbortSignal[] = []
  const answering = options.fetch
  const reader = openReader({
    ...options,
    unwanted: unwanted.signal,
    fetch: async (request, cut) => {
      signals.push(cut)
      return request.url.endsWith('/slow')
        ? await new Promise(() => undefined)
        : await answering(request, cut)
    }
  })
  await Promise.all(Array.from({ length: 20 }, (_, at) => reader.get(`/api/syncs/${at}`)))
  const slow = reader.get('/api/slow')
  await expect.poll(() => signals.length).toBe(21)
  unwanted.abort()
  expect(await slow).toMatchObject({ ok: false, failure: { interrupted: true } })
  expect(signals.map(({ aborted }) => aborted)).toEqual([...Array.from({ length: 20 }, () => false), true])
})
