import ky, { NetworkError, TimeoutError, type Options } from 'ky'
import { BeyondBounds, boundedText, type BytesUnderWay } from './bounds.ts'
import type { Gate } from './gate.ts'
import { CutOff } from './network-error.ts'
import type { HttpAnswer, RemoteOptions } from './options.ts'

/** Sends one try, which `cut` ends. Any status but a success is thrown as an error. */
export type Client = (url: string, how: Options, cut: AbortController) => Promise<WholeAnswer>

/** An answer with all of its body. */
export interface WholeAnswer extends Pick<HttpAnswer, 'status' | 'headers'> {
  text: string
}

/**
 * Opens the HTTP client of a connection. A try has one signal, and nothing that outlives it: a signal that
 * follows another one stays with that until it fires, and thousands of requests would be ended one by one.
 */
export function openClient(options: RemoteOptions, gate: Gate): Client {
  const underWay: BytesUnderWay = { count: 0 }
  const client = ky.create({
    redirect: 'manual',
    // Bodies of errors stay texts until their depth is known.
    parseJson: (text) => text,
    // Time-outs are kept by the timers that are passed in.
    timeout: false,
    // The policy decides on retries: it knows of everything else that is waited for.
    retry: 0,
    headers: {
      accept: 'application/json',
      authorization: options.authorization,
      'x-polytomic-version': options.version,
      'user-agent': 'polyctl'
    }
  })
  return async (url, how, cut) => {
    let come: WholeAnswer | undefined
    const send = async (request: Request): Promise<WholeAnswer> =>
      await whole(request, await options.fetch(request, cut.signal), cut.signal, underWay)
    await client(url, {
      ...how,
      // The request as it is: one more that follows the signal would take as long as half of all this.
      fetch: async (request) => {
        if (!(request instanceof Request)) throw new Error('the client sent something that is no request')
        come = await answered(request, options, gate, () => inTime(request, options, cut, send))
        return responseOf(come)
      }
    })
    if (come === undefined) throw new Error('the client gave an answer that never came')
    return come
  }
}

/**
 * Returns what the client reads of an answer: of a success its status alone. To put the text of it into a
 * response, and to read it from there again, takes longer than to send a request.
 */
function responseOf({ status, headers, text }: WholeAnswer): Response {
  if (status >= 200 && status < 300) return new Response(null, { status })
  return new Response(status === 304 ? null : text, { status, headers: [...headers] })
}

/** Tells of one try, answered or not. */
async function answered(
  request: Request,
  options: RemoteOptions,
  gate: Gate,
  send: () => Promise<WholeAnswer>
): Promise<WholeAnswer> {
  const tell = (how: string | number): void =>
    options.trace?.(`${request.method} ${new URL(request.url).pathname} ${how}`)
  try {
    const response = await send()
    tell(response.status)
    if (response.status !== 429) gate.fine()
    return response
  } catch (error) {
    tell('no answer')
    throw error
  }
}

/** Rejects after the time of one try, whether or not the request reacts to its signal. */
async function inTime<T>(
  request: Request,
  { timer, timeoutMs }: RemoteOptions,
  cut: AbortController,
  work: (request: Request) => Promise<T>
): Promise<T> {
  const { promise: overdue, reject } = Promise.withResolvers<never>()
  const stop = timer(() => {
    const error = new TimeoutError(request)
    cut.abort(error)
    reject(error)
  }, timeoutMs)
  try {
    return await Promise.race([work(request), overdue])
  } finally {
    stop()
  }
}

/** The answer is complete when the body has been read, so that the time-out covers the body too. */
async function whole(
  request: Request,
  answer: HttpAnswer,
  signal: AbortSignal,
  underWay: BytesUnderWay
): Promise<WholeAnswer> {
  const { status, headers } = answer
  try {
    // A status that no response can have ends like an answer that makes no sense otherwise.
    if (status < 200 || status > 599) throw new RangeError(`${status} is the status of no answer`)
    return { status, headers, text: await boundedText(answer, signal, underWay) }
  } catch (cause) {
    if (cause instanceof BeyondBounds || cause instanceof TimeoutError) throw cause
    throw new NetworkError(request, { cause: new CutOff('the answer was cut off', { cause }) })
  }
}
