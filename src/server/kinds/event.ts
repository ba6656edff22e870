import { eventTypes, type Event } from '../../wire/event.ts'
import { isInstant } from '../../wire/formats.ts'
import { data, type RouteResult } from '../answer.ts'
import { organizationOf, type Call, type Route } from '../call.ts'
import { invalid } from '../refusal.ts'
import type { StoredEvent } from '../stored.ts'

/** All events tell of executions. Where nothing is executed, there are none that the server raised. */
export const eventRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/events_types', access: 'organization', answer: () => data(eventTypes) },
  { method: 'GET', path: '/api/events', access: 'key', answer: list }
]

const usualLimit = 10
const mostAtOnce = 100

function shown({ id, name, organization_id, created_at, event }: StoredEvent): Event {
  return { id, type: name, organization_id, created_at, event }
}

function list(call: Call): RouteResult {
  const { query, context } = call
  const type = query.get('type') ?? ''
  if (type !== '' && !eventTypes.some((known) => known === type)) {
    throw invalid('type', `must be one of ${eventTypes.join(', ')}`)
  }
  const after = bound(query, 'starting_after') ?? Number.NEGATIVE_INFINITY
  const before = bound(query, 'ending_before') ?? Number.POSITIVE_INFINITY
  const limit = limitOf(query)
  const events = context.events.list(organization(call)).filter(({ name, created_at }) => {
    const at = Date.parse(created_at)
    return (type === '' || name === type) && at > after && at < before
  })
  return data(events.slice(0, limit).map(shown))
}

/** Returns the organization of the caller; a deployment key may name one. */
function organization(call: Call): string {
  const named = call.query.get('organization_id') ?? ''
  const mayName = call.caller.class === 'deployment' && call.caller.organizationId === undefined
  return mayName && named !== '' ? named : organizationOf(call)
}

function bound(query: URLSearchParams, name: string): number | undefined {
  const time = query.get(name) ?? ''
  if (time === '') return undefined
  if (!isInstant(time)) throw invalid(name, 'must be a time such as 2026-01-31T09:30:00Z')
  return Date.parse(time)
}

function limitOf(query: URLSearchParams): number {
  const text = query.get('limit') ?? ''
  if (text === '') return usualLimit
  const limit = Number(text)
  if (!Number.isInteger(limit) || limit < 1) throw invalid('limit', 'must be a whole number above 0')
  return Math.min(limit, mostAtOnce)
}
