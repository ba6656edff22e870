import { describe, expect, test } from 'vitest'
import { waiting } from '../support/waiting.ts'
import { listed, pages, type Page } from '../../src/remote/pages.ts'
import type { RequestResult } from '../../src/remote/failure.ts'
import type { Reader } from '../../src/remote/transport.ts'
import { textOf, type Json } from '../../src/state/value.ts'

/** A service that answers each page by what is asked for, and notes when it was asked. */
function service(answers: Record<string, Json | RequestResult>): { reader: Reader; asked: string[] } {
  const asked: string[] = []
  const reader: Reader = {
    version: '2025-09-18',
    async get(path, query) {
      const token = query?.['page_token'] ?? ''
      asked.push(`${path}?${token}`)
      const answer = answers[token]!
      const isAnswer = typeof answer === 'object' && answer !== null && 'ok' in answer
      return isAnswer ? (answer as RequestResult) : { ok: true, status: 200, body: answer as Json }
    },
    ask: () => Promise.reject(new Error('nobody asks here')),
    me: () => Promise.reject(new Error('nobody asks here')),
    ...waiting()
  }
  return { reader, asked }
}

async function reported(
  answers: Record<string, Json | RequestResult>,
  nameKey = 'name',
  ahead = false
): Promise<string[]> {
  const found: string[] = []
  for await (const page of pages(service(answers).reader, { path: '/api/x', nameKey }, ahead))
    found.push(shown(page))
  return found
}

function shown(page: Page): string {
  if (page.ok) return page.items.map(({ id, name }) => `${textOf(id)}=${textOf(name)}`).join(' ')
  const { code, request, words, refused, usedBy } = page.failure
  return `${code} ${request}: ${words} ${String(refused)} ${usedBy.length}`
}

const item = (id: string): Json => ({ id, name: id.toUpperCase() })
const page = (ids: string[], next?: Json): Json => ({
  data: ids.map(item),
  ...(next === undefined ? {} : { pagination: { next_page_token: next } })
})

describe('a list', () => {
  test('is read page by page, to its end', async () => {
    const answers = { '': page(['a', 'b'], 'x'), x: page([], 'y'), y: page(['c'], '') }
    expect(await reported(answers)).toEqual(['a=A b=B', '', 'c=C'])
    expect(await reported(answers, 'name', true)).toEqual(['a=A b=B', '', 'c=C'])
  })

  test.each<[string, Json]>([
    ['no paging', { data: [item('a')] }],
    ['no token', { data: [item('a')], pagination: {} }],
    ['an empty token', page(['a'], '')],
    ['a token that is null', page(['a'], null)],
    ['a token that is a number', page(['a'], 1)],
    ['paging that is none', { data: [item('a')], pagination: 'x' }]
  ])('with %s has one page', async (_what, body) => {
    expect(await reported({ '': body })).toEqual(['a=A'])
  })

  test('that has nothing in it, is empty', async () => {
    expect(await reported({ '': { data: null } })).toEqual([''])
    expect(await reported({ '': { data: [] } })).toEqual([''])
  })

  test('has its names under the key that the kind has for it', async () => {
    expect(await reported({ '': { data: [{ id: 'a', label: 'L', name: 'other' }] } }, 'label')).toEqual([
      'a=L'
    ])
  })

  test.each<[string, Json]>([
    ['no object', 'x'],
    ['a list', [item('a')]],
    ['no data', { items: [] }],
    ['data that is no list', { data: { a: 1 } }],
    ['an item that is no object', { data: [item('a'), 'b'] }],
    ['an item without an id', { data: [item('a'), { name: 'B' }] }],
    ['an item whose id is a number', { data: [{ id: 1, name: 'B' }] }],
    ['an item without a name', { data: [item('a'), { id: 'b' }] }],
    ['an item whose name is a number', { data: [{ id: 'b', name: 1 }] }]
  ])('with %s is not understood', async (_what, body) => {
    expect(await reported({ '': body })).toEqual([
      'P612 GET /api/x: the list is not `{"data": […]}` of things with an id and a name true 0'
    ])
  })

  test('ends with the page that failed', async () => {
    const failure = { code: 'P609' as const, request: 'GET /api/x', words: 'w', refused: false, usedBy: [] }
    expect(await reported({ '': page(['a'], 'x'), x: { ok: false, failure } })).toEqual([
      'a=A',
      'P609 GET /api/x: w false 0'
    ])
  })

  test('that names the same next page again ends in a failure, not never', async () => {
    const answers = { '': page(['a'], 'x'), x: page(['b'], 'y'), y: page(['c'], 'x') }
    const end = 'P612 GET /api/x: the same page token came twice: the list would never end true 0'
    expect(await reported(answers)).toEqual(['a=A', 'b=B', 'c=C', end])
    const { reader, asked } = service(answers)
    for await (const _ of pages(reader, { path: '/api/x', nameKey: 'name' }, true)) continue
    expect(asked).toEqual(['/api/x?', '/api/x?x', '/api/x?y'])
  })

  test('is asked for ahead only where that is wanted', async () => {
    for (const ahead of [true, false]) {
      const { reader, asked } = service({ '': page(['a'], 'x'), x: page(['b']) })
      const all = pages(reader, { path: '/api/x', nameKey: 'name' }, ahead)
      await all.next()
      expect(asked).toEqual(ahead ? ['/api/x?', '/api/x?x'] : ['/api/x?'])
      await all.next()
      expect(asked).toEqual(['/api/x?', '/api/x?x'])
    }
  })

  describe('that goes on and on', () => {
    const read = async (
      of: (count: number) => Json,
      answer: Partial<RequestResult> = {},
      clock = waiting()
    ) => {
      let count = 0
      const notes: string[] = []
      const endless: Reader = {
        ...service({}).reader,
        ...clock,
        note: (text) => void notes.push(text),
        get: async () => ({ ok: true, status: 200, body: of(++count), ...answer }) as RequestResult
      }
      let last = ''
      for await (const one of pages(endless, { path: '/api/x', nameKey: 'name' }, false)) last = shown(one)
      return { count, last, notes }
    }
    const reported = (words: string): string => `P612 GET /api/x: ${words} true 0`

    test.each<[string, string[]]>([
      ['with nothing', []],
      ['with the same', ['a', 'b']]
    ])('%s on its pages ends after a few', async (_what, ids) => {
      const { count, last } = await read((page_) => page(ids, `t${page_}`))
      expect(count).toBeLessThanOrEqual(21)
      expect(last).toMatch(
        /: the list would never end: its last 20 pages brought nothing new, after [02] items /
      )
    })

    test('with ever more ends after more items than anybody has, and tells how far it is', async () => {
      const many = (at: number): Json =>
        page(
          Array.from({ length: 1_000 }, (_, index) => `${at}-${index}`),
          `t${at}`
        )
      const { last, notes } = await read(many)
      expect(last).toBe(reported('the list has more than 100,000 items'))
      expect(notes).toEqual(['reading /api/x: 50,000 so far', 'reading /api/x: 100,000 so far'])
    })

    test('with large pages ends before they fill the memory', async () => {
      const { count, last } = await read((at) => page([`${at}`], `t${at}`), {
        size: 64 * 1024 * 1024
      })
      expect([count, last]).toEqual([5, reported('the list is larger than 256 MiB')])
    })

    test('slowly ends when nobody waits any more', async () => {
      let elapsed = 0
      const clock = waiting()
      const slow = { ...clock, budget: () => ({ ...clock.budget(), elapsedMs: () => (elapsed += 60_000) }) }
      const { count, last } = await read((at) => page([`${at}`], `t${at}`), {}, slow)
      expect([count, last]).toEqual([
        16,
        reported('the list did not end within 15 minutes: 16 items so far')
      ])
    })
  })
})

