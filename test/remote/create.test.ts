import { describe, expect, test } from 'vitest'
import type { RequestResult, Failure } from '../../src/remote/failure.ts'
import { create } from '../../src/remote/create.ts'
import { openBudget } from '../../src/remote/budget.ts'
import { bounds } from '../../src/remote/policy.ts'
import { keyAfter, keyInWindow, keyOfCreate } from '../../src/remote/keys.ts'
import type { Writer } from '../../src/remote/transport.ts'
import { textOf, type Json, type JsonObject } from '../../src/state/value.ts'
import { kindNamed } from '../support/exchange.ts'
import { waiting } from '../support/waiting.ts'
import { done, failed, failure } from './results.ts'

/** What is asked for a create, in which order and under which keys, whatever is answered. */

/** A service that answers POSTs in turn, the last answer for ever; lists change with each look. */
function service(posts: RequestResult[], lists: (JsonObject[] | Failure)[] = [[]]) {
  const asked: string[] = []
  let sent = 0
  let looked = 0
  const writer: Writer = {
    version: '2025-09-18',
    async get(path) {
      asked.push(path === '/api/syncs' ? 'look' : `GET ${path}`)
      const isList = path === '/api/syncs'
      const there = lists[Math.min(isList ? looked++ : lists.length - 1, lists.length - 1)] ?? []
      if (!Array.isArray(there)) return { ok: false, failure: there }
      if (isList) return done(there)
      const one = [...lists.flat(), ...posts.flatMap((post) => wireOf(post))].find(
        (item) => 'id' in item && path.endsWith(`/${textOf(item.id)}`)
      )
      return one ? done(one as Json) : { ok: false, failure: failure(404, { code: 'P606', refused: true }) }
    },
    async send(method, _path, { keys, budget } = {}) {
      asked.push(`${method} ${keys?.current(budget!.course)}`)
      return posts[Math.min(sent++, posts.length - 1)]!
    },
    ask: () => Promise.reject(new Error('nobody asks here')),
    me: () => Promise.reject(new Error('nobody asks here')),
    ...waiting((ms) => asked.push(`sleep ${ms}`))
  }
  return { writer, asked }
}

function wireOf(answer: RequestResult): JsonObject[] {
  const data = answer.ok ? (answer.body as { data?: JsonObject } | undefined)?.data : undefined
  return data ? [data] : []
}

/** A person can be sent to authorize it, as a connection. */
const sync = { ...kindNamed('sync'), authorization: kindNamed('connection').authorization! }
const s = { id: 's1', name: 'S' }
const t = { id: 's2', name: 'S' }

async function created(
  posts: RequestResult[],
  lists: (JsonObject[] | Failure)[] = [[]],
  more: object = {}
) {
  const { writer, asked } = service(posts, lists)
  const written = await create(writer, sync, {
    name: 'S',
    body: { name: 'S' },
    secrets: [],
    key: 'k',
    ...more
  })
  return { written, asked }
}

/** The key after a recorded failure, in the first two minutes of the clock. */
const inWindow = keyInWindow('k', 0)
const all4 = ['sleep 1000', 'look', 'sleep 2000', 'look', 'sleep 4000', 'look', 'sleep 8000', 'look']
const adopted = { ok: true, wire: s, notes: ['the answer was lost; it was found by name'] }

