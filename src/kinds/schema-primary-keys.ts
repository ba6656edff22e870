import { isDeepStrictEqual } from 'node:util'
import type { DataImpact } from '../state/impact.ts'
import { isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import type { Schema } from '../wire/bulk-sync.ts'
import { texts } from './codecs.ts'
import { withoutAbsent } from './fields.ts'
import { kindOf } from './kind-of.ts'
import { placeApi, placeFields, placeNaming, placeSearch } from './schema-place.ts'

const otherKeys: DataImpact = {
  effect: 'may duplicate',
  because: 'records are told apart by other fields: those known before may count as new'
}

/**
 * The primary key of a schema, if the source does not tell it, or tells a wrong one. The service answers
 * detected and declared keys alike, so equal keys count as declared. Deleting restores the detected key.
 */
export const schemaPrimaryKeys = kindOf<Schema>()({
  name: 'schema_primary_keys',
  section: 'schema_primary_keys',
  description: 'Which fields tell the records of a schema apart, where the source does not say.',
  fields: {
    ...placeFields(otherKeys),
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
  naming: placeNaming,
  filedUnder: ['connection'],
  api: {
    ...placeApi,
    since: '2024-02-08',
    search: placeSearch((field) => typeof field.primary_key_override === 'boolean'),
    updates: (body) => [{ method: 'PUT', path: '/primary_keys', body }],
    resets: () => [{ method: 'DELETE', path: '/primary_keys' }],
    isReset: (wire) => keysOf(wire).length === 0,
    // Deleting restores the detected key, which must not be deleted again.
    isAsDeclared: (live, declared) => isDeepStrictEqual(sortedKeys(live), sortedKeys(declared)),
    isConverged: (body, wire) => isDeepStrictEqual(keysIn(body.fields, 'field_id'), keysOf(wire))
  },
  inFull: true,
  replacement: (_live, { fields }) => withoutAbsent({ fields })
})

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
