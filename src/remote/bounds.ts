import type { HttpAnswer } from './options.ts'

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
const decoder = new TextDecoder()

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
 * Reads the whole body of an answer as text. Throws `BeyondBounds` when a bound is passed, and the reason
 * of the signal when that fires.
 */
export async function boundedText(
  { body, status }: HttpAnswer,
  signal: AbortSignal,
  underWay: BytesUnderWay
): Promise<string> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  try {
    signal.throwIfAborted()
    // Where this is left early, the rest is not read.
    for await (const chunk of body ?? []) {
      bytes += chunk.length
      underWay.count += chunk.length
      if (bytes > answerBounds.bytes) throw tooLarge('the answer is', answerBounds.bytes, status)
      if (underWay.count > answerBounds.bytesAtOnce)
        throw tooLarge('the answers under way are together', answerBounds.bytesAtOnce, status)
      chunks.push(chunk)
      signal.throwIfAborted()
    }
    const [first = new Uint8Array()] = chunks
    return decoder.decode(chunks.length < 2 ? first : Buffer.concat(chunks))
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