describe('a list of which something is missing', () => {
  async function read(
    answers: Record<string, Json | RequestResult>[],
    isComplete = false
  ): Promise<string[]> {
    const asked: string[] = []
    let reading = -1
    const { reader } = service({})
    const moving: Reader = {
      ...reader,
      async get(path, query) {
        if (query === undefined) reading += 1
        const { reader: now } = service(answers[reading]!)
        asked.push(query?.['page_token'] ?? 'front')
        return await now.get(path, query)
      }
    }
    const found: string[] = []
    for await (const one of listed(moving, { path: '/api/x', nameKey: 'name' }, () => isComplete))
      found.push(shown(one))
    return [asked.join(' '), ...found]
  }

  const three = { '': page(['a', 'b'], 'x'), x: page(['c', 'd'], 'y'), y: page(['e']) }

  test('is read again from its front, up to what is known', async () => {
    expect(await read([three, three])).toEqual(['front x y front', 'a=A b=B', 'c=C d=D', 'e=E', 'a=A b=B'])
    const moved = { '': page(['f', 'a'], 'x'), x: page(['b', 'c'], 'y'), y: page(['d', 'e']) }
    expect(await read([three, moved])).toEqual([
      'front x y front x',
      'a=A b=B',
      'c=C d=D',
      'e=E',
      'f=F a=A',
      'b=B c=C'
    ])
  })

  test('is not read again when it is complete, or had one page', async () => {
    expect(await read([three, three], true)).toEqual(['front x y', 'a=A b=B', 'c=C d=D', 'e=E'])
    expect(await read([{ '': page(['a']) }])).toEqual(['front', 'a=A'])
  })

  test('is asked for ahead at first, and page by page then', async () => {
    const asked: string[] = []
    const { reader } = service(three)
    const get: Reader['get'] = async (path, query) => {
      asked.push(query?.['page_token'] ?? 'front')
      return await reader.get(path, query)
    }
    const all = listed({ ...reader, get }, { path: '/api/x', nameKey: 'name' }, () => false)
    await all.next()
    expect(asked).toEqual(['front', 'x'])
    for (let more = 0; more < 3; more++) await all.next()
    expect(asked).toEqual(['front', 'x', 'y', 'front'])
  })

  test('and whose front cannot be read again, is a failure', async () => {
    const failure = { code: 'P609' as const, request: 'GET /api/x', words: 'w', refused: false, usedBy: [] }
    const reported = await read([three, { '': { ok: false, failure } }])
    expect(reported.at(-1)).toBe('P609 GET /api/x: w false 0')
  })
})
