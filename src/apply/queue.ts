/** A queue between the code that produces values and the one that awaits them, in order. */
export interface Queue<T> {
  push(value: T): void
  close(): void
  items: AsyncGenerator<T>
}

/**
 * Opens a queue for one reader. `push` never waits, and nothing is dropped: values that were pushed
 * before the end are still delivered after it.
 */
export function openQueue<T>(): Queue<T> {
  const values: T[] = []
  let closed = false
  let wake: () => void = () => undefined
  async function* items(): AsyncGenerator<T> {
    for (;;) {
      while (values.length > 0) yield values.shift()!
      if (closed) return
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return {
    push(value) {
      values.push(value)
      wake()
    },
    close() {
      closed = true
      wake()
    },
    items: items()
  }
}
