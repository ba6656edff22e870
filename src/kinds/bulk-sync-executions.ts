import type { ExecutionPart, Executions, RecordCounts } from '../state/execution.ts'
import { isObject, type JsonObject } from '../state/value.ts'
import { commonOf, countsOf, runsAfter, textOf } from './executions.ts'

const counts = [
  ['total', 'record_count'],
  ['errors', 'error_count'],
  ['warnings', 'warning_count']
] as const

/** How bulk syncs are executed. An inactive one can be started, too. */
export const bulkSyncExecutions: Executions = {
  start(_live, { resync, test, identities }, version) {
    if (identities.length > 0)
      return { ok: false, because: 'it copies whole objects, and has no records to choose from' }
    if (resync && test)
      return { ok: false, because: 'the service does not combine a test with a resync of a bulk sync' }
    const again: JsonObject = version === '2023-04-25' ? { resync: true } : { resync_mode: 'resync' }
    return { ok: true, body: { ...(resync && again), ...(test && { test }) } }
  },
  idleReason: () => undefined,
  fromWire(wire) {
    const parts = Array.isArray(wire.schemas) ? wire.schemas.filter(isObject).map(partOf) : []
    const own = countsOf(wire, counts)
    const message = textOf(wire.status_message)
    return {
      ...commonOf(wire),
      // 2023-04-25 counts in the schemas alone.
      counts: own.total === undefined ? summed(parts) : own,
      errors: message === undefined ? [] : [message],
      parts
    }
  },
  removal: () => undefined,
  previews: false,
  logTypes: ['logs'],
  identityFields: () => ({ fields: [], isWhole: false }),
  runsAfter: ({ default_schedule: now, schedule: older }) => runsAfter(now ?? older)
}

function partOf(wire: JsonObject): ExecutionPart {
  const status = textOf(wire.status) ?? 'unknown'
  const message = textOf(wire.status_message)
  return {
    name: textOf(wire.schema) ?? '',
    status,
    hasFailed: status === 'failed' || status === 'interrupted',
    counts: countsOf(wire, counts),
    ...(message === undefined ? {} : { message })
  }
}

function summed(parts: readonly ExecutionPart[]): RecordCounts {
  if (parts.length === 0) return {}
  const sum = (count: keyof RecordCounts): number =>
    parts.reduce((total, part) => total + (part.counts[count] ?? 0), 0)
  return { total: sum('total'), errors: sum('errors'), warnings: sum('warnings') }
}
