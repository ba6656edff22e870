import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { localConnectors } from '../../../src/server/runner/connectors.ts'
import { Stopped } from '../../../src/server/runner/guards.ts'
import type { SyncFacts } from '../../../src/server/runner/open-job.ts'
import { startMongo } from '../../fixtures/mongodb/index.ts'
import { startPostgresql, whyNoPostgresql, type RealPostgresql } from '../../support/postgresql.ts'
import { client, testServer } from '../client.ts'
import { connection, ended, made } from './service.ts'
import { field, identity, runnerWorld, syncFacts, type RunnerWorld, type Setting } from './world.ts'

/** Tables and columns that a sync asked for are made by its first run, and by no other. */

const why = whyNoPostgresql()
if (why !== undefined) console.warn(why)

describe.skipIf(why !== undefined)('PostgreSQL', () => {
  let db: RealPostgresql
  let world: RunnerWorld
  beforeAll(async () => {
    db = await startPostgresql()
  })
  afterAll(() => db.stop())
  beforeEach(async () => {
    world = runnerWorld(localConnectors)
    onTestFinished(() => world.state.close())
    await db.sql(`
      DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public;
      CREATE TYPE mood AS ENUM ('good', 'bad');
      CREATE TABLE source (id bigint PRIMARY KEY, email text, born date, "Total" numeric(12,2), tags text[], data jsonb, feels mood);
      INSERT INTO source VALUES (1, 'a@x.example', '1815-12-10', 1.50, '{a}', '{"a": 1}', 'good'), (2, 'b@x.example', NULL, NULL, NULL, NULL, NULL);`)
  })

  const names = ['id', 'born', 'Total', 'tags', 'data', 'feels']
  function facts(setting: Setting = {}): SyncFacts {
    const ends = { type: 'postgresql', configuration: db.configuration }
    return syncFacts({
      ...setting,
      from: { ...ends, ...setting.from },
      to: { ...ends, created_objects: ['Copies'], ...setting.to },
      model: { configuration: { table: 'public.source' }, ...setting.model },
      sync: {
        fields: names.map((name) => field(name)),
        target: { connection_id: 'to', object: 'Copies' },
        ...setting.sync
      }
    })
  }

  const columns = (table: string): Promise<Record<string, unknown>[]> =>
    db.sql(
      `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
       WHERE attrelid = $1::regclass AND attnum > 0 ORDER BY attnum`,
      [table]
    )

  test('a preview lists what a run would make and write, and makes nothing', async () => {
    const shown = await world.preview(facts())
    expect(shown.problem).toBeUndefined()
    expect(shown.counts).toMatchObject({ total: 2 })
    expect(shown.shown.map(({ operation }) => operation)).toEqual(['insert', 'insert'])
    expect(await db.sql(`SELECT to_regclass('"Copies"') AS there`)).toEqual([{ there: null }])
  })

  test('a table has the types of its source and a key; a second run makes and writes nothing', async () => {
    const first = await world.run(facts())
    expect(first.problem).toBeUndefined()
    expect(first.counts).toMatchObject({ total: 2, insert: 2, error: 0 })
    expect(await columns('"Copies"')).toEqual([
      { name: 'id', type: 'bigint' },
      { name: 'born', type: 'date' },
      { name: 'Total', type: 'numeric(12,2)' },
      { name: 'tags', type: 'text[]' },
      { name: 'data', type: 'jsonb' },
      { name: 'feels', type: 'text' },
      { name: 'email', type: 'text' }
    ])
    expect(
      await db.sql('SELECT email, "Total"::text, tags, data, feels FROM "Copies" ORDER BY id')
    ).toEqual([
      { email: 'a@x.example', Total: '1.50', tags: ['a'], data: { a: 1 }, feels: 'good' },
      { email: 'b@x.example', Total: null, tags: null, data: null, feels: null }
    ])
    const [before] = await db.sql(`SELECT oid, xmin::text FROM pg_class WHERE relname = 'Copies'`)
    expect((await world.run(facts())).counts).toMatchObject({ total: 0 })
    await db.sql(`UPDATE source SET born = '2000-01-01' WHERE id = 2`)
    expect((await world.run(facts())).counts).toMatchObject({ total: 1, update: 1, insert: 0 })
    expect(await db.sql(`SELECT oid, xmin::text FROM pg_class WHERE relname = 'Copies'`)).toEqual([before])
    await expect(db.sql(`INSERT INTO "Copies" (email) VALUES ('a@x.example')`)).rejects.toThrow(/duplicate/)
  })

  test('a new column is added to a table that is there, and found by where it identifies', async () => {
    await db.sql(
      `CREATE TABLE target (email text PRIMARY KEY, id bigint); INSERT INTO target VALUES ('a@x.example', 1)`
    )
    const sync = {
      fields: [field('id'), field('born', 'born', { new: true })],
      target: { connection_id: 'to', object: 'public.target' }
    }
    const shown = await world.preview(facts({ sync }))
    expect(shown.shown.map(({ operation }) => operation)).toEqual(['update', 'insert'])
    expect(await columns('target')).toHaveLength(2)
    expect((await world.run(facts({ sync }))).counts).toMatchObject({ insert: 1, update: 1, error: 0 })
    expect((await columns('target')).at(-1)).toEqual({ name: 'born', type: 'date' })
    const keyed = {
      ...sync,
      mode: 'updateOrCreate' as const,
      fields: [field('email')],
      identity: { ...identity('number', 'id'), new_field: true }
    }
    const { counts, problem } = await runnerWorldOnce(facts({ sync: keyed }))
    expect([problem, counts]).toMatchObject([undefined, { insert: 0, error: 2 }])
    expect((await columns('target')).at(-1)).toEqual({ name: 'number', type: 'bigint' })
  })

  /** A run of somebody who knows of none before. */
  async function runnerWorldOnce(own: SyncFacts): Promise<Awaited<ReturnType<RunnerWorld['run']>>> {
    const another = runnerWorld(localConnectors)
    onTestFinished(() => another.state.close())
    return await another.run(own)
  }

  test('what was not asked for is not made', async () => {
    await db.sql('CREATE TABLE target (email text)')
    const target = { connection_id: 'to', object: 'public.target' }
    const column = await world.run(facts({ sync: { target } }))
    expect(String(column.problem)).toMatch(/has no column id/)
    const table = await world.run(facts({ to: { created_objects: [] } }))
    expect(String(table.problem)).toMatch(/has no table Copies/)
    expect(await columns('target')).toHaveLength(1)
  })

  test('a guard stops a run before anything is made', async () => {
    const guards = { creates: { most: 1 } }
    const stopped = await world.run(facts(), {}, undefined, { guards })
    expect(stopped.problem).toBeInstanceOf(Stopped)
    expect(await db.sql(`SELECT to_regclass('"Copies"') AS there`)).toEqual([{ there: null }])
  })

  test('mode replace fills a new table, and documents of MongoDB become columns', async () => {
    const mongo = await startMongo()
    onTestFinished(() => mongo.close())
    mongo.put('example.users', [
      { _id: 1, email: 'a@x.example', n: 1, at: new Date(0), in: { city: 'London' }, yes: true, all: [1] },
      { _id: 2, email: 'b@x.example', n: 1.5 }
    ])
    const own = {
      from: { type: 'mongodb', configuration: { hosts: mongo.host, ssl: false } },
      model: { type: 'mongodb', configuration: { database: 'example', collection: 'users' } },
      sync: {
        mode: 'replace' as const,
        fields: ['email', 'n', 'at', 'in', 'in.city', 'yes', 'all', 'never'].map((name) => field(name)),
        target: { connection_id: 'to', object: 'public.Copies' }
      },
      to: { created_objects: ['public.Copies'] }
    }
    const { identity: _none, ...sync } = facts(own).sync
    for (const _time of [1, 2])
      expect((await world.run({ ...facts(own), sync })).counts).toMatchObject({ insert: 2, error: 0 })
    expect((await columns('public."Copies"')).map(({ type }) => type)).toEqual([
      'text',
      'numeric',
      'timestamp with time zone',
      'jsonb',
      'text',
      'boolean',
      'jsonb',
      'text'
    ])
  })

  test('by the API, from the request that asks for a table to the second run', async () => {
    const server = testServer({ run: { fetch: () => expect.unreachable('no requests') } })
    onTestFinished(() => server.close())
    const api = client(server)
    const id = await connection(api, 'postgresql', db.configuration)
    const model = await made(api, '/api/models', {
      name: 'S',
      connection_id: id,
      configuration: { table: 'source' },
      fields: ['email', 'born']
    })
    const source = (name: string): object => ({ model_id: model.id, field: name })
    const sync = await made(api, '/api/syncs', {
      name: 'Copy',
      mode: 'updateOrCreate',
      active: true,
      fields: [{ source: source('born'), target: 'born', new: true }],
      identity: { source: source('email'), target: 'email', function: 'Equality', new_field: true },
      schedule: { frequency: 'manual' },
      target: { connection_id: id, create: { name: 'public.copies' } }
    })
    const preview = {
      start: {},
      most: { written: 9, others: 9 },
      tells: { identities: false, values: false },
      redacted: false
    }
    const { data: begun } = await api.post(`/polyctl/syncs/${sync.id}/previews`, preview)
    for (;;) {
      const { data } = await api.get(`/polyctl/previews/${begun.id}`)
      if (data['status'] === 'running') {
        await new Promise((resolve) => setImmediate(resolve))
        continue
      }
      expect(data).toMatchObject({
        status: 'completed',
        makes: ['public.copies with born (date), email (text)']
      })
      break
    }
    for (const inserted of [2, 0]) {
      const { data } = await api.post(`/api/syncs/${sync.id}/executions`)
      expect(await ended(api, sync.id, data.id)).toMatchObject({
        status: 'completed',
        counts: { insert: inserted }
      })
      const lines = await api.get(`/api/syncs/${sync.id}/executions/${data.id}/consolelog`)
      expect(
        JSON.stringify(lines.data).includes('made: public.copies with born (date), email (text)')
      ).toBe(inserted > 0)
    }
  })
})
