import { isReference, textOf, type Json } from '../state/value.ts'
import type { DataImpact, EffectOf } from '../state/impact.ts'

/** What changes do to data, where the field alone does not say it. */

/** What is made inactive waits for somebody to start it. */
export const runsAtFirst: EffectOf = (_field, { active }) => (active === false ? 'none' : 'first run')

/** Of `active`. */
export const startsOrStops: EffectOf = ({ after }) => (after === false ? 'stops' : 'first run')

/** Of error handling; what moves records in it says so by itself. */
export function toldOfFailures(parts: DataImpact['parts']): DataImpact {
  return { effect: 'none', because: 'it says who is told of failures', ...(parts && { parts }) }
}

/** Of whether every run writes all records. */
export const allOrChanged: EffectOf = ({ after }) =>
  after === true ? 'writes everything again' : 'other records'

/** Of what a field of the target is written from. */
export const mappingEffect: EffectOf = ({ how }) =>
  how === 'removed' ? 'no longer written' : 'other values'

/** Of `schemas.[Contact].fields.[Email].obfuscate`: the deepest part that is known decides. */
export const schemaEffect: EffectOf = ({ path, how }) => {
  const [, , part, field] = path
  if (part === 'fields')
    return how === 'removed' && field !== undefined ? 'no longer written' : 'other values'
  if (part === 'user_output_name') return 'writes everything again'
  if (part === 'partition_key' || part === 'tracking_field') return 'unknown'
  return 'other records'
}

/** From never to always; what is not in it has no place in this order. */
const often = ['manual', 'weekly', 'daily', 'hourly', 'continuous']

/** By how often it runs before and after; other parts only move it, where it goes on at the same rate. */
export const scheduleEffect: EffectOf = (field, wanted) => {
  const [name = 'schedule', part] = field.path
  if (part !== undefined && part !== 'frequency') {
    const schedule = wanted[name]
    const frequency = isFrequency(schedule) ? schedule.frequency : ''
    const sameRhythm = ['hourly', 'daily', 'weekly'].includes(frequency)
    return sameRhythm ? 'none' : 'unknown'
  }
  const before = often.indexOf(frequencyOf(field.before))
  const after = often.indexOf(frequencyOf(field.after))
  if (before < 0 || after < 0) return 'unknown'
  return after > before ? 'runs more often' : 'runs less often'
}

function frequencyOf(value: Json | undefined): string {
  return isFrequency(value) ? value.frequency : textOf(value ?? '').toLowerCase()
}

function isFrequency(value: Json | undefined): value is { frequency: string } {
  return typeof value === 'object' && value !== null && 'frequency' in value && !isReference(value)
}
