import type { DataImpact } from '../state/impact.ts'
import {
  dictionary,
  isEmpty,
  isObject,
  sortedText,
  textOf,
  type Json,
  type JsonObject
} from '../state/value.ts'
import type { Schema } from '../wire/bulk-sync.ts'
import type { RequestBelow } from './api.ts'
import { object, scalar, set } from './codecs.ts'
import type { Codec } from './field.ts'
import { definitionWords, plainTypeOf, plainTypes } from './field-types.ts'
import { list, withoutAbsent } from './fields.ts'
import { kindOf } from './kind-of.ts'
import { newWithoutType, problemsOf } from './schema-field-problems.ts'
import { placeApi, placeFields, placeNaming, placeSearch } from './schema-place.ts'

const otherFields: DataImpact = {
  effect: ({ path, how }) => {
    if (path.length < 2) return 'unknown'
    if (path.length === 2) return how === 'added' ? 'none' : 'no longer written'
    return path[2] === 'label' ? 'none' : 'other values'
  },
  because:
    'what uses the schema finds its fields, and the types of their values, as they are described here'
}

/** A setting that keeps its live value if no file states it. */
const kept = { carried: true } as const

const one: Codec = object({
  id: {
    codec: scalar({ type: 'string', minLength: 1, description: 'What the field is called: address.city.' }),
    required: true,
    isKey: true
  },
  label: {
    codec: scalar(
      { type: 'string', minLength: 1, description: 'What people see. Of a new field, by default its id.' },
      kept
    )
  },
  type: {
    codec: scalar({ enum: [...plainTypes], description: 'Its plain type. A new field needs one.' }, kept)
  },
  path: {
    codec: scalar(
      {
        type: 'string',
        description: 'Where it is in a document, as JSONPath: $.address.city. Empty: none.'
      },
      kept
    )
  },
  definition: {
    codec: {
      schema: {
        anyOf: [{ enum: definitionWords }, { type: 'array', minItems: 1 }],
        description:
          'Its type in detail: bigint, or a list such as [decimal, { precision: 9, scale: 2 }]. ' +
          'The plain type follows from it.'
      },
      rule: { is: 'json', ...kept }
    }
  }
})

const fields: Codec = {
  ...set(
    one,
    { key: (field) => (isObject(field) ? textOf(field.id) : '') },
    {
      keys: [],
      schema: { minItems: 1, description: 'All fields that are ours: added, or other than detected.' }
    }
  ),
  shape: {
    list: { members: { id: 'text', name: 'text', type: 'text', path: 'text', user_managed: 'scalar' } }
  },
  fromYaml: (value) =>
    Array.isArray(value)
      ? value.map((field) => {
          const type = isObject(field) ? (field.type ?? plainTypeOf(field.definition)) : undefined
          return isObject(field) && type !== undefined ? { ...field, type } : field
        })
      : value,
  fromWire: (value) => userManaged(value).map(fromAnswer),
  toWire: (value) => list(value).map(toRequest)
}

/**
 * Fields that people add to a schema, or describe differently from the source. The list is exclusive: a
 * live one that no file has is a difference. Answers also have the detected fields of the source, so this
 * kind needs a service whose answers tell them apart.
 */
export const schemaFields = kindOf<Schema>()({
  name: 'schema_fields',
  section: 'schema_fields',
  description: 'Fields that are added to a schema of a connection, or described in another way than there.',
  fields: {
    ...placeFields(otherFields),
    fields: {
      codec: fields,
      owner: 'owned',
      required: true,
      synonyms: ['user_fields', 'columns'],
      impact: otherFields
    }
  },
  observed: [],
  impacts: {
    create: otherFields,
    delete: {
      effect: 'no longer written',
      because: 'fields that were added are gone, and the others are as the source describes them'
    },
    rename: otherFields
  },
  synonyms: { field_id: 'id', name: 'label', type_spec: 'definition' },
  naming: placeNaming,
  filedUnder: ['connection'],
  api: {
    ...placeApi,
    since: '2025-09-18',
    search: placeSearch((field) => field.user_managed === true),
    dependsOnLive: true,
    updates: (body, live) => requests(list(body.fields), live),
    resets: (live) => userManaged(live.fields).map(removal),
    resetsLate: true,
    isReset: (wire) => untold(wire) === undefined && userManaged(wire.fields).length === 0,
    isConverged: (body, wire) => requests(list(body.fields), wire).length === 0,
    // The service reads the source again in the background, which took minutes.
    convergesWithinMs: 300_000,
    untold,
    adds: ({ fields: all }) => list(all).map(({ id }) => textOf(id))
  },
  inFull: true,
  check: (item) => problemsOf(list(item.fields)),
  checks: newWithoutType,
  replacement: (_live, { fields: wanted }) => withoutAbsent({ fields: wanted })
})

