import type { Json } from '../../wire/common.ts'
import { RunProblem } from './connector.ts'
import { bigger, endsOf, isTime, sameAs, timeOf } from './comparison.ts'
import { isEmpty, isList, isNull, JsonText, parsed, scalarOf, textOf, type Cell } from './value.ts'

/** Filters and overrides: what a function of the API says of a value, and how a logic joins several. */

/** Whether a value passes. `other` is what it is compared with where the condition has no fixed value. */
export type Test = (value: Cell, other?: Cell) => boolean

/** A condition as it is stored, whatever it is about. */
interface Condition {
  function: string
  value?: Json
}

const needsDuration = new Set(['InTheLast', 'RelativeOnOrAfter', 'RelativeOnOrBefore'])

/**
 * Returns the test of a condition. A value that is null passes the negative functions and `IsNull` alone.
 * Throws `RunProblem` for functions whose values are documented nowhere.
 */
export function testOf(condition: Condition): Test {
  const name = condition.function
  if (needsDuration.has(name))
    throw new RunProblem('filter', `it has a filter ${name}, whose values only the hosted service knows`)
  const fixed = condition.value
  const test = tests.get(name)
  if (test === undefined) throw new RunProblem('filter', `it has a filter with the function ${name}`)
  return (value, other) => test(scalarOf(value), fixed === undefined ? (scalarOf(other) ?? null) : fixed)
}

/** The value of the source, and what it is compared with. */
type Comparison = (value: Cell, expected: Cell | Json) => boolean

const text =
  (compare: (value: string, expected: string) => boolean): Comparison =>
  (value, expected) =>
    isThere(value) && compare(textOf(value), textOf(expected))

const not =
  (test: Comparison): Comparison =>
  (value, expected) =>
    !test(value, expected)

const contains = text((value, expected) => value.includes(expected))
const starts = text((value, expected) => value.startsWith(expected))
const ends = text((value, expected) => value.endsWith(expected))
const like = text((value, expected) => patternOf(expected).test(value))
const oneOf: Comparison = (value, expected) =>
  isThere(value) &&
  (isList(expected) ? expected.some((one) => sameAs(value, one)) : sameAs(value, expected))
const inArray: Comparison = (value, expected) => listOf(value).some((item) => sameAs(item, expected))
const equal: Comparison = (value, expected) => isThere(value) && sameAs(value, expected)

const tests: ReadonlyMap<string, Comparison> = new Map<string, Comparison>([
  ['Equality', equal],
  ['Inequality', not(equal)],
  ['IsNull', (value) => !isThere(value)],
  ['IsNotNull', (value) => isThere(value)],
  ['True', (value) => isThere(value) && textOf(value).toLowerCase() === 'true'],
  ['False', (value) => isThere(value) && textOf(value).toLowerCase() === 'false'],
  ['GreaterThan', (value, expected) => bigger(value, expected) === 1],
  ['GreaterThanEqual', (value, expected) => [0, 1].includes(bigger(value, expected) ?? -1)],
  ['LessThan', (value, expected) => bigger(value, expected) === -1],
  ['LessThanEqual', (value, expected) => [0, -1].includes(bigger(value, expected) ?? 1)],
  ['Between', isBetween],
  ['OnOrAfter', (value, expected) => onDay(value, expected, (at, day) => at >= day)],
  ['OnOrBefore', (value, expected) => onDay(value, expected, (at, day) => at <= day)],
  ['StringContains', contains],
  ['StringStartsWith', starts],
  ['StringEndsWith', ends],
  ['StringDoesNotContain', not(contains)],
  ['StringDoesNotStartWith', not(starts)],
  ['StringDoesNotEndWith', not(ends)],
  ['StringLike', like],
  ['StringNotLike', not(like)],
  ['StringMatchesTrimmed', text((value, expected) => value.trim() === expected.trim())],
  ['StringOneOf', oneOf],
  ['StringNotOneOf', not(oneOf)],
  ['ArrayContains', inArray],
  ['ArrayDoesNotContain', not(inArray)]
])

function isThere(value: Cell): boolean {
  return !isNull(value)
}

/** `[from, to]` or `{from, to}`, both included. */
function isBetween(value: Cell, expected: Cell | Json): boolean {
  const [from, to] = endsOf(expected)
  const [low, high] = [bigger(value, from ?? null), bigger(value, to ?? null)]
  return low !== undefined && high !== undefined && low >= 0 && high <= 0
}

/** A date without a time means all of that day, in UTC. */
function onDay(value: Cell, expected: Cell | Json, fits: (at: number, day: number) => boolean): boolean {
  const wanted = textOf(expected)
  if (!isTime(value) || !isTime(wanted)) return false
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(wanted)
  const at = timeOf(isDay ? textOf(value).slice(0, 10) : value)
  const day = timeOf(wanted)
  return at !== undefined && day !== undefined && fits(at, day)
}

function listOf(value: Cell): readonly Cell[] {
  if (value instanceof JsonText) return listOf(parsed(value.text))
  return isList(value) ? value : []
}

/** SQL's pattern: `%` is any text, `_` one letter. */
function patternOf(text: string): RegExp {
  const escaped = text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  return new RegExp(`^${escaped.replaceAll('%', '.*').replaceAll('_', '.')}$`, 'su')
}

/**
 * Joins named truths. Without a logic all must hold. AND binds closer than OR; the syntax was checked when
 * the sync was stored.
 */
export function joined(
  labels: readonly string[],
  logic: string | null | undefined
): (truths: readonly boolean[]) => boolean {
  if (isEmpty(logic?.trim())) return (truths) => truths.every(Boolean)
  const tokens = logic?.match(/[()]|[^\s()]+/g) ?? []
  let at = 0
  type Node = (truths: readonly boolean[]) => boolean
  const isNext = (word: string): boolean => tokens[at]?.toUpperCase() === word
  const operand = (): Node => {
    const token = tokens[at] ?? ''
    at += 1
    if (token === '(') {
      const inner = either()
      at += 1
      return inner
    }
    if (token.toUpperCase() === 'NOT') {
      const inner = operand()
      return (truths) => !inner(truths)
    }
    const index = labels.findIndex((label) => label.toUpperCase() === token.toUpperCase())
    return (truths) => truths[index] === true
  }
  const both = (): Node => {
    let left = operand()
    while (isNext('AND')) {
      at += 1
      const [before, right] = [left, operand()]
      left = (truths) => before(truths) && right(truths)
    }
    return left
  }
  const either = (): Node => {
    let left = both()
    while (isNext('OR')) {
      at += 1
      const [before, right] = [left, both()]
      left = (truths) => before(truths) || right(truths)
    }
    return left
  }
  return either()
}
