import { isDeepStrictEqual } from 'node:util'

/**
 * Filter logic in the syntax of the service: labels with `and` and `or` between them, `not` before them,
 * and parentheses. It is parsed once, into a tree.
 */

/**
 * The tree of a logic: `all` is AND, `any` is OR. It must be plain data, because it is a part of fields.
 */
export type Logic<T> = { filter: T } | { not: Logic<T> } | { all: Logic<T>[] } | { any: Logic<T>[] }

/** A syntax error, with its offsets in the text. */
export interface LogicError {
  message: string
  label: string
  start: number
  end: number
}

/** A label in a logic. */
export interface FilterLabel {
  label: string
  start: number
  end: number
}

/** A tree, or a syntax error. */
export type ReadLogic = { ok: true; logic: Logic<FilterLabel> } | { ok: false; error: LogicError }

interface Token {
  text: string
  word: string
  start: number
  end: number
}

/** The greatest depth of nesting: the parser recurses. */
const depthLimit = 100

/** Parses a logic. Operators match in any case; labels are case-sensitive. */
export function readLogic(text: string): ReadLogic {
  return new LogicParser(text).parse()
}

/**
 * A recursive-descent parser. NOT binds more tightly than AND, and AND more tightly than OR. Only the first
 * error is kept: after it, no operator matches any more.
 */
class LogicParser {
  readonly #length: number
  readonly #tokens: Token[]
  #at = 0
  #depth = 0
  #error: LogicError | undefined

  constructor(text: string) {
    this.#length = text.length
    this.#tokens = [...text.matchAll(/[()]|[^\s()]+/g)].map(({ 0: found, index }) => ({
      text: found,
      word: found.toUpperCase(),
      start: index,
      end: index + found.length
    }))
  }

  parse(): ReadLogic {
    const logic = this.#or()
    const left = this.#tokens[this.#at]
    if (left)
      this.#fail(
        left,
        left.text === ')' ? 'no parenthesis is open here' : 'AND or OR is missing before this'
      )
    return this.#error ? { ok: false, error: this.#error } : { ok: true, logic }
  }

  #or(): Logic<FilterLabel> {
    const some = [this.#and()]
    while (this.#take('OR')) some.push(this.#and())
    return some.length === 1 ? some[0]! : { any: some }
  }

  #and(): Logic<FilterLabel> {
    const some = [this.#operand()]
    while (this.#take('AND')) some.push(this.#operand())
    return some.length === 1 ? some[0]! : { all: some }
  }

  #operand(): Logic<FilterLabel> {
    const token = this.#tokens[this.#at]
    const isOpening = token?.text === '('
    if (!token || !(isOpening || this.#take('NOT'))) return this.#primary(token)
    if (isOpening) this.#at += 1
    this.#depth += 1
    if (this.#depth > depthLimit) this.#fail(token, 'this is nested too deep')
    const logic = this.#error ? missingOperand : isOpening ? this.#or() : { not: this.#operand() }
    if (isOpening) this.#close(token)
    this.#depth -= 1
    return logic
  }

  #primary(token: Token | undefined): Logic<FilterLabel> {
    if (!token) return this.#failAtEnd()
    if (token.text === ')' || isOperator(token.text)) this.#fail(token, 'a filter is expected here')
    this.#at += 1
    return { filter: { label: token.text, start: token.start, end: token.end } }
  }

  #close(open: Token): void {
    const token = this.#tokens[this.#at]
    if (!token) this.#fail(open, 'this parenthesis is not closed')
    else if (token.text !== ')') this.#fail(token, 'AND, OR or ) is missing before this')
    this.#at += 1
  }

  #take(word: 'AND' | 'OR' | 'NOT'): boolean {
    const is = this.#error === undefined && this.#tokens[this.#at]?.word === word
    if (is) this.#at += 1
    return is
  }

  #fail({ text, start, end }: Token, label: string): void {
    this.#error ??= { message: `the logic cannot be read at \`${text}\``, label, start, end }
  }

  #failAtEnd(): Logic<FilterLabel> {
    const { start, end } = this.#tokens.at(-1) ?? { start: 0, end: this.#length }
    const message = 'the logic ends where a filter is expected'
    this.#error ??= { message, label: 'a filter is expected after this', start, end }
    return missingOperand
  }
}

