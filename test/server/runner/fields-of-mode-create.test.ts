import { expect, onTestFinished, test } from 'vitest'
import { localConnectors } from '../../../src/server/runner/connectors.ts'
import { startMongo } from '../../fixtures/mongodb/index.ts'
import { startSalesforce } from '../../fixtures/salesforce/index.ts'
import { field, identity, runnerWorld, syncFacts, type RunnerWorld } from './world.ts'

/**
 * A field of mode `create` is written to new records, and where the record has nothing there. What *nothing* is, each
 * target shows: Salesforce here, PostgreSQL in `postgresql-fields.test.ts`.
 */

function open(): RunnerWorld {
  const world = runnerWorld(localConnectors)
  onTestFinished(() => world.state.close())
  return world
}

const onCreate = { sync_mode: 'create' }

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
