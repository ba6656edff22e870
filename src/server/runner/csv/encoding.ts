import { RunProblem } from '../connector.ts'

/**
 * Passes the pieces of a file on as they are. Throws `RunProblem` where they are not UTF-8: letters would
 * become question marks, and be written so. A file in UTF-16 says by its first two bytes that it is.
 */
export async function* inUtf8(name: string, pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let isUtf16: boolean | undefined
  for await (const piece of pieces) {
    isUtf16 ??= piece[0] === 0xff && piece[1] === 0xfe
    if (!isUtf16) checked(name, () => decoder.decode(piece, { stream: true }))
    yield piece
  }
  if (isUtf16 !== true) checked(name, () => decoder.decode())
}

function checked(name: string, decode: () => string): void {
  try {
    decode()
  } catch (error) {
    const message = `the file of the connection "${name}" is not in UTF-8: save it in this encoding`
    throw new RunProblem('csv', message, { cause: error })
  }
}
