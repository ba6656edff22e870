import type { Connection } from '@jsforce/jsforce-node'
import type { JsonObject } from '../../../wire/common.ts'
import { RunProblem, type ConnectionFacts, type ConnectorParts } from '../connector.ts'
import { driver } from '../driver.ts'
import { answerCodeOf, isPassing, understood, type Purpose } from './errors.ts'
import { signIn, type Pass } from './sign-in.ts'
import { transportOf } from './transport.ts'

/** An organization, as a connection reaches it. */
export interface Salesforce {
  /** The name of the connection. */
  name: string
  /** Asks for something, and again where no answer comes. */
  get(path: string): Promise<unknown>
  /** Sends something once. Throws `LostAnswer`, `RetryLater`, `ValueRefused` or `RunProblem`. */
  send(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: string): Promise<unknown>
}

const version = '64.0'
const tries = 5
const firstWaitMs = 500

/** Signs in to the organization of a connection. */
export async function openSalesforce(
  connection: ConnectionFacts,
  parts: ConnectorParts
): Promise<Salesforce> {
  const { name, configuration } = connection
  const transport = transportOf(parts, name)
  const pass = signIn(connection, parts.apps?.get(connection.type), transport)
  const { default: jsforce } = await driver('@jsforce/jsforce-node', () => import('@jsforce/jsforce-node'))
  const opened = (own: Pass): Connection => {
    try {
      return new jsforce.Connection({ ...own, version })
    } catch (error) {
      const message = `the domain of the connection "${name}" leads to ${own.instanceUrl}, which has no API`
      throw new RunProblem('domain', message, { cause: error })
    }
  }
  const again = patient(parts, name)
  let client = opened(await again(pass))
  // The client would sign in by itself, but for ever where the new token is refused too.
  let renewing: Promise<void> | undefined
  const renew = (): Promise<void> =>
    (renewing ??= again(pass)
      .then((own) => void (client = opened(own)))
      .finally(() => (renewing = undefined)))
  const once = async (method: Method, path: string, body?: string): Promise<unknown> => {
    mustBeAllowed(name, configuration, client)
    const used = client
    const request = requestOf(method, path, body)
    try {
      return await used.request(request, { transport })
    } catch (error) {
      if (answerCodeOf(error) !== 'INVALID_SESSION_ID') throw error
    }
    if (client === used) await renew()
    return await client.request(request, { transport })
  }
  const understandably = async <T>(purpose: Purpose, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      parts.signal.throwIfAborted()
      throw understood(error, name, purpose)
    }
  }
  return {
    name,
    get: (path) => again(() => once('GET', path)),
    send: (method, path, body) => understandably('write', () => once(method, path, body))
  }
}

type ClientRequest = Exclude<Parameters<Connection['request']>[0], string>
type Method = ClientRequest['method']

function requestOf(method: Method, url: string, body: string | undefined): ClientRequest {
  const content = body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }
  return { method, url, ...content }
}

/** Does what only looks, and again after a while where that may help. */
function patient(
  { sleep, signal }: ConnectorParts,
  name: string
): <T>(work: () => Promise<T>) => Promise<T> {
  return async (work) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work()
      } catch (error) {
        signal.throwIfAborted()
        if (attempt === tries || !isPassing(error)) throw understood(error, name, 'read')
      }
      await sleep(firstWaitMs * 2 ** (attempt - 1), signal)
    }
  }
}

/** A connection may keep itself from using up the calls of a day. */
function mustBeAllowed(name: string, configuration: JsonObject, { limitInfo }: Connection): void {
  const { enforce_api_limits: isEnforced, daily_api_calls: most } = configuration
  const used = limitInfo.apiUsage?.used
  if (isEnforced !== true || typeof most !== 'number' || used === undefined || used < most) return
  throw new RunProblem(
    'DAILY_API_CALLS',
    `${used} calls to Salesforce were made today, and the connection "${name}" allows ${most} ` +
      '(daily_api_calls): the next run goes on with the rest'
  )
}
