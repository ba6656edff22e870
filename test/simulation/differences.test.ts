import { expect, test } from 'vitest'
import { differences } from './differences.ts'
import type { Scene } from './scene.ts'
import type { Declared, World } from './world.ts'

/** What the judge itself takes for a difference. */

const place = 'connection-id/schemas/public.users'
const field = { id: 'a', label: 'B', type: 'string' }
const item = { connection: 'Source', schema: 'public.users', fields: [field] }
const declared: Declared = { kind: 'schema_fields', name: 'Source public.users', item, was: 0 }
const scene: Pick<Scene, 'ids' | 'expected'> & { world: Pick<World, 'live'> } = {
  world: { live: [{ ...declared, item: { ...item, fields: [{ ...field, path: '$.a' }] } }] },
  ids: [place],
  expected: new Map([[declared, { ...item, fields: [{ ...field, path: '$.a' }] }]])
}

test.each([
  ['gone with its connection, it was made as the files say', ['connection-id'], field, []],
  ['nobody took it away', [], field, [expect.stringContaining('"path":"$.a"')]],
  [
    'made anew in another way than the files say',
    ['connection-id'],
    { ...field, label: 'C' },
    [expect.stringContaining('"label":"C"')]
  ]
])('what no file says may be missing of a schema field; %s', (_why, deleted, found, expected) => {
  const there = { ...declared, id: place, fields: { ...item, fields: [found] }, wire: {} }
  const ids = new Set(deleted)
  expect(differences(scene as Scene, declared, there, { ids, deleted: ids })).toEqual(expected)
})
