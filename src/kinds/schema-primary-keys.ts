import { isDeepStrictEqual } from 'node:util'
import type { DataImpact } from '../state/impact.ts'
import {
  isObject,
  isReference,
  reference as named,
  textOf,
  type Json,
  type JsonObject
} from '../state/value.ts'
import type { Schema } from '../wire/bulk-sync.ts'
import { reference, scalar, texts } from './codecs.ts'
import { fromId, usesOf, withoutAbsent } from './fields.ts'
import { kindOf } from './kind-of.ts'

const otherKeys: DataImpact = {
  effect: 'may duplicate',
  because: 'records are told apart by other fields: those known before may count as new'
}

/**
 * Which fields tell the records of a schema apart, where the source does not say, or says it wrong. The
 * service answers keys that it found and keys that it was told alike: equal is equal. Deleting puts back
 * what it found.
 */
export const schemaPrimaryKeys = kindOf<Schema>()({
  name: 'schema_primary_keys',
  section: 'schema_primary_keys',
  description: 'Which fields tell the records of a schema apart, where the source does not say.',
  fields: {
    connection: {
      codec: {
        ...reference('connection', { description: 'The connection that has the schema, by name.' }),
        fromWire: (_value, context, wire) => fromId('connection', placeOf(wire)[0], context),
        toWire: () => undefined,
        uses: (_value, wire) => usesOf('connection', [placeOf(wire)[0]])
      },
      wire: 'id',
      owner: 'owned',
      impact: otherKeys
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
      impact: otherKeys
    },
    fields: {
      codec: {
        ...texts({
          type: 'array',
          minItems: 1,
          uniqueItems: true,
          items: { type: 'string' },
          description: 'The fields that make the key, by id.'
        }),
        shape: { list: { members: { id: 'text', is_primary_key: 'scalar' } } },
        fromWire: (value) => keysIn(value, 'id'),
        toWire: (value) =>
          (Array.isArray(value) ? value : [])
            .filter((field) => field !== null)
            .map((field) => ({ field_id: textOf(field), is_primary_key: true }))
      },
      owner: 'owned',
      required: true,
      synonyms: ['keys', 'primary_keys'],
      impact: otherKeys
    }
  },
  observed: [],
  impacts: { create: otherKeys, delete: otherKeys, rename: otherKeys },
  naming: { keys: ['connection', 'schema'] },
  api: {
    access: 'derived',
    path: '/api/connections',
    since: '2024-02-08',
    update: () => 'PUT',
    id(fields, idOf) {
      const connection = isReference(fields.connection) ? idOf(fields.connection) : undefined
      if (connection === undefined) return undefined
      return `${encodeURIComponent(connection)}/schemas/${encodeURIComponent(textOf(fields.schema))}`
    },
    // A space may be a part of either name.
    fieldsOf: (name) => {
      const words = name.split(' ')
      return words.slice(1).map((_word, index) => ({
        connection: named('connection', words.slice(0, index + 1).join(' ')),
        schema: words.slice(index + 1).join(' ')
      }))
    },
    below: '/primary_keys',
    reset: { method: 'DELETE' },
    isReset: (wire) => keysOf(wire).length === 0,
    // A source may have keys of its own: once the declared ones are gone, those are there again.
    isAsDeclared: (live, declared) => isDeepStrictEqual(sortedKeys(live), sortedKeys(declared)),
    isConverged: (body, wire) => isDeepStrictEqual(keysIn(body.fields, 'field_id'), keysOf(wire)),
    retryableMessages: ['cache refresh in progress', 'did not provide any schemas']
  },
  inFull: true,
  replacement: (_live, { fields }) => withoutAbsent({ fields })
})

/** The connection and the schema that an id stands for. */
function placeOf(wire: JsonObject): string[] {
  const [connection = '', , schema = ''] = textOf(wire.id).split('/')
  return [connection, schema].map(decodeURIComponent)
}

function keysOf(wire: JsonObject): string[] {
  return keysIn(wire.fields, 'id')
}

function keysIn(fields: Json | undefined, id: string): string[] {
  const all = Array.isArray(fields) ? fields.filter(isObject) : []
  return all
    .filter((field) => field.is_primary_key === true)
    .map((field) => textOf(field[id]))
    .toSorted()
}

function sortedKeys({ fields }: JsonObject): string[] {
  return (Array.isArray(fields) ? fields : []).map(textOf).toSorted()
}
