import { RunProblem, type FieldFacts, type ObjectFacts } from '../connector.ts'
import { textOf } from '../value.ts'
import { quoted, type Sql, type SqlResult } from './client.ts'
import { typeWord, type WritableType } from './types.ts'

/** A table or a view, as SQL names it. */
export interface Table {
  /** With quotes. */
  sql: string
  columns: ReadonlyMap<string, Column>
  primaryKey: readonly string[]
}

/** A column, and how values are converted to its type. */
export interface Column extends WritableType {
  name: string
  /** The type without a length: one with a length would cut what is too long. */
  cast: string
  facts: FieldFacts
}

/** How the comment of a copy begins. */
export const copyMark = 'copied by the bulk sync '

const columnsOf = `
SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), t.typname, tn.nspname,
  t.typcategory, a.attnotnull AND NOT a.atthasdef AND a.attidentity = '', a.attidentity = 'a' OR
  a.attgenerated <> '', t.typname = 'citext' OR coalesce(NOT co.collisdeterministic, false),
  coalesce(a.attnum = ANY(pk.conkey), false), coalesce(array_position(pk.conkey, a.attnum), 0),
  EXISTS (SELECT 1 FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indnatts = 1
    AND i.indkey[0] = a.attnum), pg_table_is_visible(c.oid), coalesce(base.typname, t.typname),
  CASE WHEN tn.nspname = 'pg_catalog' THEN format_type(a.atttypid, a.atttypmod)
    WHEN t.typtype = 'd' AND base.typnamespace = own.oid THEN format_type(t.typbasetype, t.typtypmod)
    WHEN t.typcategory = 'A' THEN 'text[]' ELSE 'text' END,
  c.relispartition OR coalesce(obj_description(c.oid, 'pg_class') LIKE '${copyMark}%', false)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_type t ON t.oid = a.atttypid JOIN pg_namespace tn ON tn.oid = t.typnamespace
JOIN pg_namespace own ON own.nspname = 'pg_catalog' LEFT JOIN pg_type base ON base.oid = t.typbasetype
LEFT JOIN pg_collation co ON co.oid = a.attcollation
LEFT JOIN pg_constraint pk ON pk.conrelid = c.oid AND pk.contype = 'p'
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')`

/** Finds a table by its name, with or without a schema. Quotes and dots may be part of its name. */
export async function tableOf(sql: Sql, name: string): Promise<Table> {
  const { rows } = await sql.query(
    `${columnsOf} AND (n.nspname || '.' || c.relname = $1 OR (c.relname = $1 AND pg_table_is_visible(c.oid)))
     ORDER BY n.nspname || '.' || c.relname = $1 DESC, c.oid, a.attnum`,
    [name]
  )
  const table = tableIn(rows)
  if (table !== undefined) return table
  throw new RunProblem('object', `the database of the connection "${sql.name}" has no table ${name}`)
}

/** Reads a table as a session sees it that has perhaps just made it; undefined where there is none. */
export async function tableAt(
  run: (text: string, values: readonly unknown[]) => Promise<SqlResult>,
  schema: string,
  table: string
): Promise<Table | undefined> {
  const own = schema === '' ? 'n.oid = pg_my_temp_schema()' : 'n.nspname = $2'
  const values = schema === '' ? [table] : [table, schema]
  const { rows } = await run(`${columnsOf} AND c.relname = $1 AND ${own} ORDER BY a.attnum`, values)
  return tableIn(rows)
}

/** The first table of the rows. */
function tableIn(rows: SqlResult['rows']): Table | undefined {
  const [first] = rows
  if (first === undefined) return undefined
  const [schema, table] = first.map(textOf)
  const own = rows.filter((row) => textOf(row[0]) === schema && textOf(row[1]) === table)
  return {
    sql: `${quoted(schema ?? '')}.${quoted(table ?? '')}`,
    columns: new Map(own.map((row) => [textOf(row[2]), columnOf(row)])),
    primaryKey: keyOf(own)
  }
}

function keyOf(rows: SqlResult['rows']): string[] {
  return rows
    .filter((row) => row[10] === true)
    .toSorted((a, b) => Number(a[11]) - Number(b[11]))
    .map((row) => textOf(row[2]))
}

type CatalogueRow = SqlResult['rows'][number]

function columnOf(row: CatalogueRow): Column {
  const [, , name, remoteType, typeName, typeSchema, category] = row.map(textOf)
  const [required, readOnly, foldsCase] = row.slice(7, 10)
  return {
    name: name ?? '',
    // What a domain takes, its type does.
    typeName: textOf(row[14]),
    category: category ?? '',
    cast: `${quoted(typeSchema ?? '')}.${quoted(typeName ?? '')}`,
    facts: {
      name: name ?? '',
      type: typeWord(category ?? '', typeName ?? ''),
      remoteType: remoteType ?? '',
      required: required === true,
      readOnly: readOnly === true,
      foldsCase: foldsCase === true,
      unique: row[12] === true,
      portableType: textOf(row[15] ?? null)
    }
  }
}

/** Lists all tables and views that are not the system's own. */
export async function allTables(sql: Sql): Promise<ObjectFacts[]> {
  const { rows } = await sql.query(
    `${columnsOf} AND n.nspname NOT IN ('pg_catalog', 'information_schema')
     AND n.nspname !~ '^pg_(toast|temp)' ORDER BY n.nspname, c.relname, a.attnum`
  )
  const byTable = Map.groupBy(rows, (row) => `${textOf(row[0])}.${textOf(row[1])}`)
  return Array.from(byTable, ([id, own]) => ({
    id,
    fields: own.map((row) => columnOf(row).facts),
    key: keyOf(own),
    isSecondary: own[0]?.[16] === true,
    aliases: own[0]?.[13] === true ? [textOf(own[0][1] ?? null)] : []
  }))
}
