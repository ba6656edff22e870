import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import type { RequestResult } from '../../src/remote/failure.ts'
import { askService } from '../../src/remote/questions.ts'
import type { Reader } from '../../src/remote/transport.ts'
import type { Question } from '../../src/state/question.ts'
import type { Json } from '../../src/state/value.ts'
import type { ApiVersion } from '../../src/wire/common.ts'
import { waiting } from '../support/waiting.ts'

const at = { kind: 'connection', id: 'c/1', address: 'connection "C"' }
const own = '/api/connections/c%2F1'

/** A service that answers every request with the same, and what it was asked. */
function service(answer: RequestResult, version: ApiVersion = '2025-09-18') {
  const asked: string[] = []
  const reported = (...parts: (string | object | undefined)[]): RequestResult => {
    asked.push(parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join(' '))
    return answer
  }
  const reader: Reader = {
    version,
    get: async (path, query) => reported('GET', path, query ?? {}),
    ask: async (path, body) => reported('POST', path, body),
    me: () => Promise.reject(new Error('nobody asks here')),
    ...waiting()
  }
  return { reader, asked }
}

const done = (body: Json | undefined): RequestResult => ({ ok: true, status: 200, body })

async function answerTo(question: Question, body: Json | undefined, version?: ApiVersion) {
  const { reader, asked } = service(done(body), version)
  return { answer: await askService(reader, kinds, question), asked }
}

const chosen = { database: 'a b' }
const source: Question = { about: 'source', at, chosen }
const fields: Question = { about: 'source fields', at, chosen }
const targets: Question = { about: 'targets', at }
const values: Question = { about: 'creation values', at, property: 'a/b' }
const target: Question = { about: 'target', at, object: 'Lead' }
const schemas: Question = { about: 'schemas', at, withFields: true }
const destination: Question = { about: 'destination', at }

describe('R39: each version has requests of its own', () => {
  test.each<[Question, string]>([
    [source, `GET ${own}/modelsync/source {"params[database]":"a b"}`],
    [fields, `GET ${own}/modelsync/source/fields {"params[database]":"a b"}`],
    [targets, `GET ${own}/modelsync/targetobjects {}`],
    [
      { ...targets, withValues: true },
      `GET ${own}/modelsync/targetobjects {"include_target_creation_values":"true"}`
    ],
    [values, `GET ${own}/modelsync/targetobjects/properties/a%2Fb {}`],
    [target, `GET ${own}/modelsync/target/fields {"target":"Lead"}`],
    [schemas, `GET ${own}/bulksync/source {"include_fields":"true"}`],
    [{ ...schemas, withFields: false }, `GET ${own}/bulksync/source {"include_fields":"false"}`],
    [destination, `GET ${own}/bulksync/target {}`]
  ])('%j', async (question, request) => {
    expect((await answerTo(question, { data: {} })).asked).toEqual([request])
  })

  test.each<[Question, string]>([
    [source, `GET ${own}/source {"params[database]":"a b"}`],
    [fields, `POST ${own}/source/fields {"query":{"database":"a b"}}`],
    [targets, `GET ${own}/target {}`],
    [target, `POST ${own}/target/fields {"target":"Lead"}`],
    [schemas, 'GET /api/bulk/source/c%2F1 {"include_fields":"true"}'],
    [destination, 'GET /api/bulk/dest/c%2F1 {}']
  ])('the oldest one: %j', async (question, request) => {
    expect((await answerTo(question, { data: {} }, '2023-04-25')).asked).toEqual([request])
  })
})

