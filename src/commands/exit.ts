import type { Report } from '../apply/events.ts'
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
 * Problems with the service and the key are 4, a stale plan 6, refusals for safety 7, anything about the
 * files and options 3.
 */
export function exitOfProblems(problems: readonly Diagnostic[]): number {
  const codes = problems.filter(isError).map((problem) => problem.code)
  if (codes.length === 0) return exit.done
  const isOfService = (code: string): boolean => code.startsWith('P6') && !beforeAsking.has(code)
  if (codes.some((code) => serviceCodes.has(code) || isOfService(code))) return exit.service
  if (codes.every((code) => conflictCodes.has(code))) return exit.conflict
  const isGuard = (code: string): boolean => code === 'P623' || (code.startsWith('P5') && code !== 'P508')
  return codes.every(isGuard) ? exit.refused : exit.invalid
}

/** They are about the service, and are told before it is asked for anything. */
const beforeAsking = new Set<string>(['P617', 'P623', 'P624', 'P625'])

/** Something moved between the plan and its being carried out. */
const conflictCodes = new Set<string>(['P507', 'P618'])

const serviceCodes = new Set(['P403'])

/**
 * The worst comes first. What was skipped counts like what failed: the service is not yet as the files say.
 */
export function exitOfReport(report: Report): number {
  if (report.interrupted) return exit.interrupted
  const failures = report.settled.flatMap(({ outcome }) =>
    outcome.outcome === 'failed' ? [outcome.problem.code] : []
  )
  // What was skipped because of a conflict is mended by the same new plan. Two of one name are one as well.
  if (failures.length > 0 && failures.every((code) => code === 'P401' || conflictCodes.has(code)))
    return exit.conflict
  if (report.counts.failed > 0 || report.counts.skipped > 0) return exit.partial
  if ((report.problems ?? []).length > 0) return exit.conflict
  return report.counts.pending > 0 ? exit.waiting : exit.done
}
