import { describe, expect, test } from 'vitest'
import type { Part } from '../../src/kinds/api.ts'
import type { RequestResult } from '../../src/remote/failure.ts'
import { readInFull } from '../../src/remote/read.ts'
import type { Reader } from '../../src/remote/transport.ts'
import { textOf, type Json, type JsonObject } from '../../src/state/value.ts'
import { gadget } from '../support/small-kind.ts'
import { waiting } from '../support/waiting.ts'

const whole = { id: 'g/1', name: 'G' }

/** Reads one gadget of a service: an answer for each path below it, or the status of a refusal. */
async function read(
  answers: Record<string, Json | number | undefined>,
  parts: Part[] = [],
  wanted?: JsonObject
) {
  const asked: string[] = []
  const reader: Reader = {
    version: '2025-09-18',
    async get(path, _query, patience): Promise<RequestResult> {
      const below = path.replace('/api/gadgets/g%2F1', '')
      asked.push(`${below}${patience?.retryableMessages?.join() ?? ''}`)
      const body = below in answers ? answers[below] : { data: whole }
      if (typeof body !== 'number') return { ok: true, status: 200, body }
      const failure = { code: 'P609', request: `GET ${path}`, status: body, words: 'w' } as const
      return { ok: false, failure: { ...failure, refused: true, usedBy: [] } }
    },
    ask: () => Promise.reject(new Error('nobody asks here')),
    me: () => Promise.reject(new Error('nobody asks here')),
    ...waiting()
  }
  const kind = { ...gadget, api: { ...gadget.api, parts, retryableMessages: ['!'] } }
  return { result: await readInFull(reader, kind, 'g/1', wanted), asked }
}

const strange = (words: string, below = '') => ({
  ok: false,
  failure: {
    code: 'P612',
    request: `GET /api/gadgets/g%2F1${below}`,
    words,
    refused: true,
    usedBy: []
  }
})

describe('a resource', () => {
  test('is read by its id, in any case of it', async () => {
    expect(await read({})).toEqual({ result: { ok: true, wire: whole }, asked: ['!'] })
    const upper = { ...whole, id: 'G/1' }
    expect((await read({ '': { data: upper } })).result).toEqual({ ok: true, wire: upper })
  })

  test('is not another one, nor an answer without one, nor a failure', async () => {
    const other = { data: { ...whole, id: 'g/2' } }
    expect((await read({ '': other })).result).toEqual(strange('data.id: it is of another one'))
    for (const body of [undefined, {}, { data: [] }, { data: { name: 'G' } }])
      expect((await read({ '': body })).result).toEqual(strange('there is no `data` with an id in it'))
    expect((await read({ '': 404 })).result).toMatchObject({ ok: false, failure: { status: 404 } })
  })
})

describe('its parts', () => {
  const part = (paths: string[], more: Partial<Part> = {}): Part => ({
    key: 'parts',
    field: 'parts',
    paths: () => paths,
    ...more
  })
  const parts = (value: Json) => ({ ok: true, wire: { ...whole, parts: value } })

  test('are what each path answers, in one list, in their order', async () => {
    const answers = { '/a': { data: [1, 2] }, '/b': { data: null }, '/c': { data: { x: 1 } } }
    expect(await read(answers, [part(['/a', '/b', '/c'])])).toEqual({
      result: parts([1, 2, { x: 1 }]),
      asked: ['!', '/a!', '/b!', '/c!']
    })
  })

  test('are asked for where they are needed, by what is wanted and by what was read before', async () => {
    const needs = part([], {
      paths: (wire, wanted, replaces) =>
        wanted === undefined ? ['/all'] : [`/${textOf(wire['id'])}/${replaces}`]
    })
    const any = { '/all': { data: 1 }, '/g/1/false': { data: 2 } }
    expect((await read(any, [needs])).result).toEqual(parts([1]))
    expect((await read(any, [needs], {})).result).toEqual(parts([2]))
    expect(await read({}, [part([])])).toEqual({ result: { ok: true, wire: whole }, asked: ['!'] })
    const second = part(['/second'], {
      key: 'second',
      paths: ({ parts: first }) => (first === null ? ['/n'] : [])
    })
    expect(
      (await read({ '/a': 404, '/n': { data: 1 } }, [part(['/a'], { optional: true }), second])).result
    ).toEqual({
      ok: true,
      wire: { ...whole, parts: null, second: [1] }
    })
  })

  test('that are all missing are none where an older service may not have them', async () => {
    expect((await read({ '/a': 404 }, [part(['/a'], { optional: true })])).result).toEqual(parts(null))
    expect((await read({ '/a': 404 }, [part(['/a'])])).result).toMatchObject({
      ok: false,
      failure: { status: 404 }
    })
    const some = { '/a': 404, '/b': { data: 1 } }
    expect((await read(some, [part(['/a', '/b'], { optional: true })])).result).toEqual(parts([1]))
    // One of several was deleted meanwhile.
    expect((await read(some, [part(['/a', '/b'])])).result).toEqual(parts([1]))
  })

  test('that fail, or are not understood, are a failure that names their path', async () => {
    const failing = { '/a': { data: 1 }, '/b': 500 }
    expect((await read(failing, [part(['/a', '/b'])])).result).toMatchObject({
      ok: false,
      failure: { status: 500 }
    })
    expect((await read({ '/b': 500 }, [part(['/b'], { optional: true })])).result).toMatchObject({
      ok: false
    })
    for (const body of [undefined, [], {}])
      expect((await read({ '/a': body }, [part(['/a'])])).result).toEqual(
        strange('there is no `data` in it', '/a')
      )
    const texts = part(['/a', '/b'], { answer: 'text' })
    const numbers = { '/a': { data: ['x'] }, '/b': { data: ['x', 1] } }
    expect((await read(numbers, [texts])).result).toEqual(
      strange('data[1]: a text is expected, and `1` is there', '/b')
    )
    expect((await read({ '/a': { data: {} } }, [texts])).result).toEqual(
      strange('data: a text is expected, and a mapping is there', '/a')
    )
  })
})
