import type { Failure, RequestResult } from '../../src/remote/failure.ts'
import type { Json } from '../../src/state/value.ts'

/** What a request ends with, as the transport gives it. */

/** A failure of a create; `more` replaces parts. */
export function failure(status: number | undefined, more: Partial<Failure> = {}): Failure {
  const plain = {
    code: 'P609' as const,
    request: 'POST /api/syncs',
    words: 'w',
    refused: false,
    usedBy: []
  }
  return { ...plain, ...(status === undefined ? {} : { status }), ...more }
}

/** The result of a request that failed. */
export function failed(status: number | undefined, more: Partial<Failure> = {}): RequestResult {
  return { ok: false, failure: failure(status, more) }
}

/** The result of a request that was answered, `at` the clock of the service in milliseconds. */
export function done(data: Json, at = 0): RequestResult {
  return { ok: true, status: 200, body: { data }, at }
}
