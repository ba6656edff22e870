import type { LocalStart, StandingBounds } from '../../wire/local-start.ts'
import { lazily, type RequestLevel } from './request-shape.ts'
import { syncStartShape } from './sync-shape.ts'

const limit = {
  type: 'object',
  properties: { most: { type: 'integer', minimum: 0 }, share: { type: 'number', minimum: 0 } }
}

/** POST of an execution beside the API. */
export const localStartShape = lazily<LocalStart>(() => ({
  type: 'object',
  required: ['start'],
  properties: { ...boundedStart(), approval: { type: 'string' } }
}))

const kept = {
  guards: {
    type: 'object',
    properties: { creates: limit, updates: limit, removes: limit, empty_source: { type: 'boolean' } }
  },
  assertions: {
    type: 'array',
    items: {
      type: 'object',
      required: ['asserts'],
      properties: {
        asserts: { type: 'string', enum: ['unique', 'not_null', 'accepted', 'count', 'fresh'] },
        fields: { type: 'array', items: { type: 'string' } },
        values: { type: 'array', items: {} },
        min: { type: 'integer', minimum: 0 },
        max: { type: 'integer', minimum: 0 },
        within_seconds: { type: 'number', minimum: 0 }
      }
    }
  }
}

/** PUT of what holds for each execution of a sync. */
export const standingShape = lazily<StandingBounds>(() => ({
  type: 'object',
  properties: {
    ...kept,
    without: {
      type: 'array',
      items: { type: 'string', enum: ['creates', 'updates', 'removes', 'empty_source'] }
    }
  }
}))

/** What a run and a preview are begun with. */
export function boundedStart(): Readonly<Record<string, RequestLevel>> {
  return {
    start: syncStartShape().level,
    limit: { type: 'integer', minimum: 1 },
    ...kept,
    requested: { type: 'array', items: { type: 'string' } }
  }
}
