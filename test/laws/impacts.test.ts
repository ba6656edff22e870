import { expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import { declaredImpact } from '../../src/plan/impact.ts'

/**
 * What can differ between the files and the service; the rest is sent once, or cannot change, or be
 * read.
 */
const compared = new Set(['owned', 'carried'])

const places = kinds.managed.flatMap((kind) =>
  Object.entries(kind.fields)
    .filter(([, { class: owner }]) => compared.has(owner))
    .map(([field]) => [kind.name, field] as const)
)

test.each(places)('what it does to data is declared: %s, %s', (name, field) => {
  const kind = kinds.managed.find((one) => one.name === name)
  expect(declaredImpact(kind, 'update', [field, 'x'])).toBeDefined()
})

test.each(kinds.managed.map((kind) => [kind.name, kind] as const))(
  'nothing declares what %s has not',
  (_name, kind) => {
    expect(Object.keys(kind.impacts.fields).filter((field) => !(field in kind.fields))).toEqual([])
  }
)
