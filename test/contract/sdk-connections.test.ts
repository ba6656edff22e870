import { Polytomic } from 'polytomic'
import { expect, expectTypeOf, test } from 'vitest'
import type { ConnectCard, ParameterValues } from '../../src/wire/connection.ts'
import type { QueryResult } from '../../src/wire/query.ts'
import { once, startService } from './service.ts'

const postgres = {
  name: 'Warehouse',
  type: 'postgresql',
  configuration: { hostname: 'h', port: 5432, database: 'd', username: 'u', password: 'p' }
}
const ads = { name: 'Ads', type: 'linkedinads', configuration: {} }

async function refusal(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work
  } catch (error) {
    return error
  }
}

test('a configuration is tested, and keeps nothing', async () => {
  const { sdk } = await startService()
  const { type, configuration } = postgres
  await sdk.connections.testConnection({ type, configuration }, once)
  const { password: _none, ...less } = configuration
  expect(await refusal(sdk.connections.testConnection({ type, configuration: less }, once))).toBeInstanceOf(
    Polytomic.BadRequestError
  )
  expect(await refusal(sdk.connections.testConnection({ type: 'x', configuration }, once))).toBeInstanceOf(
    Polytomic.NotFoundError
  )
  expect((await sdk.connections.list(once)).data).toEqual([])
})

test('the values of parameters are read, of a connection and of a type', async () => {
  const { sdk, authorize } = await startService()
  const made = (await sdk.connections.create(ads, once)).data
  await authorize(made?.auth_url)
  const id = String(made?.id)
  const accounts = { allows_creation: false, values: [{ label: 'Example Ads', value: '1234567' }] }
  expect((await sdk.connections.getParameterValues(id, once)).data).toEqual({ accounts })
  const request = { field: 'accounts', connection_id: id, query: 'ads' }
  expect((await sdk.connections.getTypeParameterValues(ads.type, request, once)).data).toEqual({ accounts })
  const unauthorized = sdk.connections.getTypeParameterValues(ads.type, { field: 'accounts' }, once)
  expect(await refusal(unauthorized)).toBeInstanceOf(Polytomic.BadRequestError)
  expect(await refusal(sdk.connections.getParameterValues('none', once))).toBeInstanceOf(
    Polytomic.NotFoundError
  )
})

test('a connect card leads a person to a connection', async () => {
  const { sdk } = await startService()
  const request = { name: 'Theirs', redirect_url: 'https://app.example/done', whitelist: ['stripe'] }
  const card = (await sdk.connections.connect(request, once)).data
  const body = new URLSearchParams({ decision: 'connect', api_key: 'k' })
  const done = await fetch(String(card?.redirect_url), { method: 'POST', body, redirect: 'manual' })
  expect([done.status, done.headers.get('location')]).toEqual([303, request.redirect_url])
  expect((await sdk.connections.list(once)).data?.map(({ name }) => name)).toEqual(['Theirs'])
  expect(await refusal(sdk.connections.connect(request, once))).toBeInstanceOf(
    Polytomic.UnprocessableEntityError
  )
  const elsewhere = { ...request, name: 'Other', organization_id: 'other' }
  expect(await refusal(sdk.connections.connect(elsewhere, once))).toBeInstanceOf(Polytomic.ForbiddenError)
})

test('a connection is shared, listed as such, and used by the other organization', async () => {
  const { sdk, as, server } = await startService()
  const other = server.store.addOrganization('Customer')
  const partner = as({ token: server.store.addPartnerKey() })
  const parent = String((await sdk.connections.create(postgres, once)).data?.id)
  const request = { child_organization_id: other.id, name: 'Lent' }
  const made = (await partner.connections.createSharedConnection(parent, request, once)).data
  const theirs = as({ token: other.key })
  const read = (await theirs.connections.get(String(made?.id), once)).data
  expect(read).toMatchObject({ name: 'Lent', parent_connection_id: parent, organization_id: other.id })
  expect((await sdk.connections.listSharedConnections(parent, once)).data).toEqual([read])
  expect(await refusal(sdk.connections.createSharedConnection(parent, request, once))).toBeInstanceOf(
    Polytomic.ForbiddenError
  )
  expect(await refusal(theirs.connections.listSharedConnections(parent, once))).toBeInstanceOf(
    Polytomic.NotFoundError
  )
  const update = theirs.connections.update(String(made?.id), postgres, once)
  expect(await refusal(update)).toBeInstanceOf(Polytomic.ForbiddenError)
})

