/**
 * What an answer may be at most (R37): whatever a service says, the memory that it takes stays below a fixed
 * number, and nothing that walks through it runs out of stack.
 */
export const answerBounds = {
  /** Of one answer, after it was decompressed. */
  bytes: 64 * 1024 * 1024,
  /** Of all answers that are under way at once. */
  bytesAtOnce: 160 * 1024 * 1024,
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
  if (response.body === null) return ''
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader()
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

/** As much of somebody's words as a person reads. */
export function cutWords(words: string): string {
  return words.length <= answerBounds.words ? words : `${words.slice(0, answerBounds.words)} …`
}
