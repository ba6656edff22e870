import { isDeepStrictEqual } from 'node:util'
import { isObject, isReference, reference, textOf, type Json, type JsonObject } from '../state/value.ts'
import { schemaAnswer } from './answers.ts'
import { fromId, optionalReference, toName, usesOf, withoutAbsent } from './fields.ts'
import type { Kind } from './kind.ts'

/**
 * Which fields tell the records of a schema apart, where the source does not say, or says it wrong. The
 * service answers keys that it found and keys that it was told alike: equal is equal. Deleting puts back
 * what it found.
 */
export const schemaPrimaryKeys: Kind = {
  name: 'schema_primary_keys',
  section: 'schema_primary_keys',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['fields'],
    properties: {
      connection: { type: 'string', description: 'The connection that has the schema, by name.' },
      schema: { type: 'string', description: 'The schema, by id: public.users.' },
      fields: {
        type: 'array',
        minItems: 1,
        uniqueItems: true,
        items: { type: 'string' },
        description: 'The fields that make the key, by id.'
      }
    }
  },
  fields: {
    connection: { class: 'owned', rule: { is: 'reference', kind: 'connection' } },
    schema: { class: 'owned', rule: { is: 'scalar' } },
    fields: { class: 'owned', rule: { is: 'set', key: String, item: { is: 'scalar' } } }
  },
  naming: { keys: ['connection', 'schema'] },
  api: {
    answer: schemaAnswer,
    path: '/api/connections',
    since: '2024-02-08',
    lightList: () => false,
    update: () => 'PUT',
    place: {
      id(fields, idOf) {
        const connection = isReference(fields['connection']) ? idOf(fields['connection']) : undefined
        if (connection === undefined) return undefined
        return `${encodeURIComponent(connection)}/schemas/${encodeURIComponent(textOf(fields['schema']))}`
      },
      // A space may be a part of either name.
      fieldsOf: (name) => {
        const words = name.split(' ')
        return words.slice(1).map((_word, index) => ({
          connection: reference('connection', words.slice(0, index + 1).join(' ')),
          schema: words.slice(index + 1).join(' ')
        }))
      },
      below: '/primary_keys',
      reset: { method: 'DELETE' },
      isReset: (wire) => keysOf(wire).length === 0,
      // A source may have keys of its own: once the declared ones are gone, those are there again.
      isAsDeclared: (live, declared) => isDeepStrictEqual(sortedKeys(live), sortedKeys(declared))
    },
    arrived: (body, wire) => isDeepStrictEqual(keysIn(body['fields'], 'field_id'), keysOf(wire)),
    notYet: ['cache refresh in progress', 'did not provide any schemas']
  },
  synonyms: { schema_id: 'schema', table: 'schema', keys: 'fields', primary_keys: 'fields' },
  isSecret: () => false,

  fromYaml: (item) =>
    withoutAbsent({
      connection: optionalReference('connection', item['connection']),
      schema: item['schema'],
      fields: item['fields']
    }),

  toYaml: (fields, context) =>
    withoutAbsent({
      connection: toName(fields['connection'], context),
      schema: fields['schema'],
      fields: fields['fields']
    }),

  toWire: (fields) => ({
    fields: (Array.isArray(fields['fields']) ? fields['fields'] : [])
      .filter((field) => field !== null)
      .map((field) => ({ field_id: textOf(field), is_primary_key: true }))
  }),

  fromWire(wire, context) {
    const [connection, schema] = placeOf(wire)
    return withoutAbsent({
      connection: fromId('connection', connection, context),
      schema,
      fields: keysOf(wire)
    })
  },

  replacement: (_live, body) => withoutAbsent({ fields: body['fields'] }),
  uses: (wire) => usesOf('connection', [placeOf(wire)[0]])
}

/** The connection and the schema that an id stands for. */
function placeOf(wire: JsonObject): string[] {
  const [connection = '', , schema = ''] = textOf(wire['id']).split('/')
  return [connection, schema].map(decodeURIComponent)
}

function keysOf(wire: JsonObject): string[] {
  return keysIn(wire['fields'], 'id')
}

function keysIn(fields: Json | undefined, id: string): string[] {
  const all = Array.isArray(fields) ? fields.filter(isObject) : []
  return all
    .filter((field) => field['is_primary_key'] === true)
    .map((field) => textOf(field[id]))
    .toSorted()
}

function sortedKeys({ fields }: JsonObject): string[] {
  return (Array.isArray(fields) ? fields : []).map(textOf).toSorted()
}
