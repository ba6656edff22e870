import { expect, test } from 'vitest'
import { client, mongo, postgres, testServer, type Client, type Thing } from './client.ts'

async function source(api: Client, connection: object = mongo): Promise<Thing> {
  return (await api.post('/api/connections', connection)).data
}

const users = { database: 'example', collection: 'users' }
const fieldsOf = (model: Thing): Record<string, unknown>[] => model['fields'] as Record<string, unknown>[]
const namesOf = (model: Thing): unknown[] => fieldsOf(model).map((field) => field['name'])

test('a model without fields has all of its source, each with an id that stays', async () => {
  const server = testServer()
  const api = client(server)
  const connection = await source(api)
  const made = await api.post('/api/models', {
    name: 'M',
    connection_id: connection.id,
    configuration: users
  })
  expect(made.data).toMatchObject({
    organization_id: server.organizationId,
    name: 'M',
    type: 'mongodb',
    version: 1,
    connection_id: connection.id,
    configuration: users,
    identifier: '',
    relations: [],
    tracking_columns: [],
    labels: [],
    policies: []
  })
  expect(namesOf(made.data)).toHaveLength(12)
  expect(fieldsOf(made.data)[1]).toMatchObject({
    id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    name: 'email',
    label: 'email',
    type: 'string',
    user_added: false
  })
  const path = `/api/models/${made.data.id}`
  expect((await api.get(path)).data).toEqual(made.data)
  expect((await api.get('/api/models')).list).toEqual([made.data])
  const updated = await api.put(path, { name: 'M', connection_id: connection.id, configuration: users })
  expect(updated.data['version']).toBe(2)
  expect(fieldsOf(updated.data).map((field) => field['id'])).toEqual(
    fieldsOf(made.data).map((field) => field['id'])
  )
})

test('fields that are chosen, and fields that are added, come back in one list', async () => {
  const api = client(testServer())
  const connection = await source(api)
  const { data } = await api.post('/api/models', {
    name: 'M',
    connection_id: connection.id,
    configuration: users,
    fields: ['last_name', 'email'],
    additional_fields: [{ name: 'address.city', label: 'City', type: 'string', example: 'Oslo' }],
    identifier: 'email',
    tracking_columns: ['updated_at']
  })
  expect(fieldsOf(data).map(({ name, user_added }) => [name, user_added])).toEqual([
    ['last_name', false],
    ['email', false],
    ['address.city', true]
  ])
  expect([data['identifier'], data['tracking_columns']]).toEqual(['email', ['updated_at']])
})

test('what an update leaves out is cleared, in the verb of each version', async () => {
  const server = testServer()
  const api = client(server)
  const connection = await source(api)
  const bare = { name: 'M', connection_id: connection.id, configuration: users }
  const full = { ...bare, identifier: 'email', tracking_columns: ['updated_at'], fields: ['email'] }
  const { data } = await api.post('/api/models', full)
  const path = `/api/models/${data.id}`
  const replaced = await api.put(path, bare)
  expect(replaced.data).toMatchObject({ identifier: '', tracking_columns: [] })
  expect(namesOf(replaced.data)).toHaveLength(12)
  await api.put(path, full)
  expect((await client(server, '2023-04-25').patch(path, bare)).data).toMatchObject({ identifier: '' })
})

test('a table that nobody knows has the fields that the model names, or none', async () => {
  const api = client(testServer())
  const connection = await source(api, postgres)
  const model = { connection_id: connection.id, configuration: { table: 'unheard.of' } }
  expect(namesOf((await api.post('/api/models', { ...model, name: 'A' })).data)).toEqual([])
  const named = await api.post('/api/models', { ...model, name: 'B', fields: ['x', 'y'], identifier: 'x' })
  expect(namesOf(named.data)).toEqual(['x', 'y'])
})

test('the fields of a plain query are its columns', async () => {
  const api = client(testServer())
  const connection = await source(api, postgres)
  const query = async (text: string): Promise<unknown[]> =>
    fieldsOf(
      (
        await api.post('/api/models', {
          name: text,
          connection_id: connection.id,
          configuration: { query: text }
        })
      ).data
    ).map(({ name, type }) => [name, type])
  expect(await query('SELECT email, email as name FROM somewhere.else')).toEqual([
    ['email', 'string'],
    ['name', 'string']
  ])
  expect(await query('SELECT id AS key FROM public.users')).toEqual([['key', 'number']])
  expect(await query('SELECT * FROM public.customers')).toHaveLength(5)
})

test.each([
  [{ name: undefined }, 'name is required', 'name'],
  [{ name: '' }, 'name must not be empty', 'name'],
  [{ connection_id: 'none' }, 'connection_id names no connection: none', 'connection_id'],
  [
    { configuration: { database: 'example' } },
    'configuration must have one of collection, query',
    'configuration'
  ],
  [{ fields: ['emial'] }, 'fields[0] is not a field of the source: emial', 'fields[0]'],
  [{ fields: [{ name: 'email' }] }, 'fields[0] must be string', 'fields[0]'],
  [{ identifier: 'emial' }, 'identifier is not a field of the model: emial', 'identifier'],
  [
    { tracking_columns: ['nothing'] },
    'tracking_columns[0] is not a field of the model: nothing',
    'tracking_columns[0]'
  ],
  [{ policies: ['none'] }, 'policies[0] is not a policy: none', 'policies[0]'],
  [
    { additional_fields: [{ name: 'x' }] },
    'additional_fields[0].label is required',
    'additional_fields[0].label'
  ],
  [
    { relations: [{ from: 'email', to: { model_id: 'none', field: 'id' } }] },
    'relations[0].to.model_id names no model: none',
    'relations[0].to.model_id'
  ]
])('a model with %j is refused by name', async (change, message, field) => {
  const server = testServer()
  const api = client(server)
  const connection = await source(api)
  const request = { name: 'M', connection_id: connection.id, configuration: users, ...change }
  const reply = await api.post('/api/models', request)
  expect(reply.body).toEqual({ status: 400, key: 'invalid', message, metadata: { field } })
  expect(server.store.all('model')).toEqual([])
})

