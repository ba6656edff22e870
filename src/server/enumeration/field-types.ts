/** Types of fields that people describe: seven basic ones, and definitions in more detail. */
import type { Json } from '../../wire/common.ts'

/** What a request may say as `type`. */
export const basicTypes = ['string', 'number', 'boolean', 'datetime', 'array', 'object', 'binary'] as const
type BasicType = (typeof basicTypes)[number]

const named: Readonly<Record<string, BasicType>> = {
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
}
const headed: Readonly<Record<string, BasicType>> = {
  array: 'array',
  jsonarray: 'array',
  map: 'object',
  object: 'object',
  json: 'object',
  string: 'string',
  decimal: 'number'
}

/** The basic type of a definition: a name, or a list with a head. Undefined: it is none. */
export function basicTypeOf(definition: Json): BasicType | undefined {
  if (typeof definition === 'string') return own(named, definition)
  if (!Array.isArray(definition)) return undefined
  const [head, details] = definition
  if (head === 'versioned') {
    const [first] = Array.isArray(details) ? details : []
    return first === undefined ? undefined : basicTypeOf(first)
  }
  if (head === 'decimal' && !isDecimal(details)) return undefined
  return typeof head === 'string' ? own(headed, head) : undefined
}

function own(types: Readonly<Record<string, BasicType>>, name: string): BasicType | undefined {
  return Object.hasOwn(types, name) ? types[name] : undefined
}

/** Both numbers are needed, and what stands behind the point is a part of all digits. */
function isDecimal(details: Json | undefined): boolean {
  if (typeof details !== 'object' || details === null || Array.isArray(details)) return false
  const { precision, scale } = details
  if (typeof precision !== 'number' || typeof scale !== 'number') return false
  return Number.isInteger(precision) && Number.isInteger(scale) && scale >= 0 && scale <= precision
}