describe('R39: an answer', () => {
  test.each<[Question, Json, Json]>([
    [source, { data: { items: {} } }, { items: {} }],
    [fields, { data: [{ name: 'a' }] }, [{ name: 'a' }]],
    [fields, { data: null }, []],
    [
      targets,
      { data: [{ id: 'a' }] },
      { data: [{ id: 'a' }], target_creation: { supported: false, properties: [] } }
    ],
    [
      targets,
      { data: [], target_creation: { supported: true, properties: [{ id: 'p' }] } },
      { data: [], target_creation: { supported: true, properties: [{ id: 'p' }] } }
    ],
    [values, { data: { values: [{ value: 'v' }] } }, [{ value: 'v' }]],
    [values, { data: { values: null } }, []],
    [target, { data: { id: 'a', fields: [] } }, { id: 'a', fields: [] }],
    [schemas, { data: { schemas: [{ id: 's' }] } }, { schemas: [{ id: 's' }] }],
    [destination, { data: { modes: [{ id: 'm' }] } }, { modes: [{ id: 'm' }] }]
  ])('to %j may be %j', async (question, body, value) => {
    expect((await answerTo(question, body)).answer).toEqual({ ok: true, value })
  })

  test('of the oldest version names the objects alone: each once, without modes', async () => {
    const body = {
      data: { items: { a: { items: ['Lead', 'Contact'] }, b: {}, c: { items: ['Lead', 7] } } }
    }
    const data = ['Lead', 'Contact', '7'].map((id) => ({ id, name: id, modes: [] }))
    expect((await answerTo(targets, body, '2023-04-25')).answer).toEqual({
      ok: true,
      value: { data, target_creation: { supported: false, properties: [] } }
    })
    expect((await answerTo(fields, { data: null }, '2023-04-25')).answer).toEqual({ ok: true, value: [] })
    const none = { ok: true, value: { data: [], target_creation: { supported: false, properties: [] } } }
    expect((await answerTo(targets, { data: {} }, '2023-04-25')).answer).toEqual(none)
  })

  test.each<[Question, Json | undefined, string, ApiVersion?]>([
    [source, undefined, `GET ${own}/modelsync/source: there is no \`data\` in it`],
    [source, [], `GET ${own}/modelsync/source: there is no \`data\` in it`],
    [source, {}, `GET ${own}/source: there is no \`data\` in it`, '2023-04-25'],
    [source, { data: null }, `GET ${own}/modelsync/source: data: there is nothing`],
    [source, { data: [] }, `GET ${own}/modelsync/source: data: a mapping is expected, and a list is there`],
    [fields, { data: [{}] }, `GET ${own}/modelsync/source/fields: data[0]: there is no \`name\` in it`],
    [
      fields,
      { data: [{}] },
      `POST ${own}/source/fields: data[0]: there is no \`name\` in it`,
      '2023-04-25'
    ],
    [targets, { data: [{}] }, `GET ${own}/modelsync/targetobjects: data[0]: there is no \`id\` in it`],
    [
      targets,
      { data: [] },
      `GET ${own}/target: data: a mapping is expected, and a list is there`,
      '2023-04-25'
    ],
    [
      targets,
      { data: [], target_creation: { properties: [{}] } },
      `GET ${own}/modelsync/targetobjects: target_creation.properties[0]: there is no \`id\` in it`
    ],
    [
      values,
      { data: { values: [{}] } },
      `GET ${own}/modelsync/targetobjects/properties/a%2Fb: data.values[0]: there is no \`value\` in it`
    ],
    [target, { data: {} }, `GET ${own}/modelsync/target/fields: data: there is no \`id\` in it`],
    [target, { data: {} }, `POST ${own}/target/fields: data: there is no \`id\` in it`, '2023-04-25'],
    [
      schemas,
      { data: { schemas: [{}] } },
      `GET ${own}/bulksync/source: data.schemas[0]: there is no \`id\` in it`
    ],
    [
      destination,
      { data: { modes: [{}] } },
      `GET ${own}/bulksync/target: data.modes[0]: there is no \`id\` in it`
    ]
  ])(
    'to %j that is %j is not understood, which is not about the question',
    async (question, body, words, version) => {
      const { answer } = await answerTo(question, body, version)
      expect(answer).toEqual({ ok: false, refused: false, words })
    }
  )
})

describe('R39: a question without an answer', () => {
  const failed = (status: number | undefined, words = 'w'): RequestResult => ({
    ok: false,
    failure: {
      code: 'P601',
      request: 'GET /x',
      words,
      refused: true,
      usedBy: [],
      ...(status === undefined ? {} : { status })
    }
  })

  test.each([
    [400, true],
    [404, true],
    [422, true],
    [401, false],
    [403, false],
    [429, false],
    [500, false]
  ])('that ended in %i: whether it may be about what was asked is %j', async (status, refused) => {
    const { reader } = service(failed(status))
    expect(await askService(reader, kinds, target)).toEqual({
      ok: false,
      refused,
      words: `GET /x answered ${status}: w`
    })
  })

  test('may be about what is under way, or that nobody answered', async () => {
    for (const words of ['Cache refresh in progress', 'source did not provide any schemas'])
      expect(await askService(service(failed(422, words)).reader, kinds, schemas)).toEqual({
        ok: false,
        refused: false,
        words: `GET /x answered 422: ${words}`
      })
    expect(await askService(service(failed(undefined)).reader, kinds, schemas)).toEqual({
      ok: false,
      refused: false,
      words: 'GET /x: w'
    })
  })

  test('that is about a kind that nobody knows is a bug', async () => {
    const { reader, asked } = service(done({ data: {} }))
    await expect(askService(reader, kinds, { ...source, at: { ...at, kind: 'widget' } })).rejects.toThrow(
      'no kind widget'
    )
    expect(asked).toEqual([])
  })

  test('is tried once more and no longer; to be throttled is no failure', async () => {
    const again: Record<string, boolean[]> = {}
    for (const is of ['failed', 'throttled'] as const) {
      const { reader } = service(done({ data: {} }))
      const failure = { code: 'P609', request: 'GET /x', words: 'w', refused: false, usedBy: [] } as const
      const tries = async (budget: ReturnType<Reader['budget']>): Promise<RequestResult> => {
        again[is] = []
        for (let count = 0; count < 4; count++) again[is].push(await budget.again({ is, failure }))
        return done({ data: {} })
      }
      const hasty: Reader = { ...reader, get: (_path, _query, patience) => tries(patience!.budget!) }
      await askService(hasty, kinds, source)
    }
    expect(again).toEqual({ failed: [true, false, false, false], throttled: [true, true, true, true] })
  })

  test('of the oldest version, which is a POST, is not tried for long either', async () => {
    const { reader } = service(done({ data: [] }), '2023-04-25')
    const failure = { code: 'P609', request: 'POST /x', words: 'w', refused: false, usedBy: [] } as const
    let tries = 0
    const hasty: Reader = {
      ...reader,
      async ask(_path, _body, patience) {
        while (await patience!.budget!.again({ is: 'lost', failure })) tries += 1
        return done({ data: [] })
      }
    }
    await askService(hasty, kinds, fields)
    expect(tries).toBe(1)
  })
})
