import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { queryColumns } from '../../src/server/enumeration/query-columns.ts'
import { client, decide, mongo, postgres, salesforce, testServer, type Reply } from './client.ts'

const names = (reply: Reply): unknown[] => reply.list.map((field) => field['name'])

test('MongoDB is chosen database first, then collection', async () => {
  const api = client(testServer())
  const { data } = await api.post('/api/connections', mongo)
  const path = `/api/connections/${data.id}/modelsync/source`
  const none = { has_items: false, items: null }
  expect((await api.get(path)).data).toEqual({
    configuration: {},
    items: {
      database: { has_items: true, items: ['example'], requires_one_of: null },
      collection: { ...none, requires_one_of: ['database'] },
      query: { ...none, requires_one_of: ['database'] }
    },
    requires_one_of: ['database']
  })
  const drilled = (await api.get(`${path}?database=example`)).data
  expect(drilled).toMatchObject({
    items: { collection: { has_items: true, items: ['users', 'orders'] } },
    requires_one_of: ['collection', 'query']
  })
})

test('a SQL source offers query, table, view and tracking columns', async () => {
  const api = client(testServer())
  const mysql = {
    name: 'Shop',
    type: 'mysql',
    configuration: {
      hostname: 'localhost',
      port: 3306,
      dbname: 'company',
      account: 'user',
      passwd: 'secret'
    }
  }
  const { data } = await api.post('/api/connections', mysql)
  const none = { items: null, requires_one_of: null, has_items: false }
  expect((await api.get(`/api/connections/${data.id}/modelsync/source`)).data).toEqual({
    configuration: {},
    items: {
      query: none,
      table: {
        items: ['company.accounts', 'company.customers', 'company.teams'],
        requires_one_of: null,
        has_items: true
      },
      tracking_columns: none,
      view: none
    },
    requires_one_of: ['query', 'table', 'view']
  })
})

test('choices are understood in every encoding that clients use, at both addresses', async () => {
  const server = testServer()
  const api = client(server)
  const { data } = await api.post('/api/connections', mongo)
  const path = `/api/connections/${data.id}`
  const json = encodeURIComponent(JSON.stringify({ database: ['example'], collection: ['users'] }))
  const expected = [
    '_id',
    'email',
    'first_name',
    'last_name',
    'company',
    'phone',
    'active',
    'login_count',
    'address',
    'tags',
    'created_at',
    'updated_at'
  ]
  for (const query of [
    'database=example&collection=users',
    'params[database]=example&params[collection]=users',
    'params%5Bdatabase%5D=example&params%5Bcollection%5D=users',
    'params[database][]=example&params[collection][]=users',
    `params=${json}`
  ]) {
    expect(names(await api.get(`${path}/modelsync/source/fields?${query}`))).toEqual(expected)
  }
  const older = client(server, '2023-04-25')
  const query = { database: 'example', collection: 'users' }
  expect(names(await older.post(`${path}/source/fields`, { query }))).toEqual(expected)
  expect((await older.get(`${path}/source`)).data).toEqual((await api.get(`${path}/modelsync/source`)).data)
  expect((await api.get(`${path}/modelsync/source?params=%7B`)).status).toBe(400)
})

