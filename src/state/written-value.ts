import { isObject, type Json, type JsonObject } from './value.ts'

/**
 * Values that YAML has no words for, as a person writes them down: the extended JSON of MongoDB, whatever the
 * system is that they come from.
 */

interface Form {
  /** A sentence for editors, with an example. */
  description: string
  /** Returns the value in the one form that it is compared in; undefined where it is none. */
  read(value: Json | undefined): Json | undefined
}

/** All forms: an object with one of these names, and nothing else. */
export const writtenForms: ReadonlyMap<string, Form> = new Map<string, Form>([
  [
    '$date',
    {
      description: 'A moment, such as 2026-03-01T09:30:00Z. A date without a time is a text.',
      read: (value) => wrapped('$date', typeof value === 'string' ? utcText(value) : undefined)
    }
  ],
  [
    '$numberDecimal',
    {
      description: 'A number with all of its digits, in quotes: "19.90".',
      read: (value) => wrapped('$numberDecimal', matching(value, /^(-?\d+(\.\d+)?|NaN|-?Infinity)$/))
    }
  ],
  [
    '$numberLong',
    {
      description: 'A whole number of up to 64 bits, in quotes: "9007199254740993".',
      read(value) {
        const text = matching(value, /^-?\d{1,19}$/)
        if (text === undefined) return undefined
        const number = Number(text)
        return Number.isSafeInteger(number) ? number : { $numberLong: String(BigInt(text)) }
      }
    }
  ],
  [
    '$binary',
    {
      description: 'Bytes in base64: "aGVsbG8=", or { base64: "aGVsbG8=", subType: "00" }.',
      read: (value) => (isObject(value) ? binaryOf(value) : wrapped('$binary', matching(value, base64)))
    }
  ],
  [
    '$oid',
    {
      description: 'An ObjectId, as 24 hexadecimal digits; it is moved as that text.',
      read: (value) => matching(value, /^[\da-f]{24}$/i)?.toLowerCase()
    }
  ],
  [
    '$uuid',
    {
      description: 'A UUID; it is moved as that text.',
      read: (value) => matching(value, /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i)?.toLowerCase()
    }
  ]
])

const base64 = /^(?:[\w+/]{4})*(?:[\w+/]{2}==|[\w+/]{3}=)?$/

function matching(value: Json | undefined, pattern: RegExp): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined
}

function wrapped(name: string, text: string | undefined): JsonObject | undefined {
  return text === undefined ? undefined : { [name]: text }
}

const uuid = '04'

function binaryOf({ base64: text, subType = '00', ...rest }: JsonObject): Json | undefined {
  const bytes = matching(text, base64)
  const isKnown = typeof subType === 'string' && /^[\da-f]{1,2}$/i.test(subType)
  if (bytes === undefined || !isKnown || Object.keys(rest).length > 0) return undefined
  const digits = Buffer.from(bytes, 'base64').toString('hex')
  return subType.padStart(2, '0') === uuid && digits.length === 32
    ? digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    : { $binary: bytes }
}

/** A moment in UTC, with the digits of the second that it was written with. */
function utcText(text: string): string | undefined {
  const [, day, time, seconds = ':00', fraction = '', zone] =
    /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(:\d\d)?(\.\d+)?(Z|[+-]\d\d:\d\d)$/i.exec(text) ?? []
  const at = Date.parse(`${day}T${time}${seconds}${zone?.toUpperCase()}`)
  return Number.isNaN(at) ? undefined : `${new Date(at).toISOString().slice(0, 19)}${fraction}Z`
}

/** The one name of an object that begins as a form does; others are objects like all. */
function formOf(value: Json | undefined): string | undefined {
  if (!isObject(value)) return undefined
  const [name, another] = Object.keys(value)
  return another === undefined && name?.startsWith('$') === true ? name : undefined
}

/** Returns a value with every form in it as it is compared. What is none of them stays as it is. */
export function canonicalValue(value: Json): Json {
  const name = formOf(value)
  if (name !== undefined && isObject(value)) return writtenForms.get(name)?.read(value[name]) ?? value
  if (Array.isArray(value)) return value.map(canonicalValue)
  return isObject(value) ? canonicalRecord(value) : value
}

/** The same for the fields of a record. */
export function canonicalRecord(record: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      value === undefined ? null : canonicalValue(value)
    ])
  )
}

/** What looks like a form and is none, by its path. */
export interface Misform {
  path: (string | number)[]
  name: string
  isKnown: boolean
}

/** Returns all that look like forms and are none. */
export function misformsIn(value: Json | undefined, path: Misform['path'] = []): Misform[] {
  const name = formOf(value)
  if (name !== undefined && isObject(value)) {
    const form = writtenForms.get(name)
    const isFine = form?.read(value[name]) !== undefined
    return isFine ? [] : [{ path: [...path, name], name, isKnown: form !== undefined }]
  }
  if (Array.isArray(value)) return value.flatMap((item, index) => misformsIn(item, [...path, index]))
  return isObject(value)
    ? Object.entries(value).flatMap(([key, inner]) => misformsIn(inner, [...path, key]))
    : []
}
