import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { createServer, type LocalServer, type ServerOptions } from '../../src/server/index.ts'
import { startSalesforce, type SalesforceFixture } from '../fixtures/salesforce/index.ts'
import { client, origin, readReply, type Client, type Reply, type Thing } from './client.ts'
import { connection, ended, made, memory } from './runner/service.ts'
import { memoryConnectors, memorySystem } from './runner/memory.ts'
import { localConnectors } from '../../src/server/runner/connectors.ts'

/** People sign in to Salesforce themselves, where the server has an app there. */

let org: SalesforceFixture
beforeEach(async () => {
  org = await startSalesforce()
  onTestFinished(() => org.close())
})

interface World {
  server: LocalServer
  api: Client
  /** The connection of Salesforce, as it was answered when it was made. */
  crm: Thing
  /** Closes the server when the test ends. */
  ends: { close: () => void }
}

async function world(more: ServerOptions = {}, app: typeof org.app | null = org.app): Promise<World> {
  const system = memorySystem({
    rows: new Map([['people', [{ email: 'ada@example.com', name: 'Lovelace' }]]])
  })
  const connectors = new Map([
    ...memoryConnectors(system),
    ['salesforce', localConnectors.get('salesforce')!]
  ])
  const server = createServer({
    apiKey: 'test-key',
    ...memory(system),
    run: {
      fetch: (request) => fetch(request),
      connectors,
      ...(app === null ? {} : { apps: new Map([['salesforce', app]]) })
    },
    ...more
  })
  const ends = { close: server.close }
  onTestFinished(() => ends.close())
  const api = client(server)
  const crm = await made(api, '/api/connections', {
    name: 'CRM',
    type: 'salesforce',
    configuration: { domain: org.url }
  })
  return { server, api, crm, ends }
}

/** Presses Allow, and returns where the browser is sent. */
async function allow(server: LocalServer, page: unknown, decision = 'allow'): Promise<Reply> {
  const body = new URLSearchParams({ decision })
  return await readReply(await server.fetch(new Request(String(page), { method: 'POST', body })))
}

/** Goes where the answer sends a browser, and comes back to the server from there. */
async function throughSalesforce(server: LocalServer, { headers }: Reply): Promise<Reply> {
  const { headers: there } = await fetch(headers.get('location')!, { redirect: 'manual' })
  return await visit(server, there.get('location')!)
}

async function visit(server: LocalServer, address: string): Promise<Reply> {
  return await readReply(await server.fetch(new Request(address)))
}

async function signIn({ server }: World, page: unknown): Promise<Reply> {
  return await throughSalesforce(server, await allow(server, page))
}

async function statusOf({ api, crm }: World): Promise<unknown[]> {
  const { data } = await api.get(`/api/connections/${crm.id}`)
  return [data['status'], data['status_error']]
}

/** Runs people into contacts, and returns how that ended. */
async function moved({ api, crm }: World): Promise<Thing> {
  const access = { hostname: 'db.example.com', username: 'u', password: 'p', database: 'd', port: 5432 }
  const known = (await api.get('/api/syncs')).list[0]
  const sync = known ?? (await syncOf(api, await connection(api, 'postgresql', access), crm.id))
  const { data } = await api.post(`/api/syncs/${sync.id}/executions`, {})
  return await ended(api, sync.id, data.id)
}

async function syncOf(api: Client, from: string, to: string): Promise<Thing> {
  const model = await made(api, '/api/models', {
    name: 'People',
    connection_id: from,
    configuration: { table: 'people' },
    fields: ['email', 'name']
  })
  return await made(api, '/api/syncs', {
    name: 'People',
    mode: 'updateOrCreate',
    active: true,
    fields: [{ target: 'LastName', source: { model_id: model.id, field: 'name' } }],
    identity: { target: 'Email', source: { model_id: model.id, field: 'email' }, function: 'Equality' },
    schedule: { frequency: 'manual' },
    target: { connection_id: to, object: 'Contact' },
    sync_all_records: true
  })
}

