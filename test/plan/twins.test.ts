import { describe, expect, test, vi } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import { fingerprint } from '../../src/plan/fingerprint.ts'
import { diff } from '../../src/plan/diff.ts'
import { match } from '../../src/plan/match.ts'
import { decide } from '../../src/plan/decide.ts'
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts'
import type { Desired, LiveState } from '../../src/state/resource.ts'
import { at } from '../render/builders.ts'
import { kindNamed } from '../support/exchange.ts'
import { declared, removed, service } from './world.ts'

/** Two live resources of one name are a stop that says all that tells them apart, and advice that works. */

const one = '248df4b7-aa70-47b8-a036-33ac447e668d'
const two = '5b2a6d0e-0000-4000-8000-000000000002'

function twins(resources: Desired[], live: LiveState): Diagnostic[] {
  return match({ workspace: {}, resources, removed: [] }, live, kinds).problems.filter(
    ({ code }) => code === 'P401'
  )
}

const users = (connection: string) =>
  declared('model', 'Users', { connection, configuration: { table: 'users' }, fields: ['id'] })
const live = (
  name: string,
  id: string,
  connection: string,
  table: string
): Parameters<typeof service>[0] => [
  'model',
  name,
  id,
  { connection_id: connection, configuration: { table }, fields: [{ name: 'id' }] }
]
const connections: Parameters<typeof service> = [
  ['connection', 'E', 'e', { type: { id: 'csv' } }],
  ['connection', 'F', 'f', { type: { id: 'csv' } }]
]

describe('P401 says which of them the files describe', () => {
  test('by what it uses', () => {
    const state = service(...connections, live('Users', one, 'f', 'a'), live('Users', two, 'e', 'b'))
    expect(twins([users('E')], state)).toMatchObject([
      {
        notes: [
          `live: ${one}  used by 0`,
          `live: ${two}  used by 0  only this one uses connection "E", as the file says`,
          expect.anything()
        ],
        help: [expect.stringContaining(`if it is this one, pin it with \`id: ${two}\``), expect.anything()]
      }
    ])
  })

  test('by being equal, where both use the same', () => {
    const state = service(
      ...connections,
      live('Users', one, 'e', 'other'),
      live('Users', two, 'e', 'users')
    )
    const [found] = twins([users('E')], state)
    expect(found?.notes[1]).toBe(`live: ${two}  used by 0  this one is as the file says`)
  })

  test('and says nothing where both fit alike, or neither does', () => {
    const both = service(...connections, live('Users', one, 'e', 'users'), live('Users', two, 'e', 'users'))
    const none = service(...connections, live('Users', one, 'f', 'users'), live('Users', two, 'f', 'users'))
    for (const state of [both, none])
      expect(twins([users('E')], state)).toMatchObject([
        {
          notes: [`live: ${one}  used by 0`, `live: ${two}  used by 0`, expect.anything()],
          help: [expect.stringContaining('pin one with'), expect.anything()]
        }
      ])
  })
})

describe('P401 counts users only where all were read', () => {
  const user = [
    'sync',
    'S',
    's',
    { target: {}, fields: [{ source: { model_id: one, field: 'id' } }] }
  ] as const
  const state = service(...connections, live('Users', one, 'e', 'a'), live('Users', two, 'e', 'b'), [
    ...user
  ])
  const notes = (read: LiveState): string[] => twins([users('E')], read)[0]!.notes

  test('all of them', () => {
    expect(notes(state)[0]).toBe(`live: ${one}  used by 1`)
  })

  test('at least so many, or nothing at all', () => {
    const partly = { ...state, kinds: ['connection', 'model'] }
    expect(notes(partly).slice(0, 2)).toEqual([`live: ${one}  used by at least 1`, `live: ${two}`])
  })
})

describe('P401 of what is built in', () => {
  const state = service(['role', 'Admin', one], ['role', 'admin', two])
  state.resources[0]!.readOnly = { because: 'it comes with the service', nameOnly: true }

  test('advises nothing that is refused', () => {
    const [found] = twins([declared('role', 'Admin')], state)
    expect(found?.notes).toContain(`live: ${one}  built in  used by 0`)
    expect(found?.help.join()).not.toContain(one)
    const pinned = declared('role', 'Admin', {}, { id: two })
    expect(found?.help[0]).toContain(`id: ${two}`)
    expect(twins([pinned], state)).toEqual([])
    expect(decide({ workspace: {}, resources: [pinned], removed: [] }, state, kinds).ok).toBe(true)
  })

  test('names either by its id where it is only referred to', () => {
    const user = (role: string) => declared('user', 'a@b.test', { roles: [role] })
    const [found] = twins([user('ADMIN')], state)
    expect(found?.help).toEqual([
      `write the id of the one that is meant, such as \`${two}\`, or rename one of them in the service`
    ])
    expect(twins([user(two)], state)).toEqual([])
  })
})

test('P401 of what is to go says to list its id', () => {
  const state = service(['connection', 'A', one], ['connection', 'A', two])
  const gone = (name: string) =>
    decide({ workspace: {}, resources: [], removed: [removed('connection', name)] }, state, kinds)
  const stopped = gone('A')
  expect(stopped.problems).toMatchObject([
    { help: [`list the id of the one that is to go under \`removed:\`, such as \`${one}\``] }
  ])
  expect(gone(one).ok).toBe(true)
})

test('pairing a list makes the text of each item once', () => {
  const kind = kindNamed('sync')
  const context = { idOf: () => 'x', spanAt: () => at('configs/a.yaml', 1) }
  const sync = (size: number) =>
    kind.fromYaml({
      model: 'M',
      fields: Array.from({ length: size }, (_, index) => ({
        source: `f${index}`,
        target: `t${index * 7919}`
      }))
    })
  const texts = (size: number, compare: (a: object) => void): number => {
    const fields = sync(size)
    const spy = vi.spyOn(JSON, 'stringify')
    try {
      compare(fields)
      return spy.mock.calls.length
    } finally {
      spy.mockRestore()
    }
  }
  const compare = [
    (fields: object) => void diff(kind.fields, { ...fields }, { ...fields }, context),
    (fields: object) => void fingerprint(kind, { ...fields }, { ...fields }, context)
  ]
  for (const one of compare) {
    const [n, twice, fourTimes] = [64, 128, 256].map((size) => texts(size, one)) as [number, number, number]
    expect(twice).toBeLessThanOrEqual(2 * n)
    expect(fourTimes).toBeLessThanOrEqual(4 * n)
  }
})
