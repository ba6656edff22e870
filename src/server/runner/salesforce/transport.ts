import { PassThrough, type Duplex } from 'node:stream'
import { RunProblem, type ConnectorParts, type HttpReply } from '../connector.ts'

/** A request of the client. */
interface ClientRequest {
  method: string
  url: string
  headers?: Record<string, string>
  body?: unknown
}

/** An answer as the client takes it. */
interface ClientAnswer {
  statusCode: number
  headers: Record<string, string>
  body: string
}

/** How the client sends requests: through ours, as its own ends the process where an answer is cut off. */
export interface Transport {
  httpRequest(request: ClientRequest): Promise<ClientAnswer> & { stream(): Duplex }
}

const answerMs = 120_000

/** Opens the transport. Whoever waits for an answer in vain does so for two minutes. */
export function transportOf(parts: ConnectorParts, connection: string): Transport {
  const send = async ({ method, url, headers = {}, body }: ClientRequest): Promise<ClientAnswer> => {
    const signal = AbortSignal.any([parts.signal, parts.timeout(answerMs)])
    const content = typeof body === 'string' ? { body } : {}
    const request = new Request(url, { method, headers, redirect: 'manual', signal, ...content })
    const reply = await parts.fetch(request)
    if (reply.status > 300 && reply.status < 400)
      throw new RunProblem(
        'domain',
        `the domain of the connection "${connection}" leads to another address`
      )
    const names = ['content-type', 'sforce-limit-info']
    const kept = names.map((name) => [name, reply.headers.get(name) ?? ''] as const)
    return { statusCode: reply.status, headers: Object.fromEntries(kept), body: await textOf(reply) }
  }
  return {
    // Nobody asks for the stream.
    httpRequest: (request) => Object.assign(send(request), { stream: () => new PassThrough() })
  }
}

async function textOf({ body }: HttpReply): Promise<string> {
  const chunks: Uint8Array[] = []
  if (body) for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}
