import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { EarlyItems } from '../../src/import/early-items.ts'
import { itemOf } from '../../src/import/item.ts'
import { openNames } from '../../src/import/names.ts'
import { VariableNames } from '../../src/import/variables.ts'
import { kinds } from '../../src/kinds/index.ts'
import type { Live } from '../../src/state/resource.ts'
import { referencesIn } from '../../src/state/value.ts'
import { samples } from '../support/samples.ts'
import { world } from '../support/states.ts'

/** What is converted while others are read is what would be converted at the end, or it does not count. */

const id = '0b8d3a52-5d1f-4c8e-9d3e-6d7a2f1b9c11'

/** What may have become of one of the others by the end: it is called so, or it is not there. */
const ends = fc.constantFrom<(one: Live) => Live[]>(
  (one) => [one],
  () => [],
  (one) => [one, { ...one, id: 'twin' }],
  (one) => [{ ...one, name: 'another' }],
  (one) => [{ ...one, name: id }],
  (one) => [one, { ...one, id: 'lookalike', name: one.name.toUpperCase() }],
  (one) => [{ ...one, name: `${one.name} ` }]
)

test('an item is the same, whatever was thought of others, or it does not count', () => {
  const seen = { counts: 0, differs: 0 }
  fc.assert(
    fc.property(world, fc.array(ends, { minLength: 1, maxLength: 5 }), ({ live }, ended) => {
      const early = new EarlyItems(kinds)
      for (const one of live.resources) early.convert(one)
      const others = live.resources.flatMap((one, at) => ended[at % ended.length]?.(one) ?? [])
      const names = openNames(others, kinds)
      for (const one of live.resources) {
        const item = early.of(one, names)
        const kind = kinds.managed.find(({ name }) => name === one.kind)
        if (!kind || !item) {
          seen.differs += 1
          continue
        }
        const variables = new VariableNames([])
        expect(item).toEqual(itemOf(kind, one, { names, variables, moved: () => undefined }))
        expect(variables.chosen).toEqual([])
        if (referencesIn(one.fields).length > 0) seen.counts += 1
      }
    }),
    samples(300)
  )
  expect(seen.counts).toBeGreaterThan(0)
  expect(seen.differs).toBeGreaterThan(0)
})

test('what is not there any more is told, also where its id is what it was called', () => {
  const fields = { connection: { $ref: 'connection', name: 'store', id: 'store' } }
  const model: Live = {
    kind: 'model',
    name: 'People',
    id: 'm1',
    fields,
    wire: {},
    uses: [],
    changed: {},
    partial: false
  }
  const store: Live = { ...model, kind: 'connection', name: 'store', id: 'store', fields: {} }
  const early = new EarlyItems(kinds)
  early.convert(model)
  expect(early.of(model, openNames([model, store], kinds))?.comments).toEqual([])
  expect(early.of(model, openNames([model], kinds))).toBeUndefined()
})
