import { openBudget } from '../../src/remote/budget.ts'
import type { Timer } from '../../src/remote/options.ts'
import type { Writer } from '../../src/remote/transport.ts'

/** How a reader or writer of a test waits: not at all, on a clock that moves by what was to be waited. */
export function waiting(
  tell: (ms: number) => void = () => undefined
): Pick<Writer, 'budget' | 'sleep' | 'newKey' | 'now' | 'words' | 'note' | 'reading'> {
  let clock = 0
  let keys = 0
  const sleep = async (ms: number): Promise<void> => {
    tell(ms)
    clock += ms
  }
  return {
    budget: () => openBudget({ now: () => clock, sleep, random: () => 0, backoffMs: 300 }),
    words: (text) => text,
    note: () => undefined,
    reading: () => undefined,
    now: () => clock,
    newKey: () => `fresh-${++keys}`,
    async sleep(ms) {
      await sleep(ms)
      return true
    }
  }
}

/** The platform's timer, for tests in which nothing takes long. */
export const realTimer: Timer = (ring, ms) => {
  const timer = setTimeout(ring, ms)
  return () => clearTimeout(timer)
}
