import { Decimal, Instant, isDocument, isList, JsonText, jsonOf, parsed, textOf } from '../value.ts'
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
  return words[category] ?? 'string'
}

/** What is needed of a column to write it. */
export interface WritableType {
  /** `A` for arrays. */
  category: string
  typeName: string
}

/** Returns a value as the text that PostgreSQL reads for a column. */
export function columnText(value: Cell, column: WritableType): string | null {
  if (value === undefined || value === null) return null
  const { typeName, category } = column
  if (typeName === 'json' || typeName === 'jsonb') return documentText(value)
  if (value instanceof Uint8Array)
    return typeName === 'bytea' ? String.raw`\x${Buffer.from(value).toString('hex')}` : textOf(value)
  if (category === 'A') {
    const list = value instanceof JsonText ? parsed(value.text) : value
    const item = { category: '', typeName: typeName.replace(/^_/, '') }
    if (isList(list)) return arrayText(list, (one) => columnText(one, item))
  }
  return isDocument(value) || isList(value) ? jsonOf(value) : textOf(value)
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
