import { expect, test } from 'vitest'
import { queryRows } from '../../src/server/enumeration/query-rows.ts'
import { client, postgres, salesforce, testServer, type Client, type Reply } from './client.ts'

const catalogue = {
  objects: {
    'public.users': {
      fields: { id: 'number', email: 'string' },
      records: [{ id: 1, email: 'ada@example.com' }, { id: 2 }, { id: 3, email: 'grace@example.com', x: 1 }]
    },
    'public.orders': { fields: { id: 'number' } }
  }
}
const [ada, two, grace] = [
  { id: 1, email: 'ada@example.com' },
  { id: 2, email: null },
  { id: 3, email: 'grace@example.com' }
]

test.each([
  ['SELECT * FROM public.users', ['id', 'email'], [ada, two, grace]],
  ['select email from public.users limit 1', ['email'], [{ email: ada.email }]],
  [
    'select id as n, id from "public"."users" LIMIT 2 ;',
    ['n', 'id'],
    [
      { n: 1, id: 1 },
      { n: 2, id: 2 }
    ]
  ],
  ['\n select u.id\nfrom public.users\n', ['id'], [{ id: 1 }, { id: 2 }, { id: 3 }]],
  ['select id from public.users limit 0', ['id'], []]
])('%j finds what is there', (query, fields, results) => {
  expect(queryRows(query, catalogue)).toEqual({ fields, results })
})

const only = 'this server answers SELECT columns FROM one object, with a LIMIT, and nothing else'

test.each([
  ['select * from public.users where id = 1', only],
  ['select * from public.users order by id', only],
  ['select distinct email from public.users', only],
  ['select a.id from public.users a join public.orders b on a.id = b.id', only],
  ['select id from public.users, public.orders', only],
  ['select id from public.users where email in (select email from public.users', only],
  ['select id from public.users where x from public.users', only],
  ['select extract(year from id) from public.users', only],
  ['delete from public.users', only],
  ['select 1', only],
  ['', only],
  ['select count(*) as n from public.users', 'this server computes nothing: n is not a column'],
  ['select name from public.users', 'public.users has no column name'],
  ['select * from public.none', 'the connection has no object public.none that is known here'],
  ['select constructor from public.users', 'public.users has no column constructor'],
  ['select * from public.orders', 'this server knows what public.orders is made of, and no records of it']
])('%j is not answered', (query, error) => {
  expect(queryRows(query, catalogue)).toEqual({ error })
})

interface World {
  server: ReturnType<typeof testServer>
  api: Client
  path: string
}

async function world(count = 3): Promise<World> {
  const records = Array.from({ length: count }, (_, index) => ({ id: index }))
  const objects = { 'public.numbers': { fields: { id: 'number' }, records } }
  const server = testServer({ catalogue: { [postgres.name]: { objects } } })
  const api = client(server)
  const { data } = await api.post('/api/connections', postgres)
  return { server, api, path: `/api/connections/${data.id}/query` }
}

async function resultOf({ api, path }: World, query: string): Promise<Reply> {
  const sent = await api.post(path, { query })
  expect(sent.data).toEqual({ id: sent.data.id, status: 'created' })
  return await api.get(`/api/queries/${sent.data.id}`)
}

test('a query is sent in the body or in the address, and its result is fetched', async () => {
  const one = await world()
  const result = await resultOf(one, 'SELECT id FROM public.numbers')
  expect(result.data).toEqual({
    id: result.data.id,
    status: 'done',
    count: 3,
    fields: ['id'],
    results: [{ id: 0 }, { id: 1 }, { id: 2 }],
    expires: expect.any(String)
  })
  expect(result.body['links']).toEqual({})
  const address = `${one.path}?query=${encodeURIComponent('select * from public.numbers')}`
  expect((await one.api.post(address, {})).status).toBe(200)
  const none = await one.api.post(one.path, {})
  expect([none.status, none.body['message']]).toEqual([400, 'query is required'])
})

test('what cannot be answered has failed, and says why', async () => {
  const { data } = await resultOf(await world(), 'select sum(id) as s from public.numbers')
  expect(data).toMatchObject({
    status: 'failed',
    error: 'this server computes nothing: s is not a column'
  })
  expect(data).not.toHaveProperty('results')
})

test('results are read page by page, forwards and backwards, by the links', async () => {
  const one = await world(250)
  const first = await resultOf(one, 'select id from public.numbers')
  const links = (reply: Reply): Record<string, string> => reply.body['links'] as Record<string, string>
  const size = (reply: Reply): number => (reply.data['results'] as unknown[]).length
  const second = await one.api.get(links(first)['next'] ?? '')
  const third = await one.api.get(links(second)['next'] ?? '')
  expect([first, second, third].map(size)).toEqual([100, 100, 50])
  expect(third.data).toMatchObject({ count: 250, status: 'done' })
  expect(links(third)['next']).toBeUndefined()
  expect((await one.api.get(links(third)['previous'] ?? '')).data).toEqual(second.data)
  expect((await one.api.get(`/api/queries/${first.data.id}?page=!`)).status).toBe(400)
})

test('only who sent the query reads its result, and for a day', async () => {
  let now = Date.UTC(2026, 0, 1)
  const server = testServer({ now: () => new Date(now), users: [{ name: 'Ada', key: 'ada' }] })
  const api = client(server)
  const { data } = await api.post('/api/connections', postgres)
  const sent = await api.post(`/api/connections/${data.id}/query`, { query: 'select * from public.users' })
  const path = `/api/queries/${sent.data.id}`
  expect((await api.get(path)).data['count']).toBe(3)
  expect((await client(server, '2025-09-18', 'Bearer ada').get(path)).status).toBe(404)
  now += 24 * 60 * 60 * 1000
  expect((await api.get(path)).status).toBe(404)
  await api.post(`/api/connections/${data.id}/query`, { query: 'select * from public.users' })
  expect(server.store.all('query')).toHaveLength(1)
})

test('a connection that is not there, or not authorized, is asked nothing', async () => {
  const api = client(testServer())
  const { data } = await api.post('/api/connections', salesforce)
  const query = { query: 'select Id from Contact' }
  expect((await api.post(`/api/connections/${data.id}/query`, query)).status).toBe(400)
  expect((await api.post('/api/connections/none/query', query)).status).toBe(404)
  expect((await api.get('/api/queries/none')).status).toBe(404)
})
