import { describe, expect, test } from 'vitest'
import { openKnowledge } from '../../src/apply/knowledge.ts'
import type { Live, LiveState } from '../../src/state/resource.ts'
import { reference } from '../../src/state/value.ts'
import { change } from '../render/builders.ts'

/** Which ids and names are known while a plan is carried out. */

const live = (kind: string, id: string, name: string): Live => ({
  kind,
  id,
  name,
  fields: {},
  wire: { id, name },
  uses: [],
  changed: {},
  partial: false
})
const organization = { id: 'o', name: 'O' }
const observed: LiveState = {
  organization,
  kinds: ['box', 'lid'],
  resources: [live('box', 'b1', 'A'), live('box', 'b2', 'B'), live('lid', 'l1', 'A')]
}
const made = change({ action: 'create', kind: 'box', name: 'N' })
const kept = change({ action: 'none', kind: 'box', name: 'A', id: 'b1' })
const renamed = change({ action: 'rename', kind: 'box', name: 'C', id: 'b2' })
const gone = change({ action: 'delete', kind: 'lid', name: 'A', id: 'l1' })
const user = change({ action: 'update', kind: 'lid', name: 'L', id: 'l2', ids: { 'box "far"': 'b9' } })
const open = () =>
  openKnowledge(
    { organization, changes: [made, kept, renamed, gone, user], unmanaged: [], noLongerDeclared: [] },
    observed,
    '2025-09-18'
  )

describe('the id of a reference', () => {
  test('is its own, that of the change, or that of what is in the plan', () => {
    const { idOf } = open()
    expect(idOf(user, { ...reference('box', 'A'), id: 'own' })).toBe('own')
    expect(idOf(user, reference('box', 'far'))).toBe('b9')
    expect(idOf(gone, reference('box', 'far'))).toBeUndefined()
    expect(idOf(user, reference('box', 'A'))).toBe('b1')
    expect(idOf(user, reference('box', 'C'))).toBe('b2')
    expect(idOf(user, reference('box', 'B'))).toBeUndefined()
    expect(idOf(user, reference('lid', 'A'))).toBe('l1')
    expect(idOf(user, { $ref: 'box' })).toBeUndefined()
  })

  test('of what is to be created is known once that is created; before, nothing is made of it', () => {
    const knowledge = open()
    expect(knowledge.idOf(user, reference('box', 'N'))).toBeUndefined()
    expect(() => knowledge.toWire(user).id(reference('box', 'N'))).toThrow('box N has no id yet')
    expect(() => knowledge.toWire(user).id({ $ref: 'box' })).toThrow(/^box {2}has no id yet$/)
    knowledge.learn(made, { id: 'b3', name: 'N' })
    expect(knowledge.idOf(user, reference('box', 'N'))).toBe('b3')
    expect(knowledge.toWire(user).id(reference('box', 'N'))).toBe('b3')
  })
})

test('names are those of the last answers', () => {
  const knowledge = open()
  expect(knowledge.fromWire().reference('box', 'b2')).toEqual({ ...reference('box', 'B'), id: 'b2' })
  knowledge.learn(renamed, { id: 'b2', name: 'C' })
  knowledge.learn(made, { id: 'b3', name: 'N' })
  const { wire, reference: named, version } = knowledge.fromWire()
  expect(wire('box')).toEqual([
    { id: 'b1', name: 'A' },
    { id: 'b2', name: 'C' },
    { id: 'b3', name: 'N' }
  ])
  expect(wire('lid')).toEqual([{ id: 'l1', name: 'A' }])
  expect(named('box', 'b2')).toEqual({ ...reference('box', 'C'), id: 'b2' })
  expect(version).toBe('2025-09-18')
})

test('what is made for a create is told from what is made for an update', () => {
  const { toWire } = open()
  expect([made, user, renamed, kept].map((one) => toWire(one).creating)).toEqual([
    true,
    false,
    false,
    false
  ])
  expect(toWire(made).version).toBe('2025-09-18')
})
