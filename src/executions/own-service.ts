import type { Reader } from '../remote/transport.ts'
import { isObject } from '../state/value.ts'
import type { GuardStop } from '../wire/local-start.ts'

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
