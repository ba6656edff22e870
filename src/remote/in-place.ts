import type { Kind } from '../kinds/kind.ts'
import type { JsonObject } from '../state/value.ts'
import { outgoing, pathOfOne } from './address.ts'
import type { Failure } from './failure.ts'
import { readInFull, retrying, type ReadResult } from './read.ts'
import type { Writer } from './transport.ts'

type DerivedApi = Extract<Kind['api'], { access: 'derived' }>
type RequestBelow = ReturnType<DerivedApi['updates']>[number]

/** The result of a write that is not read back. */
type PutInPlace = { ok: true } | { ok: false; failure: Failure }

/** What is written in place: a body, or nothing where what it is about is put back. */
interface Writing {
  id: string
  body?: JsonObject
  /** The resource as it was read just before, where it was. */
  live?: JsonObject | undefined
  secrets?: readonly string[]
}

/** Writes a derived resource where it is, or puts it back to how it was. */
export async function putInPlace(
  writer: Writer,
  kind: Kind,
  api: DerivedApi,
  { id, body, live, secrets = [] }: Writing
): Promise<PutInPlace> {
  const at = await pathOfOne(writer, kind, id)
  if (!at.ok) return at
  const now =
    api.dependsOnLive && !live ? await present(writer, kind, id) : { ok: true as const, wire: live }
  if (!now.ok) return now
  const needed = (wire: JsonObject): RequestBelow[] =>
    body === undefined ? api.resets(wire) : api.updates(outgoing(kind, body), wire)
  for (const request of needed(now.wire ?? {})) {
    const answer = await writer.send(request.method, `${at.path}${request.path}`, {
      // These requests say what shall be, so repeating them is safe.
      repeatable: true,
      secrets,
      ...(request.body && { body: request.body }),
      ...retrying(kind)
    })
    if (answer.ok) continue
    if (!api.dependsOnLive || !isRefusal(answer.failure)) return answer
    // Not needed any more: somebody was faster, or an earlier try was carried out and its answer lost.
    const since = await readInFull(writer, kind, id)
    if (!since.ok || needed(since.wire).some((one) => isSame(one, request))) return answer
  }
  return { ok: true }
}

/** The resource as it is; one that is not there yet has nothing. */
async function present(writer: Writer, kind: Kind, id: string): Promise<ReadResult> {
  const there = await readInFull(writer, kind, id)
  return !there.ok && there.failure.status === 404 ? { ok: true, wire: {} } : there
}

function isRefusal({ status = 0 }: Failure): boolean {
  return status >= 400 && status < 500
}

function isSame(one: RequestBelow, other: RequestBelow): boolean {
  return one.method === other.method && one.path === other.path
}
