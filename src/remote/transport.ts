import ky, { HTTPError, NetworkError, TimeoutError, type KyInstance, type Options } from 'ky'
import type { ApiVersion } from '../wire/common.ts'
import type { Json, JsonObject } from '../state/value.ts'
import { openGate, type Gate } from './gate.ts'
import { codeOf, withoutSecrets, usersOf, wordsOf, type Answer, type Failure } from './failure.ts'
import type { RemoteOptions } from './options.ts'
import {
  creating,
  CutOff,
  longestWaitMs,
  reasonOf,
  refusedConnection,
  repeating,
  tries,
  type Course
} from './retry.ts'

/** What a command that only reads may do. It has no way to send a write. */
export interface Reader {
  readonly version: ApiVersion
  get(path: string, query?: Query): Promise<Answer>
  /** A question that old versions ask with POST. Only the enumeration paths are let through. */
  ask(path: string, body: JsonObject): Promise<Answer>
  /** `GET /api/me`, asked once however often it is needed. */
  me(): Promise<Answer>
  /** The clock by which it is waited, so that tests need not. */
  sleep(ms: number): Promise<void>
  /** Tells the person why it takes a while. */
  note(text: string): void
}

/** A reader that may also change things; only what applies or connects is handed one. */
export interface Writer extends Reader {
  send(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, sent?: Sent): Promise<Answer>
}

/** What stands behind the `?`, not encoded yet. */
export type Query = Record<string, string>

/** What goes along with a request. Without a body nothing is sent, not even `{}`. */
export interface Sent {
  query?: Query
  body?: JsonObject
  /** Values in the body that must not be told, whatever the service answers. */
  secrets?: readonly string[]
}

const longestTotalMs = 2_147_483_647

/** A connection for reading: the object itself cannot write. */
export function openReader(options: RemoteOptions): Reader {
  const { send: _send, ...reader } = openWriter(options)
  return reader
}

/** Sends nothing yet. A path in the base address is kept, for services that stand behind a proxy. */
export function openWriter(options: RemoteOptions): Writer {
  const gate = options.gate ?? openGate(options)
  const client = createClient(options, gate)
  const base = options.url.replace(/\/+$/, '')
  const request = (method: string, path: string, sent: Sent = {}, asks = false): Promise<Answer> => {
    const search = new URLSearchParams(sent.query).toString()
    const url = `${base}${path}${search === '' ? '' : `?${search}`}`
    const retry = method === 'POST' && !asks ? creating(options) : repeating(options)
    return gate.run(() => attempt(client, `${method} ${path}`, url, sent, { method, ...retry }))
  }
  let identity: Promise<Answer> | undefined
  return {
    version: options.version,
    get: (path, query = {}) => request('GET', path, { query }),
    me: () => (identity ??= request('GET', '/api/me')),
    ask(path, body) {
      if (!/^\/api\/connections\/[^/]+\/(source|target)\/fields$/.test(path))
        throw new Error(`${path} is not a question`)
      return request('POST', path, { body }, true)
    },
    send: request,
    sleep: options.sleep,
    note: (text) => options.note?.(text)
  }
}

function createClient(options: RemoteOptions, gate: Gate): KyInstance {
  return ky.create({
    fetch: (input, init) => answered(new Request(input, init), options, gate),
    redirect: 'manual',
    timeout: options.timeoutMs,
    totalTimeout: Math.min(longestTotalMs, (options.timeoutMs + longestWaitMs) * (tries + 1)),
    headers: {
      accept: 'application/json',
      authorization: options.authorization,
      'x-polytomic-version': options.version,
      'user-agent': 'polyctl'
    },
    hooks: { beforeRequest: [() => gate.open()], beforeRetry: [() => gate.open()] }
  })
}

/**
 * One try. The answer counts when it is here in full, so that its body is under the timeout of the try
 * too.
 */
async function answered(request: Request, options: RemoteOptions, gate: Gate): Promise<Response> {
  const line = `${request.method} ${new URL(request.url).pathname}`
  try {
    const response = await whole(request, await options.fetch(request))
    options.trace?.(`${line} ${response.status}`)
    if (response.status === 429) gate.slowDown(response.headers)
    else gate.fine()
    return response
  } catch (error) {
    options.trace?.(`${line} no answer`)
    throw error
  }
}

async function whole(request: Request, response: Response): Promise<Response> {
  if (response.body === null) return response
  const { status, headers } = response
  try {
    const text = await response.text()
    return new Response([204, 205, 304].includes(status) ? null : text, { status, headers })
  } catch (cause) {
    throw new NetworkError(request, { cause: new CutOff('the answer was cut off', { cause }) })
  }
}

async function attempt(
  client: KyInstance,
  request: string,
  url: string,
  sent: Sent,
  { course, ...options }: Options & { course: Course }
): Promise<Answer> {
  const secrets = sent.secrets ?? []
  try {
    const body = sent.body === undefined ? {} : { json: sent.body }
    const response = await client(url, { ...options, ...body })
    return understood(await response.text(), response.status, request, secrets)
  } catch (error) {
    const failure = failureOf(error, request, secrets)
    // Whatever was answered last: a try before it may have been carried out.
    return { ok: false, failure: course.unsure ? { ...failure, refused: false, usedBy: [] } : failure }
  }
}

function understood(text: string, status: number, request: string, secrets: readonly string[]): Answer {
  if (text.trim() === '') return { ok: true, status, body: undefined }
  try {
    return { ok: true, status, body: JSON.parse(text) as Json }
  } catch {
    const start = withoutSecrets(text.trim(), secrets).slice(0, 60).replaceAll(/\s+/g, ' ')
    return {
      ok: false,
      failure: {
        code: 'P610',
        request,
        status,
        words: `not JSON; it begins with \`${start}\``,
        refused: false,
        usedBy: []
      }
    }
  }
}

function failureOf(error: unknown, request: string, secrets: readonly string[]): Failure {
  if (error instanceof HTTPError) {
    const status = error.response.status
    const body: unknown = error.data
    const location = error.response.headers.get('location')
    const fallback = typeof body === 'string' ? withoutSecrets(body.trim(), secrets).slice(0, 200) : ''
    const words =
      location !== null && status < 400
        ? `to ${location}`
        : (wordsOf(body) ?? (fallback || 'it gives no reason'))
    return {
      code: codeOf(status),
      request,
      status,
      words: withoutSecrets(words, secrets),
      refused: status < 500 && status !== 408,
      usedBy: usersOf(body).map((user) => withoutSecrets(user, secrets))
    }
  }
  if (error instanceof TimeoutError)
    return { code: 'P613', request, words: 'no answer in time', refused: false, usedBy: [] }
  if (error instanceof NetworkError)
    return { code: 'P603', request, words: reasonOf(error), refused: refusedConnection(error), usedBy: [] }
  throw error
}
