/** Executions of bulk syncs as answers have them. */
import type { Call } from '../call.ts'
import { isOpen } from '../runner/open.ts'
import type { StoredBulkExecution, StoredSchemaExecution } from '../stored.ts'

/** The schemas of an execution: while it runs, as far as they are. */
function schemasOf(
  { context }: Call,
  { id, status, schemas }: StoredBulkExecution
): StoredSchemaExecution[] {
  return isOpen(status) ? (context.runner?.bulk.schemas(id) ?? schemas) : schemas
}

/** An execution as the version answers it: the oldest one counts in the schemas alone. */
export function shownExecution(call: Call, stored: StoredBulkExecution): object {
  const { id, type, status, status_message, request, created_at, started_at, completed_at } = stored
  const schemas = schemasOf(call, stored)
  const sum = (of: 'record_count' | 'error_count' | 'warning_count'): number =>
    schemas.reduce((total, schema) => total + schema[of], 0)
  const resync = request.resync_mode ?? ''
  const times = { created_at, started_at: started_at ?? null, completed_at: completed_at ?? null }
  const common = { id, type, status, is_test: request.test ?? false, is_resync: resync !== '' }
  if (call.version === '2023-04-25')
    return { ...common, ...times, schemas: schemas.map((schema) => olderSchema(schema)) }
  return {
    ...common,
    status_message,
    fetch_mode: 'none',
    output_disposition: resync === 'rebuild' ? 'rebuild' : resync === 'resync' ? 'truncate' : 'retain',
    is_partial: request.schemas !== undefined || request.except !== undefined,
    record_count: sum('record_count'),
    error_count: sum('error_count'),
    warning_count: sum('warning_count'),
    ...times,
    updated_at: completed_at ?? started_at ?? created_at,
    schemas: schemas.map(shownSchema)
  }
}

function shownSchema(schema: StoredSchemaExecution): object {
  const { created_at, started_at, completed_at } = schema
  return {
    ...schema,
    started_at: started_at ?? null,
    completed_at: completed_at ?? null,
    updated_at: completed_at ?? started_at ?? created_at
  }
}

function olderSchema(schema: StoredSchemaExecution): object {
  const { schema: id, status, status_message, record_count, error_count, started_at, completed_at } = schema
  const times = { started_at: started_at ?? null, completed_at: completed_at ?? null }
  return { schema: id, status, status_message, record_count, error_count, ...times }
}

/** The schemas of the latest execution, for the status of many. */
export function schemaStatuses(call: Call, stored: StoredBulkExecution): object[] {
  return schemasOf(call, stored).map(
    ({
      schema,
      status,
      status_message,
      record_count,
      error_count,
      warning_count,
      started_at,
      completed_at
    }) => ({
      schema,
      execution_id: stored.id,
      status,
      status_message,
      record_count,
      error_count,
      warning_count,
      started_at: started_at ?? null,
      completed_at: completed_at ?? null
    })
  )
}
