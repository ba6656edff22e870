import type { JsonObject } from '../../wire/common.ts'
import { fieldOf, objectOf, type CatalogueFile } from '../catalogue/catalogue.ts'
import { queryColumns } from './query-columns.ts'

/** What a query finds, or in one sentence why it cannot be answered here. */
export type QueryRows = { fields: string[]; results: JsonObject[] } | { error: string }

const ending = /\slimit\s+(\d+)$/i
/** From the first FROM on, nothing but the object. */
const oneObject = /^\sfrom\s+[\w$."`]+$/i

/**
 * Answers what can be answered without understanding SQL: columns of one object, or all of them, with a
 * LIMIT. Anything else is refused rather than answered wrongly.
 */
export function queryRows(query: string, catalogue: CatalogueFile): QueryRows {
  const whole = query.trim().replace(/;$/, '').trimEnd()
  const limit = ending.exec(whole)
  const statement = whole.slice(0, limit?.index).trimEnd()
  const from = statement.slice(Math.max(statement.search(/\sfrom\s/i), 0))
  const parsed = oneObject.test(from) ? queryColumns(statement) : undefined
  if (parsed === undefined || /^\s*select\s+distinct\b/i.test(statement)) {
    return { error: 'this server answers SELECT columns FROM one object, with a LIMIT, and nothing else' }
  }
  const object = objectOf(catalogue, parsed.table)
  if (object === undefined)
    return { error: `the connection has no object ${parsed.table} that is known here` }
  const columns: [as: string, from: string][] = []
  for (const { name, from } of parsed.columns) {
    if (name === '*') columns.push(...Object.keys(object.fields).map((key): [string, string] => [key, key]))
    else if (from === undefined) return { error: `this server computes nothing: ${name} is not a column` }
    else if (fieldOf(object, from) === undefined) return { error: `${parsed.table} has no column ${from}` }
    else columns.push([name, from])
  }
  if (object.records === undefined) {
    return { error: `this server knows what ${parsed.table} is made of, and no records of it` }
  }
  const most = Number(limit?.[1] ?? object.records.length)
  return {
    fields: columns.map(([as]) => as),
    results: object.records
      .slice(0, most)
      .map((record) =>
        Object.fromEntries(
          columns.map(([as, from]) => [as, (Object.hasOwn(record, from) ? record[from] : null) ?? null])
        )
      )
  }
}
