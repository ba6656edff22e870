import { Decimal, Instant, isDocument, isList, isNull, scalarOf, JsonText, type Cell } from '../value.ts'
import { isOfJson, itemOf, type WritableType } from './types.ts'

/** What a column cannot have, as far as values say so by their types. */

type Sort = 'text' | 'number' | 'boolean' | 'moment' | 'list' | 'object' | 'bytes'

interface Takes {
  sorts: readonly Sort[]
  words: string
}

/** By the categories of PostgreSQL. Of texts it is asked: it knows best what it reads in them. */
const byCategory: Readonly<Record<string, Takes>> = {
  A: { sorts: ['text', 'list'], words: 'lists' },
  B: { sorts: ['text', 'boolean', 'number'], words: 'true and false' },
  D: { sorts: ['text', 'moment'], words: 'dates and times' },
  N: { sorts: ['text', 'number'], words: 'numbers' }
}

const byType: Readonly<Record<string, Takes>> = {
  bytea: { sorts: ['bytes'], words: 'bytes' },
  uuid: { sorts: ['text'], words: 'UUIDs' }
}

/** Returns why a column cannot have a value; for all else PostgreSQL is asked. */
export function unfit(cell: Cell, column: WritableType): string | undefined {
  const value = scalarOf(cell)
  if (isNull(value) || isOfJson(column)) return undefined
  const { typeName, category } = column
  if (typeof value === 'string' && value.includes('\0')) return 'takes no text with the character NUL'
  if (typeName === 'bytea' && isHex(value)) return undefined
  const sort = sortOf(value)
  const takes = byType[typeName] ?? byCategory[category]
  if (takes === undefined) return sort === 'bytes' ? 'takes no bytes' : undefined
  if (!takes.sorts.includes(sort)) return `takes ${takes.words} alone`
  if (!isList(value)) return undefined
  const item = itemOf(column)
  return value.map((one) => unfit(one, isList(one) ? column : item)).find((why) => why !== undefined)
}

/** Bytes as PostgreSQL writes them. An empty text is null. */
function isHex(value: Cell): boolean {
  return typeof value === 'string' && /^(?:\\x(?:[\da-f]{2})*)?$/i.test(value)
}

function sortOf(value: Cell): Sort {
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'number' || typeof value === 'bigint' || value instanceof Decimal) return 'number'
  if (value instanceof Instant) return 'moment'
  if (value instanceof Uint8Array) return 'bytes'
  if (value instanceof JsonText) return /^\s*\{/.test(value.text) ? 'object' : 'list'
  if (isList(value)) return 'list'
  return isDocument(value) ? 'object' : 'text'
}
