import type { JsonObject } from '../../../wire/common.ts'
import type { Events } from '../../events.ts'
import type { StoredBulkExecution, StoredBulkSync } from '../../stored.ts'

/** The events that tell of an execution of a bulk sync. */

function common(execution: StoredBulkExecution, sync: StoredBulkSync): JsonObject {
  return {
    sync_id: sync.id,
    sync_name: sync.name,
    execution_id: execution.id,
    source_connection_id: sync.source_connection_id,
    destination_connection_id: sync.destination_connection_id
  }
}

/** Tells that an execution has begun. */
export function raiseBulkStart(events: Events, execution: StoredBulkExecution, sync: StoredBulkSync): void {
  events.raise(execution.organization_id, 'bulk_sync.running', common(execution, sync))
}

/** Tells how an execution ended. */
export function raiseBulkEnd(events: Events, execution: StoredBulkExecution, sync: StoredBulkSync): void {
  const { organization_id, status, schemas, type } = execution
  const base = common(execution, sync)
  const { id, frequency } = execution.schedule ?? sync.default_schedule
  const ended = { ...base, trigger_source: type, schedule: { id, frequency } }
  if (status === 'canceled') events.raise(organization_id, 'bulk_sync.canceled', base)
  else if (status === 'failed')
    events.raise(organization_id, 'bulk_sync.failed', { ...ended, error: execution.status_message })
  else if (schemas.some(({ error_count }) => error_count > 0))
    events.raise(organization_id, 'bulk_sync.completed_with_error', ended)
  else events.raise(organization_id, 'bulk_sync.completed', ended)
}
