import { expect, test } from 'vitest'
import { nullModelId } from '../../src/wire/sync.ts'
import { client, mongo, testServer, tutorialSync, tutorialWorld } from './client.ts'
import { warehouse } from './warehouse.ts'

test('override fields come back among the fields, and go when they are left out', async () => {
  const { api, sync, from } = await warehouse()
  const override = { target: 'name', override_value: 'default' }
  const made = await api.post('/api/syncs', sync({ override_fields: [override] }))
  const merged = { source: { model_id: nullModelId, field: '' }, ...override }
  expect(made.data['fields']).toEqual([{ source: from('email'), target: 'email' }, merged])
  expect(made.data['override_fields']).toEqual([])
  const path = `/api/syncs/${made.data.id}`
  // Sent back as it was read, once among the fields and once as it is meant, it is one and the same.
  const both = sync({ fields: made.data['fields'], override_fields: [override] })
  expect((await api.put(path, both)).data['fields']).toEqual(made.data['fields'])
  expect((await api.put(path, sync({ fields: made.data['fields'] }))).data['fields']).toEqual(
    made.data['fields']
  )
  expect((await api.put(path, sync())).data['fields']).toHaveLength(1)
})

test('a field with a source and an override value stays a field', async () => {
  const { api, sync, from } = await warehouse()
  const fields = [
    { source: from('email'), target: 'email' },
    { source: from('name'), target: 'name', override_value: 'x' }
  ]
  expect((await api.post('/api/syncs', sync({ fields }))).data['fields']).toEqual(fields)
})

test('a field that is mapped to the target of the identity is dropped', async () => {
  const { api, sync, from } = await warehouse()
  const identity = { source: from('email'), target: 'email', function: 'EQUALITY' }
  const fields = [
    { source: from('email'), target: 'email' },
    { source: from('name'), target: 'name' }
  ]
  const made = await api.post('/api/syncs', sync({ mode: 'updateOrCreate', identity, fields }))
  expect(made.data['fields']).toEqual([fields[1]])
  expect(made.data['identity']).toEqual({ ...identity, function: 'Equality' })
})

test('an object is created once, fills object, and create is never answered', async () => {
  const server = testServer()
  const { api, sync, connection } = await warehouse(server)
  const create = { name: 'public.test_create_1' }
  const target = { connection_id: connection.id, create }
  const made = await api.post('/api/syncs', sync({ target }))
  const expected = {
    connection_id: connection.id,
    object: 'public.test_create_1',
    search_values: { schema: 'public', table: 'test_create_1' }
  }
  expect(made.data['target']).toEqual(expected)
  const path = `/api/syncs/${made.data.id}`
  for (const object of ['', 'public.test_create_1']) {
    expect((await api.put(path, sync({ target: { ...target, object } }))).data['target']).toEqual(expected)
  }
  const objects = await api.get(`/api/connections/${connection.id}/modelsync/targetobjects`)
  expect(objects.list.filter(({ id }) => id === 'public.test_create_1')).toHaveLength(1)
  const both = await api.post('/api/syncs', sync({ target: { ...target, object: 'x.y' } }))
  expect(both.body['message']).toBe('target.create cannot be given together with target.object')
  const wrong = await api.post(
    '/api/syncs',
    sync({ target: { ...target, create: { name: 'a', colour: 'b' } } })
  )
  expect(wrong.body['message']).toBe('target.create.colour is not a property of new targets')
})

test('the older way to a new object is accepted', async () => {
  const { api, sync, connection } = await warehouse()
  const target = {
    connection_id: connection.id,
    object: '__pt_new_target',
    new_name: 'awesome.table',
    search_values: { dataset: 'awesome' }
  }
  const made = await api.post('/api/syncs', sync({ target }))
  expect(made.data['target']).toMatchObject({ object: '__pt_new_target', new_name: 'awesome.table' })
})

test('a passphrase is never answered, and an encrypted field needs one', async () => {
  const { api, sync, from } = await warehouse()
  const fields = [{ source: from('email'), target: 'email', encryption_enabled: true }]
  expect((await api.post('/api/syncs', sync({ fields }))).body['message']).toBe(
    'encryption_passphrase is required when a field is encrypted'
  )
  const made = await api.post(
    '/api/syncs',
    sync({ fields, encryption_passphrase: 'test-passphrase-12345' })
  )
  expect(made.status).toBe(200)
  expect(made.text + (await api.get('/api/syncs')).text).not.toContain('test-passphrase')
})

