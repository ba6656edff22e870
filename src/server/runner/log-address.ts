import { createHmac, timingSafeEqual } from 'node:crypto'
import type { StoredExecution } from '../stored.ts'

/** Addresses of log files: whoever has one needs no key, for a while. */

const lifetime = 60 * 60 * 1000

/** Returns the time until which an address that is made now can be used. */
export function expiryOf(now: string): string {
  return new Date(Date.parse(now) + lifetime).toISOString()
}

/** Returns the signed address of a log. */
export function logAddress(
  execution: Pick<StoredExecution, 'id' | 'log_secret' | 'base_url'>,
  type: string,
  now: string
): string {
  const expires = expiryOf(now)
  const query = new URLSearchParams({ expires, signature: signed(execution, type, expires) })
  return `${execution.base_url}/record-logs/${execution.id}/${type}.json?${query.toString()}`
}

/** Whether an address was made by this server, and can still be used. */
export function isGenuine(
  execution: Pick<StoredExecution, 'id' | 'log_secret'>,
  type: string,
  query: URLSearchParams,
  now: Date
): boolean {
  const expires = query.get('expires') ?? ''
  const expected = Buffer.from(signed(execution, type, expires))
  const sent = Buffer.from(query.get('signature') ?? '')
  return (
    expected.length === sent.length &&
    timingSafeEqual(expected, sent) &&
    now.getTime() < Date.parse(expires)
  )
}

function signed(
  { id, log_secret }: Pick<StoredExecution, 'id' | 'log_secret'>,
  type: string,
  expires: string
): string {
  return createHmac('sha256', log_secret).update(`${id} ${type} ${expires}`).digest('hex')
}
