import { warning, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Kind } from '../kinds/kind.ts'
import type { Live } from '../state/resource.ts'
import type { Change } from './plan.ts'

/** More names, and more places, tell no more. */
const limit = 5

/**
 * R8: Tells once of each kind what its live resources have that nobody here knows, where an update is to
 * send it back beside something that changes: a newer service may say one thing in two members.
 */
export function carriedUnknown(
  changes: readonly Change[],
  kinds: readonly Kind[],
  liveOf: (change: Change) => Live | undefined
): Diagnostic[] {
  const updates = changes.filter(({ action }) => action === 'update' || action === 'rename')
  return kinds.flatMap((kind) => {
    if (!kind.unknownIn) return []
    const found = updates
      .filter((change) => change.kind === kind.name)
      .flatMap((change) => {
        const live = liveOf(change)
        const paths = live && !live.partial ? (kind.unknownIn?.(live.wire) ?? []) : []
        return paths.length === 0 ? [] : [{ change, paths }]
      })
    if (found.length === 0) return []
    const names = [...new Set(found.flatMap(({ paths }) => paths))]
    const noun = kind.name.replaceAll('_', ' ')
    const isOne = names.length === 1
    return [
      warning('P413', `the service also has ${listed(names)} of a ${noun} that is updated`, {
        labels: found.slice(0, limit).map(({ change }) => ({ span: change.span, text: 'this is updated' })),
        notes: [
          isOne
            ? 'this version of polyctl does not know that, and carries it back as it is'
            : 'this version of polyctl does not know these, and carries them back as they are',
          'if it says the same as something that changes, the service may refuse it or keep the old'
        ],
        help: ['look whether there is a newer version of polyctl']
      })
    ]
  })
}

function listed(names: readonly string[]): string {
  const some = names.slice(0, limit).map((name) => `\`${name}\``)
  const more = names.length > limit ? [`${names.length - limit} more`] : []
  return [...some, ...more].join(', ')
}
