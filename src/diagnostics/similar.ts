import { compareText } from './diagnostic.ts'

/**
 * Names that were probably meant: other spellings of the same letters first (`updateorcreate`,
 * `update_or_create`), then names at most two keystrokes away (one, for names under three letters). Nearest
 * first, at most four, never the name itself; the order of the candidates does not matter.
 */
export function similarNames(name: string, candidates: Iterable<string>): string[] {
  // Comparing costs the product of both lengths, and nobody mistypes a page.
  if (name.length > longestName) return []
  const limit = name.length < 3 ? 1 : 2
  const folded = fold(name)
  return [...new Set(candidates)]
    .filter((candidate) => candidate !== name)
    .map((candidate) => ({
      candidate,
      distance: fold(candidate) === folded ? 0 : distance(name, candidate, limit)
    }))
    .filter(({ distance }) => distance <= limit)
    .toSorted((a, b) => a.distance - b.distance || compareText(a.candidate, b.candidate))
    .slice(0, 4)
    .map(({ candidate }) => candidate)
}

const longestName = 200

/**
 * Similar names for many mistakes among the same candidates. Each name is looked up once, and only the first
 * hundred are: whoever has more mistakes than that mends the first ones first, and looking costs as much as
 * there are candidates.
 */
export class SimilarNames {
  readonly #candidates: () => Iterable<string>
  readonly #found = new Map<string, readonly string[]>()

  /** The candidates are asked for at each look-up: there may be more of them by then. */
  constructor(candidates: () => Iterable<string>) {
    this.#candidates = candidates
  }

  of(name: string): readonly string[] {
    const known = this.#found.get(name)
    if (known || this.#found.size >= lookLimit) return known ?? []
    const found = similarNames(name, this.#candidates())
    this.#found.set(name, found)
    return found
  }
}

const lookLimit = 100

function fold(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, '')
}

/**
 * Restricted Damerau–Levenshtein: insert, delete, change, swap neighbours. Anything over the limit is told
 * as limit + 1.
 */
function distance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      const change = a[row - 1] === b[column - 1] ? 0 : 1
      let best = Math.min(previous[column]! + 1, current[column - 1]! + 1, previous[column - 1]! + change)
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      if (swapped) best = Math.min(best, before[column - 2]! + 1)
      current.push(best)
    }
    before = previous
    previous = current
  }
  return previous[b.length]!
}
