/** How to wait, and what ends it early. */
export interface Pause {
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  stop?: AbortSignal
}

/** Waits so many milliseconds. False when an interrupt came before. */
export async function slept(ms: number, { sleep, stop }: Pause): Promise<boolean> {
  if (stop?.aborted === true) return false
  if (stop === undefined) {
    await sleep(ms)
    return true
  }
  // A `sleep` that was passed in may ignore the signal: an interrupt must not wait for it.
  const { promise: stopped, resolve } = Promise.withResolvers<false>()
  const stopping = (): void => resolve(false)
  stop.addEventListener('abort', stopping, { once: true })
  try {
    return await Promise.race([
      sleep(ms, stop).then(
        () => true,
        () => false
      ),
      stopped
    ])
  } finally {
    stop.removeEventListener('abort', stopping)
  }
}
