import { isExactly } from './number.ts'
import type { Json } from './value.ts'

declare global {
  interface JSON {
    /** Passes the source text of a value to `revive`, for texts, numbers, booleans and null. */
    parse(text: string, revive: (key: string, value: Json, context: { source?: string }) => Json): Json
  }
}

/** The bounds of JSON from elsewhere (R37): no recursion over it exhausts the stack. */
export const jsonBounds = {
  /** Nested lists and mappings. */
  depth: 100,
  /** Texts, numbers, lists and mappings together. */
  values: 4_000_000,
  /** Characters of one text. */
  text: 1024 * 1024
} as const

/**
 * Parses JSON. `beyond` is a sentence that says which bound the text passes, or which key it may not
 * have; it is absent where the text is no JSON.
 */
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

/**
 * Matches numbers that a double may not hold exactly, from where one may begin: an id, such as `"0e1f…"`,
 * looks like one otherwise, and then each answer would be read the slow way.
 */
const mayBeLong = /(?:^|[[:,\s])-?(?:[\d.]{16}|\d+(?:\.\d+)?[eE])/

/** Parses JSON, and keeps each number that a double does not hold exactly by its digits. */
function withLongNumbers(text: string): Json {
  return JSON.parse(text, (_key, value, { source }) =>
    typeof value !== 'number' || source === undefined || isExactly(value, source)
      ? value
      : { $number: source }
  )
}

/**
 * Returns a key that would turn a plain mapping into a reference or a secret. Answers of the service must
 * never contain one: a secret would be opened when it is sent back.
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

/** Checks the bounds in one pass over the text, before it is parsed. */
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

/** Returns the position after a quoted text: behind its closing quotation mark, or the end. */
function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let escapes = 0
    while (text.charCodeAt(end - 1 - escapes) === backslash) escapes += 1
    if (escapes % 2 === 0) return end
  }
  return text.length
}
