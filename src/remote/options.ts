import type { ApiVersion } from '../wire/common.ts'
import type { Redaction } from '../state/redaction.ts'
import type { Gate } from './gate.ts'

/** Starts a timer, and returns what stops it. */
export type Timer = (ring: () => void, ms: number) => () => void

/**
 * How the service is reached, in which version, and how patiently. Clock, randomness and network are among
 * it, so that tests can bring their own.
 */
export interface RemoteOptions {
  /** Base address, with or without a path; `/api/…` is appended. */
  url: string
  /** Who says the address: an option, a variable, a file. Absent where nobody could have written another. */
  namedBy?: string
  /** The proxy in between, as it may be told; absent where there is none. */
  proxy?: string
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
  /** Ends early, one way or the other, when the signal fires. */
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  /** Rings once after so long, unless what is returned is called before. Each try has one. */
  timer: Timer
  now: () => number
  /** A number from 0 to 1, drawn by chance: what was asked to wait must not come back all at once. */
  random: () => number
  /** Fires when the person stops: nothing is waited for any more, and what is under way not for long. */
  stop?: AbortSignal
  /** Knows the secrets of the run. Absent: only those that go through this connection. */
  redaction?: Redaction
  /** Told of each try, answered or not; without bodies and secrets. */
  trace?: (line: string) => void
  /** Shared by all connections to one service. Absent: one of its own. */
  gate?: Gate
  /** Told when the service asks to slow down. */
  throttled?: (seconds: number) => void
  /** Told how many resources of a kind were read by themselves, and how many are to be, so far. */
  reading?: (kind: string, done: number, of: number) => void
  /** Told why something takes a while; one line, for people. */
  note?: (text: string) => void
}