/** Returns the fields of an answer that people have added or changed. */
function userManaged(value: Json | undefined): JsonObject[] {
  return list(value).filter((field) => field.user_managed === true)
}

/**
 * Returns what the answers of older services do not tell: any of their fields may be one that people added.
 */
function untold({ fields: all }: JsonObject): string | undefined {
  const tells = ['user_managed', 'source_primary_key', 'primary_key_override', 'path']
  const isTold = list(all).some((field) => tells.some((key) => !isEmpty(field[key])))
  return isTold || list(all).length === 0 ? undefined : 'which fields people have added'
}

function fromAnswer({ id, name, type, path, type_spec: definition }: JsonObject): JsonObject {
  return withoutAbsent({
    id,
    label: name,
    type,
    path: isEmpty(path) ? undefined : path,
    definition: isEmpty(definition) ? undefined : definition
  })
}

function toRequest({ id, label, type, path, definition }: JsonObject): JsonObject {
  return withoutAbsent({ field_id: id, label, type, path, definition })
}

/** Members of requests, with their names in answers. */
const answered = dictionary({ label: 'name', type: 'type', path: 'path', definition: 'type_spec' })

/** Returns the requests: one for all new fields, one for each changed field, and at last the removals. */
function requests(wanted: readonly JsonObject[], live: JsonObject): RequestBelow[] {
  const there = new Map(list(live.fields).map((field) => [textOf(field.id), field]))
  const ids = new Set(wanted.map(({ field_id: id }) => textOf(id)))
  const added = wanted.filter(({ field_id: id }) => !there.has(textOf(id)))
  const changed = wanted.flatMap((field): RequestBelow[] => {
    const now = there.get(textOf(field.field_id))
    const body = now && differing(field, now)
    return body ? [{ method: 'PATCH', path: pathOf(field.field_id), body }] : []
  })
  const labelled = added.map(({ path, ...field }) =>
    withoutAbsent({ label: field.field_id, ...field, path: isEmpty(path) ? undefined : path })
  )
  return [
    ...(added.length > 0 ? [{ method: 'POST', path: '/fields', body: { fields: labelled } } as const] : []),
    ...changed,
    ...userManaged(live.fields)
      .filter(({ id }) => !ids.has(textOf(id)))
      .map(removal)
  ]
}

/**
 * Returns the members of a field that differ. A request with a type drops the detailed definition, so both
 * must be sent together. Any change makes a detected field one of people, also a change to the same values.
 */
function differing({ field_id: _id, ...field }: JsonObject, now: JsonObject): JsonObject | undefined {
  const isThere = (key: string): boolean =>
    isSame(field[key], now[answered[key] ?? key]) ||
    (isEmpty(field[key]) && isEmpty(now[answered[key] ?? key]))
  const other = Object.keys(field).filter((key) => !isThere(key))
  if (other.length === 0) return now.user_managed === true ? undefined : field
  const sent = new Set(other.includes('type') ? [...other, 'definition'] : other)
  return Object.fromEntries(Object.entries(field).filter(([key]) => sent.has(key)))
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return sortedText(a ?? null) === sortedText(b ?? null)
}

function removal({ id }: JsonObject): RequestBelow {
  return { method: 'DELETE', path: pathOf(id) }
}

function pathOf(id: Json | undefined): string {
  return `/fields/${encodeURIComponent(textOf(id))}`
}
