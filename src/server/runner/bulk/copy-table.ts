import { testOf } from '../conditions.ts'
import {
  RunProblem,
  type CopyRequest,
  type ObjectFacts,
  type Outcome,
  type Source,
  type TableCopy,
  type TableWriter
} from '../connector.ts'
import { mustGoOn } from '../job.ts'
import { withoutValues } from '../cut-values.ts'
import type { LogEntry } from '../run-log.ts'
import { textOf, type Row } from '../value.ts'
import type { CopiedTable } from './copies.ts'

/** How a table is copied. */
export interface CopyOrder {
  owner: CopyRequest['owner']
  /** Reads a few records, writes them, and takes that back. */
  isTest: boolean
  way: CopyRequest['way']
  signal: AbortSignal
  /** Told of each record that was refused. */
  refused: (entry: LogEntry) => void
  /** A line for people. */
  say: (level: 'INFO' | 'WARN', message: string) => void
  /** Told of how many records were read, after each batch. */
  progress: (read: number) => void
}

const batch = 1000
/** What is documented of a test: that many records of each schema. */
const testedRecords = 5

/** Copies one table to its end. Resolves with how many records of the copy changed. */
export async function copyTable(
  copied: CopiedTable,
  { source, objects, writer }: { source: Source; objects: readonly ObjectFacts[]; writer: TableWriter },
  order: CopyOrder
): Promise<number> {
  const plan = planOf(copied, objects, order)
  const copy = await writer.begin(plan.request)
  try {
    await fill(copy, plan, source, order)
    mustGoOn(order)
  } catch (error) {
    await copy.rollback()
    throw error
  }
  if (order.isTest) {
    await copy.rollback()
    return 0
  }
  const { inserted, updated, deleted } = await copy.commit()
  order.say('INFO', `${copied.id}: ${inserted} new, ${updated} changed, ${deleted} deleted`)
  return inserted + updated + deleted
}

interface Plan {
  request: CopyRequest
  table: string
  /** The columns that are copied, as texts: nothing is lost of what is never understood. */
  texts: string[]
  /** Those of filters, behind them. */
  fields: string[]
  /** The places of the key among them. */
  key: number[]
  passes: (row: Row) => boolean
}

function planOf(
  { id, output, fields, filters, isTracked, key: given }: CopiedTable,
  objects: readonly ObjectFacts[],
  { owner, way, say }: CopyOrder
): Plan {
  const object = objects.find((one) => one.id === id)
  if (object === undefined) throw new RunProblem('schema', `the source has no table ${id}`)
  const types = new Map(object.fields?.map(({ name, portableType = 'text' }) => [name, portableType]))
  const there = fields.filter((field) => types.has(field.id))
  for (const field of fields)
    if (!types.has(field.id)) say('WARN', `${id}: the source has no column ${field.id} any more`)
  if (there.length === 0) throw new RunProblem('fields', `no column of ${id} is copied`)
  const twice = there.find((one, at) => there.findIndex(({ column }) => column === one.column) !== at)
  if (twice !== undefined)
    throw new RunProblem('fields', `two columns of ${id} would be called ${twice.column} in the copy`)
  const names = there.map((field) => field.id)
  const key = (given ?? object.key ?? []).map((name) => names.indexOf(name))
  const isKeyed = key.length > 0 && !key.includes(-1)
  const tests = filters.map((filter) => ({ field: filter.field_id ?? '', passes: testOf(filter) }))
  const lost = tests.find(({ field }) => !types.has(field))
  if (lost !== undefined) throw new RunProblem('filter', `a filter of ${id} needs the column ${lost.field}`)
  const filtered = tests.map(({ field }) => field)
  return {
    request: {
      owner,
      ...output,
      columns: there.map((field) => ({ name: field.column, type: types.get(field.id) ?? 'text' })),
      key: isKeyed ? key.map((at) => there[at]?.column ?? '') : [],
      way,
      keepsMissing: isTracked && way === 'changes'
    },
    table: id,
    texts: names,
    fields: filtered,
    key: isKeyed ? key : [],
    passes: (row) => tests.every(({ passes }, at) => passes(row[names.length + at]))
  }
}

async function fill(
  copy: TableCopy,
  { table, texts, fields, key, passes }: Plan,
  source: Source,
  order: CopyOrder
): Promise<void> {
  const size = order.isTest ? testedRecords : batch
  let read = 0
  for await (const rows of source.rows({ configuration: { table }, texts, fields, batch: size })) {
    mustGoOn(order)
    const taken = rows.filter(passes)
    const records = taken.map((row) => ({ values: row.slice(0, texts.length), token: '' }))
    const outcomes = records.length === 0 ? [] : await copy.write(records)
    for (const [at, outcome] of outcomes.entries()) note(table, taken[at] ?? [], key, outcome, order)
    read += rows.length
    order.progress(read)
    if (order.isTest) return
  }
}

function note(schema: string, row: Row, key: readonly number[], outcome: Outcome, order: CopyOrder): void {
  if (outcome.state === 'done') return
  const { code } = outcome
  const message = withoutValues(outcome.message, row)
  order.refused({ schema, identity: key.map((at) => textOf(row[at])), code, message })
}
