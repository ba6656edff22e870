/** The companion tables of a bulk sync: every version of a record that was seen. */
import { mustBePart, type Call } from '../call.ts'
import { bulkDestination } from '../catalogue/bulk-destinations.ts'
import { invalid } from '../refusal.ts'
import type { StoredBulkSync, StoredConnection } from '../stored.ts'
import { outputTable } from './bulk-names.ts'
import type { SentSchema } from './bulk-schema.ts'

/** The destination of a bulk sync, and its mode. */
interface Destination {
  mode: StoredBulkSync['mode']
  to: Pick<StoredConnection, 'type'> | undefined
}

/** Returns why no history can be kept; undefined where it can. */
function reason({ mode, to }: Destination): string | undefined {
  if (mode !== 'replicate') return `is for mode replicate alone, not for ${mode}`
  const keeps = to !== undefined && bulkDestination(to.type)?.history === true
  return keeps ? undefined : 'is not possible for this destination'
}

/** Throws 400 for a schema with history where none can be kept. */
export function mustAllowHistory(
  call: Call,
  destination: Destination,
  { history_enabled: sent }: Pick<SentSchema, 'history_enabled'>,
  where: string
): void {
  const field = where === '' ? 'history_enabled' : `${where}.history_enabled`
  mustBePart(call, field, sent, 400)
  const problem = sent === true ? reason(destination) : undefined
  if (problem !== undefined) throw invalid(field, problem, 400)
}

/** Returns the history members of the newest answers: the name of the table only where history is kept. */
export function shownHistory(
  sync: StoredBulkSync,
  to: StoredConnection | undefined,
  schema: StoredBulkSync['schemas'][number]
): { history_enabled: boolean; destination_history_output_name?: string } {
  const isKept = schema.history_enabled === true && reason({ mode: sync.mode, to }) === undefined
  return {
    history_enabled: schema.history_enabled ?? false,
    ...(isKept ? { destination_history_output_name: `${outputTable(sync, schema)}_history` } : {})
  }
}
