import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { LocalServer, ServerOptions } from '../../src/server/index.ts'
import { localConnectors, type Connectors } from '../../src/server/runner/connectors.ts'
import { startMongo, type MongoFixture } from '../fixtures/mongodb/index.ts'
import { startSalesforce } from '../fixtures/salesforce/index.ts'
import { client, testServer, type Client } from './client.ts'
import { connection, made } from './runner/service.ts'

/** A server that may look into systems says what they hold, and not what its catalogue has. */

const user = { username: 'reader', password: 'planted-secret' }

function start(
  contact: Partial<NonNullable<ServerOptions['contact']>> = {},
  more: ServerOptions = {}
): LocalServer {
  const server = testServer({ contact: { fetch: (request) => fetch(request), ...contact }, ...more })
  onTestFinished(() => server.close())
  return server
}

/** The connectors, with a count of how often each was opened. */
function counted(): { connectors: Connectors; opened: string[] } {
  const opened: string[] = []
  const connectors = new Map(
    Array.from(localConnectors, ([type, entry]) => [
      type,
      { ...entry, load: () => (opened.push(type), entry.load()) }
    ])
  )
  return { connectors, opened }
}

let mongo: MongoFixture
beforeEach(async () => {
  mongo = await startMongo({ user })
  onTestFinished(() => mongo.close())
  mongo.put('example.users', [{ _id: 1, email: 'a@example.com', address: { city: 'London' } }])
  mongo.put('example.empty', [])
  mongo.put('shop.orders', [{ _id: 1, total: 1.5 }])
})

function mongoConnection(api: Client, more: object = {}): Promise<string> {
  return connection(api, 'mongodb', { hosts: mongo.host, ...user, ssl: false, ...more })
}

function source(id: string, query = ''): string {
  return `/api/connections/${id}/modelsync/source${query}`
}

describe('MongoDB', () => {
  test('databases, collections and fields are those that are there', async () => {
    const api = client(start())
    const id = await mongoConnection(api)
    const first = await api.get(source(id))
    expect(first.data).toMatchObject({ items: { database: { items: ['example', 'shop'] } } })
    const second = await api.get(source(id, '?database=example'))
    expect(second.data).toMatchObject({ items: { collection: { items: ['empty', 'users'] } } })
    const fields = await api.get(source(id, '/fields?database=example&collection=users'))
    expect(fields.list.map(({ name, type, remote_type }) => [name, type, remote_type])).toEqual([
      ['_id', 'number', 'int'],
      ['email', 'string', 'string'],
      ['address', 'object', 'object'],
      ['address.city', 'string', 'string']
    ])
    const wrong = await api.get(source(id, '/fields?database=example&collection=userz'))
    expect([wrong.status, wrong.body['message']]).toEqual([
      400,
      'configuration names example.userz, which the connection "mongodb" does not have'
    ])
  })

  test('an empty collection has no known fields, and is there', async () => {
    const api = client(start())
    const id = await mongoConnection(api)
    expect((await api.get(source(id, '/fields?database=example&collection=empty'))).list).toEqual([])
    const model = {
      name: 'E',
      connection_id: id,
      configuration: { database: 'example', collection: 'empty' }
    }
    expect((await api.post('/api/models', model)).status).toBe(200)
  })

  test('a model may name a field that none of the documents that were looked at has', async () => {
    const api = client(start())
    const id = await mongoConnection(api)
    const configuration = { database: 'example', collection: 'users' }
    const model = await made(api, '/api/models', {
      name: 'Users',
      connection_id: id,
      configuration,
      fields: ['email', 'late']
    })
    expect((model['fields'] as { name: string }[]).map(({ name }) => name)).toEqual(['email', 'late'])
  })

  test('schemas of a bulk sync are all collections, and all their fields come in one look', async () => {
    const { connectors, opened } = counted()
    const api = client(start({ connectors }))
    const id = await mongoConnection(api)
    const listed = await api.get(`/api/connections/${id}/bulksync/source?include_fields=false`)
    expect(listed.data['schemas']).toEqual([
      { id: 'example.empty', name: 'empty' },
      { id: 'example.users', name: 'users' },
      { id: 'shop.orders', name: 'orders' }
    ])
    expect(opened).toEqual(['mongodb'])
    const whole = await api.get(`/api/connections/${id}/bulksync/source`)
    const schemas = whole.data['schemas'] as { fields: { id: string }[] }[]
    expect(schemas.map(({ fields }) => fields.map(({ id: field }) => field))).toEqual([
      [],
      ['_id', 'email', 'address', 'address.city'],
      ['_id', 'total']
    ])
    expect(opened).toEqual(['mongodb', 'mongodb'])
  })

  test('nothing but looking is done, and what a short while ago was said is not asked again', async () => {
    const api = client(start({}, { now: () => new Date(0) }))
    const id = await mongoConnection(api)
    const all = (): Promise<unknown> => api.get(source(id, '/fields?database=example&collection=users'))
    await Promise.all([all(), all(), all()])
    const looks = new Set(['listDatabases', 'listCollections', 'find', 'endSessions'])
    expect(mongo.commands.map(({ name }) => name).filter((name) => !looks.has(name))).toEqual([])
    const lists = mongo.commands.filter(({ name }) => name === 'listCollections')
    expect(lists.map(({ body }) => body['authorizedCollections'])).toEqual([true, true])
    const finds = (): number => mongo.commands.filter(({ name }) => name === 'find').length
    expect(finds()).toBe(2)
    mongo.put('example.users', [{ _id: 2, phone: '1' }])
    await all()
    expect(finds()).toBe(2)
    expect((await api.post(`/api/connections/${id}/schemas/refresh`)).status).toBe(202)
    await all()
    expect(finds()).toBe(4)
  })
})

