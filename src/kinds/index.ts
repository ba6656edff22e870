import type * as Catalogue from './catalogue.ts'
import { bulkSync } from './bulk-sync.ts'
import { connection } from './connection.ts'
import { globalErrorSubscribers } from './global-error-subscribers.ts'
import type { Kinds } from './kind.ts'
import { model } from './model.ts'
import { policy } from './policy.ts'
import { recordLogging } from './record-logging.ts'
import { role } from './role.ts'
import { schemaFields } from './schema-fields.ts'
import { schemaPrimaryKeys } from './schema-primary-keys.ts'
import { sync } from './sync.ts'
import { user } from './user.ts'
import { webhook } from './webhook.ts'

/** Takes out of a value what files need not say. */
export { shortened } from './essential.ts'

/** Every kind that polyctl manages. */
export const kinds: Kinds = {
  managed: [
    connection,
    model,
    sync,
    bulkSync,
    schemaPrimaryKeys,
    schemaFields,
    role,
    policy,
    user,
    webhook,
    globalErrorSubscribers,
    recordLogging
  ]
}

/** Opens what `explain` says of kinds and types: texts that no other command needs. */
export async function openCatalogue(): Promise<typeof Catalogue> {
  return await import('./catalogue.ts')
}
