import { millisecondsOf, plainNumber } from '../comparison.ts'
import {
  Instant,
  isDocument,
  isList,
  isNull,
  jsonOf,
  JsonText,
  scalarOf,
  textOf,
  type Cell,
  type Value
} from '../value.ts'
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
  const at = millisecondsOf(new Instant(text))
  return at === undefined ? text : new Instant(new Date(at).toISOString())
}

/** What is to be written for a value, or why it cannot be. */
export type Written = { json: string } | { problem: string }

/**
 * Returns a value as JSON for a field. Null clears the field, and so does an empty text: Salesforce keeps
 * none. Objects and lists are JSON where a field takes texts.
 */
export function writtenOf(cell: Value, field: SalesforceField): Written {
  const { type, name } = field
  const kind = kindOf(type)
  const value = scalarOf(cell) ?? null
  // A checkbox has no null: what clears it is false.
  if (value === '' || isNull(value)) return { json: kind === 'boolean' ? 'false' : 'null' }
  if (value instanceof Uint8Array && type !== 'base64')
    return { problem: `the field ${name} takes no bytes` }
  if (kind === 'text') return textFor(value, field)
  const json = jsonOfKind[kind](value)
  if (json === undefined) return { problem: `the field ${name} takes ${taken[kind]}` }
  if (kind !== 'number') return { json }
  if (!isKept(json)) return { problem: `the field ${name} would not keep all digits of the number` }
  const isWhole = type === 'int' || type === 'long'
  return isWhole && json.includes('.')
    ? { problem: `the field ${name} takes whole numbers alone` }
    : { json }
}

function textFor(value: Value, { name, type, length }: SalesforceField): Written {
  const text = plainText(value, type)
  // Whether a letter of two units counts as one or two, Salesforce alone knows.
  const isLong = type !== 'base64' && length > 0 && text.length > length && Array.from(text).length > length
  return isLong
    ? { problem: `the field ${name} takes ${length} characters at most` }
    : { json: JSON.stringify(text) }
}

/** Whether a text may be the id of a record. */
export function isId(text: string): boolean {
  return /^(?:[a-z\d]{15}|[a-z\d]{18})$/i.test(text)
}

/** Returns what a value that is written comes to be in a field. */
export function standsAs(value: Value, field: SalesforceField): Cell {
  const written = writtenOf(value, field)
  return 'json' in written ? cellOf(JSON.parse(written.json), field) : value
}

/** A number that a record can have; undefined for any other value. */
export function keptNumber(value: Value): string | undefined {
  const digits = numberText(value)
  return digits !== undefined && isKept(digits) ? digits : undefined
}

/** Salesforce keeps numbers as doubles: before the point no digit may be lost, behind it they are rounded. */
function isKept(digits: string): boolean {
  const [whole = ''] = digits.split('.')
  const kept = Number(whole)
  return Number.isFinite(kept) && BigInt(whole) === BigInt(kept)
}

const taken = {
  number: 'numbers alone',
  boolean: 'true and false alone',
  date: 'dates alone',
  datetime: 'moments alone',
  time: 'times of the day alone',
  id: 'ids of Salesforce alone'
}

const jsonOfKind = {
  number: numberText,
  boolean: truthText,
  date: (value: Value) => quotedIf(dayText(value)),
  datetime: (value: Value) => quotedIf(timeText(value)),
  time: (value: Value) => quotedIf(clockText(value)),
  id: (value: Value) => quotedIf(isId(textOf(value)) ? textOf(value) : undefined)
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
function numberText(value: Value): string | undefined {
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
  const at = millisecondsOf(value)
  return at === undefined ? undefined : new Date(at).toISOString()
}

/** A time of the day to the millisecond; of a moment that in UTC. */
export function clockText(value: Value): string | undefined {
  const moment = timeText(value)
  if (moment !== undefined) return moment.slice(11)
  const text = typeof value === 'string' ? value.trim() : ''
  const at = /^\d{2}:\d{2}/.test(text) ? timeText(`1970-01-01T${text}`) : undefined
  return /[+-]/.test(text) ? undefined : at?.slice(11)
}
