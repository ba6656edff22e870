import { isObject, textOf, type JsonObject } from '../state/value.ts'
import type { Failure } from './failure.ts'
import type { Reader } from './transport.ts'
import type { Patience } from './tries.ts'

/** A list to be read: where it is, and under which key its items have their name. */
export interface List {
  path: string
  nameKey: string
}

/**
 * One page, or the failure that ends the list. Each item is known to have an id and a name, since both are
 * what resources are matched by.
 */
export type Page = { ok: true; items: JsonObject[] } | { ok: false; failure: Failure }

/** More pages than any workspace has: a service that never ends its list must not hold us for ever. */
const mostPages = 10_000

/**
 * All pages of a list, in order. A page that failed is the last one. Lists without paging are one page.
 * With `ahead`, the next page is asked for before this one is handed out, so that whatever is asked because
 * of this one does not stand before it in the queue.
 */
export async function* pages(
  reader: Reader,
  list: List,
  ahead: boolean,
  patience: () => Patience = () => ({})
): AsyncGenerator<Page> {
  const { path, nameKey } = list
  const seen = new Set<string>()
  let coming = reader.get(path, undefined, patience())
  for (let count = 0; count < mostPages; count++) {
    const answer = await coming
    if (!answer.ok) return yield answer
    const items = itemsOf(answer.body, nameKey)
    if (!items)
      return yield strange(path, `the list is not \`{"data": […]}\` of things with an id and a ${nameKey}`)
    const token = nextToken(answer.body)
    const again = token !== undefined && seen.has(token)
    const next =
      token === undefined || again ? undefined : () => reader.get(path, { page_token: token }, patience())
    const early = ahead ? next?.() : undefined
    yield { ok: true, items }
    if (again) return yield strange(path, 'the same page token came twice: the list would never end')
    if (token === undefined || next === undefined) return
    seen.add(token)
    coming = early ?? next()
  }
  yield strange(path, `the list has more than ${mostPages} pages`)
}

/**
 * All of a list, in order of the last change. What changes while the list is read moves to its front,
 * and would be missed: where something is missing, the front is read again, up to what is known.
 */
export async function* listed(reader: Reader, list: List, isComplete: () => boolean): AsyncGenerator<Page> {
  const seen = new Set<string>()
  let count = 0
  for await (const page of pages(reader, list, true)) {
    yield page
    count += 1
    if (page.ok) for (const item of page.items) seen.add(textOf(item['id']))
  }
  if (count < 2 || isComplete()) return
  for await (const page of pages(reader, list, false)) {
    yield page
    if (page.ok && page.items.every((item) => seen.has(textOf(item['id'])))) return
  }
}

/** Whatever holds the name, items carry it as `name` from here on. */
function itemsOf(body: unknown, nameKey: string): JsonObject[] | undefined {
  if (!isObject(body)) return undefined
  const data = body['data'] ?? []
  const fits =
    Array.isArray(data) &&
    data.every(
      (item) => isObject(item) && typeof item['id'] === 'string' && typeof item[nameKey] === 'string'
    )
  if (!fits || !('data' in body)) return undefined
  return (data as JsonObject[]).map((item) => ({ ...item, name: item[nameKey]! }))
}

function nextToken(body: unknown): string | undefined {
  const pagination = isObject(body) ? body['pagination'] : undefined
  const token = isObject(pagination) ? pagination['next_page_token'] : undefined
  return typeof token === 'string' && token !== '' ? token : undefined
}

function strange(path: string, words: string): Page {
  return { ok: false, failure: { code: 'P612', request: `GET ${path}`, words, refused: true, usedBy: [] } }
}
