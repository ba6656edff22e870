import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import { match } from '../../src/plan/match.ts'
import type { Desired, LiveState } from '../../src/state/resource.ts'
import { declared, service } from './world.ts'

const one = '248df4b7-aa70-47b8-a036-33ac447e668d'
const two = '5b2a6d0e-0000-4000-8000-000000000002'

function matched(resources: Desired[], live: LiveState): (string | undefined)[] {
  const { match: found, problems } = match({ workspace: {}, resources, removed: [] }, live, kinds)
  return problems.length > 0
    ? problems.map(({ code }) => code)
    : resources.map((resource) => found.liveOf(resource)?.id)
}

const connection = (name: string, more = {}) => declared('connection', name, { type: 'mongodb' }, more)

describe('R1', () => {
  test('R1: a resource is found by its exact name, among its kind', () => {
    const live = service(['connection', 'a', one], ['model', 'A', two])
    expect(matched([connection('a'), connection('A')], live)).toEqual([one, undefined])
  })

  test('R1: a pin decides, whatever the name', () => {
    const live = service(['connection', 'a', one], ['connection', 'b', two])
    expect(matched([connection('a', { id: two })], live)).toEqual([two])
    expect(matched([connection('a', { id: two.toUpperCase() })], live)).toEqual([two])
  })

  test('R1: a pin to nothing, or to another kind, is a problem', () => {
    expect(matched([connection('a', { id: two })], service(['connection', 'a', one]))).toEqual(['P404'])
    expect(matched([connection('a', { id: two })], service(['model', 'a', two]))).toEqual(['P404'])
  })

  test('R1: a former name is tried where the name is not there, and is harmless once it is', () => {
    const wanted = [connection('new', { renamedFrom: ['old', 'older'] })]
    expect(matched(wanted, service(['connection', 'older', one]))).toEqual([one])
    expect(matched(wanted, service(['connection', 'old', two], ['connection', 'older', one]))).toEqual([
      two
    ])
    expect(matched(wanted, service(['connection', 'new', one], ['connection', 'old', two]))).toEqual([one])
    expect(matched(wanted, service())).toEqual([undefined])
  })

  test('R1: two declared resources are never one live one', () => {
    const live = service(['connection', 'old', one])
    expect(
      matched([connection('a', { renamedFrom: ['old'] }), connection('b', { renamedFrom: ['old'] })], live)
    ).toEqual(['P405'])
    expect(matched([connection('a', { id: one }), connection('b', { id: one })], live)).toEqual(['P405'])
  })

  test('R1: names of policies match in any case', () => {
    const live = service(['policy', 'Admin', one], ['connection', 'C', two, { type: { id: 'mongodb' } }])
    const wanted = declared('connection', 'C', { type: 'mongodb', policies: ['ADMIN'] })
    expect(matched([wanted], live)).toEqual([two])
    const { match: found } = match({ workspace: {}, resources: [wanted], removed: [] }, live, kinds)
    expect(found.idOf({ $ref: 'policy', name: 'aDMIN' })).toBe(one)
    expect(found.idOf({ $ref: 'model', name: 'ADMIN' })).toBeUndefined()
  })
})

describe('R2', () => {
  test('R2: two live resources of a name are a stop that lists them', () => {
    const live = service(
      ['connection', 'a', two],
      ['connection', 'a', one, { created_at: '2024-01-02T00:00:00Z' }],
      ['model', 'm', 'x', { connection_id: one }]
    )
    live.resources[1]!.createdAt = '2024-01-02T00:00:00Z'
    const { problems } = match({ workspace: {}, resources: [connection('a')], removed: [] }, live, kinds)
    expect(problems).toMatchObject([
      {
        code: 'P401',
        notes: [
          `live: ${one}  created 2024-01-02 00:00:00  used by 1`,
          `live: ${two}  used by 0`,
          expect.anything()
        ],
        help: [expect.stringContaining(one), expect.stringContaining('removed:')]
      }
    ])
  })

  test('R2: what a pin gives to another is no candidate', () => {
    const live = service(['connection', 'a', one], ['connection', 'a', two])
    expect(matched([connection('a', { id: one })], live)).toEqual([one])
    expect(matched([connection('a'), connection('b', { id: one })], live)).toEqual([two, one])
    expect(matched([connection('b', { id: one }), connection('a')], live)).toEqual([one, two])
    // With only one there, it is renamed, and the other is made anew.
    expect(
      matched([connection('a'), connection('b', { id: one })], service(['connection', 'a', one]))
    ).toEqual([undefined, one])
  })

  test('R2: an ambiguous former name is a stop too', () => {
    expect(
      matched(
        [connection('a', { renamedFrom: ['b'] })],
        service(['connection', 'b', one], ['connection', 'b', two])
      )
    ).toEqual(['P401'])
  })

  test('R2: a reference to one of two is a stop, unless one of them is declared by that name', () => {
    const live = service(['connection', 'a', one], ['connection', 'a', two])
    const user = declared('model', 'm', { connection: 'a', configuration: {} })
    expect(matched([user], live)).toEqual(['P401'])
    expect(matched([user, connection('a', { id: one })], live)).toEqual([undefined, one])
    expect(matched([user, connection('b', { id: one })], live)).toEqual([undefined, one])
  })
})

describe('references', () => {
  const model = (name: string) => declared('model', 'm', { connection: name, configuration: {} })

  test('one may name what is declared, what is live, or an id', () => {
    expect(matched([model('a'), connection('a')], service())).toEqual([undefined, undefined])
    expect(matched([model('a')], service(['connection', 'a', one]))).toEqual([undefined])
    expect(matched([model(one)], service(['connection', 'a', one]))).toEqual([undefined])
    expect(matched([model(one)], service())).toEqual([undefined])
  })

  test('one that names nothing is a problem, with similar names', () => {
    const live = service(['connection', 'Postgres', one])
    const { problems } = match({ workspace: {}, resources: [model('Postgers')], removed: [] }, live, kinds)
    expect(problems).toMatchObject([{ code: 'P402', help: [expect.stringContaining('`Postgres`')] }])
  })

  test('a name that the files take away is none: applied, they would mean nothing', () => {
    const renamed = { ...connection('b'), lifecycle: { ...connection('b').lifecycle, renamedFrom: ['a'] } }
    expect(matched([model('a'), renamed], service(['connection', 'a', one]))).toEqual(['P402'])
    expect(
      matched([model('a'), { ...connection('b'), id: one }], service(['connection', 'a', one]))
    ).toEqual(['P402'])
  })

  test('an id of another kind is none', () => {
    expect(matched([model(one)], service(['model', 'x', one]))).toEqual(['P402'])
  })

  test('one is still to be made has no id, even where something else had its name', () => {
    const { match: found } = match(
      { workspace: {}, resources: [model('a'), connection('a')], removed: [] },
      service(),
      kinds
    )
    expect(found.idOf({ $ref: 'connection', name: 'a' })).toBeUndefined()
    expect(found.idOf({ $ref: 'connection', name: 'b', id: 'known' })).toBe('known')
  })
})

test('a reference that is nearly the name of what is declared is told so', () => {
  const wanted = [
    declared('connection', 'C', { type: 'mongodb', policies: ['Stewerds'] }),
    declared('policy', 'Stewards', { policy_actions: [] })
  ]
  const { problems } = match({ workspace: {}, resources: wanted, removed: [] }, service(), kinds)
  expect(problems.map(({ help }) => help)).toEqual([['a policy with a similar name exists: `Stewards`']])
})
