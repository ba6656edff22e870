import ky, { HTTPError, NetworkError, TimeoutError, type KyInstance } from 'ky'
import type { ApiVersion } from '../wire/common.ts'
import type { Json, JsonObject } from '../state/value.ts'
import { openBudget, type Budget } from './budget.ts'
import { slept } from './pause.ts'
import { openGate, type Gate } from './gate.ts'
import { codeOf, withoutSecrets, usersOf, wordsOf, type Answer, type Failure } from './failure.ts'
import { CutOff, reasonOf, refusedConnection } from './network-error.ts'
import type { RemoteOptions } from './options.ts'
import {
  carried,
  endOf,
  type Attempt,
  type Keys,
  type Link,
  type Patience,
  type Query,
  type Sent
} from './tries.ts'

/** What a command that only reads may do. It has no way to send a write. */
export interface Reader {
  readonly version: ApiVersion
  get(path: string, query?: Query, patience?: Patience): Promise<Answer>
  /** A question that old versions ask with POST. Only the enumeration paths are let through. */
  ask(path: string, body: JsonObject): Promise<Answer>
  /** `GET /api/me`, asked once however often it is needed. */
  me(): Promise<Answer>
  /** What an operation of several requests may spend on waiting. */
  budget(): Budget
  /** Waits, so that tests need not; false when the person stopped it before. */
  sleep(ms: number): Promise<boolean>
}

/** A reader that may also change things; only what applies or connects is handed one. */
export interface Writer extends Reader {
  send(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, sent?: Sent): Promise<Answer>
  /** A fresh idempotency key. */
  newKey(): string
}

/** A connection for reading: the object itself cannot write. */
export function openReader(options: RemoteOptions): Reader {
  const { send: _send, newKey: _newKey, ...reader } = openWriter(options)
  return reader
}

/** Sends nothing yet. A path in the base address is kept, for services that stand behind a proxy. */
export function openWriter(options: RemoteOptions): Writer {
  const gate = options.gate ?? openGate(options)
  const client = createClient(options, gate)
  const link: Link = {
    async send({ url, line, sent }, how) {
      const response = await client(url, how)
      const answer = understood(await response.text(), response.status, line, sent.secrets ?? [])
      return answer.ok ? { ...answer, at: servicesTime(response.headers) ?? options.now() } : answer
    },
    failure: (error, { line, sent }) => failureOf(error, line, sent.secrets ?? []),
    options,
    gate,
    ended: endOf(options)
  }
  const base = options.url.replace(/\/+$/, '')
  const request = async (method: string, path: string, sent: Sent = {}, asks = false): Promise<Answer> => {
    const search = new URLSearchParams(sent.query).toString()
    const url = `${base}${path}${search === '' ? '' : `?${search}`}`
    const creates = method === 'POST' && !asks && sent.repeatable !== true
    const attempt: Attempt = { method, url, line: `${method} ${path}`, sent, creates }
    if (creates) attempt.keys = sent.keys ?? oneKey(options.newKey())
    return await carried(attempt, link)
  }
  let identity: Promise<Answer> | undefined
  return {
    version: options.version,
    get: (path, query = {}, patience = {}) => request('GET', path, { query, ...patience }),
    me: () => (identity ??= request('GET', '/api/me')),
    ask(path, body) {
      if (!/^\/api\/connections\/[^/]+\/(source|target)\/fields$/.test(path))
        throw new Error(`${path} is not a question`)
      return request('POST', path, { body }, true)
    },
    send: request,
    newKey: options.newKey,
    budget: () => openBudget(options),
    sleep: (ms) => slept(ms, options)
  }
}

function oneKey(key: string): Keys {
  return { current: () => key }
}

function createClient(options: RemoteOptions, gate: Gate): KyInstance {
  return ky.create({
    fetch: (input, init) => answered(new Request(input, init), options, gate),
    redirect: 'manual',
    timeout: options.timeoutMs,
    // When it is tried again is for the policy to say, which knows of everything else that is waited for.
    retry: 0,
    headers: {
      accept: 'application/json',
      authorization: options.authorization,
      'x-polytomic-version': options.version,
      'user-agent': 'polyctl'
    }
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
    if (response.status !== 429) gate.fine()
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

/** What the clock of the service says, to the second. */
function servicesTime(headers: Headers): number | undefined {
  const date = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(date) ? undefined : date
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
