import type { PoolClient } from 'pg'
import { identityFunctions } from '../../../wire/sync.ts'
import {
  RunProblem,
  type Makeable,
  type Outcome,
  type RefusalOf,
  type Replacement,
  type TargetFacts,
  type TargetReader,
  type TargetWriter,
  type WriteRecord,
  type WriteRequest
} from '../connector.ts'
import { resultOf, statement, type Sql } from './client.ts'
import { isOfRecord, understood, withoutValues } from './errors.ts'
import { lookUpPlanned, makeMissing, plannedTable, type PlannedTable } from './making.ts'
import { tableOf, type Table } from './tables.ts'
import { columnOf, deletion, insertion, readId, update, type Statement } from './statements.ts'
import { standsAs } from './types.ts'
import { unfit } from './unfit.ts'

/** A table as a target. */

const batch = 500
const workers = 3

/** Opens the part that looks. */
export function readerOf(sql: Sql): TargetReader {
  return lookingOf(sql, new Tables(sql))
}

function lookingOf(sql: Sql, tables: Tables): TargetReader {
  return {
    describe: async (object, _configuration, makeable) => {
      const table = await tables.get(object, makeable)
      return {
        ...factsOf(object, table),
        refusalOf: refusalOf(table),
        standsAs: (field, value) => standsAs(value, columnOf(table, field))
      }
    },
    lookUp: async (object, request) => lookUpPlanned(sql, await tables.get(object), request),
    count: async (object) => {
      const table = await tables.get(object)
      if (table.makes?.object === true) return 0
      const { rows } = await sql.query(`SELECT count(*) FROM ${table.sql}`)
      return Number(rows[0]?.[0] ?? 0)
    },
    close: () => sql.close()
  }
}

/** Opens the part that writes as well. */
export function writerOf(sql: Sql): TargetWriter {
  const tables = new Tables(sql)
  const run = async (one: Statement): Promise<ReadonlySet<number>> => {
    const { rows } = await sql.query(one.text, one.values)
    return new Set(rows.map(([position]) => Number(position) - 1))
  }
  return {
    ...lookingOf(sql, tables),
    make: async (object) => {
      await makeMissing(sql, await tables.get(object))
      tables.forget(object)
    },
    write: async (request) => write(await tables.get(request.object), request, run),
    replace: async (object, fields) => replacement(sql, await tables.get(object), fields)
  }
}

