import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { LocalServer, ServerOptions } from '../../../src/server/index.ts'
import { startPostgresql, whyNoPostgresql, type RealPostgresql } from '../../support/postgresql.ts'
import { client, testServer, type Client, type Thing } from '../client.ts'
import { connection, made } from './service.ts'

/** Bulk syncs from one real PostgreSQL database to another, started by the API. */

const why = whyNoPostgresql()
if (why !== undefined) console.warn(why)

interface Ran extends Thing {
  status: string
  status_message: string
  record_count: number
  error_count: number
  warning_count: number
  schemas: {
    schema: string
    output_name: string
    status: string
    status_message: string
    record_count: number
    error_count: number
  }[]
}

describe.skipIf(why !== undefined)('bulk syncs', () => {
  let db: RealPostgresql
  let server: LocalServer
  let api: Client
  let from: string
  let to: string

  beforeAll(async () => {
    db = await startPostgresql()
    await db.sql('CREATE DATABASE warehouse')
  })
  afterAll(() => db.stop())

  /** Runs SQL in the warehouse, by way of a connection of its own. */
  async function warehouse(text: string): Promise<Record<string, unknown>[]> {
    const { Client: Pg } = await import('pg')
    const pg = new Pg({
      host: '127.0.0.1',
      port: db.configuration.port,
      user: 'owner',
      database: 'warehouse'
    })
    await pg.connect()
    try {
      const result: unknown = await pg.query(text)
      const last: unknown = Array.isArray(result) ? result.at(-1) : result
      return (last as { rows: Record<string, unknown>[] }).rows
    } finally {
      await pg.end()
    }
  }

  async function start(more: ServerOptions = {}): Promise<void> {
    server = testServer({ run: { fetch: () => expect.unreachable('no requests') }, ...more })
    onTestFinished(() => server.close())
    api = client(server)
    from = await connection(api, 'postgresql', db.configuration, 'Shop')
    to = await connection(api, 'postgresql', { ...db.configuration, database: 'warehouse' }, 'Warehouse')
  }

  beforeEach(async () => {
    await db.sql(`
      DROP SCHEMA IF EXISTS "My Shop" CASCADE; DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public;
      CREATE TABLE people (id bigint PRIMARY KEY, email text NOT NULL, age int);
      INSERT INTO people SELECT n, 'p' || n || '@example.com', n FROM generate_series(1, 2500) n;`)
    await warehouse(`
      DROP SCHEMA IF EXISTS shop CASCADE; DROP SCHEMA IF EXISTS my_shop CASCADE;
      DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public`)
    await start()
  })

  function bulkSync(more: object = {}): Promise<Thing> {
    return made(api, '/api/bulk/syncs', {
      name: 'Shop to warehouse',
      source_connection_id: from,
      destination_connection_id: to,
      destination_configuration: { schema: 'shop' },
      default_schedule: { frequency: 'manual' },
      schemas: ['public.people'],
      ...more
    })
  }

  async function ended(sync: string, execution: string): Promise<Ran> {
    for (;;) {
      const { data } = await api.get(`/api/bulk/syncs/${sync}/executions/${execution}`)
      if (data['completed_at'] !== null) return data as Ran
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  async function run(sync: Thing, request: object = {}): Promise<Ran> {
    const reply = await api.post(`/api/bulk/syncs/${sync.id}/executions`, request)
    expect(reply.status).toBe(200)
    return await ended(sync.id, reply.data.id)
  }

  const copied = (table = 'shop.public_people'): Promise<Record<string, unknown>[]> =>
    warehouse(`SELECT count(*)::int AS n, sum(age)::int AS age FROM ${table}`)

  test('a table is made and filled; a second run writes nothing; what changed is changed', async () => {
    const sync = await bulkSync()
    const first = await run(sync)
    expect(first).toMatchObject({
      type: 'manual',
      status: 'completed',
      is_test: false,
      is_resync: false,
      record_count: 2500,
      error_count: 0,
      schemas: [
        { schema: 'public.people', output_name: 'public_people', status: 'completed', record_count: 2500 }
      ]
    })
    expect(await copied()).toEqual([{ n: 2500, age: 3126250 }])
    const newest = (): Promise<unknown> =>
      warehouse('SELECT max(xmin::text::bigint) AS n FROM shop.public_people')
    const before = await newest()
    expect((await run(sync)).record_count).toBe(0)
    expect(await newest()).toEqual(before)
    await db.sql(`UPDATE people SET age = 0 WHERE id <= 10; DELETE FROM people WHERE id > 2490;
      INSERT INTO people VALUES (5000, 'new@example.com', NULL)`)
    expect((await run(sync)).record_count).toBe(21)
    expect(await copied()).toEqual(
      await db.sql('SELECT count(*)::int AS n, sum(age)::int AS age FROM people')
    )
  })

  test('a source without rows does not empty its copy; a resync, which asks for it, does', async () => {
    const sync = await bulkSync()
    await run(sync)
    await db.sql('DELETE FROM people')
    const { status, schemas } = await run(sync)
    expect([status, schemas[0]?.status]).toEqual(['failed', 'failed'])
    expect(schemas[0]?.status_message).toContain('has no rows, and the copy in "shop"."public_people" has')
    expect(await copied()).toEqual([{ n: 2500, age: 3126250 }])
    expect((await run(sync, { resync_mode: 'resync' })).status).toBe('completed')
    expect(await copied()).toEqual([{ n: 0, age: null }])
    // Nothing is there to lose.
    expect((await run(sync)).status).toBe('completed')
  })

  test('types and values are kept, and so are names with quotes and capitals', async () => {
    const every = `
      ("Id" uuid PRIMARY KEY, "Big ""Total" numeric(20,4), at timestamptz, day date, clock timetz, span interval,
       plain timestamp, doc jsonb, raw json, tags text[], grid int[][], bytes bytea, ok boolean, small smallint,
       real4 real, real8 double precision, code varchar(5), fixed char(4), net inet, bits bit varying(9),
       spot point, range int4range, mood public.mood, cut public.short)`
    await db.sql(`
      CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE DOMAIN short AS varchar(3);
      CREATE SCHEMA "My Shop"; CREATE TABLE "My Shop"."All ""Types" ${every};
      INSERT INTO "My Shop"."All ""Types" VALUES
       ('00000000-0000-4000-8000-000000000001', 12345678901234.5600, '2026-01-02 03:04:05.678901+02', '0044-03-15 BC',
        '10:00:00+02', '1 year 2 mons -3 days 04:05:06.7', 'infinity', '{"a": [1, null, "ü"]}', '{"b":  1}',
        '{"a,b",NULL,"c\\"d"}', '[0:1][5:6]={{1,2},{3,4}}', '\\x00ff10', true, -7, 0.1, 1e-300, 'vier', 'ab', '10.0.0.0/8',
        B'101', '(1.5,2)', '[1,5)', 'good', 'abc'),
       ('00000000-0000-4000-8000-000000000002', 'NaN', NULL, 'infinity', NULL, NULL, NULL, 'null', 'null', '{}', '{}',
        '', false, 0, 'NaN', '-infinity', '', '', '::1', B'', NULL, 'empty', NULL, '')`)
    const sync = await bulkSync({
      schemas: ['My Shop.All "Types'],
      normalize_names: 'disabled',
      destination_configuration: { mirror_schemas: true }
    })
    expect(await run(sync)).toMatchObject({ status: 'completed', record_count: 2, error_count: 0 })
    const rows = 'SELECT t::text AS row FROM "My Shop"."All ""Types" t ORDER BY "Id"'
    expect(await warehouse(rows)).toEqual(await db.sql(rows))
    const types = `SELECT a.attname, format_type(a.atttypid, a.atttypmod) AS type FROM pg_attribute a
      WHERE a.attrelid = '"My Shop"."All ""Types"'::regclass AND a.attnum > 0 ORDER BY a.attnum`
    const own = await db.sql(types)
    const portable = own.map(({ attname, type }) => ({
      attname,
      type: type === 'mood' ? 'text' : type === 'short' ? 'character varying(3)' : type
    }))
    expect(await warehouse(types)).toEqual(portable)
    expect((await run(sync)).record_count).toBe(0)
  })

  test('names are normalized, and fields that were chosen are those that are copied', async () => {
    await db.sql(`ALTER TABLE people ADD COLUMN "Last Name" text; UPDATE people SET "Last Name" = 'L'`)
    const sync = await bulkSync({
      schemas: [{ id: 'public.people', fields: ['id', 'Last Name'], user_output_name: 'Persons' }],
      destination_configuration: { schema: 'shop', advanced: { table_prefix: 'raw_' } },
      automatically_add_new_fields: 'none'
    })
    expect((await run(sync)).schemas).toMatchObject([{ output_name: 'Persons', status: 'completed' }])
    expect((await warehouse('SELECT * FROM shop."Persons" ORDER BY id LIMIT 1'))[0]).toEqual({
      id: '1',
      last_name: 'L'
    })
  })

  test('a column that comes later is added, and one that goes is told', async () => {
    const sync = await bulkSync()
    await run(sync)
    await db.sql(
      `ALTER TABLE people ADD COLUMN city text DEFAULT 'London'; ALTER TABLE people DROP COLUMN age`
    )
    const later = await run(sync)
    expect(later).toMatchObject({ status: 'completed', record_count: 2500 })
    expect((await warehouse('SELECT * FROM shop.public_people WHERE id = 1'))[0]).toEqual({
      id: '1',
      email: 'p1@example.com',
      age: 1,
      city: 'London'
    })
  })

  test('rows that the copy refuses are isolated, counted and logged without their values', async () => {
    await warehouse(`CREATE SCHEMA shop;
      CREATE TABLE shop.public_people (id bigint PRIMARY KEY, email text CHECK (email <> 'p7@example.com'), age smallint)`)
    await db.sql(`UPDATE people SET age = 100000 WHERE id = 1001`)
    const sync = await bulkSync()
    const ran = await run(sync)
    expect(ran).toMatchObject({ status: 'completed', record_count: 2498, error_count: 2 })
    expect(ran.status_message).toBe(
      '2 records of public.people refused: 22003: value … is out of range for type smallint'
    )
    const { data } = await api.get(`/api/bulk/syncs/${sync.id}/executions/${ran.id}/logs`)
    const [url] = data['URLs'] as string[]
    const file = await server.fetch(new Request(url!))
    const entries = (await file.json()) as {
      schema: string
      identity: string[]
      code: string
      message: string
    }[]
    expect(entries.map(({ schema, identity, code }) => [schema, identity, code])).toEqual([
      ['public.people', ['7'], '23514'],
      ['public.people', ['1001'], '22003']
    ])
    expect(JSON.stringify(entries)).not.toMatch(/@example|100000|polytomic_copy/)
    // A row that was copied before stays, as it still is in the source; and so does what left it, for now.
    await db.sql(`UPDATE people SET age = 100000 WHERE id = 5; DELETE FROM people WHERE id = 9`)
    expect(await run(sync)).toMatchObject({ record_count: 0, error_count: 3 })
    expect(
      await warehouse('SELECT id, age FROM shop.public_people WHERE id IN (5, 9) ORDER BY id')
    ).toEqual([
      { id: '5', age: 5 },
      { id: '9', age: 9 }
    ])
    await db.sql(`UPDATE people SET age = 1 WHERE age = 100000; DELETE FROM people WHERE id = 7`)
    expect(await run(sync)).toMatchObject({ record_count: 3, error_count: 0 })
    expect(
      await warehouse('SELECT id FROM shop.public_people WHERE id IN (5, 7, 9, 1001) ORDER BY id')
    ).toEqual([{ id: '5' }, { id: '1001' }])
  })

  test('a table without a key is replaced, and one with rows of somebody else is left alone', async () => {
    await db.sql(`CREATE TABLE lines (text text); INSERT INTO lines VALUES ('a'), ('a'), (NULL)`)
    await warehouse(
      `CREATE SCHEMA shop; CREATE TABLE shop.public_people (id bigint); INSERT INTO shop.public_people VALUES (1)`
    )
    const sync = await bulkSync({ schemas: ['public.people', 'public.lines'] })
    const ran = await run(sync)
    expect(ran).toMatchObject({ status: 'failed', record_count: 3 })
    expect(ran.schemas.map(({ schema, status }) => [schema, status])).toEqual([
      ['public.lines', 'completed'],
      ['public.people', 'failed']
    ])
    expect(ran.status_message).toMatch(
      /^1 of 2 schemas failed: the table "shop"."public_people" is there already/
    )
    expect(await warehouse('SELECT id FROM shop.public_people')).toEqual([{ id: '1' }])
    await db.sql(`DELETE FROM lines WHERE text IS NULL`)
    await run(sync, { schemas: ['public.lines'] })
    expect(await warehouse('SELECT text FROM shop.public_lines')).toEqual([{ text: 'a' }, { text: 'a' }])
  })

  test('a copy is taken over by a bulk sync that was made again, and by no other one', async () => {
    const first = await bulkSync()
    await run(first)
    await api.delete(`/api/bulk/syncs/${first.id}`)
    expect(await run(await bulkSync())).toMatchObject({ status: 'completed', record_count: 0 })
    expect(await run(await bulkSync({ name: 'Another' }))).toMatchObject({
      status: 'failed',
      record_count: 0
    })
    from = await connection(api, 'postgresql', db.configuration, 'Another shop')
    expect(await run(await bulkSync())).toMatchObject({ status: 'failed', record_count: 0 })
  })

  test('a test leaves nothing behind, resync writes all again, rebuild makes the table anew', async () => {
    const sync = await bulkSync()
    expect(await run(sync, { test: true })).toMatchObject({
      status: 'completed',
      is_test: true,
      record_count: 0
    })
    expect(await warehouse(`SELECT 1 FROM pg_namespace WHERE nspname = 'shop'`)).toEqual([])
    await run(sync)
    await warehouse(
      `UPDATE shop.public_people SET age = -1 WHERE id = 1; ALTER TABLE shop.public_people ADD COLUMN own text`
    )
    const again = await run(sync, { resync_mode: 'resync' })
    expect(again).toMatchObject({ is_resync: true, output_disposition: 'truncate', record_count: 2500 })
    expect(await warehouse('SELECT age, own FROM shop.public_people WHERE id = 1')).toEqual([
      { age: 1, own: null }
    ])
    expect(await run(sync, { resync_mode: 'rebuild' })).toMatchObject({ output_disposition: 'rebuild' })
    expect(Object.keys((await warehouse('SELECT * FROM shop.public_people LIMIT 1'))[0]!)).toEqual([
      'id',
      'email',
      'age'
    ])
  })

  test('filters are kept, a tracking field keeps what left, and disabled schemas are not copied', async () => {
    await db.sql('CREATE TABLE other (id int PRIMARY KEY); CREATE TABLE late (id int PRIMARY KEY)')
    const filters = [{ field_id: 'age', function: 'LessThanEqual', value: 10 }]
    const sync = await bulkSync({
      schemas: [
        { id: 'public.people', filters, tracking_field: 'id' },
        { id: 'public.other', enabled: false }
      ]
    })
    expect((await run(sync)).schemas).toMatchObject([{ schema: 'public.people', record_count: 10 }])
    await db.sql('DELETE FROM people WHERE id = 1')
    await run(sync)
    expect((await copied())[0]).toMatchObject({ n: 10 })
  })

  test('without a list all tables are copied, and copies of this or another bulk sync are not copied again', async () => {
    to = from
    const sync = await bulkSync({ schemas: undefined })
    await db.sql(`CREATE TABLE other (id int PRIMARY KEY) PARTITION BY RANGE (id);
      CREATE TABLE other_1 PARTITION OF other FOR VALUES FROM (1) TO (9)`)
    for (const _time of [1, 2]) {
      const { schemas, status } = await run(sync)
      expect([status, schemas.map(({ schema }) => schema)]).toEqual([
        'completed',
        ['public.other', 'public.people']
      ])
    }
    await db.sql('DROP SCHEMA shop CASCADE')
  })

  test('a run that is cut off in the middle leaves the copy as it was, and the next one is right', async () => {
    const sync = await bulkSync()
    await run(sync)
    await db.sql('UPDATE people SET age = age + 1')
    // The first try waits for the table, and is cut off while it does.
    const { Client: Pg } = await import('pg')
    const blocker = new Pg({
      host: '127.0.0.1',
      port: db.configuration.port,
      user: 'owner',
      database: 'warehouse'
    })
    blocker.on('error', () => undefined)
    await blocker.connect()
    await blocker.query('BEGIN; LOCK TABLE shop.public_people IN ACCESS EXCLUSIVE MODE')
    const { data } = await api.post(`/api/bulk/syncs/${sync.id}/executions`)
    const waiting = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock'`
    while ((await db.sql(waiting))[0]!['n'] === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await db.cut()
    const cut = await ended(sync.id, data.id)
    expect([cut.status, cut.schemas[0]!.status]).toEqual(['failed', 'failed'])
    expect(await copied()).toEqual([{ n: 2500, age: 3126250 }])
    expect(await run(sync)).toMatchObject({ status: 'completed', record_count: 2500 })
    expect(await copied()).toEqual([{ n: 2500, age: 3128750 }])
  })

  test('statuses, lists and events tell of it; one that runs is not started twice, and can be canceled', async () => {
    const sync = await bulkSync({ active: true })
    const ran = await run(sync)
    const status = await api.get(`/api/bulk/syncs/${sync.id}/status`)
    expect(status.data).toMatchObject({
      last_execution: { id: ran.id, status: 'completed' },
      next_execution_time: null
    })
    expect((await api.get(`/api/bulk/syncs/${sync.id}/executions`)).list.map(({ id }) => id)).toEqual([
      ran.id
    ])
    expect((await api.get('/api/bulk/syncs/status?all=true')).list).toMatchObject([
      {
        sync_id: sync.id,
        status: 'completed',
        schemas: [{ schema: 'public.people', execution_id: ran.id }]
      }
    ])
    const events = await api.get('/api/events')
    expect(events.list.map(({ type }) => String(type)).toSorted()).toEqual([
      'bulk_sync.completed',
      'bulk_sync.running'
    ])
    const lines = await api.get(
      `/api/bulk/syncs/${sync.id}/executions/${ran.id}/schemas/public.people/consolelog`
    )
    expect(JSON.stringify(lines.data)).toContain('public.people: 2500 new, 0 changed, 0 deleted')
    const { data: first } = await api.post(`/api/bulk/syncs/${sync.id}/executions`)
    expect((await api.post(`/api/bulk/syncs/${sync.id}/executions`)).status).toBe(409)
    await api.post(`/api/bulk/syncs/${sync.id}/cancel`)
    expect(['canceled', 'completed']).toContain((await ended(sync.id, first.id)).status)
    expect((await api.delete(`/api/bulk/syncs/${sync.id}`)).status).toBe(200)
    expect(server.store.all('bulk_execution')).toEqual([])
  })

  test.each([
    [
      { schemas: [{ id: 'public.people', fields: [{ id: 'email', obfuscate: true }] }] },
      'it obfuscates fields'
    ],
    [{ schemas: [{ id: 'public.people', history_enabled: true }] }, 'it keeps the history of records'],
    [{ data_cutoff_timestamp: '2026-01-01T00:00:00Z' }, 'it leaves out records before a time']
  ])('what only the hosted service does is refused with one sentence: %j', async (more, reason) => {
    const sync = await bulkSync(more)
    const reply = await api.post(`/api/bulk/syncs/${sync.id}/executions`)
    expect([reply.status, reply.body['message']]).toEqual([
      400,
      `the bulk sync "Shop to warehouse" does not run on this server, as ${reason}; ` +
        'a Polytomic service runs it: point POLYTOMIC_URL to one'
    ])
  })
})