test('a query is run, and its results are read', async () => {
  const { sdk, as, url, server } = await startService()
  const id = String((await sdk.connections.create(postgres, once)).data?.id)
  const { queryRunner } = sdk
  const sent = (await queryRunner.runQuery(id, { query: 'select email from public.users' }, once)).data
  const done = await queryRunner.getQuery(String(sent?.id), {}, once)
  expect(done.data).toMatchObject({ status: 'done', count: 3, fields: ['email'] })
  expect(done.data?.results?.[0]).toEqual({ email: 'ada@example.com' })
  const failing = (await queryRunner.runQuery(id, { query: 'drop table public.users' }, once)).data
  const failed = (await queryRunner.getQuery(String(failing?.id), {}, once)).data
  expect(failed).toMatchObject({ status: 'failed', error: expect.stringContaining('SELECT') })
  expect(await refusal(queryRunner.runQuery(id, {}, once))).toBeInstanceOf(Polytomic.BadRequestError)
  expect(await refusal(queryRunner.getQuery('none', {}, once))).toBeInstanceOf(Polytomic.NotFoundError)
  const other = as({ token: server.store.addOrganization('Other').key })
  expect(await refusal(other.queryRunner.getQuery(String(sent?.id), {}, once))).toBeInstanceOf(
    Polytomic.NotFoundError
  )
  const inAddress = await fetch(`${url}/api/connections/${id}/query?query=select+1`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.apiKey}` },
    body: '{}'
  })
  expect(inAddress.status).toBe(200)
})

test('what an enrichment asks for is read, and a connection that cannot enrich has none', async () => {
  const { sdk } = await startService()
  const mapping = { name: 'email', type: 'string', required: true }
  const configuration = { url: 'https://x', method: 'GET', inputMappings: [mapping] }
  const made = await sdk.connections.create({ name: 'E', type: 'httpenrichment', configuration }, once)
  const id = String(made.data?.id)
  expect((await sdk.models.getEnrichmentSource(id, {}, once)).data).toMatchObject({ configuration: {} })
  expect((await sdk.models.post(id, { configuration: {} }, once)).data).toEqual([['email']])
  const plain = String((await sdk.connections.create(postgres, once)).data?.id)
  for (const work of [sdk.models.getEnrichmentSource(plain, {}, once), sdk.models.post(plain, {}, once)]) {
    expect(await refusal(work)).toBeInstanceOf(Polytomic.NotFoundError)
  }
})

test('events and their types are read', async () => {
  const { sdk, server } = await startService()
  const event = { sync_id: 's', sync_name: 'Users', execution_id: 'e', target_connection_id: 't' }
  server.store.raise(server.organizationId, 'sync.running', event)
  const [read] = (await sdk.events.list({ type: 'sync.running', limit: 1 }, once)).data ?? []
  expect(read).toMatchObject({ type: 'sync.running', organization_id: server.organizationId, event })
  expect((await sdk.events.getTypes(once)).data).toContain('sync.completed_with_errors')
  expect(await refusal(sdk.events.list({ type: 'none' }, once))).toBeInstanceOf(
    Polytomic.UnprocessableEntityError
  )
})

test('our types of cards, parameters and queries can be read as those of the SDK', () => {
  expectTypeOf<ConnectCard>().toExtend<Polytomic.ConnectCardResponse>()
  expectTypeOf<ParameterValues[string]['allows_creation']>().toExtend<
    Polytomic.ConnectionParameterValuesResp['allows_creation']
  >()
  expectTypeOf<QueryResult>().toExtend<Polytomic.V4RunQueryResult>()
})
