import { absentRoutes } from '../../src/server/kinds/absent.ts'
import { beforeEach, expect, test } from 'vitest'
import { routes } from '../../src/server/routes.ts'
import { isFew, spread } from '../support/samples.ts'
import { bulkWorld, type BulkWorld } from './bulk-world.ts'
import { origin, postgres, testServer } from './client.ts'

/**
 * No request may be answered with 5xx or with a stack, and refusals of the API are JSON with words. The
 * requests are drawn from a seed, so that the same ones are sent at each run.
 */

const loneSurrogate = '\uD800'
const segments = [
  ['a%2Fb', '..%2f..%2fetc', '%2e%2e', '%00', 'a%00b', '%', '%zz', '%E0%A4%A', '%ED%A0%80', '%0d%0aX:y'],
  ['x'.repeat(5000), 'ä'.repeat(300), 'constructor', '__proto__', 'toString', 'hasOwnProperty', 'null'],
  ['%20', '*', ':id', '(', '[', '\\', ';', '🦆', '0', '-1', '1e999', 'data', '%F0%9F%A6%86']
].flat()
const queries = [
  '',
  '?',
  '?limit=-1&page_token=x&starting_after=x&ending_before=9999999999',
  '?limit=1e999&page_token=%00&type=constructor',
  `?page_token=${'A'.repeat(5000)}`,
  '?page_token=bnVsbA%3D%3D&limit=NaN',
  '?page_token=eyJvZmZzZXQiOi0xfQ&direction=__proto__',
  '?filters={"enabled":{"a":[]}}&filters=[&all=%',
  '?filters=null&include_fields=%ED%A0%80&refresh_schemas=true',
  '?filters={"__proto__":null}&type=__proto__&types=toString',
  '?object=__proto__&identity=constructor&mode=x&search=(&type[]=a',
  '?starting_after=+275760-09-13T00:00:00.001Z&ending_before=-271821-04-20',
  '?code=%00&state=__proto__&token=..%2f&connection_id=constructor'
]
const oddHeaders: Record<string, string>[] = [
  {},
  { 'x-polytomic-version': 'constructor' },
  { 'x-polytomic-version': '2022-12-12' },
  { 'x-polytomic-version': '2024-02-08' },
  { 'x-polytomic-version': '2024-02-08, 2025-09-18' },
  { 'x-polytomic-version': '2025-09-18', 'idempotency-key': 'k'.repeat(10_240) },
  { 'idempotency-key': '__proto__' },
  { 'idempotency-key': ' ' },
  { authorization: '' },
  { authorization: 'Bearer' },
  { authorization: 'Bearer  ' },
  { authorization: 'Basic %%%' },
  { authorization: 'Basic Og==' },
  { authorization: `Basic ${'A'.repeat(5000)}` },
  { authorization: 'Basic AAAAAP8=' },
  { authorization: 'Digest username="constructor"' },
  { authorization: 'Bearer a, Bearer b' },
  { 'content-type': 'multipart/form-data' },
  { 'content-length': 'NaN' },
  { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' }
]
const nasty: unknown[] = [
  [
    null,
    true,
    0,
    -0.5,
    1e308,
    2 ** 53,
    '',
    ' ',
    'x',
    'x'.repeat(5000),
    loneSurrogate,
    'a\u0000b',
    '__proto__'
  ],
  ['constructor', '9999-99-99T99:99:99Z', '+275760-09-13T00:00:00.001Z', 'http://[', 'https://x/\r\na: b'],
  [[], [null], [[]], [1, 'a', {}], [loneSurrogate], {}, { a: null }, { constructor: { prototype: 1 } }],
  [JSON.parse('{"__proto__":{"a":1},"length":-1}'), { id: {}, name: [], field: 1, source: null }]
].flat()
const wholeBodies = [
  ['', ' ', 'null', '[]', '[{}]', '1', '"text"', 'true', '{', '{"name":', '{"name":"A",}', '\uFEFF{}'],
  ['[['.repeat(2500), `${'['.repeat(5000)}${']'.repeat(5000)}`, 'a=1&b=%ZZ&__proto__=1', loneSurrogate],
  [
    `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`,
    `{"name":"${'x'.repeat(300_000)}"}`,
    '{"name":"\\uD800"}'
  ],
  ['{"__proto__":{"name":"A"},"constructor":null}', '{"name":1e999}', '{"a":1,"a":2}', '\u0000']
].flat()

/** Small numbers that are the same at each run (mulberry32). */
function dice(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

let world: BulkWorld
/** By the start of an address: the id of something that is there. */
let ids: [string, string][]
let valid: [string, string, Record<string, unknown>][]
let partner: string

beforeEach(async () => {
  world = await bulkWorld(testServer())
  const { api, server } = world
  partner = server.store.addPartnerKey()
  const make = async (path: string, body: unknown): Promise<string> => {
    const reply = await api.post(path, body)
    expect([path, reply.status, reply.text]).toEqual([path, 200, reply.text])
    return reply.data.id
  }
  const model_id = await make('/api/models', {
    name: 'M',
    connection_id: world.postgres.id,
    configuration: { query: 'SELECT email, name FROM a' }
  })
  const source = { model_id, field: 'email' }
  const sync = {
    name: 'S',
    mode: 'update',
    active: true,
    identity: { source, target: 'email', function: 'Equality' },
    fields: [{ source: { model_id, field: 'name' }, target: 'name', sync_mode: 'create' }],
    filters: [{ field_id: 'email', field_type: 'Model', function: 'IsNull', value: '', label: 'A' }],
    overrides: [{ field_id: 'email', function: 'IsNull', override: 'x', value: '' }],
    filter_logic: 'A',
    schedule: { frequency: 'weekly', day_of_week: '1', hour: '1', minute: '1' },
    target: { connection_id: world.postgres.id, object: 'public.a', configuration: {} }
  }
  const user = { email: 'a@b.io', role: 'member' }
  const bulk = (await world.make()).id
  const roles = await api.get('/api/permissions/roles')
  const listSchemas = await world.schemas(bulk)
  const schema = listSchemas[0]?.id ?? 'contacts'
  valid = [
    ['POST', '/api/connections', { ...postgres, name: 'N', policies: [] }],
    ['PUT', '/api/connections/:id', { name: 'N2', configuration: postgres.configuration, reconnect: true }],
    ['POST', '/api/connections/test', { type: 'postgresql', configuration: postgres.configuration }],
    [
      'POST',
      '/api/connections/connect',
      { name: 'C', redirect_url: 'https://a.io', whitelist: ['hubspot'] }
    ],
    ['POST', '/api/connections/:id/query', { query: 'SELECT 1' }],
    ['POST', '/api/connections/:id/share', { child_organization_id: 'x', organization_id: 'x' }],
    [
      'PUT',
      '/api/connections/:id/schemas/:schema/primary_keys',
      { fields: [{ field_id: 'email', is_primary_key: true }] }
    ],
    [
      'POST',
      '/api/connections/:id/schemas/:schema/fields',
      { fields: [{ field_id: 'a', label: 'A', type: 'string', path: 'a', example: '' }] }
    ],
    ['PATCH', '/api/connections/:id/schemas/:schema/fields/:field', { label: 'A', type: 'string' }],
    [
      'POST',
      '/api/connection_types/:id/parameter_values',
      { field: 'a', connection_id: 'x', parameters: { a: 'b' }, query: 'a' }
    ],
    ['POST', '/api/enrichment/:id/inputfields', { configuration: { a: 'b' } }],
    ['POST', '/api/connections/:id/source/fields', { query: { table: 'a' } }],
    ['POST', '/api/connections/:id/target/fields', { target: 'public.a', refresh: true }],
    [
      'POST',
      '/api/models',
      {
        name: 'N',
        connection_id: world.postgres.id,
        configuration: { table: 'a' },
        fields: ['a'],
        additional_fields: [{ name: 'a', type: 'string', label: 'A' }],
        relations: [{ from: 'a', to: { model_id, field: 'email' } }],
        identifier: 'a',
        tracking_columns: ['a']
      }
    ],
    [
      'PUT',
      '/api/models/:id',
      {
        name: 'N2',
        connection_id: world.postgres.id,
        configuration: { query: 'SELECT email, name FROM a' }
      }
    ],
    [
      'POST',
      '/api/model-preview',
      { name: 'N3', connection_id: world.postgres.id, configuration: { query: 'x' } }
    ],
    ['POST', '/api/syncs', sync],
    ['PUT', '/api/syncs/:id', sync],
    ['POST', '/api/syncs/:id/activate', { active: true }],
    ['POST', '/api/syncs/:id/executions', { resync: true, identities: ['a'] }],
    [
      'POST',
      '/polyctl/syncs/:id/executions',
      { start: {}, limit: 1, guards: { removes: { share: 0.1 } }, requested: ['--limit 1'] }
    ],
    ['PUT', '/api/syncs/:id/executions/:execution', { status: 'canceled' }],
    ['POST', '/api/bulk/syncs', { ...world.request(), schemas: [{ id: schema, enabled: true }] }],
    ['PUT', '/api/bulk/syncs/:id', { ...world.request(), mode: 'replicate', data_cutoff_timestamp: null }],
    ['POST', '/api/bulk/syncs/:id/executions', { test: true, schemas: [schema] }],
    [
      'PATCH',
      '/api/bulk/syncs/:id/schemas',
      {
        schemas: [
          {
            id: schema,
            enabled: true,
            fields: [{ id: 'a' }],
            filters: [{ field_id: 'a', function: 'Equality', value: 1 }]
          }
        ]
      }
    ],
    ['PUT', '/api/bulk/syncs/:id/schemas/:schema', { enabled: true, fields: [{ id: 'a', enabled: true }] }],
    ['POST', '/api/bulk/syncs/:id/schedules', { schedule: { frequency: 'daily', hour: '1', minute: '1' } }],
    ['POST', '/api/permissions/roles', { name: 'R' }],
    [
      'POST',
      '/api/permissions/policies',
      { name: 'P', policy_actions: [{ action: 'read', role_ids: [roles.list[0]?.id] }] }
    ],
    ['POST', '/api/organization/users', user],
    ['POST', '/api/organizations/:organization/users', { ...user, email: 'c@d.io' }],
    [
      'POST',
      '/api/organizations',
      { name: 'O', sso_domain: 'a.io', client_id: 'x', issuer: 'https://a.io' }
    ],
    ['PUT', '/api/notifications/global-error-subscribers', { emails: ['a@b.io'] }],
    ['POST', '/api/webhooks', { endpoint: 'https://a.io', secret: 's' }]
  ]
  ids = [
    ['/api/connections', world.postgres.id],
    ['/api/connections', world.hubspot.id],
    ['/api/bulk/source', world.hubspot.id],
    ['/api/bulk/dest', world.postgres.id],
    ['/api/enrichment', world.postgres.id],
    ['/api/connection_types', 'postgresql'],
    ['/api/models', model_id],
    ['/api/syncs', await make('/api/syncs', sync)],
    ['/api/bulk/syncs', bulk],
    ['/api/permissions/roles', roles.list[0]?.id ?? ''],
    ['/api/organizations', server.organizationId],
    ['/connect', 'hubspot']
  ]
})

/** An address of the route: each parameter is something that is there, or something nasty. */
function address(path: string, roll: (below: number) => number): string {
  const known = ids.filter(([start]) => path.startsWith(`${start}/:`)).map(([, id]) => id)
  let isFirst = true
  return path.replaceAll(/:\w+/g, () => {
    const real = isFirst ? known : ['public.a', 'contacts', 'email']
    isFirst = false
    const isReal = real.length > 0 && roll(3) > 0
    return (isReal ? real[roll(real.length)] : segments[roll(segments.length)]) ?? ''
  })
}

async function send(method: string, path: string, body?: string, more: Record<string, string> = {}) {
  const headers = {
    authorization: `Bearer ${world.server.apiKey}`,
    'x-polytomic-version': '2025-09-18',
    ...more
  }
  const hasBody = body !== undefined && method !== 'GET' && method !== 'HEAD'
  const request = new Request(origin + path, { method, headers, ...(hasBody ? { body } : {}) })
  const response = await world.server.fetch(request)
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    text: await response.text()
  }
}

/** What must never be, as one line to read; undefined where the answer is good. */
async function fault(...sent: Parameters<typeof send>): Promise<string | undefined> {
  const [method, path, body = '', more = {}] = sent
  const reported = `${method} ${path.slice(0, 150)} ${body.slice(0, 300)} ${JSON.stringify(more).slice(0, 100)}`
  const { status, type, text } = await send(...sent)
  if (status >= 500 && !isMissingByDesign(status, path))
    return `${reported}: ${status} ${text.slice(0, 300)}`
  if (/\bat \S+ \(|\.ts:\d+|node:internal/.test(text))
    return `${reported}: tells the stack: ${text.slice(0, 300)}`
  if (status < 400 || !path.startsWith('/api') || method === 'HEAD') return undefined
  const isTold =
    type === 'application/json' && typeof JSON.parse(text) === 'object' && /"message":"./.test(text)
  return isTold ? undefined : `${reported}: ${status} without words: ${text.slice(0, 300)}`
}

/** What this server lacks says so with 501. */
function isMissingByDesign(status: number, path: string): boolean {
  return status === 501 && lacking.some((address) => address.test(path))
}

const lacking = absentRoutes.map(
  ({ path }) => new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]*')}(?:[/?]|$)`)
)

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD']

test('no address, query or header of any route breaks the server', async () => {
  const roll = dice(1)
  const faults: string[] = []
  const paths = [...new Set(routes.map((route) => route.path))]
  for (const path of paths) {
    for (let count = 0; count < (isFew ? 8 : 24); count += 1) {
      const method = methods[roll(methods.length)] ?? 'GET'
      const query = queries[roll(queries.length)] ?? ''
      const header = { ...oddHeaders[roll(3) > 0 ? 0 : roll(oddHeaders.length)] }
      if (roll(4) === 0) header['authorization'] ??= `Bearer ${partner}`
      const body = count % 3 === 0 ? wholeBodies[roll(wholeBodies.length)] : '{}'
      const found = await fault(method, address(path, roll) + query, body, header)
      if (found !== undefined) faults.push(found)
    }
  }
  expect(faults).toEqual([])
})

/** The body with the nasty value in place of each of its members, at every level. */
function* spoilt(body: unknown, value: unknown): Generator {
  if (typeof body !== 'object' || body === null) return
  for (const [key, member] of Object.entries(body)) {
    const put = (one: unknown): unknown =>
      Array.isArray(body) ? body.with(Number(key), one) : { ...body, [key]: one }
    yield put(value)
    for (const inner of spoilt(member, value)) yield put(inner)
  }
}

/** The route's address with the id of something that is there. */
function realAddress(path: string, roll: (below: number) => number): string {
  const known = ids.filter(([start]) => path.startsWith(`${start}/:`)).map(([, id]) => id)
  return path.replace(/:\w+/, known[roll(Math.max(known.length, 1))] ?? 'a').replaceAll(/:\w+/g, 'contacts')
}

test('every body is of a route, and refused for no member that the route does not know', async () => {
  const known = new Set(routes.map(({ method, path }) => `${method} ${path}`))
  expect(valid.map(([method, path]) => `${method} ${path}`).filter((one) => !known.has(one))).toEqual([])
  const reported: string[] = []
  for (const [method, path, body] of valid) {
    const authorization = `Bearer ${/organizations|share/.test(path) ? partner : world.server.apiKey}`
    const { text } = await send(
      method,
      realAddress(path, () => 0),
      JSON.stringify(body),
      { authorization }
    )
    if (/unknown field|not an address|not served here|is required/.test(text))
      reported.push(`${method} ${path}: ${text}`)
  }
  expect(reported).toEqual([])
})

test('no body breaks the server, whatever stands in place of any member', async () => {
  const roll = dice(2)
  const faults: string[] = []
  let count = 0
  for (const [method, path, body] of valid) {
    const bodies = nasty.flatMap((value) => [...spoilt(body, value)]).map((one) => JSON.stringify(one))
    for (const text of spread([...wholeBodies, ...bodies], 5)) {
      const real = realAddress(path, roll)
      const old = roll(3) === 0
      const verb =
        old && method === 'PUT' && routes.some((one) => one.method === 'PATCH' && one.path === path)
          ? 'PATCH'
          : method
      const header: Record<string, string> = old ? { 'x-polytomic-version': '2023-04-25' } : {}
      if (/organizations|share/.test(path)) header['authorization'] = `Bearer ${partner}`
      const found = await fault(verb, real, text, header)
      if (found !== undefined) faults.push(found)
      count += 1
    }
  }
  expect(faults).toEqual([])
  expect(count).toBeGreaterThan(isFew ? 600 : 3000)
  // What was taken can be read again.
  for (const { method, path } of routes) {
    if (method !== 'GET') continue
    expect(
      await fault(
        method,
        address(path, () => 1)
      )
    ).toBeUndefined()
  }
})
