import type { Json, JsonObject } from '../../wire/common.ts'
import { LostAnswer, RetryLater, RunProblem, type ConnectorParts, type HttpReply } from './connector.ts'

/** Requests of connectors: how they are signed, and what their failures mean. */

/** The addresses of a connection, with its parameters and what authorizes it. */
export interface Authorized {
  url: URL
  headers: Headers
}

/** Reads the members of a connection that csv and webhook have in common. */
export function authorized(configuration: JsonObject, method: string): Authorized {
  const address = text(configuration['url'])
  if (!URL.canParse(address)) throw new RunProblem('url', 'the url of the connection is not an address')
  const url = new URL(address)
  const headers = new Headers()
  for (const [name, value] of pairs(configuration['headers'])) setHeader(headers, name, value)
  for (const [name, value] of pairs(configuration['parameters'])) url.searchParams.append(name, value)
  const auth = member(configuration['auth']) ?? configuration
  if (method === 'oauth_client_credentials' || method === 'oauth')
    throw new RunProblem('auth', 'this server does not sign in to web addresses by OAuth')
  const { basic, header, query } = auth
  if (isUsed(method, 'basic') && member(basic) !== undefined) {
    const { username, password } = member(basic) ?? {}
    const both = Buffer.from(`${text(username)}:${text(password)}`).toString('base64')
    if (both !== 'Og==') headers.set('authorization', `Basic ${both}`)
  }
  const own = member(header)
  if (isUsed(method, 'header') && own !== undefined && text(own['name']) !== '')
    setHeader(headers, text(own['name']), text(own['value']))
  if (isUsed(method, 'query'))
    for (const [name, value] of pairs(query)) url.searchParams.append(name, value)
  return { url, headers }
}

/** Without a method whatever is there is used. */
function isUsed(method: string, name: string): boolean {
  return method === '' || method === name
}

function setHeader(headers: Headers, name: string, value: string): void {
  try {
    headers.set(name, value)
  } catch (error) {
    throw new RunProblem('header', 'the connection has a header that cannot be sent', { cause: error })
  }
}

function pairs(value: Json | undefined): [name: string, value: string][] {
  if (!Array.isArray(value)) return []
  return value.flatMap((one): [string, string][] => {
    const { name, value: content } = member(one) ?? {}
    return text(name) === '' ? [] : [[text(name), text(content)]]
  })
}

function member(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'])

/** Sends a request. Throws `RetryLater` where it did not arrive, and `LostAnswer` where it may have. */
export async function sent(parts: ConnectorParts, request: Request): Promise<HttpReply> {
  const { host } = new URL(request.url)
  try {
    return await parts.fetch(request)
  } catch (error) {
    parts.signal.throwIfAborted()
    const code = codeOf(error)
    if (neverSent.has(code)) throw new RetryLater('DOWN', `${host} cannot be reached (${code})`)
    const why = code === '' ? '' : ` (${code})`
    throw new LostAnswer(`the answer of ${host} did not come${why}`, { cause: error })
  }
}

function codeOf(error: unknown): string {
  for (let one = error, depth = 0; one instanceof Error && depth < 5; one = one.cause, depth += 1)
    if ('code' in one && typeof one.code === 'string') return one.code
  return ''
}

/** Lets go of an answer that is not read. */
export async function dropBody({ body }: HttpReply): Promise<void> {
  await body?.[Symbol.asyncIterator]().return?.()
}

/** Milliseconds that an answer asks to wait: a number of seconds, or a date. */
export function waitOf({ headers }: HttpReply, now: Date): number | undefined {
  const value = headers.get('retry-after') ?? ''
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime())
}
