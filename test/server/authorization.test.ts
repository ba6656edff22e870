import { expect, test } from 'vitest'
import { client, decide, mongo, origin, readReply, salesforce, testServer, tutorialSync } from './client.ts'

test('a connection that a person must authorize has an address for that, and is not healthy', async () => {
  const api = client(testServer())
  const { data } = await api.post('/api/connections', salesforce)
  expect(data).toMatchObject({ status: 'new', saved: false })
  expect(data['auth_url']).toMatch(new RegExp(`^${origin}/connect/salesforce\\?state=[0-9a-f]{64}$`))
  const read = (await api.get(`/api/connections/${data.id}`)).data
  expect(read['auth_url']).toBeUndefined()
  expect(read['status']).toBe('new')
})

test('the page is a form that a person can read and use, and needs nothing from elsewhere', async () => {
  const server = testServer()
  const { data } = await client(server).post('/api/connections', {
    ...salesforce,
    name: '<b>CRM & "Co"</b>'
  })
  const page = await readReply(await server.fetch(new Request(String(data['auth_url']))))
  expect(page.status).toBe(200)
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(page.headers.get('cache-control')).toBe('no-store')
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
  expect(page.text).toContain('&lt;b&gt;CRM &amp; &quot;Co&quot;&lt;/b&gt;')
  expect(page.text).toContain('<html lang="en">')
  expect(page.text).toContain('<form method="post">')
  expect(page.text).toMatch(/<button name="decision" value="allow"[^>]*>Allow<\/button>/)
  expect(page.text).toMatch(/<button name="decision" value="deny"[^>]*>Deny<\/button>/)
  expect(page.text).not.toMatch(/https?:|src=|<script/)
})

test('looking at the page decides nothing', async () => {
  const server = testServer()
  const api = client(server)
  const { data } = await api.post('/api/connections', salesforce)
  for (let look = 0; look < 2; look += 1) await server.fetch(new Request(String(data['auth_url'])))
  expect((await api.get(`/api/connections/${data.id}`)).data['status']).toBe('new')
  const undecided = await decide(server, data['auth_url'], 'perhaps')
  expect([undecided.status, server.store.all('connection')[0]?.status]).toEqual([400, 'new'])
})

test('allowed, the connection is healthy, knows who it acts as, and says so on the page', async () => {
  const server = testServer()
  const api = client(server)
  const { data } = await api.post('/api/connections', salesforce)
  const page = await decide(server, data['auth_url'])
  expect([page.status, /<h1>Allowed<\/h1>/.test(page.text)]).toEqual([200, true])
  const read = (await api.get(`/api/connections/${data.id}`)).data
  expect(read).toMatchObject({
    status: 'healthy',
    saved: true,
    configuration: { domain: 'https://example.my.salesforce.com', username: 'local.user@example.com' }
  })
})

test('denied, the connection is not healthy and says why; a reconnect may repair it', async () => {
  const server = testServer()
  const api = client(server)
  const { data } = await api.post('/api/connections', salesforce)
  expect((await decide(server, data['auth_url'], 'deny')).text).toContain('<h1>Denied</h1>')
  const path = `/api/connections/${data.id}`
  expect((await api.get(path)).data).toMatchObject({
    status: 'unhealthy',
    status_error: 'a person denied the authorization'
  })
  const again = await api.put(path, { ...salesforce, reconnect: true })
  expect(again.data['auth_url']).not.toBe(data['auth_url'])
  await decide(server, again.data['auth_url'])
  const read = (await api.get(path)).data
  expect([read['status'], read['status_error']]).toEqual(['healthy', undefined])
})

test('an address can be used once, and a newer one makes it void', async () => {
  const server = testServer()
  const api = client(server)
  const { data } = await api.post('/api/connections', salesforce)
  const newer = await api.put(`/api/connections/${data.id}`, { ...salesforce, reconnect: true })
  expect((await decide(server, data['auth_url'])).status).toBe(410)
  expect(server.store.all('connection')[0]?.status).toBe('new')
  expect((await decide(server, newer.data['auth_url'])).status).toBe(200)
  const used = await decide(server, newer.data['auth_url'], 'deny')
  expect([used.status, /was allowed before/.test(used.text)]).toEqual([410, true])
  expect(server.store.all('connection')[0]?.status).toBe('healthy')
  expect((await decide(server, `${origin}/connect/salesforce?state=guess`)).status).toBe(404)
})

