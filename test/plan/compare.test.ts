import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Kind } from '../../src/kinds/kind.ts'
import { diff } from '../../src/plan/diff.ts'
import { fingerprint, movedPaths } from '../../src/plan/fingerprint.ts'
import type { FieldChange } from '../../src/plan/plan.ts'
import { isEmpty, isObject, type Json, type Reference } from '../../src/state/value.ts'
import { at } from '../render/builders.ts'
import { gadget } from '../support/small-kind.ts'
import { ids, triple, type Triple } from './triples.ts'

/** Laws of the one walk, over fields with rules of every sort. */

const runs = { numRuns: Number(process.env['LAW_RUNS'] ?? 1500) }
const context = {
  idOf: ({ id, name = '' }: Reference) => id ?? ids[name],
  spanAt: (path: readonly (string | number)[]) => at(path.join('/'), 1)
}
/** Two names of what is not there yet are the same where files are compared with files. */
const byNames = {
  ...context,
  idOf: (one: Reference) => context.idOf(one) ?? `${one.$ref} ${one.name ?? ''}`
}

const pathsOf = (fields: readonly FieldChange[]): string[] => fields.map(({ path }) => path.join('.'))

describe('a base', () => {
  test('tells who moved, and changes nothing of what differs', () => {
    fc.assert(
      fc.property(triple, ({ fields, wanted, base, live }) => {
        const without = diff(fields, wanted, live, context)
        const found = diff(fields, wanted, live, context, base)
        expect(found.fields.map(({ cause: _cause, base: _base, ...field }) => field)).toEqual(
          without.fields
        )
        expect({ ...found, fields: [] }).toEqual({ ...without, fields: [] })
      }),
      runs
    )
  })

  test('R11: says what comparing each two sides alone says', () => {
    const causes = new Set<string>()
    fc.assert(
      fc.property(triple, ({ fields, wanted, base, live }) => {
        const files = diff(fields, wanted, base, byNames).fields
        const service = diff(fields, base, live, byNames).fields
        for (const { path, cause } of diff(fields, wanted, live, context, base).fields) {
          const [byFiles, byService] = [files, service].map((moved) =>
            moved.some((one) => touches(one.path, path))
          )
          expect(cause).toBe(byService ? (byFiles ? 'conflict' : 'drift') : 'config')
          causes.add(String(cause))
        }
      }),
      runs
    )
    expect([...causes].toSorted()).toEqual(['config', 'conflict', 'drift'])
  })
})

/** One is the other, or a part of it. */
function touches(one: readonly string[], other: readonly string[]): boolean {
  const length = Math.min(one.length, other.length)
  return one.slice(0, length).every((part, index) => part === other[index])
}

describe('a fingerprint', () => {
  const kindOf = ({ fields }: Triple): Kind => ({ ...gadget, fields })

  test('R25: moves whenever what a plan tells moves', () => {
    let moved = 0
    fc.assert(
      fc.property(triple, (one) => {
        const [before, now] = [one.live, one.later].map((live) => ({
          different: pathsOf(diff(one.fields, one.wanted, live, context).fields),
          seen: fingerprint(kindOf(one), one.wanted, live, context)
        }))
        // An object that nobody wants differs as a whole, and counts by its parts.
        const isWhole = Object.keys(one.fields).some((name) => isEmpty(one.wanted[name]))
        if (isWhole || before!.different.join('\n') === now!.different.join('\n')) return
        moved += 1
        expect(movedPaths(before!.seen, now!.seen)).not.toEqual([])
      }),
      runs
    )
    expect(moved).toBeGreaterThan(runs.numRuns / 20)
  })

  test('is the same for the same resource, in whatever order its sets are answered', () => {
    fc.assert(
      fc.property(triple, (one) => {
        const kind = kindOf(one)
        const before = fingerprint(kind, one.wanted, one.live, context)
        const turned = Object.fromEntries(
          Object.entries(one.live).map(([name, value]) => [name, reversed(value)])
        )
        expect(movedPaths(before, fingerprint(kind, one.wanted, turned, context))).toEqual([])
      }),
      runs
    )
  })
})

/** Lists turned round, but not those inside of items. */
function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.toReversed()
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, reversed(inner)]))
}
