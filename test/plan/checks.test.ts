import { describe, expect, test } from 'vitest'
import type { Kind, Kinds } from '../../src/kinds/kind.ts'
import { checkPlan, type Ask } from '../../src/plan/checks.ts'
import { decide } from '../../src/plan/decide.ts'
import type { ChangeDetails } from '../../src/plan/details.ts'
import type { Change } from '../../src/plan/plan.ts'
import type { Inquiry, PlannedResource } from '../../src/state/question.ts'
import type { Desired, LiveState } from '../../src/state/resource.ts'
import { reference } from '../../src/state/value.ts'
import { at, change, changed, diagnostic, plan } from '../render/builders.ts'
import { kindNamed } from '../support/exchange.ts'
import { gadget } from '../support/small-kind.ts'
import { declared, partApi, service } from './world.ts'

/** A kind that asks for two objects, the second once it knows the first. */
function kinds(seen: string[]): Kinds {
  const model: Kind = {
    ...kindNamed('model'),
    checks({ address }: PlannedResource, { ask }: Inquiry) {
      const at = {
        kind: 'connection',
        id: address.includes('Slow') ? 'slow' : 'fast',
        address: 'connection'
      }
      const first = ask({ about: 'target', at, object: 'first' })
      if (!first) return []
      const second = ask({ about: 'target', at, object: 'second' })
      seen.push(`${address} ${first.ok} ${second?.ok}`)
      if (!second) return []
      return second.ok ? [] : [{ unasked: at, why: second.words }]
    }
  }
  return { managed: [kindNamed('connection'), model] }
}

const live = service(['connection', 'C', 'c'])
const item = { connection: 'C', configuration: {} }
const resources = ['Slow', 'Fast', 'Other'].map((name) => declared('model', name, item))
const desired = { workspace: {}, resources, removed: [] }

test('R39: each check waits for its own answers only, and equal questions are one', async () => {
  const seen: string[] = []
  const all = kinds(seen)
  const decision = decide(desired, live, all)
  if (!decision.ok) throw new Error('no plan')
  const questions: string[] = []
  const release = Promise.withResolvers<void>()
  const ask: Ask = async (question) => {
    const text = `${question.at.id} ${'object' in question ? question.object : ''}`
    questions.push(text)
    // What is slow is answered when all others know everything.
    if (question.at.id === 'slow') await release.promise
    if (text === 'fast second') setTimeout(() => release.resolve(), 5)
    return { ok: false, refused: false, words: 'down' }
  }
  const { problems } = await checkPlan({ plan: decision.value, desired, observed: live, kinds: all }, ask)
  expect(questions).toEqual(['fast first', 'slow first', 'fast second', 'slow second'])
  expect(problems.map(({ code, severity, notes }) => [code, severity, notes])).toEqual([
    ['P428', 'warning', ['down', '2 resources are concerned']],
    ['P428', 'warning', ['down']]
  ])
})

test('R39: what stays as it is, or goes, is not checked', async () => {
  const seen: string[] = []
  const all = kinds(seen)
  const there = service(
    ['connection', 'C', 'c'],
    ['model', 'Slow', 'm', { connection_id: 'c', configuration: {} }]
  )
  const same = { ...desired, resources: [resources[0]!], removed: [] }
  const decision = decide(same, there, all)
  if (!decision.ok) throw new Error('no plan')
  expect(decision.value.changes.map(({ action }) => action)).toEqual(['none'])
  const ask: Ask = () => Promise.reject(new Error('nothing is to be asked'))
  expect(
    await checkPlan({ plan: decision.value, desired: same, observed: there, kinds: all }, ask)
  ).toEqual({ problems: [] })
})

