import { RunProblem, type WriteRecord } from '../connector.ts'
import { quoted } from './client.ts'
import type { Column, Table } from './tables.ts'
import { columnText } from './types.ts'

/**
 * Statements for many records. Each column is sent as one list of texts, which PostgreSQL converts: the text
 * of a statement is the same for any number of records.
 */
export interface Statement {
  text: string
  values: (string | null)[][]
}

/** A field of the records that is written. */
export interface Present {
  name: string
  at: number
}

/** The column of a name. Throws `RunProblem` where the table has none. */
export function columnOf(table: Table, name: string): Column {
  const column = table.columns.get(name)
  if (column === undefined) throw new RunProblem('field', `the table ${table.sql} has no column ${name}`)
  return column
}

/** Makes records. */
export function insertion(
  table: Table,
  present: readonly Present[],
  records: readonly WriteRecord[],
  toText = columnText
): Statement {
  const columns = present.map(({ name }) => columnOf(table, name))
  const names = columns.map(({ name }) => quoted(name)).join(', ')
  const casts = columns.map(({ cast }, index) => `v.c${index}::${cast}`).join(', ')
  const lists = present.map(({ at }, index) => texts(records, at, columns[index], toText))
  return {
    text: `INSERT INTO ${table.sql} (${names}) SELECT ${casts} FROM ${unnested(lists.length)}`,
    values: lists
  }
}

/** Changes records, and returns the positions of those that were there. */
export function update(
  table: Table,
  present: readonly Present[],
  records: readonly WriteRecord[]
): Statement {
  const columns = present.map(({ name }) => columnOf(table, name))
  const keys = keysOf(table, records)
  const set = columns.map(({ name, cast }, index) => `${quoted(name)} = v.c${index}::${cast}`).join(', ')
  const lists = present.map(({ at }, index) => texts(records, at, columns[index]))
  const values = [...lists, ...keys.lists]
  const where = keys.condition(lists.length)
  if (set === '') return { text: `SELECT v.position FROM ${unnested(values.length)}`, values }
  const from = unnested(values.length)
  return {
    text: `UPDATE ${table.sql} AS t SET ${set} FROM ${from} WHERE ${where} RETURNING v.position`,
    values
  }
}

/** Deletes records. */
export function deletion(
  table: Table,
  _present: readonly Present[],
  records: readonly WriteRecord[]
): Statement {
  const { lists, condition } = keysOf(table, records)
  const from = `${table.sql} AS t USING ${unnested(lists.length)}`
  return { text: `DELETE FROM ${from} WHERE ${condition(0)} RETURNING v.position`, values: lists }
}

/** The lists as rows of their own: `v.c0`, `v.c1` …, and `v.position` from 1. */
export function unnested(lists: number): string {
  const parameters = Array.from({ length: lists }, (_none, index) => `$${index + 1}::text[]`)
  const names = Array.from({ length: lists }, (_none, index) => `c${index}`)
  return `unnest(${parameters.join(', ')}) WITH ORDINALITY AS v(${[...names, 'position'].join(', ')})`
}

function texts(
  records: readonly WriteRecord[],
  at: number,
  column: Column | undefined,
  toText = columnText
): (string | null)[] {
  return records.map(({ values }) => (column === undefined ? null : toText(values[at], column)))
}

/** The columns by which records are found, with their values: they stand in the ids of all of them. */
function keysOf(
  table: Table,
  records: readonly WriteRecord[]
): { lists: (string | null)[][]; condition: (from: number) => string } {
  const ids = records.map(({ id }) => readId(id ?? '[]'))
  const names = (ids[0] ?? []).map(([name]) => name)
  if (names.length === 0) throw new RunProblem('identity', 'a record of the target has no id')
  return {
    lists: names.map((_name, index) => ids.map((id) => id[index]?.[1] ?? null)),
    condition: (from) =>
      names
        .map((name, index) => `t.${quoted(name)} = v.c${from + index}::${columnOf(table, name).cast}`)
        .join(' AND ')
  }
}

/** The id of a record: the names and texts of the columns that tell it from all others. */
export function idOf(names: readonly string[], values: readonly string[]): string {
  return JSON.stringify(names.map((name, index) => [name, values[index] ?? '']))
}

/** Reads the id of a record. */
export function readId(id: string): [name: string, value: string][] {
  const parts: unknown = JSON.parse(id)
  if (!Array.isArray(parts)) return []
  return parts.map((part: unknown): [string, string] => {
    const [name, value]: unknown[] = Array.isArray(part) ? part : []
    return [String(name), String(value)]
  })
}
