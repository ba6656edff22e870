import type { Json, JsonObject } from '../../state/value.ts'
import { isObject } from '../../state/value.ts'
import { yamlText } from '../source/index.ts'
import { bounds, document, isBlock, laidOut, type LaidItem, type LaidSection } from './document.ts'

/**
 * Writes sections of plain values in the one layout: what `laidOut` makes of the document of them, byte for
 * byte. Thousands of files are written at once by an import, and to make nodes of all values, for the library
 * to write, takes many times as long. What is unusual is left to the library.
 */
export function sectionsText(sections: readonly LaidSection[], head: readonly string[] = []): string {
  const isUsual =
    sections.length > 0 &&
    sections.every(({ name, isList, items }) => isList && isUsualKey(name) && items.every(isUsualItem)) &&
    head.every(isUsualComment)
  if (!isUsual) return laidOut(document(sections, head))
  const blocks = sections.map(({ name, items }) => [`${yamlText(name)}:`, ...itemLines(items)].join('\n'))
  const top = head.length > 0 ? [head.map((line) => `# ${line}`).join('\n')] : []
  return `${[...top, ...blocks].join('\n\n')}\n`
}

function isUsualItem({ value, comments }: LaidItem): boolean {
  return Object.keys(value).length > 0 && isUsualValue(value) && comments.every(isUsualComment)
}

function isUsualComment(line: string): boolean {
  return line.trim() !== '' && !/[\r\n]/.test(line)
}

function isUsualKey(key: string): boolean {
  return key.length < 100 && /^[\p{L}_][\p{L}\p{N}_-]*$/u.test(key)
}

/** Blocks that begin with blanks have an indicator, and some numbers are written in forms of their own. */
function isUsualValue(value: Json): boolean {
  if (typeof value === 'string') return !/^\s/.test(value) || !isBlock(value)
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0)
  if (Array.isArray(value)) return value.every(isUsualValue)
  if (!isObject(value)) return value === null || typeof value === 'boolean'
  return Object.entries(value).every(([key, inner]) => isUsualKey(key) && isUsualValue(inner))
}

/** Resources stand apart from each other, unless each takes but one line. */
function itemLines(items: readonly LaidItem[]): string[] {
  let isBeforeShort: boolean | undefined
  return items.flatMap(({ value, comments }) => {
    const isShort = Object.keys(value).length <= 1 && comments.length === 0
    const isApart = isBeforeShort !== undefined && !(isBeforeShort && isShort)
    isBeforeShort = isShort
    const entries = mappingText(value, { column: 4, width: 4 })
    return [...(isApart ? [''] : []), ...comments.map((line) => `  # ${line}`), `  - ${entries}`]
  })
}

/** Where something stands: its column, and the width that counts for whether it fits on a line. */
interface Margin {
  column: number
  width: number
}

/** The entries of a mapping, each on lines of its own. The first begins where the text does. */
function mappingText(mapping: JsonObject, { column, width }: Margin): string {
  const entries = Object.entries(mapping).map(([key, value]) => {
    const line = lineIn(value, { column, width }, false)
    if (line !== undefined) return `${yamlText(key)}: ${line}`
    const inner = { column: column + 2, width: width + 2 }
    const below = ' '.repeat(inner.column)
    return `${yamlText(key)}:\n${below}${collectionText(value, inner)}`
  })
  return entries.join(`\n${' '.repeat(column)}`)
}

function listText(list: readonly Json[], { column, width }: Margin): string {
  const items = list.map((item) => {
    const line = lineIn(item, { column, width }, true)
    return `- ${line ?? collectionText(item, { column: column + 2, width: width + 2 })}`
  })
  return items.join(`\n${' '.repeat(column)}`)
}

function collectionText(value: Json, margin: Margin): string {
  if (Array.isArray(value)) return listText(value, margin)
  return isObject(value) ? mappingText(value, margin) : ''
}

/** A value that begins on the line of its key or dash; undefined for one that has lines of its own. */
function lineIn(value: Json, { column, width }: Margin, inList: boolean): string | undefined {
  if (typeof value === 'string') return isBlock(value) ? blockText(value, column + 2) : yamlText(value)
  if (typeof value !== 'object' || value === null) return String(value)
  const most = inList ? bounds.keysInList : bounds.keys
  if (isObject(value) && Object.keys(value).length > most) return undefined
  const line = lineOf(value)
  return line !== undefined && width + line.length <= bounds.columns ? line : undefined
}

function blockText(text: string, column: number): string {
  const indent = ' '.repeat(column)
  const isEnded = text.endsWith('\n')
  const lines = (isEnded ? text.slice(0, -1) : text).replaceAll(/\n+/g, (ends) => `${ends}${indent}`)
  return `${isEnded ? '|' : '|-'}\n${indent}${lines}`
}

/** Returns a value as it stands on one line; undefined where it cannot. */
function lineOf(value: Json, depth = 0): string | undefined {
  if (typeof value === 'string') return value.includes('\n') ? undefined : yamlText(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (depth > 1) return undefined
  const parts: string[] = []
  const isList = Array.isArray(value)
  for (const [key, inner] of Object.entries<Json>(value)) {
    if (isList && typeof inner === 'object' && inner !== null) return undefined
    const line = lineOf(inner, depth + 1)
    if (line === undefined) return undefined
    parts.push(isList ? line : `${yamlText(key)}: ${line}`)
  }
  if (parts.length === 0) return isList ? '[]' : '{}'
  return isList ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`
}
