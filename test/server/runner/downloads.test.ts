import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, onTestFinished, test } from 'vitest'
import { localConnectors } from '../../../src/server/runner/connectors.ts'
import { authorized } from '../../../src/server/runner/http.ts'
import type { JsonObject } from '../../../src/wire/common.ts'
import { memoryConnectors, memorySystem, objectOf, type MemorySystem } from './memory.ts'
import { runnerWorld, syncFacts, type Done } from './world.ts'

/** CSV files of an address. */

const file = 'email,name\nada@example.com,Ada\nalan@example.com,Alan\n'

interface Web {
  url: string
  close: () => Promise<void>
  requests: { url: string; headers: IncomingMessage['headers'] }[]
}

async function web(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<Web> {
  const requests: Web['requests'] = []
  const server = createServer((request, response) => {
    requests.push({ url: request.url ?? '', headers: request.headers })
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  onTestFinished(close)
  return { url: `http://127.0.0.1:${port}/people.csv`, requests, close }
}

/** Runs the file into a system in memory, and returns what came of it. */
async function moved(configuration: JsonObject): Promise<Done & { system: MemorySystem }> {
  const system = memorySystem()
  const connectors = new Map([...memoryConnectors(system), ['csv', localConnectors.get('csv')!]])
  const { run, state } = runnerWorld(connectors)
  onTestFinished(() => state.close())
  return { ...(await run(syncFacts({ from: { type: 'csv', configuration } }))), system }
}

const names = ({ system }: { system: MemorySystem }): unknown[] =>
  [...objectOf(system, 'people').values()].map(({ name }) => name)

test.each<[what: string, body: string | Uint8Array]>([
  ['as it is', file],
  ['packed', gzipSync(file)]
])('a file is read %s', async (_what, body) => {
  const { url } = await web((_request, response) => response.end(body))
  const done = await moved({ url })
  expect([done.problem, names(done)]).toEqual([undefined, ['Ada', 'Alan']])
})

test('a redirect is followed; what authorizes stays with the first host', async () => {
  const other = await web((_request, response) => response.end(file))
  const first = await web((request, response) => {
    const to = request.url === '/people.csv' ? '/moved.csv' : other.url
    response.writeHead(302, { location: to }).end()
  })
  const auth = { basic: { username: 'u', password: 'p' }, header: { name: 'X-Key', value: 'k' } }
  const done = await moved({ url: first.url, auth, headers: [{ name: 'X-Own', value: 'o' }] })
  expect(names(done)).toEqual(['Ada', 'Alan'])
  const own = { authorization: 'Basic dTpw', 'x-key': 'k', 'x-own': 'o' }
  expect(first.requests.map(({ headers }) => headers)).toEqual([
    expect.objectContaining(own),
    expect.objectContaining(own)
  ])
  for (const name of Object.keys(own)) expect(other.requests[0]?.headers).not.toHaveProperty(name)
})

describe('what is not the whole file is none: nothing is sent', () => {
  const cut = 'the file of the connection "from" was cut off'
  test.each<
    [what: string, answer: (request: IncomingMessage, response: ServerResponse) => void, why: string]
  >([
    [
      'cut off',
      (_, response) =>
        void response.writeHead(200, { 'content-length': '500' }).write(file, () => response.destroy()),
      cut
    ],
    ['cut off in chunks', (_, response) => void response.write(file, () => response.destroy()), cut],
    [
      'cut off within what is packed',
      (_, response) => response.end(gzipSync(file).subarray(0, -9)),
      'cannot be unpacked'
    ],
    [
      'packed wrongly',
      (_, response) => response.end(Buffer.concat([gzipSync(file).subarray(0, 12), Buffer.alloc(40, 7)])),
      'cannot be unpacked'
    ],
    [
      'not there',
      (_, response) => response.writeHead(404).end('planted@example.com'),
      'was answered with 404'
    ],
    [
      'a redirect without an end',
      (request, response) => response.writeHead(302, { location: `${request.url}x` }).end(),
      'leads on and on'
    ],
    ['no answer', (_, response) => response.destroy(), 'cannot be read: the answer of 127.0.0.1:']
  ])('%s', async (_what, answer, why) => {
    const { url } = await web(answer)
    const done = await moved({ url })
    expect(done.problem).toMatchObject({ name: 'Error', message: expect.stringContaining(why) })
    expect(String(done.problem)).not.toContain('planted')
    expect(done.system.writes).toEqual([])
  })

  test('nobody listens', async () => {
    const { url, close } = await web(() => undefined)
    await close()
    const done = await moved({ url })
    expect(String(done.problem)).toContain(`${new URL(url).host} cannot be reached (ECONNREFUSED)`)
  })
})

describe('who asks', () => {
  const both = { username: 'u', password: 'p' }
  const pair = { name: 'k', value: 'v 1' }
  const whole = { auth: { basic: both, header: pair, query: [pair] } }

  test.each<[method: string, configuration: JsonObject, headers: object, query: string]>([
    ['', whole, { authorization: 'Basic dTpw', k: 'v 1' }, '?k=v+1'],
    ['basic', whole, { authorization: 'Basic dTpw' }, ''],
    ['header', whole, { k: 'v 1' }, ''],
    ['query', whole, {}, '?k=v+1'],
    // A webhook has them beside its address.
    ['basic', { basic: both }, { authorization: 'Basic dTpw' }, ''],
    ['', { parameters: [pair], headers: [pair, { value: 'no name' }] }, { k: 'v 1' }, '?k=v+1'],
    ['', { auth: { basic: { username: '', password: '' } } }, {}, '']
  ])('by %j of %j', (method, configuration, headers, query) => {
    const { url, headers: own } = authorized({ url: 'https://example.com/in', ...configuration }, method)
    expect([Object.fromEntries(own), url.search]).toEqual([headers, query])
  })

  test.each<[method: string, configuration: JsonObject, why: string]>([
    ['', { url: 'nowhere' }, 'is not an address'],
    ['oauth', {}, 'does not sign in to web addresses by OAuth'],
    ['oauth_client_credentials', {}, 'does not sign in to web addresses by OAuth'],
    ['', { headers: [{ name: 'a b', value: 'planted' }] }, 'has a header that cannot be sent']
  ])('not by %j of %j', (method, configuration, why) => {
    const attempt = () => authorized({ url: 'https://example.com/in', ...configuration }, method)
    expect(attempt).toThrow(why)
    expect(attempt).not.toThrow('planted')
  })
})
