/** Hands values from where they happen to where they are awaited, in order. */
export interface Queue<T> {
  push(value: T): void
  close(): void
  items: AsyncGenerator<T>
}

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
