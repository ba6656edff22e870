import type { Checked } from '../diagnostics/diagnostic.ts'
import type { Condition } from '../executions/conditions.ts'
import { durationOf } from '../executions/run.ts'
import type { Kinds } from '../kinds/kind.ts'
import { isSelected } from '../plan/select.ts'
import { openReader } from '../remote/transport.ts'
import { runNumbers } from '../render/executions.ts'
import type { BadRun } from '../render/view/bad-run.ts'
import { chosen } from './choose-syncs.ts'
import type { PlanWithInputs } from './saved-plan.ts'
import { endOf, lookAtRuns } from './status-runs.ts'

/** Looks at the last runs of all syncs of the service, or of the part that is looked at. */
export async function badRuns(
  { context, requested }: PlanWithInputs,
  conditions: readonly Condition[],
  kinds: Kinds
): Promise<Checked<BadRun[]>> {
  const reader = openReader(context.service.remote)
  const all = await chosen([], { kind: [] }, reader, context)
  if (!all.ok) return all
  const part = all.value.filter(({ live }) => isSelected(live, requested.selection, kinds))
  const { runs, problems } = await lookAtRuns(part, conditions, reader)
  if (problems.length > 0) return { ok: false, problems }
  const value = runs.map(({ live: { kind, name }, execution, met }): BadRun => {
    const numbers = runNumbers({ execution, ...durationOf(execution) })
    return {
      address: { kind, name },
      is: met === undefined ? endOf(execution) : 'degraded',
      met: (met ?? []).map(({ text }) => text),
      notes: [...(met ?? []).map(({ words }) => words), ...(numbers === '' ? [] : [numbers])]
    }
  })
  return { ok: true, value, problems: [] }
}
