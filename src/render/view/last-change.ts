import type { ChangeDetails } from '../../plan/details.ts'

type LastChange = ChangeDetails['changed']

/**
 * `2026-11-23 18:04 UTC (5 days ago) by Ada Lovelace`: as much of it as is known. The age is in seconds.
 */
export function lastChangeText(changed: LastChange, age?: number): string | undefined {
  if (changed === undefined) return undefined
  const at = changed.at === undefined ? undefined : instantText(changed.at)
  const ago = age === undefined ? undefined : `(${agoText(age)})`
  const by = changed.by === undefined ? undefined : `by ${changed.by}`
  const known = [at, ago, by].filter((part) => part !== undefined)
  return known.length === 0 ? undefined : known.join(' ')
}

function instantText(instant: string): string {
  const date = new Date(instant)
  if (Number.isNaN(date.getTime())) return instant
  return `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** In seconds; none where the service tells no time, or one that has not come here yet. */
export function ageOf(changed: LastChange, now: Date | undefined): number | undefined {
  if (changed?.at === undefined || now === undefined) return undefined
  const age = Math.floor((now.getTime() - new Date(changed.at).getTime()) / 1000)
  return age >= 0 ? age : undefined
}

const day = 24 * 60 * 60
const units = [
  ['year', 365 * day],
  ['month', 30 * day],
  ['day', day],
  ['hour', 60 * 60],
  ['minute', 60]
] as const

/** In the largest unit of which there is a whole one. */
function agoText(age: number): string {
  const unit = units.find(([, seconds]) => age >= seconds)
  if (unit === undefined) return 'just now'
  const [name, seconds] = unit
  return new Intl.RelativeTimeFormat('en').format(-Math.floor(age / seconds), name)
}
