import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { startPostgresql, whyNoPostgresql, type RealPostgresql } from '../support/postgresql.ts'
import { client, testServer, type Client } from './client.ts'
import { connection, made } from './runner/service.ts'

/** What a real PostgreSQL holds, as a server that may look into it says. */

const why = whyNoPostgresql()
if (why !== undefined) console.warn(why)

describe.skipIf(why !== undefined)('PostgreSQL', () => {
  let db: RealPostgresql
  let api: Client
  let id: string
  beforeAll(async () => {
    db = await startPostgresql()
    await db.sql(`
      CREATE TABLE people (id bigint PRIMARY KEY, email text NOT NULL, born date, data jsonb, tags text[]);
      CREATE SCHEMA "My Shop";
      CREATE TABLE "My Shop"."Big ""Orders" ("Id" uuid PRIMARY KEY, "Total" numeric(12,2), made bigint GENERATED ALWAYS AS IDENTITY);
      CREATE VIEW adults AS SELECT id, email FROM people;`)
  })
  afterAll(() => db.stop())
  beforeEach(async () => {
    const server = testServer({ contact: { fetch: () => expect.unreachable('no requests') } })
    onTestFinished(() => server.close())
    api = client(server)
    id = await connection(api, 'postgresql', db.configuration)
  })

  async function fields(configuration: Record<string, string>): Promise<unknown> {
    const query = new URLSearchParams()
    for (const [key, value] of Object.entries(configuration)) query.set(`params[${key}]`, value)
    const reply = await api.get(`/api/connections/${id}/modelsync/source/fields?${query.toString()}`)
    return reply.status === 200
      ? reply.list.map(({ name, type, remote_type }) => [name, type, remote_type])
      : reply.body['message']
  }

  test('tables, views and columns are those that are there, whatever they are called', async () => {
    const { data } = await api.get(`/api/connections/${id}/modelsync/source`)
    expect(data).toMatchObject({
      items: { table: { items: ['My Shop.Big "Orders', 'public.adults', 'public.people'] } }
    })
    const people = [
      ['id', 'number', 'bigint'],
      ['email', 'string', 'text'],
      ['born', 'datetime', 'date'],
      ['data', 'object', 'jsonb'],
      ['tags', 'array', 'text[]']
    ]
    expect(await fields({ table: 'public.people' })).toEqual(people)
    expect(await fields({ table: 'people' })).toEqual(people)
    expect(await fields({ table: 'My Shop.Big "Orders' })).toEqual([
      ['Id', 'string', 'uuid'],
      ['Total', 'number', 'numeric(12,2)'],
      ['made', 'number', 'bigint']
    ])
    expect(await fields({ view: 'adults' })).toEqual(people.slice(0, 2))
    expect(await fields({ table: 'persons' })).toBe(
      'configuration names persons, which the connection "postgresql" does not have'
    )
  })

  test('the columns of a query are what the database says, and it is not carried out', async () => {
    expect(
      await fields({ query: 'SELECT p.email AS mail, count(*) AS n FROM people p GROUP BY 1 -- all' })
    ).toEqual([
      ['mail', 'string', 'text'],
      ['n', 'number', 'int8']
    ])
    expect(await fields({ query: 'SELECT id FRM people' })).toBe(
      'the database of the connection "postgresql" answered 42601: syntax error at or near "people"'
    )
  })

  test.each([
    'SELECT 1) AS q; DROP TABLE people CASCADE; SELECT * FROM (SELECT 1',
    "SELECT 1) AS q; SET TRANSACTION READ WRITE; INSERT INTO people VALUES (1, 'x'); SELECT * FROM (SELECT 1",
    "WITH w AS (INSERT INTO people VALUES (2, 'y') RETURNING id) SELECT * FROM w",
    'SELECT nextval(\'"My Shop"."Big ""Orders_made_seq"\')'
  ])('a query that would write does not: %s', async (query) => {
    await fields({ query })
    await api.post('/api/models', { name: 'Evil', connection_id: id, configuration: { query } })
    expect(await db.sql('SELECT count(*)::int AS n FROM people')).toEqual([{ n: 0 }])
    expect(await db.sql('SELECT is_called FROM "My Shop"."Big ""Orders_made_seq"')).toEqual([
      { is_called: false }
    ])
  })

  test('a target is a table that is there, new columns can be made, and a new table as well', async () => {
    const { list } = await api.get(`/api/connections/${id}/modelsync/targetobjects`)
    expect(list.map((one) => one.id)).toContain('public.people')
    const at = `/api/connections/${id}/modelsync/target/fields`
    const table = await api.get(`${at}?target=public.people`)
    expect(table.data).toMatchObject({
      fields: [{ id: 'id', required: true }, { id: 'email', required: true }, {}, {}, {}],
      properties: { supports_field_creation: true }
    })
    expect((await api.get(`${at}?target=public.persons`)).status).toBe(404)
    const model = await made(api, '/api/models', {
      name: 'People',
      connection_id: id,
      configuration: { table: 'people' }
    })
    const sync = {
      name: 'Copy',
      mode: 'updateOrCreate',
      fields: [{ source: { model_id: model.id, field: 'born' }, target: 'born', new: true }],
      identity: {
        source: { model_id: model.id, field: 'email' },
        target: 'email',
        function: 'Equality',
        new_field: true
      },
      schedule: { frequency: 'manual' },
      target: { connection_id: id, create: { name: 'copies' } }
    }
    expect((await api.post('/api/syncs', sync)).status).toBe(200)
    expect((await api.get(`${at}?target=copies`)).data['fields']).toEqual([])
    await db.sql('CREATE TABLE copies (email text PRIMARY KEY)')
    onTestFinished(async () => void (await db.sql('DROP TABLE copies')))
    await api.post(`/api/connections/${id}/schemas/refresh`)
    expect((await api.get(`${at}?target=copies`)).data['fields']).toMatchObject([{ id: 'email' }])
  })

  test('columns that were made since are seen after a refresh', async () => {
    expect(await fields({ view: 'adults' })).toHaveLength(2)
    await db.sql('CREATE OR REPLACE VIEW adults AS SELECT id, email, born FROM people')
    onTestFinished(
      async () =>
        void (await db.sql('DROP VIEW adults; CREATE VIEW adults AS SELECT id, email FROM people'))
    )
    await api.post(`/api/connections/${id}/schemas/refresh`)
    expect(await fields({ view: 'adults' })).toHaveLength(3)
  })
})
