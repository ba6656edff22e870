import { HTTPError, NetworkError, type Options } from 'ky'
import type { JsonObject } from '../state/value.ts'
import { BeyondBounds } from './bounds.ts'
import { openBudget, type Budget } from './budget.ts'
import type { RequestResult, Failure } from './failure.ts'
import { namedPauseMs, type Gate } from './gate.ts'
import { refusedConnection, refusedForGood } from './network-error.ts'
import type { RemoteOptions } from './options.ts'
import { bounds, type Course, type Tried } from './policy.ts'

/** The query of a URL, not encoded yet. */
export type Query = Record<string, string>

/** What a request may wait for in addition to what all requests may. */
export interface Patience {
  /** Parts of messages of refusals that mean: the source is still being read, try again later. */
  retryableMessages?: readonly string[]
  /** The budget of the operation that this request is a part of. */
  budget?: Budget
}

/** The idempotency keys of a create: which one the next try carries. */
export interface Keys {
  current(course: Course<Failure>): string
}

/** The body and the options of a request. Without a body nothing is sent, not even `{}`. */
export interface RequestOptions extends Patience {
  query?: Query
  /** For a POST that creates something. Absent: one key for all its tries. */
  keys?: Keys
  /** True for a POST that may be sent twice as well as once. */
  repeatable?: true
  /**
   * For a POST that starts something of which one runs at a time: a lost try is repeated under the same key,
   * and 409 says that one runs already, which no other try would change.
   */
  startsOnce?: true
  body?: JsonObject
  /** Values in the body that must not be shown, whatever the service answers. */
  secrets?: readonly string[]
}

/** One request, for all of its tries. */
export interface Attempt {
  method: string
  url: string
  /** `POST /api/syncs` */
  line: string
  sent: RequestOptions
  /** True where it creates something: two requests then create two. */
  creates: boolean
  keys?: Keys
}

/** The connection that requests use. */
export interface Link {
  /** Sends one try, which `cut` ends. Errors are thrown, and `failure` classifies them. */
  send(attempt: Attempt, options: Options, cut: AbortController): Promise<RequestResult>
  failure(error: unknown, attempt: Attempt): Failure
  options: RemoteOptions
  gate: Gate
  /** Fires when running requests are not waited for any longer. */
  ended: AbortSignal
}

/**
 * Returns a signal that fires a few seconds after an interrupt: running requests have that long to end. It
 * fires at once when no answer is needed any more.
 */
export function endOf({ stop, unwanted, sleep }: RemoteOptions): AbortSignal {
  const end = new AbortController()
  const ending = (): void => {
    if (!end.signal.aborted) void sleep(bounds.graceMs).then(() => end.abort())
  }
  if (unwanted?.aborted === true) end.abort()
  else unwanted?.addEventListener('abort', () => end.abort(), { once: true })
  if (stop?.aborted === true) ending()
  else stop?.addEventListener('abort', ending, { once: true })
  return end.signal
}

type Failed = Extract<RequestResult, { ok: false }>

type Come = { answer: RequestResult } | { tried: Tried<Failure> }

/**
 * Carries out a request with all its tries. While a source is being read, its request leaves the gate to
 * others.
 */
export async function carried(attempt: Attempt, link: Link): Promise<RequestResult> {
  const { options, gate } = link
  let budget = attempt.sent.budget
  for (;;) {
    const come = await gate.run(async () => {
      budget ??= openBudget(options)
      return await tries(attempt, link, budget)
    })
    if ('answer' in come) return come.answer
    const { failure } = come.tried
    const note = (ms: number): void =>
      options.note?.(
        `the service is still reading the source (${failure.words}): again in ${Math.round(ms / 1000)} s`
      )
    if (!(await budget!.again(come.tried, note))) return ended(budget!, options)
  }
}

async function tries(attempt: Attempt, link: Link, budget: Budget): Promise<Come> {
  const { gate, options } = link
  let isProbe = false
  for (;;) {
    const over = isProbe ? undefined : await gate.outage.wait(options.stop)
    if (over) return { answer: { ok: false, failure: afterProbe(over, attempt, budget.course) } }
    const open = await gate.open(options.stop)
    const come = open ? await once(attempt, link, budget) : { tried: shut(attempt.line, budget.course) }
    isProbe = gate.outage.record('tried' in come ? come.tried : undefined, isProbe)
    if ('answer' in come || come.tried.is === 'reading') return come
    if (await budget.again(come.tried)) continue
    const answer = ended(budget, options)
    if (isProbe) gate.outage.giveUp(answer.failure)
    return { answer }
  }
}

