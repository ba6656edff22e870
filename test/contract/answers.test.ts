/** Every route, in every version and shape: its answer has the members that the clients of it read. */
import { expect, test } from 'vitest'
import { absentRoutes } from '../../src/server/kinds/absent.ts'
import { routes } from '../../src/server/routes.ts'
import { apiVersions } from '../../src/wire/common.ts'
import { client, testServer, type Client, type Reply } from '../server/client.ts'
import { validRequests, type SentRequest } from '../server/valid-requests.ts'
import { versionsInShapes } from '../support/shapes.ts'
import * as is from './answer-shapes.ts'
import type { At, Shape } from './answer-shapes.ts'

/** No body, or a refusal with one of these words as its key. */
type Expected = Shape | ((at: At) => Shape) | { none: true } | { refused: string }

const none = { none: true } as const
const refused = (key: string): Expected => ({ refused: key })
const one =
  (of: (at: At) => Shape): Expected =>
  (at) =>
    is.data(of(at))
const all =
  (of: (at: At) => Shape): Expected =>
  (at) =>
    is.data([of(at)])
const paged =
  (of: (at: At) => Shape): Expected =>
  (at) =>
    at.version === '2025-09-18' ? is.page(of(at)) : is.data([of(at)])

const execution = '/api/syncs/:id/executions/:execution'
const bulkExecution = '/api/bulk/syncs/:id/executions/:execution'
const ofOrganization = '/api/organizations/:organization'
const logs = ['records', 'errors', 'inserts', 'updates', 'warnings', 'deletes']

