import type { BulkFilter } from '../../../wire/bulk-sync.ts'
import type { Records } from '../../records.ts'
import type { BulkRunRequest, StoredBulkSync, StoredConnection } from '../../stored.ts'
import { testOf } from '../conditions.ts'
import { RunProblem, type ObjectFacts } from '../connector.ts'
import type { Connectors } from '../connectors.ts'

/** One table of a bulk sync: what is read of it, and where it goes. */
export interface CopiedTable {
  /** The id of the schema in the source. */
  id: string
  output: { schema: string; table: string }
  fields: readonly { id: string; column: string }[]
  filters: readonly BulkFilter[]
  /** A field tells which records are new: then those that left the source stay in the copy. */
  isTracked: boolean
  /** What people said tells its records apart. Absent: what the source says. */
  key?: readonly string[]
}

/** Says which tables a bulk sync copies now, of those that the source has. */
export type CopiesOf = (
  sync: StoredBulkSync,
  from: StoredConnection,
  objects: readonly ObjectFacts[],
  request: BulkRunRequest
) => CopiedTable[]

/** A bulk sync with what it names. */
export interface BulkFacts {
  sync: StoredBulkSync
  from: StoredConnection
  to: StoredConnection
}

const elsewhere = 'a Polytomic service runs it: point POLYTOMIC_URL to one'

/**
 * Returns a bulk sync with what it names, if this server can run it. Throws `RunProblem` with the one reason
 * why it cannot, before any other system is contacted.
 */
export function possibleCopy(sync: StoredBulkSync, records: Records, connectors: Connectors): BulkFacts {
  const named = `the bulk sync "${sync.name}"`
  const refuse = (why: string): RunProblem =>
    new RunProblem('unsupported', `${named} does not run on this server, as ${why}; ${elsewhere}`)
  const from = records.get('connection', sync.source_connection_id)
  const to = records.get('connection', sync.destination_connection_id)
  if (from === undefined || to === undefined)
    throw new RunProblem('not_found', `${named} cannot run: a connection of it does not exist any more`)
  const copies = ({ type }: StoredConnection): boolean => connectors.get(type)?.copies === true
  if (!copies(from) || !copies(to) || from.type !== to.type)
    throw refuse(
      `tables are copied here from postgresql to postgresql alone, not from ${from.type} to ${to.type}`
    )
  const why = unsupported(sync)
  if (why !== undefined) throw refuse(why)
  for (const { name, status } of [from, to])
    if (status === 'new')
      throw new RunProblem('not_authorized', `the connection "${name}" waits for a person to authorize it`)
  return { sync, from, to }
}

/** What only the hosted service does. */
function unsupported({ mode, schemas, data_cutoff_timestamp: cutoff }: StoredBulkSync): string | undefined {
  if (mode !== 'replicate') return `its mode is ${mode}`
  const enabled = schemas.filter((schema) => schema.enabled)
  if (enabled.some((schema) => schema.history_enabled === true)) return 'it keeps the history of records'
  if (enabled.some(({ fields }) => fields.some((field) => field.enabled && field.obfuscated)))
    return 'it obfuscates fields'
  const cuts = enabled.some((schema) => schema.data_cutoff_timestamp !== undefined)
  if (cuts || (cutoff !== undefined && enabled.some((schema) => !schema.disable_data_cutoff)))
    return 'it leaves out records before a time'
  return enabled.flatMap(({ filters }) => filters.flatMap((filter) => filterProblem(filter) ?? []))[0]
}

function filterProblem(filter: BulkFilter): string | undefined {
  try {
    testOf(filter)
    return (filter.field_id ?? '') === '' ? 'a filter of it names no field' : undefined
  } catch (error) {
    if (error instanceof RunProblem) return error.message
    throw error
  }
}
