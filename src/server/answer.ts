import type { ApiVersion } from '../wire/common.ts'
import { errorBody, type Refusal } from './refusal.ts'

/**
 * What a handler answers; status 200 and JSON unless it says otherwise. Without a body the answer is
 * empty.
 */
export interface RouteResult {
  status?: number
  body?: object
  /** A page for a person instead of JSON. */
  html?: string
  headers?: Record<string, string>
}

/** An answer as bytes: what is sent, and what an idempotency key replays. */
export interface SerializedResponse {
  status: number
  headers: Record<string, string>
  body: string
}

/** The one place where status, headers and body of an answer come together. */
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

/** The error envelope, as an answer. */
export function refused(refusal: Refusal, version: ApiVersion): SerializedResponse {
  return serialized(
    { status: refusal.status, body: errorBody(refusal, version), headers: { ...refusal.headers } },
    version
  )
}

/** `{data}`: the envelope of nearly every success. */
export function data(value: unknown, more: object = {}): RouteResult {
  return { body: { data: value, ...more } }
}

/** A fresh Response; a body is left out where HTTP allows none. */
export function toResponse(answer: SerializedResponse): Response {
  const bodiless = [204, 205, 304].includes(answer.status)
  return new Response(bodiless || answer.body === '' ? null : answer.body, {
    status: answer.status,
    headers: answer.headers
  })
}
