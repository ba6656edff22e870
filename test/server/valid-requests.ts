import { expect } from 'vitest'
import { bulkWorld } from './bulk-world.ts'
import { client, postgres, testServer, tutorialSync, tutorialWorld, type Client } from './client.ts'

/** A request that is understood: of which address, with what, by whom. */
export interface SentRequest {
  path: string
  body: unknown
  api: Client
}

/** A valid body for each route that takes one; each is sent to things of its own. */
export async function validRequests(from = testServer()): Promise<Record<string, SentRequest>> {
  const world = await bulkWorld(from)
  const { server, api } = world
  const partner = client(server, '2025-09-18', `Bearer ${server.store.addPartnerKey()}`)
  const organization = server.organizationId
  const tutorial = await tutorialWorld(server, api)
  const role = (await api.post('/api/permissions/roles', { name: 'R' })).data.id
  const policyBody = { name: 'P', policy_actions: [{ action: 'read', role_ids: [role] }] }
  const policy = (await api.post('/api/permissions/policies', policyBody)).data.id
  const userBody = { email: 'a@b.example', role_ids: [role] }
  const user = (await api.post('/api/organization/users', userBody)).data.id
  const hookBody = { endpoint: 'https://x.example', secret: 's' }
  const hook = (await api.post('/api/webhooks', hookBody)).data.id
  const other = (await partner.post('/api/organizations', { name: 'Other' })).data.id
  const modelBody = {
    name: 'M',
    connection_id: tutorial.mongo.id,
    configuration: { database: 'example', collection: 'users' },
    additional_fields: [{ name: 'x', label: 'X', type: 'string', example: 'e' }],
    relations: [{ from: 'email', to: { model_id: tutorial.model.id, field: 'email' } }],
    enricher: {
      connection_id: tutorial.mongo.id,
      configuration: { object: 'people' },
      mappings: { email: 'email' },
      fields: [{ name: 'f' }]
    }
  }
  const model = (await api.post('/api/models', modelBody)).data.id
  const field = { model_id: tutorial.model.id, field: 'email' }
  const syncBody = tutorialSync(tutorial, {
    mode: 'update',
    filters: [{ field, field_type: 'Model', function: 'Equality', value: { a: 1 }, label: 'A' }],
    overrides: [{ field, function: 'Equality', value: 1, override: 2 }],
    override_fields: [{ target: 'LeadSource', override_value: 'x' }],
    target: {
      connection_id: tutorial.salesforce.id,
      object: 'Contact',
      configuration: { a: 1 },
      search_values: {}
    }
  }) as Record<string, unknown>
  const { filters: _filters, ...newer } = syncBody
  const newerBody = {
    ...newer,
    identities: {
      mappings: [{ source: field, target: 'Email', function: 'Equality', new_field: false }],
      strategy: 'priority'
    },
    model_filters: { conditions: [{ source: field, function: 'Equality', value: { a: 1 } }], logic: 'A' },
    target_filters: { conditions: [{ field: 'Title', function: 'Equality', value_source: field }] }
  }
  const madeSync = (await api.post('/api/syncs', syncBody)).data
  const texts = ['preview', 'organization', 'made_at', 'definition', 'digest', 'signature']
  const seal = {
    ...Object.fromEntries(texts.map((name) => [name, name])),
    of: madeSync.id,
    identities: [],
    resync: false,
    redacted: false,
    listed: 1
  }
  const waiting = { frequency: 'runafter', run_after: { sync_ids: [madeSync.id] } }
  const schema = {
    id: 'contacts',
    fields: [{ id: 'email' }],
    filters: [{ function: 'IsNull', field_id: 'email' }]
  }
  const bulkBody = world.request({
    source_configuration: { a: 1 },
    destination_configuration: { schema: 'raw', advanced: {} },
    additional_schedules: [{ frequency: 'hourly', minute: '1' }],
    schemas: [schema]
  })
  const bulk = await world.make({ schemas: [schema] })
  const schedule = { schedule: { frequency: 'hourly', minute: '1' } }
  const schedules = `/api/bulk/syncs/${bulk.id}/schedules`
  const oneSchedule = (await api.post(schedules, schedule)).data.id
  const configured = (await api.post('/api/connections', { ...postgres, name: 'Own' })).data.id
  const enrichment = await api.post('/api/connections', {
    name: 'Enrichment',
    type: 'httpenrichment',
    configuration: { method: 'GET', url: 'https://x.example', inputMappings: [{ name: 'email' }] }
  })
  const shared = { child_organization_id: other, name: 'Lent' }
  const fields = { fields: [{ field_id: 'x', label: 'X', type: 'string', example: 'e' }] }
  const inBulk = `/api/bulk/syncs/${bulk.id}`
  const schemas = `/api/connections/${world.hubspot.id}/schemas`
  const connectionBody = {
    ...postgres,
    name: 'Made',
    configuration: { ...postgres.configuration, ssl: true }
  }
  const users = `/api/organizations/${organization}/users`
  const detected = `${schemas}/contacts/fields/email`
  expect(enrichment.status, enrichment.text).toBe(200)
  const table: Record<string, Omit<SentRequest, 'api'> & { api?: Client }> = {
    'POST /api/connections': { path: '/api/connections', body: connectionBody },
    'PUT /api/connections/:id': {
      path: `/api/connections/${configured}`,
      body: { ...postgres, name: 'Own' }
    },
    'PUT /api/connections/:id/proxy/settings': {
      path: `/api/connections/${world.hubspot.id}/proxy/settings`,
      body: { enabled: true }
    },
    'PUT /api/organization/record-logging': {
      path: '/api/organization/record-logging',
      body: { enabled: true }
    },
    'POST /api/connections/test': { path: '/api/connections/test', body: postgres },
    'POST /api/connections/connect': {
      path: '/api/connections/connect',
      body: { name: 'C', redirect_url: 'https://x.example', ttl: 60, use_organization_name: true }
    },
    'POST /api/organizations/:organization/connections/:id/shared': {
      path: `/api/organizations/${organization}/connections/${world.postgres.id}/shared`,
      body: shared,
      api: partner
    },
    'POST /api/connections/:id/share': {
      path: `/api/connections/${world.postgres.id}/share`,
      body: shared,
      api: partner
    },
    'POST /api/connections/:id/query': {
      path: `/api/connections/${tutorial.mongo.id}/query`,
      body: { query: 'select email from example.users limit 1' }
    },
    'POST /api/connection_types/:id/parameter_values': {
      path: '/api/connection_types/linkedinads/parameter_values',
      body: { field: 'client_id', parameters: { oauth_refresh_token: 't' } }
    },
    'POST /api/enrichment/:id/inputfields': {
      path: `/api/enrichment/${enrichment.data.id}/inputfields`,
      body: { configuration: {} }
    },
    'POST /api/connections/:id/source/fields': {
      path: `/api/connections/${tutorial.mongo.id}/source/fields`,
      body: { query: { database: 'example', collection: 'users' } }
    },
    'POST /api/connections/:id/target/fields': {
      path: `/api/connections/${tutorial.salesforce.id}/target/fields`,
      body: { target: 'Contact', refresh: false }
    },
    'POST /api/connections/:id/schemas/refresh': { path: `${schemas}/refresh`, body: {} },
    'PUT /api/connections/:id/schemas/:schema/primary_keys': {
      path: `${schemas}/contacts/primary_keys`,
      body: { fields: [{ field_id: 'email', is_primary_key: true }] }
    },
    'POST /api/connections/:id/schemas/:schema/fields': {
      path: `${schemas}/contacts/fields`,
      body: fields
    },
    'PATCH /api/connections/:id/schemas/:schema/fields/:field': {
      path: detected,
      body: { label: 'L', example: 'e' }
    },
    'POST /api/models': { path: '/api/models', body: { ...modelBody, name: 'N' } },
    'PUT /api/models/:id': { path: `/api/models/${model}`, body: modelBody },
    'POST /api/model-preview': { path: '/api/model-preview', body: modelBody },
    'POST /api/syncs': { path: '/api/syncs', body: newerBody },
    'PUT /api/syncs/:id': {
      path: `/api/syncs/${madeSync.id}`,
      body: { ...syncBody, schedule: waiting, encryption_passphrase: 'p' }
    },
    'POST /api/syncs/:id/activate': { path: `/api/syncs/${madeSync.id}/activate`, body: { active: false } },
    'POST /api/syncs/:id/executions': { path: `/api/syncs/${madeSync.id}/executions`, body: {} },
    'POST /polyctl/syncs/:id/executions': {
      path: `/polyctl/syncs/${madeSync.id}/executions`,
      body: { start: {}, limit: 1, guards: { creates: { most: 1, share: 0.5 }, empty_source: true } }
    },
    'PUT /polyctl/syncs/:id/guards': {
      path: `/polyctl/syncs/${madeSync.id}/guards`,
      body: {
        guards: { removes: { most: 1, share: 0.5 } },
        without: ['empty_source'],
        assertions: [{ asserts: 'unique', fields: ['email'] }]
      }
    },
    'POST /polyctl/syncs/:id/previews': {
      path: `/polyctl/syncs/${madeSync.id}/previews`,
      body: {
        start: {},
        limit: 1,
        guards: {},
        most: { written: 1, others: 1 },
        tells: { identities: true, values: false },
        redacted: false
      }
    },
    'POST /polyctl/previews': {
      path: '/polyctl/previews',
      body: {
        start: {},
        most: { written: 0, others: 0 },
        tells: { identities: false, values: false },
        redacted: true,
        as: tutorialSync(tutorial, { name: 'Previewed' })
      }
    },
    'POST /polyctl/previews/:id/end': { path: `/polyctl/previews/${madeSync.id}/end`, body: {} },
    'POST /polyctl/approvals': { path: '/polyctl/approvals', body: seal },
    'POST /polyctl/approvals/:id/records': {
      path: `/polyctl/approvals/${madeSync.id}/records`,
      body: { from: 0, records: [{ key: 'k', operation: 'insert', mark: 'm', fields: [], identity: [] }] }
    },
    'PUT /api/syncs/:id/error-handling': {
      path: `/api/syncs/${madeSync.id}/error-handling`,
      body: { subscribers: [] }
    },
    'PUT /api/bulk/syncs/:id/error-handling': {
      path: `${inBulk}/error-handling`,
      body: { ingestion_failure_threshold: 5 }
    },
    'POST /api/syncs/:id/cancel': { path: `/api/syncs/${madeSync.id}/cancel`, body: {} },
    'POST /api/permissions/roles': { path: '/api/permissions/roles', body: { name: 'Q' } },
    'PUT /api/permissions/roles/:id': { path: `/api/permissions/roles/${role}`, body: { name: 'R' } },
    'POST /api/permissions/policies': { path: '/api/permissions/policies', body: policyBody },
    'PUT /api/permissions/policies/:id': { path: `/api/permissions/policies/${policy}`, body: policyBody },
    'POST /api/organization/users': { path: '/api/organization/users', body: { email: 'c@d.example' } },
    'PUT /api/organization/users/:id': { path: `/api/organization/users/${user}`, body: userBody },
    'POST /api/organizations/:organization/users': {
      path: users,
      body: { email: 'e@f.example' },
      api: partner
    },
    'PUT /api/organizations/:organization/users/:id': {
      path: `${users}/${user}`,
      body: userBody,
      api: partner
    },
    'POST /api/organizations/:organization/users/:id/keys': {
      path: `${users}/${user}/keys?force=true`,
      body: {},
      api: partner
    },
    'POST /api/organizations': { path: '/api/organizations', body: { name: 'New' }, api: partner },
    'PUT /api/organizations/:id': {
      path: `/api/organizations/${other}`,
      body: { name: 'Other' },
      api: partner
    },
    'PUT /api/notifications/global-error-subscribers': {
      path: '/api/notifications/global-error-subscribers',
      body: { emails: [] }
    },
    'POST /api/webhooks': { path: '/api/webhooks', body: hookBody },
    'PUT /api/webhooks/:id': { path: `/api/webhooks/${hook}`, body: hookBody },
    'POST /api/webhooks/:id/disable': { path: `/api/webhooks/${hook}/disable`, body: {} },
    'POST /api/webhooks/:id/enable': { path: `/api/webhooks/${hook}/enable`, body: {} },
    'POST /api/bulk/syncs': { path: '/api/bulk/syncs', body: { ...bulkBody, name: 'Another' } },
    'PUT /api/bulk/syncs/:id': { path: inBulk, body: bulkBody },
    'POST /api/bulk/syncs/:id/activate': { path: `${inBulk}/activate`, body: { active: false } },
    'POST /api/bulk/syncs/:id/cancel': { path: `${inBulk}/cancel`, body: {} },
    'POST /api/bulk/syncs/:id/executions': { path: `${inBulk}/executions`, body: { test: false } },
    'PATCH /api/bulk/syncs/:id/schemas': { path: `${inBulk}/schemas`, body: { schemas: [schema] } },
    'PUT /api/bulk/syncs/:id/schemas/:schema': { path: `${inBulk}/schemas/contacts`, body: schema },
    'POST /api/bulk/syncs/:id/schemas/:schema/cancel': {
      path: `${inBulk}/schemas/contacts/cancel`,
      body: {}
    },
    'POST /api/bulk/syncs/:id/schedules': { path: schedules, body: schedule },
    'PUT /api/bulk/syncs/:id/schedules/:schedule': { path: `${schedules}/${oneSchedule}`, body: schedule }
  }
  return Object.fromEntries(Object.entries(table).map(([name, sent]) => [name, { api, ...sent }]))
}
