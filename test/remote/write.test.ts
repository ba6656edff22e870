import type { DerivedApi, ListedApi, RequestBelow } from '../../src/kinds/api.ts'
import { describe, expect, test } from 'vitest'
import type { RequestResult, Failure } from '../../src/remote/failure.ts'
import type { Writer } from '../../src/remote/transport.ts'
import { create } from '../../src/remote/create.ts'
import { read, remove, replacement, update } from '../../src/remote/write.ts'
import { textOf, type Json, type JsonObject } from '../../src/state/value.ts'
import type { Kind } from '../../src/kinds/kind.ts'
import { kindNamed } from '../support/exchange.ts'
import { gadget } from '../support/small-kind.ts'
import { waiting } from '../support/waiting.ts'
import { done, failed, failure } from './results.ts'

/** A service that answers writes in turn, the last answer for ever, and lists what is there. */
function service(
  writes: RequestResult[],
  there: Json[] | Failure = []
): { writer: Writer; asked: string[] } {
  const asked: string[] = []
  let sent = 0
  const writer: Writer = {
    version: '2025-09-18',
    async get(path) {
      asked.push(`GET ${path}`)
      if (!Array.isArray(there)) return { ok: false, failure: there }
      const one = there.find((item) => path.endsWith(`/${(item as { id: string }).id}`))
      return { ok: true, status: 200, body: { data: one ?? there } }
    },
    async send(method, path, { query, secrets } = {}) {
      const words = [method, path, ...(query ? [JSON.stringify(query)] : []), ...(secrets ?? [])]
      asked.push(words.join(' '))
      return writes[Math.min(sent++, writes.length - 1)]!
    },
    ask: () => Promise.reject(new Error('nobody asks here')),
    me: () => Promise.reject(new Error('nobody asks here')),
    ...waiting((ms) => asked.push(`sleep ${ms}`))
  }
  return { writer, asked }
}

const sync = kindNamed('sync')
const s = { id: 's1', name: 'S' }

describe('an update', () => {
  const updated = async (answer: RequestResult) => {
    const { writer, asked } = service([answer])
    return { written: await update(writer, sync, 's1', { name: 'S' }, { secrets: ['secret'] }), asked }
  }

  test('is sent to the resource, and what is answered is what it is', async () => {
    const { written, asked } = await updated(done({ ...s, mode: 'create' }))
    expect(written).toEqual({ ok: true, wire: { ...s, mode: 'create' }, notes: [] })
    expect(asked).toEqual(['PUT /api/syncs/s1 secret'])
  })

  test('whose answer says nothing is that of the same resource', async () => {
    const { written } = await updated({ ok: true, status: 204, body: undefined })
    expect(written).toEqual({ ok: true, wire: { id: 's1' }, notes: [] })
  })

  test.each<[RequestResult, Partial<Failure>]>([
    [failed(undefined), { code: 'P602' }],
    [failed(undefined, { code: 'P603', refused: true }), { code: 'P603' }],
    [failed(500), { code: 'P609' }]
  ])(
    'that was not answered may have been carried out, any other failure is what it is',
    async (answer, reported) => {
      expect((await updated(answer)).written).toMatchObject({ ok: false, failure: reported })
    }
  )
})

describe('a deletion', () => {
  const removed = async (answer: RequestResult, kind = sync) => {
    const { writer, asked } = service([answer])
    return { gone: await remove(writer, kind, 's1'), asked }
  }

  test('asks a connection not to take along what uses it', async () => {
    const { asked } = await removed(done(null), kindNamed('connection'))
    expect(asked).toEqual(['DELETE /api/connections/s1 {"force":"false"}'])
    expect((await removed(done(null))).asked).toEqual(['DELETE /api/syncs/s1 {}'])
  })

  test('of what is not there is done', async () => {
    expect((await removed(failed(404))).gone).toEqual({ ok: true, notes: [] })
    expect((await removed(failed(422))).gone).toEqual({ ok: false, failure: failure(422) })
    expect((await removed(failed(undefined))).gone).toMatchObject({ failure: { code: 'P602' } })
  })
})

test('what is read is the resource in full, or why not', async () => {
  expect(await read(service([], [s]).writer, sync, 's1')).toEqual({ ok: true, wire: s, notes: [] })
  expect(await read(service([], failure(404)).writer, sync, 's1')).toEqual({
    ok: false,
    failure: failure(404)
  })
  expect(await read(service([], [{ name: 'no id' }]).writer, sync, 's1')).toMatchObject({
    ok: false,
    failure: { code: 'P612', request: 'GET /api/syncs/s1' }
  })
})

