import { eventTypes } from '../../wire/event.ts'
import { data } from '../answer.ts'
import type { Call, Route } from '../call.ts'
import { invalid } from '../refusal.ts'

/** All events tell of executions. Nothing is executed here yet, so there are none. */
export const eventRoutes: readonly Route[] = [
  { method: 'GET', path: '/api/events_types', access: 'organization', answer: () => data(eventTypes) },
  {
    method: 'GET',
    path: '/api/events',
    access: 'organization',
    answer: (call) => {
      checkFilters(call)
      return data([])
    }
  }
]

function checkFilters({ query }: Call): void {
  const type = query.get('type')
  if (type !== null && type !== '' && !eventTypes.some((known) => known === type)) {
    throw invalid('type', `must be one of ${eventTypes.join(', ')}`)
  }
  for (const bound of ['starting_after', 'ending_before']) {
    const time = query.get(bound)
    if (time !== null && time !== '' && Number.isNaN(Date.parse(time))) {
      throw invalid(bound, 'must be a time such as 2026-01-31T09:30:00Z')
    }
  }
}