/** By path, then by method. */
const table: Record<string, Record<string, Expected>> = {
  '/api/entities/:id': { GET: is.data(is.entity) },
  '/api/organizations/entities/:id': { GET: is.data(is.entity) },
  '/api/me': { GET: one(is.me) },
  '/api/organization': { GET: is.data(is.organization) },
  '/api/organizations': { GET: is.data([is.organization]), POST: is.data(is.organization) },
  '/api/organizations/:id': { GET: is.data(is.organization), PUT: is.data(is.organization), DELETE: none },
  '/api/organization/record-logging': { GET: is.data(is.recordLogging), PUT: is.data(is.recordLogging) },
  '/api/connection_types': { GET: all(is.connectionType) },
  '/api/connection_types/:id': {
    GET: { $schema: 'text', $id: 'text', properties: 'object', type: 'text', 'required?': ['text'] }
  },
  '/api/connections/connect': { POST: is.data(is.connectCard) },
  '/api/connections/connect/session': { GET: is.data(is.connectSession) },
  '/api/connections/:id/proxy/settings': { GET: is.data(is.proxySettings), PUT: is.data(is.proxySettings) },
  '/api/connections/:id/usage': { GET: is.data(is.usage) },
  '/api/connections/:id/ingest/consolelog': { GET: is.data(is.consoleLog) },
  '/api/connections': { GET: all(is.connection), POST: one(is.connectionReply) },
  '/api/connections/test': { POST: none },
  '/api/connections/:id': { GET: one(is.connection), PUT: one(is.connectionReply), DELETE: none },
  '/api/connections/:id/parameter_values': { GET: is.data(is.parameterValues) },
  '/api/connection_types/:id/parameter_values': { POST: is.data(is.parameterValues) },
  '/api/connections/:id/shared': { GET: all(is.connection) },
  [`${ofOrganization}/connections/:id/shared`]: { GET: all(is.connection), POST: is.data({ id: 'text' }) },
  '/api/connections/:id/share': { POST: is.data({ id: 'text' }) },
  '/api/connections/:id/query': { POST: is.data(is.query) },
  '/api/queries/:id': { GET: { data: is.query, 'links?': { 'next?': 'text', 'previous?': 'text' } } },
  '/api/connections/:id/modelsync/enrichment-source': { GET: is.data(is.sourceMeta) },
  '/api/enrichment/:id/inputfields': { POST: is.data([['text']]) },
  '/api/connections/:id/modelsync/source': { GET: is.data(is.sourceMeta) },
  '/api/connections/:id/source': { GET: is.data(is.sourceMeta) },
  '/api/connections/:id/modelsync/source/fields': { GET: is.data([is.sourceField]) },
  '/api/connections/:id/source/fields': { POST: is.data([is.sourceField]) },
  '/api/connections/:id/modelsync/targetobjects': { GET: is.targetObjects },
  '/api/connections/:id/modelsync/targetobjects/properties/:property': { GET: is.data(is.targetProperty) },
  '/api/connections/:id/modelsync/target/fields': { GET: one(is.targetFields) },
  '/api/connections/:id/target/fields': { POST: one(is.targetFields) },
  '/api/connections/:id/modelsync/target': { GET: is.data(is.sourceMeta) },
  '/api/connections/:id/target': { GET: is.data(is.sourceMeta) },
  '/api/connections/:id/schemas/status': { GET: is.data(is.schemaStatus) },
  '/api/connections/:id/schemas/refresh': { POST: none },
  '/api/connections/:id/schemas/:schema': { GET: one(is.schema) },
  '/api/connections/:id/schemas/:schema/records': { GET: refused('no_runner') },
  '/api/connections/:id/:schema/records': { GET: refused('no_runner') },
  '/api/connections/:id/schemas/:schema/primary_keys': { PUT: none, DELETE: none },
  '/api/connections/:id/schemas/:schema/fields': { POST: none },
  '/api/connections/:id/schemas/:schema/fields/:field': { PATCH: one(is.oneField), DELETE: none },
  '/api/connections/:id/bulksync/source': { GET: one(is.bulkSource) },
  '/api/connections/:id/bulksync/target': { GET: one(is.bulkDestination) },
  '/api/bulk/source/:id': { GET: one(is.bulkSource) },
  '/api/bulk/source/:id/status': { GET: is.data(is.schemaStatus) },
  '/api/bulk/source/:id/schema/:schema': { GET: one(is.schema) },
  '/api/bulk/dest/:id': { GET: one(is.bulkDestination) },
  '/api/models': { GET: paged(is.model), POST: one(is.model) },
  '/api/model-preview': { POST: { job: is.job } },
  '/api/models/:id': { GET: one(is.model), PUT: one(is.model), DELETE: none },
  '/api/models/:id/sample': { GET: refused('no_runner') },
  '/api/syncs': {
    GET: (at) => (at.version === '2025-09-18' ? is.page(is.syncItem(at)) : is.data([is.sync(at)])),
    POST: one(is.sync)
  },
  '/api/syncs/schedules': { GET: is.data(is.scheduleOptions) },
  '/api/syncs/:id': { GET: one(is.sync), PUT: one(is.sync), DELETE: none },
  '/api/syncs/:id/activate': { POST: is.data(is.activated) },
  '/api/syncs/:id/error-handling': { GET: is.data(is.errorHandling), PUT: is.data(is.errorHandling) },
  '/api/bulk/syncs/:id/error-handling': {
    GET: is.data(is.bulkErrorHandling),
    PUT: is.data(is.bulkErrorHandling)
  },
  '/api/syncs/:id/executions': { GET: is.page('object'), POST: refused('no_runner') },
  [execution]: { GET: refused('not_found'), PUT: refused('not_found') },
  [`${execution}/cancel`]: { POST: refused('not_found') },
  [`${execution}/logs`]: { GET: refused('not_found') },
  [`${execution}/consolelog`]: { GET: refused('not_found') },
  ...Object.fromEntries(
    logs.flatMap((type) => [
      [`${execution}/${type}`, { GET: refused('not_found') }],
      [`${execution}/${type}/:file`, { GET: refused('not_found') }]
    ])
  ),
  '/api/syncs/:id/status': { GET: is.data(is.status) },
  '/api/syncs/:id/cancel': { POST: is.message },
  '/api/jobs/:type/:id': { GET: is.data(is.job) },
  '/api/events_types': { GET: is.data(['text']) },
  '/api/events': { GET: is.data([is.event]) },
  '/api/permissions/roles': { GET: is.data([is.role]), POST: is.data(is.role) },
  '/api/permissions/roles/:id': { GET: is.data(is.role), PUT: is.data(is.role), DELETE: none },
  '/api/permissions/policies': { GET: is.data([is.policy]), POST: is.data(is.policy) },
  '/api/permissions/policies/:id': { GET: is.data(is.policy), PUT: is.data(is.policy), DELETE: none },
  '/api/organization/users': { GET: all(is.readUser), POST: is.data(is.user) },
  '/api/organization/users/:id': { GET: one(is.readUser), PUT: is.data(is.user), DELETE: is.data(is.user) },
  [`${ofOrganization}/users`]: { GET: all(is.readUser), POST: is.data(is.user) },
  [`${ofOrganization}/users/:id`]: {
    GET: one(is.readUser),
    PUT: is.data(is.user),
    DELETE: is.data(is.user)
  },
  [`${ofOrganization}/users/:id/keys`]: { POST: is.data({ value: 'text' }) },
  '/api/notifications/global-error-subscribers': { GET: { emails: ['text'] }, PUT: { emails: ['text'] } },
  '/api/webhooks': { GET: all(is.webhook), POST: one(is.webhook) },
  '/api/webhooks/:id': { GET: one(is.webhook), PUT: one(is.webhook), DELETE: none },
  '/api/webhooks/:id/disable': { POST: one(is.webhook) },
  '/api/webhooks/:id/enable': { POST: one(is.webhook) },
  '/api/bulk/syncs/status': { GET: is.data([is.bulkStatus]) },
  '/api/bulk/syncs/:id/status': { GET: is.data(is.status) },
  '/api/bulk/syncs/:id/cancel': { POST: is.message },
  '/api/bulk/syncs/:id/executions': { GET: is.page('object'), POST: refused('no_runner') },
  [bulkExecution]: { GET: refused('not_found') },
  [`${bulkExecution}/cancel`]: { POST: refused('not_found') },
  [`${bulkExecution}/logs`]: { GET: refused('not_found') },
  [`${bulkExecution}/logs/export`]: { POST: refused('not_found') },
  [`${bulkExecution}/consolelog`]: { GET: refused('not_found') },
  [`${bulkExecution}/schemas/:schema/consolelog`]: { GET: refused('not_found') },
  '/api/bulk/syncs': { GET: paged(is.bulkSync), POST: one(is.bulkSync) },
  '/api/bulk/syncs/:id': { GET: one(is.bulkSync), PUT: one(is.bulkSync), DELETE: none },
  '/api/bulk/syncs/:id/activate': { POST: is.data(is.activated) },
  '/api/bulk/syncs/:id/schemas': { GET: all(is.bulkSchemaItem), PATCH: all(is.bulkSchema) },
  '/api/bulk/syncs/:id/schemas/:schema': { GET: one(is.bulkSchema), PUT: one(is.bulkSchema) },
  '/api/bulk/syncs/:id/schemas/:schema/cancel': { POST: is.message },
  '/api/bulk/syncs/:id/schedules': {
    GET: is.data([is.bulkScheduleItem]),
    POST: is.data(is.bulkScheduleItem)
  },
  '/api/bulk/syncs/:id/schedules/:schedule': {
    GET: is.data(is.bulkScheduleItem),
    PUT: is.data(is.bulkScheduleItem),
    DELETE: none
  }
}