describe('R27: a create', () => {
  test('that is answered is done, and read back', async () => {
    const { written, asked } = await created([done(s)])
    expect(written).toMatchObject({ ok: true, wire: s, notes: [], back: { ok: true, wire: s } })
    expect(asked).toEqual(['POST k', 'GET /api/syncs/s1'])
  })

  test('R26: whose answer tells all, and is of this moment, is not read back', async () => {
    const dated = { ...s, created_at: '1970-01-01T00:00:05.000Z' }
    const all = { tellsAll: () => true }
    expect((await created([done(dated, 5000)], [[]], all)).asked).toEqual(['POST k'])
    // One that was made before it was asked for may be gone since.
    const older = ['POST k', 'GET /api/syncs/s1']
    expect((await created([done(dated, 5001)], [[]], all)).asked).toEqual(older)
    const others = [
      await created([done(dated, 5000)], [[]], { tellsAll: () => false }),
      await created([done(s)], [[]], all)
    ]
    for (const { asked } of others) expect(asked).toEqual(['POST k', 'GET /api/syncs/s1'])
    expect((await created([failed(500)], [[dated]], all)).asked.at(-1)).toBe('GET /api/syncs/s1')
  })

  test('that waits for a person is looked at once: a link to what is gone helps nobody', async () => {
    const waits = { ...s, auth_url: 'https://x.example' }
    expect((await created([done(waits)])).asked).toEqual(['POST k', 'GET /api/syncs/s1'])
    const dated = { ...waits, created_at: '1970-01-01T00:00:00.000Z' }
    expect((await created([done(dated)])).asked).toEqual(['POST k'])
  })

  test.each([408, 429, 500, 503, undefined])(
    'that ended in %s is looked for, and adopted',
    async (status) => {
      const { written, asked } = await created([failed(status)], [[], [{ id: 'x', name: 's' }, s]])
      expect(written).toMatchObject(adopted)
      // One that was found at once may be that of somebody else: whether it is alone is seen in the end.
      expect(asked).toEqual(['POST k', ...all4, 'GET /api/syncs/s1'])
    }
  )

  test.each([408, 429, 500, 503])(
    'that ended in %i, and is in no list for as long as a list may be stale, is begun anew under another key',
    async (status) => {
      const { written, asked } = await created([failed(status), done(s)], [[], [], [], [], [s]])
      expect(written).toMatchObject({ ok: true, wire: s, notes: [] })
      expect(asked).toEqual(['POST k', ...all4, `POST ${inWindow}`, 'GET /api/syncs/s1', 'look'])
    }
  )

  test('that nobody answered is looked for, and then sent again under its own key', async () => {
    const { written, asked } = await created([failed(undefined), done(s)], [[], [], [], [], [s]])
    expect(written).toMatchObject({ ok: true, wire: s })
    expect(asked).toEqual(['POST k', ...all4, 'POST k', 'GET /api/syncs/s1', 'look'])
  })

  test('that is looked for says so, each time', async () => {
    const notes: string[] = []
    await created([failed(500), done(s)], [[]], { note: (text: string) => notes.push(text) })
    expect(notes).toEqual(['looking for it by name'])
  })

  test('that fails again and again is left', async () => {
    const { written, asked } = await created([failed(500)])
    expect(written).toMatchObject({ ok: false, failure: { status: 500, code: 'P609' } })
    expect(asked.filter((one) => one.startsWith('POST'))).toEqual([
      'POST k',
      `POST ${inWindow}`,
      'POST fresh-1'
    ])
    expect(asked.at(-1)).toBe('look')
  })

  test.each([undefined, 409])('that ended in %s each time may come still: nobody knows', async (status) => {
    const { written, asked } = await created([failed(status)])
    expect(written).toEqual({ ok: false, failure: failure(status, { code: 'P602' }) })
    expect(asked.filter((one) => one.startsWith('POST'))).toEqual(['POST k', 'POST k', 'POST k'])
  })

  test.each([200, 302])('that ended in %i may have been done, and is not sent again', async (status) => {
    const { written, asked } = await created([failed(status)])
    expect(written).toEqual({ ok: false, failure: failure(status, { code: 'P602' }) })
    expect(asked).toEqual(['POST k', ...all4])
  })

  test.each([400, 404, 422])(
    'that failed in the end for another reason is told as it is: %i',
    async (status) => {
      const { written, asked } = await created([failed(500), failed(status)])
      expect(written).toEqual({ ok: false, failure: failure(status) })
      expect(asked.filter((one) => one.startsWith('POST'))).toHaveLength(2)
    }
  )

  test('has one time for itself and all its searches, and each search has tries of its own', async () => {
    const { writer, asked } = service([failed(500)], [[], [], [s]])
    const parts: unknown[] = []
    const get: Writer['get'] = (path, query, patience = {}) => {
      const { budget } = patience
      if (path === '/api/syncs') parts.push([budget?.elapsedMs(), budget?.course.looks])
      return writer.get(path, query, patience)
    }
    await create({ ...writer, get }, sync, { name: 'S', body: {}, secrets: [], key: 'k' })
    expect(parts).toEqual([1000, 3000, 7000, 15_000].map((ms) => [ms, 0]))
    expect(asked.at(-1)).toBe('GET /api/syncs/s1')
  })

  test('whose time is used up by its request is not looked for: it may have been carried out', async () => {
    const { writer, asked } = service([failed(500)], [[s]])
    let clock = 0
    const slow: Writer = {
      ...writer,
      budget: () =>
        openBudget({ now: () => clock, sleep: async () => undefined, random: () => 0, backoffMs: 300 }),
      send(method, path, sent) {
        clock += bounds.longestMs
        return writer.send(method, path, sent)
      }
    }
    const written = await create(slow, sync, { name: 'S', body: {}, secrets: [], key: 'k' })
    expect(written).toEqual({ ok: false, failure: failure(500, { code: 'P602' }) })
    expect(asked).toEqual(['POST k'])
  })

  test('that cannot be looked for may have been carried out', async () => {
    const { written } = await created([failed(500)], [failure(503, { code: 'P608' })])
    expect(written).toEqual({ ok: false, failure: failure(500, { code: 'P602' }) })
  })

  test.each([
    ['no body', { ok: true as const, status: 201, body: undefined }],
    ['no id', done({ name: 'S' })],
    ['a list', done([s])]
  ])('whose answer has %s is looked for as well', async (_what, answer) => {
    expect((await created([answer], [[s]])).written).toMatchObject({ ok: true, wire: s })
    const { written } = await created([answer])
    expect(written).toMatchObject({
      ok: false,
      failure: { code: 'P602', words: 'the answer names no id', request: 'POST /api/syncs', refused: false }
    })
  })
})

