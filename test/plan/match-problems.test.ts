import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts'
import type { Kinds } from '../../src/kinds/kind.ts'
import { kinds } from '../../src/kinds/index.ts'
import { ambiguousName, type Chooser } from '../../src/plan/ambiguity.ts'
import { match, type Match } from '../../src/plan/match.ts'
import type { Desired, LiveState, Removed } from '../../src/state/resource.ts'
import { at } from '../render/builders.ts'
import { declared, removed, service } from './world.ts'

/** What is said of names that mean nothing, or more than one thing: each with its places, and what helps. */

const one = '248df4b7-aa70-47b8-a036-33ac447e668d'
const two = '5b2a6d0e-0000-4000-8000-000000000002'

interface Asked {
  live: LiveState
  gone?: Removed[]
  of?: Kinds
  isPlanned?: (resource: Desired) => boolean
}

function reported(resources: Desired[], { live, gone = [], of = kinds, isPlanned }: Asked): Diagnostic[] {
  return match({ workspace: {}, resources, removed: gone }, live, of, { ...(isPlanned && { isPlanned }) })
    .problems
}

function matchOf(resources: Desired[], live: LiveState, gone: Removed[] = []): Match {
  return match({ workspace: {}, resources, removed: gone }, live, kinds).match
}

const place = at('configs/place.yaml', 7)
const connection = (name: string, more = {}) =>
  declared(
    'connection',
    name,
    { type: 'csv' },
    {
      span: at(`configs/${name}.yaml`, 1),
      spanAt: (path: readonly (string | number)[]) => (path.join() === 'id' ? place : at('elsewhere', 1)),
      ...more
    }
  )
const model = (of: string) => declared('model', 'M', { connection: of, configuration: {} })
const use = at('configs/a.yaml', 2)

test('P401: which of several it is, with all that tells them apart', () => {
  const live = service(
    ['connection', 'a', two],
    ['connection', 'a', one],
    ['model', 'm', 'x', { connection_id: two }]
  )
  Object.assign(live.resources[0]!, { createdAt: '2024-01-02T03:04:05.678Z', changed: { by: 'Ada' } })
  expect(reported([connection('a')], { live })).toMatchObject([
    {
      code: 'P401',
      severity: 'error',
      message: 'connection `a` matches 2 live resources',
      labels: [{ span: at('configs/a.yaml', 1), text: 'which of the 2 is this?' }],
      notes: [
        `live: ${one}  used by 0`,
        `live: ${two}  created 2024-01-02 03:04:05  last changed by Ada  used by 1`,
        'names are not unique in the service, so a name alone cannot choose'
      ],
      help: [
        `pin one with \`id: ${one}\`, or rename one of them in the service`,
        'to delete one, list its id under `removed:`'
      ]
    }
  ])
})

test('P401: the order of the service is not that of the candidates', () => {
  const candidates = (...ids: string[]) =>
    reported([connection('a')], {
      live: service(...ids.map((id): [string, string, string] => ['connection', 'a', id]))
    })[0]!.notes
  expect(candidates('1', '2', '3')).toEqual(candidates('3', '1', '2'))
  expect(candidates('1', '2')).toEqual(candidates('2', '1'))
})

test('P401: a former name that two have, and a reference to one of two, are told where they are written', () => {
  const live = service(['connection', 'a', one], ['connection', 'a', two])
  expect(reported([connection('n', { renamedFrom: ['a'] })], { live })).toMatchObject([
    { message: 'connection `a` matches 2 live resources', labels: [{ span: at('configs/n.yaml', 1) }] }
  ])
  expect(reported([model('a')], { live })).toMatchObject([
    { message: 'connection `a` matches 2 live resources', labels: [{ span: use }] }
  ])
})

test('R2: of two with one name, what is removed by its id is not the one that is meant', () => {
  const live = service(['connection', 'a', one], ['connection', 'a', two])
  const wanted = connection('a')
  expect(matchOf([wanted], live, [removed('connection', one.toUpperCase())]).liveOf(wanted)?.id).toBe(two)
  expect(reported([wanted], { live, gone: [removed('connection', 'a')] })).toMatchObject([{ code: 'P401' }])
})

test('P401: what is built in can be named, and nothing else', () => {
  const live = service(['connection', 'a', one], ['connection', 'a', two])
  const candidate = (at: number, nameOnly: boolean) => ({
    live: { ...live.resources[at]!, ...(nameOnly && { readOnly: { because: 'it is', nameOnly } }) },
    usedBy: { found: 0, isComplete: true }
  })
  const helpFor = (chooser: Chooser, ...builtIn: boolean[]): string[] =>
    ambiguousName(
      { kind: 'connection', name: 'a', span: place },
      chooser,
      builtIn.map((nameOnly, index) => candidate(index, nameOnly))
    ).help
  const none = ['what is built in cannot be declared or removed: use another name']
  const rename = 'rename one of them in the service'
  expect(helpFor('declaration', true, true)).toEqual(none)
  expect(helpFor('removal', true, true)).toEqual(none)
  expect(helpFor('reference', true, true)).toEqual([
    `write the id of the one that is meant, such as \`${one}\`, or ${rename}`
  ])
  expect(helpFor('reference', true, false)).toEqual([
    `write the id of the one that is meant, such as \`${two}\`, or ${rename}`
  ])
  expect(helpFor('removal', true, false)).toEqual([
    `list the id of the one that is to go under \`removed:\`, such as \`${two}\``
  ])
  expect(helpFor('declaration', true, false)).toEqual([
    `if it is this one, pin it with \`id: ${two}\`, or use another name: what is built in cannot be declared`,
    'to delete one, list its id under `removed:`'
  ])
})

