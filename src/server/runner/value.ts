/** The values that connectors exchange: what JSON has, and five for what JSON would lose. */

/** A number of any precision, as its decimal text; also `NaN`, `Infinity` and `-Infinity`. */
export class Decimal {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** A moment: RFC 3339 in UTC with a `Z`, and as many digits of the second as the source has. */
export class Instant {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** JSON as its text, so that neither large numbers nor the order of keys are lost on the way. */
export class JsonText {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** A value that is there and cannot be read: it is neither null nor missing, so its record is refused. */
export class Unreadable {
  /** A sentence for a person, without the value. */
  readonly why: string
  constructor(why: string) {
    this.why = why
  }
}

/**
 * A value of a field. `number` is finite; dates, times without a zone, ids and whatever else a system has are
 * texts.
 */
export type Value =
  | null
  | string
  | number
  | bigint
  | boolean
  | Decimal
  | Instant
  | JsonText
  | Unreadable
  | Uint8Array
  | readonly Value[]
  | { readonly [name: string]: Value }

/** A value, or undefined where the record does not have the field at all: then nothing is written. */
export type Cell = Value | undefined

/** The values of the fields that were requested, in their order. */
export type Row = readonly Cell[]

/** Whether a value is an object with members of its own, and none of the special ones. */
export function isDocument(value: Cell): value is { readonly [name: string]: Value } {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return !isSpecial(value)
}

function isSpecial(value: object): boolean {
  return (
    value instanceof Decimal ||
    value instanceof Instant ||
    value instanceof JsonText ||
    value instanceof Unreadable ||
    value instanceof Uint8Array
  )
}

/** Whether there is no value: it is missing, or null, be that null of SQL or of JSON. */
export function isNull(value: Cell): boolean {
  return scalarOf(value) === null || value === undefined
}

/**
 * Whether a value counts as empty: of a field with mode `create`, and of an identity. `false`, 0, blanks and
 * lists without items are values.
 */
export function isEmpty(value: Cell): boolean {
  return scalarOf(value) === '' || isNull(value)
}

/** Returns what JSON means that is neither an object nor a list; any other value as it is. */
export function scalarOf(value: Cell): Cell {
  if (!(value instanceof JsonText) || /^\s*[[{]/.test(value.text)) return value
  return parsed(value.text)
}

/** Returns a value as plain text, for identities, comparisons of texts, and systems that have texts alone. */
export function textOf(value: Cell): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'string') return value
  if (typeof value !== 'object') return String(value)
  if (value instanceof Decimal || value instanceof Instant) return value.text
  if (value instanceof JsonText) return /^\s*"/.test(value.text) ? textOf(scalarOf(value)) : value.text
  if (value instanceof Unreadable) return ''
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  return jsonOf(value)
}

/** Returns a value as JSON. Large numbers keep their digits; bytes become base64. */
export function jsonOf(value: Cell): string {
  if (value === undefined || value === null) return 'null'
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number')
    return Number.isFinite(value) ? String(value) : JSON.stringify(String(value))
  if (typeof value === 'boolean') return String(value)
  if (value instanceof Decimal) return isPlainNumber(value.text) ? value.text : JSON.stringify(value.text)
  if (value instanceof JsonText) return value.text
  if (value instanceof Unreadable) return 'null'
  if (value instanceof Instant || value instanceof Uint8Array) return JSON.stringify(textOf(value))
  if (isList(value)) return `[${value.map(jsonOf).join(',')}]`
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${jsonOf(member)}`)
  return `{${members.join(',')}}`
}

/** `Array.isArray` does not narrow lists that are read only. */
export function isList(value: Cell): value is readonly Value[] {
  return Array.isArray(value)
}

function isPlainNumber(text: string): boolean {
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text)
}

/**
 * Returns the part of a value that a path names: `address.city`, `tags.0`. Undefined where there is none;
 * what is in null is null.
 */
export function partOf(value: Cell, path: readonly string[]): Cell {
  let part: Cell = value
  for (const name of path) {
    if (part instanceof JsonText) part = parsed(part.text)
    if (part === null) return null
    if (isList(part)) part = /^\d+$/.test(name) ? part[Number(name)] : undefined
    else if (isDocument(part)) part = Object.hasOwn(part, name) ? part[name] : undefined
    else return undefined
  }
  return part
}

/** Returns JSON as values; numbers that JavaScript would change become decimals. */
export function parsed(text: string): Cell {
  const value: Value = JSON.parse(text, (_name, part: Value, context?: { source?: string }) => {
    const source = context?.source
    if (typeof part !== 'number' || source === undefined || String(part) === source) return part
    return isPlainNumber(source) && !Number.isSafeInteger(part) ? new Decimal(source) : part
  })
  return value
}
