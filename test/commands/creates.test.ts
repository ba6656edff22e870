import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

/**
 * What creates cost is a promise: of N resources of a kind, one request each, the lists that show what is
 * there, and nothing in proportion to N beside. Kinds that cost more say why.
 */

const many = 40

const database = `
connections:
  - name: Source
    type: postgresql
    configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:PASSWORD}" }
`
const model = `models: [{ name: Users, connection: Source, configuration: { table: public.users } }]\n`

interface Creates {
  /** What is there before. */
  before?: string
  section: string
  item: (at: number) => string
  /** All requests of which the number does not grow: the lists, and questions that many have in common. */
  once: readonly string[]
  /** Requests for each of them beside its POST. */
  each?: readonly string[]
}

const who = 'GET /api/me'
const connections = 'GET /api/connections'

/**
 * Answers of these kinds do not tell when the resource was made. So an answer may be the recorded one of an
 * earlier try, and the resource may have been deleted since: only reading it says that it is there.
 */
const undated = (path: string): string[] => [`GET ${path}/ID`]

/**
 * What the files say of schemas is no part of the answer, but of others below it. They are read to know what
 * is to be sent, and once more, for all of it must be as wanted.
 */
const schemasApart = [
  'GET /api/bulk/syncs/ID',
  'GET /api/bulk/syncs/ID/schemas',
  'GET /api/bulk/syncs/ID/schemas/public.users'
]

const bulkSync = (at: number, rest = ''): string =>
  `{ name: B${at}, mode: replicate, active: false, source: { connection: Source }, destination: { connection: Source, configuration: { schema: s${at} } }, default_schedule: manual${rest} }`

/** Names that the service does not keep unique are looked at once more: somebody may have made the same. */
const creates: Readonly<Record<string, Creates>> = {
  connection: {
    section: 'connections',
    item: (at) => `{ name: C${at}, type: webhook, configuration: { url: "https://example.com/${at}" } }`,
    once: [who, connections],
    each: undated('/api/connections')
  },
  model: {
    before: database,
    section: 'models',
    item: (at) => `{ name: M${at}, connection: Source, configuration: { table: public.users } }`,
    once: [who, connections, 'GET /api/models', 'GET /api/connections/ID/modelsync/source/fields']
  },
  sync: {
    before: database + model,
    section: 'syncs',
    item: (at) =>
      `{ name: S${at}, mode: replace, active: false, model: Users, fields: [{ source: email, target: email }], target: { connection: Source, object: public.customers }, schedule: manual }`,
    once: [
      who,
      connections,
      'GET /api/models',
      'GET /api/syncs',
      'GET /api/syncs',
      'GET /api/connections/ID/modelsync/target/fields'
    ]
  },
  bulk_sync: {
    before: database,
    section: 'bulk_syncs',
    item: (at) => bulkSync(at),
    once: [
      who,
      connections,
      'GET /api/bulk/syncs',
      'GET /api/bulk/syncs',
      'GET /api/connections/ID/bulksync/target'
    ]
  },
  'bulk_sync with schemas': {
    before: database,
    section: 'bulk_syncs',
    item: (at) => bulkSync(at, ', schemas: [{ id: public.users }]'),
    once: [
      who,
      connections,
      'GET /api/bulk/syncs',
      'GET /api/bulk/syncs',
      'GET /api/connections/ID/bulksync/target',
      'GET /api/connections/ID/bulksync/source'
    ],
    each: [...schemasApart, ...schemasApart]
  },
  role: {
    section: 'roles',
    item: (at) => `{ name: R${at} }`,
    once: [who, 'GET /api/permissions/roles', 'GET /api/permissions/roles'],
    each: undated('/api/permissions/roles')
  },
  policy: {
    section: 'policies',
    item: (at) => `{ name: P${at}, policy_actions: [] }`,
    once: [who, 'GET /api/permissions/policies', 'GET /api/permissions/policies'],
    each: undated('/api/permissions/policies')
  },
  user: {
    section: 'users',
    item: (at) => `{ email: "u${at}@example.com", roles: [Member] }`,
    once: [who, 'GET /api/permissions/roles', 'GET /api/organization/users'],
    each: undated('/api/organization/users')
  }
}

async function requestsOf(world: Sandbox, files: Record<string, string>): Promise<string[]> {
  world.write(files)
  world.requests()
  const { code, out, err } = await world.run('apply', '--yes', '--quiet')
  expect(code, out + err).toBe(0)
  return world.requests().map((request) => request.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID'))
}

describe.each(Object.entries(creates))('%s', (_kind, { before, section, item, once, each = [] }) => {
  const files = {
    'configs/b.yaml': `${section}:\n${Array.from({ length: many }, (_, at) => `  - ${item(at)}\n`).join('')}`
  }

  test(`${many} creates cost a request each${each.length === 0 ? '' : `, and ${each.length} to read it back`}`, async () => {
    const world = createSandbox({ env: { PASSWORD: 'x' } })
    await requestsOf(world, { 'configs/a.yaml': before ?? 'connections: []\n' })
    const requests = await requestsOf(world, files)
    const posts = requests.filter((request) => request.startsWith('POST '))
    expect(posts).toHaveLength(many)
    const reads = requests.filter((request) => !posts.includes(request))
    const expected = [...once, ...each.flatMap((request) => Array.from(posts, () => request))]
    expect(reads.toSorted()).toEqual(expected.toSorted())
    // The bar: a tenth more than one each, beside the lists.
    const lists = once.filter((request) => !request.includes('ID'))
    if (each.length === 0) expect(requests.length - lists.length).toBeLessThanOrEqual(1.1 * many)
  })
})

test('each kind that can have many is here', () => {
  const listed = kinds.managed.filter(({ api }) => api.access === 'listed').map(({ name }) => name)
  const here = new Set(Object.keys(creates).map((name) => name.replace(/ .*/, '')))
  // An organization has at most one webhook.
  expect([...here].toSorted()).toEqual(listed.filter((name) => name !== 'webhook').toSorted())
})
