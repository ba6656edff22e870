import ky, { HTTPError, NetworkError, TimeoutError, type KyInstance, type Options } from 'ky'
import type { ApiVersion } from '../wire/common.ts'
import type { Json, JsonObject } from '../state/value.ts'
import { openGate, type Gate } from './gate.ts'
import { codeOf, withoutSecrets, wordsOf, type Answer, type Failure } from './failure.ts'

export interface RemoteOptions {
  /** Base address, with or without a path; `/api/…` is appended. */
  url: string
  /** The value of the `Authorization` header. Never printed. */
  authorization: string
  version: ApiVersion
  /** The local server's handler, or the platform's fetch. */
  fetch: (request: Request) => Promise<Response>
  /** Upper bound of requests under way at once. */
  parallelism: number
  /** For one try, in milliseconds. */
  timeoutMs: number
  /** Fresh idempotency keys: random UUIDs. */
  newKey: () => string
  /** The first wait before a try is repeated, in milliseconds; it doubles each time. */
  backoffMs: number
  sleep: (ms: number) => Promise<void>
  now: () => number
  /** Told once for each request that was answered or failed; without bodies and secrets. */
  trace?: (line: string) => void
  /** Told when the service asks to slow down. */
  throttled?: (seconds: number) => void
}

/** What a command that only reads may do. It has no way to send a write. */
export interface Reader {
  readonly version: ApiVersion
  get(path: string, query?: Query): Promise<Answer>
  /** A question that old versions ask with POST. Only the enumeration paths are let through. */
  ask(path: string, body: JsonObject): Promise<Answer>
}

export interface Writer extends Reader {
  send(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, sent?: Sent): Promise<Answer>
  sleep(ms: number): Promise<void>
}

export type Query = Record<string, string>

export interface Sent {
  query?: Query
  body?: JsonObject
  /** Values in the body that must not be told, whatever the service answers. */
  secrets?: readonly string[]
}

const retriedStatuses = [408, 425, 429, 500, 502, 503, 504]
const longestWaitMs = 60_000
const tries = 5

/** A connection for reading: the object itself cannot write. */
export function openReader(options: RemoteOptions): Reader {
  const { version, get, ask } = openWriter(options)
  return { version, get, ask }
}

export function openWriter(options: RemoteOptions): Writer {
  const gate = openGate(options)
  const client = createClient(options, gate)
  const base = options.url.replace(/\/+$/, '')
  const request = (method: string, path: string, sent: Sent = {}): Promise<Answer> => {
    const search = new URLSearchParams(sent.query).toString()
    const url = `${base}${path}${search === '' ? '' : `?${search}`}`
    return gate.run(() => attempt(client, options, method, path, url, sent))
  }
  return {
    version: options.version,
    get: (path, query = {}) => request('GET', path, { query }),
    ask(path, body) {
      if (!/^\/api\/connections\/[^/]+\/(source|target)\/fields$/.test(path))
        throw new Error(`${path} is not a question`)
      return request('POST', path, { body })
    },
    send: request,
    sleep: options.sleep
  }
}

function createClient(options: RemoteOptions, gate: Gate): KyInstance {
  return ky.create({
    fetch: (input, init) => options.fetch(new Request(input, init)),
    redirect: 'manual',
    timeout: options.timeoutMs,
    // Bodies are read in a hook, which has no timeout of its own.
    totalTimeout: Math.min(2_147_483_647, (options.timeoutMs + longestWaitMs) * (tries + 1)),
    headers: {
      accept: 'application/json',
      authorization: options.authorization,
      'x-polytomic-version': options.version,
      'user-agent': 'polyctl'
    },
    hooks: {
      beforeRequest: [() => gate.open()],
      beforeRetry: [
        ({ error, request }) => {
          // A refusal for too many requests may be recorded under its key, and would be answered again.
          if (statusOf(error) === 429 && request.headers.has('idempotency-key'))
            request.headers.set('idempotency-key', options.newKey())
          return gate.open()
        }
      ],
      afterResponse: [
        async ({ request, response }) => {
          options.trace?.(`${request.method} ${new URL(request.url).pathname} ${response.status}`)
          if (response.status === 429) gate.slowDown(response.headers)
          else gate.fine()
          return await wholeBody(request, response)
        }
      ]
    }
  })
}

/** An answer cut off in its middle is no answer: questions are asked again, and an unsure write is told as such. */
async function wholeBody(
  request: Request,
  response: Response
): Promise<Response | ReturnType<typeof ky.retry>> {
  if (response.body === null) return response
  try {
    const text = await response.text()
    const empty = [204, 205, 304].includes(response.status)
    return new Response(empty ? null : text, { status: response.status, headers: response.headers })
  } catch {
    if (request.method === 'GET') return ky.retry()
    throw new CutOff()
  }
}

