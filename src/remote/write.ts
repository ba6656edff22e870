import type { Kind } from '../kinds/kind.ts'
import { isObject, textOf, type JsonObject } from '../state/value.ts'
import { incoming, outgoing, pathOfOne } from './address.ts'
import type { RequestResult, Failure } from './failure.ts'
import { putInPlace } from './in-place.ts'
import { readInFull, retrying } from './read.ts'
import type { Writer } from './transport.ts'

/**
 * The result of a write: the resource, or the failure. `back` is the resource that was read after it,
 * where it was read already.
 */
export type Written =
  | { ok: true; wire: JsonObject; notes: string[]; back?: Written }
  | { ok: false; failure: Failure }

/** Returns the body of a full replacement, after requesting what the live resource alone does not tell. */
export async function replacement(
  writer: Writer,
  kind: Kind,
  live: JsonObject,
  body: JsonObject
): Promise<JsonObject> {
  const question = kind.preUpdateRead?.(live, body, writer.version)
  if (!question) return kind.replacement(live, body, undefined, writer.version)
  const answer = await (question.body
    ? writer.ask(question.path, question.body)
    : writer.get(question.path, question.query))
  const data = answer.ok && isObject(answer.body) ? answer.body['data'] : undefined
  return kind.replacement(live, body, data, writer.version)
}

/**
 * Replaces a resource in full. For a derived resource this is also how it is created; `live` is it as it
 * was read just before.
 */
export async function update(
  writer: Writer,
  kind: Kind,
  id: string,
  body: JsonObject,
  { secrets, live }: { secrets: readonly string[]; live?: JsonObject }
): Promise<Written> {
  const { api } = kind
  if (api.access === 'derived') {
    const written = await putInPlace(writer, kind, api, { id, body, secrets, live })
    if (!written.ok) return { ok: false, failure: unsure(written.failure) }
    return await followedUp(writer, kind, body, { ok: true, wire: { id }, notes: [] })
  }
  const at = await pathOfOne(writer, kind, id)
  if (!at.ok) return at
  const sent = { body: outgoing(kind, body), secrets, ...retrying(kind) }
  const answer = await writer.send(api.update(writer.version), at.path, sent)
  if (!answer.ok) return { ok: false, failure: unsure(answer.failure) }
  const wire = { ...incoming(kind, answer.body, id), id }
  return await followedUp(writer, kind, body, { ok: true, wire, notes: [] })
}

/** The time in which a write that the service carries out later is waited for, and the pauses of that. */
const pauses = { allMs: 31_500, firstMs: 500, mostMs: 16_000 }

/** Sends the follow-up requests of a write, and waits for what the service does after its answer. */
export async function followedUp(
  writer: Writer,
  kind: Kind,
  body: JsonObject,
  written: Extract<Written, { ok: true }>
): Promise<Written> {
  const { followUps, isConverged, parts } = kind.api
  const id = textOf(written.wire['id'])
  if (followUps?.keys.some((key) => body[key] !== undefined)) {
    const whole = parts ? await readInFull(writer, kind, id, body) : written
    if (!whole.ok) return whole
    for (const { method, path, body: inner } of followUps.requests(body, whole.wire, writer.version)) {
      const answer = await sendBelow(writer, kind, id, { method, path, ...(inner && { body: inner }) })
      if (!answer.ok) return { ok: false, failure: unsure(answer.failure) }
    }
  }
  const come = isConverged && (await arrival(writer, kind, id, (wire) => isConverged(body, wire)))
  return come ? { ...written, back: { ok: true, wire: come, notes: [] } } : written
}

/**
 * Reads until the write has taken effect, or the time for that is used up. Returns the resource as it is when
 * it has.
 */
async function arrival(
  writer: Writer,
  kind: Kind,
  id: string,
  hasCome: (wire: JsonObject) => boolean
): Promise<JsonObject | undefined> {
  const { convergesWithinMs = pauses.allMs } = kind.api
  let pause = pauses.firstMs
  for (let slept = 0; slept < convergesWithinMs;) {
    const there = await readInFull(writer, kind, id)
    if (there.ok && hasCome(there.wire)) return there.wire
    if (!(await writer.sleep(pause))) return undefined
    slept += pause
    pause = Math.min(pause * 2, pauses.mostMs)
  }
  return undefined
}

/** Sends a write to a path below that of a resource. */
export async function sendBelow(
  writer: Writer,
  kind: Kind,
  id: string,
  request: { method: 'POST' | 'PUT' | 'PATCH' | 'DELETE'; path: string; body?: JsonObject }
): Promise<RequestResult> {
  const at = await pathOfOne(writer, kind, id)
  if (!at.ok) return at
  const { method, path, body } = request
  // These requests say what shall be, so repeating them is safe.
  const sent = { repeatable: true as const, ...retrying(kind), ...(body === undefined ? {} : { body }) }
  return await writer.send(method, `${at.path}${path}`, sent)
}

/**
 * Deletes a resource. One that does not exist any more counts as deleted; what is in no list is put back to
 * how it was, from `live`, which was read just before.
 */
export async function remove(
  writer: Writer,
  kind: Kind,
  id: string,
  live?: JsonObject
): Promise<{ ok: true; notes: string[] } | { ok: false; failure: Failure }> {
  const { api } = kind
  const answer = await (api.access === 'derived'
    ? putInPlace(writer, kind, api, { id, live })
    : removeListed(writer, kind, id, api.deleteQuery))
  const isGone = !answer.ok && answer.failure.status === 404
  if (!answer.ok && !isGone) return { ok: false, failure: unsure(answer.failure) }
  if (isGone || api.access === 'listed' || !api.resetsLate) return { ok: true, notes: [] }
  const isBack = await arrival(writer, kind, id, (wire) => api.isReset(wire))
  return { ok: true, notes: isBack ? [] : ['the service accepted it, and still shows what was there'] }
}

async function removeListed(
  writer: Writer,
  kind: Kind,
  id: string,
  deleteQuery = ''
): Promise<RequestResult> {
  const at = await pathOfOne(writer, kind, id)
  if (!at.ok) return at
  return await writer.send('DELETE', at.path, {
    query: Object.fromEntries(new URLSearchParams(deleteQuery))
  })
}

/**
 * Reads a resource in full. A deleted one is a failure of status 404; an answer without an id is a
 * failure as well, for nothing could be compared with it.
 */
export async function read(
  writer: Writer,
  kind: Kind,
  id: string,
  wanted?: JsonObject,
  replaces = false
): Promise<Written> {
  const full = await readInFull(writer, kind, id, wanted, replaces)
  return full.ok ? { ...full, notes: [] } : full
}

/** Marks a failure after a write as one that may have been carried out. */
function unsure(failure: Failure): Failure {
  return failure.status === undefined && !failure.refused ? { ...failure, code: 'P602' } : failure
}
