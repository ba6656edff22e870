import type { Path } from '../state/resource.ts'
import type { Json } from '../state/value.ts'
import type { ItemProblem } from './kind.ts'
import { dictionary } from '../state/value.ts'
import { frequencyWords } from './words.ts'

/** The parts that a schedule needs, by its frequency. */
export const neededParts = dictionary<string[]>({
  hourly: ['minute'],
  daily: ['hour', 'minute'],
  weekly: ['day_of_week', 'hour', 'minute'],
  runafter: ['run_after'],
  dbtcloud: ['connection', 'job_id']
})

const examples = dictionary<string>({
  hourly: '{ frequency: hourly, minute: 0 }',
  daily: '{ frequency: daily, hour: 5, minute: 0 }',
  weekly: '{ frequency: weekly, day_of_week: monday, hour: 5, minute: 0 }',
  custom: '{ frequency: custom, minute: "*/15", hour: "8-18", day_of_week: "1-5" }',
  builder: '{ frequency: builder, minute: 0, hour: 8, day_of_month: 1 }',
  runafter: '{ frequency: runafter, run_after: { syncs: [NAME] } }',
  dbtcloud: '{ frequency: dbtcloud, connection: NAME, job_id: 1234 }'
})

/** What other tools call the times of a schedule. */
const otherNames = dictionary<string>({
  '@hourly': 'hourly',
  '@daily': 'daily',
  '@midnight': '{ frequency: daily, hour: 0, minute: 0 }',
  '@weekly': 'weekly',
  'every hour': 'hourly',
  'every day': 'daily',
  'every week': 'weekly',
  monthly: '{ frequency: custom, minute: 0, hour: 5, day_of_month: 1 }',
  '@monthly': '{ frequency: custom, minute: 0, hour: 5, day_of_month: 1 }',
  'every month': '{ frequency: custom, minute: 0, hour: 5, day_of_month: 1 }',
  yearly: '{ frequency: custom, minute: 0, hour: 5, day_of_month: 1, month: 1 }',
  '@yearly': '{ frequency: custom, minute: 0, hour: 5, day_of_month: 1, month: 1 }',
  '@annually': '{ frequency: custom, minute: 0, hour: 5, day_of_month: 1, month: 1 }'
})

/**
 * Converts a schedule that is written as one text (a time, a cron expression) to parts; undefined for any
 * other text.
 */
export function scheduleMeant(found: Json | undefined): string | undefined {
  if (typeof found !== 'string') return undefined
  const text = found.trim().toLowerCase()
  const other = otherNames[text]
  if (other !== undefined) return examples[other] ?? other
  return examples[text] ?? ofInterval(text) ?? ofTime(text) ?? ofCron(text)
}

/** Converts an interval, `every 5 minutes`, which must divide an hour or a day. */
function ofInterval(text: string): string | undefined {
  const [, count = '', unit = ''] = /^(?:@?every )?(\d+) ?(m|min|minutes?|h|hours?)$/.exec(text) ?? []
  const every = Number(count)
  if (every === 0 || (unit.startsWith('m') ? 60 : 24) % every !== 0) return undefined
  return unit.startsWith('m')
    ? `{ frequency: custom, minute: "*/${every}" }`
    : `{ frequency: custom, minute: 0, hour: "*/${every}" }`
}

/** Converts a time of day, `22:30`, to a daily schedule. */
function ofTime(text: string): string | undefined {
  const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)(?:z| ?utc)?$/.exec(text) ?? []
  return hour === undefined
    ? undefined
    : `{ frequency: daily, hour: ${Number(hour)}, minute: ${Number(minute)} }`
}

/** Converts a cron expression: minute, hour, day of the month, month and day of the week. */
function ofCron(text: string): string | undefined {
  const parts = text.split(/\s+/)
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = parts
  if (parts.length !== 5 || !parts.every((part) => /^[\d*,/\-a-z?#]+$/.test(part))) return undefined
  const isAny = (part: string): boolean => part === '*' || part === '?'
  const isFixed = (part: string): boolean => /^\d+$/.test(part)
  const at = (name: string, part: string): string =>
    `${name}: ${isFixed(part) ? Number(part) : `"${part}"`}`
  if (isFixed(minute) && isAny(day) && isAny(month)) {
    if (isAny(hour) && isAny(weekday)) return `{ frequency: hourly, ${at('minute', minute)} }`
    const times = `${at('hour', hour)}, ${at('minute', minute)}`
    if (isFixed(hour) && isAny(weekday)) return `{ frequency: daily, ${times} }`
    if (isFixed(hour) && /^[0-6]$/.test(weekday))
      return `{ frequency: weekly, day_of_week: ${weekday}, ${times} }`
  }
  const named = [
    at('minute', minute),
    at('hour', hour),
    ...(isAny(day) ? [] : [at('day_of_month', day)]),
    ...(isAny(month) ? [] : [at('month', month)]),
    ...(isAny(weekday) ? [] : [at('day_of_week', weekday)])
  ]
  return `{ frequency: custom, ${named.join(', ')} }`
}

/** Reports parts that the frequency needs and that are missing, with an example. */
export function missingParts(frequency: string, present: readonly string[]): ItemProblem[] {
  if (['custom', 'builder'].includes(frequency) && present.length === 0) return [withoutTimes(frequency)]
  const missing = (neededParts[frequency] ?? [])
    .filter((name) => !present.includes(name))
    .map((name) => `\`${name}\``)
  if (missing.length === 0) return []
  const names = missing.join(' and ')
  const example = examples[frequency]
  return [
    {
      path: ['schedule'],
      atKey: true,
      code: 'P103',
      message: `a schedule with \`frequency: ${frequency}\` needs ${names}`,
      label: `${names} ${missing.length === 1 ? 'is' : 'are'} missing here`,
      ...(example === undefined ? {} : { help: [`write them all, as in \`${example}\`; times are UTC`] })
    }
  ]
}

/** Each part of such a schedule may be missing, but not all of them. */
function withoutTimes(frequency: string): ItemProblem {
  return {
    path: ['schedule'],
    atKey: true,
    code: 'P103',
    severity: 'warning',
    message: `a schedule with \`frequency: ${frequency}\` needs its times`,
    label: 'no time is said here',
    help: [`write them, as in \`${examples[frequency]}\`; times are UTC`]
  }
}

/** Returns a sentence of advice on a value that is not allowed, if it is at the place of a schedule. */
export function scheduleAdvice(path: Path, found: Json | undefined): string | undefined {
  const [above = '', last = ''] = path.filter((part) => typeof part === 'string').slice(-2)
  // Other tools have `schedule: { cron: … }` and `{ time: … }`.
  const key = ['cron', 'time', 'at', 'expression'].includes(last) ? above : path.length > 1 ? last : above
  if (!key.endsWith('schedule') || typeof found !== 'string') return undefined
  const meant = scheduleMeant(found)
  if (meant !== undefined) return `write \`${key}: ${meant}\`: times are UTC`
  return `a frequency is one of: ${Object.keys(frequencyWords).join(', ')}`
}
