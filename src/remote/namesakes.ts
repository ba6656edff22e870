import { keyOf, type Kind } from '../kinds/kind.ts'
import { textOf } from '../state/value.ts'
import { pathOfAll } from './address.ts'
import type { Failure } from './failure.ts'
import { pages } from './pages.ts'
import type { Reader } from './transport.ts'

/** A resource that was created, by kind and name. */
export interface Created {
  name: string
  id: string
}

/**
 * Looks for other resources with the names of those that were created: another run may have created the
 * same at the same time. Repeats while the list does not show the created ones yet. Returns nothing for
 * lists that cannot be read.
 */
export async function namesakes(
  reader: Reader,
  kind: Kind,
  created: readonly Created[]
): Promise<{ created: Created; failure: Failure }[]> {
  const all = await pathOfAll(reader, kind)
  if (!all.ok) return []
  const budget = reader.budget()
  const failure: Failure = {
    code: 'P602',
    request: `GET ${all.path}`,
    words: '',
    refused: false,
    usedBy: []
  }
  for (let is: 'unknown' | 'unseen' = 'unknown'; ; is = 'unseen') {
    const listed = await idsByName(reader, kind, all.path, created)
    if (listed === undefined) return []
    const found = created.flatMap((one) => {
      const ids = [...new Set([one.id, ...(listed.get(one) ?? [])])]
      if (ids.length === 1) return []
      const words = `${ids.length} have this name: ${ids.join(', ')}`
      return [{ created: one, failure: { ...failure, code: 'P401' as const, words } }]
    })
    const areSeen = created.every((one) => listed.get(one)?.includes(one.id))
    if (areSeen || !(await budget.again({ is, failure }))) return found
  }
}

async function idsByName(
  reader: Reader,
  kind: Kind,
  path: string,
  created: readonly Created[]
): Promise<Map<Created, string[]> | undefined> {
  const key = keyOf({ managed: [kind] })
  const byName = Map.groupBy(created, ({ name }) => key({ kind: kind.name, name }))
  const ids = new Map<Created, string[]>(created.map((one) => [one, []]))
  for await (const page of pages(reader, { path, nameKey: kind.naming?.wire ?? 'name' }, true)) {
    if (!page.ok) return undefined
    for (const wire of page.items)
      for (const one of byName.get(key({ kind: kind.name, name: textOf(wire['name']) })) ?? [])
        ids.get(one)?.push(textOf(wire['id']))
  }
  return ids
}
