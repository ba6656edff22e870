import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import { apiVersions, type ApiVersion } from '../../src/wire/common.ts'
import { share } from '../support/samples.ts'
import { expectLife, named, parts, twoConnections, type Life } from '../support/life.ts'

/** One life for each kind, and more where a kind has more sides, in every version of the API that has it. */
const lives: Record<string, Life> = {
  'connection: a setting': {
    yaml: twoConnections,
    async edit(api) {
      const { id, configuration } = await named(api, '/api/connections', 'Source')
      const changed = { ...(configuration as object), hostname: 'elsewhere' }
      await api.put(`/api/connections/${id}`, { name: 'Source', configuration: changed })
    },
    shows: /connection "Source"[\s\S]*elsewhere/
  },
  'model: its query': {
    yaml: `${twoConnections}
models: [{ name: Users, connection: Source, configuration: { table: public.users }, identifier: id }]
`,
    async edit(api) {
      const model = await named(api, '/api/models', 'Users')
      await api.put(`/api/models/${model.id}`, { ...model, fields: ['id', 'email'], identifier: 'email' })
    },
    shows: /model "Users"[\s\S]*identifier/
  },
  'sync: its schedule': {
    yaml: `${twoConnections}
models: [{ name: Users, connection: Source, configuration: { table: public.users } }]
syncs:
  - name: S
    mode: replace
    active: false
    model: Users
    fields: [{ source: email, target: email }]
    target: { connection: Source, object: public.customers }
    schedule: manual
`,
    async edit(api) {
      const { id } = await named(api, '/api/syncs', 'S')
      const sync = (await api.get(`/api/syncs/${id}`)).data
      await api.put(`/api/syncs/${id}`, { ...sync, schedule: { frequency: 'continuous' } })
    },
    shows: /sync "S"[\s\S]*continuous/
  },
  'role: it has nothing but its name': {
    yaml: 'roles: [{ name: Analyst }]\n',
    edit: async (api) =>
      api.delete(`/api/permissions/roles/${(await named(api, '/api/permissions/roles', 'Analyst')).id}`),
    shows: /role "Analyst"/
  },
  'policy: its other actions are nobody’s business': {
    yaml: `roles: [{ name: Analyst }]
policies:
  - name: PII
    policy_actions: [{ action: read, roles: [analyst, ADMIN] }, { action: delete, roles: [] }]
`,
    async edit(api) {
      const policy = await named(api, '/api/permissions/policies', 'PII')
      const { id: member } = await named(api, '/api/permissions/roles', 'Member')
      const policy_actions = parts(policy, 'policy_actions').map((one) =>
        one['action'] === 'read' || one['action'] === 'create' ? { ...one, role_ids: [member] } : one
      )
      await api.put(`/api/permissions/policies/${policy.id}`, { name: 'PII', policy_actions })
    },
    shows: /policy "PII"[\s\S]*Member/
  },
  'user: in any case': {
    yaml: `users: [{ email: Ada.Lovelace@Example.com, roles: [member] }]\n`,
    async edit(api) {
      const { id } = await named(api, '/api/organization/users', 'ada.lovelace@example.com', 'email')
      const { id: admin } = await named(api, '/api/permissions/roles', 'Admin')
      await api.put(`/api/organization/users/${id}`, { role_ids: [admin] })
    },
    shows: /user "Ada.Lovelace@Example.com"[\s\S]*Admin/
  },
  'webhook: somebody points it elsewhere': {
    yaml: 'webhooks: [{ endpoint: "https://a.example/hook", secret: "${env:SECRET}" }]\n',
    async edit(api) {
      const [webhook] = (await api.get('/api/webhooks')).list
      await api.put(`/api/webhooks/${webhook?.id}`, { endpoint: 'https://b.example', secret: 'other' })
    },
    shows: /https:\/\/b\.example/
  },
  'webhook: somebody switches it off': {
    yaml: 'webhooks: [{ endpoint: "https://a.example/hook", secret: "${env:SECRET}", disabled: false }]\n',
    edit: async (api) => api.post(`/api/webhooks/${(await api.get('/api/webhooks')).list[0]?.id}/disable`),
    shows: /disabled/,
    since: '2024-02-08'
  },
  'global_error_subscribers: case is kept': {
    yaml: 'global_error_subscribers: { emails: [Ada@Example.com, bob@example.com] }\n',
    edit: (api) =>
      api.put('/api/notifications/global-error-subscribers', {
        emails: ['ada@example.com', 'bob@example.com']
      }),
    shows: /Ada@Example\.com/,
    since: '2024-02-08'
  },
  'record_logging: somebody switches it off': {
    yaml: `
connections: [{ name: Logs, type: s3, configuration: { auth_mode: access_key_and_secret, aws_access_key_id: a, aws_secret_access_key: "\${env:SECRET}", s3_bucket_name: b, s3_bucket_region: us-east-1 } }]
record_logging: { enabled: true, connection: Logs, prefix: "logs/" }
`,
    edit: (api) =>
      api.put('/api/organization/record-logging', { enabled: false, deliveryPrefix: 'other/' }),
    shows: /record logging "organization"[\s\S]*connection[\s\S]*Logs[\s\S]*prefix/,
    since: '2025-09-18'
  },
  'schema_primary_keys: somebody resets them': {
    yaml: `${twoConnections}
schema_primary_keys: [{ connection: Source, schema: public.users, fields: [email, id] }]
`,
    async edit(api) {
      const { id } = await named(api, '/api/connections', 'Source')
      await api.put(`/api/connections/${id}/schemas/public.users/primary_keys`, {
        fields: [{ field_id: 'first_name', is_primary_key: true }]
      })
    },
    shows: /schema primary keys "Source public.users"[\s\S]*email/,
    since: '2024-02-08'
  },
  'schema_fields: somebody adds one, and changes another': {
    yaml: `${twoConnections}
schema_fields:
  - connection: Source
    schema: public.users
    fields:
      - { id: address.city, label: City, type: string, path: $.address.city }
      - { id: price, definition: [decimal, { precision: 9, scale: 2 }] }
      - { id: email, label: Mail }
`,
    async edit(api) {
      const { id } = await named(api, '/api/connections', 'Source')
      const path = `/api/connections/${id}/schemas/public.users/fields`
      await api.post(path, { fields: [{ field_id: 'more', label: 'More', type: 'string' }] })
      await api.patch(`${path}/price`, { type: 'string' })
      await api.delete(`${path}/email`)
    },
    shows: /schema fields "Source public.users"[\s\S]*email[\s\S]*more[\s\S]*price[\s\S]*number/,
    since: '2025-09-18',
    shape: 'newest'
  },
  'bulk_sync: all of its source': {
    yaml: `${twoConnections}
bulk_syncs:
  - name: All
    mode: replicate
    source: { connection: Source }
    destination: { connection: Warehouse, configuration: { schema: raw } }
    default_schedule: { frequency: daily, hour: 5, minute: "05" }
`,
    async edit(api) {
      const sync = await named(api, '/api/bulk/syncs', 'All')
      const body = { ...sync, destination_configuration: { schema: 'other' } }
      await api.put(`/api/bulk/syncs/${sync.id}`, body)
    },
    shows: /bulk sync "All"[\s\S]*schema[\s\S]*raw/
  },
  'bulk_sync: some objects, and some of their fields': {
    yaml: `${twoConnections}
bulk_syncs:
  - name: Some
    mode: replicate
    active: false
    source: { connection: Source }
    destination: { connection: Warehouse, configuration: { schema: raw } }
    schemas:
      - public.orders
      - { id: public.users, fields: [id, { id: email, obfuscate: true }], partition_key: id }
    default_schedule: manual
`,
    async edit(api) {
      const { id } = await named(api, '/api/bulk/syncs', 'Some')
      const users = (await api.get(`/api/bulk/syncs/${id}/schemas/public.users`)).data
      const fields = parts(users, 'fields').map((one) => ({ ...one, obfuscated: false, enabled: true }))
      await api.put(`/api/bulk/syncs/${id}/schemas/public.users`, { ...users, fields })
    },
    shows: /schemas[\s\S]*public\.users[\s\S]*obfuscate/
  },
  'bulk_sync: everything that can be said of a schema': {
    yaml: `${twoConnections}
policies: [{ name: Bulk, policy_actions: [] }]
bulk_syncs:
  - name: Everything
    mode: replicate
    active: true
    source: { connection: Source, configuration: { replication_slot: mine } }
    destination: { connection: Warehouse, configuration: { schema: raw, advanced: { hard_deletes: true } } }
    schemas:
      - id: public.users
        fields:
          - { id: id, user_output_name: user_id }
          - { id: email, obfuscate: true }
          - { id: company, enabled: false }
        filters:
          - { field_id: created_at, function: onOrAfter, value: "2024-01-01" }
          - { field_id: email, function: IsNotNull }
        tracking_field: updated_at
        partition_key: id
        user_output_name: people
        data_cutoff_timestamp: 2024-01-01T01:00:00+01:00
      - { id: public.orders, disable_data_cutoff: true }
      - { id: public.customers, enabled: false }
    automatically_add_new_objects: none
    automatically_add_new_fields: none
    normalize_names: legacy
    concurrency_limit: 5
    resync_concurrency_limit: 2
    data_cutoff_timestamp: 2023-01-01T00:00:00Z
    disable_record_timestamps: true
    default_schedule: { frequency: hourly, minute: 5 }
    policies: [bulk]
`,
    async edit(api) {
      const { id } = await named(api, '/api/bulk/syncs', 'Everything')
      const schemas = [{ id: 'public.customers', enabled: true }]
      await api.patch(`/api/bulk/syncs/${id}/schemas`, { schemas })
    },
    shows: /public\.customers/,
    since: '2024-02-08'
  },
  'bulk_sync: more schedules than one': {
    yaml: `${twoConnections}
bulk_syncs:
  - name: Often
    mode: replicate
    source: { connection: Source }
    destination: { connection: Warehouse, configuration: { schema: raw } }
    default_schedule: { frequency: daily, hour: 1, minute: 0 }
    additional_schedules:
      - { frequency: continuous, selective_mode: incrementalFields }
      - frequency: weekly
        day_of_week: monday
        hour: 4
        minute: 0
        schemas: [public.orders]
        resync_mode: resync
`,
    async edit(api) {
      const sync = await named(api, '/api/bulk/syncs', 'Often')
      const [first, ...others] = parts(sync, 'additional_schedules')
      const additional_schedules = [{ ...first, frequency: 'hourly', minute: '7' }, ...others]
      await api.put(`/api/bulk/syncs/${sync.id}`, { ...sync, additional_schedules })
    },
    shows: /additional_schedules/,
    since: '2025-09-18'
  }
}

/** The versions in which one life is tried: of few samples each life is in one of those that have it. */
function versionsOf([, { since }]: [string, Life], at: number): readonly ApiVersion[] {
  const has = apiVersions.filter((version) => since === undefined || version >= since)
  return share(has, at % has.length, has.length)
}

describe.each(apiVersions)('API %s', (version) => {
  const has = Object.entries(lives).filter((life, at) => versionsOf(life, at).includes(version))
  test.each(has)('%s', async (_name, life) => {
    await expectLife(life, version)
  })
})

test('every kind has a life', () => {
  const lived = new Set(Object.keys(lives).map((name) => name.split(':')[0]))
  expect(kinds.managed.map(({ name }) => name).filter((name) => !lived.has(name))).toEqual([])
})
