import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { localConnectors } from '../../../src/server/runner/connectors.ts'
import { startPostgresql, whyNoPostgresql, type RealPostgresql } from '../../support/postgresql.ts'
import { postgresql } from '../../../src/server/runner/postgresql/connector.ts'
import type { ConnectorParts } from '../../../src/server/runner/connector.ts'
import { field, identity, runnerWorld, syncFacts, type RunnerWorld, type Setting } from './world.ts'
import type { SyncFacts } from '../../../src/server/runner/open-job.ts'

const why = whyNoPostgresql()
if (why !== undefined) console.warn(why)

const parts: ConnectorParts = {
  fetch: () => expect.unreachable('no requests'),
  now: () => new Date(0),
  sleep: () => Promise.resolve(),
  timeout: () => new AbortController().signal,
  signal: new AbortController().signal
}

describe.skipIf(why !== undefined)('PostgreSQL', () => {
  let db: RealPostgresql
  let world: RunnerWorld

  beforeAll(async () => {
    db = await startPostgresql()
  })
  afterAll(() => db.stop())
  beforeEach(async () => {
    world = runnerWorld(localConnectors)
    await db.sql(`
      DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public;
      CREATE TABLE source (id bigint PRIMARY KEY, email text, name text, age int);
      CREATE TABLE target (id bigserial PRIMARY KEY, email text UNIQUE, name text, age int);`)
  })

  function facts(setting: Setting = {}): SyncFacts {
    const ends = { type: 'postgresql', configuration: db.configuration }
    return syncFacts({
      ...setting,
      from: { ...ends, ...setting.from },
      to: { ...ends, ...setting.to },
      model: { configuration: { table: 'public.source' }, ...setting.model },
      sync: {
        fields: [field('name'), field('age')],
        target: { connection_id: 'to', object: 'public.target' },
        ...setting.sync
      }
    })
  }

  const targets = () => db.sql('SELECT email, name, age FROM target ORDER BY email')
  const three = `INSERT INTO source VALUES (1, 'a@x.example', 'Ada', 36), (2, 'b@x.example', 'Bob', NULL),
    (3, 'c@x.example', NULL, 3)`

  test('inserts, updates, and writes nothing when nothing changed', async () => {
    await db.sql(three)
    await db.sql(`INSERT INTO target (email, name) VALUES ('b@x.example', 'B.')`)
    const first = await world.run(facts())
    expect(first.problem).toBeUndefined()
    expect(first.counts).toMatchObject({ total: 3, insert: 2, update: 1, error: 0 })
    expect(await targets()).toEqual([
      { email: 'a@x.example', name: 'Ada', age: 36 },
      { email: 'b@x.example', name: 'Bob', age: null },
      { email: 'c@x.example', name: null, age: 3 }
    ])
    const [before] = await db.sql('SELECT max(xmin::text::bigint) AS n FROM target')
    expect((await world.run(facts())).counts).toMatchObject({ total: 0 })
    expect(await db.sql('SELECT max(xmin::text::bigint) AS n FROM target')).toEqual([before])
    await db.sql(`UPDATE source SET age = 37 WHERE id = 1`)
    expect((await world.run(facts())).counts).toMatchObject({ total: 1, update: 1 })
    expect((await targets())[0]).toMatchObject({ age: 37 })
  })

  test.each([
    ['create', { insert: 2, update: 0 }, ['Ada', 'B.', null]],
    ['update', { insert: 0, update: 1 }, ['Bob']],
    ['remove', { insert: 0, delete: 1 }, []],
    ['replace', { insert: 3, delete: 1 }, ['Ada', 'Bob', null]]
  ])('mode %s', async (mode, counts, names) => {
    await db.sql(three)
    await db.sql(`INSERT INTO target (email, name) VALUES ('b@x.example', 'B.')`)
    expect((await world.run(facts({ sync: { mode } }))).counts).toMatchObject(counts)
    expect((await targets()).map(({ name }) => name)).toEqual(names)
  })

  test('the source is read as of one moment, whatever others do to it meanwhile', async () => {
    await db.sql(`INSERT INTO source SELECT i, i || '@x.example', 'before' FROM generate_series(1, 9) i`)
    const source = await postgresql.source!(
      { id: 'from', name: 'from', type: 'postgresql', configuration: db.configuration },
      parts
    )
    const names: unknown[] = []
    const configuration = { table: 'public.source' }
    for await (const rows of source.rows({ configuration, fields: ['name'], batch: 2 })) {
      names.push(...rows.flat())
      if (names.length > 2) continue
      await db.sql(`UPDATE source SET name = 'after'; DELETE FROM source WHERE id > 7`)
    }
    await source.close()
    expect(names).toEqual(Array.from({ length: 9 }, () => 'before'))
  })

  test('append adds', async () => {
    await db.sql(`${three}; ALTER TABLE target DROP CONSTRAINT target_email_key`)
    const sync = { mode: 'append', fields: [field('email'), field('name')] }
    expect((await world.run(facts({ sync }))).counts).toMatchObject({ insert: 3 })
    expect((await world.run(facts({ sync }), { resync: true })).counts).toMatchObject({ insert: 3 })
    expect(await targets()).toHaveLength(6)
  })

  test('types come across as they are', async () => {
    const columns = `
      n numeric, big bigint, at timestamptz, plain timestamp, d date, j jsonb, texts text[], grid int[][], u uuid,
      b bytea, f double precision, yes boolean, span interval, c char(3), bits bit(3), docs jsonb[]`
    await db.sql(
      `CREATE TABLE "from" (key text, ${columns}); CREATE TABLE "to" (key text PRIMARY KEY, ${columns});`
    )
    await db.sql(`INSERT INTO "from" VALUES ('1', 12345678901234567890.1234567890, 9223372036854775807,
      '2026-01-31 09:30:00.123456+02', '2026-01-31 09:30:00.654321', '2026-02-28',
      '{"big": 12345678901234567890, "a": [1, null, "x\\"y"]}', ARRAY['a,b', 'c"d', NULL, '', 'NULL', '\\'],
      ARRAY[[1,2],[3,NULL]], 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '\\x00ff10', 0.1, true, '1 year 2 days',
      'ab', B'101', ARRAY['{"a": 1}'::jsonb, 'null'])`)
    await db.sql(`INSERT INTO "from" (key, f, at, n) VALUES ('2', 'NaN', 'infinity', 'NaN')`)
    const names = columns.split(',').map((column) => column.trim().split(' ')[0] ?? '')
    const { counts, errors, problem } = await world.run(
      facts({
        model: { configuration: { table: 'public.from' } },
        sync: {
          identity: identity('key'),
          fields: names.map((name) => field(name)),
          target: { connection_id: 'to', object: 'public.to' }
        }
      })
    )
    expect([problem, errors, counts.insert]).toEqual([undefined, [], 2])
    expect(await db.sql('SELECT t::text FROM "to" t ORDER BY key')).toEqual(
      await db.sql('SELECT t::text FROM "from" t ORDER BY key')
    )
  })

  test('names with quotes, capitals and dots', async () => {
    await db.sql(`CREATE SCHEMA "My.Schema"; CREATE TABLE "My.Schema"."A ""table""" ("E-Mail" text, "it's" text);
      CREATE TABLE "My.Schema"."Out" ("The ""Key""" text PRIMARY KEY, "select" text);
      INSERT INTO "My.Schema"."A ""table""" VALUES ('a', 'b')`)
    const run = await world.run(
      facts({
        model: { configuration: { table: 'My.Schema.A "table"' } },
        sync: {
          identity: identity('The "Key"', 'E-Mail'),
          fields: [field('select', "it's")],
          target: { connection_id: 'to', object: 'My.Schema.Out' }
        }
      })
    )
    expect(run.problem).toBeUndefined()
    expect(await db.sql('SELECT * FROM "My.Schema"."Out"')).toEqual([{ 'The "Key"': 'a', select: 'b' }])
  })

  test('bad rows are left out one by one, and all others are there', async () => {
    await db.sql(`CREATE TABLE strict (key int PRIMARY KEY, name varchar(5), age int CHECK (age < 1000));
      INSERT INTO source SELECT i, i::text, CASE WHEN i % 500 = 7 THEN 'too long' ELSE 'n' END,
        CASE WHEN i = 1203 THEN 5000 ELSE i % 100 END FROM generate_series(1, 2000) i`)
    const strict = facts({
      sync: { identity: identity('key', 'email'), target: { connection_id: 'to', object: 'strict' } }
    })
    const { counts, errors, log } = await world.run(strict)
    expect(counts).toMatchObject({ total: 2000, insert: 1995, error: 5 })
    expect(errors.toSorted()).toEqual([
      '22001: value too long for type character varying(5) (4 records)',
      '23514: new row for relation "strict" violates check constraint "strict_age_check" (1 record)'
    ])
    expect(await db.sql('SELECT count(*)::int AS n FROM strict')).toEqual([{ n: 1995 }])
    const refused = log['errors']?.map((entry) => Number(entry.identity[0])).toSorted((a, b) => a - b)
    expect(refused).toEqual([7, 507, 1007, 1203, 1507])
    await db.sql(`UPDATE source SET name = 'n', age = 1`)
    expect((await world.run(strict)).counts.error).toBe(0)
    expect(await db.sql('SELECT count(*)::int AS n FROM strict')).toEqual([{ n: 2000 }])
  })

  test('a replacement leaves bad rows out, and one that fails leaves all as it was', async () => {
    await db.sql(`${three}; INSERT INTO target (email) VALUES ('x@x.example');
      ALTER TABLE target ADD CHECK (age > 10)`)
    const sync = { mode: 'replace' }
    const { counts } = await world.run(facts({ sync }))
    expect(counts).toMatchObject({ insert: 2, error: 1, delete: 1 })
    expect((await targets()).map(({ email }) => email)).toEqual(['a@x.example', 'b@x.example'])
    const broken = await world.run(facts({ sync: { ...sync, fields: [field('none', 'name')] } }))
    expect(broken.problem).toMatchObject({ message: 'the table "public"."target" has no column none' })
    expect(await targets()).toHaveLength(2)
    // What was put there before the end failed is gone, and not counted.
    await db.sql(`ALTER TABLE target ADD CHECK (age IS NOT NULL) NOT VALID; CREATE FUNCTION refuse() RETURNS trigger
      LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = '57014'; END $$;
      CREATE CONSTRAINT TRIGGER at_end AFTER INSERT ON target DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION refuse()`)
    const late = await world.run(facts({ sync }))
    expect([late.problem === undefined, late.counts.insert, late.counts.delete]).toEqual([false, 0, 0])
    expect((await targets()).map(({ email }) => email)).toEqual(['a@x.example', 'b@x.example'])
  })

  test('values that the identity cannot have are refused, and stop no other', async () => {
    await db.sql(`CREATE TABLE numbers (key int PRIMARY KEY, name text); INSERT INTO numbers VALUES (2, 'two');
      INSERT INTO source VALUES (1, 'one', 'x'), (2, '2', 'y'), (3, '3', 'z'), (4, '2.0', 'again')`)
    const { counts, errors } = await world.run(
      facts({
        sync: {
          identity: identity('key', 'email'),
          fields: [field('name')],
          target: { connection_id: 'to', object: 'numbers' }
        }
      })
    )
    expect(counts).toMatchObject({ insert: 1, update: 1, error: 1, warnings: 1 })
    expect(errors).toEqual(['INVALID_VALUE: the column key takes numbers alone (1 record)'])
  })

  test.each([
    ['ISubstring', 'LOVE', 'Lovelace'],
    ['OneOf', 'b', 'b'],
    ['DomainMatch', 'https://www.Example.com/path', 'ada@example.com'],
    ['HostnameMatch', 'https://app.example.com:443/x', 'APP.example.com']
  ])('identity by %s', async (name, key, there) => {
    await db.sql('CREATE TABLE found (id int PRIMARY KEY, key text, name text)')
    await db.sql('INSERT INTO found VALUES (1, $1)', [there])
    await db.sql(`INSERT INTO found VALUES (2, 'other.example')`)
    await db.sql('INSERT INTO source VALUES (1, $1)', [key])
    await db.sql(`UPDATE source SET name = 'changed'`)
    const { counts, problem } = await world.run(
      facts({
        sync: {
          identity: identity('key', 'email', name),
          fields: [field('name')],
          target: { connection_id: 'to', object: 'found' }
        }
      })
    )
    expect(problem).toBeUndefined()
    expect(counts).toMatchObject({ update: 1, insert: 0 })
    expect(await db.sql('SELECT name FROM found WHERE id = 1')).toEqual([{ name: 'changed' }])
  })

  test('a query as source, a path into JSON, and a view', async () => {
    await db.sql(
      `${three}; CREATE VIEW seen AS SELECT email, jsonb_build_object('n', name) AS doc FROM source`
    )
    const sync = { fields: [field('name', 'doc.n')] }
    const query = { query: "SELECT * FROM seen WHERE email > 'b'; " }
    expect((await world.run(facts({ model: { configuration: query }, sync }))).counts.insert).toBe(2)
    expect(
      (await world.run(facts({ model: { configuration: { view: 'seen' } }, sync }))).counts.insert
    ).toBe(1)
    expect((await targets()).map(({ name }) => name)).toEqual(['Ada', 'Bob', null])
  })

  test('a query can write nothing', async () => {
    const query = 'WITH gone AS (DELETE FROM target RETURNING *) SELECT * FROM gone'
    await db.sql(`INSERT INTO target (email) VALUES ('x')`)
    const { problem } = await world.run(facts({ model: { configuration: { query } } }))
    expect(problem).toBeDefined()
    expect(await targets()).toHaveLength(1)
  })

  test('a case that the column does not tell apart is one identity', async () => {
    await db.sql(`CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      ALTER TABLE target ALTER email TYPE text COLLATE ci;
      INSERT INTO source VALUES (1, 'A@x.example'), (2, 'a@X.example')`)
    expect((await world.run(facts())).counts).toMatchObject({ insert: 1, warnings: 1, error: 0 })
  })

  describe('what goes wrong', () => {
    test.each([
      [
        'a table that is not there',
        { sync: { target: { connection_id: 'to', object: 'no.table' } } },
        'has no table no.table'
      ],
      [
        'a field that is not there',
        { sync: { fields: [field('name', 'none')] } },
        'the source has no column none'
      ],
      ['a query that is none', { model: { configuration: { query: 'SELECT FROM WHERE' } } }, '42601'],
      [
        'TLS, which is on unless it is said to be off',
        { from: { configuration: { ssl: true } } },
        'ssl: false'
      ],
      ['TLS, where nothing is said of it', { from: { configuration: { ssl: null } } }, 'ssl: false'],
      [
        'a port where nothing is',
        { from: { configuration: { port: 1 } } },
        'cannot be reached (ECONNREFUSED)'
      ]
    ])('%s', async (_what, setting: Setting, message) => {
      const configuration = { ...db.configuration, ...setting.from?.configuration }
      const { problem } = await world.run(
        facts({ ...setting, ...(setting.from === undefined ? {} : { from: { configuration } }) })
      )
      expect(String(problem)).toContain(message)
    })

    test('connections that are cut while records are written lose and double none', async () => {
      await db.sql(`ALTER TABLE target DROP CONSTRAINT target_email_key; CREATE INDEX ON target (email);
        INSERT INTO source SELECT i, i::text, 'n' FROM generate_series(1, 20000) i`)
      const over = new AbortController()
      const cutting = (async () => {
        while (!over.signal.aborted) {
          await new Promise((resolve) => setTimeout(resolve, 40))
          if (!over.signal.aborted) await db.cut()
        }
      })()
      let runs = 0
      for (let done = false; !done; runs += 1) {
        const { problem } = await world.run(facts())
        done = problem === undefined
        if (runs === 10) over.abort()
      }
      over.abort()
      await cutting
      expect(
        await db.sql('SELECT count(*)::int AS n, count(DISTINCT email)::int AS d FROM target')
      ).toEqual([{ n: 20000, d: 20000 }])
    })
  })
})
