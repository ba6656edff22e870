import type { IdentityFunction } from '../../../wire/sync.ts'
import { RunProblem, type Hit, type LookUp } from '../connector.ts'
import { domainOf, hostOf } from '../identity.ts'
import { isList, jsonOf, textOf, type Value } from '../value.ts'
import { arrayText } from './array-text.ts'
import { quoted, type Sql } from './client.ts'
import { isOfRecord } from './errors.ts'
import { columnOf, idOf, unnested } from './statements.ts'
import type { Column, Table } from './tables.ts'
import { columnText } from './types.ts'

/** Finds the records of a table that belong to values of the source, all with one question. */
export async function lookUp(sql: Sql, table: Table, request: LookUp): Promise<Hit[][]> {
  const { matches, keys, select } = request
  const columns = matches.map(({ target }) => columnOf(table, target))
  // Without a primary key a record is named by what it was found by: of two the match is ambiguous.
  const named = table.primaryKey.length > 0 ? table.primaryKey : matches.map(({ target }) => target)
  const conditions = matches.map(({ function: name }, index) =>
    condition(name, columns[index], `v.c${index}`)
  )
  const wanted = [
    'v.position',
    ...named.map((name) => `t.${quoted(columnOf(table, name).name)}::text`),
    ...select.map((name) => `t.${quoted(columnOf(table, name).name)}`)
  ]
  const text =
    `SELECT ${wanted.join(', ')} FROM ${unnested(matches.length)} ` +
    `JOIN ${table.sql} AS t ON ${conditions.join(' AND ')}`
  const hits: Hit[][] = keys.map(() => [])
  const find = async (from: number, to: number): Promise<void> => {
    if (from >= to) return
    const values = matches.map(({ function: name }, index) =>
      keys.slice(from, to).map((key) => keyText(name, key[index] ?? null, columns[index]))
    )
    try {
      const { rows } = await sql.query(text, values)
      for (const [position, ...rest] of rows) {
        const id = idOf(named, rest.slice(0, named.length).map(textOf))
        hits[from + Number(position) - 1]?.push({ id, values: rest.slice(named.length) })
      }
    } catch (error) {
      const cause = error instanceof RunProblem ? error.cause : error
      if (!isOfRecord(cause)) throw error
      // A value that the column cannot have is in no record of it.
      if (to - from === 1) return
      const middle = from + Math.ceil((to - from) / 2)
      await find(from, middle)
      await find(middle, to)
    }
  }
  await find(0, keys.length)
  return hits
}

function condition(name: IdentityFunction, column: Column | undefined, key: string): string {
  const field = `t.${quoted(column?.name ?? '')}`
  switch (name) {
    case 'Equality':
      return `${field} = ${key}::${column?.cast ?? 'text'}`
    case 'OneOf':
      return `${field}::text = ANY (${key}::text[])`
    case 'ISubstring':
      return `position(${key} IN lower(${field}::text)) > 0`
    case 'HostnameMatch':
      return `${host(field)} = ${key}`
    case 'DomainMatch':
      return `regexp_replace(${host(field)}, '^www\\.', '') = ${key}`
  }
}

/** The same as `hostOf`. */
function host(field: string): string {
  const pattern = String.raw`^\s*(?:[a-z][a-z0-9+.-]*://)?(?:[^@/\s]*@)?([^:/?#\s]+).*$`
  return String.raw`rtrim(regexp_replace(lower(${field}::text), '${pattern}', '\1'), '.')`
}

function keyText(name: IdentityFunction, value: Value, column: Column | undefined): string | null {
  switch (name) {
    case 'Equality':
      return column === undefined ? textOf(value) : columnText(value, column)
    case 'OneOf':
      return arrayText(isList(value) ? value : [value], (one) => (isList(one) ? jsonOf(one) : textOf(one)))
    case 'ISubstring':
      return textOf(value).toLowerCase()
    // What has no host matches nothing.
    case 'HostnameMatch':
      return hostOf(textOf(value)) || null
    case 'DomainMatch':
      return domainOf(textOf(value)) || null
  }
}
