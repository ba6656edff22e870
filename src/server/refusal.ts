import type { ApiVersion, JsonObject } from '../wire/common.ts'

/** A refusal. Handlers throw it; it becomes the error envelope of the API in one place. */
export class Refusal extends Error {
  readonly status: number
  readonly key: string
  readonly metadata: JsonObject | undefined
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    key: string,
    message: string,
    more: { metadata?: JsonObject; headers?: Record<string, string> } = {}
  ) {
    super(message)
    this.status = status
    this.key = key
    this.metadata = more.metadata
    this.headers = more.headers ?? {}
  }
}

/** Returns a 422 that names the field, both in the message and in `metadata.field`. */
export function invalid(field: string, problem: string, status = 422): Refusal {
  return new Refusal(status, 'invalid', `${field} ${problem}`, { metadata: { field } })
}

/** Returns a 404 for a thing that does not exist, or not for this caller. */
export function notFound(what: string, id: string): Refusal {
  return new Refusal(404, 'not_found', `there is no ${what.replaceAll('_', ' ')} ${id}`, {
    metadata: { type: what, id }
  })
}

/** Returns a 403: the key is valid, and does not permit this. */
export function forbidden(message: string): Refusal {
  return new Refusal(403, 'forbidden', message)
}

const statusTexts: Readonly<Record<number, string>> = { 401: 'Unauthorized' }

/**
 * Returns the error body. Versions before 2025-09-18 answer 401 in an older shape; `message` exists in
 * both.
 */
export function errorBody(refusal: Refusal, version: ApiVersion): JsonObject {
  if (refusal.status === 401 && version !== '2025-09-18') {
    return {
      code: 401,
      status: statusTexts[401] ?? '',
      error: refusal.message,
      context: refusal.metadata ?? {},
      key: refusal.key,
      message: refusal.message
    }
  }
  return {
    status: refusal.status,
    key: refusal.key,
    message: refusal.message,
    ...(refusal.metadata === undefined ? {} : { metadata: refusal.metadata })
  }
}
