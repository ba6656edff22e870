import type { ApiVersion } from '../wire/common.ts'
import type { Redaction } from '../state/redaction.ts'
import type { RequestResult } from './failure.ts'
import type { Gate } from './gate.ts'

/** Starts a timer of so many milliseconds, and returns a function that stops it. */
export type Timer = (ring: () => void, ms: number) => () => void

/** The path that tells whose key it is. */
export const identityPath = '/api/me'

/** Results of GET requests that were sent before they were needed. */
export interface EarlyResults {
  /** Returns the result for a path and a query, once; undefined where nothing was sent. */
  take(path: string, query: Record<string, string>): Promise<RequestResult> | undefined
  /** Drops all results: after a write they may be wrong. */
  drop(): void
}

/**
 * An answer as far as it has come: the parts of a `Response` that are read of it, for to make whole ones
 * takes longer than to read them.
 */
export interface HttpAnswer {
  readonly status: number
  readonly headers: Iterable<[string, string]> & Pick<Headers, 'get'>
  readonly body: AsyncIterable<Uint8Array> | null
}

/**
 * Options of the connection to the service. Clock, randomness and network are among them, so that tests
 * can replace them.
 */
export interface RemoteOptions {
  /** Base URL, with or without a path; `/api/…` is appended. */
  url: string
  /** Where the URL was configured: an option, a variable, a file. Absent for the default. */
  namedBy?: string
  /** The proxy without its credentials. Absent where there is none. */
  proxy?: string
  /** The value of the `Authorization` header. Never printed. */
  authorization: string
  version: ApiVersion
  /**
   * The local server's handler, or a way over the network. Fails as the platform's `fetch` does, which `cut`
   * ends in place of the request's own signal.
   */
  fetch: (request: Request, cut: AbortSignal) => Promise<HttpAnswer>
  /** The maximum of requests at the same time. */
  parallelism: number
  /** The time-out of one try in milliseconds. */
  timeoutMs: number
  /** Returns a fresh idempotency key: a random UUID. */
  newKey: () => string
  /** The first pause before a retry in milliseconds; it doubles each time. */
  backoffMs: number
  /** Waits so many milliseconds. Resolves or rejects early when the signal fires. */
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  /** Calls `ring` once after so many milliseconds, unless it is stopped. Each try has one. */
  timer: Timer
  now: () => number
  /** Returns a random number from 0 to 1, which spreads retries. */
  random: () => number
  /** Fires on an interrupt: pauses end at once, and running requests soon. */
  stop?: AbortSignal
  /** Fires when no answer is needed any more: running requests end at once. `stop` fires right after it. */
  unwanted?: AbortSignal
  /** The redaction of the run. Absent: one that knows the secrets of this connection only. */
  redaction?: Redaction
  /** Called for each try, answered or not, without bodies and secrets. */
  trace?: (line: string) => void
  /** Results of requests that were sent while the files were still read. */
  early?: EarlyResults
  /** The gate that all connections to one service share. Absent: one of its own. */
  gate?: Gate
  /** Called with seconds when the service asks to slow down. */
  throttled?: (seconds: number) => void
  /**
   * Called with the progress of reading: how many resources of a kind were requested, of how many so far.
   */
  reading?: (kind: string, done: number, of: number) => void
  /** Called with one line for people when something takes a while. */
  note?: (text: string) => void
  /** Is given the headers of each answer. */
  answered?: (headers: Pick<Headers, 'get'>) => void
}
