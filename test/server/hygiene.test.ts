import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { rateLimit } from '../../src/server/rate.ts'
import { client, decide, origin, postgres, readReply, salesforce, testServer } from './client.ts'

test.each(['https://x.example/\r\nSet-Cookie: a=b', 'https://x.example/ a', 'https://x.example/\t', 'x:y'])(
  'a connection that sends people back to %j is refused',
  async (redirect_url) => {
    const reply = await client(testServer()).post('/api/connections', { ...salesforce, redirect_url })
    expect([reply.status, reply.body['metadata']]).toEqual([422, { field: 'redirect_url' }])
  }
)

test('an address beyond ASCII is sent in the form that a header can hold', async () => {
  const server = testServer()
  const redirect_url = 'https://x.example/ü/日本'
  const made = await client(server).post('/api/connections', { ...salesforce, redirect_url })
  const reply = await decide(server, made.data['auth_url'])
  expect([reply.status, reply.headers.get('location')]).toEqual([303, new URL(redirect_url).href])
})

test('no name of a connection leads out of the catalogue, or to the file of another', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'polyctl-names-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  mkdirSync(join(directory, 'catalogue'))
  const file = JSON.stringify({ objects: { mine: { fields: { a: 'string' } } } })
  for (const name of ['a_b', '..', '__']) writeFileSync(join(directory, 'catalogue', `${name}.json`), file)
  writeFileSync(join(directory, 'outside.json'), file)
  const server = testServer({ directory })
  onTestFinished(() => server.close())
  const api = client(server)
  for (const name of [
    'a/b',
    'a\\b',
    '../outside',
    'a\u0000b',
    'x'.repeat(5000),
    'ä'.repeat(130),
    '/',
    '\u0000'
  ]) {
    const made = await api.post('/api/connections', { ...postgres, name })
    const source = await api.get(`/api/connections/${made.data.id}/bulksync/source`)
    expect([made.status, source.status]).toEqual([200, 200])
    expect(source.text).not.toContain('mine')
  }
})

test.each([101, 5000, 100_000])('a body that is %d levels deep is refused', async (depth) => {
  const text = `{"name":"A","type":"postgresql","configuration":${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}}`
  expect((await client(testServer()).post('/api/connections', text)).status).toBe(400)
})

test.each(['{"name":"\\ud800"}', '{"\\udfff":1}', '{"a":[{"b":"x\\ud83dy"}]}'])(
  'half a character is refused, since it would be kept as another: %s',
  async (text) => {
    const reply = await client(testServer()).post('/api/connections/test', text)
    expect([reply.status, reply.text]).toEqual([400, expect.stringContaining('half of a character')])
  }
)

test('bytes that are no text are refused, since they would be kept as others', async () => {
  const server = testServer()
  const headers = { authorization: `Bearer ${server.apiKey}`, 'x-polytomic-version': '2025-09-18' }
  const body = Buffer.concat([Buffer.from('{"name":"'), Buffer.from([0xff, 0xc3]), Buffer.from('"}')])
  const request = new Request(`${origin}/api/permissions/roles`, { method: 'POST', headers, body })
  const reply = await readReply(await server.fetch(request))
  expect([reply.status, reply.text]).toEqual([400, expect.stringContaining('not UTF-8')])
})

test('a clock that is set back makes nobody wait', () => {
  let at = 1_000_000
  const check = rateLimit(1, () => new Date(at))
  check()
  at = 0
  expect(check).toThrow(/more than 1 requests/)
  at = 1000
  expect(check).not.toThrow()
})
