import { warning, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { addressText } from '../state/resource.ts'
import type { PlanInput } from './deletions.ts'
import { secretPaths } from './left-alone.ts'
import type { Change } from './plan.ts'
import { isNamed } from './select.ts'

/**
 * R13, R31: Adds updates that send secrets again. The service answers neither secrets nor some other
 * fields, so a change of them is seen in the files (against the base) or asked for by name; the resource
 * is then written as it is, with all of them.
 */
export function rotated(changes: readonly Change[], input: PlanInput): Change[] {
  const { base } = input.options
  const moved = new Set(base?.secretsMoved)
  const unanswered = new Set(base?.unansweredMoved)
  return changes.map((change): Change => {
    if (change.action !== 'none') return change
    if (isRequested(change, input))
      return { ...change, action: 'update', fields: [], reason: 'its secrets are to be sent again' }
    const address = addressText(change)
    if (!moved.has(address) && !unanswered.has(address)) return change
    const since = base?.revision ?? ''
    const reason = moved.has(address)
      ? `its secrets come from elsewhere since ${since}`
      : `the files changed since ${since} what the service never answers`
    return { ...change, action: 'update', fields: [], reason, cause: 'config' }
  })
}

/** Returns the problem of a rotation that was asked for by name and would send nothing. */
export function idleRotations(changes: readonly Change[], input: PlanInput): Diagnostic[] {
  const { desired, options } = input
  if ((options.rotate ?? []).length === 0) return []
  const exact = (options.rotate ?? []).filter((pattern) => !/[*?]/.test(pattern))
  const declared = new Map(desired.resources.map((resource) => [addressText(resource), resource]))
  return changes.flatMap((change) => {
    const resource = declared.get(addressText(change))
    if (
      !resource ||
      change.action === 'create' ||
      change.action === 'delete' ||
      !isRequested(change, input)
    )
      return []
    const all = secretPaths(resource.fields)
    const sent = new Set(change.notCompared)
    const kept = all.filter((path) => !sent.has(path))
    if (all.length > 0 && kept.length === 0) return []
    // A pattern may match resources without secrets; a plain name may not.
    if (all.length === 0 && !exact.some((pattern) => isNamed(change, pattern, input.kinds))) return []
    const at = resource.lifecycle.ignoreChanges.length > 0 ? ['lifecycle', 'ignore_changes'] : []
    return [
      warning(
        'P411',
        `\`--rotate\` does not send ${all.length === 0 ? 'anything' : 'all'} of ${addressText(change)}`,
        {
          labels: [
            all.length === 0
              ? { span: resource.span, text: 'this has no secrets' }
              : { span: resource.spanAt(at), text: 'this leaves secrets as they are' }
          ],
          notes: kept.map((path) => `not sent: ${path}`).slice(0, 10),
          help: [
            all.length === 0
              ? 'name a resource that has secrets'
              : 'take them out of `ignore_changes`, or name parts in which no secret is'
          ]
        }
      )
    ]
  })
}

function isRequested(change: Change, { kinds, options }: PlanInput): boolean {
  return (options.rotate ?? []).some((pattern) => isNamed(change, pattern, kinds))
}
