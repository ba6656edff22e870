import { inUtc, isTime, plainNumber } from '../comparison.ts'
import {
  Decimal,
  Instant,
  isDocument,
  isList,
  isNull,
  JsonText,
  jsonOf,
  parsed,
  scalarOf,
  textOf
} from '../value.ts'
import type { Cell, Value } from '../value.ts'
import { arrayText, readArray } from './array-text.ts'

/** How values of PostgreSQL are read and written, without losing anything of them. */

const readers: ReadonlyMap<number, (text: string) => Value> = new Map<number, (text: string) => Value>([
  [16, (text) => text === 't'],
  [17, (text) => new Uint8Array(Buffer.from(text.slice(2), 'hex'))],
  [20, integer],
  [21, integer],
  [23, integer],
  [26, integer],
  [114, (text) => new JsonText(text)],
  [700, float],
  [701, float],
  // Of char(n) the blanks that fill it up say nothing.
  [1042, (text) => text.replace(/ +$/, '')],
  [1114, (text) => text.replace(' ', 'T')],
  [1184, instant],
  [1700, (text) => new Decimal(text)],
  [3802, (text) => new JsonText(text)]
])

function integer(text: string): Value {
  const number = Number(text)
  return Number.isSafeInteger(number) ? number : BigInt(text)
}

function float(text: string): Value {
  const number = Number(text)
  return Number.isFinite(number) ? number : new Decimal(text)
}

/** Sessions are in UTC. `infinity` and dates before Christ are no moments that others know. */
function instant(text: string): Value {
  const [, day, time] = /^(\d{4}-\d\d-\d\d) ([\d:.]+)\+00$/.exec(text) ?? []
  return day === undefined ? text : new Instant(`${day}T${time}Z`)
}

/** The types of the items of arrays, by the types of the arrays. */
export type ArrayTypes = ReadonlyMap<number, number>

/** Returns the function that reads a type. Whatever is not listed is a text. */
export function readerOf(type: number, arrays: ArrayTypes): (text: string) => Value {
  const item = arrays.get(type)
  if (item === undefined) return readers.get(type) ?? ((text) => text)
  const read = readerOf(item, new Map())
  return (text) => readArray(text, read)
}

/** The words of the API for types, by the categories of PostgreSQL. */
const words: Readonly<Record<string, string>> = {
  A: 'array',
  B: 'boolean',
  D: 'datetime',
  N: 'number',
  S: 'string'
}

/** Returns the API's word for a type. */
export function typeWord(category: string, name: string): string {
  if (name === 'json' || name === 'jsonb') return 'object'
  if (name === 'bytea') return 'binary'
  if (name === 'money') return 'string'
  return words[category] ?? 'string'
}

/** What is needed of a column to write it. */
export interface WritableType {
  /** `A` for arrays. */
  category: string
  typeName: string
}

/**
 * Returns a value as the text that PostgreSQL reads for a column. An empty text is one in columns of texts
 * and of JSON, and null in all others.
 */
export function columnText(cell: Cell, column: WritableType): string | null {
  if (cell === undefined || cell === null) return null
  const { category } = column
  if (isOfJson(column)) return documentText(cell)
  const value = scalarOf(cell)
  if (isNull(value) || (value === '' && !keepsEmptyText(column))) return null
  if (value instanceof Uint8Array) return String.raw`\x${Buffer.from(value).toString('hex')}`
  if (category === 'A') {
    const list = value instanceof JsonText ? parsed(value.text) : value
    const item = itemOf(column)
    if (isList(list)) return arrayText(list, (one) => columnText(one, item))
  }
  // 5.00 is a whole number, which PostgreSQL does not see in a text.
  if (value instanceof Decimal && isWhole(column)) return plainNumber(value.text)
  // PostgreSQL would drop the zone of a text, and keep the hours.
  if (typeof value === 'string' && isWithoutZone(column)) return inUtc(value)
  return isDocument(value) || isList(value) ? jsonOf(value) : textOf(value)
}

/** Returns what a value comes to be in a column, as far as that is not left to PostgreSQL. */
export function standsAs(value: Value, column: WritableType): Cell {
  const { category, typeName } = column
  const text = columnText(value, column)
  if (text === null) return null
  if (isOfJson(column)) return new JsonText(text)
  if (category === 'B') return truths.get(text.toLowerCase()) ?? value
  if (category !== 'D' || !isTime(text)) return scalarOf(value)
  return typeName === 'date' ? text.slice(0, 10) : new Instant(text)
}

const truths: ReadonlyMap<string, boolean> = new Map([
  ...['true', 't', 'yes', 'y', 'on', '1'].map((text) => [text, true] as const),
  ...['false', 'f', 'no', 'n', 'off', '0'].map((text) => [text, false] as const)
])

function isWhole({ typeName }: WritableType): boolean {
  return ['int2', 'int4', 'int8'].includes(typeName)
}

function isWithoutZone({ typeName }: WritableType): boolean {
  return typeName === 'date' || typeName === 'timestamp'
}

/** Whether a column has JSON. */
export function isOfJson({ typeName }: WritableType): boolean {
  return typeName === 'json' || typeName === 'jsonb'
}

/** Of types that are none of PostgreSQL's categories nobody knows what an empty text means to them. */
function keepsEmptyText({ typeName, category }: WritableType): boolean {
  return category === 'S' || (category === 'U' && typeName !== 'uuid' && typeName !== 'bytea')
}

/** The items of arrays have the type without the underscore. */
export function itemOf({ typeName }: WritableType): WritableType {
  const name = typeName.replace(/^_/, '')
  return { category: categories[name] ?? '', typeName: name }
}

const categories: Readonly<Record<string, string>> = {
  text: 'S',
  varchar: 'S',
  bpchar: 'S',
  citext: 'S',
  date: 'D',
  timestamp: 'D',
  timestamptz: 'D',
  bool: 'B',
  int2: 'N',
  int4: 'N',
  int8: 'N',
  numeric: 'N',
  float4: 'N',
  float8: 'N'
}

/** A text that is an object or a list in JSON is that; any other one is a text. */
function documentText(value: Value): string {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return jsonOf(value)
  try {
    JSON.parse(value)
    return value
  } catch {
    return jsonOf(value)
  }
}