test('Salesforce asks the person, and what it gives lets syncs run; no answer has it', async () => {
  const here = await world()
  const { server, api, crm } = here
  const page = await visit(server, String(crm['auth_url']))
  expect(page.text).toContain('Salesforce itself asks you next')
  const away = await allow(server, crm['auth_url'])
  const asked = new URL(away.headers.get('location')!)
  expect([away.status, asked.origin + asked.pathname]).toEqual([
    303,
    `${org.url}/services/oauth2/authorize`
  ])
  expect(Object.fromEntries(asked.searchParams)).toEqual({
    response_type: 'code',
    client_id: org.app.clientId,
    redirect_uri: `${origin}/connect/salesforce`,
    scope: 'api refresh_token',
    state: expect.stringMatching(/^[0-9a-f]{64}$/),
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: 'S256'
  })
  // Whoever reads the address that goes to Salesforce cannot open ours.
  expect(String(crm['auth_url'])).not.toContain(asked.searchParams.get('state'))
  const back = await throughSalesforce(server, away)
  expect([back.status, /<h1>Allowed<\/h1>/.test(back.text)]).toEqual([200, true])
  expect(await statusOf(here)).toEqual(['healthy', undefined])
  expect(await moved(here)).toMatchObject({ status: 'completed', counts: { insert: 1 } })
  expect(org.rows('Contact')).toEqual([expect.objectContaining({ LastName: 'Lovelace' })])
  org.expireTokens()
  expect(await moved(here)).toMatchObject({ status: 'completed', counts: { update: 1 } })
  const answers = [
    await api.get(`/api/connections/${crm.id}`),
    await api.get('/api/connections'),
    await api.put(`/api/connections/${crm.id}`, { name: 'CRM', configuration: { domain: org.url } }),
    await api.get('/api/events'),
    back,
    away
  ]
  const shown = answers.map(({ text, headers }) => text + headers.get('location')).join()
  expect(shown).not.toMatch(/fixture-(?:refresh|access|secret)|refresh_token"/)
})

test('the browser goes on to where it came from', async () => {
  const { server, api } = await world()
  const { data } = await api.post('/api/connections', {
    name: 'Other',
    type: 'salesforce',
    configuration: { domain: org.url },
    redirect_url: 'https://app.example.com/done'
  })
  const back = await throughSalesforce(server, await allow(server, data['auth_url']))
  expect([back.status, back.headers.get('location')]).toEqual([303, 'https://app.example.com/done'])
})

describe('nobody gets in', () => {
  test('with a state that was not given out, one that was used, or of another type', async () => {
    const here = await world()
    const { server, crm } = here
    const away = await allow(server, crm['auth_url'])
    const { headers } = await fetch(away.headers.get('location')!, { redirect: 'manual' })
    const back = new URL(headers.get('location')!)
    for (const change of [
      (url: URL) => url.searchParams.set('state', 'f'.repeat(64)),
      (url: URL) => url.searchParams.delete('state'),
      (url: URL) =>
        url.searchParams.set('state', new URL(String(crm['auth_url'])).searchParams.get('state')!),
      (url: URL) => void (url.pathname = '/connect/hubspot')
    ]) {
      const other = new URL(back)
      change(other)
      expect((await visit(server, other.href)).status).toBe(404)
      expect(await statusOf(here)).toEqual(['new', undefined])
    }
    expect((await visit(server, back.href)).status).toBe(200)
    expect((await visit(server, back.href)).status).toBe(404)
    expect(await statusOf(here)).toEqual(['healthy', undefined])
    expect(org.requests.filter(({ path }) => path.endsWith('/token'))).toHaveLength(1)
  })

  test('with a code of somebody else, and the person may try again', async () => {
    const here = await world()
    const { server, crm } = here
    const away = await allow(server, crm['auth_url'])
    const state = new URL(away.headers.get('location')!).searchParams.get('state')
    const foreign = await visit(server, `${origin}/connect/salesforce?code=stolen&state=${state}`)
    expect(foreign.status).toBe(400)
    expect(foreign.text).toContain('invalid authorization code (invalid_grant)')
    expect(await statusOf(here)).toEqual(['new', undefined])
    expect((await signIn(here, crm['auth_url'])).status).toBe(200)
    expect(await statusOf(here)).toEqual(['healthy', undefined])
  })

  test('and what comes back is shown as text', async () => {
    const here = await world()
    const away = await allow(here.server, here.crm['auth_url'])
    const state = new URL(away.headers.get('location')!).searchParams.get('state') ?? ''
    const query = new URLSearchParams({ error: '<script>', error_description: '"><img src=x>', state })
    const page = await visit(here.server, `${origin}/connect/salesforce?${query.toString()}`)
    expect(page.status).toBe(400)
    expect(page.text).toContain('&lt;script&gt;: &quot;&gt;&lt;img src=x&gt;')
    expect(page.text).not.toMatch(/<script>|<img/)
    // That state is used up, and the page may be used again.
    expect((await visit(here.server, `${origin}/connect/salesforce?code=c&state=${state}`)).status).toBe(
      404
    )
    expect((await signIn(here, here.crm['auth_url'])).status).toBe(200)
  })

  test('who says no there, or here', async () => {
    const here = await world()
    org.agrees = false
    expect((await signIn(here, here.crm['auth_url'])).text).toContain('<h1>Denied</h1>')
    expect(await statusOf(here)).toEqual(['unhealthy', 'a person denied the authorization'])
    const other = await world()
    await allow(other.server, other.crm['auth_url'], 'deny')
    expect(await statusOf(other)).toEqual(['unhealthy', 'a person denied the authorization'])
  })

  test('where Salesforce knows no such app, has gone, or the domain is none', async () => {
    const unknown = await world({}, { clientId: '<b>', clientSecret: 'x' })
    const page = await signIn(unknown, unknown.crm['auth_url'])
    expect([page.status, page.text.includes('says invalid_client_id')]).toEqual([400, true])
    const gone = await world()
    const away = await allow(gone.server, gone.crm['auth_url'])
    const { headers } = await fetch(away.headers.get('location')!, { redirect: 'manual' })
    org.down = true
    expect((await visit(gone.server, headers.get('location')!)).text).toContain('cannot be reached')
    expect(await statusOf(gone)).toEqual(['new', undefined])
    const { data } = await gone.api.post('/api/connections', {
      name: 'Nowhere',
      type: 'salesforce',
      configuration: { domain: 'http://crm.example.com' }
    })
    const nowhere = await allow(gone.server, data['auth_url'])
    expect([nowhere.status, nowhere.text.includes('must begin with https://')]).toEqual([400, true])
  })
})

describe('what was allowed', () => {
  test('ends when Salesforce says so: the connection waits for a person again, who mends it', async () => {
    const here = await world()
    await signIn(here, here.crm['auth_url'])
    const other = await startSalesforce()
    onTestFinished(() => other.close())
    org.revoke()
    const why =
      'Salesforce refuses the connection "CRM": expired access/refresh token (invalid_grant); ' +
      'a person must authorize it again (polyctl connect "CRM")'
    expect(await moved(here)).toMatchObject({ status: 'failed', errors: [why] })
    expect(await statusOf(here)).toEqual(['unhealthy', why])
    const request = { name: 'CRM', configuration: { domain: other.url }, reconnect: true }
    const again = await here.api.put(`/api/connections/${here.crm.id}`, request)
    await signIn(here, again.data['auth_url'])
    expect(await statusOf(here)).toEqual(['healthy', undefined])
    expect(await moved(here)).toMatchObject({ status: 'completed', counts: { insert: 1 } })
  })

  test('goes to no other address than that of the sign-in', async () => {
    const here = await world()
    await signIn(here, here.crm['auth_url'])
    const other = await startSalesforce()
    onTestFinished(() => other.close())
    const request = { name: 'CRM', configuration: { domain: other.url } }
    await here.api.put(`/api/connections/${here.crm.id}`, request)
    const end = await moved(here)
    expect(String(end['errors'])).toContain('was authorized at another domain, or for another app')
    expect(other.requests).toEqual([])
  })

  test('is kept, so that the next server runs with it', async () => {
    const directory = mkdtempSync(`${tmpdir()}/polyctl-sign-in-`)
    onTestFinished(() => rmSync(directory, { recursive: true }))
    const first = await world({ directory })
    await signIn(first, first.crm['auth_url'])
    first.server.close()
    first.ends.close = () => undefined
    const connectors = localConnectors
    const run = {
      fetch: (request: Request) => fetch(request),
      connectors,
      apps: new Map([['salesforce', org.app]])
    }
    const server = createServer({ directory, apiKey: 'test-key', run })
    onTestFinished(server.close)
    const later = { ...first, server, api: client(server) }
    expect(await statusOf(later)).toEqual(['healthy', undefined])
    // The source of people was in the memory of the first server: what matters is who gets in.
    expect(String((await moved(later))['errors'])).not.toContain('Salesforce')
  })
})

test('without an app the page is a word of this server, and a run says what it needs', async () => {
  const here = await world({}, null)
  const page = await visit(here.server, String(here.crm['auth_url']))
  expect(page.text).toContain('no account is contacted')
  expect(page.text).toContain('has no app by which people sign in')
  expect((await allow(here.server, here.crm['auth_url'])).status).toBe(200)
  const end = await moved(here)
  expect(String(end['errors'])).toContain(
    'set SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET for the server'
  )
  expect((await statusOf(here))[0]).toBe('unhealthy')
  expect(org.requests).toEqual([])
})

test('a server that only looks into systems is let in, too', async () => {
  const apps = new Map([['salesforce', org.app]])
  const server = createServer({
    apiKey: 'test-key',
    contact: { fetch: (request) => fetch(request), apps }
  })
  onTestFinished(server.close)
  const api = client(server)
  const configuration = { domain: org.url }
  const crm = await made(api, '/api/connections', { name: 'CRM', type: 'salesforce', configuration })
  await throughSalesforce(server, await allow(server, crm['auth_url']))
  const objects = await api.get(`/api/connections/${crm.id}/modelsync/targetobjects`)
  expect(objects.list.map(({ id }) => id)).toEqual(['Contact', 'Account', 'Lead'])
})
