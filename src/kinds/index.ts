import { connection } from './connection.ts'
import type { Kinds } from './kind.ts'
import { model } from './model.ts'
import { sync } from './sync.ts'

/** Every kind that polyctl manages, and those that its files may name. */
export const kinds: Kinds = {
  managed: [connection, model, sync],
  lookups: [
    { name: 'bulk_sync', path: '/api/bulk/syncs' },
    { name: 'policy', path: '/api/permissions/policies', caselessNames: true }
  ]
}
