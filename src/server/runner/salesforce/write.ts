import {
  LostAnswer,
  type Operation,
  type Outcome,
  type Refusal,
  type RefusalOf,
  type WriteRecord,
  type WriteRequest
} from '../connector.ts'
import { withoutValues } from '../cut-values.ts'
import { ValueRefused } from './errors.ts'
import { members, text } from './answers.ts'
import { fieldNamed, type SalesforceField, type SalesforceObject } from './objects.ts'
import type { Salesforce } from './session.ts'
import { writtenOf } from './values.ts'

/** A record that is ready to be sent, at its place in the batch. */
interface Ready {
  at: number
  record: WriteRecord
  json: string
}

/** Writes records. What cannot be a value of its field is refused here, and the others are sent. */
export async function write(
  salesforce: Salesforce,
  object: SalesforceObject,
  { operation, fields: names, records }: WriteRequest
): Promise<Outcome[]> {
  const outcomes: Outcome[] = []
  const fields = operation === 'delete' ? [] : names.map((name) => fieldNamed(object, name))
  const ready: Ready[] = []
  for (const [at, record] of records.entries()) {
    const prepared = jsonOf(object, operation, fields, record)
    if (typeof prepared === 'string') ready.push({ at, record, json: prepared })
    else outcomes[at] = { state: 'rejected', ...prepared }
  }
  await settled(ready, (some) => deliver(salesforce, operation, some), outcomes)
  return outcomes
}

/**
 * Sends records. A value that Salesforce cannot read fails the whole request, without a word on which it is:
 * then each half is sent by itself, until the record is found.
 */
async function settled(
  records: readonly Ready[],
  send: (records: readonly Ready[]) => Promise<Outcome[]>,
  outcomes: Outcome[]
): Promise<void> {
  if (records.length === 0) return
  try {
    for (const [index, outcome] of (await send(records)).entries()) {
      const one = records[index]
      if (one !== undefined) outcomes[one.at] = outcome
    }
  } catch (error) {
    if (!(error instanceof ValueRefused)) throw error
    const [only, another] = records
    if (only !== undefined && another === undefined) {
      outcomes[only.at] = rejected(error.code, withoutThem(error.message, only.record))
      return
    }
    const middle = Math.ceil(records.length / 2)
    await settled(records.slice(0, middle), send, outcomes)
    await settled(records.slice(middle), send, outcomes)
  }
}

async function deliver(
  salesforce: Salesforce,
  operation: Operation,
  records: readonly Ready[]
): Promise<Outcome[]> {
  const answer = await answerTo(salesforce, operation, records)
  if (!Array.isArray(answer) || answer.length !== records.length)
    throw new LostAnswer(`Salesforce of the connection "${salesforce.name}" answered something unknown`)
  return records.map(({ record }, index) => outcomeOf(answer[index], operation, record))
}

function answerTo(
  salesforce: Salesforce,
  operation: Operation,
  records: readonly Ready[]
): Promise<unknown> {
  if (operation === 'delete') {
    const ids = records.map(({ record }) => encodeURIComponent(record.id ?? ''))
    return salesforce.send('DELETE', `/composite/sobjects?ids=${ids.join(',')}&allOrNone=false`)
  }
  const body = `{"allOrNone":false,"records":[${records.map(({ json }) => json).join(',')}]}`
  return salesforce.send(operation === 'insert' ? 'POST' : 'PATCH', '/composite/sobjects', body)
}

/** Returns what tells why a record cannot be written, before it is sent. */
export function refusalOf(object: SalesforceObject): RefusalOf {
  return ({ operation, fields: names, values }) => {
    const fields = names.map((name) => fieldNamed(object, name))
    const prepared = jsonOf(object, operation, fields, { values })
    return typeof prepared === 'string' ? undefined : prepared
  }
}

/** A record as JSON, or why it is refused. */
function jsonOf(
  { name }: SalesforceObject,
  operation: Operation,
  fields: readonly SalesforceField[],
  { id, values }: Pick<WriteRecord, 'id' | 'values'>
): string | Refusal {
  const parts = [`"attributes":{"type":${JSON.stringify(name)}}`]
  if (operation === 'update') parts.push(`"id":${JSON.stringify(id ?? '')}`)
  for (const [at, field] of fields.entries()) {
    const value = values[at]
    if (value === undefined) continue
    const may = operation === 'insert' ? field.createable : field.updateable
    if (!may)
      return { code: 'NOT_WRITABLE', message: `the field ${field.name} is not written by ${operation}s` }
    const written = writtenOf(value, field)
    if ('problem' in written) return { code: 'INVALID_VALUE', message: written.problem }
    parts.push(`${JSON.stringify(field.name)}:${written.json}`)
  }
  return `{${parts.join(',')}}`
}

function rejected(code: string, message: string): Outcome {
  return { state: 'rejected', code, message }
}

/** A record that is not there any more need not be deleted. */
const absent = new Set(['ENTITY_IS_DELETED', 'INVALID_CROSS_REFERENCE_KEY'])

function outcomeOf(answer: unknown, operation: Operation, record: WriteRecord): Outcome {
  const { success, id, errors } = members(answer)
  if (success === true) return { state: 'done', id: text(id) || (record.id ?? '') }
  const [first]: unknown[] = Array.isArray(errors) ? errors : []
  const { statusCode, message } = members(first)
  const code = text(statusCode) || 'UNKNOWN'
  if (operation === 'delete' && absent.has(code)) return { state: 'done', id: record.id ?? '' }
  // Triggers report it under a code of their own.
  if (code === 'UNABLE_TO_LOCK_ROW' || text(message).includes('UNABLE_TO_LOCK_ROW'))
    return { state: 'retry', code: 'UNABLE_TO_LOCK_ROW', message: 'somebody else has the record locked' }
  return rejected(code, withoutThem(text(message), record))
}

/** Salesforce repeats values in what it says of them. These stay with the record. */
function withoutThem(message: string, { values }: WriteRecord): string {
  return withoutValues(message.replace(/(from VALUE_\w+ value) .*? or request may.*$/s, '$1 …'), values)
}
