import { isEmpty, isObject, textOf, type Json, type JsonObject } from '../state/value.ts'
import type { Rule } from '../state/rule.ts'
import { withoutAbsent, withoutEmpty } from './fields.ts'
import type { FromWire, ItemProblem, ToWire, ToYaml } from './kind.ts'
import { list } from './sync-parts.ts'
import {
  scheduleFromWire,
  scheduleFromYaml,
  scheduleProblems,
  scheduleRule,
  scheduleToWire,
  scheduleToYaml
} from './sync-schedule.ts'

/** Further schedules of a bulk sync: each is for some of its schemas, in place of the default one. */
export const additionalRule: Rule = {
  is: 'set',
  key: forWhat,
  item: {
    is: 'object',
    fields: {
      ...scheduleRule.fields,
      resync_mode: { is: 'scalar', default: 'normal' }
    }
  }
}

/** What tells one from another is what it is for: its ids are the service's. */
export function forWhat(item: Json): string {
  if (!isObject(item)) return textOf(item)
  const mode = isEmpty(item['selective_mode']) ? 'none' : textOf(item['selective_mode'])
  const schemas = Array.isArray(item['schemas']) ? item['schemas'].map(textOf).toSorted().join(', ') : ''
  return [...(mode === 'none' ? [] : [mode]), ...(schemas === '' ? [] : [schemas])].join(' of ') || 'all'
}

const own = ['schemas', 'selective_mode', 'resync_mode'] as const

/** One of them as written. */
export function additionalFromYaml(item: Json): Json {
  return isObject(item) ? { ...ownOf(item), ...(scheduleFromYaml(item) as JsonObject) } : item
}

/** One of them as files say it. */
export function additionalToYaml(item: JsonObject, context: ToYaml): Json {
  const { schemas: _schemas, selective_mode: _mode, resync_mode: _resync, ...times } = item
  const written = scheduleToYaml(times, context)
  return { ...(isObject(written) ? written : { frequency: written ?? '' }), ...ownOf(item) }
}

/** One of them as answered. */
export function additionalFromWire(item: JsonObject, context: FromWire): Json {
  return { ...ownOf(item), ...(scheduleFromWire(item, context) as JsonObject) }
}

/** One of them as sent. */
export function additionalToWire(item: JsonObject, context: ToWire): Json {
  const { schemas: _schemas, selective_mode: _mode, resync_mode: _resync, ...times } = item
  return { ...(scheduleToWire(times, context) as JsonObject), ...ownOf(item) }
}

function ownOf(item: JsonObject): JsonObject {
  return withoutEmpty(Object.fromEntries(own.map((key) => [key, item[key]])))
}

/** Schedules with the ids that the live ones have: without, they would be made anew. */
export function withScheduleIds(live: JsonObject, body: JsonObject): JsonObject {
  const first = isObject(live['default_schedule']) ? live['default_schedule']['id'] : undefined
  const free = list(live['additional_schedules'])
  const { default_schedule: main, additional_schedules: others } = body
  const identified = list(others).map((item) => {
    const at = free.findIndex((one) => forWhat(one) === forWhat(item))
    const [same] = at === -1 ? [] : free.splice(at, 1)
    return withoutAbsent({ id: same?.['id'], ...item })
  })
  return withoutAbsent({
    default_schedule: isObject(main) ? withoutAbsent({ id: first, ...main }) : undefined,
    additional_schedules: Array.isArray(others) ? identified : undefined
  })
}

/** Parts out of bounds, and parts that mean nothing: each at its own place. */
export function bulkScheduleProblems(item: JsonObject): ItemProblem[] {
  const at = (place: (string | number)[], schedule: Json | undefined) =>
    scheduleProblems(schedule).map((problem) => ({
      ...problem,
      path: [...place, ...problem.path.slice(1)]
    }))
  return [
    ...at(['default_schedule'], item['default_schedule']),
    ...list(item['additional_schedules']).flatMap((schedule, index) => {
      const times = Object.entries(schedule).filter(([key]) => !own.some((one) => one === key))
      return at(['additional_schedules', index], Object.fromEntries(times))
    })
  ]
}