test('Salesforce objects have modes, and fields that can be written, matched and filtered', async () => {
  const server = testServer()
  const api = client(server)
  const { data } = await api.post('/api/connections', salesforce)
  await decide(server, data['auth_url'])
  const path = `/api/connections/${data.id}/modelsync`
  const objects = await api.get(`${path}/targetobjects`)
  expect(objects.list.map(({ id }) => id)).toEqual(expect.arrayContaining(['Contact', 'Account', 'Lead']))
  expect(objects.list[0]).toEqual({
    id: 'Contact',
    name: 'Contact',
    modes: [
      {
        id: 'create',
        requires_identity: true,
        supports_per_field_mode: false,
        supports_target_filters: false
      },
      {
        id: 'update',
        requires_identity: true,
        supports_per_field_mode: true,
        supports_target_filters: true
      },
      {
        id: 'updateOrCreate',
        requires_identity: true,
        supports_per_field_mode: true,
        supports_target_filters: false
      },
      {
        id: 'remove',
        requires_identity: true,
        supports_per_field_mode: false,
        supports_target_filters: false
      }
    ]
  })
  expect(objects.body['target_creation']).toEqual({ supported: false, properties: [] })

  const { data: contact } = await api.get(`${path}/target/fields?target=Contact`)
  const fields = contact['fields'] as { id: string }[]
  expect(fields.find(({ id }) => id === 'Email')).toEqual({
    id: 'Email',
    name: 'Email',
    description: '',
    type: 'string',
    source_type: 'string',
    required: false,
    createable: true,
    updateable: true,
    filterable: true,
    encryptable: true,
    association: false,
    supports_identity: true,
    identity_functions: [
      { id: 'Equality', label: 'Equality' },
      { id: 'ISubstring', label: 'ISubstring' },
      { id: 'OneOf', label: 'One Of' },
      { id: 'DomainMatch', label: 'Domain Match' },
      { id: 'HostnameMatch', label: 'Hostname Match' }
    ]
  })
  expect(fields.find(({ id }) => id === 'Id')).toMatchObject({ createable: false, updateable: false })
  expect((await api.get(`${path}/target/fields?target=Nothing`)).status).toBe(404)
  expect((await api.get(`${path}/target/fields`)).status).toBe(400)
})

test('targets answer at the older addresses too, and can be searched there', async () => {
  const server = testServer()
  const api = client(server)
  const { data } = await api.post('/api/connections', postgres)
  const path = `/api/connections/${data.id}`
  const older = client(server, '2023-04-25')
  expect((await older.get(`${path}/target?type=table&search=USERS`)).data).toEqual({
    configuration: {},
    items: { table: { has_items: true, items: ['public.users'], requires_one_of: null } },
    requires_one_of: ['table']
  })
  const posted = await older.post(`${path}/target/fields`, { target: 'public.users' })
  const { refreshed_at: _at, ...fields } = posted.data
  expect((await api.get(`${path}/modelsync/target/fields?target=public.users`)).data).toMatchObject(fields)
})

test('what is needed to make a target is listed, with its values', async () => {
  const server = testServer()
  const api = client(server)
  const { data } = await api.post('/api/connections', {
    name: 'Ads',
    type: 'linkedinads',
    configuration: {}
  })
  await decide(server, data['auth_url'])
  const path = `/api/connections/${data.id}/modelsync/targetobjects`
  expect((await api.get(path)).body['target_creation']).toEqual({
    supported: true,
    properties: [
      { id: 'account', title: 'Account', enum: true },
      { id: 'name', title: 'Audience name', enum: false },
      { id: 'type', title: 'Audience type', enum: true }
    ]
  })
  expect((await api.get(`${path}/properties/type`)).data).toMatchObject({
    id: 'type',
    values: [
      { value: 'user_audience', label: 'Users' },
      { value: 'company_audience', label: 'Companies' }
    ]
  })
  expect((await api.get(`${path}/properties/nothing`)).status).toBe(404)
})

test('a webhook is a target alone, with one object', async () => {
  const api = client(testServer())
  const configuration = { url: 'https://example.com/hook', auth_method: 'polytomic_secret' }
  const { data } = await api.post('/api/connections', { name: 'Hook', type: 'webhook', configuration })
  expect(data['configuration']).toEqual({ ...configuration, secret: '********' })
  const path = `/api/connections/${data.id}/modelsync`
  expect((await api.get(`${path}/targetobjects`)).list).toMatchObject([
    { id: 'http', modes: [{ id: 'updateOrCreate', requires_identity: false }] }
  ])
  expect((await api.get(`${path}/source`)).status).toBe(400)
  expect((await api.get(`${path}/enrichment-source`)).status).toBe(404)
})