describe('of which there are two in the end', () => {
  const both = {
    ok: false,
    failure: {
      code: 'P401',
      request: 'GET /api/syncs',
      words: '2 have this name: s1, s2',
      refused: false,
      usedBy: []
    }
  }

  test('neither is adopted, and both are told', async () => {
    for (const lists of [[[s, t]], [[s], [], [t]], [[s], [s], [s], [s, t]]])
      expect((await created([failed(500)], lists)).written).toMatchObject(both)
  })

  test('is told after an unsure create, even where the list does not show the last one', async () => {
    const late = [[], [], [], [], [t]]
    expect((await created([failed(500), done(s)], late)).written).toMatchObject(both)
    expect((await created([failed(undefined), done(s)], late)).written).toMatchObject(both)
    expect((await created([failed(500), done(s)], [[], [], [], [], [], [], [s, t]])).written).toMatchObject(
      both
    )
  })

  test('is looked for again where a list cannot be read', async () => {
    const lists = [[], [], [], [], failure(503), [s]]
    const { written, asked } = await created([failed(500), done(s)], lists)
    expect(written).toMatchObject({ ok: true, wire: s, notes: [] })
    expect(asked.slice(-4)).toEqual(['GET /api/syncs/s1', 'look', 'sleep 1000', 'look'])
  })

  test('nobody can tell where no list shows even the one: that is not done', async () => {
    const { written } = await created([failed(500), done(s)])
    expect(written).toMatchObject({ ok: false, failure: { code: 'P602', refused: false } })
    expect(JSON.stringify(written)).toContain('s1')
  })
})

describe('a refusal', () => {
  const no: RequestResult = failed(422, { refused: true, code: 'P601' })

  test('may be a recorded one: it is asked again, under a key of this moment, and under one of its own', async () => {
    const again = await created([no, done(s)], [[s]])
    expect(again.written).toMatchObject({ ok: true, wire: s })
    expect(again.asked).toEqual(['POST k', `POST ${inWindow}`, 'GET /api/syncs/s1', 'look'])
    const { written, asked } = await created([no])
    expect(written).toMatchObject({ ok: false, failure: { status: 422, refused: true } })
    expect(asked).toEqual(['POST k', `POST ${inWindow}`, 'POST fresh-1'])
  })

  test('that was to be expected is final, and so is that of a key, of throttling and of what is under way', async () => {
    expect((await created([no], [[]], { mayBeRefused: true })).asked).toEqual(['POST k'])
    for (const status of [401, 409, 429])
      expect((await created([failed(status, { refused: true })])).asked).toEqual(['POST k'])
    expect((await created([failed(undefined, { refused: true })])).asked).toEqual(['POST k'])
  })
})

