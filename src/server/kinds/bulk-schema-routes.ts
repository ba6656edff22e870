import type { BulkSchema, BulkSchemaListItem } from '../../wire/bulk-sync.ts'
import { data, type RouteResult } from '../answer.ts'
import { found, isNewest, param, referred, type Call, type Route } from '../call.ts'
import type { SourceSchemas } from '../enumeration/schema.ts'
import { cachedSchemas } from '../enumeration/schema-cache.ts'
import { invalid, notFound } from '../refusal.ts'
import type { StoredBulkSchema, StoredBulkSync, StoredConnection } from '../stored.ts'
import { mustAllowHistory, shownHistory } from './bulk-history.ts'
import { listedSchema, mustExist, readSchema, selected, selection, shownSchema } from './bulk-schema.ts'
import { changed } from './bulk-sync.ts'
import { bulkSchemaShape, bulkSchemasShape } from './bulk-sync-shape.ts'
import { mustFit } from './request-shape.ts'

const all = '/api/bulk/syncs/:id/schemas'
const one = `${all}/:schema`

/** PATCH of several is the same in all versions; the update of one has two names. */
export const bulkSchemaRoutes: readonly Route[] = [
  { method: 'GET', path: all, access: 'organization', answer: list },
  { method: 'PATCH', path: all, access: 'organization', anyVerb: true, answer: patch },
  { method: 'GET', path: one, access: 'organization', answer: get },
  { method: 'PUT', path: one, access: 'organization', answer: update },
  { method: 'PATCH', path: one, access: 'organization', answer: update },
  { method: 'POST', path: `${one}/cancel`, access: 'organization', bodyless: true, answer: cancel }
]

interface Selected {
  sync: StoredBulkSync
  source: SourceSchemas
}

function open(call: Call): Selected {
  const sync = found(call, 'bulk_sync', param(call, 'id'))
  const connection = found(call, 'connection', sync.source_connection_id)
  return { sync, source: cachedSchemas(call, connection) }
}

function oneOf({ sync, source }: Selected, id: string): StoredBulkSchema {
  const schema = selected(sync, source, id)
  if (schema === undefined) throw notFound('schema', id)
  return schema
}

function list(call: Call): RouteResult {
  const { sync, source } = open(call)
  const wanted = readFilters(call.query)
  const items = selection(sync, source)
    .map((schema) => ({ ...listedSchema(sync, schema), ...historyOf(call, sync, schema) }))
    .filter((item) => wanted.every(([key, value]) => String(item[key] ?? '') === value))
  return data(call.version === '2023-04-25' ? items.map(oldest) : items)
}

type Filterable = keyof BulkSchemaListItem

const filterable: readonly Filterable[] = [
  'id',
  'enabled',
  'output_name',
  'user_output_name',
  'partition_key',
  'tracking_field'
]

/** Reads `filters={"enabled":"true"}` and `filters[enabled]=true`. Throws 400 for anything else. */
function readFilters(query: URLSearchParams): [key: Filterable, value: string][] {
  const filters: [string, string][] = []
  for (const [name, value] of query) {
    const key = /^filters\[(.+)\]$/.exec(name)?.[1]
    if (key !== undefined) filters.push([key, value])
    if (name === 'filters' && value !== '') filters.push(...fromJson(value))
  }
  return filters.map(([name, value]) => {
    const key = filterable.find((known) => known === name)
    if (key === undefined) throw invalid(`filters.${name}`, `must be one of ${filterable.join(', ')}`, 400)
    return [key, value]
  })
}

function fromJson(text: string): [string, string][] {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) {
      return Object.entries(value).map(([key, one]) => [key, String(one)])
    }
  } catch {
    // Falls through to the refusal.
  }
  throw invalid('filters', 'must be a JSON object', 400)
}

function get(call: Call): RouteResult {
  const opened = open(call)
  return data(shown(call, opened.sync, oneOf(opened, param(call, 'schema'))))
}

function historyOf(call: Call, sync: StoredBulkSync, schema: StoredBulkSchema): Partial<BulkSchema> {
  return isNewest(call) ? shownHistory(sync, destinationOf(call, sync), schema) : {}
}

function destinationOf(call: Call, sync: StoredBulkSync): StoredConnection | undefined {
  return referred(call, 'connection', sync.destination_connection_id)
}

/** Returns a schema as answers have it; in the oldest version it has five members. */
function shown(call: Call, sync: StoredBulkSync, schema: StoredBulkSchema): BulkSchema {
  const full = shownSchema(sync, schema)
  if (call.version !== '2023-04-25') return { ...full, ...historyOf(call, sync, schema) }
  const fields = (full.fields ?? []).map(({ id, enabled, obfuscated }) => ({
    id,
    enabled: enabled ?? true,
    obfuscated: obfuscated ?? false
  }))
  return { ...oldest(full), fields }
}

function oldest({ id, enabled, output_name, partition_key }: BulkSchema): BulkSchema {
  return {
    id,
    enabled: enabled ?? true,
    ...(output_name === undefined ? {} : { output_name }),
    partition_key: partition_key ?? ''
  }
}

/**
 * Updates the listed schemas; others stay. Of a listed one, members that are left out stay, except for
 * its fields.
 */
function patch(call: Call): RouteResult {
  const sent = mustFit(bulkSchemasShape(), call.body, 400).schemas ?? []
  const { sync, source } = open(call)
  const destination = { mode: sync.mode, to: destinationOf(call, sync) }
  const now = new Map(selection(sync, source).map((schema) => [schema.id, schema]))
  const touched = new Set<string>()
  for (const [index, schema] of sent.entries()) {
    const before = now.get(schema.id)
    if (before === undefined) mustExist(source, schema.id, `schemas[${index}].id`)
    mustAllowHistory(call, destination, schema, `schemas[${index}]`)
    const { fields: _all, ...kept } = before ?? { fields: [] }
    const history = schema.history_enabled ?? before?.history_enabled ?? null
    const merged = { ...kept, ...schema, history_enabled: history }
    now.set(schema.id, readSchema(merged, source, `schemas[${index}]`))
    touched.add(schema.id)
  }
  const untouched = sync.schemas.filter(({ id }) => !touched.has(id))
  const decided = [...now.values()].filter(({ id }) => touched.has(id))
  const after = { ...sync, schemas: [...untouched, ...decided] }
  if (sent.length > 0) changed(call, after)
  return data(selection(after, source).map((schema) => shown(call, after, schema)))
}

function update(call: Call): RouteResult {
  const sent = mustFit(bulkSchemaShape(), call.body, 400)
  const opened = open(call)
  const { sync, source } = opened
  const id = param(call, 'schema')
  if (!source.mayExist(id)) oneOf(opened, id)
  mustAllowHistory(call, { mode: sync.mode, to: destinationOf(call, sync) }, sent, '')
  const kept = sync.schemas.find((known) => known.id === id)?.history_enabled ?? null
  const schema = readSchema({ ...sent, id, history_enabled: sent.history_enabled ?? kept }, source, '')
  const after = { ...sync, schemas: replaced(sync.schemas, schema) }
  changed(call, after)
  return data(shown(call, after, schema))
}

function replaced(schemas: readonly StoredBulkSchema[], schema: StoredBulkSchema): StoredBulkSchema[] {
  const known = schemas.some(({ id }) => id === schema.id)
  return known
    ? schemas.map((previous) => (previous.id === schema.id ? schema : previous))
    : [...schemas, schema]
}

function cancel(call: Call): RouteResult {
  oneOf(open(call), param(call, 'schema'))
  return data({ message: 'no execution is running' })
}
