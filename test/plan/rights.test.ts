import { describe, expect, test } from 'vitest'
import type { Kind } from '../../src/kinds/kind.ts'
import { foreign, lockedOut, notForThisKey, unhealthy } from '../../src/plan/rights.ts'
import { match } from '../../src/plan/match.ts'
import type { Live, LiveState } from '../../src/state/resource.ts'
import { at, change, changed, diagnostic } from '../render/builders.ts'
import { gadget, smallKinds } from '../support/small-kind.ts'
import { declared, removed, service } from './world.ts'

const nobody: LiveState = { organization: { id: 'o', name: 'Acme' }, resources: [], kinds: [] }

describe('R38: kinds that a key may not manage', () => {
  const guarded: Kind = {
    ...gadget,
    section: 'small_gadgets',
    api: { ...gadget.api, keys: (version) => (version === '2024-02-08' ? ['user', 'partner'] : ['user']) }
  }
  const kinds = { managed: [guarded] }
  const desired = {
    workspace: {},
    resources: [],
    removed: [removed('gadget', 'G'), removed('gadget', 'H')]
  }
  const state = (more: Partial<LiveState>): LiveState => ({ ...nobody, version: '2024-02-08', ...more })

  test('are told once, at the first place that asks for one, with the keys that may', () => {
    expect(notForThisKey(desired, state({ key: 'organization' }), kinds)).toEqual([
      diagnostic({
        code: 'P509',
        message: 'the key of an organization may not manage small gadgets',
        labels: [{ span: removed('gadget', 'G').span, text: 'this needs another key' }],
        notes: ['version 2024-02-08 of the API wants the key of a user, or the key of a partner'],
        help: ['use such a key, or a newer `workspace.api_version`']
      })
    ])
  })

  test.each([
    ['system', 'the key of a deployment'],
    ['partner', 'the key of a partner']
  ] as const)('%s is a class of keys', (key, words) => {
    const [reported] = notForThisKey(desired, state({ key, version: '2025-09-18' }), kinds)
    expect(reported?.message).toBe(`${words} may not manage small gadgets`)
  })

  test('are none for a key that may, or that nobody knows, and where nothing is declared of them', () => {
    expect(notForThisKey(desired, state({ key: 'partner' }), kinds)).toEqual([])
    expect(notForThisKey(desired, state({}), kinds)).toEqual([])
    expect(notForThisKey(desired, { ...nobody, key: 'system' }, kinds)).toEqual([])
    expect(notForThisKey({ ...desired, removed: [] }, state({ key: 'system' }), kinds)).toEqual([])
    expect(notForThisKey(desired, state({ key: 'system' }), smallKinds)).toEqual([])
  })
})

describe('resources of somebody else', () => {
  const live = (readOnly?: Live['readOnly']): LiveState => ({
    ...nobody,
    resources: service(['model', 'M', 'm1']).resources.map((one) => ({
      ...one,
      ...(readOnly && { readOnly })
    }))
  })
  const shared = live({ because: 'it is shared' })
  const builtIn = live({ because: 'it comes with the service', nameOnly: true })
  const model = { kind: 'model', name: 'M', id: 'm1', span: at('a.yaml', 3) }
  const labels = [{ span: at('a.yaml', 3), text: 'this asks for it' }]

  test('cannot be changed; what differs is told, of many the first ten', () => {
    const fields = Array.from({ length: 11 }, (_, index) => changed(['a', `f${index}`], 1, 2))
    expect(foreign([change({ ...model, action: 'update', fields })], shared)).toEqual([
      diagnostic({
        code: 'P510',
        message: 'model "M" cannot be changed: it is shared',
        labels,
        notes: fields.slice(0, 10).map((_, index) => `different: a.f${index}`),
        help: ['write what is there, or change it where it belongs']
      })
    ])
  })

  test('cannot be deleted, and what can only be referred to cannot even be declared', () => {
    const reported = (action: 'delete' | 'none', state: LiveState) =>
      foreign([change({ ...model, action })], state).map(({ message }) => message)
    expect(reported('delete', shared)).toEqual(['model "M" cannot be deleted: it is shared'])
    expect(reported('delete', builtIn)).toEqual(['model "M" cannot be deleted: it comes with the service'])
    expect(reported('none', shared)).toEqual([])
    expect(foreign([change({ ...model, action: 'none' })], builtIn)).toEqual([
      diagnostic({
        code: 'P510',
        message: 'model "M" cannot be declared: it comes with the service',
        labels,
        help: ['remove this: other resources may name it all the same']
      })
    ])
  })

  test('are known by kind and id: others, and what is to be made, are nobody else’s', () => {
    const others = [
      change({ ...model, action: 'create' }),
      change({ ...model, action: 'update', kind: 'sync' }),
      change({ ...model, action: 'update', id: 'm2' })
    ]
    expect(foreign(others, shared)).toEqual([])
    expect(foreign([change({ ...model, action: 'update' })], live())).toEqual([])
  })
})

test('the person whose key is in use is not deleted; others are, and that person may be changed', () => {
  const ada = { kind: 'user', name: 'ada@example.com', id: 'u1', span: at('a.yaml', 3) }
  const self: LiveState = { ...nobody, self: 'u1' }
  expect(lockedOut([change({ ...ada, action: 'delete' })], self)).toEqual([
    diagnostic({
      code: 'P511',
      message: 'user "ada@example.com" is the person whose key this is',
      labels: [{ span: at('a.yaml', 3), text: 'this asks for the deletion' }],
      notes: ['its keys end with it, and nothing more could be done with this one'],
      help: ['declare it, or use the key of somebody else']
    })
  ])
  expect(lockedOut([change({ ...ada, action: 'update' })], self)).toEqual([])
  expect(lockedOut([change({ ...ada, action: 'delete', id: 'u2' })], self)).toEqual([])
  expect(lockedOut([change({ ...ada, action: 'delete' })], nobody)).toEqual([])
})

test('what exists and does not work is told at its declaration, and stops nothing', () => {
  const live = service(['connection', 'C', 'c1'], ['connection', 'D', 'd1'])
  const resources = live.resources.map((one) =>
    one.name === 'C' ? { ...one, unhealthyReason: 'the password is wrong' } : one
  )
  const wanted = ['C', 'D', 'New'].map((name) => declared('connection', name, { type: 'csv' }))
  const desired = { workspace: {}, resources: wanted, removed: [] }
  const kinds = { managed: [] }
  expect(unhealthy(wanted, match(desired, { ...live, resources }, kinds).match)).toEqual([
    diagnostic({
      code: 'P410',
      severity: 'warning',
      message: 'connection "C" does not work: the password is wrong',
      labels: [{ span: wanted[0]!.span, text: 'the service says so' }],
      help: ['look at it in the web page: what uses it fails until it works again']
    })
  ])
})
