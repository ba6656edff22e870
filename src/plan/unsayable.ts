import { problem, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Kind } from '../kinds/kind.ts'
import { addressText, type Desired, type Live } from '../state/resource.ts'

/**
 * Stops for what a live resource has and files cannot say: an update would take it away, and nobody wrote
 * that. What is ignored stays, whatever it is.
 */
export function unsayableProblems(resource: Desired, kind: Kind, live: Live | undefined): Diagnostic[] {
  const found = live && !live.partial ? (kind.unsayable?.(live.fields) ?? []) : []
  const ignored = new Set(resource.lifecycle.ignoreChanges.map((path) => path.split(/[.[]/, 1)[0]))
  return found
    .filter(({ field }) => !ignored.has(field))
    .map(({ field, what }) =>
      problem('P114', `${addressText(resource)} has something that files cannot say`, {
        labels: [{ span: resource.spanAt([field]), text: `this would replace its \`${field}\`` }],
        notes: [`in the service, ${what}`],
        help: [
          `to leave it as it is there, write \`lifecycle: { ignore_changes: [${field}] }\``,
          'or change it in the service to what files can say'
        ]
      })
    )
}
