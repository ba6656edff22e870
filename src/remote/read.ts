import type { Kind } from '../kinds/kind.ts'
import { misfit } from '../state/shape.ts'
import { isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import { incoming, misfitOf, pathOfOne } from './address.ts'
import type { Failure, RequestResult } from './failure.ts'
import type { Reader } from './transport.ts'
import type { Patience } from './tries.ts'

/** A resource as the service has it, or the failure. */
export type ReadResult = { ok: true; wire: JsonObject } | { ok: false; failure: Failure }

/**
 * Reads a resource with all of its parts. A deleted one is a failure of status 404. `wanted` are the
 * stated fields: parts that they leave out are not requested, unless it is read to be replaced.
 */
export async function readInFull(
  reader: Reader,
  kind: Kind,
  id: string,
  wanted?: JsonObject,
  replaces = false
): Promise<ReadResult> {
  const at = await pathOfOne(reader, kind, id)
  if (!at.ok) return at
  const answer = await reader.get(at.path, {}, retrying(kind))
  if (!answer.ok) return answer
  const wire = incoming(kind, answer.body, id)
  if (!wire) return strange(at.path, misfitOf(kind, answer.body) ?? '')
  // An answer with another id must not become the base of a replacement.
  if (textOf(wire['id']).toLowerCase() !== id.toLowerCase())
    return strange(at.path, 'data.id: it is of another one')
  return await withParts(reader, kind, wire, at.path, wanted, replaces)
}

/** Requests the parts of a resource that its own answer does not have. */
export async function withParts(
  reader: Reader,
  kind: Kind,
  wire: JsonObject,
  path: string,
  wanted?: JsonObject,
  replaces = false
): Promise<ReadResult> {
  const whole = { ...wire }
  for (const { key, paths, answer: shape = 'anything', optional } of kind.api.parts ?? []) {
    const partPaths = paths(whole, wanted, replaces)
    if (partPaths.length === 0) continue
    const answers = await Promise.all(
      partPaths.map((below) => reader.get(`${path}${below}`, {}, retrying(kind)))
    )
    if (optional && answers.every(isMissing)) {
      whole[key] = null
      continue
    }
    const found: Json[] = []
    for (const [index, answer] of answers.entries()) {
      // The resource was deleted meanwhile.
      if (isMissing(answer) && partPaths.length > 1) continue
      if (!answer.ok) return answer
      const at = `${path}${partPaths[index] ?? ''}`
      if (!isObject(answer.body) || !('data' in answer.body)) return strange(at, 'there is no `data` in it')
      const { data = null } = answer.body
      const wrong = misfit(Array.isArray(data) ? { list: shape } : shape, data, 'data')
      if (wrong !== undefined) return strange(at, wrong)
      found.push(...[data ?? []].flat())
    }
    whole[key] = found
  }
  return { ok: true, wire: whole }
}

function isMissing(answer: RequestResult): boolean {
  return !answer.ok && answer.failure.status === 404
}

/**
 * Returns the refusals of a kind that pass after a while: a source that was just connected is still being
 * read.
 */
export function retrying(kind: Kind): Patience {
  return kind.api.retryableMessages ? { retryableMessages: kind.api.retryableMessages } : {}
}

function strange(path: string, words: string): ReadResult {
  return { ok: false, failure: { code: 'P612', request: `GET ${path}`, words, refused: true, usedBy: [] } }
}
