import { isEmpty, isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import type { Rule } from '../state/rule.ts'
import { withoutAbsent, withoutEmpty, list } from './fields.ts'
import { additionalSchema } from './bulk-sync-schema.ts'
import type { KnownList, KnownObject } from './carry.ts'
import type { Codec } from './field.ts'
import type { FromWire, ItemProblem, ToWire, ToYaml } from './kind.ts'
import {
  schedule,
  scheduleFromWire,
  scheduleKnown,
  scheduleFromYaml,
  scheduleProblems,
  scheduleToWire,
  scheduleToYaml
} from './sync-schedule.ts'

const additionalRule: Rule = {
  is: 'set',
  key: scheduleKey,
  item: {
    is: 'object',
    fields: {
      ...(schedule.rule.is === 'object' ? schedule.rule.fields : {}),
      resync_mode: { is: 'scalar', default: 'normal' }
    }
  }
}

/**
 * Returns the key of an additional schedule: its schemas and selective mode. Its id belongs to the service.
 */
function scheduleKey(item: Json): string {
  if (!isObject(item)) return textOf(item)
  const mode = isEmpty(item.selective_mode) ? 'none' : textOf(item.selective_mode)
  const schemas = Array.isArray(item.schemas) ? item.schemas.map(textOf).toSorted().join(', ') : ''
  return [...(mode === 'none' ? [] : [mode]), ...(schemas === '' ? [] : [schemas])].join(' of ') || 'all'
}

const own = ['schemas', 'selective_mode', 'resync_mode'] as const

function additionalFromYaml(item: Json): Json {
  return isObject(item) ? { ...ownOf(item), ...plain(scheduleFromYaml(item)) } : item
}

function additionalToYaml(item: JsonObject, context: ToYaml): Json {
  const { schemas: _schemas, selective_mode: _mode, resync_mode: _resync, ...times } = item
  const written = scheduleToYaml(times, context)
  return { ...(isObject(written) ? written : { frequency: written ?? '' }), ...ownOf(item) }
}

function additionalFromWire(item: JsonObject, context: FromWire): Json {
  return { ...ownOf(item), ...plain(scheduleFromWire(item, context)) }
}

function additionalToWire(item: JsonObject, context: ToWire): Json {
  const { schemas: _schemas, selective_mode: _mode, resync_mode: _resync, ...times } = item
  return { ...plain(scheduleToWire(times, context)), ...ownOf(item) }
}

function ownOf(item: JsonObject): JsonObject {
  return withoutEmpty(Object.fromEntries(own.map((key) => [key, item[key]])))
}

const additional: KnownObject = {
  ...scheduleKnown,
  members: [...scheduleKnown.members, 'schemas', 'selective_mode', 'resync_mode']
}

const additionalKnown: KnownList = { item: additional, keys: [scheduleKey] }

function plain(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

/** The additional schedules: each replaces the default one for some of the schemas. */
export const additionalSchedules: Codec = {
  schema: {
    type: 'array',
    items: additionalSchema,
    description: 'For some of the schemas, in place of the default.'
  },
  rule: additionalRule,
  shape: { list: schedule.shape ?? 'anything' },
  known: additionalKnown,
  fromYaml: (value) => (Array.isArray(value) ? value.map(additionalFromYaml) : value),
  toYaml: (value, context) =>
    Array.isArray(value) ? list(value).map((one) => additionalToYaml(one, context)) : value,
  fromWire: (value, context) => list(value).map((one) => additionalFromWire(one, context)),
  toWire: (value, context) =>
    context.version === '2025-09-18' ? list(value).map((one) => additionalToWire(one, context)) : undefined
}

/**
 * Gives schedules the ids of the live ones with the same key: without an id, the service creates a new one.
 */
export function withScheduleIds(
  live: { readonly [name: string]: Json | undefined },
  body: JsonObject
): JsonObject {
  const first = isObject(live.default_schedule) ? live.default_schedule.id : undefined
  const free = list(live.additional_schedules)
  const { default_schedule: main, additional_schedules: others } = body
  const identified = list(others).map((item) => {
    const at = free.findIndex((one) => scheduleKey(one) === scheduleKey(item))
    const [same] = at === -1 ? [] : free.splice(at, 1)
    return withoutAbsent({ id: same?.id, ...item })
  })
  return withoutAbsent({
    default_schedule: isObject(main) ? withoutAbsent({ id: first, ...main }) : undefined,
    additional_schedules: Array.isArray(others) ? identified : undefined
  })
}

/** Reports parts of schedules that are out of bounds or without meaning. */
export function bulkScheduleProblems(item: JsonObject): ItemProblem[] {
  const at = (place: (string | number)[], schedule: Json | undefined) =>
    scheduleProblems(schedule).map((problem) => ({
      ...problem,
      path: [...place, ...problem.path.slice(1)]
    }))
  return [
    ...at(['default_schedule'], item.default_schedule),
    ...list(item.additional_schedules).flatMap((schedule, index) => {
      const times = Object.entries(schedule).filter(([key]) => !own.some((one) => one === key))
      return at(['additional_schedules', index], Object.fromEntries(times))
    })
  ]
}
