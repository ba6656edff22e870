import { Refusal } from './refusal.ts'

/**
 * Limits requests to `perSecond`, in bursts of as many; refuses others with 429 and Retry-After. A clock
 * that is set back counts as standing still, so that nobody waits until it has caught up.
 */
export function rateLimit(perSecond: number | undefined, now: () => Date): () => void {
  if (perSecond === undefined) return () => undefined
  const burst = Math.max(1, perSecond)
  let tokens = burst
  let filledAt = now().getTime()
  return () => {
    const at = now().getTime()
    tokens = Math.min(burst, tokens + (Math.max(0, at - filledAt) / 1000) * perSecond)
    filledAt = at
    if (tokens >= 1) {
      tokens -= 1
      return
    }
    const seconds = Math.ceil((1 - tokens) / perSecond)
    throw new Refusal(
      429,
      'rate_limited',
      `more than ${perSecond} requests in a second; try again in ${seconds} s`,
      {
        headers: { 'retry-after': String(seconds) }
      }
    )
  }
}
