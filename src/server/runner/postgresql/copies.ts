import type { PoolClient } from 'pg'
import {
  RunProblem,
  type CopyRequest,
  type Outcome,
  type TableCopy,
  type TableWriter,
  type WriteRecord
} from '../connector.ts'
import type { Cell } from '../value.ts'
import { quoted, resultOf, statement, type Sql, type SqlResult } from './client.ts'
import { understood } from './errors.ts'
import { copyMark, tableAt, type Table } from './tables.ts'
import { insertion } from './statements.ts'
import { asProblem, guarded, isolated } from './target.ts'

/** Copies of whole tables: each in one transaction, so that nobody sees the half of it. */

type Run = (text: string, values?: readonly unknown[]) => Promise<SqlResult>

/** Opens the part that takes copies. */
export function copiesInto(sql: Sql): TableWriter {
  return {
    begin: async (request) => {
      const client = await sql.acquire()
      try {
        return await begun(client, sql, request)
      } catch (error) {
        client.release(true)
        throw asProblem(understood(error, sql.name))
      }
    },
    close: () => sql.close()
  }
}

/** Rows go into a table of the session first, which refuses what the real one would. */
const stage = 'polytomic_copy'

async function begun(client: PoolClient, sql: Sql, request: CopyRequest): Promise<TableCopy> {
  const run: Run = async (text, values = []) =>
    resultOf(await client.query(statement(text, values, sql.types)))
  await run('BEGIN')
  await run("SET LOCAL lock_timeout = '60s'")
  // Two servers that copy into one table do it one after the other.
  await run('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`${request.schema}.${request.table}`])
  const table = await prepared(run, request)
  const staged = await stageFor(run, table, request)
  let refused = 0
  const understandably = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      throw asProblem(understood(error, sql.name))
    }
  }
  return {
    write: (records) =>
      understandably(async () => {
        const outcomes = await written(staged, request, records, guarded(client, sql))
        refused += outcomes.filter(({ state }) => state !== 'done').length
        return outcomes
      }),
    commit: () =>
      understandably(async () => {
        try {
          const counts = await merged(run, table, request, refused > 0)
          await run('COMMIT')
          client.release()
          return counts
        } catch (error) {
          client.release(true)
          throw error
        }
      }),
    rollback: async () => {
      // It may be in the middle of something.
      client.release(true)
      await Promise.resolve()
    }
  }
}

/** Values are the texts that the source has for them, which mean the same here. */
async function written(
  table: Table,
  { columns, table: name }: CopyRequest,
  records: readonly WriteRecord[],
  run: ReturnType<typeof guarded>
): Promise<Outcome[]> {
  const outcomes = new Map<WriteRecord, Outcome>()
  const present = columns.map(({ name }, at) => ({ name, at }))
  const asIs = (value: Cell): string | null => (typeof value === 'string' ? value : null)
  await isolated(
    records,
    async (some) => {
      await run(insertion(table, present, some, asIs))
      for (const record of some) outcomes.set(record, { state: 'done' })
    },
    (record, outcome) => outcomes.set(record, namedRight(outcome, name))
  )
  return records.map((record) => outcomes.get(record) ?? { state: 'done' })
}

/** People know the table, and not where its rows were collected. */
function namedRight(outcome: Outcome, table: string): Outcome {
  return outcome.state === 'done'
    ? outcome
    : { ...outcome, message: outcome.message.replaceAll(stage, table) }
}

/** Finds the table of a copy; makes it where it is missing, and the columns that it lacks. */
async function prepared(run: Run, request: CopyRequest): Promise<Table> {
  const { schema, table, columns, way } = request
  for (const one of [schema, table, ...columns.map((column) => column.name)]) mustFit(one)
  const name = `${quoted(schema)}.${quoted(table)}`
  const before = await tableAt(run, schema, table)
  if (before !== undefined) await mustBeOwn(run, name, request)
  if (before === undefined || way === 'rebuilt') {
    if (before !== undefined) await run(`DROP TABLE ${name}`)
    await create(run, name, request)
  } else {
    for (const column of columns.filter((one) => !before.columns.has(one.name)))
      await run(`ALTER TABLE ${name} ADD COLUMN ${quoted(column.name)} ${column.type}`)
  }
  await run(`COMMENT ON TABLE ${name} IS ${literal(markOf(request))}`)
  const now = await tableAt(run, schema, table)
  if (now !== undefined) return now
  throw new RunProblem('object', `the table ${name} cannot be read after it was made`)
}

/** PostgreSQL would cut a longer name, and find it under no name that anybody knows. */
function mustFit(name: string): void {
  if (name !== '' && Buffer.byteLength(name) <= longestName) return
  const words = `PostgreSQL takes names of ${longestName} bytes, and not ${JSON.stringify(name)}`
  throw new RunProblem('name', `${words}: give it a user_output_name`)
}

const longestName = 63