test('Salesforce says which objects it has, and what may be done with them and their fields', async () => {
  const org = await startSalesforce()
  onTestFinished(() => org.close())
  const api = client(start())
  const id = await connection(api, 'salesforce', {
    domain: org.url,
    connect_mode: 'clientcredentials',
    client_id: org.app.clientId,
    client_secret: org.app.clientSecret
  })
  const objects = await api.get(`/api/connections/${id}/modelsync/targetobjects`)
  expect(objects.list.map((one) => one.id)).toEqual(['Contact', 'Account', 'Lead'])
  const at = `/api/connections/${id}/modelsync/target/fields`
  const contact = await api.get(`${at}?target=Contact`)
  const fields = contact.data['fields'] as { id: string; required: boolean; createable: boolean }[]
  expect(fields.filter(({ required }) => required).map(({ id: field }) => field)).toEqual(['LastName'])
  expect(fields.find(({ id: field }) => field === 'CreatedDate')).toMatchObject({ createable: false })
  expect((await api.get(`${at}?target=Contacts`)).status).toBe(404)
  // No pattern of the catalogue stands for what a real organization does not have.
  expect((await api.get(`${at}?target=Custom__c`)).status).toBe(404)
  expect(org.requests.filter(({ method, path }) => method !== 'GET' && !path.includes('oauth2'))).toEqual(
    []
  )
})

test('the header of a file has the fields, and a webhook is asked nothing', async () => {
  const { connectors, opened } = counted()
  const api = client(start({ connectors, fetch: () => Promise.resolve(new Response('id,e mail\n1,x\n')) }))
  const csv = await connection(api, 'csv', { url: 'https://files.example.com/people.csv' })
  const fields = await api.get(source(csv, '/fields'))
  expect(fields.list.map(({ name }) => name)).toEqual(['id', 'e mail'])
  const hook = await connection(api, 'webhook', { url: 'https://hook.example.com/' })
  const objects = await api.get(`/api/connections/${hook}/modelsync/targetobjects`)
  expect(objects.list.map(({ id }) => id)).toEqual(['http'])
  expect(opened).toEqual(['csv'])
})

describe('a system that does not answer', () => {
  /** It takes connections, and says nothing. */
  async function silent(): Promise<number> {
    const server = createServer(() => undefined)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    return (server.address() as AddressInfo).port
  }

  test('is 400 in a bounded time, with the connection and no secret', async () => {
    const api = client(start({ boundMs: 50 }))
    const id = await mongoConnection(api, { hosts: `127.0.0.1:${await silent()}` })
    const reply = await api.get(source(id))
    expect([reply.status, reply.body]).toEqual([
      400,
      {
        status: 400,
        key: 'connection_unreadable',
        message: 'the system of the connection "mongodb" did not answer within 0.05 seconds',
        metadata: { connection_id: id }
      }
    ])
    expect(reply.text).not.toContain('planted')
  })

  test('is not taken for empty: nothing is made of it, and it is asked again when it is back', async () => {
    let clock = 0
    const server = start({}, { now: () => new Date(clock) })
    const api = client(server)
    const id = await mongoConnection(api, { password: 'wrong' })
    const model = {
      name: 'Users',
      connection_id: id,
      configuration: { database: 'example', collection: 'users' }
    }
    const refused = await api.post('/api/models', model)
    expect([refused.status, refused.body['message']]).toEqual([
      400,
      'MongoDB refuses the user of the connection "mongodb": check username, password, and database, ' +
        'which is the one that knows the user'
    ])
    expect(server.store.all('model')).toEqual([])
    const schemas = await api.get(`/api/connections/${id}/bulksync/source`)
    expect([schemas.status, schemas.data]).toEqual([400, undefined])
    server.store.edit('connection', id, { configuration: { password: user.password } })
    expect((await api.post('/api/models', model)).status).toBe(200)
    clock += 15_001
    mongo.fail({ failure: 'error', on: 'listDatabases', code: 13 })
    expect((await api.get(source(id))).status).toBe(400)
    clock += 5_000
    expect((await api.get(source(id))).body['message']).toBe(
      'the user of the connection "mongodb" may not read the list of databases'
    )
    clock += 1
    expect((await api.get(source(id))).status).toBe(200)
  })

  test('fails a request under an idempotency key with the same answer again', async () => {
    const api = client(start())
    const id = await mongoConnection(api, { password: 'wrong' })
    const model = {
      name: 'Users',
      connection_id: id,
      configuration: { database: 'example', collection: 'users' }
    }
    const key = { 'idempotency-key': 'k' }
    const first = await api.post('/api/models', model, key)
    expect(first.status).toBe(400)
    expect((await api.post('/api/models', model, key)).text).toBe(first.text)
  })
})

test('without being told to, a server contacts nobody', async () => {
  const { connectors } = counted()
  const server = testServer()
  onTestFinished(() => server.close())
  const api = client(server)
  const id = await mongoConnection(api)
  expect((await api.get(source(id, '/fields?database=example&collection=users'))).list).not.toEqual([])
  await api.get(`/api/connections/${id}/bulksync/source`)
  expect(connectors.size).toBeGreaterThan(0)
  expect(mongo.commands).toEqual([])
})
