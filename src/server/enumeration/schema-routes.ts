/** The schemas of a connection: those that were read from it, with the changes of users. */
import type { PrimaryKeyOverride, Schema, SchemaStatus, UserField } from '../../wire/bulk-sync.ts'
import { data, type RouteResult } from '../answer.ts'
import { found, mustBePart, param, type Call, type Route } from '../call.ts'
import { lazily, mustFit } from '../kinds/request-shape.ts'
import { invalid, notFound, Refusal } from '../refusal.ts'
import type { SchemaChanges, StoredConnection } from '../stored.ts'
import { basicTypeOf, basicTypes } from './field-types.ts'
import { overriddenKeys, shownSchema, sourceSchemas, type SourceSchemas } from './schema.ts'
import { readySchemas } from './schema-cache.ts'

const all = '/api/connections/:id/schemas'
const one = `${all}/:schema`
const field = `${one}/fields/:field`

/** `status` and `refresh` come before `:schema`, which would take them for schemas. */
export const schemaRoutes: readonly Route[] = [
  { method: 'GET', path: `${all}/status`, access: 'organization', answer: schemaStatus },
  { method: 'POST', path: `${all}/refresh`, access: 'organization', bodyless: true, answer: refresh },
  { method: 'GET', path: one, access: 'organization', answer: oneSchema },
  { method: 'GET', path: `${one}/records`, access: 'organization', answer: records },
  { method: 'GET', path: '/api/connections/:id/:schema/records', access: 'organization', answer: records },
  { method: 'PUT', path: `${one}/primary_keys`, access: 'organization', anyVerb: true, answer: setKeys },
  { method: 'DELETE', path: `${one}/primary_keys`, access: 'organization', answer: resetKeys },
  { method: 'POST', path: `${one}/fields`, access: 'organization', answer: addFields },
  { method: 'PATCH', path: field, access: 'organization', anyVerb: true, answer: changeField },
  { method: 'DELETE', path: field, access: 'organization', answer: removeField }
]

/** `GET …/schemas/status`: fresh at once, unless a fault says that the schemas are still being read. */
export function schemaStatus(call: Call): RouteResult {
  const connection = found(call, 'connection', param(call, 'id'))
  const at = connection.updated_at
  const answer: SchemaStatus =
    call.readingSchemas === undefined
      ? { cache_status: 'fresh', last_refresh_started: at, last_refresh_finished: at }
      : { cache_status: 'refreshing', last_refresh_started: at, last_refresh_finished: null }
  return data(answer)
}

/** Refreshes schemas: they are read anew when they are next asked for, so the refresh is done at once. */
function refresh(call: Call): RouteResult {
  const connection = found(call, 'connection', param(call, 'id'))
  if (connection.status !== 'healthy') {
    throw invalid('connection', `"${connection.name}" is not authorized yet`, 400)
  }
  call.context.catalogue.refresh(connection)
  return { status: 202, headers: { location: `/api/connections/${connection.id}/schemas/status` } }
}

/** `GET …/schemas/{schema}`. */
export function oneSchema(call: Call): RouteResult {
  return data(shownSchema(call, opened(call).schema))
}

interface Opened {
  connection: StoredConnection
  source: SourceSchemas
  schema: Schema
  changes: SchemaChanges
}

/**
 * Returns a schema by name. With `created`, an unknown one that may exist counts as a schema without
 * fields.
 */
function opened(call: Call, created = false): Opened {
  const connection = found(call, 'connection', param(call, 'id'))
  const id = param(call, 'schema')
  const source = readySchemas(call, connection)
  const unknown = created && source.mayExist(id) ? { id, name: id, fields: [] } : undefined
  const schema = source.find(id) ?? unknown
  if (schema === undefined) throw notFound('schema', id)
  return { connection, source, schema, changes: changesOf(connection, id) }
}

