import type { JsonObject } from '../../wire/common.ts'
import { freeObject, parseJson } from '../body.ts'
import { Refusal } from '../refusal.ts'

/**
 * The choices made so far, from a query in any of the encodings that clients use: `table=x`,
 * `params[table]=x`, and
 * `params={"table":["x"]}`. Of several values for one key, the first counts. Keys are what somebody typed,
 * so the choices inherit nothing.
 */
export function readChoices(query: URLSearchParams): JsonObject {
  const chosen = freeObject()
  for (const [key, value] of query) {
    if (key === 'params') Object.assign(chosen, fromJson(value))
    else chosen[/^params\[(.+?)\](?:\[\d*\])?$/.exec(key)?.[1] ?? key] ??= value
  }
  return chosen
}

function fromJson(text: string): JsonObject {
  const value = parseJson(
    text,
    (problem) => new Refusal(400, 'invalid', `params ${problem}`, { metadata: { field: 'params' } })
  )
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, Array.isArray(one) ? (one[0] ?? null) : one])
  )
}

/**
 * A map of a query, as Python's client writes it (`properties[name]=x`) and as TypeScript's does (JSON).
 * Throws 400 for a text that is no object.
 */
export function readMap(query: URLSearchParams, name: string): [key: string, value: string][] {
  const wrong = (problem: string): Refusal =>
    new Refusal(400, 'invalid', `${name} ${problem}`, { metadata: { field: name } })
  return [...query].flatMap(([key, text]): [string, string][] => {
    if (key.startsWith(`${name}[`) && key.endsWith(']')) return [[key.slice(name.length + 1, -1), text]]
    if (key !== name || text === '') return []
    const value = parseJson(text, wrong)
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      throw wrong('must be a JSON object')
    return Object.entries(value).map(([one, given]) => [
      one,
      typeof given === 'object' ? JSON.stringify(given) : String(given)
    ])
  })
}
