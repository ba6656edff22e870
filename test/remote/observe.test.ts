import { expect, test } from 'vitest'
import { waiting } from '../support/waiting.ts'
import { kinds } from '../../src/kinds/index.ts'
import { observe } from '../../src/remote/observe.ts'
import type { RequestResult } from '../../src/remote/failure.ts'
import { listed } from '../../src/remote/pages.ts'
import type { Reader } from '../../src/remote/transport.ts'
import { textOf, type JsonObject } from '../../src/state/value.ts'

/**
 * A list of which somebody changes one item just before its second page is read: the item moves to the
 * front.
 */
function movingList(): { reader: Reader; asked: string[] } {
  const asked: string[] = []
  let names = ['a', 'b', 'c', 'd']
  const reader: Reader = {
    version: '2025-09-18',
    async get(_path, query) {
      const token = query?.['page_token'] ?? ''
      asked.push(token)
      if (token === 'b' && names[0] !== 'd') names = ['d', 'a', 'b', 'c']
      const from = token === '' ? 0 : names.indexOf(token) + 1
      const page = names.slice(from, from + 2)
      const more = from + 2 < names.length ? { pagination: { next_page_token: page[1]! } } : {}
      const body: JsonObject = { data: page.map((name) => ({ id: name, name })), ...more }
      return { ok: true, status: 200, body }
    },
    ask: () => Promise.reject(new Error('nobody asks here')),
    me: () => Promise.reject(new Error('nobody asks here')),
    ...waiting()
  }
  return { reader, asked }
}

async function namesOf(reader: Reader, isComplete: (names: Set<string>) => boolean): Promise<string[]> {
  const names = new Set<string>()
  for await (const page of listed(reader, { path: '/api/syncs', nameKey: 'name' }, () => isComplete(names)))
    if (page.ok) for (const item of page.items) names.add(textOf(item['name']))
  return [...names].toSorted()
}

test('what moves to the front of a list while it is read is not missed', async () => {
  const { reader } = movingList()
  expect(await namesOf(reader, (names) => names.has('d'))).toEqual(['a', 'b', 'c', 'd'])
})

test('the front is not read again when nothing is missing', async () => {
  const { reader, asked } = movingList()
  await namesOf(reader, () => true)
  expect(asked).toEqual(['', 'b'])
})

test('an error of the program while a later page is under way is heard with the others', async () => {
  const { promise: secondPage, resolve } = Promise.withResolvers<void>()
  const reader: Reader = {
    ...movingList().reader,
    async get(path, query) {
      const data = (body: JsonObject): RequestResult => ({ ok: true, status: 200, body })
      if (path !== '/api/syncs') throw new Error(`a mistake at ${path}`)
      if (query?.['page_token'] === undefined)
        return data({ data: [{ id: '1', name: 'a' }], pagination: { next_page_token: 'next' } })
      await secondPage
      return data({ data: [] })
    },
    me: async () => ({ ok: true, status: 200, body: { data: { organization_id: '1' } } })
  }
  const syncs = { managed: kinds.managed.filter(({ section }) => section === 'syncs') }
  const observed = observe(reader, { workspace: {}, resources: [], removed: [] }, syncs, {
    everything: true,
    inFull: true
  })
  // What nobody hears of by the next turn ends a process.
  await new Promise((turn) => setImmediate(turn))
  resolve()
  await expect(observed).rejects.toThrow('a mistake at')
})
