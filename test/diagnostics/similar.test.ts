import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { similarNames } from '../../src/diagnostics/similar.ts'

/** Few letters, so that near misses are common. */
const name = fc.string({ unit: fc.constantFrom('a', 'b', 'B', '_', '-', ' '), maxLength: 6 })
const names = fc.array(name, { maxLength: 12 })

test('a name is never offered for itself', () => {
  fc.assert(fc.property(name, names, (asked, all) => !similarNames(asked, [...all, asked]).includes(asked)))
})

test('the order and the number of candidates do not matter', () => {
  fc.assert(
    fc.property(name, names, fc.infiniteStream(fc.nat()), (asked, all, random) => {
      const shuffled = all
        .map((value) => ({ value, at: random.next().value ?? 0 }))
        .toSorted((a, b) => a.at - b.at)
        .map(({ value }) => value)
      expect(similarNames(asked, [...shuffled, ...all])).toEqual(similarNames(asked, all))
    })
  )
})

test('at most four are offered, and each is a candidate', () => {
  fc.assert(
    fc.property(name, names, (asked, all) => {
      const offered = similarNames(asked, all)
      return offered.length <= 4 && offered.every((one) => all.includes(one))
    })
  )
})

test('likeness is mutual between names of more than two letters', () => {
  const long = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 3, maxLength: 6 })
  fc.assert(
    fc.property(long, long, (a, b) => {
      expect(similarNames(a, [b]).length).toBe(similarNames(b, [a]).length)
    })
  )
})

test.each([
  ['modee', ['mode', 'model', 'target'], ['mode', 'model']],
  ['updateorcreate', ['update', 'updateOrCreate'], ['updateOrCreate']],
  ['update_or_create', ['create', 'updateOrCreate'], ['updateOrCreate']],
  ['naem', ['name', 'same'], ['name', 'same']],
  ['id', ['it', 'to'], ['it']],
  ['x', ['yz'], []],
  ['colour', ['color', 'collar'], ['color', 'collar']]
])('for %j among %j, %j is offered', (asked, all, offered) => {
  expect(similarNames(asked, all)).toEqual(offered)
})
