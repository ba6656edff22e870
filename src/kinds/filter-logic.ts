import { isDeepStrictEqual } from 'node:util'

/**
 * Filter logic, as the service writes it: labels with `and` and `or` between them, `not` before them, and
 * parentheses. It is read once, into a tree; everything else is made from that.
 */

/** What joins filters: `all` is AND, `any` is OR. Plain data, for it is a part of fields. */
export type Logic<T> = { filter: T } | { not: Logic<T> } | { all: Logic<T>[] } | { any: Logic<T>[] }

/** What is wrong with a text, and where in it. */
export interface LogicFault {
  message: string
  label: string
  start: number
  end: number
}

/** A filter as the text names it. */
export interface Named {
  label: string
  start: number
  end: number
}

/** A tree, or why there is none. */
export type ReadLogic = { ok: true; logic: Logic<Named> } | { ok: false; fault: LogicFault }

interface Token {
  text: string
  word: string
  start: number
  end: number
}

/** Deeper nesting is nobody's. */
const depthLimit = 100

/** Reads a logic. Operators are taken in any case; labels are as they are written. */
export function readLogic(text: string): ReadLogic {
  return new Reading(text).whole()
}

/**
 * One pass over the words of a logic. AND binds more tightly than OR, and NOT more tightly than both. The
 * first fault ends it: from there on nothing is found any more.
 */
class Reading {
  readonly #length: number
  readonly #tokens: Token[]
  #at = 0
  #depth = 0
  #fault: LogicFault | undefined

  constructor(text: string) {
    this.#length = text.length
    this.#tokens = [...text.matchAll(/[()]|[^\s()]+/g)].map(({ 0: found, index }) => ({
      text: found,
      word: found.toUpperCase(),
      start: index,
      end: index + found.length
    }))
  }

  whole(): ReadLogic {
    const logic = this.#alternatives()
    const left = this.#tokens[this.#at]
    if (left)
      this.#wrong(
        left,
        left.text === ')' ? 'no parenthesis is open here' : 'AND or OR is missing before this'
      )
    return this.#fault ? { ok: false, fault: this.#fault } : { ok: true, logic }
  }

  #alternatives(): Logic<Named> {
    const some = [this.#together()]
    while (this.#take('OR')) some.push(this.#together())
    return some.length === 1 ? some[0]! : { any: some }
  }

  #together(): Logic<Named> {
    const some = [this.#operand()]
    while (this.#take('AND')) some.push(this.#operand())
    return some.length === 1 ? some[0]! : { all: some }
  }

  #operand(): Logic<Named> {
    const token = this.#tokens[this.#at]
    const isOpening = token?.text === '('
    if (!token || !(isOpening || this.#take('NOT'))) return this.#single(token)
    if (isOpening) this.#at += 1
    this.#depth += 1
    if (this.#depth > depthLimit) this.#wrong(token, 'this is nested too deep')
    const logic = this.#fault ? nothing : isOpening ? this.#alternatives() : { not: this.#operand() }
    if (isOpening) this.#close(token)
    this.#depth -= 1
    return logic
  }

  #single(token: Token | undefined): Logic<Named> {
    if (!token) return this.#ends()
    if (token.text === ')' || isOperator(token.text)) this.#wrong(token, 'a filter is expected here')
    this.#at += 1
    return { filter: { label: token.text, start: token.start, end: token.end } }
  }

  #close(open: Token): void {
    const token = this.#tokens[this.#at]
    if (!token) this.#wrong(open, 'this parenthesis is not closed')
    else if (token.text !== ')') this.#wrong(token, 'AND, OR or ) is missing before this')
    this.#at += 1
  }

  #take(word: 'AND' | 'OR' | 'NOT'): boolean {
    const is = this.#fault === undefined && this.#tokens[this.#at]?.word === word
    if (is) this.#at += 1
    return is
  }

  #wrong({ text, start, end }: Token, label: string): void {
    this.#fault ??= { message: `the logic cannot be read at \`${text}\``, label, start, end }
  }

  #ends(): Logic<Named> {
    const { start, end } = this.#tokens.at(-1) ?? { start: 0, end: this.#length }
    const message = 'the logic ends where a filter is expected'
    this.#fault ??= { message, label: 'a filter is expected after this', start, end }
    return nothing
  }
}

/** Stands where nothing could be read; a fault says so. */
const nothing: Logic<Named> = { filter: { label: '', start: 0, end: 0 } }

/** Whether a word joins filters, and so can name none. */
export function isOperator(word: string): boolean {
  return /^(and|or|not)$/i.test(word)
}

/** The text of a logic, with as few parentheses as it needs. */
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

/** The same logic over other names of its filters. Undefined takes one out, and what then says nothing. */
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

/** The same logic over what each filter stands for; a filter that stands for nothing is taken out. */
export function overLogic<T, U>(logic: Logic<T>, of: (filter: T) => U | undefined): Logic<U> | undefined {
  return mapLogic(logic, (filter) => {
    const other = of(filter)
    return other === undefined ? undefined : { filter: other }
  })
}

/** One thing said twice side by side is said once. */
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

/** All filters that a logic names, in its order. */
export function filtersIn<T>(logic: Logic<T>): T[] {
  if ('filter' in logic) return [logic.filter]
  if ('not' in logic) return filtersIn(logic.not)
  return ('all' in logic ? logic.all : logic.any).flatMap((one) => filtersIn(one))
}

/**
 * Filters that are joined by one operator alone, where their order says nothing: each of them once. Undefined
 * where a logic says more than that.
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
