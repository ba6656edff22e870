import { Decimal, Instant, isDocument, isList, isNull, scalarOf, JsonText, type Cell } from '../value.ts'
import { isOfJson, itemOf, type WritableType } from './types.ts'

/** What a column cannot have, as far as values say so by their types. */

type Sort = 'text' | 'number' | 'boolean' | 'moment' | 'list' | 'object' | 'bytes'

interface Takes {
  sorts: readonly Sort[]
  words: string
  /** Texts that may be one. What exactly it reads in them, PostgreSQL knows best, and is asked. */
  texts: RegExp
}

const numbers = /\d|^[+-]?(?:nan|inf(?:inity)?)$/i
const times = /\d|^(?:[+-]?infinity|now|today|tomorrow|yesterday|epoch|allballs)$/i
const truths = /^(?:t(?:r(?:ue?)?)?|f(?:a(?:l(?:se?)?)?)?|y(?:es?)?|no?|on|off?|[01])$/i

/** By the categories of PostgreSQL. */
const byCategory: Readonly<Record<string, Takes>> = {
  A: { sorts: ['text', 'list'], words: 'lists', texts: /^[[{]/ },
  B: { sorts: ['text', 'boolean', 'number'], words: 'true and false', texts: truths },
  D: { sorts: ['text', 'moment'], words: 'dates and times', texts: times },
  N: { sorts: ['text', 'number'], words: 'numbers', texts: numbers }
}

const vector: Takes = { sorts: ['text'], words: 'numbers apart by blanks', texts: /^$|\d/ }

const byType: Readonly<Record<string, Takes>> = {
  int2vector: vector,
  oidvector: vector,
  bytea: { sorts: ['bytes', 'text'], words: 'bytes', texts: /^\\x(?:[\da-f]{2})*$/i },
  uuid: { sorts: ['text'], words: 'UUIDs', texts: /^\{?(?:[\da-f]{4}-?){8}\}?$/i }
}

/** Returns why a column cannot have a value; for all else PostgreSQL is asked. */
export function unfit(cell: Cell, column: WritableType): string | undefined {
  const value = scalarOf(cell)
  if (isNull(value) || isOfJson(column)) return undefined
  const { typeName, category } = column
  if (typeof value === 'string' && value.includes('\0')) return 'takes no text with the character NUL'
  const sort = sortOf(value)
  // To PostgreSQL its types of names (regclass …) are numbers.
  const takes = typeName.startsWith('reg') ? undefined : (byType[typeName] ?? byCategory[category])
  if (takes === undefined) return sort === 'bytes' ? 'takes no bytes' : undefined
  if (!takes.sorts.includes(sort)) return `takes ${takes.words} alone`
  // What is empty is null.
  if (typeof value === 'string' && value !== '' && !takes.texts.test(value.trim()))
    return `takes ${takes.words} alone`
  if (!isList(value)) return undefined
  const item = itemOf(column)
  return value.map((one) => unfit(one, isList(one) ? column : item)).find((why) => why !== undefined)
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
