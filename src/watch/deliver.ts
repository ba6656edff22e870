import type { Channel, SendResult } from './channels/channel.ts'
import type { Message } from './message.ts'
import type { Delivery, WatchStore } from './store.ts'
import { isMessage } from './stored.ts'

/** What delivering needs. */
export interface Delivering {
  store: WatchStore
  channels: readonly Channel[]
  now(): number
  timer(ring: () => void, ms: number): () => void
  random(): number
  /** What went wrong in words, without the secrets of the receivers. */
  words(error: unknown): string
  onOutcome(channel: Channel, outcome: 'sent' | 'failed' | 'given_up', problem?: string): void
  /** Whether nothing more is to be begun. */
  isStopped(): boolean
  /** Fires when what is being sent is not waited for any more. */
  cut: AbortSignal
}

const answerWithinMs = 20_000
const [firstRetryMs, longestRetryMs, givenUpMs] = [30_000, 3_600_000, 30 * 86_400_000]

/** At most so many are sent at once: turns are not to wait long. */
const mostAtOnce = 20

/**
 * Sends what is due. That something was sent is written at once: only a process that is killed, or does not
 * hear the answer, while it sends leaves it open whether it was, and then it is sent again under the same id.
 */
export async function deliver(delivering: Delivering): Promise<void> {
  const { store, channels, now } = delivering
  for (let sent = 0; sent < mostAtOnce && !delivering.isStopped();) {
    const due = store.due(now(), longestRetryMs * 24)
    if (due.length === 0) return
    for (const one of due) {
      if (delivering.isStopped()) return
      const channel = channels.find(({ name }) => name === one.channel)
      sent += 1
      if (channel === undefined || !isMessage(one.document))
        store.notSent(one, 'it cannot be sent', undefined)
      else await deliverOne(delivering, channel, one, one.document)
    }
  }
}

async function deliverOne(
  delivering: Delivering,
  channel: Channel,
  one: Delivery,
  message: Message
): Promise<void> {
  const { store, now, random, onOutcome } = delivering
  const outcome = await send(delivering, channel, message)
  if (outcome.ok) {
    store.sent(one)
    onOutcome(channel, 'sent')
    return
  }
  if (delivering.cut.aborted) return
  const isOver = now() - message.at > givenUpMs
  const own = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(one.attempts, 10))
  const wait = Math.max(own * (0.9 + 0.1 * random()), Math.min(outcome.retryAfterMs ?? 0, 86_400_000))
  store.notSent(one, outcome.problem, isOver ? undefined : now() + Math.round(wait))
  onOutcome(channel, isOver ? 'given_up' : 'failed', outcome.problem)
}

async function send(
  { timer, words, cut }: Delivering,
  channel: Channel,
  message: Message
): Promise<SendResult> {
  const late = new AbortController()
  const stop = timer(() => late.abort(new Error('it did not answer in time')), answerWithinMs)
  const cutOff = (): void => late.abort(cut.reason)
  cut.addEventListener('abort', cutOff, { once: true })
  try {
    return await channel.send(message, late.signal)
  } catch (error) {
    return { ok: false, problem: words(late.signal.aborted ? late.signal.reason : error) }
  } finally {
    stop()
    cut.removeEventListener('abort', cutOff)
  }
}
