import { onTestFinished } from 'vitest'
import type { LocalServer } from '../../src/server/index.ts'
import { listen, type Listening } from '../../src/server/listen.ts'
import { client as clientInProcess, type Client } from '../server/client.ts'

const sockets = new WeakMap<object, Promise<Listening>>()

/** Opened at the first request of a test, and closed with the test. */
async function socketOf(server: Pick<LocalServer, 'fetch'>): Promise<Listening> {
  const open = sockets.get(server)
  if (open) return await open
  const opening = listen(server, { port: 0 })
  sockets.set(server, opening)
  onTestFinished(async () => await (await opening).close())
  return await opening
}

/** What the official Terraform provider sends along with each call, those without a body too. */
const headers = {
  'accept-encoding': 'gzip',
  'user-agent': 'polytomic-terraform-provider',
  'x-fern-language': 'Go',
  'x-fern-sdk-name': 'github.com/polytomic/polytomic-go',
  'x-fern-sdk-version': 'v1.16.1'
}

/** The client of the server's own tests, with each request over a real socket, as the provider sends it. */
export function client(
  server: Pick<LocalServer, 'fetch' | 'apiKey'>,
  ...more: Parameters<typeof clientInProcess> extends [unknown, ...infer Rest] ? Rest : never
): Client {
  const send = async (request: Request): Promise<Response> => {
    const { url } = await socketOf(server)
    const { pathname, search } = new URL(request.url)
    return await fetch(new Request(url + pathname + search, request), {
      headers: { ...Object.fromEntries(request.headers), ...headers }
    })
  }
  return clientInProcess({ apiKey: server.apiKey, fetch: send }, ...more)
}