describe('a key whose outcome is gone', () => {
  const old = { ...s, created_at: '2024-01-01T00:00:00Z' }
  const now = Date.UTC(2024, 0, 1, 1)
  const next = keyAfter('k', 's1')
  const gone = (answer: RequestResult, posts: RequestResult[], lists: JsonObject[][]) => {
    const { writer, asked } = service([answer, ...posts], lists)
    const get: Writer['get'] = async (path) => {
      const there = await writer.get(path)
      return path.endsWith('/s1') ? failed(404, { code: 'P606', refused: true }) : there
    }
    const wanted = { name: 'S', body: {}, secrets: [], key: 'k' }
    return { asked, written: create({ ...writer, get }, sync, wanted) }
  }

  test('leads to the next one at once, where the answer is older than the question', async () => {
    const { asked, written } = gone(done(old, now), [done(t)], [[]])
    expect(await written).toMatchObject({ ok: true, wire: t })
    expect(asked).toEqual(['POST k', 'GET /api/syncs/s1', 'look', `POST ${next}`, 'GET /api/syncs/s2'])
  })

  test('is looked for a while, where it may have been made just now, and by another one', async () => {
    const { asked, written } = gone(done(s, now), [done(t)], [[], [], [t]])
    expect(await written).toMatchObject({ ok: true, wire: t })
    expect(asked.filter((one) => one === 'look')).toHaveLength(3)
    expect(asked.filter((one) => one.startsWith('POST'))).toEqual(['POST k', `POST ${next}`])
  })

  test('is not adopted, although a list shows it still', async () => {
    const { asked, written } = gone(done(s, now), [done(t)], [[s], [s], [t]])
    expect(await written).toMatchObject({ ok: true, wire: t })
    expect(asked.filter((one) => one.startsWith('POST'))).toEqual(['POST k', `POST ${next}`])
  })

  test('is not known where what it made cannot be read: that is for the comparison to say', async () => {
    const { written, asked } = await created([done(old, now)], [failure(500)])
    expect(written).toEqual({
      ok: true,
      wire: old,
      notes: [],
      back: { ok: false, failure: failure(500) }
    })
    expect(asked).toEqual(['POST k', 'GET /api/syncs/s1', 'GET /api/syncs/s1'])
  })

  test('is called otherwise by now: for who asks it is gone', async () => {
    const { written, asked } = await created([done(old, now), done(t, now)], [[]], {})
    expect(written).toMatchObject({ ok: true, wire: old })
    expect(asked).toEqual(['POST k', 'GET /api/syncs/s1'])
    const renamed = service([done(old, now), done(t, now)], [[{ ...old, name: 'other' }]])
    const again = await create(renamed.writer, sync, { name: 'S', body: {}, secrets: [], key: 'k' })
    expect(again).toMatchObject({ ok: true, wire: t })
    expect(renamed.asked).toEqual([
      'POST k',
      'GET /api/syncs/s1',
      'look',
      `POST ${next}`,
      'GET /api/syncs/s2'
    ])
  })
})

test('a key whose outcome is gone each time is followed a hundred times, and then left', async () => {
  const old = { ...s, created_at: '2024-01-01T00:00:00Z' }
  const { writer, asked } = service([done(old, Date.UTC(2024, 0, 1, 1))], [[{ ...old, name: 'other' }]])
  const written = await create(writer, sync, { name: 'S', body: {}, secrets: [], key: 'k' })
  expect(written).toEqual({
    ok: false,
    failure: {
      code: 'P606',
      request: 'GET /api/syncs',
      status: 404,
      words: 'it has another name by now',
      refused: true,
      usedBy: []
    }
  })
  const keys = asked.filter((one) => one.startsWith('POST'))
  expect([keys.length, new Set(keys).size]).toEqual([101, 101])
})

test('a key is that of what is made: the order of its parts means nothing, each of them does', () => {
  const body = { a: 1, b: { c: [1, 2], d: 'x' } }
  const key = keyOfCreate('o', 'sync', 'S', body)
  expect(key).toMatch(/^[\w-]{43}$/)
  expect(keyOfCreate('o', 'sync', 'S', { b: { d: 'x', c: [1, 2] }, a: 1 })).toBe(key)
  const others = [
    keyOfCreate('p', 'sync', 'S', body),
    keyOfCreate('o', 'model', 'S', body),
    keyOfCreate('o', 'sync', 's', body),
    keyOfCreate('o', 'sync', 'S', { ...body, a: 2 }),
    keyOfCreate('o', 'sync', 'S', { a: 1, b: { c: [2, 1], d: 'x' } }),
    keyAfter(key, 'a'),
    keyAfter(key, 'b')
  ]
  expect(new Set([key, ...others]).size).toBe(8)
})
