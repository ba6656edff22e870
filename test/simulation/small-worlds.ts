import type { JsonObject } from '../../src/state/value.ts'
import type { Declared, Thing, World } from './world.ts'

/** Worlds that a person can look through, in which every kind of change happens. */

const secret = { $secret: 'env PASSWORD' }
const store = { hostname: 'h', port: 5432, database: 'd', username: 'u', password: secret }
const connection = (name: string, more: JsonObject = {}): Thing => ({
  kind: 'connection',
  name,
  item: { type: 'postgresql', configuration: { ...store, ...more } }
})
const model = (name: string, from: string, more: JsonObject = {}): Thing => ({
  kind: 'model',
  name,
  item: { connection: from, configuration: { table: 'public.users' }, ...more }
})
const sync = (name: string, of: string, to: string, more: JsonObject = {}): Thing => ({
  kind: 'sync',
  name,
  item: {
    mode: 'replace',
    active: false,
    model: of,
    fields: [{ source: 'email', target: 'email' }],
    target: { connection: to, object: 'public.customers' },
    schedule: 'manual',
    ...more
  }
})

/** What all of them have. */
export const base = {
  seed: 2,
  version: '2025-09-18',
  shape: 'older',
  parallelism: 2,
  pageSize: 2,
  removed: []
} as const

/** Nothing is there, and a chain of three is to be made. */
export const creates: World = {
  ...base,
  operation: 'apply',
  live: [],
  declared: [connection('a'), model('b', 'a'), sync('c', 'b', 'a')],
  removed: []
}

/** Of what is there, something is changed, renamed, deleted, kept, and somebody else's; and something is new. */
export const changes: World = {
  ...base,
  operation: 'apply',
  live: [
    connection('a', { hostname: 'old' }),
    model('b', 'a'),
    model('z', 'a'),
    sync('c', 'b', 'a'),
    sync('y', 'z', 'a'),
    sync('x', 'b', 'a')
  ],
  declared: [
    { ...connection('a'), was: 0 },
    { ...model('b2', 'a'), was: 1, renamedFrom: 'b' },
    { ...sync('c', 'b2', 'a', { sync_all_records: true }), was: 3 },
    sync('d', 'b2', 'a', { schedule: { frequency: 'runafter', run_after: { syncs: ['c'] } } })
  ] satisfies Declared[],
  removed: [
    { kind: 'sync', name: 'y' },
    { kind: 'model', name: 'z' }
  ]
}

/** All that is declared is to go, and somebody else's things stay. */
export const destroys: World = {
  ...base,
  operation: 'destroy',
  live: [connection('a'), connection('z'), model('b', 'a'), model('y', 'z'), sync('c', 'b', 'a')],
  declared: [
    { ...connection('a'), was: 0 },
    { ...model('b', 'a'), was: 2 },
    { ...sync('c', 'b', 'a'), was: 4 }
  ] satisfies Declared[],
  removed: []
}

const keys = (of: string, fields: string[]): Thing => ({
  kind: 'schema_primary_keys',
  name: `${of} public.users`,
  item: { connection: of, schema: 'public.users', fields }
})
const bulk = (name: string, more: JsonObject = {}): Thing => ({
  kind: 'bulk_sync',
  name,
  item: {
    mode: 'replicate',
    source: { connection: 'a' },
    destination: { connection: 'a', configuration: { schema: 'raw' } },
    default_schedule: 'manual',
    ...more
  }
})
const policy = (roles: string[]): Thing => ({
  kind: 'policy',
  name: 'p',
  item: { policy_actions: [{ action: 'read', roles }] }
})
const role = (name: string): Thing => ({ kind: 'role', name, item: {} })
const user = (name: string, roles: string[]): Thing => ({
  kind: 'user',
  name: `${name}@example.com`,
  item: { email: `${name}@example.com`, roles }
})
const webhook = (word: string, disabled: boolean): Thing => ({
  kind: 'webhook',
  name: `https://${word}.example`,
  item: { endpoint: `https://${word}.example`, secret, disabled }
})
const subscribers = (...emails: string[]): Thing => ({
  kind: 'global_error_subscribers',
  name: 'organization',
  item: { emails }
})

/** The kinds of an organization: each is changed, and refers to what is made beside it. */
export const organization: World = {
  ...base,
  pageSize: 50,
  parallelism: 3,
  operation: 'apply',
  live: [policy(['Admin']), user('a', ['Admin']), webhook('a', false), subscribers('a@example.com')],
  declared: [
    role('r'),
    { ...policy(['r']), was: 0 },
    { ...user('a', ['r']), was: 1 },
    { ...webhook('b', true), was: 2 },
    { ...subscribers('b@example.com'), was: 3 }
  ],
  removed: []
}

/** What is about the schemas of a connection: made, changed in more than one request, renamed, deleted. */
export const schemas: World = {
  ...base,
  pageSize: 50,
  parallelism: 3,
  operation: 'apply',
  live: [connection('a'), bulk('b'), bulk('z'), keys('a', ['id'])],
  declared: [
    { ...connection('a'), was: 0 },
    {
      ...bulk('b2', { schemas: ['public.orders', { id: 'public.users', user_output_name: 'people' }] }),
      was: 1,
      renamedFrom: 'b'
    },
    bulk('c', {
      schemas: [{ id: 'public.users', fields: [{ id: 'email', user_output_name: 'mail' }] }],
      default_schedule: { frequency: 'runafter', run_after: { bulk_syncs: ['b2'] } }
    }),
    { ...keys('a', ['email']), was: 3 }
  ] satisfies Declared[],
  removed: [{ kind: 'bulk_sync', name: 'z' }]
}
