import type { ServerContext } from '../call.ts'
import { Refusal } from '../refusal.ts'
import type { StoredBulkSync, StoredConnection, StoredModel, StoredSync } from '../stored.ts'

interface Dependents {
  /** Returns the connections by which other organizations share this one. */
  children: StoredConnection[]
  models: StoredModel[]
  syncs: StoredSync[]
  bulkSyncs: StoredBulkSync[]
}

/**
 * Returns what would not work without the connection: models that read from it or are enriched by it,
 * syncs to it or of such models, syncs that wait for its jobs, bulk syncs from or to it, and connections
 * that share it.
 */
function dependents(context: ServerContext, connection: StoredConnection): Dependents {
  const { id, organization_id } = connection
  const models = context.records
    .list('model', organization_id)
    .filter((model) => model.connection_id === id || model.enricher?.connection_id === id)
  const modelIds = new Set(models.map((model) => model.id))
  const syncs = context.records
    .list('sync', organization_id)
    .filter(
      (sync) =>
        sync.target.connection_id === id ||
        sync.schedule.connection_id === id ||
        sync.model_ids.some((model) => modelIds.has(model))
    )
  const bulkSyncs = context.records
    .list('bulk_sync', organization_id)
    .filter((sync) => sync.source_connection_id === id || sync.destination_connection_id === id)
  const children = context.records.lentBy(id)
  return { children, models, syncs, bulkSyncs }
}

/** Throws 422 `connection in use` that names the users. */
export function mustBeUnused(context: ServerContext, connection: StoredConnection): void {
  const { children, models, syncs, bulkSyncs } = dependents(context, connection)
  if (children.length + models.length + syncs.length + bulkSyncs.length === 0) return
  throw new Refusal(422, 'connection_in_use', `connection in use: "${connection.name}" has dependents`, {
    metadata: {
      used_by: [
        ...models.map(({ id, name }) => ({ type: 'model', name, id })),
        ...syncs.map(({ id, name }) => ({ type: 'sync', name, id })),
        ...bulkSyncs.map(({ id, name }) => ({ type: 'bulk_sync', name, id })),
        ...children.map(({ id, name }) => ({ type: 'connection', name, id }))
      ]
    }
  })
}

/** Deletes the dependents first, then the connection. */
export function deleteWithDependents(context: ServerContext, connection: StoredConnection): void {
  const { children, models, syncs, bulkSyncs } = dependents(context, connection)
  for (const sync of bulkSyncs) context.records.remove('bulk_sync', sync.id)
  for (const child of children) deleteWithDependents(context, child)
  for (const sync of syncs) context.records.remove('sync', sync.id)
  for (const model of models) context.records.remove('model', model.id)
  context.records.remove('connection', connection.id)
}
