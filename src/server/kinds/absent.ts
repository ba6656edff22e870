import type { Route } from '../call.ts'
import { Refusal } from '../refusal.ts'

/**
 * What the service has and this server has not. A 404 would be taken for "it is gone"; 501 says whose
 * lack it is.
 */
const absent: readonly [method: Route['method'], path: string, what: string][] = [
  ['POST', '/api/connections/:id/proxy', 'the connection proxy'],
  ['GET', '/api/connections/:id/proxy/info', 'the connection proxy']
]

/** Addresses that answer that they are not served here. */
export const absentRoutes: readonly Route[] = absent.map(([method, path, what]) => ({
  method,
  path,
  access: 'key',
  anyVerb: true,
  answer: () => {
    throw new Refusal(501, 'not_here', `this server does not have ${what} yet`)
  }
}))
