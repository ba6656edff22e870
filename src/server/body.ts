import type { JsonObject } from '../wire/common.ts'
import { Refusal } from './refusal.ts'

/** Bytes; more is refused with 413. */
export const bodyLimit = 10 * 1024 * 1024

/** The text of a request. Throws 413 as soon as too much has come, without keeping the rest. */
export async function readText(request: Request): Promise<string> {
  const declared = Number(request.headers.get('content-length') ?? 0)
  if (declared > bodyLimit) throw tooBig()
  if (request.body === null) return ''
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body) {
    size += chunk.byteLength
    if (size > bodyLimit) throw tooBig()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function tooBig(): Refusal {
  return new Refusal(413, 'too_large', `the request body is larger than ${bodyLimit / 1024 / 1024} MB`)
}

/** A JSON object; nothing counts as `{}`. The text is not repeated in the refusal: it may hold secrets. */
export function readObject(text: string): JsonObject {
  if (text.trim() === '') return {}
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new Refusal(400, 'malformed', 'the request body is not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal(400, 'malformed', 'the request body must be a JSON object')
  }
  return value as JsonObject
}

/** What a browser's form posts. The last of several equal names counts. */
export function readForm(text: string): JsonObject {
  return Object.fromEntries(new URLSearchParams(text))
}
