import type { RecordCounts } from '../state/execution.ts'

/** A condition on an execution that has ended, such as `errors>1%`, `total==0` or `duration>30m`. */
export interface Condition {
  /** As a person wrote it. */
  text: string
  of: keyof RecordCounts | 'duration'
  is: keyof typeof comparisons
  /** A number of records, a share of the total from 0 to 1, or milliseconds. */
  value: number
  isShare: boolean
}

const comparisons = {
  '>': (a: number, b: number): boolean => a > b,
  '>=': (a: number, b: number): boolean => a >= b,
  '<': (a: number, b: number): boolean => a < b,
  '<=': (a: number, b: number): boolean => a <= b,
  '==': (a: number, b: number): boolean => a === b,
  '!=': (a: number, b: number): boolean => a !== b
} as const

const numbers = ['total', 'inserts', 'updates', 'upserts', 'deletes', 'errors', 'warnings'] as const
const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

/** What a condition may look like, for help and for what is none. */
export const conditionForms = [
  `${numbers.join(', ')} or duration`,
  '>, >=, <, <=, == or !=',
  'a number, a share (1%) or a time (30m)'
].join('; ')

/** Reads a condition; undefined where the text is none. */
export function conditionOf(text: string): Condition | undefined {
  const [, of = '', is = '', digits = '', unit = ''] =
    /^\s*([a-z]+)\s*(>=|<=|==|!=|>|<)\s*(\d+(?:\.\d+)?)\s*(%|[a-z]*)\s*$/.exec(text) ?? []
  if (!isOneOf(comparisons, is)) return undefined
  const value = Number(digits)
  const common = { text: text.trim(), is }
  if (of === 'duration')
    return isOneOf(units, unit) ? { ...common, of, value: value * units[unit], isShare: false } : undefined
  const count = numbers.find((one) => one === of)
  if (count === undefined || !['', '%'].includes(unit)) return undefined
  if (unit === '%' && count === 'total') return undefined
  return { ...common, of: count, value: unit === '%' ? value / 100 : value, isShare: unit === '%' }
}

function isOneOf<T extends object>(words: T, word: string): word is keyof T & string {
  return Object.hasOwn(words, word)
}

/**
 * Whether a condition is met. Undefined where the service does not tell the number: what is not known is
 * taken for nothing.
 */
export function isMet(
  condition: Condition,
  counts: RecordCounts,
  durationMs: number | undefined
): boolean | undefined {
  const compare = comparisons[condition.is]
  const number = condition.of === 'duration' ? durationMs : counts[condition.of]
  if (number === undefined) return undefined
  if (!condition.isShare) return compare(number, condition.value)
  const { total } = counts
  if (total === undefined) return undefined
  // Of nothing, nothing is the share; all is it where something is counted all the same.
  return compare(total === 0 ? Math.sign(number) : number / total, condition.value)
}

/** The conditions that an execution meets, each with what is said of it. */
export function metConditions(
  conditions: readonly Condition[],
  counts: RecordCounts,
  durationMs: number | undefined
): { text: string; words: string }[] {
  return conditions.flatMap((one) => {
    const is = isMet(one, counts, durationMs)
    if (is === false) return []
    const words = is === true ? 'is met' : 'cannot be told: the service gives no such number'
    return [{ text: one.text, words: `${one.text} ${words}` }]
  })
}
