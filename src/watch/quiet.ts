/** A time in which nobody is to be disturbed. Without `from` and `to` it is the whole of its days. */
export interface QuietTime {
  /** `22:00`; where `to` is earlier, it ends on the day after. */
  from?: string
  to?: string
  /** The days on which it begins (`mon` …); all where there are none. */
  days?: readonly string[]
  timeZone: string
}

/** The days of a week, as they are written. */
export const weekdays = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const

/** Whether a moment is in any of the times. Its end is not a part of a time. */
export function isQuiet(at: number, times: readonly QuietTime[]): boolean {
  return times.some((time) => isWithin(at, time))
}

function isWithin(
  at: number,
  { from = '00:00', to = '24:00', days = weekdays, timeZone }: QuietTime
): boolean {
  const { day, minute } = localTime(at, timeZone)
  const [start, end] = [minutesOf(from), minutesOf(to)]
  const begins = (on: number): boolean => days.includes(weekdays[(on + 7) % 7] ?? '')
  if (start < end) return begins(day) && minute >= start && minute < end
  return (begins(day) && minute >= start) || (begins(day - 1) && minute < end)
}

function minutesOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number)
  return hours * 60 + minutes
}

const formats = new Map<string, Intl.DateTimeFormat>()

function localTime(at: number, timeZone: string): { day: number; minute: number } {
  let format = formats.get(timeZone)
  if (format === undefined) {
    const parts = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
    formats.set(timeZone, (format = new Intl.DateTimeFormat('en-US', { ...parts, timeZone })))
  }
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]))
  const day = weekdays.findIndex((name) => name === parts.get('weekday')?.toLowerCase())
  return { day, minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')) }
}
