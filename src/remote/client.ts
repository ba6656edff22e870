import ky, { NetworkError, TimeoutError, type Options } from 'ky'
import { BeyondBounds, boundedText, type BytesUnderWay } from './bounds.ts'
import type { Gate } from './gate.ts'
import { CutOff } from './network-error.ts'
import type { RemoteOptions } from './options.ts'

/** Sends one try, which `cut` ends. Any status but a success is thrown as an error. */
export type Client = (url: string, how: Options, cut: AbortController) => Promise<Response>

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
    const send = async (request: Request): Promise<Response> =>
      whole(request, await options.fetch(request), underWay)
    return await client(url, {
      ...how,
      fetch: async (input, init) => {
        const request = new Request(input, { ...init, signal: cut.signal })
        return await answered(request, options, gate, () => inTime(request, options, cut, send))
      }
    })
  }
}

/** Tells of one try, answered or not. */
async function answered(
  request: Request,
  options: RemoteOptions,
  gate: Gate,
  send: () => Promise<Response>
): Promise<Response> {
  const line = `${request.method} ${new URL(request.url).pathname}`
  try {
    const response = await send()
    options.trace?.(`${line} ${response.status}`)
    if (response.status !== 429) gate.fine()
    return response
  } catch (error) {
    options.trace?.(`${line} no answer`)
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
async function whole(request: Request, response: Response, underWay: BytesUnderWay): Promise<Response> {
  if (response.body === null) return response
  const { status, headers } = response
  try {
    const text = await boundedText(response, request.signal, underWay)
    return new Response([204, 205, 304].includes(status) ? null : text, { status, headers })
  } catch (cause) {
    if (cause instanceof BeyondBounds || cause instanceof TimeoutError) throw cause
    throw new NetworkError(request, { cause: new CutOff('the answer was cut off', { cause }) })
  }
}
