import { derivedApi, type Kind } from '../kinds/kind.ts'
import { isObject, textOf, type JsonObject } from '../state/value.ts'
import { incoming, outgoing, pathOfOne } from './address.ts'
import type { RequestResult, Failure } from './failure.ts'
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

/** Replaces a resource in full. For a derived resource this is also how it is created. */
export async function update(
  writer: Writer,
  kind: Kind,
  id: string,
  body: JsonObject,
  secrets: readonly string[]
): Promise<Written> {
  const at = await pathOfOne(writer, kind, id)
  if (!at.ok) return at
  const path = `${at.path}${derivedApi(kind)?.below ?? ''}`
  const sent = { body: outgoing(kind, body), secrets, ...retrying(kind) }
  const answer = await writer.send(kind.api.update(writer.version), path, sent)
  if (!answer.ok) return { ok: false, failure: unsure(answer.failure) }
  const wire = incoming(kind, answer.body, id) ?? (kind.api.access === 'derived' ? { id } : {})
  return await followedUp(writer, kind, body, { ok: true, wire: { ...wire, id }, notes: [] })
}

/** The number of reads that wait for a write which the service carries out later. */
const looks = 6
const firstPauseMs = 500

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
  if (isConverged) await arrival(writer, kind, id, (wire) => isConverged(body, wire))
  return written
}

/** Reads until the write has taken effect, or the reads are used up: then the present state is returned. */
async function arrival(
  writer: Writer,
  kind: Kind,
  id: string,
  hasCome: (wire: JsonObject) => boolean
): Promise<void> {
  for (let look = 0; look < looks; look++) {
    const there = await readInFull(writer, kind, id)
    if (there.ok && hasCome(there.wire)) return
    if (!(await writer.sleep(firstPauseMs * 2 ** look))) return
  }
}

async function sendBelow(
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

/** Deletes a resource. One that does not exist any more counts as deleted. */
export async function remove(
  writer: Writer,
  kind: Kind,
  id: string
): Promise<{ ok: true } | { ok: false; failure: Failure }> {
  const at = await pathOfOne(writer, kind, id)
  if (!at.ok) return at
  const derived = derivedApi(kind)
  const { deleteQuery = '' } = kind.api.access === 'listed' ? kind.api : {}
  const query = Object.fromEntries(new URLSearchParams(deleteQuery))
  const answer = await (derived
    ? writer.send(
        derived.reset.method,
        `${at.path}${derived.below ?? ''}`,
        derived.reset.body ? { body: derived.reset.body } : {}
      )
    : writer.send('DELETE', at.path, { query }))
  if (answer.ok || answer.failure.status === 404) return { ok: true }
  return { ok: false, failure: unsure(answer.failure) }
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