test('every reference of a mapping must exist, in the model and in the target', async () => {
  const server = testServer()
  const api = client(server)
  const world = await tutorialWorld(server)
  const from = (field: string, model_id = world.model.id): object => ({ model_id, field })
  const field = (source: object, target: string): object => ({ fields: [{ source, target }] })
  const identity = (source: object, target: string, fn = 'Equality'): object => ({
    identity: { source, target, function: fn }
  })
  const cases: [object, string][] = [
    [field(from('first_name', 'none'), 'FirstName'), 'fields[0].source.model_id names no model: none'],
    [
      field(from('fist_name'), 'FirstName'),
      'fields[0].source.field is not a field of the model "MongoDB Model": fist_name'
    ],
    [field(from('first_name'), 'Firstname'), 'fields[0].target is not a field of the target: Firstname'],
    [field(from('first_name'), 'CreatedDate'), 'fields[0].target cannot be written: CreatedDate'],
    [
      { fields: [{ source: from('email'), target: 'Size', new: true }] },
      'fields[0].new is not possible: this target gets no new fields'
    ],
    [
      { identity: { source: from('email'), target: 'Size', function: 'Equality', new_field: true } },
      'identity.new_field is not possible: this target gets no new fields'
    ],
    [{ fields: [{ target: 'FirstName' }] }, 'fields[0].source is required, or override_value'],
    [
      { fields: [{ source: from('email'), target: 'FirstName', sync_mode: 'create' }], mode: 'remove' },
      'fields[0].sync_mode is not possible in mode remove of this target'
    ],
    [
      identity(from('mail'), 'Email'),
      'identity.source.field is not a field of the model "MongoDB Model": mail'
    ],
    [identity(from('email'), 'EMail'), 'identity.target is not a field of the target: EMail'],
    [
      identity(from('email'), 'HasOptedOutOfEmail'),
      'identity.target cannot identify records: HasOptedOutOfEmail'
    ],
    [
      identity(from('email'), 'Email', 'Same'),
      'identity.function must be one of Equality, ISubstring, OneOf, DomainMatch, HostnameMatch'
    ],
    [
      identity(from('email'), 'LastName', 'DomainMatch'),
      'identity.function must be one of Equality, ISubstring, OneOf for LastName'
    ],
    [
      { target: { connection_id: 'none', object: 'Contact' } },
      'target.connection_id names no connection: none'
    ],
    [
      { target: { connection_id: world.salesforce.id, object: 'Kontact' } },
      'target.object names Kontact, which the connection "Salesforce Connection" does not have'
    ],
    [{ target: { connection_id: world.salesforce.id } }, 'target.object is required, or target.create'],
    [
      { target: { connection_id: world.salesforce.id, create: { name: 'x' } } },
      'target.create is not possible: a connection of type salesforce makes no objects'
    ]
  ]
  for (const [change, message] of cases) {
    const reply = await api.post('/api/syncs', tutorialSync(world, change as Record<string, unknown>))
    expect([reply.status, reply.body['message']]).toEqual([422, message])
  }
  const custom = { target: { connection_id: world.salesforce.id, object: 'Invoice__c' } }
  expect((await api.post('/api/syncs', tutorialSync(world, custom))).status).toBe(200)
})

test('several models must be joined by relations', async () => {
  const { api, sync, from, connection } = await warehouse()
  const second = { name: 'Orders', connection_id: connection.id, configuration: { table: 'public.orders' } }
  const made = await api.post('/api/models', second)
  const fields = [
    { source: from('email'), target: 'email' },
    { source: { model_id: made.data.id, field: 'status' }, target: 'status' }
  ]
  expect((await api.post('/api/syncs', sync({ fields }))).body['message']).toBe(
    'fields read the models "M" and "Orders", which no relation joins'
  )
  const relations = [{ from: 'status', to: { ...from('email') } }]
  await api.put(`/api/models/${made.data.id}`, { ...second, relations })
  expect((await api.post('/api/syncs', sync({ fields }))).data['model_ids']).toHaveLength(2)
})

test('a webhook takes any number of fields, all to its record', async () => {
  const { api, sync, from } = await warehouse()
  const hook = await api.post('/api/connections', {
    name: 'Hook',
    type: 'webhook',
    configuration: { url: 'https://x' }
  })
  const fields = ['email', 'name'].map((field) => ({ source: from(field), target: 'record' }))
  const target = { connection_id: hook.data.id, object: 'http' }
  const made = await api.post('/api/syncs', sync({ mode: 'updateOrCreate', fields, target }))
  expect(made.data['fields']).toEqual(fields)
  expect((await api.post('/api/syncs', sync({ mode: 'create', fields, target }))).status).toBe(422)
  const model = { name: 'From hook', connection_id: hook.data.id, configuration: {} }
  expect((await api.post('/api/models', model)).body['message']).toMatch(
    /webhook, which cannot be a source$/
  )
})

test('what another connection of the same service holds can be told by its own file', async () => {
  const catalogue = {
    'MongoDB Connection': { objects: { 'example.users': { fields: { mail: 'string' } } } }
  }
  const api = client(testServer({ catalogue }))
  const connection = await api.post('/api/connections', mongo)
  const model = {
    name: 'M',
    connection_id: connection.data.id,
    configuration: { database: 'example', collection: 'users' }
  }
  expect((await api.post('/api/models', model)).data['fields']).toMatchObject([{ name: 'mail' }])
})
