/** How it is waited, and what ends it early. */
export interface Pause {
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  stop?: AbortSignal
}

/** Waits; false when the person stopped it before the time had passed. */
export async function slept(ms: number, { sleep, stop }: Pause): Promise<boolean> {
  if (stop?.aborted === true) return false
  if (stop === undefined) {
    await sleep(ms)
    return true
  }
  // Whoever hands in a clock need not know of signals: to stop must never wait for it.
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
