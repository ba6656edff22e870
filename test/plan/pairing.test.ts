import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import { match } from '../../src/plan/match.ts'
import { findingOf, keyOf } from '../../src/kinds/kind.ts'
import { pairWithBase } from '../../src/state/base-pairs.ts'
import type { Desired } from '../../src/state/resource.ts'
import { actions, declared, planFor, removed, service } from './world.ts'
import { samples } from '../support/samples.ts'

/** What is pinned, or renamed away, is nobody else's, in every order of the files. */

const ids = {
  a: '00000000-0000-4000-8000-00000000000a',
  b: '00000000-0000-4000-8000-00000000000b',
  c: '00000000-0000-4000-8000-00000000000c'
}

const connection = (name: string, more = {}) => declared('connection', name, { type: 'bigquery' }, more)

/** `A+` is live; `B<A` was renamed from A; `B@a` is pinned to the id of what is live as `A`. */
function world(live: string, files: string[]) {
  const there = live.split('').map((name): [string, string, string, object] => {
    const id = ids[name.toLowerCase() as keyof typeof ids]
    return ['connection', name, id, { type: { id: 'bigquery' } }]
  })
  const resources = files.map((text) => {
    const [, name = '', former, pin] = /^(\w)(?:<(\w))?(?:@(\w))?$/.exec(text) ?? []
    return connection(name, {
      ...(former && { renamedFrom: [former] }),
      ...(pin && { id: ids[pin as keyof typeof ids] })
    })
  })
  return { live: service(...there), resources }
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]]
  return items.flatMap((item, at) =>
    permutations(items.toSpliced(at, 1)).map((others) => [item, ...others])
  )
}

describe('in every order of the files', () => {
  test.each<[live: string, files: string[], expected: string[]]>([
    // Renamed away, and its old name borne by something new.
    ['A', ['B<A', 'A'], ['create connection A', 'rename connection B']],
    ['A', ['B@a', 'A'], ['create connection A', 'rename connection B']],
    // Once that is done, there is nothing to do.
    ['AB', ['B<A', 'A'], ['none connection A', 'none connection B']],
    // A chain, before, in the middle of, and after its being done.
    ['AB', ['B<A', 'C<B'], ['rename connection B', 'rename connection C']],
    ['AC', ['B<A', 'C<B'], ['rename connection B', 'none connection C']],
    ['BC', ['B<A', 'C<B'], ['none connection B', 'none connection C']],
    ['A', ['B<A', 'C<B'], ['rename connection B', 'create connection C']],
    ['AB', ['B<A', 'C<B', 'A'], ['create connection A', 'rename connection B', 'rename connection C']],
    // Two names are exchanged: only pins can say that.
    ['AB', ['A@b', 'B@a'], ['rename connection A', 'rename connection B']],
    ['AB', ['A<B', 'B<A'], ['P405']],
    ['ABC', ['A<B', 'B<C', 'C<A'], ['P405']],
    ['AB', ['A<B', 'B'], ['none connection A', 'none connection B']],
    // What one pins, another cannot have been.
    ['A', ['B@a', 'C<A'], ['P405']],
    ['AC', ['B@a', 'C<A'], ['rename connection B', 'none connection C']],
    // Which of two renames was done already, nobody can tell.
    ['B', ['B<A', 'C<B'], ['P405']],
    ['A', ['A<B', 'B<A'], ['P405']],
    ['A', ['B<A', 'C<A'], ['P405']],
    ['A', ['B@a', 'C@a'], ['P405']],
    ['AA', ['A'], ['P401']],
    ['AA', ['B<A'], ['P401']]
  ])('%s live, %j declared', (live, files, expected) => {
    const { live: there, resources } = world(live, files)
    if (live === 'AA') there.resources[1]!.id = ids.b
    for (const order of permutations(resources))
      expect(actions(planFor(order, there)).toSorted()).toEqual(expected.toSorted())
  })

  test('a plan does not depend on the order, and nobody has what another one has', () => {
    const names = ['A', 'B', 'C', 'D']
    const file = fc.record({
      name: fc.constantFrom(...names),
      former: fc.option(fc.constantFrom(...names), { nil: undefined }),
      pin: fc.option(fc.constantFrom(...Object.values(ids)), { nil: undefined, freq: 4 })
    })
    const files = fc.uniqueArray(file, { selector: ({ name }) => name, maxLength: 4 })
    const live = fc.uniqueArray(
      fc.record({ name: fc.constantFrom(...names), id: fc.constantFrom(...Object.values(ids)) }),
      { selector: ({ id }) => id }
    )
    const shuffled = files.chain((list) =>
      fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))
    )
    fc.assert(
      fc.property(shuffled, live, ([list, other], there) => {
        const resources = (from: typeof list): Desired[] =>
          from.map(({ name, former, pin }) =>
            connection(name, { ...(former && { renamedFrom: [former] }), ...(pin && { id: pin }) })
          )
        const state = service(
          ...there.map(({ name, id }): [string, string, string, object] => [
            'connection',
            name,
            id,
            { type: { id: 'bigquery' } }
          ])
        )
        const result = (from: typeof list): string[] => actions(planFor(resources(from), state)).toSorted()
        expect(result(other)).toEqual(result(list))
        const all = resources(list)
        const { match: found, problems } = match(
          { workspace: {}, resources: all, removed: [] },
          state,
          kinds
        )
        if (problems.length > 0) return
        const taken = all.flatMap((resource) => found.liveOf(resource)?.id ?? [])
        expect(new Set(taken).size).toBe(taken.length)
        for (const resource of all)
          if (resource.id !== undefined) expect(found.liveOf(resource)?.id).toBe(resource.id)
      }),
      samples(1000)
    )
  })

  test('applied once, there is nothing more to do', () => {
    const { live, resources } = world('AB', ['B<A', 'C<B', 'A'])
    const { match: found } = match({ workspace: {}, resources, removed: [] }, live, kinds)
    const after = service(
      ...resources.map((resource): [string, string, string, object] => [
        'connection',
        resource.name,
        found.liveOf(resource)?.id ?? ids.c,
        { type: { id: 'bigquery' } }
      ])
    )
    expect(actions(planFor(resources, after))).toEqual([
      'none connection A',
      'none connection B',
      'none connection C'
    ])
  })
})

