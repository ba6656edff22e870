import type { Route } from '../call.ts'
import { Refusal } from '../refusal.ts'

/**
 * Routes of the service that this server does not have. A 404 would read as "it does not exist", so they
 * answer 501.
 */
const harbors = 'harbors'
const absent: readonly [method: Route['method'], path: string, what: string][] = [
  ['POST', '/api/connections/:id/proxy', 'the connection proxy'],
  ['GET', '/api/connections/:id/proxy/info', 'the connection proxy'],
  ['GET', '/api/webhooks/:id/deliveries', 'the deliveries of webhooks'],
  ['POST', '/api/operations/search', 'the search of operations'],
  ['GET', '/api/operations/search/availability', 'the search of operations'],
  ['POST', '/api/record-view-links', 'links to records'],
  ['GET', '/api/record-view-links/capabilities', 'links to records'],
  ['POST', '/api/temporary-credentials', 'temporary credentials'],
  ['GET', '/api/organization/harbor-activity', harbors],
  ['GET', '/api/organization/harbor-activity/*', harbors],
  ...(['GET', 'POST', 'PUT', 'DELETE'] as const).flatMap((method): [typeof method, string, string][] =>
    ['/api/harbors', '/api/harbors/*', '/api/harbor/*'].map((path) => [method, path, harbors])
  )
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
