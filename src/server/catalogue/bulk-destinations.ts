/** What a bulk sync may write to, and what has to be said about it; by type of connection. */
import type { BulkMode } from '../../wire/bulk-sync.ts'
import type { Json, JsonObject } from '../../wire/common.ts'
import { catalogueOfType } from './catalogue.ts'
import { isSql } from './shapes.ts'

/** One key of a destination's configuration. */
export interface DestinationKey {
  type: 'string' | 'boolean' | 'object'
  /** Filled in where it was not sent. */
  default?: Json
  /** The values that it may have. */
  enum?: readonly string[]
  /** Of an object. */
  items?: Readonly<Record<string, DestinationKey>>
}

/** A type of connection as the destination of bulk syncs. Keys that are not described are kept as sent. */
export interface BulkDestinationFacts {
  modes: readonly BulkMode[]
  /** It can keep every version of a record in a companion table. */
  history: boolean
  keys: Readonly<Record<string, DestinationKey>>
  /** One of these has to be said. */
  requiresOneOf?: readonly string[]
}

const schema: DestinationKey = { type: 'string' }
const mirror: DestinationKey = { type: 'boolean', default: false }
const prefix: DestinationKey = { type: 'string', default: '' }
const off: DestinationKey = { type: 'boolean', default: false }

const all: readonly BulkMode[] = ['replicate', 'snapshot', 'append']
const postgres: BulkDestinationFacts = {
  modes: ['replicate'],
  history: true,
  keys: {
    schema,
    mirror_schemas: mirror,
    advanced: { type: 'object', items: { table_prefix: prefix, truncate_existing: off } }
  }
}
const snowflake: BulkDestinationFacts = {
  modes: all,
  history: true,
  keys: {
    schema,
    mirror_schemas: mirror,
    advanced: {
      type: 'object',
      items: { hard_deletes: off, table_prefix: prefix, truncate_existing: off }
    }
  }
}
const bigquery: BulkDestinationFacts = {
  modes: all,
  history: true,
  keys: { dataset: { type: 'string' } },
  requiresOneOf: ['dataset', 'schema']
}
const storage: BulkDestinationFacts = {
  modes: all,
  history: false,
  keys: { format: { type: 'string', enum: ['csv', 'json', 'parquet'] }, subfolder: { type: 'string' } }
}
/** Expected of databases; nobody documents it for these, so nothing is filled in. */
const database: BulkDestinationFacts = {
  modes: all,
  history: true,
  keys: { schema, mirror_schemas: { type: 'boolean' }, advanced: { type: 'object' } }
}
const anything: BulkDestinationFacts = { modes: all, history: false, keys: {} }

const described: Readonly<Record<string, BulkDestinationFacts>> = {
  postgresql: postgres,
  googlecloudsql: postgres,
  snowflake,
  bigquery,
  s3: storage,
  gcs: storage,
  azureblob: storage
}

/**
 * Undefined for applications, which only syncs of models write to. A type that nobody has described takes
 * anything.
 */
export function bulkDestination(type: string): BulkDestinationFacts | undefined {
  const own =
    (Object.hasOwn(described, type) ? described[type] : undefined) ?? (isSql(type) ? database : undefined)
  if (own !== undefined) return own
  const { open, target } = catalogueOfType(type)
  return open === true && target === true ? anything : undefined
}

/** What was sent, with the documented defaults of the destination around it. */
export function withDefaults(keys: Readonly<Record<string, DestinationKey>>, sent: JsonObject): JsonObject {
  const filled: JsonObject = { ...sent }
  for (const [name, key] of Object.entries(keys)) {
    const value = filled[name]
    if (key.items !== undefined && (value === undefined || isObject(value))) {
      filled[name] = withDefaults(key.items, value ?? {})
    } else if (value === undefined && key.default !== undefined) {
      filled[name] = key.default
    }
  }
  return filled
}

/** The first key whose value has the wrong type, as a path, and what is wrong with it. Null is nothing. */
export function misfit(
  keys: Readonly<Record<string, DestinationKey>>,
  sent: JsonObject
): [path: string, problem: string] | undefined {
  for (const [name, key] of Object.entries(keys)) {
    const value = sent[name]
    if (value === undefined || value === null) continue
    if (key.type === 'object' ? !isObject(value) : typeof value !== key.type) {
      return [name, `must be ${key.type}`]
    }
    if (key.enum !== undefined && value !== '' && !key.enum.some((one) => one === value)) {
      return [name, `must be one of ${key.enum.join(', ')}`]
    }
    const below = key.items !== undefined && isObject(value) ? misfit(key.items, value) : undefined
    if (below !== undefined) return [`${name}.${below[0]}`, below[1]]
  }
  return undefined
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
