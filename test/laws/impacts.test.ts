import { expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import { rowFor } from '../../src/plan/impact.ts'

/** What can differ between the files and the service; the rest is sent once, or cannot change, or be read. */
const compared = new Set(['owned', 'carried'])

const places = kinds.managed.flatMap((kind) => [
  ...['create', 'delete', 'rename'].map((action) => [kind.name, action] as const),
  ...Object.entries(kind.fields)
    .filter(([, { class: owner }]) => compared.has(owner))
    .map(([field]) => [kind.name, field] as const)
])

test.each(places)('what it does to data is known: %s, %s', (kind, place) => {
  expect(rowFor(kind, [place, 'x']) ?? rowFor(kind, [place])).toBeDefined()
})
