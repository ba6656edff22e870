import { createAdaptorServer, RequestError } from '@hono/node-server'
import { refused, toResponse } from './answer.ts'
import { isLoopback, isWildcard, originFor, urlOf } from './host.ts'
import type { LocalServer } from './index.ts'
import { Refusal } from './refusal.ts'
import { versionWithoutHeader } from './version.ts'

/** A listening server. */
export interface Listening {
  /** Its URL on this machine: `http://127.0.0.1:PORT`, without a slash at the end. */
  url: string
  /** Stops listening and drops open sockets; does not close the server itself. */
  close(): Promise<void>
}

/** The address to listen on, and the URL by which people reach the server. */
export interface ListenOptions {
  port: number
  host?: string
  publicUrl?: string
}

/**
 * Listens on a socket; port 0 picks a free one. On loopback, requests for another host are refused with
 * 421: these come from web pages by DNS rebinding. Rejects with the error of Node (`EADDRINUSE`, …).
 */
export async function listen(
  server: Pick<LocalServer, 'fetch'>,
  { port, host = '127.0.0.1', publicUrl }: ListenOptions
): Promise<Listening> {
  const given = publicUrl === undefined ? [] : [new URL(publicUrl).origin]
  const http = createAdaptorServer({
    hostname: host,
    // The adapter could replace the global `Request` and `Response` of the whole process.
    overrideGlobalObjects: false,
    fetch: async (request, env) => {
      try {
        const { localAddress = '', localPort = port } = env.incoming.socket
        const bound = urlOf(isWildcard(host) ? localAddress.replace(/^::ffff:(?=\d)/, '') : host, localPort)
        const origin = originFor(request.url, [...given, bound], !isLoopback(host))
        return origin === undefined ? misdirected() : await server.fetch(request, origin)
      } catch (error) {
        if (error instanceof RequestError) throw error
        // A lost request and a lost response look the same to the client: the socket closes.
        env.incoming.socket.destroy()
        return new Response(null)
      }
    }
  })
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen(port, host, () => {
      http.removeListener('error', reject)
      resolve()
    })
  })
  const address = http.address()
  const actual = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: urlOf(host, actual),
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve())
        if ('closeAllConnections' in http) http.closeAllConnections()
      })
  }
}

function misdirected(): Response {
  const reported = 'this server answers for the names of its own machine alone'
  return toResponse(refused(new Refusal(421, 'misdirected', reported), versionWithoutHeader))
}
