import type { DataImpact } from '../state/impact.ts'
import { isReference, reference as named, textOf, type JsonObject } from '../state/value.ts'
import type { Schema } from '../wire/bulk-sync.ts'
import type { DerivedApi, Search } from './api.ts'
import { reference, scalar } from './codecs.ts'
import type { FieldOf } from './field.ts'
import { fromId, list, usesOf } from './fields.ts'

/** What kinds share that describe one schema of a connection, and exist as long as the schema. */

/** Returns the fields that locate the schema. Both are in the path of requests, and not in the body. */
export function placeFields(impact: DataImpact): {
  connection: FieldOf<Schema, 'connection'>
  schema: FieldOf<Schema, 'schema'>
} {
  return {
    connection: {
      codec: {
        ...reference('connection', { description: 'The connection that has the schema, by name.' }),
        fromWire: (_value, context, wire) => fromId('connection', placeOf(wire)[0], context),
        toWire: () => undefined,
        uses: (_value, wire) => usesOf('connection', [placeOf(wire)[0]])
      },
      wire: 'id',
      owner: 'owned',
      impact
    },
    schema: {
      codec: {
        ...scalar({ type: 'string', description: 'The schema, by id: public.users.' }),
        fromWire: (_value, _context, wire) => placeOf(wire)[1],
        toWire: () => undefined
      },
      wire: 'id',
      owner: 'owned',
      synonyms: ['schema_id', 'table'],
      impact
    }
  }
}

/** Members of the API that do not depend on what is described. */
export const placeApi = {
  access: 'derived',
  path: '/api/connections',
  id(fields, idOf) {
    const connection = isReference(fields.connection) ? idOf(fields.connection) : undefined
    if (connection === undefined) return undefined
    return `${encodeURIComponent(connection)}/schemas/${encodeURIComponent(textOf(fields.schema))}`
  },
  // Both names may contain spaces, so each split is possible.
  fieldsOf: (name) => {
    const words = name.split(' ')
    return words.slice(1).map((_word, index) => ({
      connection: named('connection', words.slice(0, index + 1).join(' ')),
      schema: words.slice(index + 1).join(' ')
    }))
  },
  retryableMessages: ['cache refresh in progress', 'did not provide any schemas']
} as const satisfies Partial<DerivedApi>

/**
 * Returns how such resources are found: in the description of each connection that a bulk sync reads from;
 * others may have some, too. `isOwn` tells the fields that people have described; the answers of older
 * services do not tell that.
 */
export function placeSearch(isOwn: (field: JsonObject) => boolean): Search {
  return {
    parents: (answers) => [
      ...new Set(answers('bulk_sync').map((bulkSync) => textOf(bulkSync['source_connection_id'])))
    ],
    unlikely: 'no bulk sync reads from',
    path: (parent, version) =>
      version === '2025-09-18'
        ? `/api/connections/${encodeURIComponent(parent)}/bulksync/source`
        : `/api/bulk/source/${encodeURIComponent(parent)}`,
    found(parent, { schemas }) {
      const all = list(schemas)
      const fields = all.flatMap((schema) => list(schema.fields))
      if (fields.length > 0 && !fields.some((field) => tells.some((key) => key in field))) return undefined
      return all
        .filter((schema) => list(schema.fields).some(isOwn))
        .map((schema) => ({
          ...schema,
          id: `${encodeURIComponent(parent)}/schemas/${encodeURIComponent(textOf(schema.id))}`
        }))
    }
  }
}

/** Members of a field by which newer services tell what people have described. */
const tells = ['user_managed', 'source_primary_key', 'primary_key_override']

/** The keys of YAML that make its name. */
export const placeNaming = { keys: ['connection', 'schema'] } as const

/** The connection and the schema that an id stands for. */
function placeOf(wire: JsonObject): string[] {
  const [connection = '', , schema = ''] = textOf(wire.id).split('/')
  return [connection, schema].map(decodeURIComponent)
}
