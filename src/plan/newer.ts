import { problem, warning, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Kind } from '../kinds/kind.ts'
import { addressText, type Desired, type Live, type LiveState } from '../state/resource.ts'

/**
 * Stops for what the files say and this service does not know: it would drop it in silence. Its answers
 * tell; where there is none yet, that is said, and what is read back after the write decides.
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
