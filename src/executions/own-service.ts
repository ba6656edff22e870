import type { Kind } from '../kinds/kind.ts'
import { pathOfOne } from '../remote/address.ts'
import type { Failure, RequestResult } from '../remote/failure.ts'
import type { Reader, Writer } from '../remote/transport.ts'
import { misfit, type Shape } from '../state/shape.ts'
import { isObject } from '../state/value.ts'
import type { GuardStop, KeptBounds, StandingBounds } from '../wire/local-start.ts'
import { jsonBody } from './json-body.ts'

/** What polyctl's own server answers beside the API: other services have none of it. */

/** Whether the service is polyctl's own and runs syncs, so that it can keep to bounds. */
export async function keepsBounds(reader: Reader): Promise<boolean> {
  return (await servesRuns(reader)) === 'yes'
}

/** Whether the service is polyctl's own, and whether it runs syncs. */
export async function servesRuns(reader: Reader): Promise<'yes' | 'no' | 'other'> {
  const answer = await reader.get('/polyctl/runner')
  const data = answer.ok && isObject(answer.body) ? answer.body.data : undefined
  if (!isObject(data) || typeof data.runs !== 'boolean') return 'other'
  return data.runs ? 'yes' : 'no'
}

/** What polyctl's own server keeps for the executions of syncs, by their ids; or why that is not known. */
export type Kept = { ok: true; bounds: Map<string, StandingBounds> } | { ok: false; failure: Failure }

const limitShape: Shape = { members: { most: 'scalar', share: 'scalar' } }
const keptShape: Shape = {
  members: {
    sync_id: 'text',
    guards: {
      members: { creates: limitShape, updates: limitShape, removes: limitShape, empty_source: 'scalar' }
    },
    without: { list: 'text' },
    assertions: { list: 'mapping' }
  },
  needs: ['sync_id']
}

/** Asks for it. Only for the server of polyctl. */
export async function keptBounds(reader: Reader): Promise<Kept> {
  const path = '/polyctl/guards'
  const answer = await reader.get(path)
  if (!answer.ok) return answer
  const data = isObject(answer.body) ? answer.body.data : undefined
  const words = Array.isArray(data)
    ? data.map((one, index) => misfit(keptShape, one, `data[${index}]`)).find((one) => one !== undefined)
    : 'data: a list is expected'
  if (words !== undefined)
    return {
      ok: false,
      failure: { code: 'P612', request: `GET ${path}`, words, refused: false, usedBy: [] }
    }
  const items: unknown[] = Array.isArray(data) ? data : []
  return {
    ok: true,
    bounds: new Map(items.filter(isKept).map(({ sync_id, ...bounds }) => [sync_id, bounds]))
  }
}

function isKept(value: unknown): value is KeptBounds {
  return isObject(value) && misfit(keptShape, value, 'data') === undefined
}

/** Hands in what holds for each execution of a sync. */
export async function handIn(
  kind: Kind,
  id: string,
  bounds: StandingBounds,
  writer: Writer
): Promise<RequestResult> {
  const at = await pathOfOne(writer, kind, id)
  if (!at.ok) return at
  return await writer.send('PUT', `${besideApi(at.path)}/guards`, { body: jsonBody(bounds) })
}

/** Returns the same address beside the API. */
export function besideApi(path: string): string {
  return path.replace(/^\/api\//, '/polyctl/')
}

/** Returns the guards that stopped an execution. */
export async function stopsOf(path: string, execution: string, reader: Reader): Promise<GuardStop[]> {
  const answer = await reader.get(`${besideApi(path)}/executions/${encodeURIComponent(execution)}`)
  const data = answer.ok && isObject(answer.body) ? answer.body.data : undefined
  const stops = isObject(data) && Array.isArray(data.stops) ? data.stops : []
  return stops.flatMap((stop): GuardStop[] => {
    if (!isObject(stop)) return []
    const guard = guards.find((one) => one === stop.guard)
    const { count, allowed } = stop
    if (guard === undefined || typeof count !== 'number' || typeof allowed !== 'number') return []
    const { words, identities } = stop
    const names = Array.isArray(identities) ? identities.filter((one) => typeof one === 'string') : []
    return [{ guard, count, allowed, identities: names, ...(typeof words === 'string' && { words }) }]
  })
}

const guards = ['creates', 'updates', 'removes', 'empty_source', 'assert'] as const
