import type { ApiVersion } from '../wire/common.ts'
import type { Gate } from './gate.ts'

/**
 * How the service is reached, in which version, and how patiently. Clock, randomness and network are among
 * it, so that tests can bring their own.
 */
export interface RemoteOptions {
  /** Base address, with or without a path; `/api/…` is appended. */
  url: string
  /** The value of the `Authorization` header. Never printed. */
  authorization: string
  version: ApiVersion
  /** The local server's handler, or the platform's fetch. */
  fetch: (request: Request) => Promise<Response>
  /** Upper bound of requests under way at once. */
  parallelism: number
  /** For one try, in milliseconds. */
  timeoutMs: number
  /** Fresh idempotency keys: random UUIDs. */
  newKey: () => string
  /** The first wait before a try is repeated, in milliseconds; it doubles each time. */
  backoffMs: number
  sleep: (ms: number) => Promise<void>
  now: () => number
  /** Told of each try, answered or not; without bodies and secrets. */
  trace?: (line: string) => void
  /** Shared by all connections to one service. Absent: one of its own. */
  gate?: Gate
  /** Told when the service asks to slow down. */
  throttled?: (seconds: number) => void
  /** Told why something takes a while; one line, for people. */
  note?: (text: string) => void
}
