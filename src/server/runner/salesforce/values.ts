import { plainNumber, timeOf } from '../comparison.ts'
import { Instant, isDocument, isList, jsonOf, JsonText, textOf, type Cell, type Value } from '../value.ts'
import { kindOf, type SalesforceField } from './objects.ts'

/** Values as Salesforce takes and gives them. */

/** Returns a value that was read. */
export function cellOf(value: unknown, { type }: SalesforceField): Cell {
  if (value === null || value === undefined) return null
  if (typeof value === 'boolean' || typeof value === 'number') return value
  if (typeof value === 'string') return type === 'datetime' ? momentOf(value) : value
  return new JsonText(JSON.stringify(value))
}

/** `2026-01-01T00:00:00.000+0000` as RFC 3339 has it. */
function momentOf(text: string): Value {
  const at = timeOf(new Instant(text))
  return at === undefined ? text : new Instant(isoOf(at))
}

function isoOf(microseconds: number): string {
  return new Date(microseconds / 1000).toISOString()
}

/** What is to be written for a value, or why it cannot be. */
export type Written = { json: string } | { problem: string }

/** Returns a value as JSON for a field. Null clears the field. */
export function writtenOf(value: Value, field: SalesforceField): Written {
  const { type } = field
  const kind = kindOf(type)
  // A checkbox has no null: what clears it is false.
  if (value === null) return { json: kind === 'boolean' ? 'false' : 'null' }
  if (kind === 'text' || kind === 'id') return { json: JSON.stringify(plainText(value, type)) }
  if (value === '') return writtenOf(null, field)
  const json = jsonOfKind[kind](value)
  return json === undefined ? { problem: `the field ${field.name} takes ${taken[kind]}` } : { json }
}

const taken = {
  number: 'numbers alone',
  boolean: 'true and false alone',
  date: 'dates alone',
  datetime: 'moments alone'
}

const jsonOfKind = {
  number: numberText,
  boolean: truthText,
  date: (value: Value) => quotedIf(dayText(value)),
  datetime: (value: Value) => quotedIf(timeText(value))
}

function quotedIf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : JSON.stringify(text)
}

/** Lists are choices of a field that takes several; else they are JSON, as documents are. */
function plainText(value: Value, type: string): string {
  if (isList(value) && type === 'multipicklist') return value.map(textOf).join(';')
  return isList(value) || isDocument(value) ? jsonOf(value) : textOf(value)
}

/** A number in digits; undefined for what is none. */
export function numberText(value: Value): string | undefined {
  if (typeof value === 'boolean') return undefined
  const text = plainNumber(textOf(value).trim())
  return /^-?\d+(?:\.\d+)?$/.test(text) ? text : undefined
}

/** `true` or `false`; undefined for what is neither. */
export function truthText(value: Value): string | undefined {
  const text = textOf(value).toLowerCase()
  return truths.get(text)
}

const truths: ReadonlyMap<string, string> = new Map([
  ['true', 'true'],
  ['1', 'true'],
  ['false', 'false'],
  ['0', 'false']
])

/** The day of a date, or of a moment in UTC. */
export function dayText(value: Value): string | undefined {
  return timeText(value)?.slice(0, 10)
}

/** A moment to the millisecond; a date is its beginning in UTC. */
export function timeText(value: Value): string | undefined {
  const at = value instanceof Instant || typeof value === 'string' ? timeOf(value) : undefined
  return at === undefined ? undefined : isoOf(at)
}