/** The table has no prototype: a schema may be called `constructor`. */
function changesOf({ schema_changes = {} }: StoredConnection, id: string): SchemaChanges {
  return (Object.hasOwn(schema_changes, id) ? schema_changes[id] : undefined) ?? {}
}

/** Answers no samples: this server does not read sources. */
function records(call: Call): RouteResult {
  opened(call)
  throw new Refusal(400, 'no_runner', 'this server reads no records yet, so it has none to show')
}

/** Stores changes to a schema. The connection itself does not count as updated. */
function change(call: Call, { connection, schema }: Opened, changes: SchemaChanges): void {
  const { [schema.id]: _old, ...others } = connection.schema_changes ?? {}
  const isEmpty = changes.primary_keys === undefined && (changes.fields ?? []).length === 0
  call.context.records.put('connection', {
    ...connection,
    schema_changes: isEmpty ? others : { ...others, [schema.id]: changes }
  })
}

const keysShape = lazily<{ fields?: PrimaryKeyOverride[] | null }>(() => ({
  type: 'object',
  properties: {
    fields: {
      type: ['array', 'null'],
      items: {
        type: 'object',
        required: ['field_id', 'is_primary_key'],
        properties: { field_id: { type: 'string', minLength: 1 }, is_primary_key: { type: 'boolean' } }
      }
    }
  }
}))

function setKeys(call: Call): RouteResult {
  const overrides = mustFit(keysShape(), call.body, 400).fields ?? []
  const schema = opened(call, true)
  const { primary_keys: _old, ...rest } = schema.changes
  const known = (schema.schema.fields ?? []).map(({ id }) => id)
  for (const [index, { field_id }] of overrides.entries()) {
    if (known.length === 0 || known.includes(field_id)) continue
    throw invalid(`fields[${index}].field_id`, `names no field of ${schema.schema.id}: ${field_id}`, 400)
  }
  const keys = overriddenKeys(detected(call, schema), overrides)
  change(call, schema, keys === undefined ? rest : { ...rest, primary_keys: keys })
  return { status: 202 }
}

/** Returns the schema without changes to its keys. */
function detected(call: Call, { connection, schema, changes }: Opened): Schema | undefined {
  const { primary_keys: _keys, ...others } = changes
  const schema_changes = { ...connection.schema_changes, [schema.id]: others }
  return sourceSchemas({ ...connection, schema_changes }, call.context.catalogue).find(schema.id)
}

function resetKeys(call: Call): RouteResult {
  const schema = opened(call, true)
  const { primary_keys: _old, ...rest } = schema.changes
  change(call, schema, rest)
  return { status: 202 }
}

const maybeText = { type: ['string', 'null'] }
const text = { type: 'string', minLength: 1 }
const fieldsShape = lazily<{ fields?: UserField[] | null }>(() => ({
  type: 'object',
  properties: {
    fields: {
      type: ['array', 'null'],
      items: {
        type: 'object',
        required: ['field_id', 'label', 'type'],
        properties: {
          field_id: text,
          label: text,
          type: text,
          path: maybeText,
          example: {},
          definition: {}
        }
      }
    }
  }
}))

/** Adds fields, or replaces their definitions. */
function addFields(call: Call): RouteResult {
  const sent = mustFit(fieldsShape(), call.body, 400).fields ?? []
  for (const [index, one] of sent.entries()) {
    mustBePart(call, `fields[${index}].definition`, one.definition, 400)
    mustBeTyped(one, `fields[${index}].`)
  }
  const schema = opened(call, true)
  const named = new Set(sent.map(({ field_id }) => field_id))
  const others = (schema.changes.fields ?? []).filter(({ field_id }) => !named.has(field_id))
  change(call, schema, { ...schema.changes, fields: [...others, ...sent.map(userField)] })
  return { status: 202 }
}