describe('what a check is told', () => {
  /** A kind whose checks are these. */
  const kindWith = (checks: NonNullable<Kind['checks']>, more: Partial<Kind> = {}): Kinds => ({
    managed: [
      { ...gadget, checks, ...more },
      { ...gadget, name: 'part', section: 'parts', api: partApi }
    ]
  })
  const world: LiveState = {
    organization: { id: 'o', name: 'Acme' },
    kinds: ['gadget', 'part'],
    resources: ['g1', 'G2', 'g3'].map((id) => ({
      kind: 'gadget',
      name: `live ${id}`,
      id,
      wire: {},
      fields: { id },
      uses: [],
      changed: {},
      partial: false
    }))
  }
  const unanswered: Ask = () => Promise.reject(new Error('nothing is to be asked'))
  const declaration = (name: string): Desired => ({
    ...declared('model', name, item),
    kind: 'gadget',
    spanAt: (path) => at(`a.yaml/${path.join('/')}`, 1)
  })

  async function checked(
    changes: Change[],
    checks: NonNullable<Kind['checks']>,
    { ask = unanswered, declarations = [] as Desired[] } = {}
  ) {
    const wanted = { workspace: {}, resources: declarations, removed: [] }
    const checkable = { plan: plan(changes), desired: wanted, observed: world, kinds: kindWith(checks) }
    return (await checkPlan(checkable, ask)).problems
  }

  const update = (name: string, id: string, more: Partial<ChangeDetails> = {}) =>
    change({ action: 'update', kind: 'gadget', name, id, ...more })

  test('R39: its resource as it will be, and what others stand for: planned, live or nothing', async () => {
    const seen: Record<string, unknown> = {}
    const changes = [
      update('A', 'G1', {
        wanted: { a: 1 },
        fields: [changed(['a', 'b'], 1, 2)],
        ids: { 'gadget "old"': 'g2' }
      }),
      change({
        action: 'create',
        kind: 'gadget',
        name: 'New',
        wanted: { n: 1 },
        ids: { 'gadget "C"': 'g3' }
      }),
      update('B', 'g2', { wanted: { b: 1 } }),
      change({ action: 'none', kind: 'gadget', name: 'Same', id: 'g9' }),
      change({ action: 'delete', kind: 'gadget', name: 'live g3', id: 'g3' })
    ]
    await checked(changes, (resource, { find }) => {
      seen[resource.address] = resource
      const [old, c] = [
        find(reference('gadget', 'old'), resource),
        find(reference('gadget', 'C'), resource)
      ]
      seen[`${resource.address} finds`] = {
        byItsId: old?.address,
        live: c,
        byName: find(reference('gadget', 'New'), resource)?.address,
        byId: find({ $ref: 'gadget', id: 'G2' }, resource)?.address,
        unchanged: find({ $ref: 'gadget', name: 'Same' }, resource)?.address,
        otherKind: find({ $ref: 'part', id: 'g2' }, resource),
        nothing: [find('text', resource), find(undefined, resource), find({ $ref: 'gadget' }, resource)]
      }
      return []
    })
    const [g1, g2, g3] = world.resources
    expect(seen['gadget "A"']).toEqual({
      kind: 'gadget',
      address: 'gadget "A"',
      wanted: { a: 1 },
      live: g1,
      differs: new Set(['a'])
    })
    expect(seen['gadget "New"']).toEqual({
      kind: 'gadget',
      address: 'gadget "New"',
      wanted: { n: 1 },
      differs: new Set()
    })
    expect(seen['gadget "B"']).toMatchObject({ live: g2 })
    const alike = { byName: 'gadget "New"', byId: 'gadget "B"', unchanged: 'gadget "Same"' }
    const nothing = [undefined, undefined, undefined]
    expect(seen['gadget "A" finds']).toEqual({ ...alike, byItsId: 'gadget "B"', nothing })
    const deleted = { kind: 'gadget', address: 'gadget "live g3"', live: g3, differs: new Set() }
    expect(seen['gadget "New" finds']).toEqual({ ...alike, live: deleted, nothing })
    // What stays, and what goes, is checked by nobody.
    expect(Object.keys(seen)).toHaveLength(6)
  })

  test('R39: the names of fields that the same plan adds to what is looked into', async () => {
    const part = (name: string, id: string, names: string[]) =>
      change({
        action: 'create',
        kind: 'part',
        name,
        wanted: { names, of: { $ref: 'gadget', id }, and: 'text' }
      })
    const seen: unknown[] = []
    const changes = [
      update('A', 'g1'),
      part('P', 'g1', ['x', 'y']),
      part('Q', 'G1', ['z']),
      part('R', 'none', ['w'])
    ]
    await checked(changes, (_resource, { addedTo }) => {
      const parent = (id: string) => ({ kind: 'gadget', id, address: '' })
      seen.push(addedTo(parent('G1')), addedTo(parent('g2')))
      return []
    })
    expect(seen).toEqual([['x', 'y', 'z'], []])
  })

  test('R39: similar names; the candidates of a scope are listed once for all', async () => {
    const seen: unknown[] = []
    let lists = 0
    const names = (all: string[]) => () => ((lists += 1), all)
    await checked([update('A', 'g1'), update('B', 'g2')], (_resource, { similar }) => {
      seen.push(
        similar('Emial', 'one', names(['Email', 'Phone'])),
        similar('Emial', 'other', names(['Phone']))
      )
      return []
    })
    expect(seen).toEqual([['Email'], [], ['Email'], []])
    expect(lists).toBe(2)
  })

  test('R39: a mistake is told at its path, as an error unless it may be meant', async () => {
    const wrong = { path: ['a', 0], code: 'P425', message: 'm', label: 'l' } as const
    const problems = await checked(
      [update('A', 'g1'), update('Elsewhere', 'g2')],
      ({ address }) =>
        address.includes('A')
          ? [wrong, { ...wrong, severity: 'warning', notes: ['n'], help: ['h'] }]
          : [wrong],
      { declarations: [declaration('A')] }
    )
    const labels = [{ span: at('a.yaml/a/0', 1), text: 'l' }]
    expect(problems).toEqual([
      diagnostic({ code: 'P425', message: 'm', labels }),
      diagnostic({ code: 'P425', severity: 'warning', message: 'm', labels, notes: ['n'], help: ['h'] }),
      diagnostic({ code: 'P425', message: 'm', labels: [{ span: update('', '').span, text: 'l' }] })
    ])
  })

  test('R39: what cannot be asked is one warning for each place, at the first who wanted to know', async () => {
    const of = (id: string, why: string) => ({
      unasked: { kind: 'gadget', id, address: `gadget ${id}` },
      why
    })
    const problems = await checked(
      [
        update('A', 'g1', { span: at('a.yaml', 1) }),
        update('B', 'g2', { span: at('a.yaml', 2) }),
        update('C', 'g3', { span: at('a.yaml', 3) })
      ],
      ({ address }) =>
        address.includes('A')
          ? [of('x', 'down'), of('x', 'down'), of('X', 'slow'), of('x', 'late'), of('x', 'late')]
          : address.includes('B')
            ? [of('x', 'down')]
            : [of('y', 'down'), of('y', 'down')]
    )
    const reported = (address: string, line: number, notes: string[]) =>
      diagnostic({
        code: 'P428',
        severity: 'warning',
        message: `not all can be checked that is said of ${address}`,
        labels: [{ span: at('a.yaml', line), text: 'mistakes in this show only when it is applied' }],
        notes
      })
    expect(problems).toEqual([
      reported('gadget x', 1, ['down', 'and 2 more of the kind', '2 resources are concerned']),
      reported('gadget y', 3, ['down'])
    ])
  })

  test('R39: questions are equal whatever the order of their parts and the case of ids', async () => {
    const asked: unknown[] = []
    const at = (id: string) => ({ kind: 'gadget', id, address: id })
    const ask: Ask = async (question) => {
      asked.push(question)
      return { ok: false, refused: true, words: 'no' }
    }
    await checked(
      [update('A', 'g1')],
      (_resource, inquiry) => {
        inquiry.ask({ about: 'source', at: at('a'), chosen: { x: '1', y: '2' } })
        inquiry.ask({ chosen: { y: '2', x: '1' }, at: at('A'), about: 'source' })
        inquiry.ask({ about: 'source', at: at('b'), chosen: { x: '1', y: '2' } })
        inquiry.ask({ about: 'source', at: at('a'), chosen: { x: '1' } })
        inquiry.ask({ about: 'source fields', at: at('a'), chosen: { x: '1' } })
        return []
      },
      { ask }
    )
    expect(asked).toHaveLength(4)
  })
})