/** Returns the failure of a request that another one was tried for. */
function afterProbe(over: Failure, { line }: Attempt, { unsure }: Course<Failure>): Failure {
  return { ...over, request: line, ...(unsure ? { refused: false } : {}) }
}

/** Returns the result of an interrupt while the gate was closed: nothing was sent. */
function shut(request: string, { last }: Course<Failure>): Tried<Failure> {
  const failure: Failure = { code: 'P608', request, words: 'it asked to wait', refused: true, usedBy: [] }
  return { is: 'final', failure: last ?? failure }
}

/**
 * Returns the failure to report: the last one, and whether the request may have been carried out all the
 * same.
 */
function ended({ course, elapsedMs }: Budget, { stop }: RemoteOptions): Failed {
  const failure = course.last!
  const more = {
    ...(course.waited > 0 ? { waitedMs: elapsedMs() } : {}),
    ...(stop?.aborted === true ? { interrupted: true as const } : {})
  }
  const open = course.unsure ? { refused: false, usedBy: [] } : {}
  return { ok: false, failure: { ...failure, ...more, ...open } }
}

/** Sends one try, and classifies its result. */
async function once(attempt: Attempt, link: Link, budget: Budget): Promise<Come> {
  const { method, line, sent, keys } = attempt
  if (link.ended.aborted) return { tried: { is: 'final', failure: stopped(line, true) } }
  const { promise: gaveUp, reject } = Promise.withResolvers<never>()
  // Each try has a signal of its own: what follows the common one stays with it until that one fires.
  const cut = new AbortController()
  const giveUp = (): void => {
    reject(new Interrupted('interrupted'))
    cut.abort()
  }
  link.ended.addEventListener('abort', giveUp, { once: true })
  try {
    const options: Options = {
      method,
      ...(sent.body === undefined ? {} : { json: sent.body }),
      ...(keys ? { headers: { 'idempotency-key': keys.current(budget.course) } } : {})
    }
    return { answer: await Promise.race([link.send(attempt, options, cut), gaveUp]) }
  } catch (error) {
    if (link.ended.aborted) return { tried: { is: 'final', failure: stopped(line, false) } }
    return { tried: triedBy(error, attempt, link.failure(error, attempt), link) }
  } finally {
    link.ended.removeEventListener('abort', giveUp)
  }
}

/** Thrown when an interrupt ends a running request. */
class Interrupted extends Error {
  override name = 'Interrupted'
}

function stopped(request: string, refused: boolean): Failure {
  const words = refused ? 'interrupted before it was sent' : 'interrupted before it was answered'
  return { code: 'P613', request, words, refused, usedBy: [], interrupted: true }
}

const passing = new Set([408, 425, 500, 502, 503, 504])

/** Classifies a failed try. A create that may have been carried out is not repeated here. */
function triedBy(
  error: unknown,
  { method, sent, creates }: Attempt,
  failure: Failure,
  link: Link
): Tried<Failure> {
  if (error instanceof BeyondBounds) return { is: 'final', failure }
  if (!(error instanceof HTTPError)) {
    if (error instanceof NetworkError && refusedForGood(error)) return { is: 'final', failure }
    if (error instanceof NetworkError && refusedConnection(error)) return { is: 'unreached', failure }
    return { is: creates ? 'final' : 'lost', failure }
  }
  const { status, headers } = error.response
  if (status === 429) return { is: 'throttled', failure, ...link.gate.slowDown(headers) }
  if (isReading(failure, sent.retryableMessages))
    return { is: 'reading', failure: { ...failure, code: 'P621' } }
  if (status === 409 && method !== 'GET')
    return { is: sent.startsOnce === true ? 'final' : 'busy', failure }
  if (creates || !passing.has(status)) return { is: 'final', failure }
  const pauseMs = afterStatuses.has(status) ? namedPauseMs(headers, link.options.now()) : 0
  return { is: 'failed', failure, pauseMs }
}

/** The statuses whose Retry-After is respected. */
const afterStatuses = new Set([408, 425, 503])

function isReading({ status, words }: Failure, messages: readonly string[] = []): boolean {
  if (status !== 400 && status !== 422) return false
  const text = words.toLowerCase()
  return messages.some((message) => text.includes(message))
}
