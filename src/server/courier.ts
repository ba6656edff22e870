import { createHmac } from 'node:crypto'
import pLimit from 'p-limit'
import type { WebhookDelivery } from '../wire/webhook.ts'
import type { Records } from './records.ts'
import type { StoredEvent, StoredWebhook } from './stored.ts'

/** Requests on the way at a time; what waits beyond `mostWaiting` is dropped, as events may be. */
const atOnce = 4
const mostWaiting = 1000
const retries = 5
const firstWaitMs = 1000
const answerWithinMs = 10_000

/** What the delivery of an event to a webhook needs. */
export interface CourierParts {
  records: Records
  /** As `fetch`. It is asked for nothing but the addresses of webhooks. */
  post: (request: Request) => Promise<Response>
  sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>
  /** A signal that fires after so many milliseconds. */
  timeout: (milliseconds: number) => AbortSignal
  /** Ends what is on the way. */
  closing: AbortSignal
}

/**
 * Tells events to the webhook of their organization, behind the back of whatever raised them: it neither
 * waits nor fails. A receiver that does not answer 2xx in time is asked again, a bounded number of times.
 */
export function makeCourier(parts: CourierParts): (event: StoredEvent) => void {
  const limit = pLimit(atOnce)
  return (event) => {
    if (limit.pendingCount >= mostWaiting || receiver(parts.records, event) === undefined) return
    // Transactions are synchronous, so this runs when the one that raised the event is over.
    void limit(() => deliver(parts, event)).catch(() => undefined)
  }
}

/** Where the event goes. A webhook that is switched off gets nothing, not even later. */
function receiver(records: Records, event: StoredEvent): StoredWebhook | undefined {
  const [webhook] = records.list('webhook', event.organization_id)
  return webhook?.disabled === false ? webhook : undefined
}

async function deliver(parts: CourierParts, event: StoredEvent): Promise<void> {
  const { closing, records, sleep } = parts
  for (let attempt = 0; !closing.aborted && attempt <= retries; attempt += 1) {
    // Its transaction may have come to nothing, and the webhook may have changed since.
    const webhook = records.get('event', event.id) && receiver(records, event)
    if (webhook === undefined || (await accepts(parts, webhook, event))) return
    if (attempt < retries) await sleep(firstWaitMs * 2 ** attempt, closing)
  }
}

/** Whether the receiver says that it has the event. Where it redirects to is not followed. */
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
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}

/** HMAC of the exact bytes that are sent, with SHA-256, in hexadecimal. */
function signature(body: string, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex')
}