test('null and empty optionals are nothing', async () => {
  const api = client(testServer())
  const connection = await source(api)
  const nothing = {
    fields: null,
    additional_fields: null,
    relations: null,
    identifier: '',
    tracking_columns: null,
    policies: null,
    labels: null,
    organization_id: ''
  }
  const request = { name: 'M', connection_id: connection.id, configuration: users, ...nothing }
  expect((await api.post('/api/models', request)).data).toMatchObject({
    relations: [],
    tracking_columns: []
  })
})

test('two models may share a name only across connection types', async () => {
  const api = client(testServer())
  const one = await source(api)
  const other = await source(api, { ...mongo, name: 'Other' })
  const sql = await source(api, postgres)
  const named = { name: 'M', configuration: users }
  const first = await api.post('/api/models', { ...named, connection_id: one.id })
  const twin = await api.post('/api/models', { ...named, connection_id: other.id })
  expect(twin.body['message']).toBe(`name is taken by the mongodb model ${first.data.id}`)
  const third = { name: 'M', connection_id: sql.id, configuration: { table: 'public.users' } }
  expect((await api.post('/api/models', third)).status).toBe(200)
})

test('relations lead to models and fields that exist', async () => {
  const api = client(testServer())
  const one = await source(api)
  const sql = await source(api, postgres)
  const right = await api.post('/api/models', {
    name: 'R',
    connection_id: sql.id,
    configuration: { table: 'public.users' }
  })
  const relation = (field: string): object => ({ from: 'email', to: { model_id: right.data.id, field } })
  const left = { name: 'L', connection_id: one.id, configuration: users }
  expect((await api.post('/api/models', { ...left, relations: [relation('nothing')] })).status).toBe(400)
  const made = await api.post('/api/models', { ...left, relations: [relation('email')] })
  expect(made.data['relations']).toEqual([relation('email')])
})

test('with async, the answer is a job whose result is the model', async () => {
  const api = client(testServer())
  const connection = await source(api)
  const reply = await api.post('/api/models?async=true', {
    name: 'M',
    connection_id: connection.id,
    configuration: users
  })
  expect(reply.data).toBeUndefined()
  const { job_id: id } = reply.body['job'] as { job_id: string }
  const job = await api.get(`/api/jobs/createmodel/${id}`)
  expect(job.data).toMatchObject({ job_id: id, type: 'createmodel', status: 'done', error: null })
  expect(job.data['result']).toEqual((await api.get('/api/models')).list[0])
  expect((await api.get(`/api/jobs/updatemodel/${id}`)).status).toBe(404)
  expect((await api.get(`/api/jobs/bake/${id}`)).status).toBe(400)
})

test('a preview tells the fields and keeps no model', async () => {
  const server = testServer()
  const api = client(server)
  const connection = await source(api)
  const reply = await api.post('/api/model-preview', { connection_id: connection.id, configuration: users })
  const { job_id: id } = reply.body['job'] as { job_id: string }
  const { data } = await api.get(`/api/jobs/previewmodel/${id}`)
  expect((data['result'] as { fields: unknown[] }).fields).toHaveLength(12)
  expect(server.store.all('model')).toEqual([])
})

test('models are paged in 2025-09-18 to the end, and whole in older versions', async () => {
  const server = testServer()
  const api = client(server)
  const connection = await source(api)
  for (let index = 0; index < 60; index += 1) {
    await api.post('/api/models', { name: `M${index}`, connection_id: connection.id, configuration: users })
  }
  const first = await api.get('/api/models')
  expect(first.list).toHaveLength(50)
  const { next_page_token: token } = first.body['pagination'] as { next_page_token: string }
  const second = await api.get(`/api/models?page_token=${token}`)
  expect(second.body['pagination']).toBeUndefined()
  const all = [...first.list, ...second.list].map((model) => model['name'])
  expect(all).toEqual(Array.from({ length: 60 }, (_, index) => `M${59 - index}`))
  expect((await client(server, '2024-02-08').get('/api/models')).list).toHaveLength(60)
})

test('the oldest version answers without who and when', async () => {
  const server = testServer()
  const api = client(server, '2023-04-25')
  const connection = await source(api)
  const { data } = await api.post('/api/models', {
    name: 'M',
    connection_id: connection.id,
    configuration: users
  })
  expect(Object.keys(data).sort()).toEqual([
    'configuration',
    'connection_id',
    'fields',
    'id',
    'identifier',
    'labels',
    'name',
    'organization_id',
    'policies',
    'relations',
    'tracking_columns',
    'type',
    'version'
  ])
  expect(fieldsOf(data)[0]).not.toHaveProperty('id')
})

test('a model is deleted although a sync uses it', async () => {
  const api = client(testServer())
  const connection = await source(api)
  const { data } = await api.post('/api/models', {
    name: 'M',
    connection_id: connection.id,
    configuration: users
  })
  expect((await api.delete(`/api/models/${data.id}`)).text).toBe('')
  expect((await api.get(`/api/models/${data.id}`)).body['message']).toBe(`there is no model ${data.id}`)
})
