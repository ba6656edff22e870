import { expect, test } from 'vitest'
import { isObject } from '../../src/state/value.ts'
import { share } from '../support/samples.ts'
import { createSandbox, tutorial, type Sandbox } from '../support/sandbox.ts'

/** Whatever a service repeats, wherever and however it writes it: nobody sees a secret or the key. */

const password = 'planted "secret"/<&>+'
const key = 'key-of-somebody-else'

const encodings: Readonly<Record<string, (text: string) => string>> = {
  'as it is': (text) => text,
  'JSON as Go writes it': (text) =>
    JSON.stringify(text)
      .slice(1, -1)
      .replaceAll('<', '\\u003c')
      .replaceAll('>', '\\u003e')
      .replaceAll('&', '\\u0026'),
  'JSON in JSON': (text) => JSON.stringify(JSON.stringify(text)),
  HTML: (text) =>
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&#34;'),
  'an address': encodeURIComponent,
  'a form': (text) => new URLSearchParams({ a: text }).toString().slice(2).toLowerCase(),
  base64: (text) => Buffer.from(text).toString('base64'),
  'base64 of a pair': (text) => Buffer.from(`user:${text}`).toString('base64url'),
  hexadecimal: (text) => Buffer.from(text).toString('hex').toUpperCase()
}

/** Every text of an answer, and one more of each sort that is told as it is. */
function planted(value: unknown, text: string, at = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => planted(item, text, at))
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, inner]) => [name, planted(inner, text, name)])
    )
  const isKept =
    ['id', 'next_page_token', 'type', 'organization_id', 'mode', 'frequency'].includes(at) ||
    at.endsWith('_id')
  return typeof value === 'string' && !isKept && !/^\d{4}-\d\d-\d\dT/.test(value)
    ? `${value} ${text}`
    : value
}

const commands = [
  ['plan'],
  ['plan', '--format', 'json'],
  ['plan', '--verbose', '--debug'],
  ['drift'],
  ['drift', '--format', 'json'],
  ['sources', 'MongoDB Connection', '--param', 'database=example', '--param', 'collection=users'],
  ['sources', 'MongoDB Connection', '--format', 'json'],
  ['targets', 'Salesforce Connection'],
  ['targets', 'Salesforce Connection', 'Contact', '--format', 'json'],
  ['connect', 'Salesforce Connection', '--no-wait'],
  ['apply', '--yes'],
  ['apply', '--yes', '--format', 'json']
]

async function stage(answer: (request: Request, reply: Response) => Promise<Response>): Promise<Sandbox> {
  let isPlanting = false
  const world: Sandbox = createSandbox({
    files: { 'configs/a.yaml': tutorial },
    env: { MONGODB_PASSWORD: password, POLYTOMIC_API_KEY: key },
    server: { apiKey: key },
    io: {
      fetch: async (request) => {
        const reply = await world.server.fetch(request.clone())
        return isPlanting ? await answer(request, reply) : reply
      }
    }
  })
  await world.run('apply', '--yes')
  isPlanting = true
  return world
}

function expectNoSecret(text: string): void {
  for (const secret of [password, key])
    for (const encode of [...Object.values(encodings), JSON.stringify, (raw: string) => raw.toLowerCase()])
      expect(text.toLowerCase()).not.toContain(encode(secret).toLowerCase())
  expect(text).not.toMatch(/planted|somebody-else|cGxhbnRlZ|706c616e746564/i)
}

const ways = Object.keys(encodings)

test.each(ways)('in every text of every answer, written as %s', async (encoding) => {
  const text = [password, key].map(encodings[encoding]!).join(' ')
  const world = await stage(async (request, reply) => {
    const isList = request.method === 'GET' && !request.url.endsWith('/api/me')
    const body: unknown = await reply.json().catch(() => undefined)
    return isList && body !== undefined
      ? Response.json(planted(body, text), reply)
      : Response.json(body ?? null, reply)
  })
  for (const words of share(commands, ways.indexOf(encoding) % 3, 3)) {
    const { out, err, code } = await world.run(...words)
    expect(code, out + err).not.toBe(1)
    expectNoSecret(out + err)
  }
})

test.each(ways)(
  'in every refusal, in a redirect, and in what is no JSON, written as %s',
  async (encoding) => {
    const text = [password, key].map(encodings[encoding]!).join(' ')
    const refusal = {
      message: text,
      error: text,
      metadata: { used_by: [{ type: text, name: text, id: text }] }
    }
    const replies = [
      () => Response.json(refusal, { status: 401 }),
      () => Response.json(refusal, { status: 422 }),
      () => new Response(`<p>${text}</p>`),
      () => new Response(text, { status: 500 }),
      () =>
        new Response(null, { status: 302, headers: { location: `http://h/${encodeURIComponent(text)}` } })
    ]
    for (const reply of share(replies, ways.indexOf(encoding) % 5, 5)) {
      const world = await stage(async () => reply())
      for (const words of [
        ['plan'],
        ['plan', '--format', 'json'],
        ['apply', '--yes'],
        ['sources', 'MongoDB Connection']
      ]) {
        const { out, err } = await world.run(...words)
        expect(out + err).toContain('(secret)')
        expectNoSecret(out + err)
      }
    }
  }
)

test('a service that says why a connection does not work may say it with the password', async () => {
  const world = await stage(async (request, reply) => {
    if (!request.url.includes('/api/connections')) return reply
    const { data } = (await reply.json()) as { data: Record<string, unknown>[] }
    return Response.json({
      data: data.map((one) => ({
        ...one,
        status: 'unhealthy',
        status_error: `dial mongodb://user:${password}@h`
      }))
    })
  })
  const { out, err } = await world.run('plan')
  expect(out + err).toContain('dial mongodb://user:(secret)@h')
  const json = await world.run('plan', '--format', 'json')
  expect(json.out).toContain('(secret)')
  expect(() => JSON.parse(json.out) as unknown).not.toThrow()
})

test('a password that is a word of everybody garbles no name, no type and no program’s answer', async () => {
  const files = `
connections:
  - name: postgresql
    type: postgresql
    configuration: { hostname: postgresql.example, port: 5432, database: d, username: u, password: "\${env:PW}" }
`
  for (const word of ['postgresql', 'password', 'a', '5432', 'format_version', 'connection']) {
    const world = createSandbox({ files: { 'configs/a.yaml': files }, env: { PW: word } })
    const { out, code } = await world.run('plan', '--format', 'json')
    expect(code).toBe(0)
    const { changes } = JSON.parse(out) as { changes: { kind: string; name: string }[] }
    expect(changes).toMatchObject([{ kind: 'connection', name: 'postgresql' }])
    expect((await world.run('plan')).out).toContain('connection "postgresql"')
  }
})
