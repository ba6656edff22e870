import { fileURLToPath } from 'node:url'
import { createGunzip } from 'node:zlib'
import type { JsonObject } from '../../../wire/common.ts'
import { LostAnswer, RetryLater, RunProblem, type ConnectorParts, type HttpReply } from '../connector.ts'
import { authorized, dropBody, sent, type Authorized } from '../http.ts'

/** Reads the file of a connection in pieces, unpacked where it is packed with gzip. */
export async function* piecesOf(
  name: string,
  configuration: JsonObject,
  parts: ConnectorParts
): AsyncIterable<Uint8Array> {
  const pieces = isWeb(configuration['url'])
    ? await download(name, configuration, parts)
    : fileOf(name, configuration['url'], parts)
  const [first, rest] = await begun(pieces)
  if (first?.[0] !== 0x1f || first[1] !== 0x8b) {
    yield* rest
    return
  }
  const { Readable } = await import('node:stream')
  const packed = Readable.from(rest, { objectMode: false })
  const unpacked = createGunzip()
  packed.on('error', (error) => unpacked.destroy(error))
  try {
    yield* packed.pipe(unpacked)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    if (!code.startsWith('Z_')) throw error
    throw new RunProblem('csv', `the file of the connection "${name}" cannot be unpacked (${code})`, {
      cause: error
    })
  }
}

function isWeb(url: unknown): boolean {
  return typeof url === 'string' && /^https?:/i.test(url)
}

/** The first piece, and all of them. */
async function begun(
  pieces: AsyncIterable<Uint8Array>
): Promise<[first: Uint8Array | undefined, all: AsyncIterable<Uint8Array>]> {
  const iterator = pieces[Symbol.asyncIterator]()
  const first = await iterator.next()
  if (first.done === true) return [undefined, pieces]
  return [first.value, rest(first.value, { [Symbol.asyncIterator]: () => iterator })]
}

async function* rest(first: Uint8Array, others: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  yield first
  yield* others
}

async function* fileOf(
  name: string,
  url: unknown,
  { readFile }: ConnectorParts
): AsyncIterable<Uint8Array> {
  if (readFile === undefined) {
    const words = `the file of the connection "${name}" is not read: other machines reach this server`
    throw new RunProblem('file', `${words}, and must not read its files; give an http address instead`)
  }
  const path = typeof url === 'string' ? url : ''
  try {
    yield* readFile(/^file:/i.test(path) ? fileURLToPath(path) : path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
    throw new RunProblem('file', `the file of the connection "${name}" cannot be read${code}`, {
      cause: error
    })
  }
}

const mostRedirects = 5

async function download(
  name: string,
  configuration: JsonObject,
  parts: ConnectorParts
): Promise<AsyncIterable<Uint8Array>> {
  const first = authorized(configuration, '')
  let { url, headers } = first
  for (let hop = 0; hop <= mostRedirects; hop += 1) {
    const reply = await got(name, { url, headers }, parts)
    const location = reply.headers.get('location')
    if (
      reply.status >= 300 &&
      reply.status < 400 &&
      location !== null &&
      URL.canParse(location, url.href)
    ) {
      await dropBody(reply)
      url = new URL(location, url)
      // What authorizes at one host is no business of another.
      if (url.origin !== first.url.origin) headers = new Headers()
      continue
    }
    if (reply.status === 200) return whole(name, reply)
    await dropBody(reply)
    throw new RunProblem('http', `the file of the connection "${name}" was answered with ${reply.status}`)
  }
  throw new RunProblem('http', `the address of the connection "${name}" leads on and on`)
}

async function got(name: string, { url, headers }: Authorized, parts: ConnectorParts): Promise<HttpReply> {
  try {
    return await sent(parts, new Request(url, { headers, redirect: 'manual', signal: parts.signal }))
  } catch (error) {
    if (!(error instanceof RetryLater || error instanceof LostAnswer)) throw error
    throw new RunProblem('http', `the file of the connection "${name}" cannot be read: ${error.message}`, {
      cause: error
    })
  }
}

/** A file that ends in the middle is no file: its last line would be cut, and the others missing. */
async function* whole(name: string, { body }: HttpReply): AsyncIterable<Uint8Array> {
  try {
    if (body !== null) yield* body
  } catch (error) {
    throw new RunProblem('http', `the file of the connection "${name}" was cut off`, { cause: error })
  }
}
