import type { LogType } from '../../wire/execution.ts'
import type { JsonObject } from '../../wire/common.ts'
import type { Events } from '../events.ts'
import type { StoredExecution, StoredSync } from '../stored.ts'
import { logAddress } from './log-address.ts'

/** The events that tell of an execution. */

function common(execution: StoredExecution, sync: StoredSync): JsonObject {
  return {
    sync_id: sync.id,
    sync_name: sync.name,
    execution_id: execution.id,
    target_connection_id: sync.target.connection_id
  }
}

/** Tells that an execution has begun. */
export function raiseStart(events: Events, execution: StoredExecution, sync: StoredSync): void {
  events.raise(execution.organization_id, 'sync.running', common(execution, sync))
}

/** Tells how an execution ended. */
export function raiseEnd(events: Events, execution: StoredExecution, sync: StoredSync): void {
  const { organization_id, counts, errors, status } = execution
  const base = common(execution, sync)
  const [error = ''] = errors
  if (status === 'canceled') events.raise(organization_id, 'sync.canceled', { ...base, status })
  else if (status === 'failed') events.raise(organization_id, 'sync.failed', { ...base, error })
  else if (counts.error > 0)
    events.raise(organization_id, 'sync.completed_with_errors', {
      ...base,
      error,
      number_of_errors: counts.error,
      number_of_warnings: counts.warnings
    })
  else events.raise(organization_id, 'sync.completed', { ...base, ...completed(execution, sync) })
}

function completed(execution: StoredExecution, sync: StoredSync): JsonObject {
  const { counts, status, type, id, base_url } = execution
  const urls = (log: LogType, count: number): string[] =>
    count === 0 ? [] : [logAddress(execution, log, execution.completed_at ?? execution.created_at)]
  const written = counts.insert + counts.update + counts.delete + counts.upserts
  return {
    status,
    trigger: type,
    record_count: counts.total,
    inserted_count: counts.insert,
    updated_count: counts.update,
    upserted_count: counts.upserts,
    error_count: counts.error,
    warning_count: counts.warnings,
    total_records: urls('records', written),
    inserted_records: urls('inserts', counts.insert),
    updated_records: urls('updates', counts.update),
    deleted_records: urls('deletes', counts.delete),
    errored_records: urls('errors', counts.error),
    warnings: urls('warnings', counts.warnings),
    logs_url: `${base_url}/api/syncs/${sync.id}/executions/${id}/logs`,
    schedule: { frequency: sync.schedule.frequency ?? 'manual' }
  }
}
