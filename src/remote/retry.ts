import { HTTPError, NetworkError, TimeoutError, type Options } from 'ky'
import type { RemoteOptions } from './options.ts'

/** What the tries of one request have told so far. */
export interface Course {
  /** A try was not answered: it may have been carried out all the same. */
  unsure: boolean
  /** Tries that failed, not counting those that the service only put off. */
  failures: number
}

/** An answer that broke off in its middle. */
export class CutOff extends Error {
  override name = 'CutOff'
}

type Tries = Options & { course: Course }
type Timing = Pick<RemoteOptions, 'backoffMs' | 'newKey'>

/** How often a request is repeated after its first try. */
export const tries = 5
/** To be told to wait is no failure: it is borne longer. */
const throttledTries = 15

/**
 * No single wait is longer, whatever the service asks for: a pipeline that stands still looks like one that
 * hangs.
 */
export const longestWaitMs = 60_000
const retriedStatuses = [408, 425, 429, 500, 502, 503, 504]

/** Reads, PUT and DELETE: to do them twice is to do them once. */
export function repeating({ backoffMs }: Timing): Tries {
  const course: Course = { unsure: false, failures: 0 }
  const shouldRetry = ({ error, retryCount }: { error: Error; retryCount: number }) => {
    course.unsure ||= unanswered(error)
    if (isSpent(course, error)) return false
    // Where nobody listens, waiting long does not help: the address is probably wrong.
    const hopeless = error instanceof NetworkError && refusedConnection(error) && retryCount > 2
    return hopeless ? false : undefined
  }
  return { course, retry: { ...common(backoffMs), statusCodes: retriedStatuses, shouldRetry } }
}

/**
 * A create is repeated only while nothing was answered (under the same key, so that the service can tell
 * it is the same), when the service says that the first one is still under way, or when it took nothing
 * on.
 */
export function creating({ backoffMs, newKey }: Timing): Tries {
  const course: Course = { unsure: false, failures: 0 }
  const shouldRetry = ({ error }: { error: Error }) => {
    course.unsure ||= unanswered(error)
    if (isSpent(course, error)) return false
    // It was carried out, most likely: who looks for it finds it.
    return error.cause instanceof CutOff ? false : undefined
  }
  return {
    course,
    headers: { 'idempotency-key': newKey() },
    retry: { ...common(backoffMs), statusCodes: [409, 429], shouldRetry },
    hooks: {
      beforeRetry: [
        ({ error, request }) => {
          // A refusal for too many requests may be recorded under its key, and would be answered again.
          // But a key that an unanswered try went out with is the only thing that keeps the service from
          // doing it twice.
          if (isThrottled(error) && !course.unsure) request.headers.set('idempotency-key', newKey())
        }
      ]
    }
  }
}

function common(backoffMs: number): Exclude<Options['retry'], number | undefined> {
  return {
    limit: throttledTries,
    methods: ['get', 'post', 'put', 'patch', 'delete'],
    afterStatusCodes: [408, 425, 429, 503],
    delay: (count: number) => backoffMs * 2 ** (Math.min(count, tries) - 1),
    maxRetryAfter: longestWaitMs,
    backoffLimit: 10_000,
    jitter: true,
    retryOnTimeout: true
  }
}

function isThrottled(error: Error): boolean {
  return error instanceof HTTPError && error.response.status === 429
}

/** Counts a failed try; true when there have been enough. */
function isSpent(course: Course, error: Error): boolean {
  if (!isThrottled(error)) course.failures += 1
  return course.failures > tries
}

function unanswered(error: Error): boolean {
  return error instanceof TimeoutError || (error instanceof NetworkError && !refusedConnection(error))
}

/** Nobody listened, or there is no such host: then nothing was done either. */
export function refusedConnection(error: Error): boolean {
  return /ECONNREFUSED|ENOTFOUND|EAI_AGAIN/.test(reasonOf(error))
}

/** Node hides the reason (`ECONNREFUSED 127.0.0.1:1`) in the cause of the cause. */
export function reasonOf(error: Error): string {
  let reason: unknown = error
  while (reason instanceof Error && !(reason instanceof CutOff) && reason.cause instanceof Error)
    reason = reason.cause
  const { message, code } = reason as { message?: string; code?: string }
  return message !== undefined && message !== '' ? message : (code ?? 'the connection failed')
}
