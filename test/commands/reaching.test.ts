import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request as requestOf, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { direct } from '../../src/direct.ts'
import { createServer as createPolytomic } from '../../src/server/index.ts'
import { listen } from '../../src/server/listen.ts'
import { certificate } from '../support/certificate.ts'
import { program } from '../support/program.ts'
import { spread } from '../support/samples.ts'
import { createSandbox, type Ran } from '../support/sandbox.ts'

const files = { 'configs/a.yaml': 'roles: [{ name: R }]\n' }

async function opened(server: Server | ReturnType<typeof createTlsServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const answering =
  (status: number, body: string, type = 'text/html'): RequestListener =>
  (_request, response) =>
    void response.writeHead(status, { 'content-type': type }).end(body)

async function plan(url: string, io: Parameters<typeof createSandbox>[0] = {}): Promise<Ran> {
  const world = createSandbox({
    files,
    ...io,
    env: { POLYTOMIC_URL: url, POLYTOMIC_API_KEY: 'k', ...io.env },
    io: { fetch: (request, { cut } = {}) => direct(request, cut), ...io.io }
  })
  return await world.run('plan')
}

const page = '<!DOCTYPE html><html><head><title>Sign in</title></head><body>…</body></html>'

describe('what answers is told as what it is, with the address and who says it', () => {
  test.each<[string, RequestListener, string, string]>([
    ['a web page', answering(200, page), 'P610', '200: a web page, `Sign in`'],
    ['a web page that was not found', answering(404, page), 'P610', '404: a web page, `Sign in`'],
    ['a page without a title', answering(200, '<html></html>'), 'P610', '200: a web page'],
    ['text', answering(200, 'hello', 'text/plain'), 'P610', 'not JSON; it begins with `hello`'],
    ['a gateway', answering(401, '{"message":"bad key"}', 'application/json'), 'P604', 'bad key'],
    [
      'a port that wants TLS',
      answering(400, 'Client sent an HTTP request to an HTTPS server.\n', 'text/plain'),
      'P603',
      'this port speaks TLS'
    ]
  ])('%s', async (_what, listener, code, words) => {
    const port = await opened(createServer(listener))
    const { code: exit, err } = await plan(`http://127.0.0.1:${port}`)
    expect(exit).toBe(4)
    expect(err).toContain(`error[${code}]`)
    expect(err).toContain(words)
    expect(err).toContain(`the address is http://127.0.0.1:${port} (from POLYTOMIC_URL)`)
    expect(err).not.toContain('<')
  })

  test('a port without TLS, asked for it', async () => {
    const port = await opened(createServer(answering(200, '{}')))
    for (const url of [`https://127.0.0.1:${port}`, `127.0.0.1:${port}`]) {
      const { code, err } = await plan(url)
      expect(code).toBe(4)
      expect(err).toContain('this port speaks no TLS')
      expect(err).toContain(`write \`http://127.0.0.1:${port}\``)
      expect(err).not.toMatch(/ssl|:error:/i)
    }
  })

  test('a certificate that nobody here knows, or that is of another host', async () => {
    const port = await opened(createTlsServer(certificate, answering(200, '{}')))
    const { err } = await plan(`https://127.0.0.1:${port}`)
    expect(err).toContain('its certificate is of an issuer that this machine does not know')
    expect(err).toContain('NODE_EXTRA_CA_CERTS')
  })

  test('nobody', async () => {
    const port = await opened(createServer())
    const free = await new Promise<number>((resolve) => {
      const other = createServer().listen(0, '127.0.0.1', () => {
        const { port } = other.address() as AddressInfo
        other.close(() => resolve(port))
      })
    })
    expect(free).not.toBe(port)
    const { err } = await plan(`http://127.0.0.1:${free}`)
    expect(err).toContain(`nobody listens at http://127.0.0.1:${free}`)
    expect(err).toContain('polyctl server')
  })

  test('no such host', async () => {
    const cause = Object.assign(new Error('getaddrinfo ENOTFOUND x'), { code: 'ENOTFOUND' })
    const failing = async (): Promise<never> => {
      throw new TypeError('fetch failed', { cause })
    }
    const { err } = await plan('https://polytomic.invalid', { io: { fetch: failing } })
    expect(err).toContain('there is no host `polytomic.invalid`')
  })
})

test('a port of another protocol is asked as any other', async () => {
  const { code, err } = await plan('http://127.0.0.1:1')
  expect(code).toBe(4)
  expect(err).toContain('nobody listens at http://127.0.0.1:1')
})

test('a web page is not said to be that of a proxy where there is none', async () => {
  const port = await opened(createServer(answering(200, page)))
  const { err } = await plan(`http://127.0.0.1:${port}`)
  expect(err).toContain('something else answers there')
  expect(err).not.toContain('proxy')
})

describe('an address that cannot be one is told before anything is sent', () => {
  test.each([
    ['"https://h.example"', 'POLYTOMIC_URL has quotes in its value'],
    ["'https://h.example'", 'POLYTOMIC_URL has quotes in its value'],
    ['', 'POLYTOMIC_URL is set, but empty'],
    ['  ', 'POLYTOMIC_URL is set, but empty'],
    [' https://h.example', 'POLYTOMIC_URL has a blank before the address'],
    ['https://h.example\n', 'POLYTOMIC_URL has a blank after the address'],
    ['http//h.example', 'an address begins with `http://`'],
    ['https:/h.example', 'an address begins with `https://`'],
    ['https:h.example', 'an address begins with `https://`'],
    ['https;//h.example', 'an address begins with `https://`'],
    ['HTTP//h.example', 'an address begins with `http://`'],
    ['https://h.example/api', 'the address of the service ends before `/api`'],
    ['https://h.example/base/api/', 'correct POLYTOMIC_URL: `https://h.example/base`'],
    ['ftp://h.example', 'is not the address of a service'],
    ['https://h.example?x', 'is not the address of a service']
  ])('%j', async (url, words) => {
    let sent = 0
    const never = async (): Promise<never> => {
      sent += 1
      throw new Error('sent')
    }
    const { code, err } = await plan(url, { io: { fetch: never } })
    expect({ code, sent }).toEqual({ code: 3, sent: 0 })
    expect(err).toContain('error[P617]')
    expect(err).toContain(words)
  })

  test.each(['https://httpd.example', 'https.example', 'http.example:8080', 'https://h.example/apis'])(
    'others are asked: %s',
    async (url) => {
      const asked: string[] = []
      const { code } = await plan(url, {
        io: {
          fetch: async (request) => {
            asked.push(request.url)
            return Response.json({ message: 'no' }, { status: 401 })
          }
        }
      })
      expect(code).toBe(4)
      expect(new Set(asked.map((one) => new URL(one).host)).size).toBe(1)
    }
  )
})

/** A proxy that leads every name to one port of this machine, and remembers what it was asked for. */
async function openProxy(to: number, answers = 200): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = []
  const proxy = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? '-'}`)
    const { pathname, search } = new URL(request.url ?? '')
    const headers = { ...request.headers, host: `127.0.0.1:${to}` }
    const on = requestOf(
      { port: to, method: request.method, path: pathname + search, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers)
        answer.pipe(response)
      }
    )
    request.pipe(on)
  })
  proxy.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url} ${request.headers['proxy-authorization'] ?? '-'}`)
    if (answers !== 200) return void socket.end(`HTTP/1.1 ${answers} No\r\n\r\n`)
    const on = connect(to, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connected\r\n\r\n')
      on.pipe(socket).pipe(on)
    })
    on.on('error', () => socket.destroy())
    socket.on('error', () => on.destroy())
  })
  return { port: await opened(proxy), asked }
}

