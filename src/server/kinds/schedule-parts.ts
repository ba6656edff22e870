/** The times of a schedule: the same for syncs and for bulk syncs. */
import { invalid } from '../refusal.ts'

/** The parts in which a time is said. */
export type SchedulePart = 'minute' | 'hour' | 'day_of_week' | 'day_of_month' | 'month'

/** All parts, the smallest first. */
export const scheduleParts: readonly SchedulePart[] = [
  'minute',
  'hour',
  'day_of_week',
  'day_of_month',
  'month'
]
const demanded: Readonly<Record<string, readonly SchedulePart[]>> = {
  hourly: ['minute'],
  daily: ['hour', 'minute'],
  weekly: ['day_of_week', 'hour', 'minute']
}
const bounds: Readonly<Record<SchedulePart, readonly [number, number]>> = {
  minute: [0, 59],
  hour: [0, 23],
  day_of_week: [0, 7],
  day_of_month: [1, 31],
  month: [1, 12]
}
const days = new Set(['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'])
const cron = /^[\d*/,\-?LW#A-Za-z]+$/

/** Where the schedule stands in the request, and with which status a mistake in it is refused. */
export interface SchedulePlace {
  field: string
  /** Default: as they are. */
  spell?: (part: SchedulePart) => string
  status: number
}

/**
 * The parts that say something, as texts. Throws for parts that the frequency needs and that are missing,
 * and for those out of range.
 */
export function readParts(
  frequency: string,
  sent: { [part in SchedulePart]?: string | null },
  { field, spell = (part) => part, status }: SchedulePlace
): { [part in SchedulePart]?: string } {
  const read: { [part in SchedulePart]?: string } = {}
  for (const part of scheduleParts) {
    const value = sent[part] ?? ''
    if (value !== '') read[part] = value
    else if (demanded[frequency]?.includes(part) === true) {
      throw invalid(`${field}.${spell(part)}`, `is required when the frequency is ${frequency}`, status)
    }
  }
  const expression = frequency === 'custom' || frequency === 'builder'
  if (expression && Object.keys(read).length === 0) {
    const names = scheduleParts.map(spell).join(', ')
    throw invalid(field, `needs at least one of ${names} when the frequency is ${frequency}`, status)
  }
  for (const part of scheduleParts) {
    const value = read[part]
    if (value === undefined || fits(part, value, expression)) continue
    const [low, high] = bounds[part]
    throw invalid(`${field}.${spell(part)}`, `must be a number from ${low} to ${high}`, status)
  }
  return read
}

function fits(part: SchedulePart, value: string, expression: boolean): boolean {
  const [low, high] = bounds[part]
  const asNumber = /^\d{1,2}$/.test(value) ? Number(value) : Number.NaN
  if (asNumber >= low && asNumber <= high) return true
  if (part === 'day_of_week' && days.has(value.toLowerCase())) return true
  return expression && cron.test(value) && Number.isNaN(Number(value))
}
