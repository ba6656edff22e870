import type { Change } from '../../src/plan/plan.ts'
import { added, at, change, source } from './builders.ts'

export const mongo = at('configs/mongo.yaml', 8, 11, 18)

/** Four resources of the tutorial, none of them live yet. */
export const tutorial: Change[] = [
  change({
    action: 'create',
    kind: 'connection',
    name: 'MongoDB Connection',
    span: mongo,
    reason: 'the service has no connection of this name',
    fields: [
      added(['type'], 'mongodb', { path: mongo.path, line: 9 }),
      added(
        ['configuration'],
        {
          hosts: 'example.mongodb.net',
          username: 'user',
          password: { $secret: 'env MONGODB_PASSWORD' },
          ssl: true
        },
        { path: mongo.path, line: 11 }
      )
    ]
  }),
  change({
    action: 'create',
    kind: 'connection',
    name: 'Salesforce Connection',
    span: at(mongo.path, 15, 11),
    reason: 'the service has no connection of this name',
    fields: [
      added(['type'], 'salesforce', { path: mongo.path, line: 16 }),
      added(['configuration', 'domain'], 'https://example.my.salesforce.com', {
        path: mongo.path,
        line: 18
      })
    ]
  }),
  change({
    action: 'create',
    kind: 'model',
    name: 'MongoDB Model',
    span: at('configs/syncs.yaml', 2, 11),
    reason: 'the service has no model of this name',
    after: ['connection "MongoDB Connection"'],
    fields: [
      added(['connection'], { $ref: 'connection', name: 'MongoDB Connection' }, { line: 3 }),
      added(['configuration'], { database: 'example', collection: 'users' }, { line: 4 })
    ]
  }),
  change({
    action: 'create',
    kind: 'sync',
    name: 'Mongo to Salesforce Sync',
    span: at('configs/syncs.yaml', 7, 11),
    reason: 'the service has no sync of this name',
    after: ['connection "Salesforce Connection"', 'model "MongoDB Model"'],
    fields: [
      added(['mode'], 'create', { line: 8 }),
      added(
        ['identity'],
        { source: source('MongoDB Model', 'email'), target: 'Email', function: 'Equality' },
        { line: 10 }
      ),
      added(
        ['fields'],
        [
          { source: source('MongoDB Model', 'first_name'), target: 'FirstName' },
          { source: source('MongoDB Model', 'last_name'), target: 'LastName', sync_mode: 'create' }
        ],
        { line: 12 }
      ),
      added(
        ['target'],
        { connection: { $ref: 'connection', name: 'Salesforce Connection' }, object: 'Contact' },
        { line: 14 }
      ),
      added(['schedule', 'frequency'], 'manual', { line: 15 })
    ]
  })
]