describe('in each kind with names', () => {
  const singletons = findingOf(kinds).singletons
  const named = kinds.managed.filter(({ name }) => !singletons.has(name)).map(({ name }) => name)
  const problems = (kind: string, resources: Desired[]): string[] => {
    const live = service([kind, 'm', ids.a, {}], [kind, 'n', ids.b, {}])
    const { problems: found } = match({ workspace: {}, resources, removed: [] }, live, kinds)
    return found.map(({ code, labels, help }) => [code, labels.length, help.join(' ')].join(' '))
  }

  test.each(named)('%s: names that are exchanged by names alone are a stop that says the ids', (kind) => {
    const swap = [
      declared(kind, 'm', {}, { renamedFrom: ['n'] }),
      declared(kind, 'n', {}, { renamedFrom: ['m'] })
    ]
    for (const order of permutations(swap)) {
      const [one = '', ...others] = problems(kind, order)
      expect(others).toEqual([])
      expect(one).toMatch(/^P405 2 /)
      expect(one).toContain(`\`id: ${ids.b}\` for \`m\``)
      expect(one).toContain(`\`id: ${ids.a}\` for \`n\``)
    }
  })

  test.each(named)('%s: a pin and a former name that are one are a stop at both', (kind) => {
    const both = [declared(kind, 'b', {}, { id: ids.a }), declared(kind, 'c', {}, { renamedFrom: ['m'] })]
    for (const order of permutations(both))
      expect(problems(kind, order)).toEqual([expect.stringMatching(/^P405 2 /)])
  })
})

test('a rename that the base knows already is not done again', () => {
  const { live, resources } = world('A', ['B<A', 'A'])
  const base = { revision: 'abc1234', commit: 'abc1234', resources, secretsMoved: [] }
  expect(actions(planFor(resources, live, [], { base }))).toEqual([
    'none connection A',
    'create connection B'
  ])
})

test('P206: what is removed by its id and declared by its name is one thing', () => {
  const { live, resources } = world('A', ['A'])
  expect(planFor(resources, live, [removed('connection', ids.a.toUpperCase())])).toEqual(['P206'])
})

describe('with the base, pairs are as with the service', () => {
  const key = keyOf(kinds)
  const pairsOf = (base: Desired[], now: Desired[]): string[] =>
    [...pairWithBase(now, base, key)].map(([resource, old]) => `${old.name}>${resource.name}`).toSorted()

  test.each<[base: string[], now: string[], expected: string[]]>([
    [['A'], ['B<A', 'A'], ['A>B']],
    [
      ['A', 'B'],
      ['B<A', 'C<B'],
      ['A>B', 'B>C']
    ],
    [
      ['A', 'B'],
      ['B<A', 'C<B', 'A'],
      ['A>B', 'B>C']
    ],
    [['A@a'], ['B@a', 'A'], ['A>B']],
    [
      ['A@a', 'B@b'],
      ['A@b', 'B@a'],
      ['A>B', 'B>A']
    ],
    [
      ['A', 'B<A'],
      ['A', 'B<A'],
      ['A>A', 'B>B']
    ],
    [['A'], ['B'], []]
  ])('%j, then %j', (base, now, expected) => {
    for (const order of permutations(world('', now).resources))
      expect(pairsOf(world('', base).resources, order)).toEqual(expected)
  })
})
