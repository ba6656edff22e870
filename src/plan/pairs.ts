import type { Json } from '../state/value.ts'

/** Which sides are compared. The first side of each decides what is compared at all. */
export const pairs = {
  /** What is wanted with what is live. */
  difference: 1,
  /** What is wanted with the base: what the files changed. */
  files: 2,
  /** The base with what is live: what the service changed. */
  service: 4,
  /** All of what is live that the comparison with what is wanted looks at, equal or not. */
  seen: 8
} as const

/** What is wanted, what was meant at the base, and what is live, at one place. */
export type Values = readonly [wanted: Json | undefined, base: Json | undefined, live: Json | undefined]

/** The pairs in which the base is. */
export const withBase = pairs.files | pairs.service
/** The pairs in which what is live is. */
export const ofLive = pairs.difference | pairs.service | pairs.seen
/** The pairs in which what is wanted is: it is the first side of each. */
export const ofWanted = pairs.difference | pairs.files | pairs.seen

/** The pairs, of those that are open, of which the two sides are so. */
export function pairsOf(
  open: number,
  values: Values,
  isSo: (first: Json | undefined, second: Json | undefined, pair: number) => boolean
): number {
  const [wanted, base, live] = values
  let found = 0
  if ((open & pairs.difference) !== 0 && isSo(wanted, live, pairs.difference)) found |= pairs.difference
  if ((open & pairs.files) !== 0 && isSo(wanted, base, pairs.files)) found |= pairs.files
  if ((open & pairs.service) !== 0 && isSo(base, live, pairs.service)) found |= pairs.service
  return found
}

/** The pairs whose first side is so. */
export function pairsBy(
  open: number,
  [wanted, base]: Values,
  isSo: (first: Json | undefined) => boolean
): number {
  return (
    ((open & ofWanted) !== 0 && isSo(wanted) ? open & ofWanted : 0) |
    ((open & pairs.service) !== 0 && isSo(base) ? pairs.service : 0)
  )
}
