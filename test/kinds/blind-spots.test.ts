import { expect, test } from 'vitest'
import { client, type Client, type Thing } from '../server/client.ts'
import { named, parts, secrets, twoConnections } from '../support/life.ts'
import { createSandbox } from '../support/sandbox.ts'

/** What people change in the web page, and a reconciler with a state file of its own never sees. */

const yaml = `${twoConnections.replace('name: Warehouse', 'name: Warehouse\n    policies: [Connections]')}
models:
  - name: Users
    connection: Source
    configuration: { table: public.users, limit: 5, deep: { on: true } }
    policies: [Models]
roles: [{ name: Analyst }]
policies:
  - { name: PII, policy_actions: [{ action: read, roles: [Analyst] }] }
schema_primary_keys:
  - { connection: Source, schema: public.orders, fields: [id, user_id] }
bulk_syncs:
  - name: Bulk
    mode: replicate
    source: { connection: Source, configuration: { replication_slot: mine } }
    destination: { connection: Warehouse, configuration: { schema: raw } }
    schemas:
      - id: public.users
        fields: [id, { id: email, obfuscate: true }]
        filters: [{ field_id: id, function: GreaterThan, value: 5 }]
        tracking_field: updated_at
        partition_key: id
        data_cutoff_timestamp: 2024-01-01T00:00:00Z
      - public.orders
    default_schedule: manual
`

const bulk = '/api/bulk/syncs'

/** One schema of the bulk sync, changed by hand. */
function schema(id: string, change: (was: Thing) => object) {
  return async (api: Client): Promise<unknown> => {
    const sync = await named(api, bulk, 'Bulk')
    const was = (await api.get(`${bulk}/${sync.id}/schemas/${id}`)).data
    return await api.put(`${bulk}/${sync.id}/schemas/${id}`, { ...was, ...change(was) })
  }
}

/** The bulk sync itself, changed by hand. */
function sync(change: object) {
  return async (api: Client): Promise<unknown> => {
    const was = await named(api, bulk, 'Bulk')
    return await api.put(`${bulk}/${was.id}`, { ...was, ...change })
  }
}

const users = 'public.users'
const withFields = (was: Thing, id: string, change: object) => ({
  fields: parts(was, 'fields').map((one) => (one['id'] === id ? { ...one, ...change } : one))
})

const spots: Record<string, { edit: (api: Client) => Promise<unknown>; shows: string }> = {
  'a schema switched off': {
    edit: schema('public.orders', () => ({ enabled: false })),
    shows: 'public.orders'
  },
  'a schema switched on': {
    edit: schema('public.customers', () => ({ enabled: true })),
    shows: 'public.customers'
  },
  'a field more': {
    edit: schema(users, (was) => withFields(was, 'company', { enabled: true })),
    shows: 'company'
  },
  'a field less': {
    edit: schema(users, (was) => withFields(was, 'id', { enabled: false })),
    shows: '[id]'
  },
  'a field in the clear': {
    edit: schema(users, (was) => withFields(was, 'email', { obfuscated: false })),
    shows: 'obfuscate'
  },
  'a filter taken away': { edit: schema(users, () => ({ filters: [] })), shows: 'GreaterThan' },
  'another value of a filter': {
    edit: schema(users, () => ({ filters: [{ field_id: 'id', function: 'GreaterThan', value: '5' }] })),
    shows: 'GreaterThan'
  },
  'another tracking field': {
    edit: schema(users, () => ({ tracking_field: 'created_at' })),
    shows: 'tracking_field'
  },
  'another partition key': {
    edit: schema(users, () => ({ partition_key: 'email' })),
    shows: 'partition_key'
  },
  'another cutoff': {
    edit: schema(users, () => ({ data_cutoff_timestamp: '2025-01-01T00:00:00Z' })),
    shows: 'data_cutoff_timestamp'
  },
  'the configuration of the source': {
    edit: sync({ source_configuration: { replication_slot: 'theirs' } }),
    shows: 'replication_slot'
  },
  'the configuration of the destination': {
    edit: sync({ destination_configuration: { schema: 'elsewhere' } }),
    shows: 'elsewhere'
  },
  'primary keys': {
    async edit(api) {
      const { id } = await named(api, '/api/connections', 'Source')
      await api.delete(`/api/connections/${id}/schemas/public.orders/primary_keys`)
    },
    shows: 'user_id'
  },
  'settings of a model that are no texts': {
    async edit(api) {
      const model = await named(api, '/api/models', 'Users')
      const configuration = { ...(model['configuration'] as object), limit: '5', deep: { on: false } }
      await api.put(`/api/models/${model.id}`, { ...model, fields: null, configuration })
    },
    shows: 'deep'
  },
  'roles of a stated action': {
    async edit(api) {
      const policy = await named(api, '/api/permissions/policies', 'PII')
      await api.put(`/api/permissions/policies/${policy.id}`, { name: 'PII', policy_actions: [] })
    },
    shows: 'Analyst'
  },
  'policies of a connection': {
    async edit(api) {
      const { id, name, configuration } = await named(api, '/api/connections', 'Warehouse')
      await api.put(`/api/connections/${id}`, { name, configuration, policies: [] })
    },
    shows: 'Connections'
  },
  'policies of a model': {
    async edit(api) {
      const model = await named(api, '/api/models', 'Users')
      await api.put(`/api/models/${model.id}`, { ...model, fields: null, policies: [] })
    },
    shows: 'Models'
  }
}

test.each(Object.entries(spots))('%s', async (_name, { edit, shows }) => {
  const world = createSandbox({ files: { 'configs/a.yaml': yaml }, env: secrets })
  const first = await world.run('apply', '--yes')
  expect(first.code, first.out + first.err).toBe(0)
  expect((await world.run('drift')).code).toBe(0)
  await edit(client(world.server))
  const drift = await world.run('drift')
  expect(drift.code, drift.out + drift.err).toBe(2)
  expect(drift.out).toContain(shows)
  const healed = await world.run('apply', '--yes')
  expect(healed.code, healed.out + healed.err).toBe(0)
  expect((await world.run('drift')).code).toBe(0)
})

test('a connection that does not work is told, though nothing differs', async () => {
  const world = createSandbox({ files: { 'configs/a.yaml': twoConnections }, env: secrets })
  await world.run('apply', '--yes')
  const source = world.server.store.all('connection').find(({ name }) => name === 'Source')
  world.server.store.edit('connection', source!.id, { status: 'unhealthy', status_error: 'no such host' })
  const drift = await world.run('drift')
  expect(drift.code, drift.out + drift.err).toBe(0)
  expect(drift.out + drift.err).toContain('connection "Source" does not work: no such host')
})
