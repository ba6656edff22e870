/** Chance that is the same for the same seed: all that is drawn in a simulation is drawn from one of these. */
export interface Random {
  /** In [0, 1). */
  next(): number
  /** From 0 to below `end`. */
  below(end: number): number
  chance(probability: number): boolean
  pick<T>(from: readonly T[]): T
  shuffled<T>(from: readonly T[]): T[]
  /** Each one with this probability. */
  some<T>(from: readonly T[], probability: number): T[]
  /** Another source, whose draws do not move this one: a later draw more here leaves everything there as it was. */
  fork(): Random
  uuid(): string
}

export function makeRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const below = (end: number): number => Math.floor(next() * end)
  const shuffled = <T>(from: readonly T[]): T[] => {
    const items = [...from]
    for (let end = items.length - 1; end > 0; end--) {
      const other = below(end + 1)
      ;[items[end], items[other]] = [items[other]!, items[end]!]
    }
    return items
  }
  return {
    next,
    below,
    chance: (probability) => next() < probability,
    pick(from) {
      if (from.length === 0) throw new Error('there is nothing to pick from')
      return from[below(from.length)]!
    },
    shuffled,
    some: (from, probability) => from.filter(() => next() < probability),
    fork: () => makeRandom(below(0x7fffffff)),
    uuid() {
      const digits = Array.from({ length: 32 }, () => below(16).toString(16)).join('')
      return digits.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5')
    }
  }
}
