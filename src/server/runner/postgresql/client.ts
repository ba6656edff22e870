import type { ClientBase, Pool, PoolClient, PoolConfig, QueryConfig } from 'pg'
import type { Json } from '../../../wire/common.ts'
import { RunProblem, type ConnectionFacts, type ConnectorParts } from '../connector.ts'
import { driver } from '../driver.ts'
import type { Value } from '../value.ts'
import { understood } from './errors.ts'
import { readerOf, type ArrayTypes } from './types.ts'

/** Connections to a database, opened when they are used. */
export interface Sql {
  name: string
  /** Runs one statement. The rows have values in the order of the columns. */
  query(text: string, values?: readonly unknown[]): Promise<SqlResult>
  /** Takes a connection, which is to be released; its errors are PostgreSQL's own. */
  acquire(): Promise<PoolClient>
  types: { getTypeParser: (type: number) => (text: string) => Value }
  close(): Promise<void>
}

/** What a statement found. */
export interface SqlResult {
  rows: readonly (readonly Value[])[]
  fields: readonly { name: string; dataTypeID: number; dataTypeModifier: number }[]
  count: number
}

const settings =
  "SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; SET IntervalStyle = 'postgres'; " +
  "SET bytea_output = 'hex'; SET extra_float_digits = 1; SET client_encoding = 'UTF8'"

/** Opens the database of a connection. Nothing is sent before it is used. */
export async function openSql(
  connection: ConnectionFacts,
  connections: number,
  { connectMs = 15_000 }: Pick<ConnectorParts, 'connectMs'>
): Promise<Sql> {
  const { default: pg } = await driver('pg', () => import('pg'))
  // Its promise is waited for, although its type does not say so.
  const first = { onConnect: async (client: ClientBase) => void (await client.query(settings)) }
  const pool: Pool = new pg.Pool({
    ...poolConfig(connection),
    connectionTimeoutMillis: connectMs,
    max: connections,
    ...first
  })
  // An idle connection that ends is opened again when it is needed.
  pool.on('error', () => undefined)
  const { name } = connection
  let arrays: ArrayTypes | undefined
  const types = { getTypeParser: (type: number) => readerOf(type, arrays ?? new Map()) }
  const prepare = async (): Promise<void> => {
    if (arrays !== undefined) return
    const { rows } = await pool.query<string[]>({
      text: "SELECT oid, typelem FROM pg_type WHERE typinput = 'array_in'::regproc AND typdelim = ','",
      rowMode: 'array'
    })
    arrays = new Map(rows.map(([type, item]): [number, number] => [Number(type), Number(item)]))
  }
  const understandably = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      await prepare()
      return await work()
    } catch (error) {
      throw understood(error, name)
    }
  }
  return {
    name,
    types,
    query: (text, values = []) =>
      understandably(async () => resultOf(await pool.query(statement(text, values, types)))),
    acquire: () =>
      understandably(async () => {
        const client = await pool.connect()
        // What ends the connection fails what is done over it; by itself it must not end the process.
        client.on('error', () => undefined)
        return client
      }),
    close: () => pool.end()
  }
}

/** A statement whose rows are lists of our values. */
export function statement(
  text: string,
  values: readonly unknown[],
  types: Sql['types']
): QueryConfig & { rowMode: 'array' } {
  return { text, values: [...values], rowMode: 'array', types }
}

/** The parts of a result that are used. */
export function resultOf(result: {
  rows: unknown[]
  fields: { name: string; dataTypeID: number; dataTypeModifier: number }[]
  rowCount: number | null
}): SqlResult {
  const rows = result.rows.map((row): Value[] => (Array.isArray(row) ? row : []))
  return { rows, fields: result.fields, count: result.rowCount ?? 0 }
}

function poolConfig({ name, configuration }: ConnectionFacts): PoolConfig {
  const { hostname, port, username, password, database } = configuration
  if (configuration['ssh'] === true)
    throw new RunProblem('ssh', `the connection "${name}" goes through SSH, which this server does not do`)
  return {
    host: text(hostname),
    port: Number(port ?? 5432),
    user: text(username),
    password: text(password),
    database: text(database),
    application_name: 'polyctl',
    keepAlive: true,
    ssl: sslOf(configuration)
  }
}

/** On unless the connection says otherwise, with a certificate that somebody vouches for. */
function sslOf(configuration: ConnectionFacts['configuration']): PoolConfig['ssl'] {
  const { ssl, ca_cert, client_certificate, client_key } = configuration
  if (ssl === false) return false
  return {
    ...(text(ca_cert) === '' ? {} : { ca: text(ca_cert) }),
    ...(text(client_certificate) === '' ? {} : { cert: text(client_certificate), key: text(client_key) })
  }
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

/** Returns a name as SQL has it, whatever letters are in it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
