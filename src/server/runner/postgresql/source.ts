import type { JsonObject } from '../../../wire/common.ts'
import { RunProblem, type FieldFacts, type RowRequest, type Source } from '../connector.ts'
import { driver } from '../driver.ts'
import { partOf, textOf, type Row, type Value } from '../value.ts'
import { quoted, resultOf, statement, type Sql, type SqlResult } from './client.ts'
import { understood } from './errors.ts'
import { allTables, tableOf } from './tables.ts'
import { typeWord } from './types.ts'

/** Reads a table, a view or a query in one transaction that sees one moment, and may write nothing. */
export function sourceOf(sql: Sql): Source {
  return {
    objects: () => allTables(sql),
    fields: async (configuration) => (await columns(sql, await selection(sql, configuration))).map(shown),
    rows: (request) => rowsOf(sql, request),
    close: () => sql.close()
  }
}

/** What stands behind FROM. */
async function selection(sql: Sql, { query, table, view }: JsonObject): Promise<string> {
  if (typeof query === 'string' && query !== '') return `(${query.trim().replace(/[;\s]+$/, '')}\n) AS q`
  const name = [table, view].find((one): one is string => typeof one === 'string' && one !== '')
  if (name === undefined)
    throw new RunProblem('model', 'the model names neither a table nor a view nor a query')
  return (await tableOf(sql, name)).sql
}

interface Described {
  name: string
  type: number
  typeName: string
  category: string
  portableType: string
}

async function columns(sql: Sql, from: string): Promise<Described[]> {
  const fields = await described(sql, `SELECT * FROM ${from} LIMIT 0`)
  const { rows } = await sql.query(
    `SELECT t.typname, t.typcategory, CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace
       THEN format_type(t.oid, v.modifier) WHEN t.typcategory = 'A' THEN 'text[]' ELSE 'text' END
     FROM unnest($1::oid[], $2::int[]) WITH ORDINALITY AS v(oid, modifier, position)
     JOIN pg_type t ON t.oid = v.oid ORDER BY v.position`,
    [fields.map(({ dataTypeID }) => dataTypeID), fields.map(({ dataTypeModifier }) => dataTypeModifier)]
  )
  return fields.map(({ name, dataTypeID }, at) => {
    const [typeName = '', category = '', portableType = 'text'] = (rows[at] ?? []).map(textOf)
    return { name, type: dataTypeID, typeName, category, portableType }
  })
}

/** A query is somebody's text: it is described as one statement, where nothing can be written. */
async function described(sql: Sql, text: string): Promise<SqlResult['fields']> {
  const client = await sql.acquire()
  try {
    await client.query('BEGIN READ ONLY')
    // Several statements in one text are refused, which the simple protocol would carry out.
    const single = { ...statement(text, [], sql.types), queryMode: 'extended' }
    const { fields } = resultOf(await client.query(single))
    await client.query('ROLLBACK')
    client.release()
    return fields
  } catch (error) {
    client.release(true)
    throw understood(error, sql.name)
  }
}

function shown({ name, typeName, category, portableType }: Described): FieldFacts {
  return { name, type: typeWord(category, typeName), remoteType: typeName, portableType }
}

async function* rowsOf(
  sql: Sql,
  { configuration, fields, texts = [], batch }: RowRequest
): AsyncIterable<Row[]> {
  const from = await selection(sql, configuration)
  const known = new Set((await columns(sql, from)).map(({ name }) => name))
  const picks = fields.map((field) => pickOf(field, known))
  const names = [...new Set(picks.map(({ column }) => column))]
  const columnsRead = [...texts.map((name) => `${quoted(name)}::text`), ...names.map(quoted)]
  const list = columnsRead.length === 0 ? '1' : columnsRead.join(', ')
  const places = [
    ...texts.map((_name, at) => ({ at, path: [] })),
    ...picks.map(({ column, path }) => ({ at: texts.length + names.indexOf(column), path }))
  ]
  const isPlain = places.every(({ at, path }, index) => at === index && path.length === 0)
  for await (const rows of cursor(sql, `SELECT ${list} FROM ${from}`, batch))
    yield isPlain ? rows : rows.map((row) => places.map(({ at, path }) => partOf(row[at], path)))
}

/** A field is a column, or a path into one. */
function pickOf(field: string, known: ReadonlySet<string>): { column: string; path: string[] } {
  if (known.has(field)) return { column: field, path: [] }
  const parts = field.split('.')
  for (let length = parts.length - 1; length > 0; length -= 1) {
    const column = parts.slice(0, length).join('.')
    if (known.has(column)) return { column, path: parts.slice(length) }
  }
  throw new RunProblem('field', `the source has no column ${field}`)
}

async function* cursor(sql: Sql, text: string, batch: number): AsyncIterable<Value[][]> {
  const { default: Cursor } = await driver('pg-cursor', () => import('pg-cursor'))
  const client = await sql.acquire()
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY')
    const open = client.query(new Cursor<Value[]>(text, [], { rowMode: 'array', types: sql.types }))
    // The server prepares the next batch while one is worked on.
    for (let next = open.read(batch); ;) {
      const rows = await next
      if (rows.length === 0) break
      next = open.read(batch)
      next.catch(() => undefined)
      yield rows
    }
    await open.close()
    await client.query('COMMIT')
  } catch (error) {
    throw broken(understood(error, sql.name))
  } finally {
    // It may be in the middle of something.
    client.release(true)
  }
}

/** A source that fails in the middle ends the run: what it would still have given is not known. */
function broken(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof RunProblem) return error
  return new RunProblem('source', error.message, { cause: error })
}
