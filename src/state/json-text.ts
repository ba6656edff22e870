import type { Json } from './value.ts'

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
    return { ok: true, value: JSON.parse(text) as Json }
  } catch {
    return { ok: false }
  }
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
