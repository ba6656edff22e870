import { fetch, ProxyAgent } from 'undici'

/** One for each proxy, so that connections are used again. */
const agents = new Map<string, ProxyAgent>()

/**
 * Sends a request through a proxy: over a tunnel that the proxy cannot look into where the address is https,
 * and by the proxy itself where it is plain http. Fails as the platform's `fetch` does.
 */
export async function throughProxy(
  request: Request,
  proxy: string,
  signal = request.signal
): Promise<Response> {
  const body = request.body === null ? null : await request.arrayBuffer()
  const answer = await fetch(request.url, {
    method: request.method,
    headers: [...request.headers],
    redirect: request.redirect,
    signal,
    body,
    dispatcher: agentOf(proxy, new URL(request.url).protocol === 'https:')
  })
  const { status, headers, body: bytes } = answer
  const hasBody = bytes !== null && ![204, 205, 304].includes(status)
  return new Response(hasBody ? ReadableStream.from<Uint8Array>(bytes) : null, {
    status,
    headers: [...headers]
  })
}

function agentOf(proxy: string, proxyTunnel: boolean): ProxyAgent {
  const key = `${proxy} ${proxyTunnel}`
  const agent = agents.get(key) ?? new ProxyAgent({ uri: proxy, proxyTunnel })
  agents.set(key, agent)
  return agent
}
