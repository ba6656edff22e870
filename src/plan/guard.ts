import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import { addressText, type Desired, type Live, type LiveState } from '../state/resource.ts'
import type { Match } from './match.ts'
import type { Change } from './plan.ts'

/** What must not be done, whatever the files say. Problems with these codes (P5xx) stop a plan before anything is written. */
export interface Limits {
  /** Default: the larger of 3 and a tenth of what is live. */
  maxDeletes?: number
}

export function guard(
  changes: readonly Change[],
  live: LiveState,
  match: Match,
  limits: Limits
): Diagnostic[] {
  const deletes = changes.filter((change) => change.action === 'delete')
  if (deletes.length === 0) return []
  return [...broken(deletes, live, match), ...tooMany(deletes, live, limits)]
}

/** A deletion would break what still uses the resource, even where the service would allow it: a model's syncs fail in silence. */
function broken(deletes: readonly Change[], live: LiveState, match: Match): Diagnostic[] {
  const gone = new Map(deletes.map((change) => [change.id, change]))
  const idsUsedBy = (resource: Live): string[] => {
    const declared = match.declaredBy(resource)
    if (!declared) return resource.uses.map((use) => use.id)
    return declared.uses.flatMap((use) => match.idOf({ $ref: use.kind, name: use.name }) ?? [])
  }
  const staying = live.resources.filter((resource) => !gone.has(resource.id))
  return deletes.flatMap((change) => {
    const users = staying.filter((resource) => idsUsedBy(resource).includes(change.id ?? ''))
    if (users.length === 0) return []
    return [
      problem('P502', `${addressText(change)} cannot be deleted: it is still used`, {
        labels: [{ span: change.span, text: 'this asks for the deletion' }],
        notes: users.slice(0, 10).map((user) => `used by ${addressText(user)} (${user.id})`),
        help: ['let these use something else, or delete them too']
      })
    ]
  })
}

function tooMany(deletes: readonly Change[], live: LiveState, limits: Limits): Diagnostic[] {
  const limit = limits.maxDeletes ?? Math.max(3, Math.floor(live.resources.length / 10))
  if (deletes.length <= limit) return []
  return [
    problem('P504', `${deletes.length} deletions are more than the limit of ${limit}`, {
      labels: [{ span: deletes[0]!.span, text: 'one of them is asked for here' }],
      help: [`if all of them are meant, pass \`--max-deletes ${deletes.length}\``]
    })
  ]
}

/** A protected resource is not deleted; nothing lifts that but its owner changing the files. */
export function protectedProblem(resource: Desired): Diagnostic {
  return problem('P503', `${addressText(resource)} is protected from deletion`, {
    labels: [{ span: resource.spanAt(['lifecycle', 'prevent_destroy']), text: 'this protects it' }],
    help: ['remove `prevent_destroy` first, in a change of its own']
  })
}

/** A field that the service cannot change in place: only a person can decide to make the resource anew. */
export function fixedProblem(resource: Desired, field: string, live: string, wanted: string): Diagnostic {
  return problem(
    'P501',
    `the ${field} of ${addressText(resource)} is \`${live}\` in the service and cannot change to \`${wanted}\``,
    {
      labels: [{ span: resource.spanAt([field]), text: `it is \`${live}\` there` }],
      notes: [`the service has no way to change the ${field} of a ${resource.kind}`],
      help: ['give the new one another name, move what uses the old one over, then remove the old one']
    }
  )
}
