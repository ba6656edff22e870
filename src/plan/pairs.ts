import type { Json } from '../state/value.ts'

/**
 * The pairs of sides that can be compared, as bits. The first side of a pair decides what is compared at
 * all.
 */
export const pairs = {
  /** The wanted with the live side. */
  difference: 1,
  /** The wanted side with the base: what the files changed. */
  files: 2,
  /** The base with the live side: what the service changed. */
  service: 4,
  /** Every live value that the comparison with the wanted side looks at, equal or not. */
  seen: 8
} as const

/** The values of the three sides at one place. */
export type Values = readonly [wanted: Json | undefined, base: Json | undefined, live: Json | undefined]

/** All pairs with the base. */
export const withBase = pairs.files | pairs.service
/** All pairs with the live side. */
export const ofLive = pairs.difference | pairs.service | pairs.seen
/** All pairs with the wanted side, which is the first of each. */
export const ofWanted = pairs.difference | pairs.files | pairs.seen

/** Returns the open pairs whose two sides satisfy a condition. */
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

/** Returns the requested pairs whose first side satisfies a condition. */
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
