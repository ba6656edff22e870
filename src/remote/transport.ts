import { HTTPError, NetworkError, TimeoutError } from 'ky'
import type { ApiVersion } from '../wire/common.ts'
import { boundedJson } from '../state/json-text.ts'
import { openRedaction, type Redaction } from '../state/redaction.ts'
import type { JsonObject } from '../state/value.ts'
import { openBudget, type Budget } from './budget.ts'
import { slept } from './pause.ts'
import { openGate } from './gate.ts'
import { BeyondBounds, cutWords } from './bounds.ts'
import { openClient } from './client.ts'
import { codeOf, usersOf, wordsOf, type RequestResult, type Failure } from './failure.ts'
import { explained, refusedConnection, refusedForGood, type Explained, type Way } from './network-error.ts'
import { identityPath, type RemoteOptions } from './options.ts'
import {
  carried,
  endOf,
  type Attempt,
  type Keys,
  type Link,
  type Patience,
  type Query,
  type RequestOptions
} from './tries.ts'

/** The connection of a command that only reads. It has no method that writes. */
export interface Reader {
  readonly version: ApiVersion
  get(path: string, query?: Query, patience?: Patience): Promise<RequestResult>
  /** A read that old versions of the API do with POST. Only paths that ask are allowed. */
  ask(path: string, body: JsonObject, patience?: Patience): Promise<RequestResult>
  /** `GET /api/me`, requested once and cached. */
  me(): Promise<RequestResult>
  /** Opens the budget of an operation of several requests. */
  budget(): Budget
  /** Waits so many milliseconds. False when an interrupt came before. */
  sleep(ms: number): Promise<boolean>
  /** Redacts a message of the service, and cuts it to a readable length. */
  words(text: string): string
  /** Shows a remark on what takes a while. */
  note(text: string): void
  /** Reports how many resources of a kind were requested, of how many. */
  reading(kind: string, done: number, of: number): void
}

/** A connection that can also write; only commands that apply or connect get one. */
export interface Writer extends Reader {
  send(
    method: 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    sent?: RequestOptions
  ): Promise<RequestResult>
  /** A fresh idempotency key. */
  newKey(): string
  /** The time of the service in milliseconds since 1970, as its last answer told it; else of this machine. */
  now(): number
}

/** R32: Opens a connection for reading: the object itself has no way to write. */
export function openReader(options: RemoteOptions): Reader {
  const { send: _send, newKey: _newKey, now: _now, ...reader } = openWriter(options)
  return reader
}

/**
 * Opens a connection for writing, and sends nothing yet. A path in the base URL is kept, for services
 * behind a proxy.
 */
export function openWriter(options: RemoteOptions): Writer {
  const gate = options.gate ?? openGate(options)
  const redaction = options.redaction ?? openRedaction()
  redaction.add(secretsOf(options.authorization))
  const client = openClient(options, gate)
  const clock = serviceClock(options.now)
  const link: Link = {
    async send({ url, line, sent }, how, cut) {
      redaction.add(sent.secrets ?? [])
      const { status, headers, text } = await client(url, how, cut)
      options.answered?.(headers)
      const answer = understood(text, status, line, redaction)
      if (!answer.ok) return answer
      return { ...answer, at: clock.read(headers), size: text.length }
    },
    failure: (error, { line, url }) =>
      failureOf(error, line, { url: new URL(url), proxy: options.proxy }, redaction),
    options,
    gate,
    ended: endOf(options)
  }
  const base = options.url.replace(/\/+$/, '')
  const request = async (
    method: string,
    path: string,
    sent: RequestOptions = {},
    asks = false
  ): Promise<RequestResult> => {
    const search = new URLSearchParams(sent.query).toString()
    const url = `${base}${path}${search === '' ? '' : `?${search}`}`
    const creates = method === 'POST' && !asks && sent.repeatable !== true && sent.startsOnce !== true
    const attempt: Attempt = { method, url, line: `${method} ${path}`, sent, creates }
    if (creates || sent.startsOnce === true) attempt.keys = sent.keys ?? oneKey(options.newKey())
    const answer = await carried(attempt, link)
    if (answer.ok || !isAboutAddress(answer.failure)) return answer
    const isByProxy = options.proxy !== undefined && answer.failure.code === 'P610'
    return {
      ok: false,
      failure: {
        ...answer.failure,
        address: addressOf(options),
        ...(isByProxy && {
          help: ['check the address (`--url` or POLYTOMIC_URL), and the proxy: it may answer']
        })
      }
    }
  }
  let identity: Promise<RequestResult> | undefined
  return {
    version: options.version,
    get: (path, query = {}, patience = {}) =>
      options.early?.take(path, query) ?? request('GET', path, { query, ...patience }),
    me: () => (identity ??= options.early?.take(identityPath, {}) ?? request('GET', identityPath)),
    ask(path, body, patience = {}) {
      if (!questions.test(path)) throw new Error(`${path} is not a question`)
      return request('POST', path, { body, ...patience }, true)
    },
    send(method, path, sent) {
      options.early?.drop()
      return request(method, path, sent)
    },
    newKey: options.newKey,
    now: clock.now,
    budget: () => openBudget(options),
    sleep: (ms) => slept(ms, options),
    words: (text) => toldOf(text, redaction),
    note: (text) => options.note?.(text),
    reading: (kind, done, of) => options.reading?.(kind, done, of)
  }
}

/** What a POST asks: fields, in old versions of the API, and previews of polyctl's own server. */
const questions = /^\/api(\/[^/]+){2,}\/(source|target)\/fields$|^\/polyctl\/([^/]+\/)*(previews|end)$/

