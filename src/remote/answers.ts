import type { Kind } from '../kinds/kind.ts'
import { misfit } from '../state/shape.ts'
import { isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import { pathOfOne } from './address.ts'
import { withParts } from './read.ts'
import type { Writer } from './transport.ts'
import { sendBelow } from './write.ts'

/** What was to be created. */
interface Asked {
  body: JsonObject
  wanted?: JsonObject
  /** Whether an answer has everything that was wanted. */
  tellsAll?: (wire: JsonObject) => boolean
  /** The resource was made by this very request. */
  isNew: boolean
}

/** Whether further writes follow the main request. */
export function isFollowed({ api }: Kind, body: JsonObject): boolean {
  return api.followUps?.keys.some((key) => body[key] !== undefined) === true
}

/**
 * R26: Sends what follows a create, and returns the resource where the answers tell all that was wanted;
 * what they do not tell of its parts is read. Undefined where they do not: then it is read in full, and what
 * follows is sent as is needed, which may be sent twice as well as once.
 */
export async function toldInFull(
  writer: Writer,
  kind: Kind,
  wire: JsonObject,
  { body, wanted, tellsAll, isNew }: Asked
): Promise<JsonObject | undefined> {
  const { followUps, isConverged, parts = [] } = kind.api
  if (isConverged || !tellsAll) return undefined
  const id = textOf(wire['id'])
  const at = await pathOfOne(writer, kind, id)
  const writes = isFollowed(kind, body) ? followUps?.unread?.(body, writer.version, isNew) : []
  if (!writes || !at.ok) return undefined
  const known = new Map<string, Json>()
  for (const { request, tells } of writes) {
    const answer = await sendBelow(writer, kind, id, request)
    const data = answer.ok && isObject(answer.body) ? answer.body['data'] : undefined
    if (data === undefined) return undefined
    for (const [key, value] of Object.entries(tells(data))) known.set(key, value)
  }
  for (const { key, answer = 'anything' } of parts)
    if (misfit({ list: answer }, known.get(key) ?? [], 'data') !== undefined) return undefined
  const untold = { ...kind, api: { ...kind.api, parts: parts.filter(({ key }) => !known.has(key)) } }
  const whole = { ...wire, ...Object.fromEntries(known) }
  const full = await withParts(writer, untold, whole, at.path, wanted)
  return full.ok && tellsAll(full.wire) ? full.wire : undefined
}
