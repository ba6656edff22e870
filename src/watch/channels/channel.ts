import type { Message } from '../message.ts'

/** A receiver of messages. */
export interface Channel {
  /** By which it is known from one run to the next. */
  name: string
  type: 'slack' | 'teams' | 'webhook' | 'email'
  /** Sends a message, and says what came of it; it does not throw. */
  send(message: Message, signal: AbortSignal): Promise<SendResult>
}

/** What came of sending; `problem` is a sentence without a full stop, and without a secret. */
export type SendResult = { ok: true } | { ok: false; problem: string; retryAfterMs?: number }

/** Sends a request like `fetch`, straight or through a proxy. */
export type Post = (request: Request) => Promise<{
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: AsyncIterable<unknown> | null
}>

/** Posts JSON. Each answer from 200 to 299 is a yes; redirects are none. */
export async function postJson(
  post: Post,
  url: string,
  { body, headers = {}, signal }: { body: string; headers?: Record<string, string>; signal: AbortSignal }
): Promise<SendResult> {
  const request = new Request(url, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/json', 'user-agent': 'polyctl', ...headers },
    body,
    signal
  })
  const answer = await post(request)
  // What is not read to its end keeps its connection.
  for await (const _part of answer.body ?? []) signal.throwIfAborted()
  if (answer.status >= 200 && answer.status < 300) return { ok: true }
  const seconds = Number(answer.headers.get('retry-after') ?? Number.NaN)
  const problem = `it answered ${answer.status}`
  return seconds > 0 ? { ok: false, problem, retryAfterMs: seconds * 1000 } : { ok: false, problem }
}
