import type { Diagnostic } from '../diagnostics/diagnostic.ts'
import { detailsOf } from '../plan/details.ts'
import { isDifference } from '../plan/pending.ts'
import type { Change, Plan } from '../plan/plan.ts'

/** What a drift may find, in the words of `--fail-on`. */
export const driftFindings = [
  'changed',
  'missing',
  'renamed',
  'not-removed',
  'unmanaged',
  'pending',
  'unhealthy'
] as const

/** One sort of what a drift finds. */
export type DriftFinding = (typeof driftFindings)[number]

/** What differs between the files and the service: without another wish, it ends the command with 2. */
export const differences: readonly DriftFinding[] = ['changed', 'missing', 'renamed', 'not-removed']

/** How many of each sort a drift found. What only the files changed, and nobody applied yet, is none. */
export function countFindings(
  { changes, unmanaged }: Plan,
  problems: readonly Diagnostic[]
): Record<DriftFinding, number> {
  const differing = changes.filter((change) => isDifference(change) && detailsOf(change).cause !== 'config')
  const number = (action: Change['action']): number =>
    differing.filter((change) => change.action === action).length
  return {
    changed: number('update'),
    missing: number('create'),
    renamed: number('rename'),
    'not-removed': number('delete'),
    unmanaged: unmanaged.reduce((sum, { names }) => sum + names.length, 0),
    pending: changes.filter(({ action, waiting }) => action !== 'delete' && waiting !== undefined).length,
    unhealthy: problems.filter(({ code }) => code === 'P410').length
  }
}
