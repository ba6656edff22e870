import { createHmac } from 'node:crypto'
import pLimit from 'p-limit'
import type { WebhookDelivery } from '../wire/webhook.ts'
import type { Records } from './records.ts'
import type { StoredEvent, StoredWebhook } from './stored.ts'

/**
 * The maximum of concurrent requests; events that wait beyond `mostWaiting` are dropped, which the API
 * allows.
 */
const atOnce = 4
const mostWaiting = 1000
const retries = 5
const firstWaitMs = 1000
const answerWithinMs = 10_000

/** Sends a request like `fetch`; of the answer no more is there than that. */
export type Post = (
  request: Request
) => Promise<{ readonly status: number; readonly body: AsyncIterable<unknown> | null }>

/** The dependencies of the courier. */
export interface CourierParts {
  records: Records
  /** Is called with addresses of webhooks only. */
  post: Post
  sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>
  /** A signal that fires after so many milliseconds. */
  timeout: (milliseconds: number) => AbortSignal
  /** Aborts running requests. */
  closing: AbortSignal
}

/**
 * Makes a function that delivers events to the webhook of their organization in the background: the code
 * that raises an event neither waits nor fails. A receiver that does not answer 2xx in time is retried a
 * bounded number of times.
 */
export function makeCourier(parts: CourierParts): (event: StoredEvent) => void {
  const limit = pLimit(atOnce)
  return (event) => {
    if (limit.pendingCount >= mostWaiting || receiver(parts.records, event) === undefined) return
    // Transactions are synchronous, so this runs when the one that raised the event is over.
    void limit(() => deliver(parts, event)).catch(() => undefined)
  }
}

/** Returns the webhook for an event. One that is disabled gets nothing, not even later. */
function receiver(records: Records, event: StoredEvent): StoredWebhook | undefined {
  const [webhook] = records.list('webhook', event.organization_id)
  return webhook?.disabled === false ? webhook : undefined
}

async function deliver(parts: CourierParts, event: StoredEvent): Promise<void> {
  const { closing, records, sleep } = parts
  for (let attempt = 0; !closing.aborted && attempt <= retries; attempt += 1) {
    // The transaction may have been rolled back, and the webhook may have changed since.
    const webhook = records.get('event', event.id) && receiver(records, event)
    if (webhook === undefined || (await accepts(parts, webhook, event))) return
    if (attempt < retries) await sleep(firstWaitMs * 2 ** attempt, closing)
  }
}

/** Delivers an event once, and returns whether the receiver accepted it. Redirects are not followed. */
async function accepts(parts: CourierParts, webhook: StoredWebhook, event: StoredEvent): Promise<boolean> {
  const { sync_name } = event.event
  const delivery: WebhookDelivery = {
    type: event.name,
    event: { ...event.event, ...(sync_name === undefined ? {} : { name: sync_name }) }
  }
  const body = JSON.stringify(delivery)
  try {
    const response = await parts.post(
      new Request(webhook.endpoint, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'polytomic-signature': signature(body, webhook.secret)
        },
        body,
        redirect: 'manual',
        signal: AbortSignal.any([parts.closing, parts.timeout(answerWithinMs)])
      })
    )
    // The body says nothing, and is not read.
    await response.body?.[Symbol.asyncIterator]().return?.()
    return response.status >= 200 && response.status < 300
  } catch {
    return false
  }
}

/** HMAC of the exact bytes that are sent, with SHA-256, in hexadecimal. */
function signature(body: string, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex')
}
