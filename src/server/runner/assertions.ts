import type { GuardStop, RowAssertion } from '../../wire/local-start.ts'
import { digest } from './codec.ts'
import { sameAs, timeOf } from './comparison.ts'
import { KeySet } from './key-set.ts'
import { isEmpty, isNull, jsonOf, type Cell, type Row } from './value.ts'

/**
 * What files assert of the rows that a sync reads: it is looked at while they are read, and told before
 * anything is written.
 */
export interface Assertions {
  /** Looks at a row; `nameOf` says which record it is, where it is one that is wrong. */
  see(row: Row, nameOf: () => string): void
  /** Returns what does not hold, when all rows were seen. */
  broken(): GuardStop[]
}

const mostNames = 10

/** `at` has the positions of the fields of each assertion in a row. */
export function assertionsOf(
  assertions: readonly RowAssertion[],
  at: readonly (readonly number[])[],
  now: Date
): Assertions {
  let rows = 0
  const checks = assertions.map((assertion, index) => checkOf(assertion, at[index] ?? []))
  return {
    see(row, nameOf) {
      rows += 1
      for (const check of checks) check.see(row, nameOf)
    },
    broken: () => checks.flatMap((check) => check.end(rows, now) ?? [])
  }
}

interface Check {
  see(row: Row, nameOf: () => string): void
  end(rows: number, now: Date): GuardStop | undefined
}

function checkOf(assertion: RowAssertion, at: readonly number[]): Check {
  const { asserts, fields = [], values = [] } = assertion
  const names = fields.map((name) => `\`${name}\``).join(', ')
  if (asserts === 'unique') {
    const seen = new KeySet()
    return perRow(`${names} is not unique`, at, (cells) => {
      if (cells.every(isEmpty)) return true
      return seen.add(digest(cells.map(jsonOf).join('\n')))
    })
  }
  if (asserts === 'not_null')
    return perRow(`${names} is null or missing`, at, (cells) => cells.every((cell) => !isNull(cell)))
  if (asserts === 'accepted')
    return perRow(`${names} has a value that is not accepted`, at, (cells) =>
      cells.every((cell) => isEmpty(cell) || values.some((value) => sameAs(cell, value)))
    )
  return asserts === 'count' ? countCheck(assertion) : freshCheck(assertion, at[0] ?? 0, names)
}

function perRow(words: string, at: readonly number[], isRight: (cells: Cell[]) => boolean): Check {
  let count = 0
  const identities: string[] = []
  return {
    see(row, nameOf) {
      if (isRight(at.map((position) => row[position]))) return
      count += 1
      if (identities.length < mostNames) identities.push(nameOf())
    },
    end: () =>
      count === 0
        ? undefined
        : { guard: 'assert', count, allowed: 0, words: `${words}: ${plural(count)}`, identities }
  }
}

function countCheck({ min = 0, max = Infinity }: RowAssertion): Check {
  return {
    see: () => undefined,
    end: (rows) =>
      rows >= min && rows <= max
        ? undefined
        : {
            guard: 'assert',
            count: rows,
            allowed: 0,
            words: `${plural(rows)} where there are to be ${range(min, max)}`
          }
  }
}

function range(min: number, max: number): string {
  if (max === Infinity) return `${min} or more`
  return min === 0 ? `at most ${max}` : `${min} to ${max}`
}

function freshCheck({ within_seconds: within = 0 }: RowAssertion, at: number, names: string): Check {
  let latest: number | undefined
  return {
    see(row) {
      const time = timeOf(row[at])
      if (time !== undefined && (latest === undefined || time > latest)) latest = time
    },
    end(_rows, now) {
      const age = latest === undefined ? undefined : now.getTime() / 1000 - latest / 1e6
      if (age !== undefined && age <= within) return undefined
      const words =
        age === undefined
          ? `no row has a time in ${names}`
          : `the latest ${names} is ${Math.round(age)} s old, and at most ${within} s it may be`
      return { guard: 'assert', count: 0, allowed: 0, words }
    }
  }
}

function plural(count: number): string {
  return `${count} row${count === 1 ? '' : 's'}`
}