/** Gadgets with more requests than one, as some kinds have them. */
const gadgets = (api: Partial<ListedApi>): Kind => ({ ...gadget, api: { ...gadget.api, ...api } })

describe('what the main write does not cover', () => {
  const followUps: NonNullable<Kind['api']['followUps']> = {
    keys: ['parts', 'labels'],
    exclusive: true,
    requests: (body, wire) => [
      { method: 'PUT', path: '/parts', body: { parts: body['parts'] ?? null, of: wire['id'] ?? null } },
      { method: 'DELETE', path: '/rest' }
    ]
  }
  const g = { id: 'g', name: 'G' }
  const all = [
    'PUT /api/gadgets/g {"size":1} secret',
    'PUT /api/gadgets/g/parts {"parts":["p"],"of":"g"}',
    'DELETE /api/gadgets/g/rest'
  ]

  async function updated(
    body: JsonObject,
    writes: RequestResult[],
    api: Partial<ListedApi> = { followUps },
    there: Json[] = []
  ) {
    const { writer, asked } = service(writes, there)
    const bodies: Writer = {
      ...writer,
      async send(method, path, sent = {}) {
        const answer = await writer.send(method, path, sent)
        if (sent.body) asked.push(asked.pop()!.replace(path, `${path} ${JSON.stringify(sent.body)}`))
        return answer
      }
    }
    return { written: await update(bodies, gadgets(api), 'g', body, { secrets: ['secret'] }), asked }
  }

  test('is sent after it, in order, where the body says anything of it', async () => {
    const { written, asked } = await updated({ size: 1, parts: ['p'] }, [done(g)])
    expect(asked).toEqual(all)
    expect(written).toEqual({ ok: true, wire: g, notes: [] })
    expect((await updated({ size: 1 }, [done(g)])).asked).toEqual(all.slice(0, 1))
  })

  test('is sent after a create as well', async () => {
    const { writer, asked } = service([done(g)])
    await create(writer, gadgets({ followUps }), {
      name: 'G',
      body: { parts: ['p'] },
      secrets: [],
      key: 'k'
    })
    expect(asked).toEqual([
      'POST /api/gadgets',
      'PUT /api/gadgets/g/parts',
      'DELETE /api/gadgets/g/rest',
      'GET /api/gadgets/g'
    ])
  })

  test('is nothing, where the kind has nothing of that sort: a create that tells all is its answer', async () => {
    const at = '1970-01-01T00:00:00.000Z'
    const { writer, asked } = service([{ ...done({ ...g, created_at: at }), at: 0 } as RequestResult])
    await create(writer, gadget, {
      name: 'G',
      body: { parts: ['p'] },
      secrets: [],
      key: 'k',
      tellsAll: () => true
    })
    expect(asked).toEqual(['POST /api/gadgets'])
  })

  test('and fails, is the failure of the whole, and ends it', async () => {
    const { written, asked } = await updated({ size: 1, parts: ['p'] }, [
      done(g),
      failed(422, { refused: true })
    ])
    expect(written).toEqual({ ok: false, failure: failure(422, { refused: true }) })
    expect(asked).toEqual(all.slice(0, 2))
    const lost = await updated({ parts: ['p'] }, [done(g), done(g), failed(undefined)])
    expect(lost.written).toMatchObject({ ok: false, failure: { code: 'P602' } })
  })

  test('starts from the resource in full, where it has parts', async () => {
    const parts = [{ key: 'labels', field: 'labels', paths: () => ['/labels'] }]
    const { asked } = await updated({ size: 1, parts: ['p'] }, [done(g)], { followUps, parts }, [g])
    expect(asked).toEqual([all[0], 'GET /api/gadgets/g', 'GET /api/gadgets/g/labels', ...all.slice(1)])
    const gone = await updated({ size: 1, parts: ['p'] }, [done(g)], { followUps, parts }, [
      { id: 'other' }
    ])
    expect(gone.written).toMatchObject({ ok: false, failure: { code: 'P612' } })
    expect(gone.asked).toEqual([all[0], 'GET /api/gadgets/g'])
  })

  test('and comes later, is waited for, a few times', async () => {
    const isConverged = (body: JsonObject, wire: JsonObject): boolean => body['size'] === wire['size']
    const pauses = [500, 1000, 2000, 4000, 8000, 16_000].flatMap((ms) => [
      'GET /api/gadgets/g',
      `sleep ${ms}`
    ])
    const there = await updated({ size: 1 }, [done(g)], { isConverged }, [{ ...g, size: 1 }])
    expect(there.asked).toEqual([all[0], 'GET /api/gadgets/g'])
    // What is there in the end is for the comparison to say.
    const never = await updated({ size: 1 }, [done(g)], { isConverged }, [{ ...g, size: 2 }])
    expect(never.asked).toEqual([all[0], ...pauses])
    expect(never.written).toEqual({ ok: true, wire: g, notes: [] })
    const unread = await updated({ size: 1 }, [done(g)], { isConverged }, [{ id: 'other' }])
    expect(unread.asked).toEqual([all[0], ...pauses])
  })
})

