import type { Json, JsonObject } from '../wire/common.ts'
import { Refusal } from './refusal.ts'

/** Levels of objects and lists; more is refused, before anything walks through it by calling itself. */
const depthLimit = 100

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
 * What must not be kept of a value: too many levels, and texts that the database would silently change. Goes
 * down level by level, and never calls itself.
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

/** The value of a JSON text of somebody else's. Throws what `refusal` makes of the reason. */
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

/** A JSON object; nothing counts as `{}`. The text is not repeated in the refusal: it may hold secrets. */
export function readObject(text: string): JsonObject {
  if (text.trim() === '') return {}
  const value = parseJson(text, (problem) => new Refusal(400, 'malformed', `the request body ${problem}`))
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Refusal(400, 'malformed', 'the request body must be a JSON object')
  }
  return value
}

/** What a browser's form posts. The last of several equal names counts. */
export function readForm(text: string): JsonObject {
  return Object.fromEntries(new URLSearchParams(text))
}

/** An object for keys that somebody chose: it inherits none. */
export function freeObject(): JsonObject {
  return { __proto__: null }
}
