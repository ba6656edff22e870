import { describe, expect, test } from 'vitest'
import { match } from '../../src/plan/match.ts'
import { isDifference, pendingNeed, withPending } from '../../src/plan/pending.ts'
import type { Change } from '../../src/plan/plan.ts'
import type { Desired, LiveState } from '../../src/state/resource.ts'
import { at, change } from '../render/builders.ts'
import { gadget } from '../support/small-kind.ts'

const kinds = { managed: [gadget, { ...gadget, name: 'box', section: 'boxes' }] }

function wanted(name: string, ...uses: string[]): Desired {
  return {
    kind: 'gadget',
    name,
    fields: {},
    lifecycle: { renamedFrom: [], preventDestroy: false, ignoreChanges: [] },
    span: at('a.yaml', 1),
    spanAt: () => at('a.yaml', 1),
    uses: uses.map((used) => ({ kind: 'gadget', name: used, span: at('a.yaml', 1), path: [] }))
  }
}

/** What is live: its name, whether it waits, and the names of what it uses. */
function world(...rows: [name: string, waits?: boolean, uses?: string[]][]): LiveState {
  return {
    organization: { id: 'o', name: 'Acme' },
    kinds: ['gadget'],
    resources: rows.map(([name, waits = false, uses = []]) => ({
      kind: 'gadget',
      name,
      id: `id-${name}`,
      wire: {},
      fields: {},
      uses: uses.map((used) => ({ kind: 'gadget', id: `id-${used}` })),
      changed: {},
      partial: false,
      ...(waits && { pendingReason: 'a person must authorize it' })
    }))
  }
}

const one = (action: Change['action'], name = 'A', more: object = {}) =>
  change({ action, kind: 'gadget', name, id: `id-${name}`, ...more })

function waiting(changes: Change[], resources: Desired[], live: LiveState): (string | undefined)[] {
  const desired = { workspace: {}, resources, removed: [] }
  const found = withPending(changes, desired, live, match(desired, live, kinds).match)
  return found.map((change) => change.waiting)
}

describe('R29: a change waits for a person', () => {
  const creates = (...names: string[]) => names.map((name) => one('create', name))

  test('where what it names waits: live, whether it is declared or not', () => {
    const live = world(['B', true], ['C'])
    expect(waiting(creates('A'), [wanted('A', 'B')], live)).toEqual(['gadget "B" waits for a person'])
    expect(waiting(creates('A'), [wanted('A', 'C', 'B'), wanted('B')], live)).toEqual([
      'gadget "B" waits for a person'
    ])
    expect(waiting(creates('A'), [wanted('A', 'C')], live)).toEqual([undefined])
    expect(waiting(creates('A'), [wanted('A')], live)).toEqual([undefined])
  })

  test('where it needs such through others, which are to be made, are declared, or are only live', () => {
    const live = world(['B', true], ['L', false, ['B']])
    const chain = [wanted('A', 'N'), wanted('N', 'B')]
    expect(waiting(creates('A', 'N'), chain, live)).toEqual([
      'gadget "B" waits for a person',
      'gadget "B" waits for a person'
    ])
    expect(waiting(creates('A'), [wanted('A', 'L')], live)).toEqual(['gadget "B" waits for a person'])
    // What a file says of it counts, and not what it uses now.
    expect(waiting(creates('A'), [wanted('A', 'L'), wanted('L')], live)).toEqual([undefined])
  })

  test('called as the files call it', () => {
    const renamed = { ...wanted('New'), id: 'id-B' }
    expect(waiting(creates('A'), [wanted('A', 'New'), renamed], world(['B', true]))).toEqual([
      'gadget "New" waits for a person'
    ])
  })

  test('and nothing waits in a circle', () => {
    const circle = [wanted('A', 'N'), wanted('N', 'A')]
    expect(waiting(creates('A', 'N'), circle, world())).toEqual([undefined, undefined])
    expect(
      waiting(creates('A', 'N'), [wanted('A', 'N'), wanted('N', 'A', 'B')], world(['B', true]))
    ).toEqual(['gadget "B" waits for a person', 'gadget "B" waits for a person'])
  })

  test('where it is sent: not what stays or goes; what waits itself keeps its reason', () => {
    const needs = [wanted('A', 'B')]
    const live = world(['B', true], ['A'])
    const reported = (action: Change['action'], more: object = {}) =>
      waiting([one(action, 'A', more)], needs, live)[0]
    for (const action of ['create', 'update', 'rename'] as const)
      expect(reported(action)).toBe('gadget "B" waits for a person')
    for (const action of ['none', 'delete'] as const) expect(reported(action)).toBeUndefined()
    expect(reported('update', { waiting: 'its own reason' })).toBe('its own reason')
  })
})

test('R29: what a change needs is told from why it waits', () => {
  const waits = { waiting: 'gadget "B" waits for a person' }
  for (const action of ['create', 'update', 'rename'] as const)
    expect(pendingNeed(one(action, 'A', waits))).toBe('gadget "B"')
  for (const action of ['none', 'delete'] as const)
    expect(pendingNeed(one(action, 'A', waits))).toBeUndefined()
  expect(pendingNeed(one('create', 'A', { waiting: ' waits for a person: it' }))).toBeUndefined()
  expect(pendingNeed(one('create'))).toBeUndefined()
})

test('R29: what waits to be made is no difference; what differs is one, waiting or not', () => {
  const reported = (action: Change['action'], more: object = {}) => isDifference(one(action, 'A', more))
  const waits = { waiting: 'w' }
  expect([reported('none'), reported('none', waits), reported('create', waits)]).toEqual([
    false,
    false,
    false
  ])
  expect([reported('create'), reported('update', waits), reported('delete'), reported('rename')]).toEqual([
    true,
    true,
    true,
    true
  ])
})
