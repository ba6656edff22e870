import type { Kind } from '../kinds/kind.ts'
import { isObject, type Json, type JsonObject } from '../state/value.ts'
import type { Failure } from './failure.ts'
import { findByName } from './observe.ts'
import type { Writer } from './transport.ts'

/** The service's answer to a write: the resource, or what went wrong. */
export type Written = { ok: true; wire: JsonObject; notes: string[] } | { ok: false; failure: Failure }

/** How often a create whose outcome was unknown is begun anew, each time after looking for it by name. */
const rounds = 3
const pauseMs = 500

/**
 * Makes a resource, and never two. While nothing is answered the same request is repeated under one key.
 * After an answer that leaves open whether it was done, the service is searched by name: what is found
 * is adopted. Only if nothing is there, and the service said that it failed, it is tried again; a
 * request that was never answered may still be under way.
 */
export async function create(
  writer: Writer,
  kind: Kind,
  name: string,
  body: JsonObject,
  secrets: readonly string[]
): Promise<Written> {
  for (let round = 1; ; round++) {
    const answer = await writer.send('POST', kind.api.path, { body, secrets })
    const wire = answer.ok ? resourceOf(answer.body) : undefined
    if (wire) return { ok: true, wire, notes: [] }
    const failure = answer.ok ? namesNoId(kind, answer.status) : answer.failure
    if (failure.refused) return { ok: false, failure }
    // What was made a moment ago is not in every list at once.
    await writer.sleep(pauseMs * 2 ** round)
    const search = await findByName(writer, kind, name)
    if (!search.ok) return { ok: false, failure: { ...failure, code: 'P602' } }
    const [found, another] = search.found
    if (another)
      return {
        ok: false,
        failure: { ...failure, code: 'P602', words: `${failure.words}; now several have this name` }
      }
    if (found) return { ok: true, wire: found, notes: ['the answer was lost; it was found by name'] }
    if (mayStillCome(failure)) return { ok: false, failure: { ...failure, code: 'P602' } }
    if (round === rounds || !mayPass(failure)) return { ok: false, failure }
  }
}

/**
 * What was not refused, and did not fail either, may be under way, or not in the list yet: another
 * create could make a second one.
 */
function mayStillCome({ status }: Failure): boolean {
  return status === undefined || status < 400 || status === 409
}

function mayPass({ status = 0 }: Failure): boolean {
  return status >= 500 || status === 408 || status === 429
}

function namesNoId(kind: Kind, status: number): Failure {
  const request = `POST ${kind.api.path}`
  return { code: 'P612', request, status, words: 'the answer names no id', refused: false, usedBy: [] }
}

/** The body of a full replacement, after asking what the live resource alone does not tell. */
export async function replacement(
  writer: Writer,
  kind: Kind,
  live: JsonObject,
  body: JsonObject
): Promise<JsonObject> {
  const question = kind.question?.(live, body, writer.version)
  if (!question) return kind.replacement(live, body)
  const answer = await (question.body
    ? writer.ask(question.path, question.body)
    : writer.get(question.path, question.query))
  return kind.replacement(live, body, answer.ok && isObject(answer.body) ? answer.body['data'] : undefined)
}

/** Replaces a resource in full. */
export async function update(
  writer: Writer,
  kind: Kind,
  id: string,
  body: JsonObject,
  secrets: readonly string[]
): Promise<Written> {
  const path = `${kind.api.path}/${encodeURIComponent(id)}`
  const answer = await writer.send(kind.api.update(writer.version), path, { body, secrets })
  if (!answer.ok) return { ok: false, failure: unsure(answer.failure) }
  return { ok: true, wire: resourceOf(answer.body) ?? {}, notes: [] }
}

/** Deletes a resource. One that is not there any more is what was wanted. */
export async function remove(
  writer: Writer,
  kind: Kind,
  id: string
): Promise<{ ok: true } | { ok: false; failure: Failure }> {
  const query = Object.fromEntries(new URLSearchParams(kind.api.deleteQuery ?? ''))
  const answer = await writer.send('DELETE', `${kind.api.path}/${encodeURIComponent(id)}`, { query })
  if (answer.ok || answer.failure.status === 404) return { ok: true }
  return { ok: false, failure: unsure(answer.failure) }
}

/**
 * A resource in full. That it is gone is a failure here, of status 404; an answer without an id is one as
 * well, for nothing could be compared with it.
 */
export async function read(writer: Writer, kind: Kind, id: string): Promise<Written> {
  const path = `${kind.api.path}/${encodeURIComponent(id)}`
  const answer = await writer.get(path)
  if (!answer.ok) return answer
  const wire = resourceOf(answer.body)
  if (wire) return { ok: true, wire, notes: [] }
  return {
    ok: false,
    failure: {
      code: 'P612',
      request: `GET ${path}`,
      words: 'there is no `data` with an id in it',
      refused: true,
      usedBy: []
    }
  }
}

/** No answer to a write that may have been carried out is told as that, whatever broke. */
function unsure(failure: Failure): Failure {
  return failure.status === undefined && !failure.refused ? { ...failure, code: 'P602' } : failure
}

function resourceOf(body: Json | undefined): JsonObject | undefined {
  const data = isObject(body) ? body['data'] : undefined
  return isObject(data) && typeof data['id'] === 'string' ? data : undefined
}