test('what can only be written to is offered as a target alone', async () => {
  const api = client(testServer())
  const configuration = { auth_method: 'token', access_key: 'k', access_secret: 's' }
  const { id } = (await api.post('/api/connections', { name: 'Gong', type: 'gong', configuration })).data
  const path = `/api/connections/${id}`
  const flow = '1000000000000000001'
  const targets = (await api.get(`${path}/modelsync/targetobjects`)).list
  expect(targets.map((target) => target['id'])).toContain(flow)
  const source = JSON.stringify((await api.get(`${path}/modelsync/source`)).data)
  expect(source).toContain('calls')
  expect(source).not.toContain(flow)
  expect(JSON.stringify((await api.get(`${path}/bulksync/source`)).data)).not.toContain(flow)
  const fields = await api.get(`${path}/modelsync/source/fields?stream_id=${flow}`)
  expect([fields.status, fields.body['message']]).toEqual([
    400,
    `configuration names ${flow}, which can only be written to`
  ])
})

test('a model on a file reads the columns of that file', async () => {
  const api = client(testServer())
  const configuration = { bucket: 'gcs://mybucket/mypath', service_account: '{}' }
  const { id } = (await api.post('/api/connections', { name: 'Bucket', type: 'gcs', configuration })).data
  const model = { name: 'Users', connection_id: id }
  const file = { model_from: 'single_file', key: 'high_paying_users.csv', file_format: 'csv' }
  const made = (await api.post('/api/models', { ...model, configuration: file })).data
  expect((made['fields'] as { name: string }[]).map(({ name }) => name)).toEqual([
    'email',
    'first_name',
    'last_name',
    'plan'
  ])
  const { model_from: _from, ...incomplete } = file
  const refused = await api.post('/api/models', { ...model, name: 'Others', configuration: incomplete })
  expect([refused.status, refused.body['message']]).toEqual([
    400,
    'configuration must have one of model_from'
  ])
})

test('a model of Airtable is made of a base, a table and a view', async () => {
  const api = client(testServer())
  const configuration = { oauth_refresh_token: 't' }
  const { id } = (await api.post('/api/connections', { name: 'A', type: 'airtable', configuration })).data
  const free = { items: null, has_items: false }
  expect((await api.get(`/api/connections/${id}/modelsync/source`)).data).toEqual({
    configuration: {},
    items: {
      baseobj: { ...free, requires_one_of: null },
      tableobj: { ...free, requires_one_of: ['baseobj'] },
      viewobj: { ...free, requires_one_of: ['tableobj'] }
    },
    requires_one_of: null
  })
})

test('files of the folder say what a connection holds, and an edit counts at once', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'polyctl-catalogue-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  mkdirSync(join(directory, 'catalogue'))
  const file = join(directory, 'catalogue', 'MongoDB Connection.json')
  const server = testServer({ directory })
  onTestFinished(() => server.close())
  const api = client(server)
  const { data } = await api.post('/api/connections', mongo)
  const path = `/api/connections/${data.id}/modelsync/source/fields?database=shop&collection=carts`
  expect((await api.get(path)).list).toEqual([])
  writeFileSync(
    file,
    JSON.stringify({ objects: { 'shop.carts': { fields: { sku: 'string', count: { type: 'number' } } } } })
  )
  expect((await api.get(path)).list).toMatchObject([
    { name: 'sku', type: 'string' },
    { name: 'count', type: 'number' }
  ])
  writeFileSync(file, '{')
  expect((await api.get(path)).body['message']).toBe(
    'the catalogue file catalogue/MongoDB Connection.json is not JSON'
  )
})

test.each([
  [
    'SELECT email FROM polytomic.sync_test_source',
    { table: 'polytomic.sync_test_source', columns: [{ name: 'email', from: 'email' }] }
  ],
  [
    'select u."id", u.email as mail from "public"."users" u where 1=1',
    {
      table: 'public.users',
      columns: [
        { name: 'id', from: 'id' },
        { name: 'mail', from: 'email' }
      ]
    }
  ],
  [
    'select lower(email) as email, now() as at from t',
    { table: 't', columns: [{ name: 'email' }, { name: 'at' }] }
  ],
  ['select * from users', { table: 'users', columns: [{ name: '*' }] }],
  ['select * from a join b on a.id = b.id', undefined],
  ['select count(*) from t', undefined],
  ['with x as (select 1) select * from x', undefined]
])('the columns of %j', (query, expected) => {
  expect(queryColumns(query)).toEqual(expected)
})
