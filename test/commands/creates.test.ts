import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'
import { shapes, versionsInShapes } from '../support/shapes.ts'
import { apiVersions, type ApiVersion } from '../../src/wire/common.ts'

/**
 * What creates cost is a promise: of N resources of a kind, one request each, the lists that show what is
 * there, and nothing in proportion to N beside. What is written at an address of its own is one request more;
 * the few that must be read say why.
 */

const many = 20

const database = `
connections:
  - name: Source
    type: postgresql
    configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:PASSWORD}" }
`
const model = `models: [{ name: Users, connection: Source, configuration: { table: public.users } }]\n`

interface Schema {
  id: string
  enabled?: boolean
  fields?: unknown
}

interface Creates {
  /** What is there before. */
  before?: string
  section: string
  item: (at: number) => string
  /** How many there can be, where not many. */
  of?: number
  /** All requests of which the number does not grow: the lists, and questions that many have in common. */
  once: readonly string[]
  /** The requests for each of them. */
  each: readonly string[]
  /** The exit code: 8 where somebody must authorize them. */
  code?: number
  /** Why each of them costs more than one write, beside what is written at addresses of its own. */
  because?: string
  /** What older versions take beside, however many there are. */
  moreBefore?: (version: ApiVersion) => readonly string[]
  /** The first version that has it. Absent: all. */
  since?: ApiVersion
  /** Only the newest shape has it. */
  isNew?: true
}

const who = 'GET /api/me'
const connections = 'GET /api/connections'
const bulkSyncs = 'GET /api/bulk/syncs'
const schema = '/api/connections/ID/schemas/public.users'
const newest = '2025-09-18'

/** Answers of the oldest version do not tell when a resource was made. */
const undated =
  (list: string) =>
  (version: ApiVersion): string[] =>
    version === '2023-04-25' ? [list] : []

const bulkSync = (at: number, rest = ''): string =>
  `{ name: B${at}, mode: replicate, active: false, source: { connection: Source }, destination: { connection: Source, configuration: { schema: s${at} } }, default_schedule: manual${rest} }`

const bulk = {
  before: database,
  section: 'bulk_syncs',
  // Names that the service does not keep unique are looked at once more: somebody may have made the same.
  once: [who, connections, bulkSyncs, bulkSyncs, 'GET /api/connections/ID/bulksync/target'],
  moreBefore: undated(bulkSyncs)
} as const
const source = 'GET /api/connections/ID/bulksync/source'

const sync = (at: number, rest = ''): string =>
  `{ name: S${at}, mode: replace, active: false, model: Users, fields: [{ source: email, target: email }], target: { connection: Source, object: public.customers }, schedule: manual${rest} }`

const syncs = {
  before: database + model,
  section: 'syncs',
  once: [
    who,
    connections,
    'GET /api/models',
    'GET /api/syncs',
    'GET /api/syncs',
    'GET /api/connections/ID/modelsync/target/fields'
  ],
  moreBefore: undated('GET /api/syncs')
} as const

/**
 * Answers of connections, roles, policies and users do not tell when the resource was made. So an answer may
 * be the recorded one of an earlier try, and the resource may have been deleted since: one more read of the
 * list says of all of them that they are there.
 */