/** Pages for people, and what is not served: no client reads a member of these. */
const isForClients = ({ path }: { path: string }) =>
  path.startsWith('/api/') && !absentRoutes.some((absent) => absent.path === path)

/** PATCH is the update of the oldest version, where the newer ones have PUT. */
function expectedOf(method: string, path: string): Expected | undefined {
  return table[path]?.[method] ?? (method === 'PATCH' ? table[path]?.['PUT'] : undefined)
}

test('every route that clients call is in the table, and no other', () => {
  const served = routes.filter(isForClients)
  expect(served.filter(({ method, path }) => expectedOf(method, path) === undefined)).toEqual([])
  const known = new Set(served.map(({ method, path }) => `${method} ${path}`))
  const rows = Object.entries(table).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`)
  )
  expect(rows.filter((row) => !known.has(row))).toEqual([])
})

/** What ids stand for in the addresses of things that are there: by the address up to the id. */
function idsOf(requests: Record<string, SentRequest>): Map<string, string> {
  const ids = new Map<string, string>()
  for (const [name, { path }] of Object.entries(requests)) {
    const pattern = name.slice(name.indexOf(' ') + 1).split('/')
    const parts = path.split('?')[0]!.split('/')
    for (const [index, part] of pattern.entries())
      if (part.startsWith(':')) ids.set(pattern.slice(0, index + 1).join('/'), parts[index]!)
  }
  return ids
}

/** An address for a pattern: with ids of things that fit, and what it must be asked. */
function addressOf(pattern: string, ids: Map<string, string>, fixed: Record<string, string>): string {
  const own = fixed[pattern]
  if (own !== undefined) return own
  const parts = pattern.split('/')
  return parts
    .map((part, index) =>
      part.startsWith(':') ? (ids.get(parts.slice(0, index + 1).join('/')) ?? 'none') : part
    )
    .join('/')
}

function faultsOf(reply: Reply, expected: Expected, at: At): string[] {
  if (typeof expected === 'object' && 'refused' in expected) {
    const key = reply.body['key'] === expected.refused ? [] : [`key is ${String(reply.body['key'])}`]
    return [...key, ...(reply.status >= 400 ? [] : ['is not refused']), ...is.faults(is.error, reply.body)]
  }
  if (reply.status >= 300) return [`status ${reply.status}: ${reply.text}`]
  if (typeof expected === 'object' && 'none' in expected)
    return reply.text === '' ? [] : [`has ${reply.text}`]
  return is.faults(typeof expected === 'function' ? expected(at) : expected, reply.body)
}

interface World {
  requests: Record<string, SentRequest>
  ids: Map<string, string>
  fixed: Record<string, string>
  /** The key of a person of the organization, and a partner's. */
  keys: (version: At['version']) => { own: Client; partner: Client }
}

async function worldOf(newest: boolean): Promise<World> {
  const server = testServer({ shape: newest ? 'newest' : 'older' })
  const all = Object.entries(await validRequests(server))
  // What is beside the API has no clients but polyctl.
  const requests = Object.fromEntries(all.filter(([name]) => !name.includes(' /polyctl/')))
  const ids = idsOf(requests)
  const partnerKey = server.store.addPartnerKey()
  const own = client(server)
  const sourceId = requests['POST /api/connections/:id/source/fields']!.path.split('/')[3]!
  const target = requests['POST /api/connections/:id/target/fields']!.path.split('/')[3]!
  const enriched = requests['POST /api/enrichment/:id/inputfields']!.path.split('/')[3]!
  const schema = requests['POST /api/connections/:id/schemas/:schema/fields']!.path.split('/fields')[0]!
  const from = schema.split('/')[3]!
  const bucket = (await own.get('/api/connections')).list.find(
    ({ type }) => (type as { id: string }).id === 'postgresql'
  )!
  const query = requests['POST /api/connections/:id/query']!
  const queryId = (await query.api.post(query.path, query.body)).data.id
  const preview = requests['POST /api/model-preview']!
  const job = (await preview.api.post(preview.path, newName('POST', preview.body))).body['job'] as {
    job_id: string
  }
  const card = requests['POST /api/connections/connect']!
  const token = (await card.api.post(card.path, { ...(card.body as object), ttl: 604_800 })).data['token']
  const organization = server.organizationId
  const choice = `mode=create&target=Contact`
  const fixed = {
    '/api/entities/:id': `/api/entities/${sourceId}`,
    '/api/organizations/entities/:id': `/api/organizations/entities/${sourceId}`,
    '/api/connection_types/:id': '/api/connection_types/postgresql',
    '/api/connections/connect/session': `/api/connections/connect/session?token=${String(token)}`,
    '/api/queries/:id': `/api/queries/${queryId}`,
    '/api/jobs/:type/:id': `/api/jobs/previewmodel/${job.job_id}`,
    '/api/connections/:id/modelsync/enrichment-source': `/api/connections/${enriched}/modelsync/enrichment-source`,
    '/api/connections/:id/modelsync/source': `/api/connections/${sourceId}/modelsync/source`,
    '/api/connections/:id/source': `/api/connections/${sourceId}/source`,
    '/api/connections/:id/modelsync/source/fields': `/api/connections/${sourceId}/modelsync/source/fields?database=example&collection=users`,
    '/api/connections/:id/modelsync/targetobjects': `/api/connections/${target}/modelsync/targetobjects?include_target_creation_values=true`,
    '/api/connections/:id/modelsync/targetobjects/properties/:property': `/api/connections/${bucket.id}/modelsync/targetobjects/properties/name`,
    '/api/connections/:id/modelsync/target/fields': `/api/connections/${target}/modelsync/target/fields?${choice}`,
    '/api/connections/:id/modelsync/target': `/api/connections/${target}/modelsync/target`,
    '/api/connections/:id/target': `/api/connections/${target}/target`,
    '/api/connections/:id/schemas/status': `/api/connections/${from}/schemas/status`,
    '/api/connections/:id/schemas/:schema': schema,
    '/api/connections/:id/schemas/:schema/records': `${schema}/records`,
    '/api/connections/:id/:schema/records': `/api/connections/${from}/contacts/records`,
    '/api/connections/:id/bulksync/source': `/api/connections/${from}/bulksync/source`,
    '/api/connections/:id/bulksync/target': `/api/connections/${bucket.id}/bulksync/target`,
    '/api/bulk/source/:id': `/api/bulk/source/${from}`,
    '/api/bulk/source/:id/status': `/api/bulk/source/${from}/status`,
    '/api/bulk/source/:id/schema/:schema': `/api/bulk/source/${from}/schema/contacts`,
    '/api/bulk/dest/:id': `/api/bulk/dest/${bucket.id}`,
    '/api/bulk/syncs/status': '/api/bulk/syncs/status?all=true',
    '/api/organizations/:id': `/api/organizations/${organization}`
  }
  return {
    requests,
    ids,
    fixed,
    keys: (version) => ({
      own: client(server, version),
      partner: client(server, version, `Bearer ${partnerKey}`)
    })
  }
}

const places = versionsInShapes.map(({ version, shape }) => ({ version, newest: shape === 'newest' }))

test.each(places)(
  'each read of $version (newest: $newest) has the members that clients read',
  async (at) => {
    const { ids, fixed, keys } = await worldOf(at.newest)
    const { own, partner } = keys(at.version)
    const wrong: string[] = []
    for (const { method, path, access } of routes.filter(isForClients)) {
      if (method !== 'GET') continue
      const isPartners = access === 'partner' || path.startsWith('/api/organizations')
      const reply = await (isPartners ? partner : own).get(addressOf(path, ids, fixed))
      wrong.push(...faultsOf(reply, expectedOf('GET', path)!, at).map((fault) => `${path}: ${fault}`))
    }
    expect(wrong).toEqual([])
  }
)

test.each([false, true])(
  'each write and each deletion (newest: %s) answers with the members that clients read',
  async (newest) => {
    const { requests, ids, keys } = await worldOf(newest)
    const at: At = { version: '2025-09-18', newest }
    const { own, partner } = keys(at.version)
    const wrong: string[] = []
    const check = (name: string, reply: Reply): void => {
      const [method = '', pattern = ''] = name.split(' ')
      const found = faultsOf(reply, expectedOf(method, pattern)!, at)
      wrong.push(...found.map((fault) => `${name}: ${fault}`))
    }
    const write = async (name: string): Promise<void> => {
      const { path, body, api } = requests[name]!
      if (name.startsWith('POST')) check(name, await api.post(path, newName('POST', body)))
      else check(name, await (name.startsWith('PUT') ? api.put(path, body) : api.patch(path, body)))
    }
    // There is one webhook at most, and the first one is changed.
    for (const name of Object.keys(requests)) if (name !== 'POST /api/webhooks') await write(name)
    const unused = ['/api/connections/:id', requests['PUT /api/connections/:id']!.path] as const
    // What is used goes after what uses it.
    for (const { method, path } of routes.filter(isForClients).toReversed()) {
      // The two addresses of a user are of the same one, and it goes once.
      if (method !== 'DELETE' || path === '/api/organization/users/:id') continue
      const api = path.startsWith('/api/organizations') ? partner : own
      check(`DELETE ${path}`, await api.delete(addressOf(path, ids, { [unused[0]]: unused[1] })))
      if (path === '/api/webhooks/:id') await write('POST /api/webhooks')
    }
    expect(wrong).toEqual([])
  }
)

/** A body of the newest version, as the clients of an older one write it. */
function writtenFor(name: string, requests: Record<string, SentRequest>): unknown {
  // What only the newest shape can say of a sync is in the body of its create.
  const { body } = requests[name === 'POST /api/syncs' ? 'PUT /api/syncs/:id' : name]!
  const { default_schedule: schedule, additional_schedules: _more, ttl: _ttl, ...rest } = body as Members
  const { use_organization_name: _own, ...card } = rest
  return schedule === undefined ? card : { ...card, schedule }
}

type Members = Record<string, unknown>

/** There is one webhook at most, nothing is run here, and a PUT of the sync took its other schedules away. */
const refusedWhenOlder = [
  'POST /api/syncs/:id/executions',
  'POST /api/webhooks',
  'POST /api/bulk/syncs/:id/executions',
  'PUT /api/bulk/syncs/:id/schedules/:schedule'
]

test.each(apiVersions.slice(0, 2))(
  'each write of %s answers with the members that its clients read',
  async (version) => {
    const { requests, keys } = await worldOf(false)
    const at: At = { version, newest: false }
    const { own, partner } = keys(version)
    const wrong: string[] = []
    const refusals: string[] = []
    for (const [name, { path }] of Object.entries(requests)) {
      const [method = '', pattern = ''] = name.split(' ')
      const isPartners = path.startsWith('/api/organizations') || pattern.endsWith('/share')
      const api = isPartners ? partner : own
      const body = newName(method, writtenFor(name, requests))
      const put = async (): Promise<Reply> => {
        const reply = await api.put(path, body)
        // The oldest version updates with PATCH.
        return reply.status === 405 ? await api.patch(path, body) : reply
      }
      const reply =
        method === 'PUT' ? await put() : await api[method === 'PATCH' ? 'patch' : 'post'](path, body)
      if (reply.status >= 400) refusals.push(name)
      const found =
        reply.status >= 400
          ? is.faults(is.error, reply.body)
          : faultsOf(reply, expectedOf(method, pattern)!, at)
      wrong.push(...found.map((fault) => `${name}: ${fault}`))
    }
    expect(wrong).toEqual([])
    expect(refusals).toEqual(refusedWhenOlder)
  }
)

let names = 0
function newName(method: string, body: unknown): unknown {
  const isNamed = method === 'POST' && typeof (body as { name?: unknown }).name === 'string'
  return isNamed ? { ...(body as object), name: `Written ${(names += 1)}` } : body
}

test('a table that knew nothing would not pass: each fault of an answer is seen', () => {
  const at: At = { version: '2025-09-18', newest: true }
  const sound = { id: 'x', name: 'x', organization_id: 'x', system: true }
  expect(is.faults(is.role, sound)).toEqual([])
  expect(is.faults(is.role, { ...sound, more: 1 })).toEqual(['more is not known'])
  expect(is.faults(is.role, { ...sound, system: 'yes' })).toEqual(['system is text, not boolean'])
  expect(is.faults(is.role, { id: 'x', name: 'x', system: true })).toEqual(['organization_id is missing'])
  expect(is.faults(is.data([is.role]), { data: [sound, null] })).toEqual(['data[1] is null, not an object'])
  expect(is.faults(is.recordLogging, { enabled: null })).toEqual(['enabled is null, not boolean'])
  expect(is.faults(is.webhook(at), []).length).toBe(1)
})
