import { describe, expect, test } from 'vitest'
import type { ListedApi } from '../../src/kinds/api.ts'
import type { Kind } from '../../src/kinds/kind.ts'
import { EarlyAnswers } from '../../src/remote/early.ts'
import type { RequestResult } from '../../src/remote/failure.ts'
import type { Reader } from '../../src/remote/transport.ts'
import type { Json } from '../../src/state/value.ts'
import { gadget } from '../support/small-kind.ts'
import { waiting } from '../support/waiting.ts'

/** What is asked for before it is needed, and who gets the answers. */

const listedKind = (name: string, api: Partial<ListedApi> = {}, more: Partial<Kind> = {}): Kind => ({
  ...gadget,
  name,
  api: { ...gadget.api, path: `/${name}`, ...api },
  ...more
})

const box = listedKind('box')
/** Its list leaves out what is compared. */
const shelf = listedKind('shelf', { lightList: (version) => version !== '2023-04-25' })
const older = listedKind('label', { olderPaths: { '2023-04-25': '/tags' } })
const ours = listedKind('user', { path: '/of/{organization}/users' })
const lid: Kind = {
  ...gadget,
  name: 'lid',
  api: {
    access: 'derived',
    path: '/lid',
    id: () => undefined,
    fieldsOf: () => [],
    updates: () => [],
    resets: () => [],
    isReset: () => false
  }
}

const failed: RequestResult = {
  ok: false,
  failure: { code: 'P609', request: 'GET /x', status: 500, words: 'no', refused: false, usedBy: [] }
}

function service(pages: Record<string, Json> = {}, version: Reader['version'] = '2025-09-18') {
  const asked: string[] = []
  const reader: Reader = {
    version,
    async get(path, query = {}, { retryableMessages } = {}) {
      const token = query['page_token']
      asked.push([path, token, retryableMessages].filter((one) => one !== undefined).join(' '))
      const body = pages[token === undefined ? path : `${path} ${token}`]
      return body === undefined ? failed : { ok: true, status: 200, body }
    },
    ask: () => Promise.reject(new Error('nobody asks here')),
    async me() {
      asked.push('me')
      return { ok: true, status: 200, body: { data: { organization_id: 'o' } } }
    },
    ...waiting()
  }
  return { reader, asked }
}

const page = (names: readonly string[], next?: string): Json => ({
  data: names.map((name) => ({ id: `${name.toLowerCase()}/1`, name })),
  ...(next === undefined ? {} : { pagination: { next_page_token: next } })
})
const declared = (kind: string, ...names: string[]) => names.map((name) => ({ kind, name }))

describe('before anything is known of the files', () => {
  test('it is asked whose key it is, and for the first page of each list whose path is known', async () => {
    const { reader, asked } = service()
    new EarlyAnswers().ask(reader, [box, lid, ours, older, shelf])
    expect(asked).toEqual(['me', '/box', '/label', '/shelf'])
    const old = service({}, '2023-04-25')
    new EarlyAnswers().ask(old.reader, [older])
    expect(old.asked).toEqual(['me', '/tags'])
  })

  test('each answer is for who asks the same, once, and for nobody after a write', async () => {
    const { reader, asked } = service({ '/box': page(['A']) })
    const early = new EarlyAnswers()
    early.ask(reader, [box, shelf])
    expect(early.take('/box', { page_token: 'x' })).toBeUndefined()
    expect(await early.take('/box', {})).toEqual({ ok: true, status: 200, body: page(['A']) })
    expect(early.take('/box', {})).toBeUndefined()
    expect(await early.take('/api/me', {})).toMatchObject({ ok: true })
    early.drop()
    expect(early.take('/shelf', {})).toBeUndefined()
    expect(asked).toEqual(['me', '/box', '/shelf'])
  })

  test('one that nobody takes fails for nobody', async () => {
    const { reader } = service()
    const broken: Reader = { ...reader, get: () => Promise.reject(new Error('broken')) }
    const early = new EarlyAnswers()
    early.ask(broken, [box])
    await new Promise((resolve) => setImmediate(resolve))
    await expect(early.take('/box', {})).rejects.toThrow('broken')
  })
})

describe('once the files are sound', () => {
  /** What is asked for after the first pages. */
  async function followed(
    kinds: readonly Kind[],
    pages: Record<string, Json>,
    resources = declared('shelf', 'A', 'B'),
    version?: Reader['version']
  ) {
    const { reader, asked } = service(pages, version)
    const early = new EarlyAnswers()
    early.ask(reader, kinds)
    const before = asked.length
    await early.follow(reader, resources)
    return { early, asked: asked.slice(before), reader }
  }

  test('the second pages are asked for, and what is declared of a list that leaves some out', async () => {
    const { asked, early } = await followed([box, shelf], {
      '/box': page(['A', 'B'], 'two'),
      '/box two': page(['C'], 'three'),
      '/shelf': page(['A', 'B', 'C'])
    })
    expect(asked).toEqual(['/box two', '/shelf/a%2F1', '/shelf/b%2F1'])
    expect(await early.take('/box', { page_token: 'two' })).toMatchObject({ body: page(['C'], 'three') })
    expect(early.take('/box', {})).toBeDefined()
    expect(await early.take('/shelf/a%2F1', {})).toEqual(failed)
  })

  test('not where its list tells all, nor what is declared of another kind', async () => {
    const pages = { '/shelf': page(['A']) }
    expect((await followed([shelf], pages, declared('box', 'A'))).asked).toEqual([])
    expect((await followed([shelf], pages, declared('shelf', 'A'), '2023-04-25')).asked).toEqual([])
    expect((await followed([box], { '/box': page(['A']) }, declared('box', 'A'))).asked).toEqual([])
  })

  test('by the key that has the name, with the patience of the kind, and each once', async () => {
    const hooks = listedKind(
      'hook',
      { lightList: () => true, retryableMessages: ['still reading'] },
      { naming: { keys: ['endpoint'], wire: 'endpoint' } }
    )
    const data = ['a', 'a', 'b'].map((id) => ({ id, name: 'no', endpoint: id.toUpperCase() }))
    const { asked, early, reader } = await followed(
      [hooks],
      { '/hook': { data } },
      declared('hook', 'A', 'no')
    )
    expect(asked).toEqual(['/hook/a still reading'])
    await early.follow(reader, declared('hook', 'A', 'B'))
    expect(asked).toHaveLength(1)
  })

  test('nothing follows a list that failed, that has no items, or that was taken', async () => {
    expect((await followed([shelf], {})).asked).toEqual([])
    expect((await followed([shelf], { '/shelf': { data: [{ name: 'A' }] } })).asked).toEqual([])
    const { reader, asked } = service({ '/shelf': page(['A'], 'two') })
    const early = new EarlyAnswers()
    early.ask(reader, [shelf])
    void early.take('/shelf', {})
    await early.follow(reader, declared('shelf', 'A'))
    expect(asked).toEqual(['me', '/shelf'])
  })
})
