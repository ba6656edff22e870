import type { JsonObject } from './common.ts'

/** All of them tell of executions; the bulk one in the singular is spelled so. */
export const eventTypes = [
  'sync.running',
  'sync.completed',
  'sync.completed_with_errors',
  'sync.failed',
  'sync.canceled',
  'bulk_sync.running',
  'bulk_sync.completed',
  'bulk_sync.completed_with_error',
  'bulk_sync.failed',
  'bulk_sync.canceled'
] as const
export type EventType = (typeof eventTypes)[number]

export interface Event {
  id: string
  type: EventType
  organization_id: string
  created_at: string
  /** What happened; which keys there are depends on the type. */
  event: JsonObject
}
