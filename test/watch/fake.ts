import type { DriftItem } from '../../src/watch/items.ts'
import type { Scope } from '../../src/watch/news.ts'

/** Time for a watcher. */
export interface WatchClock {
  now(): number
  /** A timer of the program: rings once after so long, unless what is returned is called before. */
  timer(ring: () => void, ms: number): () => void
  /**
   * A timer of somebody else, which rings only while the program itself waits for the time: a program that
   * reads a file, or loads its own code, takes real time, and days would pass meanwhile.
   */
  outside(ring: () => void, ms: number): () => void
  /** The clock is set: timers do not notice that. */
  jump(ms: number): void
  /** Runs until this is settled; time passes only when nothing else happens. */
  until<T>(work: Promise<T>): Promise<T>
}

/** So many turns of the loop of events something may take that needs no time: of files that are loaded, say. */
const turnsOfWork = 4

export function watchClock(beginning = Date.UTC(2026, 0, 5, 8, 0)): WatchClock {
  let passed = 0
  let offset = beginning
  let order = 0
  const timers = new Map<number, { at: number; ring: () => void; isOutside: boolean }>()
  const set = (isOutside: boolean, ring: () => void, ms: number): (() => void) => {
    const own = (order += 1)
    timers.set(own, { at: passed + Math.max(0, ms), ring, isOutside })
    return () => void timers.delete(own)
  }
  return {
    now: () => passed + offset,
    jump: (ms) => void (offset += ms),
    timer: (ring, ms) => set(false, ring, ms),
    outside: (ring, ms) => set(true, ring, ms),
    async until(work) {
      const state = { isSettled: false }
      const settle = (): void => void (state.isSettled = true)
      work.then(settle, settle)
      for (;;) {
        for (let turn = 0; turn < turnsOfWork && !state.isSettled; turn += 1)
          await new Promise((resolve) => void setImmediate(resolve))
        if (state.isSettled) return await work
        const isWaiting = [...timers.values()].some(({ isOutside }) => !isOutside)
        const [next] = [...timers].toSorted(([, a], [, b]) => a.at - b.at)
        // Whatever is awaited then is real, such as a socket.
        if (next === undefined || !isWaiting) await new Promise((resolve) => void setTimeout(resolve, 1))
        else {
          const [own, { at, ring }] = next
          timers.delete(own)
          passed = Math.max(passed, at)
          ring()
        }
      }
    }
  }
}

export const acme: Scope = { id: 'o-1', name: 'Acme' }

/** Something that was found, by its name and what differs in it. */
export function found(name: string, what = '', more: Partial<DriftItem> = {}): DriftItem {
  return {
    key: `declared\nsync\n${name}`,
    finding: 'changed',
    cause: 'unknown',
    kind: 'sync',
    name,
    text: `sync "${name}"`,
    word: 'changed',
    sign: '~',
    tone: 'change',
    place: 'configs/a.yaml:3:5',
    notes: [],
    lines: [what],
    digest: what,
    ...more
  }
}
