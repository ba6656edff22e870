import { isReference, textOf, type Json } from '../state/value.ts'
import type { DataImpact, EffectOf } from '../state/impact.ts'

/** Effects of changes on data that depend on more than the changed field. */

/** The effect of a create: a resource that is created inactive does not run. */
export const runsAtFirst: EffectOf = (_field, { active }) => (active === false ? 'none' : 'first run')

/** The effect of a change of `active`. */
export const startsOrStops: EffectOf = ({ after }) => (after === false ? 'stops' : 'first run')

/** The impact of error handling: none, except for `parts` that move records. */
export function toldOfFailures(parts: DataImpact['parts']): DataImpact {
  return { effect: 'none', because: 'it says who is told of failures', ...(parts && { parts }) }
}

/** The effect of `sync_all_records`. */
export const allOrChanged: EffectOf = ({ after }) =>
  after === true ? 'writes everything again' : 'other records'

/** The effect of a change of a mapping. */
export const mappingEffect: EffectOf = ({ how }) =>
  how === 'removed' ? 'no longer written' : 'other values'

/**
 * The effect of a change inside of schemas, as `schemas.[Contact].fields.[Email].obfuscate`: by the deepest
 * known part.
 */
export const schemaEffect: EffectOf = ({ path, how }) => {
  const [, , part, field] = path
  if (part === 'fields')
    return how === 'removed' && field !== undefined ? 'no longer written' : 'other values'
  if (part === 'user_output_name') return 'writes everything again'
  if (part === 'partition_key' || part === 'tracking_field') return 'unknown'
  return 'other records'
}

/** Frequencies from the lowest to the highest; others cannot be compared. */
const frequencyOrder = ['manual', 'weekly', 'daily', 'hourly', 'continuous']

/**
 * The effect of a change of a schedule, by its frequency before and after. Other parts do not change how
 * often it runs, but for those of a cron; and parts go along with the frequency that had them.
 */
export const scheduleEffect: EffectOf = (field, wanted) => {
  const [name = 'schedule', part] = field.path
  if (part !== undefined && part !== 'frequency') {
    const schedule = wanted[name]
    const frequency = isFrequency(schedule) ? schedule.frequency : ''
    const isSameRate = ['hourly', 'daily', 'weekly'].includes(frequency)
    const goesAlong = field.how === 'removed' && !['custom', 'builder'].includes(frequency)
    return isSameRate || goesAlong ? 'none' : 'unknown'
  }
  const before = frequencyOrder.indexOf(frequencyOf(field.before))
  const after = frequencyOrder.indexOf(frequencyOf(field.after))
  if (before < 0 || after < 0) return 'unknown'
  return after > before ? 'runs more often' : 'runs less often'
}

function frequencyOf(value: Json | undefined): string {
  return isFrequency(value) ? value.frequency : textOf(value ?? '').toLowerCase()
}

function isFrequency(value: Json | undefined): value is { frequency: string } {
  return typeof value === 'object' && value !== null && 'frequency' in value && !isReference(value)
}
