import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { localConnectors } from '../../../src/server/runner/connectors.ts'
import { startMongo } from '../../fixtures/mongodb/index.ts'
import { startSalesforce } from '../../fixtures/salesforce/index.ts'
import { startPostgresql, whyNoPostgresql, type RealPostgresql } from '../../support/postgresql.ts'
import { field, identity, runnerWorld, syncFacts, type RunnerWorld } from './world.ts'

/**
 * A field of mode `create` is written to new records, and where the record has nothing there. What *nothing* is, each
 * target shows here: null and an empty text, and for PostgreSQL the null of JSON.
 */

const why = whyNoPostgresql()
if (why !== undefined) console.warn(why)

function open(): RunnerWorld {
  const world = runnerWorld(localConnectors)
  onTestFinished(() => world.state.close())
  return world
}

const onCreate = { sync_mode: 'create' }

describe('to Salesforce', () => {
  test.each([
    ['nothing there is filled', {}, { Title: 'New', Score__c: 5, Birthdate: '2000-01-01' }],
    [
      'what is there stays, also 0 and blanks',
      { Title: ' ', Score__c: 0, Birthdate: '1999-12-31' },
      { Title: ' ', Score__c: 0, Birthdate: '1999-12-31' }
    ],
    // Salesforce keeps no empty text: it is null there.
    ['an empty text is nothing', { Title: '' }, { Title: 'New', Score__c: 5, Birthdate: '2000-01-01' }],
    // A checkbox is never without a value.
    ['a checkbox that is off has a value', { HasOptedOutOfEmail: false }, { HasOptedOutOfEmail: false }]
  ])('%s', async (_what, before, after) => {
    const [mongo, org] = [await startMongo(), await startSalesforce()]
    onTestFinished(async () => void (await Promise.all([mongo.close(), org.close()])))
    org.put('Contact', [{ LastName: 'A', Email: 'a@example.com', ...before }])
    const full = { title: 'New', score: 5, born: '2000-01-01', out: true, name: 'A' }
    mongo.put('example.users', [
      { _id: 1, email: 'a@example.com', ...full },
      { _id: 2, email: 'new@example.com', ...full }
    ])
    const { clientId: client_id, clientSecret: client_secret } = org.app
    const { counts } = await open().run(
      syncFacts({
        from: { type: 'mongodb', configuration: { hosts: mongo.host, ssl: false } },
        model: { configuration: { database: 'example', collection: 'users' } },
        to: {
          type: 'salesforce',
          configuration: { domain: org.url, connect_mode: 'clientcredentials', client_id, client_secret }
        },
        sync: {
          identity: identity('Email', 'email'),
          fields: [
            field('LastName', 'name'),
            field('Title', 'title', onCreate),
            field('Score__c', 'score', onCreate),
            field('Birthdate', 'born', onCreate),
            field('HasOptedOutOfEmail', 'out', onCreate)
          ],
          target: { connection_id: 'to', object: 'Contact' }
        }
      })
    )
    expect(counts).toMatchObject({ insert: 1, update: 1, error: 0 })
    const [there, made] = org.rows('Contact')
    expect(there).toMatchObject({ ...after, HasOptedOutOfEmail: false })
    expect(made).toMatchObject({ Title: 'New', Score__c: 5, HasOptedOutOfEmail: true })
  })
})

describe.skipIf(why !== undefined)('to PostgreSQL', () => {
  let db: RealPostgresql
  beforeAll(async () => {
    db = await startPostgresql()
  })
  afterAll(() => db.stop())

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
})
