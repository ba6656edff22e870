/** How the configuration of a model names what it reads, per sort of system. */
import type { JsonObject } from '../../wire/common.ts'

/**
 * What a model of one sort of system is configured with, and how that leads to an object of the catalogue.
 */
export interface Shape {
  /** What may be chosen, in the order of the answer; `after`: only when that has been chosen. */
  items: Record<string, { after?: string; free?: true }>
  /** Exactly one of these makes the configuration complete. */
  requiresOneOf: readonly string[]
  /** The key that has the object's name, or two that make it up, joined with a dot. */
  names: readonly (readonly string[])[]
  /** The one object that there is, which a configuration need not name. */
  only?: string
}

const sql: Shape = {
  items: {
    query: { free: true },
    table: {},
    tracking_columns: { free: true },
    view: { free: true }
  },
  requiresOneOf: ['query', 'table', 'view'],
  names: [['table'], ['view'], ['schema', 'table'], ['schema', 'view']]
}

/** Which keys hold a value is documented, not what may be chosen: one file, or an archive of many. */
const files: Shape = {
  items: {
    model_from: { free: true },
    key: {},
    file_format: { free: true },
    skip_lines: { free: true },
    subfolder: { free: true }
  },
  requiresOneOf: ['model_from'],
  names: [['key']]
}

/**
 * For systems whose model configuration nobody documents: the name of one object, and nothing is
 * demanded.
 */
const stream: Shape = {
  items: { stream_id: {} },
  requiresOneOf: [],
  names: [['stream_id'], ['object'], ['table'], ['name']]
}

const shapes: Readonly<Record<string, Shape>> = {
  // Each of these is an object; nobody documents what is in it.
  airtable: {
    items: {
      baseobj: { free: true },
      tableobj: { free: true, after: 'baseobj' },
      viewobj: { free: true, after: 'tableobj' }
    },
    requiresOneOf: [],
    names: stream.names
  },
  mongodb: {
    items: { database: {}, collection: { after: 'database' }, query: { free: true, after: 'database' } },
    requiresOneOf: ['collection', 'query'],
    names: [['database', 'collection']]
  },
  bigquery: {
    items: { dataset: {}, table: { after: 'dataset' }, query: { free: true } },
    requiresOneOf: ['query', 'table', 'view'],
    names: [['dataset', 'table'], ['table']]
  },
  csv: { ...stream, only: 'data' },
  gcs: files,
  s3: files,
  salesforce: {
    items: { table: {}, query: { free: true }, include_deleted: { free: true } },
    requiresOneOf: ['table', 'query', 'stream_id'],
    names: [['table'], ['stream_id']]
  }
}

const sqlTypes = new Set([
  'awsathena',
  'azuresql',
  'clickhouse',
  'databricks',
  'googlecloudmysql',
  'googlecloudsql',
  'ibm_db2',
  'motherduck',
  'mssql',
  'mysql',
  'postgresql',
  'redshift',
  'redshiftserverless',
  'snowflake',
  'synapse'
])

/** Whether its objects are tables. BigQuery counts, although there a dataset is chosen before the table. */
export function isSql(type: string): boolean {
  return sqlTypes.has(type) || type === 'bigquery'
}

/**
 * Never fails: a type that nobody has described has models that name one object, and may leave even that
 * out.
 */
export function shapeOf(type: string): Shape {
  const own = Object.hasOwn(shapes, type) ? shapes[type] : undefined
  return own ?? (sqlTypes.has(type) ? sql : stream)
}

/** The names that the configuration may mean, likeliest first. */
export function objectNames(shape: Shape, configuration: JsonObject): string[] {
  const named = shape.names
    .map((keys) => keys.map((key) => configuration[key]))
    .filter((parts): parts is string[] => parts.every((part) => typeof part === 'string' && part !== ''))
    .map((parts) => parts.join('.'))
  return named.length === 0 && shape.only !== undefined ? [shape.only] : named
}
