import { isDeepStrictEqual } from 'node:util'
import { isObject, naming, type Json } from '../state/value.ts'

/** A pair of items of two lists: one may be missing. */
export interface Pair {
  before?: number
  after?: number
}

/** More pairs than this are not weighed: then only equal items are pairs. */
const maxWeighed = 250_000

/**
 * Pairs the items of two lists in their order, so that as little as possible differs: equal items, and
 * items that are about the same thing.
 */
export function aligned(before: readonly Json[], after: readonly Json[]): Pair[] {
  let start = 0
  const isSame = (a: number, b: number): boolean => isDeepStrictEqual(before[a], after[b])
  while (start < before.length && start < after.length && isSame(start, start)) start += 1
  let end = 0
  while (
    end < Math.min(before.length, after.length) - start &&
    isSame(before.length - 1 - end, after.length - 1 - end)
  )
    end += 1
  const middle = weighed(before.slice(start, before.length - end), after.slice(start, after.length - end))
  return [
    ...Array.from({ length: start }, (_, index) => ({ before: index, after: index })),
    ...middle.map((pair) => moved(pair, start)),
    ...Array.from({ length: end }, (_, index) => ({
      before: before.length - end + index,
      after: after.length - end + index
    }))
  ]
}

function moved({ before, after }: Pair, by: number): Pair {
  return {
    ...(before === undefined ? {} : { before: before + by }),
    ...(after === undefined ? {} : { after: after + by })
  }
}

/** The least cost of changing one list into the other, by the usual table of all beginnings. */
function weighed(before: readonly Json[], after: readonly Json[]): Pair[] {
  const [rows, columns] = [before.length, after.length]
  if (rows * columns > maxWeighed)
    return [...before.keys()]
      .map((at): Pair => ({ before: at }))
      .concat([...after.keys()].map((at) => ({ after: at })))
  const cost = Array.from({ length: rows + 1 }, () => new Float64Array(columns + 1))
  const at = (row: number, column: number): number => cost[row]?.[column] ?? 0
  const set = (row: number, column: number, value: number): void =>
    void cost[row]?.fill(value, column, column + 1)
  const apart = (row: number, column: number): number =>
    distance(before[row] ?? null, after[column] ?? null)
  for (let row = rows; row >= 0; row--) {
    for (let column = columns; column >= 0; column--) {
      if (row === rows || column === columns) {
        set(row, column, rows - row + (columns - column))
        continue
      }
      const paired = apart(row, column) + at(row + 1, column + 1)
      set(row, column, Math.min(paired, 1 + at(row + 1, column), 1 + at(row, column + 1)))
    }
  }
  const pairs: Pair[] = []
  for (let row = 0, column = 0; row < rows || column < columns;) {
    const here = at(row, column)
    const isPair = row < rows && column < columns && here === apart(row, column) + at(row + 1, column + 1)
    if (isPair) pairs.push({ before: row++, after: column++ })
    else if (row < rows && here === 1 + at(row + 1, column)) pairs.push({ before: row++ })
    else pairs.push({ after: column++ })
  }
  return pairs
}

/** From 0 for equal items to 2 for items of which one goes and another one comes. */
function distance(a: Json, b: Json): number {
  if (isDeepStrictEqual(a, b)) return 0
  if (!isObject(a) || !isObject(b)) return 2
  const names = [...naming, 'target', 'source'].filter((name) => name in a && name in b)
  const [name] = names
  if (name !== undefined && names.every((one) => isDeepStrictEqual(a[one], b[one]))) return 0.5
  const keys = new Set([...Object.keys(a), ...Object.keys(b)])
  const equal = [...keys].filter((key) => isDeepStrictEqual(a[key], b[key])).length
  return equal * 2 >= keys.size ? 1 : 2
}