test('after the decision the browser goes to redirect_url, as it was given', async () => {
  const server = testServer()
  const api = client(server)
  const redirect_url = 'https://app.example.com/done?from=polytomic'
  const { data } = await api.post('/api/connections', { ...salesforce, redirect_url })
  const reply = await decide(server, data['auth_url'])
  expect([reply.status, reply.headers.get('location')]).toEqual([303, redirect_url])
  const bad = await api.post('/api/connections', {
    ...salesforce,
    name: 'x',
    redirect_url: 'javascript:alert(1)'
  })
  expect([bad.status, bad.body['message']]).toEqual([
    422,
    'redirect_url must be an http or https address, without blanks or control characters'
  ])
})

test('an update of a connection that waits repeats its address, whose base can be set', async () => {
  const server = testServer({ publicUrl: () => 'https://polytomic.example.com/' })
  const api = client(server)
  const { data } = await api.post('/api/connections', salesforce)
  expect(data['auth_url']).toMatch(/^https:\/\/polytomic\.example\.com\/connect\/salesforce\?/)
  const updated = await api.put(`/api/connections/${data.id}`, { ...salesforce, name: 'Other' })
  expect(updated.data['auth_url']).toBe(data['auth_url'])
})

test('saying no to a connection that works changes nothing', async () => {
  const server = testServer()
  const api = client(server)
  const { data } = await api.post('/api/connections', salesforce)
  await decide(server, data['auth_url'])
  const again = await api.put(`/api/connections/${data.id}`, { ...salesforce, reconnect: true })
  await decide(server, again.data['auth_url'], 'deny')
  expect(server.store.all('connection')[0]?.status).toBe('healthy')
})

test.each([
  ['salesforce', { domain: 'd', connect_mode: 'clientcredentials', client_id: 'i', client_secret: 's' }],
  [
    'salesforce',
    { domain: 'd', connect_mode: 'api', client_id: 'i', client_secret: 's', oauth_refresh_token: 't' }
  ],
  ['gsheets', { connect_mode: 'jwt', service_account: '{}', spreadsheet_id: { value: '1', label: 'One' } }],
  ['hubspot', { oauth_refresh_token: 't' }],
  ['salesloft', { auth_method: 'api_key', api_key: 'k' }],
  ['azureblob', { access_key: 'k', container_name: 'c', account_name: 'a' }],
  ['zendesk_support', { domain: 'd', auth_method: 'apitoken', api_token: 't' }]
])('a %s connection with its own credentials needs no person', async (type, configuration) => {
  const { data } = await client(testServer()).post('/api/connections', { name: 'x', type, configuration })
  expect([data['auth_url'], data['status']]).toEqual([undefined, 'healthy'])
})

test.each([
  ['hubspot', {}],
  ['linkedinads', {}],
  ['airtable', {}],
  ['gsheets', {}],
  ['salesloft', { auth_method: 'oauth' }],
  ['xero', {}],
  ['intercom', {}]
])('a %s connection without credentials is completed by a person', async (type, configuration) => {
  const { data } = await client(testServer()).post('/api/connections', { name: 'x', type, configuration })
  expect([typeof data['auth_url'], data['status']]).toEqual(['string', 'new'])
})

test('in mode code the answer has a code as well', async () => {
  const configuration = { domain: 'd', connect_mode: 'code' }
  const { data } = await client(testServer()).post('/api/connections', { ...salesforce, configuration })
  expect(data['auth_code']).toMatch(/^[0-9A-F]{8}$/)
})

test('until it is authorized, a connection can be neither looked into nor used', async () => {
  const server = testServer()
  const api = client(server)
  const source = await api.post('/api/connections', mongo)
  const waiting = await api.post('/api/connections', salesforce)
  const model = await api.post('/api/models', {
    name: 'M',
    connection_id: source.data.id,
    configuration: { database: 'example', collection: 'users' }
  })
  const path = `/api/connections/${waiting.data.id}`
  for (const below of [
    'source',
    'source/fields?table=Contact',
    'targetobjects',
    'target/fields?target=Contact'
  ]) {
    const reply = await api.get(`${path}/modelsync/${below}`)
    expect([reply.status, reply.body['message']]).toEqual([
      400,
      'the connection "Salesforce Connection" is not authorized yet'
    ])
  }
  const world = { mongo: source.data, salesforce: waiting.data, model: model.data }
  const refused = await api.post('/api/syncs', tutorialSync(world))
  expect(refused.body).toMatchObject({
    status: 422,
    message:
      'target.connection_id leads to the connection "Salesforce Connection", which is not authorized yet',
    metadata: { field: 'target.connection_id' }
  })
  const fromIt = { name: 'N', connection_id: waiting.data.id, configuration: { table: 'Contact' } }
  expect((await api.post('/api/models', fromIt)).status).toBe(400)
  await decide(server, waiting.data['auth_url'])
  expect((await api.post('/api/syncs', tutorialSync(world))).status).toBe(200)
})
