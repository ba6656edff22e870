import type { Json } from '../../wire/common.ts'
import {
  Decimal,
  Instant,
  isDocument,
  isList,
  jsonOf,
  JsonText,
  parsed,
  textOf,
  type Cell
} from './value.ts'

/** How values of different systems are compared: by what they mean, and not by how they are written. */

/** Whether both are the same number, moment or text. */
export function sameAs(value: Cell, expected: Cell | Json): boolean {
  const [a, b] = [numberOf(value), numberOf(expected)]
  if (isNumber(value) || isNumber(expected)) {
    if (a !== undefined && b !== undefined)
      return plainNumber(textOf(value)) === plainNumber(textOf(expected))
  }
  if (value instanceof Instant || expected instanceof Instant) {
    const order = inTime(value, expected)
    if (order !== undefined) return order === 0
  }
  if (isJson(value) && isJson(expected)) return canonical(value) === canonical(expected)
  return textOf(value) === textOf(expected)
}

function isJson(value: Cell | Json): boolean {
  return value instanceof JsonText || isList(value) || isDocument(value)
}

/** JSON in one spelling: without blanks, the keys in their order, and each number in its plain one. */
function canonical(cell: Cell): string {
  const value = cell instanceof JsonText ? parsed(cell.text) : cell
  if (isList(value)) return `[${value.map(canonical).join(',')}]`
  if (!isDocument(value)) return isNumber(value) ? plainNumber(textOf(value)) : jsonOf(value)
  const names = Object.keys(value).toSorted()
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`
}

/** Returns 1, 0 or -1 for numbers and moments; undefined for what has no order. */
export function bigger(value: Cell, expected: Cell | Json): number | undefined {
  const [a, b] = [numberOf(value), numberOf(expected)]
  if (a !== undefined && b !== undefined)
    return inDigits(plainNumber(textOf(value)), plainNumber(textOf(expected))) ?? order(a, b)
  return inTime(value, expected)
}

function order(a: number | string, b: number | string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

/** The order of plain numbers by all their digits: JavaScript's numbers have some sixteen of them. */
function inDigits(a: string, b: string): number | undefined {
  const [x, y] = [a, b].map((text) => /^(-?)(\d+)(?:\.(\d+))?$/.exec(text))
  if (!x || !y) return undefined
  const [, sign = '', whole = '', part = ''] = x
  const [, otherSign = '', otherWhole = '', otherPart = ''] = y
  if (sign !== otherSign) return sign === '-' ? -1 : 1
  const size = order(whole.length, otherWhole.length) || order(whole, otherWhole) || order(part, otherPart)
  return sign === '-' ? 0 - size : size
}

/** The order of moments, to the microsecond. */
function inTime(value: Cell, expected: Cell | Json): number | undefined {
  const [a, b] = [momentOf(value), momentOf(expected)]
  if (a === undefined || b === undefined) return undefined
  return order(a.milliseconds, b.milliseconds) || order(a.microseconds, b.microseconds)
}

function isNumber(value: Cell): boolean {
  return typeof value === 'number' || typeof value === 'bigint' || value instanceof Decimal
}

function numberOf(value: Cell): number | undefined {
  if (!isNumber(value) && typeof value !== 'string') return undefined
  const text = textOf(value).trim()
  const number = Number(text)
  return text === '' || Number.isNaN(number) ? undefined : number
}

/**
 * Returns a number in one spelling: `1.50`, `1.5` and `015e-1` are the same. Anything else stays as it is.
 */
export function plainNumber(text: string): string {
  const [, sign = '', whole = '', part = '', power = ''] =
    /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?\s*$/.exec(text) ?? []
  if (whole === '' && part === '') return text
  const shift = Number(power || '0')
  if (Math.abs(shift) > 1000) return text
  const digits = whole + part
  const point = whole.length + shift
  const left = point <= 0 ? '' : digits.slice(0, point).padEnd(point, '0')
  const right = point <= 0 ? '0'.repeat(-point) + digits : digits.slice(point)
  const shown = (left.replace(/^0+/, '') || '0') + `.${right}`.replace(/\.?0*$/, '')
  return sign === '-' && shown !== '0' ? `-${shown}` : shown
}

/** Whether a value is a moment or a date. */
export function isTime(value: Cell): boolean {
  return timeOf(value) !== undefined
}

const clock = String.raw`[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d{1,9}))?\s*(Z|[+-]\d{2}(?::?\d{2})?)?`
const moment = new RegExp(String.raw`^(\d{4}-\d{2}-\d{2})(?:${clock})?$`, 'i')

/** Returns a moment as microseconds since 1970. A text without a zone is in UTC. */
export function timeOf(value: Cell): number | undefined {
  const moment = momentOf(value)
  return moment && moment.milliseconds * 1000 + moment.microseconds
}

/** The same in milliseconds: what is left is cut off, so that no moment comes to be in the next day. */
export function millisecondsOf(value: Cell): number | undefined {
  return momentOf(value)?.milliseconds
}

function momentOf(value: Cell): { milliseconds: number; microseconds: number } | undefined {
  if (!(value instanceof Instant) && typeof value !== 'string') return undefined
  const [, day, time = '00:00:00', fraction = '', zone = 'Z'] = moment.exec(textOf(value).trim()) ?? []
  if (day === undefined || !isDay(day)) return undefined
  const [, hours = '', minutes = '00'] = /^([+-]\d{2}):?(\d{2})?$/.exec(zone) ?? []
  const at = Date.parse(`${day}T${time}${hours === '' ? 'Z' : `${hours}:${minutes}`}`)
  if (Number.isNaN(at)) return undefined
  const digits = fraction.padEnd(6, '0')
  return { milliseconds: at + Number(digits.slice(0, 3)), microseconds: Number(digits.slice(3, 6)) }
}

/** Returns a text that is a moment with a zone as the same moment in UTC, and any other one as it is. */
export function inUtc(text: string): string {
  const moment =
    /[+-]\d{2}(?::?\d{2})?$/.test(text.trim()) && text.includes(':') ? momentOf(text) : undefined
  if (moment === undefined) return text
  const digits = String(moment.microseconds).padStart(3, '0')
  return new Date(moment.milliseconds).toISOString().replace('Z', `${digits}Z`)
}

/** JavaScript takes February 30 for March 2. */
function isDay(day: string): boolean {
  const at = Number(day.slice(8)) > 28 ? new Date(`${day}T00:00:00Z`) : undefined
  return at === undefined || (!Number.isNaN(at.getTime()) && at.toISOString().startsWith(day))
}

/** Returns the two ends of a range: a list, or an object with `from` and `to`. */
export function endsOf(value: Cell | Json): readonly Cell[] {
  if (isList(value)) return value
  return isDocument(value) ? [value['from'], value['to']] : []
}