/** The result of parsing an operand that is missing; the error is kept beside it. */
const missingOperand: Logic<FilterLabel> = { filter: { label: '', start: 0, end: 0 } }

/** Returns true for an operator, which cannot be a label. */
export function isOperator(word: string): boolean {
  return /^(and|or|not)$/i.test(word)
}

/** Prints a logic with as few parentheses as possible. */
export function printLogic<T>(logic: Logic<T>, nameOf: (filter: T) => string): string {
  const inside = (one: Logic<T>, isLoose: boolean): string => {
    const text = printLogic(one, nameOf)
    return isLoose ? `(${text})` : text
  }
  if ('filter' in logic) return nameOf(logic.filter)
  if ('not' in logic) return `NOT ${inside(logic.not, 'all' in logic.not || 'any' in logic.not)}`
  if ('all' in logic) return logic.all.map((one) => inside(one, 'all' in one || 'any' in one)).join(' AND ')
  return logic.any.map((one) => inside(one, 'any' in one)).join(' OR ')
}

/**
 * Replaces each filter of a logic by another logic; undefined removes it, and an operator without operands.
 */
export function mapLogic<T, U>(
  logic: Logic<T>,
  change: (filter: T) => Logic<U> | undefined
): Logic<U> | undefined {
  if ('filter' in logic) return change(logic.filter)
  if ('not' in logic) {
    const inner = mapLogic(logic.not, change)
    return inner && { not: inner }
  }
  const parts = ('all' in logic ? logic.all : logic.any).flatMap((one) => mapLogic(one, change) ?? [])
  if (parts.length < 2) return parts[0]
  return 'all' in logic ? { all: parts } : { any: parts }
}

/** Replaces each filter of a logic by another value; undefined removes it. */
export function overLogic<T, U>(logic: Logic<T>, of: (filter: T) => U | undefined): Logic<U> | undefined {
  return mapLogic(logic, (filter) => {
    const other = of(filter)
    return other === undefined ? undefined : { filter: other }
  })
}

/** Removes repeated operands of one operator. */
export function withoutRepeats<T>(logic: Logic<T>): Logic<T> {
  if ('filter' in logic) return logic
  if ('not' in logic) return { not: withoutRepeats(logic.not) }
  const parts = ('all' in logic ? logic.all : logic.any).map((one) => withoutRepeats(one))
  const kept = parts.filter(
    (part, index) => parts.findIndex((other) => isDeepStrictEqual(other, part)) === index
  )
  const [first, second] = kept
  if (first && !second) return first
  return 'all' in logic ? { all: kept } : { any: kept }
}

/** Returns what stands behind each NOT of a logic, in its order. */
export function negatedIn<T>(logic: Logic<T>): Logic<T>[] {
  if ('filter' in logic) return []
  if ('not' in logic) return [logic.not, ...negatedIn(logic.not)]
  return ('all' in logic ? logic.all : logic.any).flatMap((one) => negatedIn(one))
}

/** Returns all filters of a logic, in its order. */
export function filtersIn<T>(logic: Logic<T>): T[] {
  if ('filter' in logic) return [logic.filter]
  if ('not' in logic) return filtersIn(logic.not)
  return ('all' in logic ? logic.all : logic.any).flatMap((one) => filtersIn(one))
}

/**
 * Returns the filters of a logic with one operator only, whose order has no meaning; undefined for any
 * other logic.
 */
export function plainLogic<T>(logic: Logic<T>): { all: T[] } | { any: T[] } | undefined {
  if ('filter' in logic) return { all: [logic.filter] }
  if ('not' in logic) return undefined
  const [parts, key] = 'all' in logic ? [logic.all, 'all' as const] : [logic.any, 'any' as const]
  const plain = parts.map((one) => ('filter' in one ? [one.filter] : flat(one, key)))
  const found = plain.every((one) => one !== undefined) ? plain.flat() : undefined
  if (!found) return undefined
  return key === 'all' ? { all: found } : { any: found }
}

function flat<T>(logic: Logic<T>, key: 'all' | 'any'): T[] | undefined {
  const plain = key in logic ? plainLogic(logic) : undefined
  if (!plain) return undefined
  return 'all' in plain ? plain.all : plain.any
}
