import { describe, expect, test } from 'vitest'
import { bulkSync } from '../../src/kinds/bulk-sync.ts'
import type { Kind, Kinds } from '../../src/kinds/kind.ts'
import { declaredImpact, withImpacts } from '../../src/plan/impact.ts'
import { match } from '../../src/plan/match.ts'
import type { Change, FieldChange } from '../../src/plan/plan.ts'
import type { Live, LiveState } from '../../src/state/resource.ts'
import type { JsonObject } from '../../src/state/value.ts'
import { added, at, change, changed } from '../render/builders.ts'
import { gadget } from '../support/small-kind.ts'

/** What the change of one field of a bulk sync does. */
function effectOf(path: string[], parts: Partial<FieldChange> = {}, wanted: JsonObject = {}): string {
  const field: FieldChange = { path, how: 'changed', span: at('a.yaml', 1), ...parts }
  const effect = declaredImpact(bulkSync, path.length === 0 ? 'create' : 'update', path)?.effect
  return typeof effect === 'function' ? effect(field, wanted) : (effect ?? 'not declared')
}

test('what a bulk sync copies decides what the change of a schema does', () => {
  const contact = ['schemas', '[Contact]']
  expect(effectOf(contact, { how: 'added' })).toBe('other records')
  expect(effectOf(contact, { how: 'removed' })).toBe('other records')
  expect(effectOf([...contact, 'filters', '[Status]'])).toBe('other records')
  expect(effectOf([...contact, 'fields', '[Email]'], { how: 'removed' })).toBe('no longer written')
  expect(effectOf([...contact, 'fields', '[Email]'], { how: 'added' })).toBe('other values')
  expect(effectOf([...contact, 'fields', '[Email]', 'obfuscate'])).toBe('other values')
  expect(effectOf([...contact, 'user_output_name'])).toBe('writes everything again')
  expect(effectOf([...contact, 'tracking_field'])).toBe('unknown')
})

test('another place to write to has none of the tables; other settings nobody knows', () => {
  expect(effectOf(['destination', 'connection'])).toBe('writes everything again')
  expect(effectOf(['destination', 'configuration', 'schema'])).toBe('writes everything again')
  expect(effectOf(['destination', 'configuration', 'advanced', 'hard_deletes'])).toBe('unknown')
  expect(effectOf(['source', 'connection'])).toBe('reads something else')
})

test('a default schedule is compared by how often it runs, and its parts only move it', () => {
  const frequency = { before: 'daily', after: 'hourly' }
  const path = ['default_schedule', 'frequency']
  expect(effectOf(path, frequency)).toBe('runs more often')
  expect(effectOf(path, { before: 'daily', after: 'manual' })).toBe('runs less often')
  const daily = { default_schedule: { frequency: 'daily' } }
  expect(effectOf(['default_schedule', 'minute'], {}, daily)).toBe('none')
  expect(effectOf(['additional_schedules', '[Contact]', 'minute'], {}, daily)).toBe('unknown')
  // Parts go along with the frequency that had them.
  const manual = { default_schedule: { frequency: 'manual' } }
  expect(effectOf(['default_schedule', 'minute'], { how: 'removed' }, manual)).toBe('none')
  const custom = { default_schedule: { frequency: 'custom' } }
  expect(effectOf(['default_schedule', 'day_of_week'], { how: 'removed' }, custom)).toBe('unknown')
})

test('a bulk sync that is made inactive copies nothing yet', () => {
  expect(effectOf([], {}, { active: false })).toBe('none')
  expect(effectOf([])).toBe('first run')
  expect(effectOf(['active'], { after: false })).toBe('stops')
})

