import { describe, expect, test } from 'vitest'
import type { Kind } from '../../src/kinds/kind.ts'
import { incoming, misfitOf, outgoing, pathOfAll, pathOfOne } from '../../src/remote/address.ts'
import { fromWireContext } from '../../src/remote/live.ts'
import type { Reader } from '../../src/remote/transport.ts'
import type { Json } from '../../src/state/value.ts'
import { gadget } from '../support/small-kind.ts'
import { waiting } from '../support/waiting.ts'

/** How a kind spells its paths, its bodies and its answers. */

const hook: Kind = { ...gadget, naming: { keys: ['endpoint'], wire: 'endpoint' } }
const derived = (bare: boolean, more: Partial<Kind> = {}): Kind => ({
  ...gadget,
  api: {
    access: 'derived',
    path: '/place',
    id: () => undefined,
    fieldsOf: () => [],
    updates: () => [],
    resets: () => [],
    isReset: () => false,
    ...(bare && { bare })
  },
  ...more
})
const settings = derived(true, { naming: { keys: [], only: 'organization' } })

describe('a body', () => {
  test('has its name under the key of the kind, or no name at all', () => {
    const body = { name: 'A', size: 1 }
    expect(outgoing(gadget, body)).toEqual(body)
    expect(outgoing(hook, body)).toEqual({ endpoint: 'A', size: 1 })
    expect(outgoing(settings, body)).toEqual({ size: 1 })
    expect(outgoing(hook, { size: 1 })).toEqual({ size: 1 })
  })

  test('leaves out what requests of their own write, and only that', () => {
    const followUps = { keys: ['parts'], requests: () => [] }
    const body = { name: 'A', parts: [] }
    const kind = (exclusive: boolean): Kind => ({
      ...gadget,
      api: { ...gadget.api, followUps: exclusive ? { ...followUps, exclusive } : followUps }
    })
    expect(outgoing(kind(true), body)).toEqual({ name: 'A' })
    expect(outgoing(kind(false), body)).toEqual(body)
  })
})

describe('an answer', () => {
  test('has the name that polyctl calls it by, whichever key of it that is', () => {
    const data = { id: 'a', endpoint: 'https://h', name: 'no' }
    expect(incoming(gadget, { data })).toEqual(data)
    expect(incoming(hook, { data })).toEqual({ ...data, name: 'https://h' })
    expect(incoming(hook, { data: { id: 'a' } })).toEqual({ id: 'a', name: '' })
  })

  test('of what is in no list has the id that was asked for, and no name of its own', () => {
    expect(incoming(derived(false), { data: { size: 1 } }, 'p/1')).toEqual({ id: 'p/1', name: '', size: 1 })
    expect(incoming(derived(false), { data: {} })).toEqual({ id: '', name: '' })
    expect(incoming(settings, { size: 1 }, 'p/1')).toEqual({ id: 'p/1', name: 'organization', size: 1 })
  })

  test.each<[Kind, Json | undefined, string]>([
    [gadget, undefined, 'there is no `data` with an id in it'],
    [gadget, { data: [] }, 'there is no `data` with an id in it'],
    [gadget, { data: { id: 1 } }, 'there is no `data` with an id in it'],
    [derived(false), { size: 1 }, 'there is no `data` in it'],
    [derived(true), [], 'it is no mapping'],
    [
      derived(true, { api: { ...derived(true).api, answer: { members: { size: 'text' } } } }),
      { size: [] },
      'the answer.size: a text is expected, and a list is there'
    ],
    [
      { ...gadget, api: { ...gadget.api, answer: { members: { size: 'text' } } } },
      { data: { id: 'a', size: [] } },
      'data.size: a text is expected, and a list is there'
    ]
  ])('that is not understood is none: %#', (kind, body, words) => {
    expect(misfitOf(kind, body)).toBe(words)
    expect(incoming(kind, body, 'a')).toBeUndefined()
  })
})

describe('a path', () => {
  function reader(organization: string | undefined, version: Reader['version'] = '2025-09-18') {
    let asked = 0
    const all: Reader = {
      version,
      get: () => Promise.reject(new Error('nobody asks here')),
      ask: () => Promise.reject(new Error('nobody asks here')),
      async me() {
        asked += 1
        return { ok: true, status: 200, body: { data: { organization_id: organization ?? null } } }
      },
      ...waiting()
    }
    return { reader: all, asked: () => asked }
  }
  const at = (path: string, older = '/older'): Kind => ({
    ...gadget,
    api: { ...gadget.api, path, olderPaths: { '2023-04-25': older } }
  })

  test('is that of the version, and needs to know the organization where that is a part of it', async () => {
    const plain = reader('o/1')
    expect(await pathOfAll(plain.reader, at('/all'))).toEqual({ ok: true, path: '/all' })
    expect(await pathOfOne(plain.reader, at('/all'), 'a b')).toEqual({ ok: true, path: '/all/a%20b' })
    expect(await pathOfOne(plain.reader, derived(false), 'a/b')).toEqual({ ok: true, path: '/place/a/b' })
    expect(plain.asked()).toBe(0)
    const old = reader('o/1', '2023-04-25').reader
    expect(await pathOfAll(old, at('/all'))).toEqual({ ok: true, path: '/older' })
    expect(await pathOfOne(old, at('/all', '/of/{organization}/all'), 'a')).toEqual({
      ok: true,
      path: '/of/o%2F1/all/a'
    })
  })

  test('is not known where nobody says which organization it is', async () => {
    const lost = reader(undefined).reader
    const failed = { ok: false, failure: { code: 'P612', request: 'GET /api/me' } }
    expect(await pathOfAll(lost, at('/of/{organization}/all'))).toMatchObject(failed)
    expect(await pathOfOne(lost, at('/of/{organization}/all'), 'a')).toMatchObject(failed)
  })
})

test('ids are told by the names that were read; of a kind that was not read nothing is there', () => {
  const wires = new Map([['box', [{ id: 'b', name: 'B' }]]])
  const context = fromWireContext(wires, '2025-09-18')
  expect(context.version).toBe('2025-09-18')
  expect(context.reference('box', 'b')).toEqual({ $ref: 'box', name: 'B', id: 'b' })
  expect(context.reference('box', 'c')).toEqual({ $ref: 'box', id: 'c' })
  expect(context.reference('lid', 'b')).toEqual({ $ref: 'lid', id: 'b' })
  expect(context.wire('box')).toEqual([{ id: 'b', name: 'B' }])
  expect(context.wire('lid')).toEqual([])
})
