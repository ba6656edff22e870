import type { ApiVersion } from '../wire/common.ts'
import { errorBody, type Refusal } from './refusal.ts'

/**
 * The answer of a handler: status 200 and JSON unless it says otherwise. Without `body` and `html` it is
 * empty.
 */
export interface RouteResult {
  status?: number
  body?: object
  /** A page for a person instead of JSON. */
  html?: string
  headers?: Record<string, string>
}

/** An answer in serialized form: it is sent, and replayed for an idempotency key. */
export interface SerializedResponse {
  status: number
  headers: Record<string, string>
  body: string
}

/** Serializes an answer: the one place where status, headers and body come together. */
export function serialized(answer: RouteResult, version: ApiVersion): SerializedResponse {
  const headers: Record<string, string> = { 'x-polytomic-version': version }
  let body = ''
  if (answer.html !== undefined) {
    headers['content-type'] = 'text/html; charset=utf-8'
    body = answer.html
  } else if (answer.body !== undefined) {
    headers['content-type'] = 'application/json'
    body = JSON.stringify(answer.body)
  }
  return { status: answer.status ?? 200, headers: { ...headers, ...answer.headers }, body }
}

/** Returns the error envelope of a refusal as an answer. */
export function refused(refusal: Refusal, version: ApiVersion): SerializedResponse {
  return serialized(
    { status: refusal.status, body: errorBody(refusal, version), headers: { ...refusal.headers } },
    version
  )
}

/** Wraps a value in `{data}`, the envelope of nearly every success. */
export function data(value: unknown, more: object = {}): RouteResult {
  return { body: { data: value, ...more } }
}

/** Makes a new `Response`; its body is left out where HTTP allows none. */
export function toResponse(answer: SerializedResponse): Response {
  const bodiless = [204, 205, 304].includes(answer.status)
  return new Response(bodiless || answer.body === '' ? null : answer.body, {
    status: answer.status,
    headers: answer.headers
  })
}
