import { dictionary, isObject, type Json } from '../state/value.ts'

/** The plain types of fields that people describe. Definitions say more. */
export const plainTypes = ['string', 'number', 'boolean', 'datetime', 'array', 'object', 'binary'] as const
type PlainType = (typeof plainTypes)[number]

/** Definitions that are one word, and the plain types that they are of. */
const words = dictionary<PlainType>({
  binary: 'binary',
  boolean: 'boolean',
  date: 'datetime',
  datetime: 'datetime',
  datetime_tz: 'datetime',
  time: 'datetime',
  number: 'number',
  string: 'string',
  smallint: 'number',
  int: 'number',
  bigint: 'number',
  single: 'number',
  double: 'number'
})

/** What a list that defines a type begins with. */
const heads = dictionary<PlainType>({
  array: 'array',
  jsonarray: 'array',
  json: 'object',
  map: 'object',
  object: 'object',
  string: 'string',
  decimal: 'number'
})

/** The definitions that are one word. */
export const definitionWords = Object.keys(words)

/** The plain type of a definition; undefined where it defines none. */
export function plainTypeOf(definition: Json | undefined): PlainType | undefined {
  if (typeof definition === 'string') return words[definition]
  if (!Array.isArray(definition)) return undefined
  const [head, details] = definition
  // The newest comes first.
  if (head === 'versioned') return Array.isArray(details) ? plainTypeOf(details[0]) : undefined
  if (typeof head !== 'string' || (head === 'decimal' && !isDecimal(details))) return undefined
  return heads[head]
}

/** A decimal needs both: all of its digits, and how many of them stand behind the point. */
function isDecimal(details: Json | undefined): boolean {
  if (details === undefined || !isObject(details)) return false
  const { precision, scale } = details
  if (!Number.isInteger(precision) || !Number.isInteger(scale)) return false
  return Number(scale) >= 0 && Number(precision) >= 1 && Number(scale) <= Number(precision)
}
