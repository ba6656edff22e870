/** What is compared of two programs. Memory is compared with a limit only. */
export interface Cost {
  cpuMs: number
  wallMs: number
  peakMiB?: number
}

/** A middle value, with the lowest and the highest. */
export interface Spread {
  median: number
  low: number
  high: number
}

/** The medians of a program over all its runs. */
export interface Median {
  cpuMs: number
  wallMs: number
  peakMiB: number
}

/** Two programs that were run in turns, and the ratios of the turns. */
export interface Pair {
  subject: Median
  reference: Median
  cpu: Spread
  wall: Spread
}

/**
 * Runs both in turns: what else goes on in the machine meets both. The first turn fills caches, and does not count.
 * Each turn gives a ratio, and the median of the ratios is what is told.
 */
export async function inTurns(
  subject: () => Promise<Cost> | Cost,
  reference: () => Promise<Cost> | Cost,
  turns: number
): Promise<Pair> {
  await reference()
  await subject()
  const subjects: Cost[] = []
  const references: Cost[] = []
  for (let turn = 0; turn < turns; turn++) {
    references.push(await reference())
    subjects.push(await subject())
  }
  const ratios = (of: (cost: Cost) => number): Spread =>
    spreadOf(subjects.map((cost, turn) => of(cost) / of(references[turn]!)))
  return {
    subject: mediansOf(subjects),
    reference: mediansOf(references),
    cpu: ratios(({ cpuMs }) => cpuMs),
    wall: ratios(({ wallMs }) => wallMs)
  }
}

/** Runs one program several times. The first run fills caches, and does not count. */
export async function alone(subject: () => Promise<Cost> | Cost, turns: number): Promise<Cost[]> {
  await subject()
  const costs: Cost[] = []
  for (let turn = 0; turn < turns; turn++) costs.push(await subject())
  return costs
}

/** The middle of each cost by itself. */
export function mediansOf(costs: readonly Cost[]): Median {
  return {
    cpuMs: spreadOf(costs.map(({ cpuMs }) => cpuMs)).median,
    wallMs: spreadOf(costs.map(({ wallMs }) => wallMs)).median,
    peakMiB: spreadOf(costs.map(({ peakMiB = 0 }) => peakMiB)).median
  }
}

/** The middle and the ends of some numbers. */
export function spreadOf(values: readonly number[]): Spread {
  const ordered = values.toSorted((a, b) => a - b)
  const middle = ordered.length >> 1
  const median = ordered.length % 2 === 1 ? ordered[middle]! : (ordered[middle - 1]! + ordered[middle]!) / 2
  return { median, low: ordered[0]!, high: ordered.at(-1)! }
}