const creates: Readonly<Record<string, Creates>> = {
  connection: {
    section: 'connections',
    item: (at) => `{ name: C${at}, type: webhook, configuration: { url: "https://example.com/${at}" } }`,
    once: [who, connections, connections],
    each: ['POST /api/connections']
  },
  'connection with a proxy': {
    section: 'connections',
    item: (at) => `{ name: C${at}, type: hubspot, configuration: {}, proxy: true }`,
    once: [who, connections, connections],
    each: ['POST /api/connections', 'PUT /api/connections/ID/proxy/settings'],
    since: newest,
    isNew: true,
    code: 8
  },
  model: {
    before: database,
    section: 'models',
    item: (at) => `{ name: M${at}, connection: Source, configuration: { table: public.users } }`,
    once: [who, connections, 'GET /api/models', 'GET /api/connections/ID/modelsync/source/fields'],
    each: ['POST /api/models'],
    moreBefore: undated('GET /api/models')
  },
  sync: { ...syncs, item: (at) => sync(at), each: ['POST /api/syncs'] },
  'sync with error handling': {
    ...syncs,
    item: (at) => sync(at, ', error_handling: { subscribers: [a@example.com] }'),
    each: ['POST /api/syncs', 'PUT /api/syncs/ID/error-handling'],
    since: newest,
    isNew: true
  },
  bulk_sync: { ...bulk, item: (at) => bulkSync(at), each: ['POST /api/bulk/syncs'] },
  'bulk_sync with schemas': {
    ...bulk,
    item: (at) => bulkSync(at, ', schemas: [{ id: public.users }, public.orders]'),
    once: [...bulk.once, source],
    each: ['POST /api/bulk/syncs', 'PATCH /api/bulk/syncs/ID/schemas'],
    since: '2024-02-08',
    because: 'its answer has no schemas: to write them again tells all of them'
  },
  'bulk_sync with all schemas': {
    ...bulk,
    item: (at) => bulkSync(at, ', schemas: all'),
    each: ['POST /api/bulk/syncs', 'GET /api/bulk/syncs/ID/schemas'],
    because: 'its answer has no schemas: whether all are copied only their list tells'
  },
  'bulk_sync with error handling': {
    ...bulk,
    item: (at) => bulkSync(at, ', error_handling: { subscribers: [a@example.com] }'),
    each: ['POST /api/bulk/syncs', 'PUT /api/bulk/syncs/ID/error-handling'],
    since: newest,
    isNew: true
  },
  role: {
    section: 'roles',
    item: (at) => `{ name: R${at} }`,
    once: [who, ...Array.from({ length: 3 }, () => 'GET /api/permissions/roles')],
    each: ['POST /api/permissions/roles']
  },
  policy: {
    section: 'policies',
    item: (at) => `{ name: P${at}, policy_actions: [] }`,
    once: [who, ...Array.from({ length: 3 }, () => 'GET /api/permissions/policies')],
    each: ['POST /api/permissions/policies']
  },
  user: {
    section: 'users',
    item: (at) => `{ email: "u${at}@example.com", roles: [Member] }`,
    once: [who, 'GET /api/permissions/roles', 'GET USERS', 'GET USERS'],
    each: ['POST USERS'],
    // The organization is part of the path.
    moreBefore: () => [who]
  },
  webhook: {
    section: 'webhooks',
    item: () => '{ endpoint: "https://example.com/hook", secret: "${env:PASSWORD}" }',
    of: 1,
    once: [who, 'GET /api/webhooks'],
    each: ['POST /api/webhooks']
  },
  schema_primary_keys: {
    before: database,
    section: 'schema_primary_keys',
    item: () => '{ connection: Source, schema: public.users, fields: [email] }',
    of: 1,
    once: [who, connections],
    each: [`GET ${schema}`, `GET ${schema}`, `PUT ${schema}/primary_keys`, `GET ${schema}`],
    since: '2024-02-08',
    because: 'it is in no list, and what is written is carried out later and answered with nothing'
  },
  schema_fields: {
    before: database,
    section: 'schema_fields',
    item: () => '{ connection: Source, schema: public.users, fields: [{ id: zip, type: string }] }',
    of: 1,
    once: [who, connections],
    each: [`GET ${schema}`, `GET ${schema}`, `POST ${schema}/fields`, `GET ${schema}`],
    since: newest,
    isNew: true,
    because: 'it is in no list, its writes depend on what is there, and are carried out later'
  },
  global_error_subscribers: {
    section: 'global_error_subscribers',
    item: () => '{ emails: [a@example.com] }',
    of: 1,
    once: [who],
    each: Array.from(
      ['GET', 'GET', 'PUT', 'GET'],
      (method) => `${method} /api/notifications/global-error-subscribers`
    ),
    since: '2024-02-08',
    because: 'it is always there: a change of what is read before and after'
  },
  record_logging: {
    section: 'record_logging',
    item: () => '{ enabled: true }',
    of: 1,
    once: [who],
    each: Array.from(
      ['GET', 'GET', 'PUT', 'GET'],
      (method) => `${method} /api/organization/record-logging`
    ),
    since: newest,
    isNew: true,
    because: 'it is always there: a change of what is read before and after'
  }
}

async function requestsOf(world: Sandbox, files: Record<string, string>, expected = 0): Promise<string[]> {
  world.write(files)
  world.requests()
  const { code, out, err } = await world.run('apply', '--yes', '--quiet')
  expect(code, out + err).toBe(expected)
  return world.requests().map((request) =>
    request
      .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID')
      .replace(/ \/api\/organizations?(\/ID)?\/users/, ' USERS')
      // The oldest version asks these at other addresses.
      .replace(/^POST (.*)\/(source|target)\/fields$/, 'GET $1/modelsync/$2/fields')
      .replace('/api/bulk/dest/ID', '/api/connections/ID/bulksync/target')
  )
}

function itemsOf({ section, item, of = many }: Creates): string {
  if (section === 'global_error_subscribers' || section === 'record_logging')
    return `${section}: ${item(0)}\n`
  return `${section}:\n${Array.from({ length: of }, (_, at) => `  - ${item(at)}\n`).join('')}`
}

