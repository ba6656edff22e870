import { expect, test } from 'vitest'
import type { LocalServer } from '../../src/server/index.ts'
import { client, origin, postgres, readReply, salesforce, testServer, type Reply } from './client.ts'

const path = '/api/connections/connect'
const card = { name: 'Theirs', redirect_url: 'https://app.example/done' }

async function look(server: LocalServer, address: unknown): Promise<Reply> {
  return await readReply(await server.fetch(new Request(String(address))))
}

async function fill(server: LocalServer, address: unknown, form: Record<string, string>): Promise<Reply> {
  const body = new URLSearchParams({ decision: 'connect', ...form })
  return await readReply(await server.fetch(new Request(String(address), { method: 'POST', body })))
}

const warehouse = { hostname: 'h', port: '5432', database: 'd', username: 'u', password: 's3cret' }

test('a card has an address with its token, with and without the slash at the end', async () => {
  const server = testServer()
  const api = client(server)
  for (const address of [path, `${path}/`]) {
    const { data } = await api.post(address, { ...card, whitelist: ['postgresql'] })
    expect(data).toEqual({
      redirect_url: `${origin}/connect?type=postgresql&token=${String(data['token'])}`,
      token: expect.stringMatching(/^[0-9a-f]{64}$/)
    })
  }
})

test('a person fills in the form, and is sent back with a connection made', async () => {
  const server = testServer()
  const api = client(server)
  const { data } = await api.post(path, { ...card, type: 'postgresql' })
  const page = await look(server, data['redirect_url'])
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  expect(page.text).toMatch(/<label>Hostname <input type="text" name="hostname"[^>]* required><\/label>/)
  expect(page.text).toMatch(/<input type="number" name="port" value="5432"/)
  expect(page.text).toMatch(/<input type="password" name="password" value=""/)
  expect(page.text).toMatch(/<input type="checkbox" name="ssl" checked>/)
  expect(page.text).not.toMatch(/https?:|src=|<script/)
  const done = await fill(server, data['redirect_url'], warehouse)
  expect([done.status, done.headers.get('location')]).toEqual([303, card.redirect_url])
  const [made] = (await api.get('/api/connections')).list
  expect(made).toMatchObject({
    name: 'Theirs',
    configuration: { ...postgres.configuration, port: 5432, ssl: false, password: '********' },
    created_by: { name: 'Local User' }
  })
  expect(server.store.all('connection')[0]?.configuration['password']).toBe('s3cret')
})

test('an address is good for one connection', async () => {
  const server = testServer()
  const { data } = await client(server).post(path, { ...card, type: 'postgresql' })
  await fill(server, data['redirect_url'], warehouse)
  expect((await look(server, data['redirect_url'])).status).toBe(410)
  expect((await fill(server, data['redirect_url'], warehouse)).status).toBe(410)
  expect((await look(server, `${origin}/connect?token=none`)).status).toBe(404)
  expect(server.store.all('connection')).toHaveLength(1)
})

test('what is wrong is told on the page, without what was typed, and may be mended', async () => {
  const server = testServer()
  const { data } = await client(server).post(path, { ...card, type: 'postgresql' })
  const wrong = await fill(server, data['redirect_url'], { ...warehouse, port: 'many' })
  expect(wrong.status).toBe(422)
  expect(wrong.text).toContain('<strong>configuration.port must be integer</strong>')
  expect(wrong.text).not.toContain('s3cret')
  const { username: _none, ...less } = warehouse
  expect((await fill(server, data['redirect_url'], less)).text).toContain(
    'configuration.username is required'
  )
  expect(server.store.all('connection')).toEqual([])
  expect((await fill(server, data['redirect_url'], warehouse)).status).toBe(303)
})

test('who cancels is sent back, and nothing is made', async () => {
  const server = testServer()
  const { data } = await client(server).post(path, { ...card, type: 'postgresql' })
  const gone = await fill(server, data['redirect_url'], { decision: 'cancel' })
  expect([gone.status, gone.headers.get('location')]).toEqual([303, card.redirect_url])
  expect((await fill(server, data['redirect_url'], { decision: 'maybe' })).status).toBe(400)
  expect(server.store.all('connection')).toEqual([])
})

test('several types are chosen from, and others cannot be made', async () => {
  const server = testServer()
  const whitelist = ['postgresql', 'mysql']
  const { data } = await client(server).post(path, { ...card, whitelist })
  const page = await look(server, data['redirect_url'])
  const links = [...page.text.matchAll(/href="([^"]+)"/g)].map(([, link]) => link?.replaceAll('&amp;', '&'))
  expect(links).toHaveLength(2)
  const form = await look(server, `${origin}/connect${links[1]}`)
  expect(form.text).toContain('<h1>Connect MySQL</h1>')
  const token = String(data['token'])
  const other = `${origin}/connect?type=stripe&token=${token}`
  expect([(await look(server, other)).status, (await fill(server, other, {})).status]).toEqual([404, 404])
  const any = await client(server).post(path, { ...card, name: 'Any' })
  expect((await look(server, any.data['redirect_url'])).text.match(/<li>/g)).toHaveLength(226)
})