class CutOff extends Error {
  override name = 'CutOff'
}

async function attempt(
  client: KyInstance,
  options: RemoteOptions,
  method: string,
  path: string,
  url: string,
  sent: Sent
): Promise<Answer> {
  const request = `${method} ${path}`
  try {
    const response = await client(url, { method, ...bodyOf(sent), ...retryOf(method, options) })
    return understood(await response.text(), response.status, request)
  } catch (error) {
    return { ok: false, failure: failureOf(error, request, sent.secrets ?? []) }
  }
}

function bodyOf(sent: Sent): Options {
  return sent.body === undefined ? {} : { json: sent.body }
}

/**
 * Reads, PUT and DELETE may be repeated. A POST is repeated only while nothing was answered (under the same key, so that the service can
 * tell it is the same), when the service says that the first one is still under way, or when it took nothing on.
 */
function retryOf(method: string, options: RemoteOptions): Options {
  const common = {
    limit: tries,
    statusCodes: retriedStatuses,
    afterStatusCodes: [408, 425, 429, 503],
    delay: (count: number) => options.backoffMs * 2 ** (count - 1),
    maxRetryAfter: longestWaitMs,
    backoffLimit: 10_000,
    jitter: true,
    retryOnTimeout: true
  }
  if (method !== 'POST') {
    // Where nobody listens, waiting long does not help: the address is probably wrong.
    const hopeless = (error: Error, count: number) =>
      error instanceof NetworkError && refusedConnection(error) && count > 2
    const shouldRetry = ({ error, retryCount }: { error: Error; retryCount: number }) =>
      hopeless(error, retryCount) ? false : undefined
    return { retry: { ...common, methods: ['get', 'put', 'patch', 'delete'], shouldRetry } }
  }
  const again = (error: Error) =>
    error instanceof NetworkError ||
    error instanceof TimeoutError ||
    [409, 429].includes(statusOf(error) ?? 0)
  return {
    headers: { 'idempotency-key': options.newKey() },
    retry: {
      ...common,
      statusCodes: [409, 429],
      methods: ['post'],
      shouldRetry: ({ error }) => again(error)
    }
  }
}

function statusOf(error: unknown): number | undefined {
  return error instanceof HTTPError ? error.response.status : undefined
}

function understood(text: string, status: number, request: string): Answer {
  if (text.trim() === '') return { ok: true, status, body: undefined }
  try {
    return { ok: true, status, body: JSON.parse(text) as Json }
  } catch {
    const start = text.trim().slice(0, 60).replaceAll(/\s+/g, ' ')
    return {
      ok: false,
      failure: {
        code: 'P610',
        request,
        status,
        words: `not JSON; it begins with \`${start}\``,
        refused: false
      }
    }
  }
}

function failureOf(error: unknown, request: string, secrets: readonly string[]): Failure {
  if (error instanceof HTTPError) {
    const status = error.response.status
    const body: unknown = error.data
    const location = error.response.headers.get('location')
    const fallback = typeof body === 'string' ? body.trim().slice(0, 200) : ''
    const words =
      location !== null && status < 400
        ? `to ${location}`
        : (wordsOf(body) ?? (fallback || 'it gives no reason'))
    const metadata =
      typeof body === 'object' && body !== null ? (body as JsonObject)['metadata'] : undefined
    return {
      code: codeOf(status),
      request,
      status,
      words: withoutSecrets(words, secrets),
      refused: status < 500 && status !== 408,
      ...(metadata === undefined ? {} : { metadata })
    }
  }
  if (error instanceof TimeoutError)
    return { code: 'P613', request, words: 'no answer in time', refused: false }
  if (error instanceof NetworkError)
    return { code: 'P603', request, words: reasonOf(error), refused: refusedConnection(error) }
  if (error instanceof CutOff)
    return { code: 'P602', request, words: 'the answer was cut off', refused: false }
  throw error
}

/** Node hides the reason (`ECONNREFUSED 127.0.0.1:1`) in the cause of the cause. */
function reasonOf(error: Error): string {
  let reason: unknown = error
  while (reason instanceof Error && reason.cause instanceof Error) reason = reason.cause
  const { message, code } = reason as { message?: string; code?: string }
  return message !== undefined && message !== '' ? message : (code ?? 'the connection failed')
}

/** Nobody listened, or there is no such host: then nothing was done either. */
function refusedConnection(error: Error): boolean {
  return /ECONNREFUSED|ENOTFOUND|EAI_AGAIN/.test(reasonOf(error))
}
