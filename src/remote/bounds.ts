import type { Json } from '../wire/common.ts'

/**
 * What an answer may be at most (R37): whatever a service says, the memory that it takes stays below a fixed
 * number, and nothing that walks through it runs out of stack.
 */
export const answerBounds = {
  /** Of one answer, after it was decompressed. */
  bytes: 64 * 1024 * 1024,
  /** Of all answers that are under way at once. */
  bytesAtOnce: 160 * 1024 * 1024,
  /** Lists and mappings inside of each other. */
  depth: 100,
  /** Texts, numbers, lists and mappings. */
  values: 4_000_000,
  /** Letters of one text in it. */
  text: 1024 * 1024,
  /** Letters of what is told of an error. */
  words: 600
} as const

const mebibyte = 1024 * 1024

/** An answer that is more than anybody may answer. To ask again would bring the same. */
export class BeyondBounds extends Error {
  override name = 'BeyondBounds'
  readonly status: number

  constructor(words: string, status: number) {
    super(words)
    this.status = status
  }
}

/** How many bytes are held by answers that are not read to their end. */
export interface BytesUnderWay {
  count: number
}

/** The whole of an answer as text. Its reading ends when a bound is passed, or nobody waits any more. */
export async function boundedText(
  response: Response,
  signal: AbortSignal,
  underWay: BytesUnderWay
): Promise<string> {
  const reader = response.body!.getReader() as ReadableStreamDefaultReader<Uint8Array>
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    for (;;) {
      signal.throwIfAborted()
      const { done, value } = await reader.read()
      if (done) return new TextDecoder().decode(Buffer.concat(chunks))
      bytes += value.length
      underWay.count += value.length
      if (bytes > answerBounds.bytes) throw tooLarge('the answer is', answerBounds.bytes, response.status)
      if (underWay.count > answerBounds.bytesAtOnce)
        throw tooLarge('the answers under way are together', answerBounds.bytesAtOnce, response.status)
      chunks.push(value)
    }
  } catch (error) {
    // Whoever sends without an end is not listened to any more, and need not agree to that.
    void reader.cancel().catch(() => undefined)
    throw error
  } finally {
    underWay.count -= bytes
  }
}

function tooLarge(what: string, bytes: number, status: number): BeyondBounds {
  return new BeyondBounds(`${what} larger than ${bytes / mebibyte} MiB`, status)
}

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
      if (end - index > answerBounds.text + 1)
        return `a text in it is longer than ${answerBounds.text.toLocaleString('en-US')} letters`
      index = end
    } else if (letter === openList || letter === openMapping) {
      depth += 1
      values += 1
      if (depth > answerBounds.depth) return `it is nested more than ${answerBounds.depth} levels deep`
    } else if (letter === closeList || letter === closeMapping) depth -= 1
    else if (letter === comma || letter === colon) values += 1
    if (values > answerBounds.values)
      return `it has more than ${answerBounds.values.toLocaleString('en-US')} values`
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

/** As much of somebody's words as a person reads. */
export function cutWords(words: string): string {
  return words.length <= answerBounds.words ? words : `${words.slice(0, answerBounds.words)} …`
}
