import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** Looks after the memory of a process. */
export interface Thrift {
  /** Told how many letters of files are held so far. */
  holding(letters: number): void
  /** Told after each batch of records that move. */
  moving(): void
}

const large = 1024 * 1024

/**
 * What is read of large files lives long, and records that move live for a batch. By both the room for what
 * lives shortly would grow, by more than 100 MiB. With smaller files there is nothing to gain, and V8
 * compiles whatever is loaded after a change of this flag anew; for records, some of that room is worth its
 * memory. At the end it is as before: code is kept for the next run under the flags that a run begins with.
 */
export function openThrift(atExit: (work: () => void) => void): Thrift {
  let isFrugal = false
  const frugal = (): void => {
    isFrugal = true
    atExit(() => setFlagsFromString('--semi-space-growth-factor=2'))
    setFlagsFromString('--semi-space-growth-factor=1')
  }
  return {
    holding: (letters) => {
      if (!isFrugal && letters >= large) frugal()
    },
    moving: () => {
      if (!isFrugal && young() >= 8 * large) frugal()
    }
  }
}

/** The room for what lives shortly. */
function young(): number {
  const space = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
  return space?.space_size ?? 0
}
