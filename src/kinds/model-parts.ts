import { isEmpty, isObject, sortedText, textOf, type Json, type JsonObject } from '../state/value.ts'
import type { KnownObject } from './carry.ts'
import { object, reference, scalar, set, settings, texts } from './codecs.ts'
import type { Codec } from './field.ts'
import {
  bookkeeping,
  list,
  overlay,
  referenceKey,
  withoutAbsent,
  withoutHoles,
  withoutMasks
} from './fields.ts'
import { fieldBeside, ownField as modelsOwnField, suggestedSchema } from './suggested.ts'

/** The codecs of parts of a model: additional fields, joins and enrichment. */

const text = (description: string) => scalar({ type: 'string', description })

/** Known members of a field in an answer, which has more than a request may have. */
const ofField: KnownObject = {
  members: [
    ...bookkeeping,
    'name',
    'label',
    'type',
    'remote_type',
    'description',
    'example',
    'unique',
    'user_added'
  ]
}

const ownField: Codec = {
  ...object({
    name: { codec: text('The field, or a path into one that holds others.'), required: true },
    label: { codec: text('What people see in its place.'), required: true },
    type: {
      codec: text('The type of its values, as the service calls it: string, number, boolean …'),
      required: true
    },
    // The service answers an example in the type of its field; files and requests have a text.
    example: {
      codec: {
        ...text('A value that it may have, as text.'),
        fromWire: (value) => (isEmpty(value) || typeof value === 'object' ? undefined : textOf(value))
      }
    }
  }),
  rule: { is: 'stated' },
  known: ofField
}

const ownFields = set(
  ownField,
  { key: nameOf },
  {
    // Fields with one name are told apart by their other members.
    keys: [(item) => sortedText([nameOf(item), item.label ?? null, item.type ?? null])],
    laxKeys: [nameOf],
    schema: { description: 'Fields of your own; the name may be a path into a nested object.' }
  }
)

/** The additional fields: an answer has them among its `fields`. */
export const additionalFields: Codec = {
  ...ownFields,
  shape: 'anything',
  ...(ownFields.known && { known: { ...ownFields.known, from: addedFields } }),
  fromWire: (_value, context, wire) => ownFields.fromWire?.(addedFields(wire), context, wire)
}

function addedFields({ fields }: JsonObject): Json[] {
  return list(fields).filter(isAdded)
}

/** Returns true for a field that a person added to those of the source. */
export function isAdded(field: JsonObject): boolean {
  return field.user_added === true
}

/**
 * Joins. Unknown members of `to` belong to that field of that model, and must not be carried to another.
 */
export const relations = set(
  object({
    from: {
      codec: scalar(suggestedSchema(modelsOwnField, 'The field of this model, by name.')),
      required: true
    },
    to: {
      codec: object(
        {
          model: {
            codec: reference('model', { description: 'The other model, by name.' }),
            wire: 'model_id',
            required: true
          },
          field: { codec: scalar(suggestedSchema(fieldBeside, 'Its field, by name.')), required: true }
        },
        {
          identifies: ['model_id', 'field'],
          description: 'What it equals: a field of another model.'
        }
      ),
      required: true
    }
  }),
  { key: relationKey },
  {
    keys: [relationIs],
    laxKeys: [({ from }) => textOf(from)],
    schema: { description: 'Joins: this model’s field equals a field of another model.' }
  }
)

/** Returns the key of a join: all of its members. */
function relationKey(item: Json): string {
  if (!isObject(item) || !isObject(item.to)) return textOf(item)
  const { model, field } = item.to
  return `${textOf(item.from)} = ${referenceKey(model ?? null)}.${textOf(field)}`
}

function relationIs(item: JsonObject): string {
  const to = isObject(item.to) ? item.to : {}
  return sortedText([item.from ?? null, to.model_id ?? null, to.field ?? null])
}

/** The fields of an enrichment, which requests have as objects. */
const enrichedFields: Codec = {
  ...texts({
    type: 'array',
    items: { type: 'string' },
    minItems: 1,
    description: 'The fields to add, by name. Absent: all of them.'
  }),
  rule: { is: 'set', key: String, item: { is: 'scalar' }, carried: true },
  shape: 'anything',
  known: { item: ofField, keys: [nameOf] },
  fromWire: (value) => (Array.isArray(value) ? value.map(nameOf) : undefined),
  toWire(value) {
    const names = withoutHoles(value)
    return Array.isArray(names) ? names.map((name) => ({ name: textOf(name) })) : undefined
  }
}

const enrichment = object(
  {
    connection: {
      codec: reference('connection', { description: 'The connection that enriches, by name.' }),
      wire: 'connection_id',
      required: true
    },
    configuration: {
      codec: settings({ description: 'What to look up: the keys depend on the connection.' })
    },
    mappings: {
      codec: {
        schema: {
          type: 'object',
          additionalProperties: { type: 'string' },
          description: 'Model field → input of the enrichment.'
        },
        rule: { is: 'json' },
        shape: { each: 'scalar' }
      }
    },
    fields: { codec: enrichedFields }
  },
  { identifies: ['connection_id'], description: 'Adds fields from an enrichment connection.' }
)

/** An enrichment. The service gives it an id, and may add settings that are not stated. */
export const enricher: Codec = {
  ...enrichment,
  known: {
    members: ['connection_id', 'configuration', 'mappings', 'enricher_id'],
    parts: { fields: { item: ofField, keys: [nameOf] } },
    identifies: ['connection_id']
  },
  merged: (live, wanted) => wanted ?? (isObject(live) && !isEmpty(live) ? withoutMasks(live) : undefined)
}

/**
 * Adds the id of the live enrichment, without which the service would create a second one. Settings that no
 * file states stay, as long as the connection is the same.
 */
export function withLiveEnricher(
  live: { readonly [name: string]: Json | undefined },
  body: JsonObject
): JsonObject {
  const there = isObject(live.enricher) ? withoutMasks(live.enricher) : {}
  const wanted = body.enricher
  if (!isObject(wanted)) return {}
  const isSame = there.connection_id === wanted.connection_id
  const configuration = isSame && isObject(there.configuration) ? there.configuration : {}
  return {
    enricher: {
      ...withoutAbsent({
        enricher_id: there.enricher_id,
        fields: isSame ? there.fields : undefined
      }),
      ...wanted,
      configuration: overlay(configuration, isObject(wanted.configuration) ? wanted.configuration : {})
    }
  }
}

/**
 * Keeps the live example of an additional field, if the files state none. Of several live fields with one
 * name, the only one with the same label and type is used.
 */
export function withLiveExamples(
  live: { readonly [name: string]: Json | undefined },
  body: JsonObject
): JsonObject {
  const wanted = body.additional_fields
  if (!Array.isArray(wanted) || !Array.isArray(live.fields)) return {}
  const there = list(live.fields).filter(isAdded)
  const exampleOf = (item: JsonObject): Json | undefined => {
    const named = there.filter((field) => nameOf(field) === nameOf(item))
    const same = named.filter(({ label, type }) => label === item.label && type === item.type)
    const [one, another] = named.length > 1 ? same : named
    return another === undefined ? (one?.example ?? undefined) : undefined
  }
  return {
    additional_fields: wanted.map((item) =>
      isObject(item) ? withoutAbsent({ example: exampleOf(item), ...item }) : item
    )
  }
}

/** Returns the name of a field, which is an object in answers and a text in files. */
export function nameOf(item: Json): string {
  return isObject(item) ? textOf(item.name) : textOf(item)
}
