import { hash } from 'node:crypto'
import { Decimal, Instant, isList, JsonText, Unreadable, type Cell, type Row, type Value } from './value.ts'

/** How rows are kept while they wait to be written, and by what a change of them is noticed. */

/** JSON of a cell: plain values as they are, all others as a list of a letter and a text. */
type Packed = string | number | boolean | null | readonly [tag: string, content?: unknown]

/** Returns a row as text. Two rows have the same text only if they have the same values of the same types. */
export function packed(row: Row): string {
  return JSON.stringify(row.map(pack))
}

/** Returns the row of a text that `packed` wrote. */
export function unpacked(text: string): Row {
  const list: unknown = JSON.parse(text)
  return Array.isArray(list) ? list.map(unpack) : []
}

function pack(cell: Cell): Packed {
  if (cell === undefined) return ['u']
  if (cell === null || typeof cell === 'string' || typeof cell === 'boolean') return cell
  if (typeof cell === 'number') return cell
  if (typeof cell === 'bigint') return ['n', String(cell)]
  if (cell instanceof Decimal) return ['d', cell.text]
  if (cell instanceof Instant) return ['i', cell.text]
  if (cell instanceof JsonText) return ['j', cell.text]
  if (cell instanceof Uint8Array) return ['b', Buffer.from(cell).toString('base64')]
  if (cell instanceof Unreadable) return ['x', cell.why]
  if (isList(cell)) return ['l', cell.map(pack)]
  return ['o', Object.entries(cell).map(([name, member]) => [name, pack(member)])]
}

function unpack(part: unknown): Cell {
  if (!Array.isArray(part)) return isPlain(part) ? part : null
  const [tag, content]: unknown[] = part
  const text = typeof content === 'string' ? content : ''
  if (tag === 'u') return undefined
  if (tag === 'n') return BigInt(text)
  if (tag === 'd') return new Decimal(text)
  if (tag === 'i') return new Instant(text)
  if (tag === 'j') return new JsonText(text)
  if (tag === 'b') return new Uint8Array(Buffer.from(text, 'base64'))
  if (tag === 'x') return new Unreadable(text)
  const parts: unknown[] = Array.isArray(content) ? content : []
  if (tag === 'l') return parts.map((item) => unpack(item) ?? null)
  const members: [string, Value][] = []
  for (const member of parts)
    if (Array.isArray(member)) members.push([String(member[0]), unpack(member[1]) ?? null])
  return Object.fromEntries(members)
}

function isPlain(value: unknown): value is null | string | number | boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}

/** Returns the first 132 bits of a digest, in base64url: enough to tell any two texts apart. */
export function digest(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 22)
}