describe('what is in no list', () => {
  const place = (reset: RequestBelow, more: Partial<DerivedApi> = {}): Kind => ({
    ...gadget,
    api: {
      access: 'derived',
      path: gadget.api.path,
      id: () => 'of/a',
      fieldsOf: () => [{}],
      updates: (body) => [{ method: 'PUT', path: reset.path, body }],
      resets: () => [reset],
      isReset: () => false,
      ...more
    }
  })

  test('is put back in its own way', async () => {
    const gone = async (kind: Kind) => {
      const { writer, asked } = service([done(null)])
      const sent: (JsonObject | undefined)[] = []
      const send: Writer['send'] = (method, path, more) => {
        sent.push(more?.body)
        return writer.send(method, path, more)
      }
      expect(await remove({ ...writer, send }, kind, 'of/a')).toEqual({ ok: true, notes: [] })
      return [...asked, ...sent]
    }
    expect(await gone(place({ method: 'DELETE', path: '' }))).toEqual([
      'DELETE /api/gadgets/of/a',
      undefined
    ])
    expect(await gone(place({ method: 'PUT', path: '/keys', body: { emails: [] } }))).toEqual([
      'PUT /api/gadgets/of/a/keys',
      { emails: [] }
    ])
  })

  test('is written where it is, and known by its place', async () => {
    const { writer, asked } = service([{ ok: true, status: 204, body: undefined }])
    const written = await update(
      writer,
      place({ method: 'DELETE', path: '/keys' }),
      'of/a',
      {},
      { secrets: [] }
    )
    expect(asked).toEqual(['PUT /api/gadgets/of/a/keys'])
    expect(written).toEqual({ ok: true, wire: { id: 'of/a' }, notes: [] })
  })
})

