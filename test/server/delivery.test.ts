import { createHmac } from 'node:crypto'
import { createServer as createHttpServer } from 'node:http'
import { expect, onTestFinished, test, vi } from 'vitest'
import type { LocalServer, ServerOptions } from '../../src/server/index.ts'
import { client, testServer, type Client } from './client.ts'

const hook = { endpoint: 'https://hooks.example/polytomic', secret: 's3cret' }
const payload = { sync_id: 's', sync_name: 'Users', execution_id: 'e', target_connection_id: 't' }

interface Delivery {
  url: string
  signature: string | null
  body: string
  redirect: string
}

interface Reported {
  server: LocalServer
  api: Client
  deliveries: Delivery[]
  /** How long was waited before each further attempt, in milliseconds. */
  waits: number[]
}

/** A server whose deliveries are answered with these codes, one after the other, then with 200. */
async function reported(answers: (number | Error)[] = [], options: ServerOptions = {}): Promise<Reported> {
  const deliveries: Delivery[] = []
  const waits: number[] = []
  const server = testServer({
    sleep: async (milliseconds) => {
      waits.push(milliseconds)
    },
    post: async (request) => {
      const answer = answers[deliveries.length] ?? 200
      deliveries.push({
        url: request.url,
        signature: request.headers.get('polytomic-signature'),
        body: await request.text(),
        redirect: request.redirect
      })
      if (answer instanceof Error) throw answer
      return new Response('received', { status: answer })
    },
    ...options
  })
  const api = client(server)
  await api.post('/api/webhooks', hook)
  return { server, api, deliveries, waits }
}

function raise({ server }: Pick<Reported, 'server'>): void {
  server.store.raise(server.organizationId, 'sync.completed', payload)
}

/** Long enough for everything that goes on in memory. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

test('an event is posted to the webhook, signed over the bytes that are sent', async () => {
  const world = await reported()
  raise(world)
  expect(world.deliveries).toEqual([])
  await settled()
  const [delivery] = world.deliveries
  expect(world.deliveries).toHaveLength(1)
  expect(delivery?.url).toBe(hook.endpoint)
  expect(delivery?.signature).toBe(
    createHmac('sha256', hook.secret)
      .update(delivery?.body ?? '')
      .digest('hex')
  )
  expect(JSON.parse(delivery?.body ?? '')).toEqual({
    type: 'sync.completed',
    event: { ...payload, organization_id: world.server.organizationId, name: 'Users' }
  })
})

test('whoever does not say that it has the event is asked five times more, ever more rarely', async () => {
  const world = await reported([500, 302, new Error('down'), 404, 503, 500, 200])
  raise(world)
  await settled()
  expect(world.deliveries).toHaveLength(6)
  expect(world.waits).toEqual([1000, 2000, 4000, 8000, 16_000])
  expect(new Set(world.deliveries.map(({ redirect }) => redirect))).toEqual(new Set(['manual']))
  expect(new Set(world.deliveries.map(({ url }) => url))).toEqual(new Set([hook.endpoint]))
})

test('one that has it is not asked again', async () => {
  const world = await reported([500, 201])
  raise(world)
  await settled()
  expect([world.deliveries.length, world.waits]).toEqual([2, [1000]])
})

test('nothing is posted where no webhook is, or it is off; what happened meanwhile is lost', async () => {
  const world = await reported()
  const [webhook] = (await world.api.get('/api/webhooks')).list
  await world.api.post(`/api/webhooks/${webhook?.id}/disable`)
  raise(world)
  await settled()
  await world.api.post(`/api/webhooks/${webhook?.id}/enable`)
  await settled()
  expect(world.deliveries).toEqual([])
  await world.api.delete(`/api/webhooks/${webhook?.id}`)
  raise(world)
  await settled()
  expect(world.deliveries).toEqual([])
})

test('an event is told to the webhook of its own organization alone', async () => {
  const world = await reported()
  const other = world.server.store.addOrganization('Other')
  world.server.store.raise(other.id, 'sync.failed', payload)
  await settled()
  expect(world.deliveries).toEqual([])
})

test('a webhook that is deleted between two attempts is left in peace', async () => {
  const world: Reported = await reported([500, 500], {
    sleep: async () => {
      const [webhook] = world.server.store.all('webhook')
      world.server.store.remove('webhook', webhook?.id ?? '')
    }
  })
  raise(world)
  await settled()
  expect(world.deliveries).toHaveLength(1)
})

test('a receiver that never answers stops neither requests nor the end of the server', async () => {
  const signals: AbortSignal[] = []
  const world = await reported([], {
    post: (request) =>
      new Promise((_resolve, reject) => {
        signals.push(request.signal)
        request.signal.addEventListener('abort', () => reject(request.signal.reason as Error))
      })
  })
  raise(world)
  await settled()
  expect((await world.api.get('/api/webhooks')).status).toBe(200)
  world.server.close()
  await settled()
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
})

test('over a real socket, a receiver can check who speaks', async () => {
  const received = vi.fn<(signature: unknown, body: string) => void>()
  const receiver = createHttpServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      received(request.headers['polytomic-signature'], body)
      response.end()
    })
  })
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void receiver.close())
  const address = receiver.address() as { port: number }
  const server = testServer({ post: (request) => fetch(request) })
  const endpoint = `http://127.0.0.1:${address.port}/hook`
  await client(server).post('/api/webhooks', { endpoint, secret: 'k' })
  raise({ server })
  await vi.waitFor(() => expect(received).toHaveBeenCalledOnce())
  const [signature, body] = received.mock.calls[0] ?? ['', '']
  expect(signature).toBe(createHmac('sha256', 'k').update(body).digest('hex'))
})
