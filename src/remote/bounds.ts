/**
 * The bounds of an answer (R37): whatever a service sends, memory stays below a fixed number, and no
 * recursion over it exhausts the stack.
 */
export const answerBounds = {
  /** Bytes of one answer after decompression. */
  bytes: 64 * 1024 * 1024,
  /** Bytes of all answers that are being read at the same time. */
  bytesAtOnce: 160 * 1024 * 1024,
  /** Characters of a message of the service. */
  words: 600
} as const

const mebibyte = 1024 * 1024

/** An answer beyond the bounds. It is not requested again: the next one would be the same. */
export class BeyondBounds extends Error {
  override name = 'BeyondBounds'
  readonly status: number

  constructor(words: string, status: number) {
    super(words)
    this.status = status
  }
}

/** The number of bytes that are held by answers that are still being read. */
export interface BytesUnderWay {
  count: number
}

/**
 * Reads the whole body of a response as text. Throws `BeyondBounds` when a bound is passed, and the
 * reason of the signal when that fires.
 */
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
    // The rest of the body is not read. Cancelling may fail, which changes nothing.
    void reader.cancel().catch(() => undefined)
    throw error
  } finally {
    underWay.count -= bytes
  }
}

function tooLarge(what: string, bytes: number, status: number): BeyondBounds {
  return new BeyondBounds(`${what} larger than ${bytes / mebibyte} MiB`, status)
}

/** Cuts a message to the length that people read. */
export function cutWords(words: string): string {
  return words.length <= answerBounds.words ? words : `${words.slice(0, answerBounds.words)} …`
}
