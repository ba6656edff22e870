import {
  RunProblem,
  type FieldFacts,
  type Hit,
  type LookUp,
  type Makeable,
  type Making
} from '../connector.ts'
import { textOf } from '../value.ts'
import { quoted, type Sql } from './client.ts'
import { lookUp } from './look-up.ts'
import { tableOf, type Column, type Table } from './tables.ts'
import { typeWord } from './types.ts'

/** Tables and columns that are not there yet: planned like others, and made before the first write. */

/** A table as it will be, and what of it is still to be made. */
export interface PlannedTable extends Table {
  makes?: Making & { key: readonly string[] }
}

/** Looks at a table. What is missing of what may be made is a part of it; nothing is made. */
export async function plannedTable(sql: Sql, name: string, makeable: Makeable): Promise<PlannedTable> {
  const table = await tableOf(sql, name).catch((error: unknown) => {
    if (makeable.object && error instanceof RunProblem && error.code === 'object') return undefined
    throw error
  })
  const wanted = table === undefined ? makeable.fields : makeable.newFields
  const missing = wanted.filter((field) => table?.columns.has(field) !== true)
  if (table !== undefined && missing.length === 0) return table
  const types = await makeable.types()
  const fields = missing.map((field) => ({ name: field, type: typeOf(types.get(field)) }))
  const columns = await columnsOf(sql, fields)
  return {
    sql: table?.sql ?? nameOf(name),
    columns: new Map([...(table?.columns ?? []), ...columns.map((one) => [one.name, one] as const)]),
    primaryKey: table?.primaryKey ?? makeable.key,
    makes: { object: table === undefined, fields, key: makeable.key }
  }
}

/** What stands before the first dot is a schema; without one it is the database's to say which. */
function nameOf(name: string): string {
  const dot = name.indexOf('.')
  return dot < 1 ? quoted(name) : `${quoted(name.slice(0, dot))}.${quoted(name.slice(dot + 1))}`
}

/** The type of a column for values of a source; of what nobody knows, a text. */
function typeOf(facts: FieldFacts | undefined): string {
  if (facts?.portableType !== undefined) return facts.portableType
  return types[facts?.type ?? ''] ?? 'text'
}

/** Numbers of documents may have a point in the next one. */
const types: Readonly<Record<string, string>> = {
  number: 'numeric',
  boolean: 'boolean',
  datetime: 'timestamp with time zone',
  object: 'jsonb',
  array: 'jsonb',
  binary: 'bytea'
}

async function columnsOf(sql: Sql, fields: Making['fields']): Promise<Column[]> {
  const { rows } = await sql.query(
    `SELECT t.typname, n.nspname, t.typcategory FROM unnest($1::text[]) WITH ORDINALITY AS v(name, position)
     JOIN pg_type t ON t.oid = v.name::regtype JOIN pg_namespace n ON n.oid = t.typnamespace
     ORDER BY v.position`,
    [fields.map(({ type }) => type)]
  )
  return fields.map(({ name, type }, at): Column => {
    const [typeName = '', schema = '', category = ''] = (rows[at] ?? []).map(textOf)
    return {
      name,
      typeName,
      category,
      cast: `${quoted(schema)}.${quoted(typeName)}`,
      facts: { name, type: typeWord(category, typeName), remoteType: type }
    }
  })
}

/** The same question as to any table. In what is not there nothing is found. */
export async function lookUpPlanned(sql: Sql, table: PlannedTable, request: LookUp): Promise<Hit[][]> {
  const { makes } = table
  if (makes === undefined) return lookUp(sql, table, request)
  const missing = new Set(makes.fields.map(({ name }) => name))
  if (makes.object || request.matches.some(({ target }) => missing.has(target)))
    return request.keys.map(() => [])
  const select = request.select.filter((name) => !missing.has(name))
  const hits = await lookUp(sql, table, { ...request, select })
  const places = request.select.map((name) => select.indexOf(name))
  return hits.map((some) =>
    some.map(({ id, values }) => ({ id, values: places.map((at) => (at < 0 ? null : values[at])) }))
  )
}

/** Makes what is missing. Whoever was faster has made the same. */
export async function makeMissing(sql: Sql, { sql: name, makes }: PlannedTable): Promise<void> {
  if (makes === undefined) return
  const columns = makes.fields.map((field) => `${quoted(field.name)} ${field.type}`)
  if (makes.object) {
    const key = makes.key.length === 0 ? [] : [`PRIMARY KEY (${makes.key.map(quoted).join(', ')})`]
    await sql.query(`CREATE TABLE IF NOT EXISTS ${name} (${[...columns, ...key].join(', ')})`)
  } else {
    const added = columns.map((column) => `ADD COLUMN IF NOT EXISTS ${column}`)
    await sql.query(`ALTER TABLE ${name} ${added.join(', ')}`)
  }
}
