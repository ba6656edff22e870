import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { isHost, isLoopback, originFor, urlOf } from '../../src/server/host.ts'
import { listen } from '../../src/server/listen.ts'
import { salesforce, testServer } from './client.ts'

interface Reported {
  status: number
  authUrl: string
}

/** Makes a connection over a socket; undici would not send another `Host`. */
async function authUrlFor(port: number, host: string, path = '/api/connections'): Promise<Reported> {
  const text = JSON.stringify({ ...salesforce, name: `C ${host} ${path}` })
  return await new Promise((resolve, reject) => {
    const headers = { host, authorization: 'Bearer test-key', 'content-type': 'application/json' }
    const sent = request({ port, host: '127.0.0.1', method: 'POST', path, headers }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (part: string) => (body += part))
      response.on('end', () => {
        const { data } = JSON.parse(body) as { data?: { auth_url?: string } }
        resolve({ status: response.statusCode ?? 0, authUrl: data?.auth_url ?? '' })
      })
    })
    sent.on('error', reject)
    sent.end(text)
  })
}

async function listening(options: { host: string; publicUrl?: string }): Promise<number> {
  const server = testServer()
  const socket = await listen(server, { port: 0, ...options })
  onTestFinished(async () => {
    await socket.close()
    server.close()
  })
  return Number(new URL(socket.url).port)
}

test('on loopback, a request for another host is refused, and its name is in no answer', async () => {
  const port = await listening({ host: '127.0.0.1' })
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    '10.0.0.1',
    '127.0.0.1.evil.example',
    '0.0.0.0'
  ]) {
    expect([host, await authUrlFor(port, host)]).toEqual([host, { status: 421, authUrl: '' }])
  }
  expect(await authUrlFor(port, `127.0.0.1:${port}`, 'http://evil.example/api/connections')).toEqual({
    status: 421,
    authUrl: ''
  })
  // A forwarded port of the same machine: its page is reached at just that address.
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, 'localhost:9000', '[::1]:9000']) {
    const { status, authUrl } = await authUrlFor(port, host)
    expect([status, new URL(authUrl).host]).toEqual([200, host])
  }
})

test('beyond loopback, a host that is not known is not repeated', async () => {
  const port = await listening({ host: '0.0.0.0' })
  const { status, authUrl } = await authUrlFor(port, 'evil.example')
  expect([status, new URL(authUrl).origin]).toEqual([200, `http://127.0.0.1:${port}`])
  const named = await listening({ host: '0.0.0.0', publicUrl: 'https://polytomic.example/' })
  const other = await authUrlFor(named, 'evil.example')
  expect(new URL(other.authUrl).origin).toBe('https://polytomic.example')
})

test('which hosts are this machine alone', () => {
  const local = ['localhost', 'LOCALHOST', 'a.localhost', '127.0.0.1', '127.1', '127.8.9.1', '::1', '[::1]']
  expect(local.filter((host) => !isLoopback(host))).toEqual([])
  const others = [
    '',
    '0.0.0.0',
    '0',
    '::',
    '10.0.0.1',
    'localhost.evil.example',
    '127.0.0.1.nip.io',
    'a b',
    '::2'
  ]
  expect(others.filter(isLoopback)).toEqual([])
  expect(['', 'a/b', 'a b', 'a#b', 'u@h'].filter(isHost)).toEqual([])
})

test('an address that is printed can be used', () => {
  expect(urlOf('0.0.0.0', 1)).toBe('http://127.0.0.1:1')
  expect(urlOf('::', 1)).toBe('http://[::1]:1')
  expect(urlOf('::1', 1)).toBe('http://[::1]:1')
  expect(urlOf('10.0.0.1', 1)).toBe('http://10.0.0.1:1')
  expect(
    originFor('http://polytomic.example/x', ['https://polytomic.example', 'http://127.0.0.1:1'], false)
  ).toBe('https://polytomic.example')
})

const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

test('all that is private is made, and kept, for its owner alone', () => {
  const parent = mkdtempSync(join(tmpdir(), 'polyctl-modes-'))
  onTestFinished(() => rmSync(parent, { recursive: true }))
  const directory = join(parent, 'local')
  const start = (): ReturnType<typeof testServer> =>
    testServer({ directory, apiKey: undefined } as unknown as Parameters<typeof testServer>[0])
  const files = ['api-key', 'polytomic.db', 'polytomic.db-wal', 'polytomic.db-shm', 'lock.db'].map((name) =>
    join(directory, name)
  )
  const first = start()
  expect([directory, ...files].map(modeOf)).toEqual(['700', ...files.map(() => '600')])
  first.close()
  for (const file of files) {
    writeFileSync(file, '', { flag: 'a' })
    chmodSync(file, 0o644)
  }
  chmodSync(directory, 0o755)
  const second = start()
  expect([directory, ...files].map(modeOf)).toEqual(['700', ...files.map(() => '600')])
  second.close()
})

test("a folder of somebody's is left as open as it is", () => {
  const directory = mkdtempSync(join(tmpdir(), 'polyctl-modes-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  chmodSync(directory, 0o755)
  for (let start = 0; start < 2; start += 1) testServer({ directory }).close()
  expect([directory, join(directory, 'polytomic.db')].map(modeOf)).toEqual(['755', '600'])
})
