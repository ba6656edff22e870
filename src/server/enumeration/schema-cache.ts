import type { Call } from '../call.ts'
import type { StoredConnection } from '../stored.ts'
import { Refusal } from '../refusal.ts'
import { mustBeAuthorized } from './authorized.ts'
import { sourceSchemas, type SourceSchemas } from './schema.ts'

/**
 * The schemas of a connection that a request wants to look into. Throws 400 for what is not authorized yet or
 * no source, and what `cachedSchemas` throws.
 */
export function readySchemas(call: Call, connection: StoredConnection): SourceSchemas {
  mustBeAuthorized(connection)
  if (call.context.catalogue.of(connection).source === false) {
    throw new Refusal(400, 'not_a_source', `a connection of type ${connection.type} cannot be a source`)
  }
  return cachedSchemas(call, connection)
}

/**
 * The schemas that were read from a connection before, also where it does not work any more. They are known
 * at once, unless a fault says that they are still being read: 422, or 400 where the fault wants it.
 */
export function cachedSchemas(call: Call, connection: StoredConnection): SourceSchemas {
  if (call.readingSchemas !== undefined) throw beingRead(call.readingSchemas, connection)
  return sourceSchemas(connection, call.context.catalogue)
}

function beingRead(status: number, { id, name }: StoredConnection): Refusal {
  const message =
    status === 400
      ? `the connection "${name}" did not provide any schemas`
      : `the schemas of the connection "${name}" are being read: cache refresh in progress`
  return new Refusal(status, 'schemas_not_ready', message, { metadata: { connection_id: id } })
}
