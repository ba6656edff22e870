import { isEmail } from '../../wire/formats.ts'
import type { GlobalErrorSubscribers } from '../../wire/notification.ts'
import type { RouteResult } from '../answer.ts'
import { actorOf, organizationOf, type Call, type Route } from '../call.ts'
import { createdBy } from '../records.ts'
import { invalid } from '../refusal.ts'
import { lazily, mustFit } from './request-shape.ts'

const path = '/api/notifications/global-error-subscribers'

/** Routes of the subscribers to failures, whose answers have no envelope. This server sends no mail. */
export const notificationRoutes: readonly Route[] = [
  { method: 'GET', path, access: 'organization', answer: (call) => bare(subscribers(call)) },
  { method: 'PUT', path, access: 'organization', anyVerb: true, answer: replace }
]

const requestShape = lazily<GlobalErrorSubscribers>(() => ({
  type: 'object',
  properties: { emails: { type: ['array', 'null'], items: { type: 'string' } } }
}))

function bare(emails: string[]): RouteResult {
  const body: GlobalErrorSubscribers = { emails }
  return { body }
}

function subscribers(call: Call): string[] {
  return call.context.records.get('error_subscribers', organizationOf(call))?.emails ?? []
}

/** Stores addresses as they are spelled, in their order. Some clients send nothing for an empty list. */
function replace(call: Call): RouteResult {
  const { emails } = mustFit(requestShape(), call.body, 400)
  const wanted = [...new Set(emails)]
  for (const [index, email] of wanted.entries()) {
    if (!isEmail(email)) throw invalid(`emails[${index}]`, 'must be an e-mail address', 400)
  }
  const id = organizationOf(call)
  const base = { id, organization_id: id, name: '', emails: wanted }
  call.context.records.put('error_subscribers', {
    ...base,
    ...createdBy(call.context.now(), actorOf(call))
  })
  return bare(wanted)
}