describe('what is written by what is live', () => {
  const keys: Kind = {
    ...gadget,
    api: {
      access: 'derived',
      path: gadget.api.path,
      id: () => 'of/a',
      fieldsOf: () => [{}],
      updates: ({ size = 0 }, { was = 0 }) =>
        Array.from({ length: Number(size) - Number(was) }, (_, at) => ({
          method: 'POST',
          path: `/keys/${Number(was) + at}`
        })),
      resets: ({ was = 0 }) => [{ method: 'DELETE', path: `/keys/${textOf(was)}` }],
      isReset: () => true,
      dependsOnLive: true
    }
  }
  const live = (was: number): JsonObject => ({ id: 'of/a', was })
  const read = 'GET /api/gadgets/of/a'
  const posts = (...all: number[]) => all.map((at) => `POST /api/gadgets/of/a/keys/${at}`)

  async function written(
    there: Json[] | Failure,
    writes: RequestResult[] = [done(null)],
    known?: JsonObject
  ) {
    const { writer, asked } = service(writes, there)
    const more = { secrets: [], ...(known && { live: known }) }
    return { result: await update(writer, keys, 'of/a', { size: 3 }, more), asked }
  }

  test('is read before, unless it was just read', async () => {
    expect((await written([live(1)])).asked).toEqual([read, ...posts(1, 2)])
    expect((await written([live(1)], undefined, live(2))).asked).toEqual(posts(2))
    const { writer, asked } = service([done(null)], [live(1)])
    expect(await remove(writer, keys, 'of/a')).toEqual({ ok: true, notes: [] })
    expect(asked).toEqual([read, 'DELETE /api/gadgets/of/a/keys/1'])
  })

  test('has nothing where it is not there yet; what cannot be read is not written', async () => {
    expect((await written(failure(404))).asked).toEqual([read, ...posts(0, 1, 2)])
    const { result, asked } = await written(failure(500))
    expect(result).toEqual({ ok: false, failure: failure(500) })
    expect(asked).toEqual([read])
  })

  test('and refused is fine where it is not needed any more, and else a failure', async () => {
    const refused = [failed(422, { refused: true }), done(null)]
    const faster = await written([live(2)], refused, live(1))
    expect(faster.result).toMatchObject({ ok: true })
    expect(faster.asked).toEqual([...posts(1), read, ...posts(2)])
    const still = await written([live(1)], refused, live(1))
    expect(still.result).toEqual({ ok: false, failure: failure(422, { refused: true }) })
    expect(still.asked).toEqual([...posts(1), read])
    const unread = await written(failure(503), refused, live(1))
    expect(unread.result).toEqual({ ok: false, failure: failure(422, { refused: true }) })
    for (const status of [399, 500])
      expect((await written([live(2)], [failed(status)], live(1))).asked).toEqual(posts(1))
  })

  test('is sent once more where that changes nothing, and tells its secrets', async () => {
    const sent: unknown[] = []
    const { writer } = service([done(null)])
    const send: Writer['send'] = (method, path, { repeatable, secrets } = {}) => {
      sent.push([repeatable, secrets])
      return writer.send(method, path)
    }
    await update({ ...writer, send }, keys, 'of/a', { size: 1 }, { secrets: ['secret'], live: live(0) })
    await remove({ ...writer, send }, keys, 'of/a', live(0))
    expect(sent).toEqual([
      [true, ['secret']],
      [true, []]
    ])
  })
})

describe('the body of a replacement', () => {
  const kind = (preUpdateRead?: Kind['preUpdateRead']): Kind => ({
    ...gadget,
    ...(preUpdateRead ? { preUpdateRead } : {}),
    replacement: (live, body, answer, version) => ({
      live,
      body,
      answer: answer ?? 'none',
      version: version!
    })
  })
  const made = async (preUpdateRead: Kind['preUpdateRead'], answer: RequestResult): Promise<Json[]> => {
    const asked: Json[] = []
    const { writer } = service([])
    const asking: Writer = {
      ...writer,
      get: async (path, query) => (asked.push({ path, ...query }), answer),
      ask: async (path, body) => (asked.push({ path, body }), answer)
    }
    return [await replacement(asking, kind(preUpdateRead), { id: 'g' }, { size: 1 }), ...asked]
  }
  const body = (answer: Json) => ({ live: { id: 'g' }, body: { size: 1 }, answer, version: '2025-09-18' })

  test('asks nothing where the resource tells all', async () => {
    expect(await made(undefined, done(1))).toEqual([body('none')])
    expect(await made(() => undefined, done(1))).toEqual([body('none')])
  })

  test('is made with what was asked, one way or the other', async () => {
    expect(await made(() => ({ path: '/q', query: { a: 'b' } }), done('told'))).toEqual([
      body('told'),
      { path: '/q', a: 'b' }
    ])
    expect(await made(() => ({ path: '/q', body: { a: 1 } }), done('told'))).toEqual([
      body('told'),
      { path: '/q', body: { a: 1 } }
    ])
  })

  test('is made without, where that was not answered', async () => {
    expect((await made(() => ({ path: '/q' }), failed(422)))[0]).toEqual(body('none'))
    for (const answer of ['x', undefined])
      expect((await made(() => ({ path: '/q' }), { ok: true, status: 200, body: answer }))[0]).toEqual(
        body('none')
      )
  })
})

test('where a path takes the organization, and nobody tells which, nothing is sent', async () => {
  const { writer, asked } = service([done(null)])
  const lost: Writer = { ...writer, me: async () => failed(503) }
  const kind = gadgets({ path: '/api/organizations/{organization}/gadgets' })
  const all = [
    await create(lost, kind, { name: 'G', body: {}, secrets: [], key: 'k' }),
    await update(lost, kind, 'g', {}, { secrets: [] }),
    await remove(lost, kind, 'g'),
    await read(lost, kind, 'g')
  ]
  expect(all.map((one) => (one.ok ? 'ok' : one.failure.status))).toEqual([503, 503, 503, 503])
  expect(asked).toEqual([])
})
