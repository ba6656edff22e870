import { misfit, type Shape } from '../state/shape.ts'
import { isObject, textOf, type JsonObject } from '../state/value.ts'
import type { Failure } from './failure.ts'
import type { Reader } from './transport.ts'
import type { Patience } from './tries.ts'

/** A list: its path, and the key under which its items have their name. */
export interface List {
  path: string
  nameKey: string
  /** The shape of the items. */
  answer?: Shape
}

/**
 * One page, or the failure that ends the list. Each item has an id and a name, for resources are matched
 * by these.
 */
export type Page = { ok: true; items: JsonObject[] } | { ok: false; failure: Failure }

/** R37: The bounds of a list, so that one without an end takes neither all time nor all memory. */
export const listBounds = {
  items: 100_000,
  /** Characters of all its pages. */
  size: 256 * 1024 * 1024,
  /** Pages in a row without a new item. */
  emptyPages: 20,
  milliseconds: 15 * 60_000,
  /** A remark is shown after so many pages, and each time that their number has doubled. */
  tellAfter: 50
} as const

/**
 * Yields all pages of a list in order. A failed page is the last one. A list without paging is one page.
 * With `ahead`, the next page is requested before this one is yielded, so that requests that this one
 * causes do not stand before it in the queue.
 */
export async function* pages(
  reader: Reader,
  list: List,
  ahead: boolean,
  patience: () => Patience = () => ({})
): AsyncGenerator<Page> {
  const { path, nameKey } = list
  const seen = new Set<string>()
  const progress = openProgress(reader, path)
  let coming = reader.get(path, undefined, patience())
  for (;;) {
    const answer = await coming
    if (!answer.ok) return yield answer
    const items = itemsOf(answer.body, nameKey)
    if (!items)
      return yield strange(path, `the list is not \`{"data": […]}\` of things with an id and a ${nameKey}`)
    const wrong = misfit({ list: list.answer ?? 'anything' }, items, 'data')
    if (wrong !== undefined) return yield strange(path, wrong)
    const endless = progress.beyond(items, answer.size)
    if (endless !== undefined) return yield strange(path, endless)
    const token = nextToken(answer.body)
    const again = token !== undefined && seen.has(token)
    if (token !== undefined) seen.add(token)
    const next =
      token === undefined || again ? undefined : () => reader.get(path, { page_token: token }, patience())
    const early = ahead ? next?.() : undefined
    yield { ok: true, items }
    if (again) return yield strange(path, 'the same page token came twice: the list would never end')
    if (next === undefined) return
    coming = early ?? next()
  }
}

/** Tracks the progress of a list; `beyond` returns a sentence when a bound is passed. */
function openProgress(reader: Reader, path: string) {
  const budget = reader.budget()
  const ids = new Set<string>()
  let [count, empty, size] = [0, 0, 0]
  let tellAt: number = listBounds.tellAfter
  // What Node needs to write numbers for people is loaded when a number is first written so.
  const known = (): string => ids.size.toLocaleString('en-US')
  return {
    beyond(items: readonly JsonObject[], letters = 0): string | undefined {
      const before = ids.size
      for (const item of items) ids.add(textOf(item['id']))
      count += 1
      size += letters
      empty = ids.size > before ? 0 : empty + 1
      const minutes = listBounds.milliseconds / 60_000
      if (ids.size > listBounds.items)
        return `the list has more than ${listBounds.items.toLocaleString('en-US')} items`
      if (size > listBounds.size) return `the list is larger than ${listBounds.size / 1024 / 1024} MiB`
      if (empty >= listBounds.emptyPages)
        return `the list would never end: its last ${empty} pages brought nothing new, after ${known()} items`
      if (budget.elapsedMs() > listBounds.milliseconds)
        return `the list did not end within ${minutes} minutes: ${known()} items so far`
      if (count < tellAt) return undefined
      tellAt *= 2
      reader.note(`reading ${path}: ${known()} so far`)
      return undefined
    }
  }
}

/**
 * Yields a list in order of the last change. What changes while it is read moves to its front and would
 * be missed: where something is missing, the front is read again, up to the first page without new items.
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

/** Returns the items of a page with their name as `name`; undefined where one has no id or no name. */
export function itemsOf(body: unknown, nameKey: string): JsonObject[] | undefined {
  if (!isObject(body)) return undefined
  const data = body['data'] ?? []
  if (!Array.isArray(data) || !('data' in body)) return undefined
  const items = data.flatMap((item) => {
    const name = isObject(item) && typeof item['id'] === 'string' ? item[nameKey] : undefined
    return isObject(item) && typeof name === 'string' ? [{ ...item, name }] : []
  })
  return items.length === data.length ? items : undefined
}

/** Returns the token of the page after this one; undefined on the last. */
export function nextToken(body: unknown): string | undefined {
  const pagination = isObject(body) ? body['pagination'] : undefined
  const token = isObject(pagination) ? pagination['next_page_token'] : undefined
  return typeof token === 'string' && token !== '' ? token : undefined
}

function strange(path: string, words: string): Page {
  return { ok: false, failure: { code: 'P612', request: `GET ${path}`, words, refused: true, usedBy: [] } }
}
