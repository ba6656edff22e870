import type { Execution, RecordCounts } from '../state/execution.ts'
import { isObject, type Json, type JsonObject } from '../state/value.ts'
import { idsOf } from './fields.ts'

/**
 * How the words of the service end an execution. `errors` and `interrupted` are in its clients and in no
 * documentation.
 */
const ends: ReadonlyMap<string, NonNullable<Execution['ended']>> = new Map([
  ['completed', 'completed'],
  ['errors', 'completed'],
  ['failed', 'failed'],
  ['interrupted', 'failed'],
  ['canceled', 'canceled']
])

/** Reads what executions of all kinds have. */
export function commonOf(
  wire: JsonObject
): Pick<Execution, 'id' | 'status' | 'ended' | 'startedAt' | 'completedAt'> {
  const status = textOf(wire.status) ?? 'unknown'
  const ended = ends.get(status)
  const startedAt = textOf(wire.started_at) ?? textOf(wire.created_at)
  const completedAt = textOf(wire.completed_at)
  return {
    id: textOf(wire.id) ?? '',
    status,
    ...(ended === undefined ? {} : { ended }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(completedAt === undefined ? {} : { completedAt })
  }
}

/** Returns counts by their names on the wire; what is no number is not known. */
export function countsOf(
  wire: Json | undefined,
  names: readonly (readonly [count: keyof RecordCounts, name: string])[]
): RecordCounts {
  if (!isObject(wire)) return {}
  const found = names.flatMap(([count, name]) => {
    const value = wire[name]
    return typeof value === 'number' ? [[count, value] as const] : []
  })
  return Object.fromEntries(found)
}

/** Returns a text; undefined for anything else and for an empty one. */
export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Returns the ids that a schedule of an answer runs after. */
export function runsAfter(schedule: Json | undefined): string[] {
  if (!isObject(schedule) || !isObject(schedule.run_after)) return []
  const { sync_ids: syncs, bulk_sync_ids: bulkSyncs } = schedule.run_after
  return [...idsOf(syncs), ...idsOf(bulkSyncs)]
}
