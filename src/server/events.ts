import type { JsonObject } from '../wire/common.ts'
import type { EventType } from '../wire/event.ts'
import { createdBy, type Records } from './records.ts'
import { system } from './seed.ts'
import type { StoredEvent } from './stored.ts'

/** Milliseconds for which an event can be read: 48 hours. */
const lifetime = 48 * 60 * 60 * 1000

/** The events of an organization: kept for a while, and delivered to its webhook. */
export interface Events {
  /** Raises an event, within a transaction of the caller. */
  raise(organizationId: string, type: EventType, event: JsonObject): StoredEvent
  /** Newest first. */
  list(organizationId: string): StoredEvent[]
}

/** Opens the events. `tell` is called for each new one, within its transaction. */
export function openEvents(
  records: Records,
  { now, randomUUID }: { now: () => Date; randomUUID: () => string },
  tell: (event: StoredEvent) => void
): Events {
  const isOver = ({ created_at }: StoredEvent, at: Date): boolean =>
    Date.parse(created_at) <= at.getTime() - lifetime
  return {
    raise: (organizationId, type, event) => {
      const at = now()
      for (const previous of records.list('event', organizationId)) {
        if (isOver(previous, at)) records.remove('event', previous.id)
      }
      const raised: StoredEvent = {
        id: randomUUID(),
        organization_id: organizationId,
        name: type,
        event: { organization_id: organizationId, ...event },
        ...createdBy(at, system)
      }
      records.put('event', raised)
      tell(raised)
      return raised
    },
    list: (organizationId) => {
      const at = now()
      return records.list('event', organizationId).filter((event) => !isOver(event, at))
    }
  }
}
