import { isExactly } from './number.ts'
import type { Json } from './value.ts'

declare global {
  interface JSON {
    /** What an engine tells beside a value that is no list and no mapping: how it was written. */
    parse(text: string, revive: (key: string, value: Json, context: { source?: string }) => Json): Json
  }
}

/** What JSON of somebody else may be at most (R37): nothing that walks through it runs out of stack. */
export const jsonBounds = {
  /** Lists and mappings inside of each other. */
  depth: 100,
  /** Texts, numbers, lists and mappings. */
  values: 4_000_000,
  /** Letters of one text in it. */
  text: 1024 * 1024
} as const

/** What JSON says, or in a sentence why it is not followed. Nothing is said of what is no JSON. */
export function boundedJson(
  text: string
): { ok: true; value: Json } | { ok: false; beyond: string } | { ok: false; beyond?: never } {
  const beyond = beyondIn(text)
  if (beyond !== undefined) return { ok: false, beyond }
  try {
    const value: Json = JSON.parse(text)
    const mark = /"(?:\$|\\u0024)/.test(text) ? markIn(value) : undefined
    if (mark !== undefined) return { ok: false, beyond: `it has a key \`${mark}\`` }
    return { ok: true, value: mayBeLong.test(text) ? withLongNumbers(text) : value }
  } catch {
    return { ok: false }
  }
}

/** Digits or an exponent beyond what every number of a program holds. */
const mayBeLong = /\d{16}|\d\.\d{15}|\d[eE]/

/** A number that would become another one is kept by its digits. */
function withLongNumbers(text: string): Json {
  return JSON.parse(text, (_key, value, { source }) =>
    typeof value !== 'number' || source === undefined || isExactly(value, source)
      ? value
      : { $number: source }
  )
}

/**
 * A key that would make a reference or a secret of a plain mapping: what a service says must never become
 * one, least of all one that is opened on the way back.
 */
function markIn(value: Json): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (Array.isArray(value)) return value.map(markIn).find((mark) => mark !== undefined)
  const own = ['$ref', '$secret', '$number'].find((mark) => Object.hasOwn(value, mark))
  return (
    own ??
    Object.values(value)
      .map(markIn)
      .find((mark) => mark !== undefined)
  )
}

const [quote, backslash, comma, colon] = [0x22, 0x5c, 0x2c, 0x3a]
const [openList, closeList, openMapping, closeMapping] = [0x5b, 0x5d, 0x7b, 0x7d]

/** Looks at each letter once, before anything is made of them. */
function beyondIn(text: string): string | undefined {
  let depth = 0
  let values = 1
  for (let index = 0; index < text.length; index++) {
    const letter = text.charCodeAt(index)
    if (letter === quote) {
      const end = endOfText(text, index)
      if (end - index > jsonBounds.text + 1)
        return `a text in it is longer than ${jsonBounds.text.toLocaleString('en-US')} letters`
      index = end
    } else if (letter === openList || letter === openMapping) {
      depth += 1
      values += 1
      if (depth > jsonBounds.depth) return `it is nested more than ${jsonBounds.depth} levels deep`
    } else if (letter === closeList || letter === closeMapping) depth -= 1
    else if (letter === comma || letter === colon) values += 1
    if (values > jsonBounds.values)
      return `it has more than ${jsonBounds.values.toLocaleString('en-US')} values`
  }
  return undefined
}

/** Where the text ends that begins here: at its quotation mark, or where everything ends. */
function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0
    while (text.charCodeAt(end - 1 - escapes) === backslash) escapes += 1
    if (escapes % 2 === 0) return end
  }
  return text.length
}
