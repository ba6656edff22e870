import { byPosition, type Position } from './records.ts'
import { Refusal } from './refusal.ts'

const pageSize = 50

/**
 * Pages of lists. A token names the last item instead of a position: what changes meanwhile moves to the
 * front of the list, and does not shift the rest.
 */
export interface Page<T> {
  items: T[]
  /** Absent on the last page. */
  nextPageToken?: string
}

/**
 * Returns one page of an ordered list, of which no more is read than that takes. `limit` and `page_token` are
 * those of the API: at most 50 items, opaque tokens.
 */
export function paged<T extends Position>(things: Iterable<T>, query: URLSearchParams): Page<T> {
  const requested = Number(query.get('limit') ?? pageSize)
  const size = Number.isInteger(requested) && requested > 0 ? Math.min(requested, pageSize) : pageSize
  const after = positionIn(query)
  const items: T[] = []
  for (const thing of things) {
    if (after !== undefined && byPosition(after, thing) >= 0) continue
    const last = items.at(-1)
    if (items.length === size && last !== undefined) return { items, nextPageToken: writeToken(last) }
    items.push(thing)
  }
  return { items }
}

/** Returns the position after which the requested page begins; undefined for the first page. */
export function positionIn(query: URLSearchParams): Position | undefined {
  const token = query.get('page_token')
  return token === null || token === '' ? undefined : readToken(token)
}

/** Returns the `pagination` member of an envelope; empty on the last page. */
export function pagination(page: Page<unknown>): object {
  return page.nextPageToken === undefined ? {} : { pagination: { next_page_token: page.nextPageToken } }
}

function writeToken({ updated_at, id }: Position): string {
  return Buffer.from(JSON.stringify([updated_at, id])).toString('base64url')
}

function readToken(token: string): Position {
  try {
    const position: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'))
    const [updated_at, id]: unknown[] = Array.isArray(position) ? position : []
    if (typeof updated_at === 'string' && typeof id === 'string') return { updated_at, id }
  } catch {
    // Falls through to the refusal: the token is not one of ours.
  }
  throw new Refusal(400, 'invalid', 'page_token is not one that this server gave', {
    metadata: { field: 'page_token' }
  })
}
