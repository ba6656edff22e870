import { BSONRegExp } from 'bson'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { localConnectors } from '../../../src/server/runner/connectors.ts'
import { startMongo } from '../../fixtures/mongodb/index.ts'
import { startPostgresql, whyNoPostgresql, type RealPostgresql } from '../../support/postgresql.ts'
import { field, identity, runnerWorld, syncFacts, type RunnerWorld } from './world.ts'

/** Columns of PostgreSQL: what is empty in them, how they come and go, and what they do not take. */

const why = whyNoPostgresql()
if (why !== undefined) console.warn(why)

const onCreate = { sync_mode: 'create' }

function open(): RunnerWorld {
  const world = runnerWorld(localConnectors)
  onTestFinished(() => world.state.close())
  return world
}

describe.skipIf(why !== undefined)('columns of PostgreSQL', () => {
  let db: RealPostgresql
  beforeAll(async () => {
    db = await startPostgresql()
  })
  afterAll(() => db.stop())
  beforeEach(() => db.sql('DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public'))

  test('null, an empty text and the null of JSON are nothing; all else stays', async () => {
    const columns = 't text, n int, yes boolean, j jsonb, list text[]'
    await db.sql(`CREATE TABLE source (key text, ${columns}); CREATE TABLE target (key text PRIMARY KEY, ${columns});
      INSERT INTO source SELECT k, 'new', 5, true, '{"new": 1}', '{new}' FROM unnest(ARRAY['a', 'b', 'c', 'd']) k;
      INSERT INTO target VALUES ('a', NULL, NULL, NULL, NULL, NULL), ('b', '', 0, false, 'null', '{}'),
        ('c', ' ', 0, false, '{}', '{NULL}')`)
    const ends = { type: 'postgresql', configuration: db.configuration }
    const { counts } = await open().run(
      syncFacts({
        from: ends,
        to: ends,
        model: { configuration: { table: 'public.source' } },
        sync: {
          identity: identity('key'),
          fields: ['t', 'n', 'yes', 'j', 'list'].map((name) => field(name, name, onCreate)),
          target: { connection_id: 'to', object: 'public.target' }
        }
      })
    )
    expect(counts).toMatchObject({ insert: 1, update: 3, error: 0 })
    const filled = { t: 'new', n: 5, yes: true, j: { new: 1 }, list: ['new'] }
    expect(await db.sql('SELECT * FROM target ORDER BY key')).toEqual([
      { key: 'a', ...filled },
      { key: 'b', ...filled, n: 0, yes: false, list: [] },
      { key: 'c', t: ' ', n: 0, yes: false, j: {}, list: [null] },
      { key: 'd', ...filled }
    ])
  })

  test('a new record has the default of a column of which its row says nothing, and null where it says so', async () => {
    const mongo = await startMongo()
    onTestFinished(() => mongo.close())
    mongo.put('example.users', [
      { _id: 1, key: 'missing' },
      { _id: 2, key: 'null', t: null }
    ])
    await db.sql(
      `DROP TABLE IF EXISTS target; CREATE TABLE target (key text PRIMARY KEY, t text DEFAULT 'own')`
    )
    await open().run(
      syncFacts({
        from: { type: 'mongodb', configuration: { hosts: mongo.host, ssl: false } },
        to: { type: 'postgresql', configuration: db.configuration },
        model: { configuration: { database: 'example', collection: 'users' } },
        sync: {
          identity: identity('key'),
          fields: [field('t')],
          target: { connection_id: 'to', object: 'public.target' }
        }
      })
    )
    expect(await db.sql('SELECT * FROM target ORDER BY key')).toEqual([
      { key: 'missing', t: 'own' },
      { key: 'null', t: null }
    ])
  })

  test('that come between runs, in the source and in the target', async () => {
    const world = open()
    await db.sql(`CREATE TABLE people (email text, name text); CREATE TABLE copies (email text PRIMARY KEY, name text);
      INSERT INTO people VALUES ('a', 'Ada'), ('b', 'Bob')`)
    const ends = { type: 'postgresql', configuration: db.configuration }
    const of = (...names: string[]) =>
      syncFacts({
        from: ends,
        to: ends,
        model: { configuration: { query: 'SELECT * FROM people' } },
        sync: {
          identity: identity('email'),
          fields: names.map((name) => field(name)),
          target: { connection_id: 'to', object: 'copies' }
        }
      })
    expect((await world.run(of('name'))).counts).toMatchObject({ insert: 2 })
    await db.sql(`ALTER TABLE people ADD phone text; UPDATE people SET phone = '1' WHERE email = 'b'`)
    // Nobody maps it: nothing changed, and nothing breaks.
    const unmapped = await world.run(of('name'))
    expect([unmapped.problem, unmapped.counts.total]).toEqual([undefined, 0])
    const early = await world.run(of('name', 'phone'))
    expect(String(early.problem)).toContain('has no column phone')
    await db.sql('ALTER TABLE copies ADD phone text')
    expect((await world.run(of('name', 'phone'))).counts).toMatchObject({ update: 2, error: 0 })
    expect(await db.sql('SELECT * FROM copies ORDER BY email')).toEqual([
      { email: 'a', name: 'Ada', phone: null },
      { email: 'b', name: 'Bob', phone: '1' }
    ])
    await db.sql('ALTER TABLE people DROP phone')
    expect(String((await world.run(of('name', 'phone'))).problem)).toContain(
      'the source has no column phone'
    )
    expect(await db.sql('SELECT phone FROM copies ORDER BY email')).toEqual([
      { phone: null },
      { phone: '1' }
    ])
  })

  test('domains take what their types take, and lists that are none of their own stay texts', async () => {
    await db.sql(`CREATE DOMAIN doc AS jsonb; CREATE DOMAIN whole AS int CHECK (VALUE > 0); CREATE DOMAIN bag AS text[];
      CREATE TABLE source (key text, d doc, n whole, b bag, v int2vector, x box[], c char(5));
      CREATE TABLE target (key text PRIMARY KEY, d doc, n whole, b bag, v int2vector, x box[], c text);
      INSERT INTO source VALUES ('a', '"text"', 7, '{a,"b c"}', '1 2', ARRAY['(1,1),(0,0)'::box, '(2,2),(1,1)'], 'ab')`)
    const ends = { type: 'postgresql', configuration: db.configuration }
    const { counts, errors } = await open().run(
      syncFacts({
        from: ends,
        to: ends,
        model: { configuration: { table: 'source' } },
        sync: {
          identity: identity('key'),
          fields: ['d', 'n', 'b', 'v', 'x', 'c'].map((name) => field(name)),
          target: { connection_id: 'to', object: 'target' }
        }
      })
    )
    expect([errors, counts.insert]).toEqual([[], 1])
    const text = (table: string) => db.sql(`SELECT key, d::text, n, b, v::text, x::text, c FROM ${table}`)
    expect(await text('target')).toEqual((await text('source')).map((row) => ({ ...row, c: 'ab' })))
  })

  test('what they do not take is refused with a sentence that has no value in it', async () => {
    await db.sql('CREATE TABLE target (key text PRIMARY KEY, n int, day date, t text)')
    const mongo = await startMongo()
    onTestFinished(() => mongo.close())
    mongo.put('example.users', [
      { _id: 1, key: 'large', n: 12_345_678_901 },
      { _id: 2, key: 'zone', day: '10:00 plantedzone' },
      { _id: 3, key: 'words', n: 'planted words' },
      { _id: 7, key: 'comma', n: '7,planted' },
      { _id: 4, key: 'nul', t: 'planted\0' },
      { _id: 5, key: 'object', day: { planted: 1 } },
      { _id: 6, key: 'fits', n: '', day: '', t: new BSONRegExp('(?i)a', 'x') }
    ])
    const { counts, errors, log } = await open().run(
      syncFacts({
        from: { type: 'mongodb', configuration: { hosts: mongo.host, ssl: false } },
        to: { type: 'postgresql', configuration: db.configuration },
        model: { configuration: { database: 'example', collection: 'users' } },
        sync: {
          identity: identity('key'),
          fields: [field('n'), field('day'), field('t')],
          target: { connection_id: 'to', object: 'target' }
        }
      })
    )
    expect(counts).toMatchObject({ insert: 1, error: 6 })
    expect(`${errors.join(' ')} ${JSON.stringify(log['errors'])}`).not.toMatch(/planted|12345678901/)
    expect(errors.toSorted()).toEqual([
      '22003: value … is out of range for type integer (1 record)',
      '22007: invalid input syntax for type date (1 record)',
      '22P02: invalid input syntax for type integer (1 record)',
      'INVALID_VALUE: the column day takes dates and times alone (1 record)',
      'INVALID_VALUE: the column n takes numbers alone (1 record)',
      'INVALID_VALUE: the column t takes no text with the character NUL (1 record)'
    ])
    expect(await db.sql('SELECT * FROM target')).toEqual([
      { key: 'fits', n: null, day: null, t: '/(?i)a/x' }
    ])
  })
})
