import { failureProblem } from './failure.ts'
import { pages } from './pages.ts'
import type { Reader } from './transport.ts'
import { compareText, type Checked } from '../diagnostics/diagnostic.ts'
import { textOf } from '../state/value.ts'

/** The advice for a key that belongs to a single organization. */
const whoseKey =
  'check POLYTOMIC_PARTNER_KEY or POLYTOMIC_DEPLOYMENT_KEY: only these keys are told of organizations'

/** An organization of a partner or of a deployment. */
export interface NamedOrganization {
  id: string
  name: string
}

/** Returns all organizations in which a partner or deployment key may act, by name. */
export async function organizationsOf(reader: Reader): Promise<Checked<NamedOrganization[]>> {
  const found = new Map<string, NamedOrganization>()
  for await (const page of pages(reader, { path: '/api/organizations', nameKey: 'name' }, true)) {
    if (!page.ok) {
      const problem = failureProblem(page.failure, 'listing the organizations')
      const refused = problem.code === 'P604' || problem.code === 'P605'
      return { ok: false, problems: [refused ? { ...problem, help: [whoseKey] } : problem] }
    }
    for (const { id, name } of page.items) found.set(textOf(id), { id: textOf(id), name: textOf(name) })
  }
  const value = [...found.values()].toSorted(
    (a, b) => compareText(a.name, b.name) || compareText(a.id, b.id)
  )
  return { ok: true, value, problems: [] }
}
