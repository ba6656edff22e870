import { createAdaptorServer, RequestError } from '@hono/node-server'
import { refused, toResponse } from './answer.ts'
import { isLoopback, isWildcard, originFor, urlOf } from './host.ts'
import type { LocalServer } from './index.ts'
import { Refusal } from './refusal.ts'
import { versionWithoutHeader } from './version.ts'

/** Where a server can be reached. */
export interface Listening {
  /** `http://127.0.0.1:PORT`, without a slash at the end: how this machine itself reaches it. */
  url: string
  /** Stops listening and drops open sockets; does not close the server itself. */
  close(): Promise<void>
}

/** Where to listen, and under which other address people know the server. */
export interface ListenOptions {
  port: number
  host?: string
  publicUrl?: string
}

/**
 * Puts a server behind a socket. Port 0 picks one. On loopback, requests for another host are refused with
 * 421: they come from a page whose name leads here. Rejects with Node's error (`EADDRINUSE`, …) when it
 * cannot listen.
 */
export async function listen(
  server: Pick<LocalServer, 'fetch'>,
  { port, host = '127.0.0.1', publicUrl }: ListenOptions
): Promise<Listening> {
  const given = publicUrl === undefined ? [] : [new URL(publicUrl).origin]
  const http = createAdaptorServer({
    hostname: host,
    // The adapter may replace the global Request and Response; those of a program that merely contains a
    // server are its own.
    overrideGlobalObjects: false,
    fetch: async (request, env) => {
      try {
        const { localAddress = '', localPort = port } = env.incoming.socket
        const bound = urlOf(isWildcard(host) ? localAddress.replace(/^::ffff:(?=\d)/, '') : host, localPort)
        const origin = originFor(request.url, [...given, bound], !isLoopback(host))
        return origin === undefined ? misdirected() : await server.fetch(request, origin)
      } catch (error) {
        if (error instanceof RequestError) throw error
        // Lost, request or response: to the client both are a socket that dies.
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
