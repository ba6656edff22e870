import { problem, warning, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Kind } from '../kinds/kind.ts'
import { addressText, type Desired, type Live, type LiveState } from '../state/resource.ts'

/**
 * Returns the problems of stated fields that this service does not know and would drop silently. Whether
 * it knows them is seen in its answers; where there is none yet, a warning is returned, and the value
 * that is read back after the write decides.
 */
export function newerThanService(
  resource: Desired,
  kind: Kind,
  { resources }: LiveState,
  live: Live | undefined
): Diagnostic[] {
  if (!kind.newerThan) return []
  const known = live ? [live] : resources.filter((one) => one.kind === kind.name)
  const answers = known.filter(({ partial }) => !partial).map(({ wire }) => wire)
  return kind.newerThan(resource.fields, answers).flatMap(({ path, what, isKnown }) => {
    if (isKnown === true) return []
    const labels = [{ span: resource.spanAt(path), text: 'only newer services know this' }]
    if (isKnown === false)
      return [
        problem('P114', `this service does not know ${what} of ${addressText(resource)}`, {
          labels,
          notes: ['its answers have the older shape: it would drop this in silence'],
          help: ['say it in another way, or wait until the service is newer']
        })
      ]
    return [
      warning('P114', `nothing tells yet whether this service knows ${what} of ${addressText(resource)}`, {
        labels,
        help: ['apply reads it back, and fails where it was dropped']
      })
    ]
  })
}