/** The program as a process, for the variables are its own. */
async function run(url: string, env: Record<string, string>, more: string[] = []): Promise<Ran> {
  const folder = mkdtempSync(join(tmpdir(), 'polyctl-proxy-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  writeFileSync(join(folder, 'a.yaml'), files['configs/a.yaml'])
  writeFileSync(join(folder, 'ca.pem'), certificate.cert)
  const child = spawn(process.execPath, [program, 'plan', '-f', 'a.yaml', '--url', url, ...more], {
    cwd: folder,
    env: { PATH: process.env['PATH'], NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'), ...env }
  })
  const ran: Ran = { code: 0, out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => void (ran.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => void (ran.err += chunk.toString()))
  ran.code = await new Promise((resolve) => void child.once('close', (code) => resolve(code ?? -1)))
  return ran
}

describe('a proxy that the environment names', () => {
  async function polytomic(): Promise<{ key: string; plain: number; tls: number }> {
    const server = createPolytomic({})
    const { url, close } = await listen(server, { port: 0 })
    onTestFinished(async () => {
      await close()
      server.close()
    })
    const plain = Number(new URL(url).port)
    const tls = await opened(
      createTlsServer(certificate, (request, response) => {
        const headers = { ...request.headers, host: `127.0.0.1:${plain}` }
        const on = requestOf(
          { port: plain, method: request.method, path: request.url, headers },
          (answer) => {
            response.writeHead(answer.statusCode ?? 500, answer.headers)
            answer.pipe(response)
          }
        )
        request.pipe(on)
      })
    )
    return { key: server.apiKey, plain, tls }
  }

  test('is a tunnel for https: it sees neither key nor path', async () => {
    const { key, tls } = await polytomic()
    const variables = [
      ['HTTPS_PROXY', 'http://u:p%40ss@127.0.0.1:'],
      ['https_proxy', '127.0.0.1:'],
      ['ALL_PROXY', 'http://127.0.0.1:']
    ] as const
    for (const [name, address] of spread(variables, 2)) {
      const { port, asked } = await openProxy(tls)
      const ran = await run('https://polytomic.test', {
        POLYTOMIC_API_KEY: key,
        [name]: `${address}${port}`
      })
      expect(ran, ran.err).toMatchObject({ code: 0 })
      const credentials = address.includes('@') ? `Basic ${btoa('u:p@ss')}` : '-'
      expect([...new Set(asked)]).toEqual([`CONNECT polytomic.test:443 ${credentials}`])
    }
  })

  test('carries plain http where a person allows that', async () => {
    const { key, plain } = await polytomic()
    const { port, asked } = await openProxy(plain)
    const env = { POLYTOMIC_API_KEY: key, HTTP_PROXY: `http://127.0.0.1:${port}` }
    const ran = await run('http://polytomic.test', env, ['--insecure-http'])
    expect(ran, ran.err).toMatchObject({ code: 0 })
    expect(asked).toContain('GET http://polytomic.test/api/me -')
  })

  test('is not used for this machine, nor for what NO_PROXY names', async () => {
    const { key, plain } = await polytomic()
    const { port, asked } = await openProxy(plain)
    const proxies = { HTTPS_PROXY: `http://127.0.0.1:${port}`, HTTP_PROXY: `http://127.0.0.1:${port}` }
    const here = await run(`http://127.0.0.1:${plain}`, { POLYTOMIC_API_KEY: key, ...proxies })
    expect(here, here.err).toMatchObject({ code: 0 })
    const named = { POLYTOMIC_API_KEY: key, ...proxies, NO_PROXY: 'other.example,polytomic.invalid' }
    const none = await run('https://polytomic.invalid', named)
    expect(none.code).toBe(4)
    expect(none.err).not.toContain('proxy')
    expect(asked).toEqual([])
  })

  test.each([
    [407, 'wants a user and a password'],
    [403, 'answered 403']
  ])('that answers %i is told as that, and its password is not', async (status, words) => {
    const { port } = await openProxy(1, status)
    const env = { POLYTOMIC_API_KEY: 'k', HTTPS_PROXY: `http://user:planted-pass@127.0.0.1:${port}` }
    const { code, err } = await run('https://polytomic.test', env)
    expect(code).toBe(4)
    expect(err).toContain(`the proxy http://127.0.0.1:${port} ${words}`)
    expect(err).not.toContain('planted-pass')
  })

  test.each([502, 503])('that answers each tunnel with %i is asked for few', async (status) => {
    const { port, asked } = await openProxy(1, status)
    const env = { POLYTOMIC_API_KEY: 'k', HTTPS_PROXY: `http://127.0.0.1:${port}` }
    const { code, err } = await run('https://polytomic.test', env)
    expect(code).toBe(4)
    expect(err).toContain(`the proxy http://127.0.0.1:${port} answered ${status}`)
    // At most one of each request that was under way at first, and two more of one of them.
    expect(asked.length).toBeLessThanOrEqual(10 + 2)
  })

  test('that is not there is told as that', async () => {
    const env = { POLYTOMIC_API_KEY: 'k', HTTPS_PROXY: 'http://127.0.0.1:9' }
    const { code, err } = await run('https://polytomic.test', env)
    expect(code).toBe(4)
    expect(err).toContain('the proxy http://127.0.0.1:9 cannot be reached')
  })

  test('that is none is a stop', async () => {
    for (const text of spread(['ftp://h', 'http://', '://'], 3))
      expect(
        await run('https://polytomic.test', { POLYTOMIC_API_KEY: 'k', HTTPS_PROXY: text })
      ).toMatchObject({
        code: 3,
        err: expect.stringContaining('P617')
      })
  })
})
