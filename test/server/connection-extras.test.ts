import { expect, test } from 'vitest'
import { bulkWorld } from './bulk-world.ts'
import { client, decide, mongo, postgres, testServer, tutorialSync, tutorialWorld } from './client.ts'

const ads = { name: 'Ads', type: 'linkedinads', configuration: {} }

test('the values for a configuration are read after a person has said yes, and can be chosen', async () => {
  const server = testServer()
  const api = client(server)
  const { data } = await api.post('/api/connections', ads)
  const path = `/api/connections/${data.id}`
  expect((await api.get(`${path}/parameter_values`)).status).toBe(400)
  await decide(server, data['auth_url'])
  const values = (await api.get(`${path}/parameter_values`)).data as unknown as Record<string, object>
  expect(values).toEqual({
    accounts: { allows_creation: false, values: [{ value: '1234567', label: 'Example Ads' }] }
  })
  const accounts = [{ value: '1234567', label: 'Example Ads' }]
  const chosen = await api.put(path, { ...ads, configuration: { accounts } })
  expect(chosen.data['configuration']).toMatchObject({ accounts })
})

test('fields without a choice have no values, and what nobody knows is null', async () => {
  const api = client(testServer({ catalogue: { Sheets: { parameters: {}, objects: {} } } }))
  const { data } = await api.post('/api/connections', postgres)
  expect((await api.get(`/api/connections/${data.id}/parameter_values`)).body).toEqual({ data: {} })
  expect((await api.get('/api/connections/none/parameter_values')).status).toBe(404)
  const sheets = await api.post('/api/connections', {
    name: 'Sheets',
    type: 'gsheets',
    configuration: { connect_mode: 'jwt', spreadsheet_id: { value: 'x', label: 'X' } }
  })
  expect((await api.get(`/api/connections/${sheets.data.id}/parameter_values`)).data).toEqual({
    spreadsheet_id: { allows_creation: false, values: null }
  })
})

test('the values of a type are those of one field, filtered, once somebody is authorized', async () => {
  const server = testServer()
  const api = client(server)
  const path = '/api/connection_types/linkedinads/parameter_values'
  expect((await api.post(path, { field: 'accounts' })).body['message']).toBe(
    'nobody has authorized LinkedIn Ads yet'
  )
  const parameters = { oauth_refresh_token: 't' }
  const values = async (more: object): Promise<unknown> =>
    (await api.post(path, { field: 'accounts', parameters, ...more })).data
  const all = { accounts: { allows_creation: false, values: [{ value: '1234567', label: 'Example Ads' }] } }
  expect(await values({})).toEqual(all)
  expect(await values({ query: 'example' })).toEqual(all)
  expect(await values({ query: 'other' })).toEqual({ accounts: { allows_creation: false, values: [] } })
  expect(await values({ field: 'client_id' })).toEqual({})
  const { data } = await api.post('/api/connections', ads)
  expect((await api.post(path, { field: 'accounts', connection_id: data.id })).status).toBe(400)
  await decide(server, data['auth_url'])
  expect((await api.post(path, { field: 'accounts', connection_id: data.id })).data).toEqual(all)
  expect((await api.post(path, { field: 'accounts', connection_id: 'none' })).status).toBe(404)
  expect((await api.post(path, { field: 'nothing', parameters })).status).toBe(400)
  expect((await api.post(path, { parameters })).body['message']).toBe('field is required')
  expect((await api.post('/api/connection_types/none/parameter_values', { field: 'x' })).status).toBe(404)
})

test('an HTTP enrichment says which fields it asks for', async () => {
  const api = client(testServer())
  const inputs = async (...inputMappings: object[]): Promise<unknown> => {
    const configuration = { url: 'https://x', method: 'GET', inputMappings }
    const { data } = await api.post('/api/connections', {
      name: JSON.stringify(inputMappings),
      type: 'httpenrichment',
      configuration
    })
    const source = await api.get(`/api/connections/${data.id}/modelsync/enrichment-source`)
    expect(source.data).toEqual({ configuration: {}, items: null, requires_one_of: null })
    return (await api.post(`/api/enrichment/${data.id}/inputfields`, { configuration: {} })).list
  }
  const [email, name] = [
    { name: 'email', type: 'string', required: true },
    { name: 'name', type: 'string', required: false }
  ]
  expect(await inputs(email, name)).toEqual([['email'], ['email', 'name']])
  expect(await inputs(email)).toEqual([['email']])
  expect(await inputs(name)).toEqual([['name']])
  expect(await inputs()).toEqual([])
})

