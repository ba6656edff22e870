import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSocketServer, type AddressInfo } from 'node:net'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { direct } from '../src/direct.ts'

/** The own way to the service, held against the platform's `fetch`: whatever comes, both say the same. */

const text = JSON.stringify({ data: 'ä'.repeat(1000) })

const routes: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
  '/plain': (_request, response) => void response.end(text),
  '/chunked': (_request, response) => {
    response.write(text.slice(0, 10))
    setTimeout(() => response.end(text.slice(10)), 5)
  },
  '/empty': (_request, response) => void response.end(),
  '/204': (_request, response) => void response.writeHead(204).end(),
  '/304': (_request, response) => void response.writeHead(304).end(),
  '/302': (_request, response) => void response.writeHead(302, { location: '/plain' }).end('moved'),
  '/500': (_request, response) => void response.writeHead(500, { 'x-why': 'a' }).end('failed'),
  '/gzip': coded('gzip', gzipSync(text)),
  '/x-gzip': coded('X-GZip', gzipSync(text)),
  '/deflate': coded('deflate', deflateSync(text)),
  '/br': coded('br', brotliCompressSync(text)),
  '/twice': coded('deflate, gzip', gzipSync(deflateSync(text))),
  '/unknown-coding': coded('rot13', Buffer.from(text)),
  '/not-gzip': coded('gzip', Buffer.from(text)),
  '/cut-gzip': coded('gzip', gzipSync(text).subarray(0, 20)),
  '/cut': (_request, response) => {
    response.writeHead(200, { 'content-length': 100 })
    response.write('{"data"')
    setTimeout(() => response.destroy(), 5)
  },
  '/hang-up': (request) => void request.socket.destroy(),
  '/hung-up-later': (request) => void setTimeout(() => request.socket.destroy(), 5),
  '/echo': (request, response) => {
    const { method, headers } = request
    const { 'content-type': type, 'content-length': length, authorization, accept } = headers
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () =>
      response.end(JSON.stringify({ method, type, length, authorization, accept, body }))
    )
  }
}

function coded(coding: string, body: Buffer): (request: unknown, response: ServerResponse) => void {
  return (_request, response) => void response.writeHead(200, { 'content-encoding': coding }).end(body)
}

let server: Server
let base = ''
beforeAll(async () => {
  server = createServer((request, response) => routes[request.url ?? '']?.(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

type Way = typeof direct

/** What comes of a request, as far as the client sees it. */
async function outcome(way: Way, url: string, init: RequestInit = {}): Promise<object> {
  try {
    const { status, headers, body } = await way(new Request(url, { redirect: 'manual', ...init }))
    const known = Object.fromEntries(
      ['location', 'x-why', 'content-encoding', 'no-such'].map((name) => [name, headers.get(name)])
    )
    const listed = new Map([...headers].map(([name, value]) => [name.toLowerCase(), value]))
    expect(listed.get('x-why') ?? null).toBe(known['x-why'])
    try {
      const chunks: Uint8Array[] = []
      for await (const chunk of body ?? []) chunks.push(chunk)
      return { status, known, text: Buffer.concat(chunks).toString() }
    } catch {
      // All that breaks a body is told in the same words.
      return { status, known, isBroken: true }
    }
  } catch (error) {
    return thrown(error)
  }
}

function thrown(error: unknown): object {
  if (!(error instanceof Error)) return { error }
  const { name, message, cause } = error
  if (!(cause instanceof Error)) return { name, message, cause }
  const { code } = cause as NodeJS.ErrnoException
  return {
    name,
    message,
    cause: { message: cause.message, code: code === 'UND_ERR_SOCKET' ? 'ECONNRESET' : code }
  }
}

const platform: Way = (request) => fetch(request)

describe('an answer is the one that fetch gives', () => {
  test.each(Object.keys(routes))('%s', async (path) => {
    const own = await outcome(direct, base + path)
    expect(own).toEqual(await outcome(platform, base + path))
  })

  test.each<[string, RequestInit]>([
    [
      'POST',
      { body: '{"ä":1}', headers: { 'content-type': 'application/json', authorization: 'Bearer k' } }
    ],
    ['POST', {}],
    ['PUT', { body: '{}' }],
    ['PATCH', { body: '{}', headers: { accept: 'application/json' } }],
    ['DELETE', {}],
    ['DELETE', { body: '{}' }]
  ])('%s %j', async (method, init) => {
    const own = await outcome(direct, `${base}/echo`, { method, ...init })
    expect(own).toEqual(await outcome(platform, `${base}/echo`, { method, ...init }))
    expect(own).toMatchObject({ status: 200 })
  })
})

describe('a failure is the one of fetch', () => {
  test('nobody listens', async () => {
    const other = createSocketServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    await new Promise((resolve) => other.close(resolve))
    const own = await outcome(direct, `http://127.0.0.1:${port}/`)
    expect(own).toEqual(await outcome(platform, `http://127.0.0.1:${port}/`))
    expect(own).toMatchObject({ message: 'fetch failed', cause: { code: 'ECONNREFUSED' } })
  })

  test('the port speaks no TLS', async () => {
    const at = base.replace('http:', 'https:')
    const own = await outcome(direct, `${at}/plain`)
    expect(own).toMatchObject({ name: 'TypeError', message: 'fetch failed' })
    expect(JSON.stringify(own)).toMatch(/ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG)/)
  })

  test.each([0, 20])('given up after %d ms, with the reason that is given', async (after) => {
    routes['/never'] = () => undefined
    for (const way of [direct, platform]) {
      const cut = new AbortController()
      const running = outcome(way, `${base}/never`, { signal: cut.signal })
      if (after === 0) cut.abort(new Error('enough'))
      else setTimeout(() => cut.abort(new Error('enough')), after)
      expect(await running).toMatchObject({ message: 'enough' })
    }
  })

  test('a body that is left early closes its connection', async () => {
    const closed = new Promise<string>((resolve) => {
      routes['/endless'] = (_request, response) => {
        const more = (): void => {
          while (response.write('x'.repeat(65_536))) continue
        }
        response.on('drain', more).on('close', () => resolve('closed'))
        more()
      }
    })
    const { body } = await direct(new Request(`${base}/endless`))
    for await (const _chunk of body ?? []) break
    expect(await closed).toBe('closed')
  })
})

test('connections are used again', async () => {
  const ports = new Set<number | undefined>()
  routes['/port'] = (request, response) => {
    ports.add(request.socket.remotePort)
    response.end('{}')
  }
  for (let turn = 0; turn < 5; turn++) await outcome(direct, `${base}/port`)
  expect(ports.size).toBe(1)
})
