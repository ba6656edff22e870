import { plainNumber } from '../comparison.ts'
import { Decimal, Instant, Unreadable, type Cell, type Value } from '../value.ts'

/**
 * Values of documents, as the driver reads them with `useBigInt64`: what JavaScript has no type for are
 * objects that say by `_bsontype` what they are.
 */

/** Returns a value of a document. What is not there at all is undefined, and not null. */
export function valueOf(value: unknown): Cell {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : new Decimal(String(value))
  return typeof value === 'object' ? objectOf(value) : undefined
}

/** An object of the driver's own; its text is its value. */
interface Special {
  toString(): string
}

function objectOf(value: object): Cell {
  if (Array.isArray(value)) return whole(value.map((item): Value => valueOf(item) ?? null))
  if (value instanceof Date) return momentOf(value)
  const type = bsonTypeOf(value)
  return type === undefined ? documentOf(value) : (readers.get(type) ?? plainText)(value)
}

function documentOf(value: object): Cell {
  const members = Object.entries(value).flatMap(([name, member]): [string, Value][] => {
    const read = valueOf(member)
    return read === undefined ? [] : [[name, read]]
  })
  return whole(Object.fromEntries(members))
}

/** What has a part that cannot be read cannot be read. */
function whole(value: { readonly [name: string]: Value } | Value[]): Value {
  return Object.values(value).find((part) => part instanceof Unreadable) ?? value
}

/** MongoDB's dates go further than JavaScript's, and those further than the four digits of a year. */
function momentOf(date: Date): Cell {
  if (Number.isNaN(date.getTime())) return new Unreadable('a date of it lies too far away to be read')
  const text = date.toISOString()
  return /^\d{4}-/.test(text) ? new Instant(text) : text
}

/** What a value of the driver's own says that it is. Documents may have a field of this name, too. */
export function bsonTypeOf(value: object): string | undefined {
  if (Object.hasOwn(value, '_bsontype')) return undefined
  return '_bsontype' in value && typeof value._bsontype === 'string' ? value._bsontype : undefined
}

function plainText(value: Special): string {
  return value.toString()
}

const readers: ReadonlyMap<string, (value: Special) => Cell> = new Map<string, (value: Special) => Cell>([
  ['Decimal128', (value) => decimalOf(plainText(value))],
  ['Binary', binaryOf],
  ['Timestamp', (value) => momentOf(new Date(Number(member(value, 't')) * 1000))],
  ['MinKey', () => 'MinKey'],
  ['MaxKey', () => 'MaxKey'],
  ['Code', (value) => valueOf(member(value, 'code'))],
  ['BSONRegExp', (value) => `/${textOf(member(value, 'pattern'))}/${textOf(member(value, 'options'))}`],
  ['DBRef', referenceOf]
])

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function referenceOf(value: object): Cell {
  const database = member(value, 'db') ?? undefined
  const [$ref, $id, more] = ['collection', 'oid', 'fields'].map((name) => member(value, name))
  return documentOf({ $ref, $id, ...(database === undefined ? {} : { $db: database }), ...Object(more) })
}

/** One spelling without an exponent, as long as that is no novel. */
function decimalOf(text: string): Decimal {
  return new Decimal(/\dE/i.test(text) ? plainNumber(text) : text)
}

const uuid = 4

function binaryOf(value: object): Cell {
  const bytes = bytesOf(value)
  if (member(value, 'sub_type') !== uuid || bytes.length !== 16) return bytes
  const digits = Buffer.from(bytes).toString('hex')
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

function bytesOf(value: object): Uint8Array {
  const [buffer, length] = [member(value, 'buffer'), member(value, 'position')]
  const bytes = buffer instanceof Uint8Array ? buffer : new Uint8Array()
  return bytes.subarray(0, typeof length === 'number' ? length : bytes.length)
}

function member(value: object, name: string): unknown {
  return Reflect.get(value, name)
}

/** Returns what a path leads to in a document, as the driver read it. What is in null is null. */
export function partAt(document: unknown, path: readonly string[]): unknown {
  let part: unknown = document
  for (const name of path) {
    if (part === null) return null
    if (typeof part !== 'object') return undefined
    const isList = Array.isArray(part)
    if (isList ? !/^\d+$/.test(name) : bsonTypeOf(part) !== undefined || part instanceof Date)
      return undefined
    part = Object.hasOwn(part, name) ? Reflect.get(part, name) : undefined
  }
  return part
}