/** Tables are looked at once in a run, and again when something was made. */
class Tables {
  readonly #sql: Sql
  readonly #known = new Map<string, Promise<PlannedTable>>()
  constructor(sql: Sql) {
    this.#sql = sql
  }
  get(name: string, makeable?: Makeable): Promise<PlannedTable> {
    const look = (): Promise<PlannedTable> =>
      makeable === undefined ? tableOf(this.#sql, name) : plannedTable(this.#sql, name, makeable)
    const table = this.#known.get(name) ?? look()
    this.#known.set(name, table)
    return table
  }
  forget(name: string): void {
    this.#known.delete(name)
  }
}

function factsOf(object: string, table: PlannedTable): TargetFacts {
  return {
    id: object,
    ...(table.makes === undefined ? {} : { makes: table.makes }),
    fields: Array.from(table.columns.values(), ({ facts }) => facts),
    modes: ['create', 'update', 'updateOrCreate', 'replace', 'append', 'remove'],
    functions: identityFunctions,
    batch,
    workers
  }
}

/** Carries out a statement, and returns the positions of the records that it did something with. */
export type Run = (statement: Statement) => Promise<ReadonlySet<number>>

const vanished: Outcome = {
  state: 'rejected',
  code: 'RECORD_GONE',
  message: 'the record of the target was deleted meanwhile'
}

const empty: Outcome = {
  state: 'rejected',
  code: 'EMPTY_RECORD',
  message: 'the record has no field at all'
}

/** Writes a batch: one statement for all records that have the same fields. */
async function write(table: Table, request: WriteRequest, run: Run): Promise<Outcome[]> {
  const outcomes = new Map<WriteRecord, Outcome>()
  const { operation, fields } = request
  const make = operation === 'insert' ? insertion : operation === 'update' ? update : deletion
  const refusal = operation === 'delete' ? () => undefined : refusalOf(table)
  const fit = request.records.filter((record) => {
    const why = refusal({ operation, fields, values: record.values })
    if (why !== undefined) outcomes.set(record, { state: 'rejected', ...why })
    return why === undefined
  })
  for (const records of Map.groupBy(fit, shapeOf).values()) {
    const present = fields.flatMap((name, at) =>
      records[0]?.values[at] === undefined ? [] : [{ name, at }]
    )
    if (operation === 'insert' && present.length === 0) {
      for (const record of records) outcomes.set(record, empty)
      continue
    }
    await isolated(
      records,
      async (some) => {
        const done = await run(make(table, present, some))
        for (const [index, record] of some.entries()) {
          const isDone = operation !== 'update' || present.length === 0 || done.has(index)
          outcomes.set(record, isDone ? { state: 'done' } : vanished)
        }
      },
      (record, outcome) => outcomes.set(record, outcome)
    )
  }
  return request.records.map((record) => outcomes.get(record) ?? vanished)
}

/** Returns what tells why a record cannot be written, before it is sent. */
function refusalOf(table: Table): RefusalOf {
  return ({ fields, values }) => {
    for (const [at, name] of fields.entries()) {
      const column = columnOf(table, name)
      const why = unfit(values[at], column)
      if (why !== undefined) return { code: 'INVALID_VALUE', message: `the column ${name} ${why}` }
    }
    return undefined
  }
}

/** Which fields a record has, and by which columns it is found. */
function shapeOf({ id = '', values }: WriteRecord): string {
  const names = id === '' ? [] : readId(id).map(([name]) => name)
  return JSON.stringify([values.map((value) => value !== undefined), names])
}

/**
 * Runs work for many records. Where one of them is refused, it is done for each half, so that the others are
 * written and only the bad ones are not.
 */
export async function isolated(
  records: readonly WriteRecord[],
  work: (records: readonly WriteRecord[]) => Promise<void>,
  refuse: (record: WriteRecord, outcome: Outcome) => void
): Promise<void> {
  try {
    await work(records)
  } catch (error) {
    const cause = error instanceof RunProblem ? error.cause : error
    if (!isOfRecord(cause)) throw error
    const [first] = records
    if (records.length === 1 && first !== undefined) {
      refuse(first, {
        state: 'rejected',
        code: cause.code,
        message: withoutValues(cause.message, cause.code)
      })
      return
    }
    const middle = Math.ceil(records.length / 2)
    await isolated(records.slice(0, middle), work, refuse)
    await isolated(records.slice(middle), work, refuse)
  }
}

/** Runs statements within a transaction, which goes on where one of them is refused. */
export function guarded(client: PoolClient, sql: Sql): Run {
  return async (one) => {
    await client.query('SAVEPOINT batch')
    try {
      const { rows } = resultOf(await client.query(statement(one.text, one.values, sql.types)))
      await client.query('RELEASE SAVEPOINT batch')
      return new Set(rows.map(([position]) => Number(position) - 1))
    } catch (error) {
      await client.query('ROLLBACK TO SAVEPOINT batch')
      throw error
    }
  }
}

/** One transaction: the table is empty and full again for all others in the same moment. */
async function replacement(sql: Sql, table: Table, fields: readonly string[]): Promise<Replacement> {
  const client = await sql.acquire()
  const run = guarded(client, sql)
  const ended = async (client: PoolClient, text: string): Promise<void> => {
    await client.query(text)
    client.release()
  }
  try {
    await client.query('BEGIN')
    const { rowCount } = await client.query(`DELETE FROM ${table.sql}`)
    return {
      write: async (records) => {
        try {
          const request = { sync: { id: '', name: '' }, object: '', fields, records }
          return await write(table, { ...request, operation: 'insert' }, run)
        } catch (error) {
          throw asProblem(understood(error, sql.name))
        }
      },
      commit: async () => {
        await ended(client, 'COMMIT').catch((error: unknown) => {
          throw asProblem(understood(error, sql.name))
        })
        return { removed: rowCount ?? 0 }
      },
      rollback: () => ended(client, 'ROLLBACK').catch(() => client.release(true))
    }
  } catch (error) {
    client.release(true)
    throw asProblem(understood(error, sql.name))
  }
}

/** In the middle of a replacement nothing can be sent again by itself: the next run begins anew. */
export function asProblem(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof RunProblem) return error
  return new RunProblem('replace', error.message, { cause: error })
}
