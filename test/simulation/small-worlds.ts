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

const base = { seed: 2, version: '2025-09-18', parallelism: 2, pageSize: 2, removed: [] } as const

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