test('an enrichment that a catalogue file tells of is answered; others are not there', async () => {
  const enrichment = { items: { object: ['people'] }, inputs: [['email'], ['first_name', 'company']] }
  const server = testServer({ catalogue: { Apollo: { enrichment, objects: {} } } })
  const api = client(server)
  const { data } = await api.post('/api/connections', {
    name: 'Apollo',
    type: 'apollo',
    configuration: { apikey: 'k' }
  })
  expect((await api.get(`/api/connections/${data.id}/modelsync/enrichment-source`)).data).toEqual({
    configuration: {},
    items: { object: { items: ['people'], requires_one_of: null, has_items: true } },
    requires_one_of: ['object']
  })
  expect((await api.post(`/api/enrichment/${data.id}/inputfields`)).list).toEqual(enrichment.inputs)
  const plain = await api.post('/api/connections', mongo)
  expect((await api.post(`/api/enrichment/${plain.data.id}/inputfields`)).status).toBe(404)
  expect((await api.get(`/api/connections/${plain.data.id}/modelsync/enrichment-source`)).status).toBe(404)
  expect((await api.post('/api/enrichment/none/inputfields')).status).toBe(404)
})

test('a model is enriched by a connection that exists, and that is then in use', async () => {
  const server = testServer()
  const api = client(server)
  const { data: source } = await api.post('/api/connections', mongo)
  const { data: apollo } = await api.post('/api/connections', {
    name: 'Apollo',
    type: 'apollo',
    configuration: { apikey: 'k' }
  })
  const model = (enricher: object): object => ({
    name: 'M',
    connection_id: source.id,
    configuration: { database: 'example', collection: 'users' },
    enricher
  })
  const refused = await api.post('/api/models', model({ connection_id: 'none' }))
  expect([refused.status, refused.body['message']]).toEqual([
    400,
    'enricher.connection_id names no connection: none'
  ])
  expect((await api.post('/api/models', model({}))).body['message']).toBe(
    'enricher.connection_id is required'
  )
  const { data: made } = await api.post('/api/models', model({ connection_id: apollo.id }))
  expect((await api.delete(`/api/connections/${apollo.id}`)).body).toMatchObject({
    status: 422,
    metadata: { used_by: [{ type: 'model', name: 'M', id: made.id }] }
  })
})

test('an id tells what it belongs to, to its organization and to partners', async () => {
  const server = testServer()
  const api = client(server)
  const world = await tutorialWorld(server, api)
  const { data: sync } = await api.post('/api/syncs', tutorialSync(world))
  const { data: user } = await api.post('/api/organization/users', { email: 'ada@example.com' })
  const partner = client(server, '2025-09-18', `Bearer ${server.store.addPartnerKey()}`)
  const organization_id = server.organizationId
  const users = `/api/organizations/${organization_id}/users/${user.id}`
  for (const [id, type, path, partnerPath = path] of [
    [world.mongo.id, 'connection', `/api/connections/${world.mongo.id}`],
    [world.model.id, 'model', `/api/models/${world.model.id}`],
    [sync.id, 'sync', `/api/syncs/${sync.id}`],
    [user.id, 'user', `/api/organization/users/${user.id}`, users],
    [organization_id, 'organization', `/api/organizations/${organization_id}`]
  ]) {
    const entity = { id, type, canonical_path: path }
    expect((await api.get(`/api/entities/${id}`)).data).toEqual(entity)
    const forPartner = { ...entity, canonical_path: partnerPath, organization_id }
    expect((await partner.get(`/api/organizations/entities/${id}`)).data).toEqual(forPartner)
  }
  const other = client(server, '2025-09-18', `Bearer ${server.store.addOrganization('Other').key}`)
  expect((await other.get(`/api/entities/${sync.id}`)).status).toBe(404)
  expect((await api.get('/api/entities/none')).status).toBe(404)
  expect((await partner.get('/api/organizations/entities/none')).status).toBe(404)
  expect((await api.get(`/api/organizations/entities/${sync.id}`)).status).toBe(403)
})

test('a bulk sync is found by its id', async () => {
  const world = await bulkWorld()
  const { id } = await world.make()
  const entity = { id, type: 'bulk_sync', canonical_path: `/api/bulk/syncs/${id}` }
  expect((await world.api.get(`/api/entities/${id}`)).data).toEqual(entity)
})

test('the proxy is refused as what this server lacks', async () => {
  const api = client(testServer())
  const { data } = await api.post('/api/connections', postgres)
  const request = { request: { method: 'GET', path: '/' } }
  const refused = await api.post(`/api/connections/${data.id}/proxy`, request)
  expect([refused.status, refused.body['message']]).toEqual([
    501,
    'this server does not have the connection proxy yet'
  ])
  expect((await api.get(`/api/connections/${data.id}/proxy/info`)).status).toBe(501)
})
