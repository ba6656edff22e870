import type { Report } from '../apply/events.ts'
import type { ExitClass } from '../diagnostics/code-entry.ts'
import { isError, type Diagnostic } from '../diagnostics/diagnostic.ts'

/** What the exit code of every command means. The only place that computes them. */
export const exit = {
  done: 0,
  failure: 1,
  differences: 2,
  invalid: 3,
  service: 4,
  partial: 5,
  conflict: 6,
  refused: 7,
  waiting: 8,
  interrupted: 130
} as const

/**
 * Each code says what it leads to. The service goes before all others; a conflict is one only where there is
 * nothing else.
 */
export async function exitOfProblems(problems: readonly Diagnostic[]): Promise<number> {
  const errors = problems.filter(isError)
  if (errors.length === 0) return exit.done
  const classes = await classesOf(errors)
  if (classes.includes('service')) return exit.service
  if (classes.every((it) => it === 'conflict')) return exit.conflict
  return classes.every((it) => it === 'refused' || it === 'conflict') ? exit.refused : exit.invalid
}

/** The table of codes is read where something is wrong, and only there: it takes its time to load. */
async function classesOf(problems: readonly Diagnostic[]): Promise<(ExitClass | undefined)[]> {
  const { codes } = await import('../diagnostics/codes.ts')
  return problems.map(({ code }) => codes[code].exit)
}

/**
 * The worst comes first. What was skipped counts like what failed: the service is not yet as the files say.
 */
export async function exitOfReport(report: Report): Promise<number> {
  if (report.interrupted) return exit.interrupted
  const failures = report.settled.flatMap(({ outcome }) =>
    outcome.outcome === 'failed' ? [outcome.problem] : []
  )
  const classes = await classesOf(failures)
  const isConflict = ({ code }: Diagnostic, index: number): boolean =>
    code === 'P401' || classes[index] === 'conflict'
  // What was skipped because of a conflict is mended by the same new plan. Two of one name are one as well.
  if (failures.length > 0 && failures.every(isConflict)) return exit.conflict
  if (report.counts.failed > 0 || report.counts.skipped > 0) return exit.partial
  const beside = (report.problems ?? []).filter(isError)
  const classesBeside = await classesOf(beside)
  // What went wrong with no change of its own: two of one name, or what was to be done after them.
  if (beside.length > 0) return classesBeside.includes('service') ? exit.partial : exit.conflict
  return report.counts.pending > 0 ? exit.waiting : exit.done
}
