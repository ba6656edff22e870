import { mediansOf, spreadOf, type Cost, type Median, type Pair, type Spread } from './pairs.ts'

/** What may not be exceeded, and whether it was. */
export interface Bar {
  of: 'cpu' | 'wall' | 'peak'
  atMost: number
  measured: number
  met: boolean
}

/** One line of the table. Ratios are those to `reference`. */
export interface Row {
  part: string
  what: string
  subject: Median
  reference?: { what: string; cpuMs: number; wallMs: number }
  cpu?: Spread
  wall?: Spread
  bars: Bar[]
  note?: string
}

/** Limits of a row: ratios, and MiB. */
export interface Limits {
  cpu?: number
  wall?: number
  peak?: number
}

/** A row of two programs. */
export function pairRow(
  names: { part: string; what: string; reference: string },
  pair: Pair,
  limits: Limits
): Row {
  const { cpu, wall, subject, reference } = pair
  return {
    part: names.part,
    what: names.what,
    subject,
    reference: { what: names.reference, cpuMs: reference.cpuMs, wallMs: reference.wallMs },
    cpu,
    wall,
    bars: barsOf(limits, { cpu: cpu.median, wall: wall.median, peak: subject.peakMiB })
  }
}

/** A row of one program, and of the time that could not be undercut if there is one. */
export function aloneRow(
  names: { part: string; what: string; reference?: string; note?: string },
  costs: readonly Cost[],
  { idealMs, ...limits }: Limits & { idealMs?: number } = {}
): Row {
  const subject = mediansOf(costs)
  const wall = idealMs === undefined ? undefined : spreadOf(costs.map((cost) => cost.wallMs / idealMs))
  const { part, what, reference = '', note } = names
  return {
    part,
    what,
    subject,
    ...(idealMs === undefined ? {} : { reference: { what: reference, cpuMs: 0, wallMs: idealMs } }),
    ...(wall ? { wall } : {}),
    bars: barsOf(limits, { cpu: NaN, wall: wall?.median ?? NaN, peak: subject.peakMiB }),
    ...(note === undefined ? {} : { note })
  }
}

function barsOf(limits: Limits, measured: Record<Bar['of'], number>): Bar[] {
  return (['cpu', 'wall', 'peak'] as const).flatMap((of) => {
    const atMost = limits[of]
    return atMost === undefined ? [] : [{ of, atMost, measured: measured[of], met: measured[of] <= atMost }]
  })
}

/** The table as Markdown, which a terminal shows as well. */
export function tableOf(rows: readonly Row[]): string {
  const head = ['what', 'CPU', 'wall', 'peak memory', 'compared with', 'ratio (lowest–highest)', 'bar']
  const cells = rows.map((row) => [
    row.what,
    time(row.subject.cpuMs),
    time(row.subject.wallMs),
    row.subject.peakMiB > 0 ? `${Math.round(row.subject.peakMiB)} MiB` : '',
    row.reference?.what ?? row.note ?? '',
    ratiosOf(row),
    row.bars.map(barText).join('; ')
  ])
  const widths = head.map((name, column) =>
    Math.max(name.length, ...cells.map((line) => line[column]!.length))
  )
  const line = (words: string[]): string =>
    `| ${words.map((word, column) => word.padEnd(widths[column]!)).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line), ''].join('\n')
}

/** A ratio counts in the measure of its bar; without a bar, in CPU time. */
function ratiosOf({ cpu, wall, bars }: Row): string {
  const isWall = bars.some(({ of }) => of === 'wall') || cpu === undefined
  const spread = isWall ? wall : cpu
  if (!spread) return ''
  const [median, low, high] = [spread.median, spread.low, spread.high].map((value) => value.toFixed(2))
  return `${median} × ${isWall ? 'wall' : 'CPU'} (${low}–${high})`
}

function barText({ of, atMost, measured, met }: Bar): string {
  const limit = of === 'peak' ? `${atMost} MiB` : `${Number(atMost.toFixed(2))} ×`
  if (met) return `≤ ${limit}: met`
  return `≤ ${limit}: NOT met (${of === 'peak' ? `${Math.round(measured)} MiB` : measured.toFixed(2)})`
}

function time(ms: number): string {
  if (ms === 0) return ''
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`
}
