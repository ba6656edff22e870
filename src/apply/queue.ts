/** Hands values from where they happen to where they are awaited, in order. */
export interface Queue<T> {
  push(value: T): void
  close(): void
  items: AsyncGenerator<T>
}

/**
 * For one reader. Nothing is dropped and nobody is held up: who pushes does not wait, and what was pushed
 * before the end is still handed out after it.
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
