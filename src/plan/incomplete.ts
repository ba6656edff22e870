import { problem, warning, type Diagnostic } from '../diagnostics/diagnostic.ts'
import type { Kinds } from '../kinds/kind.ts'
import type { Desired } from '../state/resource.ts'

/**
 * R38: Returns a problem for each of these resources that the service would refuse to make, with all that
 * is missing in it.
 */
export function incomplete(created: readonly Desired[], { managed }: Kinds): Diagnostic[] {
  const byName = new Map(managed.map((kind) => [kind.name, kind]))
  return created.flatMap((resource) => {
    const missing = byName.get(resource.kind)?.incomplete?.(resource.fields) ?? []
    return missing.map(({ path, code, severity, message, label, notes = [], help = [] }) => {
      const make = severity === 'warning' ? warning : problem
      return make(code, message, { labels: [{ span: resource.spanAt(path), text: label }], notes, help })
    })
  })
}
