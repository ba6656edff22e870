import { PolytomicClient } from 'polytomic'
import { onTestFinished } from 'vitest'
import { createServer, type LocalServer, type ServerOptions } from '../../src/server/index.ts'
import { listen } from '../../src/server/listen.ts'
import type { ApiVersion } from '../../src/wire/common.ts'

export interface Service {
  server: LocalServer
  url: string
  sdk: PolytomicClient
  /** The same client in another version, or with another key. */
  as(options: { version?: ApiVersion; token?: string }): PolytomicClient
  /** A person says yes on the authorization page. */
  authorize(authUrl: string | undefined): Promise<void>
}

/** A local server behind a real socket, and the official client for it. Both end with the test. */
export async function startService(options: ServerOptions = {}): Promise<Service> {
  const server = createServer({ apiKey: 'contract-key', ...options })
  const { url, close } = await listen(server, { port: 0 })
  onTestFinished(async () => {
    await close()
    server.close()
  })
  const as: Service['as'] = ({ version, token = server.apiKey }) =>
    new PolytomicClient({ environment: url, token, ...(version === undefined ? {} : { version }) })
  return {
    server,
    url,
    sdk: as({}),
    as,
    authorize: async (authUrl) => {
      await fetch(String(authUrl), { method: 'POST', body: new URLSearchParams({ decision: 'allow' }) })
    }
  }
}

/** No second attempt: the first answer is what a test is about. */
export const once = { maxRetries: 0 }