/** The clock of the service, by the dates of its answers; of this machine until one has a date. */
function serviceClock(now: () => number): { read(headers: Pick<Headers, 'get'>): number; now(): number } {
  let ahead = 0
  return {
    read(headers) {
      const theirs = servicesTime(headers)
      if (theirs !== undefined) ahead = theirs - now()
      return theirs ?? now()
    },
    now: () => now() + ahead
  }
}

/** Whether a failure looks like a wrong address, or like the key of another service. */
function isAboutAddress({ code, interrupted }: Failure): boolean {
  return !interrupted && ['P603', 'P604', 'P610', 'P611', 'P613'].includes(code)
}

function addressOf({ url, namedBy, proxy }: RemoteOptions): string {
  const address = url.replace(/\/+$/, '')
  const by = namedBy === undefined ? '' : ` (from ${namedBy})`
  return `${address}${by}${proxy === undefined ? '' : `, by way of the proxy ${proxy}`}`
}

/** Returns the secrets in the `Authorization` header. */
function secretsOf(authorization: string): string[] {
  const [scheme = '', credentials = ''] = authorization.split(' ')
  if (scheme !== 'Basic') return [credentials]
  const pair = Buffer.from(credentials, 'base64').toString()
  return [credentials, pair, pair.slice(pair.indexOf(':') + 1)]
}

/** Redacts a message before it is cut, so that no part of a secret is left at its end. */
function toldOf(text: string, redaction: Redaction): string {
  return cutWords(redaction.words(text.slice(0, longestLookedThrough)))
}

/** Only so many characters are redacted and shown: more would take long. */
const longestLookedThrough = 20_000

/** The number of users of a resource that a refused deletion names at most. */
const mostUsers = 50

function oneKey(key: string): Keys {
  return { current: () => key }
}

/** Returns the time of the service from its headers, in milliseconds, exact to the second. */
function servicesTime(headers: Pick<Headers, 'get'>): number | undefined {
  const date = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(date) ? undefined : date
}

function understood(text: string, status: number, request: string, redaction: Redaction): RequestResult {
  if (text.trim() === '') return { ok: true, status, body: undefined }
  const read = boundedJson(text)
  if (read.ok) return { ok: true, status, body: read.value }
  const failure = { request, status, refused: false, usedBy: [] }
  if (read.beyond !== undefined)
    return { ok: false, failure: { code: 'P612', ...failure, words: read.beyond } }
  const words = pageOf(text, redaction) ?? `not JSON; it begins with \`${startOf(text, redaction)}\``
  return { ok: false, failure: { code: 'P610', ...failure, words } }
}

function startOf(text: string, redaction: Redaction): string {
  return toldOf(text.trimStart(), redaction).replaceAll(/\s+/g, ' ').slice(0, 60)
}

/** Returns the title of an HTML page; undefined for any other text. */
function pageOf(text: string, redaction: Redaction): string | undefined {
  if (!/^\s*(<!doctype html|<html|<head)/i.test(text)) return undefined
  // Redacted before the title is cut out, for that may cut a secret in two.
  const shown = redaction.words(text.slice(0, longestLookedThrough))
  const [, title = ''] = /<title[^>]*>([^<]*)/i.exec(shown) ?? []
  const known = startOf(title, redaction).trim()
  return known === '' ? 'a web page' : `a web page, \`${known}\``
}

function boundedOf(text: string): unknown {
  const read = boundedJson(text)
  return read.ok ? read.value : text
}

function failureOf(error: unknown, request: string, way: Way, redaction: Redaction): Failure {
  if (error instanceof HTTPError) {
    const { status, headers } = error.response
    const body: unknown = typeof error.data === 'string' ? boundedOf(error.data) : error.data
    const location = headers.get('location')
    const page = typeof body === 'string' ? pageOf(body, redaction) : undefined
    if (page !== undefined && (status === 404 || status === 405))
      return { code: 'P610', request, status, words: page, refused: true, usedBy: [] }
    if (typeof body === 'string' && wantsTls.test(body))
      return { code: 'P603', request, status, ...plainToTls(way.url), refused: true, usedBy: [] }
    const fallback = typeof body === 'string' ? toldOf(body.trim(), redaction).slice(0, 200) : ''
    const words =
      location !== null && status < 400
        ? `to ${location}`
        : (page ?? wordsOf(body) ?? (fallback || 'it gives no reason'))
    return {
      code: codeOf(status),
      request,
      status,
      words: toldOf(words, redaction),
      refused: status < 500 && status !== 408,
      usedBy: usersOf(body)
        .slice(0, mostUsers)
        .map((user) => toldOf(user, redaction))
    }
  }
  const unanswered = { request, refused: false, usedBy: [] }
  if (error instanceof BeyondBounds)
    return { code: 'P612', ...unanswered, status: error.status, words: error.message }
  if (error instanceof TimeoutError) return { code: 'P613', ...unanswered, words: 'no answer in time' }
  if (error instanceof NetworkError) {
    const { words, ...more } = explained(error, way)
    const refused = refusedConnection(error) || refusedForGood(error)
    return { code: 'P603', ...unanswered, words: toldOf(words, redaction), ...more, refused }
  }
  throw error
}

/** Answers of TLS servers to plain HTTP. */
const wantsTls = /plain HTTP request was sent to HTTPS|HTTP request to an HTTPS server/i

function plainToTls({ host }: URL): Explained {
  return { words: 'this port speaks TLS', help: [`write \`https://${host}\``] }
}
