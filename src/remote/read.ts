import type { Kind } from '../kinds/kind.ts'
import { isObject, type Json, type JsonObject } from '../state/value.ts'
import { incoming, pathOfOne } from './address.ts'
import type { Failure } from './failure.ts'
import type { Reader } from './transport.ts'
import type { Patience } from './tries.ts'

/** A resource as the service has it, or why nobody knows. */
export type Told = { ok: true; wire: JsonObject } | { ok: false; failure: Failure }

/**
 * A resource with all that belongs to it. That it is gone is a failure here, of status 404. `wanted` are the
 * fields that files state: of what they leave out nothing more is asked, unless it is read to be replaced.
 */
export async function readInFull(
  reader: Reader,
  kind: Kind,
  id: string,
  wanted?: JsonObject,
  replaces = false
): Promise<Told> {
  const at = await pathOfOne(reader, kind, id)
  if (!at.ok) return at
  const answer = await reader.get(at.path, {}, retrying(kind))
  if (!answer.ok) return answer
  const wire = incoming(kind, answer.body, id)
  return wire ? await withParts(reader, kind, wire, at.path, wanted, replaces) : strange(at.path)
}

/** Asks for what belongs to a resource beside its own answer. */
export async function withParts(
  reader: Reader,
  kind: Kind,
  wire: JsonObject,
  path: string,
  wanted?: JsonObject,
  replaces = false
): Promise<Told> {
  const whole = { ...wire }
  for (const { key, paths } of kind.api.parts ?? []) {
    const asked = paths(whole, wanted, replaces)
    if (asked.length === 0) continue
    const answers = await Promise.all(
      asked.map((below) => reader.get(`${path}${below}`, {}, retrying(kind)))
    )
    const found: Json[] = []
    for (const [index, answer] of answers.entries()) {
      // Gone meanwhile: then it is not there.
      if (!answer.ok && answer.failure.status === 404 && asked.length > 1) continue
      if (!answer.ok) return answer
      if (!isObject(answer.body) || !('data' in answer.body)) return strange(`${path}${asked[index] ?? ''}`)
      found.push(...[answer.body['data'] ?? []].flat())
    }
    whole[key] = found
  }
  return { ok: true, wire: whole }
}

/** What requests of a kind may wait for: what was connected a moment ago is known in full after a while. */
export function retrying(kind: Kind): Patience {
  return kind.api.notYet ? { retryableMessages: kind.api.notYet } : {}
}

function strange(path: string): Told {
  const words = 'there is no `data` with an id in it'
  return { ok: false, failure: { code: 'P612', request: `GET ${path}`, words, refused: true, usedBy: [] } }
}
