import { createAdaptorServer, RequestError, type HttpBindings } from '@hono/node-server'
import type { LocalServer } from './index.ts'

/** Where a server can be reached. */
export interface Listening {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  url: string
  /** Stops listening and drops open sockets; does not close the server itself. */
  close(): Promise<void>
}

/**
 * Puts a server behind a socket. Port 0 picks one. Rejects with Node's error (`EADDRINUSE`, …) when it
 * cannot listen.
 */
export async function listen(
  server: Pick<LocalServer, 'fetch'>,
  { port, host = '127.0.0.1' }: { port: number; host?: string }
): Promise<Listening> {
  const http = createAdaptorServer({
    hostname: host,
    // The adapter may replace the global Request and Response; those of a program that merely contains a
    // server are its own.
    overrideGlobalObjects: false,
    fetch: async (request, env) => {
      try {
        return await server.fetch(request)
      } catch (error) {
        if (error instanceof RequestError) throw error
        // Lost, request or response: to the client both are a socket that dies.
        ;(env as HttpBindings).incoming.socket.destroy()
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
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve())
        if ('closeAllConnections' in http) http.closeAllConnections()
      })
  }
}
