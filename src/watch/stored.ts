import type { Row } from '../storage/database.ts'
import { findings, type DriftItem } from './items.ts'
import type { Message } from './message.ts'
import type { News, Scope, Trouble } from './news.ts'
import type { Turn } from './turn.ts'

/** Reads a column with JSON as what was written there. Throws where another program wrote something else. */
export function readAs<T>(row: Row, column: string, fits: (value: unknown) => value is T): T {
  const value: unknown = JSON.parse(String(row[column]))
  if (!fits(value)) throw new Error(`the database of the watcher holds something else as ${column}`)
  return value
}

/** Whether a value is a turn. */
export function isTurn(value: unknown): value is Turn {
  return has(value, {
    at: 'number',
    tookMs: 'number',
    outcome: 'string',
    closing: 'string',
    open: 'number'
  })
}

/** Whether a value is an organization. */
export function isScope(value: unknown): value is Scope {
  return has(value, { id: 'string', name: 'string' })
}

/** Whether a value is something that was found. */
export function isItem(value: unknown): value is DriftItem {
  const texts = { key: 'string', kind: 'string', name: 'string', text: 'string', digest: 'string' }
  return (
    has(value, { ...texts, notes: 'object', lines: 'object' }) &&
    findings.some((one) => one === value['finding'])
  )
}

/** Whether a value is a trouble. */
export function isTrouble(value: unknown): value is Trouble {
  return has(value, { sort: 'string' }) && Array.isArray(value['reasons'])
}

/** Whether a value is a piece of news. */
export function isNews(value: unknown): value is News {
  if (!has(value, { of: 'string', at: 'number', since: 'number' }) || !isScope(value['scope'])) return false
  const { found, trouble } = value
  return (found === undefined || isItem(found)) && (trouble === undefined || isTrouble(trouble))
}

/** Whether a value is a message. */
export function isMessage(value: unknown): value is Message {
  if (!has(value, { id: 'string', at: 'number', open: 'number', organizations: 'number' })) return false
  return Array.isArray(value['news']) && value['news'].every(isNews)
}

/** Whether a value is a mapping with these members. */
function has(value: unknown, members: Record<string, string>): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const entries = new Map<string, unknown>(Object.entries(value))
  return Object.entries(members).every(([name, type]) => typeof entries.get(name) === type)
}
