import {
  Agent,
  request as requestOf,
  type ClientRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders
} from 'node:http'
import type { Readable, Transform } from 'node:stream'

/**
 * Connections are used again, and closed when they have been idle for a while: gateways drop idle ones
 * without a word, and what is sent on such a one is lost.
 */
const idle = { keepAlive: true, timeout: 4_000 }

/** How requests of a protocol are opened, and what their answers may be coded in. */
interface Protocol {
  request: typeof requestOf
  agent: Agent
  /** Not `deflate`: some send it without the frame that belongs to it. */
  codings: string
}

const plain: Protocol = { request: requestOf, agent: new Agent(idle), codings: 'gzip' }

let tls: Protocol | undefined

/** TLS is loaded where it is needed: that takes a while. */
async function overTls(): Promise<Protocol> {
  const https = await import('node:https')
  return (tls ??= { request: https.request, agent: new https.Agent(idle), codings: 'br, gzip' })
}

/** Milliseconds in which a connection must be there. */
const connectMs = 10_000

/**
 * Sends a request straight to the service, and fails as the platform's `fetch` does. That is built on streams
 * of the web, which take more time for a small answer than all that is done with it afterwards. Redirects are
 * answers like others.
 */
export async function direct(request: Request, signal = request.signal): Promise<DirectAnswer> {
  const body = request.body === null ? undefined : Buffer.from(await request.arrayBuffer())
  const protocol = request.url.startsWith('https:') ? await overTls() : plain
  signal.throwIfAborted()
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = opened(request, body, protocol)
    const cut = (): void => void sent.destroy(asError(signal.reason))
    signal.addEventListener('abort', cut, { once: true })
    sent.once('socket', (socket) => {
      if (!socket.connecting) return void sent.end(body)
      const late = (): void => void sent.destroy(tooLate(new URL(request.url)))
      socket.setTimeout(connectMs, late)
      // What is written before would fail as a write, and hide why there is no connection.
      socket.once('encrypted' in socket ? 'secureConnect' : 'connect', () => {
        socket.removeListener('timeout', late)
        sent.end(body)
      })
    })
    sent.once('response', resolve)
    sent.on('error', (error) => {
      signal.removeEventListener('abort', cut)
      reject(
        signal.aborted ? asError(signal.reason) : new TypeError('fetch failed', { cause: reported(error) })
      )
    })
    sent.once('close', () => signal.removeEventListener('abort', cut))
  })
  return await answerOf(response)
}

/** Opens a request, of which nothing is sent yet. */
function opened(
  { url, method, headers: own }: Request,
  body: Buffer | undefined,
  protocol: Protocol
): ClientRequest {
  const headers: OutgoingHttpHeaders = {
    accept: '*/*',
    ...Object.fromEntries(own),
    'accept-encoding': protocol.codings
  }
  // Node sends a body with DELETE only where its length is known.
  if (body) headers['content-length'] = body.length
  return protocol.request(url, { method, headers, agent: protocol.agent })
}

/** An answer whose body is still to be read. */
interface DirectAnswer {
  status: number
  headers: Iterable<[string, string]> & { get(name: string): string | null }
  body: AsyncIterable<Uint8Array> | null
}

/** The headers of an answer as they came: most answers are read for one of them at most. */
class DirectHeaders implements Iterable<[string, string]> {
  readonly #message: IncomingMessage

  constructor(message: IncomingMessage) {
    this.#message = message
  }

  get(name: string): string | null {
    return [this.#message.headers[name] ?? []].flat().join(', ') || null
  }

  *[Symbol.iterator](): IterableIterator<[string, string]> {
    const { rawHeaders } = this.#message
    for (let at = 0; at + 1 < rawHeaders.length; at += 2)
      yield [rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '']
  }
}

async function answerOf(message: IncomingMessage): Promise<DirectAnswer> {
  const { statusCode: status = 0 } = message
  const headers = new DirectHeaders(message)
  if (withoutBody.has(status)) {
    message.resume()
    return { status, headers, body: null }
  }
  const codings = message.headers['content-encoding']
  const decoded = codings === undefined ? message : await inClear(message, codings.toLowerCase())
  return { status, headers, body: chunksOf(decoded) }
}

const withoutBody = new Set([204, 205, 304])

/** The body without its compression; as it came where that is unknown. */
async function inClear(message: IncomingMessage, codings: string): Promise<Readable> {
  const { createBrotliDecompress, createGunzip, createInflate, constants } = await import('node:zlib')
  const { pipeline } = await import('node:stream')
  const flush = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH }
  const brotli = constants.BROTLI_OPERATION_FLUSH
  const decoders = new Map<string, () => Transform>([
    ['gzip', () => createGunzip(flush)],
    ['x-gzip', () => createGunzip(flush)],
    ['deflate', () => createInflate(flush)],
    ['br', () => createBrotliDecompress({ flush: brotli, finishFlush: brotli })]
  ])
  const chosen = codings.split(',').map((name) => decoders.get(name.trim()))
  if (chosen.length > mostCodings || !chosen.every((open) => open !== undefined)) return message
  let decoded: Readable = message
  for (const open of chosen.toReversed()) {
    const decoder = open()
    // What fails is reported by the stream that is read.
    pipeline(decoded, decoder, () => undefined)
    decoded = decoder
  }
  return decoded
}

/** No service compresses an answer this often. */
const mostCodings = 5

/** Yields what comes. Whoever leaves early closes the connection. */
function chunksOf(stream: Readable): AsyncIterable<Uint8Array> {
  return { [Symbol.asyncIterator]: () => new Chunks(stream) }
}

/** The iterator of a stream takes several times as long, which counts for thousands of small answers. */
class Chunks implements AsyncIterator<Uint8Array, undefined> {
  readonly #stream: Readable
  readonly #chunks: Uint8Array[] = []
  #end: { error?: Error } | undefined
  #wake: (() => void) | undefined

  constructor(stream: Readable) {
    this.#stream = stream
    const end = (how: { error?: Error }): void => {
      this.#end ??= how
      this.#wake?.()
    }
    stream.on('error', (error) => end({ error: reported(error) }))
    stream.on('end', () => end({}))
    // Every stream closes, most after their end: an error that nobody reads takes longest of all this.
    stream.on('close', () => {
      if (!this.#end) end({ error: closed() })
    })
    stream.on('data', (chunk: Uint8Array) => {
      this.#chunks.push(chunk)
      this.#wake?.()
    })
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    for (;;) {
      const value = this.#chunks.shift()
      if (value !== undefined) return { done: false, value }
      if (this.#end?.error) throw this.#end.error
      if (this.#end) return { done: true, value: undefined }
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#stream.destroy()
    return { done: true, value: undefined }
  }
}

/** Node calls it a socket that hung up, which says nothing of who did. */
function reported(error: Error): Error {
  return error.message === 'socket hang up' || error.message === 'aborted' ? closed() : error
}

function closed(): Error {
  return Object.assign(new Error('other side closed'), { code: 'ECONNRESET' })
}

function tooLate({ host }: URL): Error {
  const message = `no connection to ${host} within ${connectMs / 1000} s`
  return Object.assign(new Error(message), { code: 'ETIMEDOUT' })
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason))
}