describe.each(versionsInShapes)('$version, $shape', ({ version, shape }) => {
  const has = ({ since = apiVersions[0], isNew }: Creates): boolean =>
    version >= since && (isNew !== true || shape === 'newest')
  const here = Object.entries(creates).filter(([, one]) => has(one))

  test.each(here)('%s: each create costs what is told here', async (_kind, one) => {
    const world = createSandbox({ env: { PASSWORD: 'x' }, server: { shape } })
    await requestsOf(world, {
      'configs/w.yaml': `workspace: { api_version: "${version}" }\n`,
      'configs/a.yaml': one.before ?? 'connections: []\n'
    })
    const requests = await requestsOf(world, { 'configs/b.yaml': itemsOf(one) }, one.code)
    const { of = many, once, each } = one
    const more = version < newest ? (one.moreBefore?.(version) ?? []) : []
    const expected = [...once, ...more, ...Array.from({ length: of }, () => each).flat()]
    expect(requests.toSorted()).toEqual(expected.toSorted())
  })
})

test('each kind is here, and what costs more than its writes and a tenth says why', () => {
  const here = new Set(Object.keys(creates).map((name) => name.replace(/ .*/, '')))
  expect([...here].toSorted()).toEqual(kinds.managed.map(({ name }) => name).toSorted())
  for (const [name, { of = many, once, each, because }] of Object.entries(creates)) {
    const lists = once.filter((request) => !request.includes('ID'))
    const separate = each.filter((request) => /error-handling|proxy/.test(request))
    const cost = once.length - lists.length + of * (each.length - separate.length)
    expect(cost <= 1.1 * of, name).toBe(because === undefined)
  }
})

test.each(shapes)(
  'a whole workspace costs a tenth more than its creates, beside its lists (%s)',
  async (shape) => {
    const kindsOfMany = ['connection', 'model', 'sync', 'bulk_sync', 'role', 'policy', 'user']
    const all = kindsOfMany.map((name) => creates[name]!)
    const files = Object.fromEntries(all.map((one) => [`configs/${one.section}.yaml`, itemsOf(one)]))
    const world = createSandbox({ env: { PASSWORD: 'x' }, server: { shape } })
    const requests = await requestsOf(world, { ...files, 'configs/a.yaml': database + model })
    const made = requests.filter((request) => request.startsWith('POST '))
    expect(made).toHaveLength(all.length * many + 2)
    const others = requests.filter((request) => !request.startsWith('POST '))
    const lists = others.filter((request) => !request.includes('/ID'))
    // What is there, what was made of it together, and whether others have made the same: three looks at most.
    expect(lists.length).toBeLessThanOrEqual(3 * all.length + 2)
    expect(others.length - lists.length).toBeLessThanOrEqual(made.length / 10)
  }
)

describe('an answer to chosen schemas', () => {
  const chosen = bulkSync(0, ', schemas: [{ id: public.users, fields: [email] }, public.orders]')
  const patch = 'PATCH /api/bulk/syncs/ID/schemas'
  const list = 'GET /api/bulk/syncs/ID/schemas'
  const inFull = ['GET /api/bulk/syncs/ID', list, `${list}/public.orders`, `${list}/public.users`]

  test.each<[string, (schemas: Schema[]) => unknown, string[]]>([
    ['that has all of them', (schemas) => schemas, []],
    ['that has what was written alone', (schemas) => schemas.filter(({ enabled }) => enabled), [list]],
    [
      'without their fields',
      (schemas) => schemas.map(({ fields: _left, ...rest }) => rest),
      inFull.slice(1)
    ],
    ['that has nothing', () => null, inFull.slice(1)],
    ['that leaves one out', (schemas) => schemas.slice(1), inFull.slice(1)],
    [
      'of another shape',
      (schemas) => schemas.map((one) => ({ ...one, fields: [{ id: 7 }] })),
      [...inFull, ...inFull]
    ]
  ])('%s', async (_what, shown, reads) => {
    const world = createSandbox({ env: { PASSWORD: 'x' } })
    const { run } = createSandbox({
      env: { PASSWORD: 'x', POLYTOMIC_API_KEY: world.server.apiKey },
      io: {
        cwd: world.folder,
        async fetch(request) {
          const answer = await world.server.fetch(request)
          if (request.method !== 'PATCH') return answer
          const { data } = (await answer.json()) as { data: Schema[] }
          return Response.json({ data: shown(data) })
        }
      }
    })
    world.write({ 'configs/a.yaml': `${database}bulk_syncs:\n  - ${chosen}\n` })
    const { code, out, err } = await run('apply', '--yes')
    expect(code, out + err).toBe(0)
    const asked = world.requests().map((request) => request.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID'))
    const below = asked.filter((request) => request.includes('/bulk/syncs/ID'))
    expect(below.toSorted()).toEqual([patch, ...reads].toSorted())
    expect((await world.run('plan', '--detailed-exitcode')).code).toBe(0)
  })
})