test('where the system asks the person, the way leads over that page and then back', async () => {
  const server = testServer()
  const api = client(server)
  const { data } = await api.post(path, { ...card, type: 'salesforce' })
  const page = await look(server, data['redirect_url'])
  expect(page.text).toContain('name="domain"')
  expect(page.text).not.toMatch(/connect_mode|oauth_refresh_token|name="username"/)
  const onwards = await fill(server, data['redirect_url'], { domain: 'https://x.example' })
  const authorize = onwards.headers.get('location') ?? ''
  expect(authorize).toMatch(/\/connect\/salesforce\?state=/)
  const body = new URLSearchParams({ decision: 'allow' })
  const back = await server.fetch(new Request(authorize, { method: 'POST', body }))
  expect([back.status, back.headers.get('location')]).toEqual([303, card.redirect_url])
  expect((await api.get('/api/connections')).list).toMatchObject([{ name: 'Theirs', status: 'healthy' }])
})

test('an existing connection is changed by its card; what the page does not ask for stays', async () => {
  const server = testServer()
  const api = client(server)
  const { data: made } = await api.post('/api/connections', postgres)
  const { data } = await api.post(path, { ...card, name: postgres.name, connection: made.id })
  const page = await look(server, data['redirect_url'])
  expect(page.text).toContain('name="hostname" value="h"')
  expect(page.text).not.toContain(postgres.configuration.password)
  const { password: _kept, ...form } = { ...warehouse, hostname: 'elsewhere' }
  expect((await fill(server, data['redirect_url'], form)).status).toBe(303)
  const [stored] = server.store.all('connection')
  expect(stored).toMatchObject({
    id: made.id,
    configuration: { hostname: 'elsewhere', password: postgres.configuration.password }
  })
})

test('what a card cannot change stays as it was, and the page says why', async () => {
  const server = testServer()
  const api = client(server)
  const { data: made } = await api.post('/api/connections', postgres)
  const { data } = await api.post(path, { ...card, name: postgres.name, connection: made.id })
  const before = server.store.all('connection')
  const page = await fill(server, data['redirect_url'], { ...warehouse, port: 'x' })
  expect([page.status, page.text.includes('configuration.port must be integer')]).toEqual([422, true])
  expect(server.store.all('connection')).toEqual(before)
  await api.delete(`/api/connections/${made.id}`)
  const gone = await fill(server, data['redirect_url'], warehouse)
  expect([gone.status, gone.text.includes('the connection has been deleted')]).toEqual([410, true])
})

test('an authorized connection is authorized anew by its card', async () => {
  const server = testServer()
  const api = client(server)
  const { data: made } = await api.post('/api/connections', salesforce)
  const { data } = await api.post(path, { ...card, name: salesforce.name, connection: made.id })
  const onwards = await fill(server, data['redirect_url'], { domain: 'https://x.example' })
  expect(onwards.headers.get('location')).not.toBe(made['auth_url'])
  expect(onwards.headers.get('location')).toMatch(/\/connect\/salesforce\?state=/)
})

test('every type has a form, which asks for what the type demands and shows no secret', async () => {
  const server = testServer()
  const api = client(server)
  const { data: types } = (await api.get('/api/connection_types')).body as { data: { id: string }[] }
  for (const { id: type } of types) {
    const { data } = await api.post(path, { ...card, name: type, type })
    const page = await look(server, data['redirect_url'])
    expect([type, page.status]).toEqual([type, 200])
    const empty = await fill(server, data['redirect_url'], {})
    const demanded = /<strong>configuration\.(\w+) is required<\/strong>/.exec(empty.text)?.[1]
    expect([type, empty.status]).toEqual([type, demanded === undefined ? 303 : 422])
    // A list of choices cannot be typed in; there the page can only say what is missing.
    if (demanded !== undefined && type !== 'plusvibe') {
      expect(page.text).toMatch(new RegExp(`name="${demanded}"[^>]* required>`))
    }
  }
})

test('names of people are text on the page', async () => {
  const server = testServer()
  const { data } = await client(server).post(path, {
    ...card,
    name: '<b>"x"</b>',
    type: 'stripe',
    dark: true
  })
  const page = await look(server, data['redirect_url'])
  expect(page.text).toContain('&lt;b&gt;&quot;x&quot;&lt;/b&gt;')
  expect(page.text).toContain('color-scheme: dark }')
})

test.each([
  [{ redirect_url: 'https://x' }, 422, 'name is required'],
  [{ name: 'N' }, 422, 'redirect_url is required'],
  [
    { ...card, redirect_url: 'javascript:alert(1)' },
    422,
    'redirect_url must be an http or https address, without blanks or control characters'
  ],
  [{ ...card, type: 'oracle9' }, 422, 'type is not a connection type: oracle9'],
  [{ ...card, whitelist: ['x'] }, 422, 'whitelist[0] is not a connection type: x'],
  [{ ...card, connection: 'none' }, 422, 'connection is not a connection: none'],
  [{ ...card, name: 'Warehouse' }, 422, /^name is taken by the connection /],
  [{ ...card, organization_id: 'other' }, 403, 'this key does not act in organization other']
])('a card of %o is refused', async (body, status, message) => {
  const api = client(testServer())
  await api.post('/api/connections', postgres)
  const reply = await api.post(path, body)
  expect(reply.status).toBe(status)
  expect(reply.body['message']).toEqual(
    typeof message === 'string' ? message : expect.stringMatching(message)
  )
})