/** Throws 400 for an unknown type, and for a definition of another one. */
function mustBeTyped({ type, definition }: Pick<UserField, 'type' | 'definition'>, where: string): void {
  if (!basicTypes.some((known) => known === type))
    throw invalid(`${where}type`, `must be one of ${basicTypes.join(', ')}`, 400)
  if (definition === undefined || definition === null) return
  const basic = basicTypeOf(definition)
  if (basic === undefined) throw invalid(`${where}definition`, 'defines no type', 400)
  if (basic !== type) throw invalid(`${where}definition`, `defines a ${basic}, and type is ${type}`, 400)
}

/** Returns the known members of a field: others are not stored. */
function userField({ field_id, label, type, path, example, definition }: UserField): UserField {
  return {
    field_id,
    label,
    type,
    ...((path ?? '') === '' ? {} : { path: path ?? '' }),
    ...(example === undefined || example === null ? {} : { example }),
    ...(definition === undefined || definition === null ? {} : { definition })
  }
}

type FieldChange = { [Key in 'label' | 'type' | 'path']?: string | null } & Pick<
  UserField,
  'example' | 'definition'
>
const changeShape = lazily<FieldChange>(() => ({
  type: 'object',
  properties: { label: maybeText, type: maybeText, path: maybeText, example: {}, definition: {} }
}))

/**
 * Changes members of a field, also of a detected one. An empty path clears it; a type without a
 * definition clears the definition.
 */
function changeField(call: Call): RouteResult {
  const sent = mustFit(changeShape(), call.body, 400)
  mustBePart(call, 'definition', sent.definition, 400)
  const schema = opened(call)
  const id = param(call, 'field')
  const now = schema.schema.fields?.find((known) => known.id === id)
  if (now === undefined) throw notFound('field', id)
  const stored = schema.changes.fields?.find(({ field_id }) => field_id === id)
  const defined = basicTypeOf(sent.definition ?? null)
  const type = sent.type ?? defined ?? now.type
  if ((sent.type ?? sent.definition ?? null) !== null)
    mustBeTyped({ type, definition: sent.definition ?? null }, '')
  const merged = userField({
    field_id: id,
    label: sent.label ?? now.name,
    type,
    path: sent.path ?? now.path ?? null,
    example: sent.example ?? stored?.example ?? null,
    definition: sent.definition ?? (sent.type === undefined ? stored?.definition : null) ?? null
  })
  const others = (schema.changes.fields ?? []).filter(({ field_id }) => field_id !== id)
  change(call, schema, { ...schema.changes, fields: [...others, merged] })
  return data(shownSchema(call, opened(call).schema).fields?.find((known) => known.id === id))
}

/** Removes a field that a user added; detected ones exist as long as the source has them. */
function removeField(call: Call): RouteResult {
  const schema = opened(call)
  const id = param(call, 'field')
  const users = schema.changes.fields ?? []
  if (!users.some(({ field_id }) => field_id === id)) {
    const isDetected = schema.schema.fields?.some((known) => known.id === id) === true
    if (!isDetected) throw notFound('field', id)
    throw invalid('field', `${id} was read from the source and cannot be deleted`, 400)
  }
  const fields = users.filter(({ field_id }) => field_id !== id)
  change(call, schema, { ...schema.changes, fields })
  forgetIfGone(call, schema, id)
  return { status: 202 }
}

/** Takes a field that the source does not have any more out of the bulk syncs that knew it. */
function forgetIfGone(call: Call, { connection, schema }: Opened, id: string): void {
  const { records, catalogue } = call.context
  const now = sourceSchemas(records.get('connection', connection.id) ?? connection, catalogue)
  if (now.find(schema.id)?.fields?.some((field) => field.id === id) === true) return
  for (const sync of records.all('bulk_sync')) {
    if (sync.source_connection_id !== connection.id) continue
    const schemas = sync.schemas.map((one) =>
      one.id === schema.id ? { ...one, fields: one.fields.filter((field) => field.id !== id) } : one
    )
    records.put('bulk_sync', { ...sync, schemas })
  }
}
