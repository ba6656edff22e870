import type { Json, JsonObject } from '../wire/common.ts'
import { Refusal } from './refusal.ts'

/** The maximum depth of objects and lists; deeper bodies are refused before any recursion over them. */
const depthLimit = 100

/** The maximum size of a body in bytes; larger ones are refused with 413. */
export const bodyLimit = 10 * 1024 * 1024

/** Reads the body of a request as text. Throws 413 as soon as it is too large, without keeping the rest. */
export async function readText(request: Request): Promise<string> {
  const declared = Number(request.headers.get('content-length') ?? 0)
  if (declared > bodyLimit) throw tooBig()
  // These have none, and to look for one takes as long as to answer them.
  if (request.method === 'GET' || request.method === 'HEAD' || request.body === null) return ''
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body) {
    size += chunk.byteLength
    if (size > bodyLimit) throw tooBig()
    chunks.push(chunk)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks))
  } catch {
    throw new Refusal(400, 'malformed', 'the request body is not UTF-8')
  }
}

function tooBig(): Refusal {
  return new Refusal(413, 'too_large', `the request body is larger than ${bodyLimit / 1024 / 1024} MB`)
}

/**
 * Returns why a value must not be stored: it is too deep, or has texts that the database would change
 * silently. Goes level by level, without recursion.
 */
function problemOf(value: unknown): string | undefined {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > depthLimit) return `is nested deeper than ${depthLimit} levels`
    const names = level.flatMap((one) => (isBranch(one) && !Array.isArray(one) ? Object.keys(one) : []))
    const isHalf = [...level, ...names].some((one) => typeof one === 'string' && !one.isWellFormed())
    if (isHalf) return 'holds half of a character (a lone surrogate)'
    level = level.flatMap((one) => (isBranch(one) ? Object.values(one) : []))
  }
  return undefined
}

function isBranch(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Parses JSON from elsewhere. Throws what `refusal` makes of the reason. */
export function parseJson(text: string, refusal: (problem: string) => Refusal): Json {
  let value: Json
  try {
    value = JSON.parse(text)
  } catch {
    throw refusal('is not JSON')
  }
  const problem = problemOf(value)
  if (problem !== undefined) throw refusal(problem)
  return value
}

/**
 * Parses a JSON object; an empty text counts as `{}`. The refusal does not repeat the text, which may
 * hold secrets.
 */
export function readObject(text: string): JsonObject {
  if (text.trim() === '') return {}
  const value = parseJson(text, (problem) => new Refusal(400, 'malformed', `the request body ${problem}`))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal(400, 'malformed', 'the request body must be a JSON object')
  }
  return value
}

/** Parses a form that a browser posts. Of several equal names the last one counts. */
export function readForm(text: string): JsonObject {
  return Object.fromEntries(new URLSearchParams(text))
}

/** Returns an object without a prototype, for keys that users choose. */
export function freeObject(): JsonObject {
  return { __proto__: null }
}