describe('R22: the impacts of a change', () => {
  const kinds: Kinds = {
    managed: [
      {
        ...gadget,
        fields: { color: { class: 'owned', rule: { is: 'scalar' } } },
        impacts: {
          create: { effect: 'first run', because: 'it is new' },
          delete: { effect: 'stops', because: 'it goes', reaches: true },
          rename: { effect: 'none', because: 'it has another name' },
          fields: {
            color: { effect: 'other values', because: 'colours differ', reaches: true },
            shade: { effect: 'other values', because: 'colours differ', reaches: true },
            size: {
              effect: ({ after }, { limit }) => (after === limit ? 'none' : 'other records'),
              because: 'sizes differ',
              parts: { 'in.mm': { effect: 'runs more often', because: 'millimetres differ' } }
            }
          }
        }
      },
      user('gadget_box', 'gadget'),
      user('shelf', 'gadget_box'),
      user('lone_thing', 'shelf'),
      user('other', 'lamp')
    ]
  }

  /** A kind that refers to one other. */
  function user(name: string, used: string): Kind {
    const rule = { is: 'reference', kind: used } as const
    return { ...gadget, name, section: `${name}s`, fields: { of: { class: 'owned', rule } } }
  }

  const nobody: LiveState = { organization: { id: 'o', name: 'Acme' }, resources: [], kinds: [] }
  const thing = (kind: string, id: string, ...uses: string[]): Live => ({
    kind,
    name: id.toUpperCase(),
    id,
    wire: {},
    fields: {},
    changed: {},
    partial: false,
    uses: uses.map((one) => ({ kind: '', id: one }))
  })
  const g = { kind: 'gadget', name: 'G', id: 'g' }

  function impacts(one: Change, live: LiveState = { ...nobody, kinds: allKinds }, moved: string[] = []) {
    const base = { revision: 'r', commit: 'c', resources: [], secretsMoved: moved }
    const found = match({ workspace: {}, resources: [], removed: [] }, live, kinds).match
    return withImpacts([one], { live, kinds, match: found, options: { base } })[0]?.impacts
  }
  const allKinds = ['gadget', 'gadget_box', 'shelf', 'lone_thing', 'other']

  test('of what stays as it is are none; of a whole resource is one, without paths', () => {
    expect(impacts(change({ ...g, action: 'none' }))).toEqual([])
    expect(impacts(change({ ...g, action: 'create', fields: [added(['color'], 'red')] }))).toEqual([
      { effect: 'first run', because: 'it is new', paths: [], reaches: [] }
    ])
    expect(impacts(change({ ...g, action: 'delete' }))).toEqual([
      { effect: 'stops', because: 'it goes', paths: [], reaches: [] }
    ])
  })

  test('are the gravest first; those that differ in their fields alone are one', () => {
    const fields = [
      changed(['size', 'in', 'mm'], 1, 2),
      changed(['shade'], 1, 2),
      changed(['size'], 1, 2),
      changed(['nobody', 'knows'], 1, 2),
      changed(['color'], 1, 2),
      changed(['size', 'in', 'mm', 'exact'], 1, 2),
      changed(['size', 'in', 'mmm'], 1, 3)
    ]
    const reported = [
      {
        effect: 'unknown',
        because: 'nobody knows what this does to data',
        paths: [['nobody', 'knows']],
        reaches: []
      },
      { effect: 'other records', because: 'sizes differ', paths: [['size']], reaches: [] },
      { effect: 'other values', because: 'colours differ', paths: [['shade'], ['color']], reaches: [] },
      {
        effect: 'runs more often',
        because: 'millimetres differ',
        paths: [
          ['size', 'in', 'mm'],
          ['size', 'in', 'mm', 'exact']
        ],
        reaches: []
      },
      { effect: 'none', because: 'sizes differ', paths: [['size', 'in', 'mmm']], reaches: [] }
    ]
    expect(impacts(change({ ...g, action: 'update', fields, wanted: { limit: 3 } }))).toEqual(reported)
    const renamed = { effect: 'none', because: 'it has another name', paths: [], reaches: [] }
    expect(impacts(change({ ...g, action: 'rename', fields, wanted: { limit: 3 } }))).toEqual([
      ...reported.slice(0, 4),
      renamed,
      reported[4]
    ])
  })

  test('of secrets that are sent again are unknown, also where something else differs', () => {
    const resent = {
      effect: 'unknown',
      because: 'its secrets are sent again: with other ones it may reach another account',
      paths: [],
      reaches: []
    }
    const size = { effect: 'other records', because: 'sizes differ', paths: [['size']], reaches: [] }
    const update = change({ ...g, action: 'update', fields: [changed(['size'], 1, 2)] })
    expect(impacts(change({ ...g, action: 'update' }))).toEqual([resent])
    expect(impacts(update, undefined, ['gadget "G"'])).toEqual([resent, size])
    expect(impacts(update, undefined, ['gadget "H"'])).toEqual([size])
    const renamed = { effect: 'none', because: 'it has another name', paths: [], reaches: [] }
    expect(impacts(change({ ...g, action: 'rename' }), undefined, ['gadget "G"'])).toEqual([
      resent,
      renamed
    ])
    for (const action of ['create', 'delete'] as const)
      expect(impacts(change({ ...g, action }), undefined, ['gadget "G"'])).toHaveLength(1)
  })

  test('reach whatever uses it, directly or through others, and say which kinds were not read', () => {
    const resources = [
      thing('gadget', 'g', 'l'),
      thing('shelf', 's', 'b'),
      thing('gadget_box', 'b', 'g'),
      thing('gadget_box', 'a', 'g'),
      thing('lone_thing', 'l', 's'),
      thing('other', 'o', 'x')
    ]
    const update = change({ ...g, action: 'update', fields: [changed(['color'], 1, 2)] })
    const reaches = ['gadget box "A"', 'gadget box "B"', 'lone thing "L"', 'shelf "S"']
    expect(impacts(update, { ...nobody, resources, kinds: allKinds })).toMatchObject([
      { because: 'colours differ', reaches }
    ])
    expect(impacts(update, { ...nobody, resources, kinds: ['gadget', 'gadget_box'] })).toMatchObject([
      { because: 'colours differ; not read: lone things, shelfs', reaches }
    ])
    const size = change({ ...g, action: 'update', fields: [changed(['size'], 1, 2)] })
    expect(impacts(size, { ...nobody, resources })).toMatchObject([
      { because: 'sizes differ', reaches: [] }
    ])
  })
})
