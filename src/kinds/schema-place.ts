import type { DataImpact } from '../state/impact.ts'
import { isReference, reference as named, textOf, type JsonObject } from '../state/value.ts'
import type { Schema } from '../wire/bulk-sync.ts'
import type { DerivedApi } from './api.ts'
import { reference, scalar } from './codecs.ts'
import type { FieldOf } from './field.ts'
import { fromId, usesOf } from './fields.ts'

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

/** The keys of YAML that make its name. */
export const placeNaming = { keys: ['connection', 'schema'] } as const

/** The connection and the schema that an id stands for. */
function placeOf(wire: JsonObject): string[] {
  const [connection = '', , schema = ''] = textOf(wire.id).split('/')
  return [connection, schema].map(decodeURIComponent)
}
