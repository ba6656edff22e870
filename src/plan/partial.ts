import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { addressText, type Desired } from '../state/resource.ts'
import type { PlanInput } from './deletions.ts'

/**
 * Returns the problems of references from selected resources to declared ones that are neither selected
 * nor live: a partial plan does not create those.
 */
export function unreachable(
  selected: readonly Desired[],
  { desired, match, options }: PlanInput
): Diagnostic[] {
  if (options.selection === undefined) return []
  const chosen = new Set(selected)
  const left = new Map(
    desired.resources.filter((one) => !chosen.has(one)).map((one) => [addressText(one), one])
  )
  return selected.flatMap((resource) =>
    resource.uses.flatMap((use) => {
      const needed = left.get(addressText(use))
      if (!needed || match.liveOf(needed)) return []
      return [
        problem('P408', `${addressText(resource)} needs ${addressText(use)}, which is not selected`, {
          labels: [{ span: use.span, text: 'the service does not have it yet' }],
          help: [`select it as well: \`--only '${addressText(use)}'\``]
        })
      ]
    })
  )
}