test('P404: a pin that nothing has', () => {
  expect(
    reported([connection('a', { id: two })], { live: service(['connection', 'a', one]) })
  ).toMatchObject([
    {
      code: 'P404',
      message: 'connection "a" is pinned to an id that no live connection has',
      labels: [{ span: place, text: `${two} is not there` }],
      help: ['remove `id` to match by name, or correct it']
    }
  ])
})

test('P405: two that would be one', () => {
  const live = service(['connection', 'a', one])
  expect(reported([connection('a', { id: one }), connection('b', { id: one })], { live })).toMatchObject([
    {
      code: 'P405',
      message: 'connection "b" and connection "a" are the same live connection',
      labels: [
        { span: at('configs/b.yaml', 1), text: `this is ${one} in the service` },
        { span: at('configs/a.yaml', 1), text: 'and so is this' }
      ],
      help: ['keep one of the two, or correct `id` or `lifecycle.renamed_from`']
    }
  ])
})

test('P405: an exchange of names, which names cannot tell', () => {
  const live = service(['connection', 'a', one], ['connection', 'b', two])
  const spanAt = (path: readonly (string | number)[]) => at(path.join('/'), 3)
  const swapped = (name: string, former: string) => connection(name, { renamedFrom: [former], spanAt })
  expect(reported([swapped('a', 'b'), swapped('b', 'a')], { live })).toMatchObject([
    {
      code: 'P405',
      message: 'connection "a", connection "b": each was another of them, and all are live by these names',
      labels: [
        { span: at('lifecycle/renamed_from', 3), text: `\`b\` is ${two} in the service now` },
        { span: at('lifecycle/renamed_from', 3), text: `\`a\` is ${one} in the service now` }
      ],
      notes: ['whether the names were exchanged already cannot be told from names'],
      help: [
        `to exchange them, pin each: \`id: ${two}\` for \`a\`, \`id: ${one}\` for \`b\``,
        'if that was done already, take `renamed_from` out of them'
      ]
    }
  ])
})

describe('P402: a reference', () => {
  test('to a former name', () => {
    const live = service(['connection', 'a', one])
    expect(reported([model('a'), connection('b', { renamedFrom: ['a'] })], { live })).toMatchObject([
      {
        code: 'P402',
        message: 'model "M" uses connection `a`, which the files rename to `b`',
        labels: [
          { span: use, text: 'this is its former name' },
          { span: at('configs/b.yaml', 1), text: 'here it is renamed' }
        ],
        help: ['write `b`']
      }
    ])
  })

  test('to nothing, where there is something alike, or not', () => {
    const some = service(
      ['connection', 'Postgres', one],
      ['connection', 'Postgrex', two],
      ['model', 'Postgerz', 'm1']
    )
    expect(reported([model('Postgers')], { live: some })).toMatchObject([
      {
        code: 'P402',
        message: 'model "M" uses connection `Postgers`, which is neither declared nor in the service',
        labels: [{ span: use, text: 'no connection has this name' }],
        notes: [],
        help: ['a connection with a similar name exists: `Postgres`, `Postgrex`']
      }
    ])
    expect(reported([model('other')], { live: some })).toMatchObject([
      { notes: [], help: ['declare it, or correct the name'] }
    ])
    expect(reported([model('other')], { live: service(['model', 'x', two]) })).toMatchObject([
      { notes: ['the service has no connection'], help: ['declare it, or correct the name'] }
    ])
  })

  test('is looked at only where its resource is planned', () => {
    expect(reported([model('other')], { live: service(), isPlanned: () => false })).toEqual([])
  })

  test('may be an id in any case, of its kind or of what was not read', () => {
    const live = service(['connection', 'a', one], ['model', 'x', two])
    expect(reported([model(one.toUpperCase())], { live })).toEqual([])
    expect(reported([model(two)], { live })).toMatchObject([{ code: 'P402' }])
    const found = matchOf([], live)
    expect(found.idOf({ $ref: 'connection', name: one.toUpperCase() })).toBe(one)
    expect(found.idOf({ $ref: 'connection', name: 'a' })).toBe(one)
    expect(found.idOf({ $ref: 'connection', name: 'b' })).toBeUndefined()
    expect(found.idOf({ $ref: 'connection' })).toBeUndefined()
  })
})

test('names of what is caseless match in any case, declared or live, and no others', () => {
  const policy = declared('policy', 'Team', {})
  const live = service(['policy', 'TEAM', one], ['connection', 'A', two])
  const found = matchOf([policy, connection('a')], live)
  expect(found.liveOf(policy)?.id).toBe(one)
  expect(found.idOf({ $ref: 'policy', name: 'tEaM' })).toBe(one)
  expect(found.idOf({ $ref: 'connection', name: 'a' })).toBeUndefined()
  expect(found.declaredBy(live.resources[0]!)).toBe(policy)
  expect(found.declaredBy(live.resources[1]!)).toBeUndefined()
})

test('of a kind of which there is one, that one is meant, whatever it is called', () => {
  const webhook = declared('webhook', 'new', { endpoint: 'https://a.test' })
  const live = service(['webhook', 'old', one], ['connection', 'a', two])
  expect(matchOf([webhook], live).liveOf(webhook)?.id).toBe(one)
  const wanted = connection('b')
  expect(matchOf([wanted], live).liveOf(wanted)).toBeUndefined()
  expect(matchOf([webhook], service(['connection', 'a', two])).liveOf(webhook)).toBeUndefined()
})