async function create(run: Run, name: string, { schema, columns, key }: CopyRequest): Promise<void> {
  const { rows } = await run('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema])
  // Whoever may not make schemas may still make tables in one that is there.
  if (rows.length === 0) await run(`CREATE SCHEMA ${quoted(schema)}`)
  const lines = columns.map((column) => `${quoted(column.name)} ${column.type}`)
  if (key.length > 0) lines.push(`PRIMARY KEY (${key.map(quoted).join(', ')})`)
  await run(`CREATE TABLE ${name} (${lines.join(', ')})`)
}

/** The comment of a table says whose copy it is: what somebody else put there must not be replaced. */
async function mustBeOwn(run: Run, name: string, { owner }: CopyRequest): Promise<void> {
  const { rows } = await run(
    'SELECT relkind::text, obj_description(oid, $2) FROM pg_class WHERE oid = $1::regclass',
    [name, 'pg_class']
  )
  const [kind, comment] = rows[0] ?? []
  if (kind !== 'r' && kind !== 'p')
    throw new RunProblem('table', `${name} is in the way of the copy, and is no table`)
  const text = typeof comment === 'string' ? comment : ''
  if (isOwn(text, owner)) return
  const { rows: some } = await run(`SELECT 1 FROM ${name} LIMIT 1`)
  if (some.length === 0 && text === '') return
  throw new RunProblem(
    'table',
    `the table ${name} is there already and no copy of this bulk sync, which would replace what it holds: ` +
      'give the copy another schema, table_prefix or user_output_name, or drop the table'
  )
}

function markOf({ owner: { id, name, source } }: CopyRequest): string {
  const from = `from ${JSON.stringify(source)}`
  return `${copyMark}${JSON.stringify(name)} (${id}) ${from}: what it holds is replaced by each run`
}

/** One that was deleted and made again has another id, the same name, and reads the same connection. */
function isOwn(text: string, { id, name, source }: CopyRequest['owner']): boolean {
  if (!text.startsWith(copyMark)) return false
  const rest = text.slice(copyMark.length)
  const isSame = rest.startsWith(`${JSON.stringify(name)} (`)
  return rest.includes(` (${id}) from `) || (isSame && rest.includes(`) from ${JSON.stringify(source)}: `))
}

function literal(text: string): string {
  return `E'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}

/** A table like the real one, with the columns of the copy alone. */
async function stageFor(run: Run, table: Table, { columns }: CopyRequest): Promise<Table> {
  const like = `LIKE ${table.sql} INCLUDING CONSTRAINTS INCLUDING INDEXES`
  await run(`CREATE TEMPORARY TABLE ${stage} (${like}) ON COMMIT DROP`)
  const own = new Set(columns.map(({ name }) => name))
  for (const name of table.columns.keys())
    if (!own.has(name)) await run(`ALTER TABLE pg_temp.${stage} DROP COLUMN ${quoted(name)} CASCADE`)
  const staged = await tableAt(run, '', stage)
  if (staged !== undefined) return staged
  throw new RunProblem('stage', 'the database gives no place to collect the rows of a copy')
}

/**
 * Makes the table equal to the stage. Where rows were refused, none is deleted: a refused row is still in the
 * source, and what was copied of it before is better than nothing.
 */
async function merged(
  run: Run,
  { sql: name }: Table,
  { columns, key, way, keepsMissing }: CopyRequest,
  isPart: boolean
): Promise<{ inserted: number; updated: number; deleted: number }> {
  if (way === 'changes' && !keepsMissing && !isPart) await mustHaveRows(run, name)
  const list = columns.map((column) => quoted(column.name)).join(', ')
  const from = `pg_temp.${stage} AS s`
  const same = key.map((one) => `t.${quoted(one)} = s.${quoted(one)}`).join(' AND ')
  if (key.length === 0 || (way !== 'changes' && !keepsMissing && !isPart)) {
    const { count: before } = await run(`DELETE FROM ${name}`)
    const { count: now } = await run(`INSERT INTO ${name} (${list}) SELECT ${list} FROM ${from}`)
    const replaced = Math.min(before, now)
    return { inserted: now - replaced, updated: replaced, deleted: before - replaced }
  }
  const deletion = `DELETE FROM ${name} AS t WHERE NOT EXISTS (SELECT 1 FROM ${from} WHERE ${same})`
  const deleted = keepsMissing || isPart ? 0 : (await run(deletion)).count
  const others = columns.filter((column) => !key.includes(column.name)).map((column) => quoted(column.name))
  const set = others.map((one) => `${one} = s.${one}`).join(', ')
  const differs = others.map((one) => `t.${one}::text IS DISTINCT FROM s.${one}::text`).join(' OR ')
  const condition = way === 'changes' ? ` AND (${differs})` : ''
  const updated =
    others.length === 0
      ? 0
      : (await run(`UPDATE ${name} AS t SET ${set} FROM ${from} WHERE ${same}${condition}`)).count
  const { count: inserted } = await run(
    `INSERT INTO ${name} (${list}) SELECT ${list} FROM ${from}
     WHERE NOT EXISTS (SELECT 1 FROM ${name} AS t WHERE ${same})`
  )
  return { inserted, updated, deleted }
}

/** A source without rows is a mistake more often than not: it empties a copy where that is asked for. */
async function mustHaveRows(run: Run, name: string): Promise<void> {
  const isEmpty = async (table: string): Promise<boolean> =>
    (await run(`SELECT 1 FROM ${table} LIMIT 1`)).rows.length === 0
  if (!(await isEmpty(`pg_temp.${stage}`)) || (await isEmpty(name))) return
  const words = `the source has no rows, and the copy in ${name} has: nothing was deleted`
  throw new RunProblem('empty_source', `${words}; if that is right, run the bulk sync with \`--resync\``)
}
