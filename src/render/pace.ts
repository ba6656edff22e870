import type { Outcome } from '../apply/events.ts'
import { count } from './plain-text.ts'

/** How far the changes are, in a line. */
export interface Pace {
  settled(outcome: Outcome['outcome']): void
  title(): string
}

/** Before so many are settled, and for so many milliseconds, nobody can tell how long it will take. */
const [settledAtLeast, elapsedAtLeast] = [5, 2_000]

/** `now` gives the time, `columns` the width of the terminal as it is. */
export function openPace(
  all: number,
  { now, columns }: { now: (() => number) | undefined; columns: () => number }
): Pace {
  const began = now?.() ?? 0
  const outcomes = new Map<Outcome['outcome'], number>()
  let done = 0
  const left = (): string[] => {
    const elapsed = now === undefined ? 0 : now() - began
    if (done < settledAtLeast || elapsed < elapsedAtLeast) return []
    return [`about ${durationText((elapsed / done) * (all - done))} left`]
  }
  return {
    settled(outcome) {
      done += 1
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
    },
    title() {
      // The report follows, and has the numbers.
      if (done === 0 || done >= all) return `apply ${done}/${all}`
      const parts = [...[...outcomes].map(([outcome, number]) => `${number} ${outcome}`), ...left()]
      return `apply ${done}/${all} ${bar(done / all, columns())} ${parts.join(', ')}`
    }
  }
}

function bar(share: number, columns: number): string {
  const length = Math.max(5, Math.min(20, Math.floor(columns / 5)))
  const full = Math.floor(share * length)
  return '━'.repeat(full) + '─'.repeat(length - full)
}

function durationText(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1000))
  return seconds < 90 ? `${seconds} s` : count(Math.round(seconds / 60), 'minute')
}
