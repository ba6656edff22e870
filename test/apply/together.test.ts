import { describe, expect, test } from 'vitest'
import { allow, createSandbox, type Sandbox } from '../support/sandbox.ts'

/**
 * Answers of some kinds do not tell when a resource was made: one may be the recorded answer of an earlier
 * create, and its resource deleted, renamed or changed since. What was made is looked at together.
 */

const env = { PASSWORD: 'planted-secret' }

const kinds = {
  connection: {
    path: '/api/connections',
    item: (name: string) =>
      `{ name: ${name}, type: webhook, configuration: { url: "https://example.com/${name}" } }`,
    section: 'connections',
    name: (at: number) => `C${at}`
  },
  role: {
    path: '/api/permissions/roles',
    item: (name: string) => `{ name: ${name} }`,
    section: 'roles',
    name: (at: number) => `r${at}`
  },
  policy: {
    path: '/api/permissions/policies',
    item: (name: string) => `{ name: ${name}, policy_actions: [] }`,
    section: 'policies',
    name: (at: number) => `p${at}`
  },
  user: {
    path: '/api/organization/users',
    item: (name: string) => `{ email: ${name}, roles: [Member] }`,
    section: 'users',
    name: (at: number) => `u${at}@example.com`
  }
} as const
type KindName = keyof typeof kinds
const names = Object.keys(kinds) as KindName[]

function filesOf(kind: KindName, count: number): Record<string, string> {
  const { section, item, name } = kinds[kind]
  const items = Array.from({ length: count }, (_, at) => `  - ${item(name(at))}\n`)
  return { 'configs/a.yaml': `${section}:\n${items.join('')}` }
}

function worldOf(kind: KindName, count: number): Sandbox {
  return createSandbox({ files: filesOf(kind, count), env })
}

/** The program against the server of `world`, with another way to it. */
function through(
  world: Sandbox,
  fetch: (request: Request) => Promise<Response>,
  interrupted?: Promise<void>
): Sandbox['run'] {
  return createSandbox({
    env: { ...env, POLYTOMIC_API_KEY: world.server.apiKey },
    io: { fetch, cwd: world.folder, ...(interrupted && { interrupted }) }
  }).run
}

async function applied(world: Sandbox, expected = 0, ...more: string[]): Promise<string[]> {
  world.requests()
  const { code, out, err } = await world.run('apply', '--yes', ...more)
  expect(code, out + err).toBe(expected)
  return world.requests()
}

/** Those that the service has, by name. */
function there(world: Sandbox, kind: KindName): Map<string, string> {
  const own = new Set(Array.from({ length: 9 }, (_, at) => kinds[kind].name(at)))
  const named = world.server.store.all(kind).map(({ id, ...one }): [string, string] => {
    return [String('email' in one ? one.email : one.name), id]
  })
  return new Map(named.filter(([name]) => own.has(name)))
}

async function expectSettled(world: Sandbox, kind: KindName, count: number): Promise<void> {
  expect(there(world, kind).size).toBe(count)
  expect((await world.run('plan', '--detailed-exitcode')).code).toBe(0)
}

const creating = (requests: readonly string[]): number =>
  requests.filter((request) => request.startsWith('POST ')).length

describe.each(names)('what was deleted by hand within a day (%s)', (kind) => {
  test('is made again: no recorded answer counts as one that is there', async () => {
    const world = worldOf(kind, 5)
    await applied(world)
    const [a, b, c] = [...there(world, kind).values()]
    for (const id of [a!, b!, c!]) world.server.store.remove(kind, id)
    const requests = await applied(world)
    // Each is asked for with the key that is recorded, and with the one that follows.
    expect(creating(requests)).toBe(6)
    const now = new Set(there(world, kind).values())
    for (const id of [a!, b!, c!]) {
      expect(now).not.toContain(id)
      expect(requests).toContain(`GET ${kinds[kind].path}/${id}`)
    }
    await expectSettled(world, kind, 5)
  })

  test('is told from what another one has made meanwhile: that is taken', async () => {
    const world = worldOf(kind, 3)
    const first = through(world, (request) => world.server.fetch(request))
    let isFirst = true
    const second = through(world, async (request) => {
      // Another one applies the same files between the plan of this one and its first create.
      if (request.method === 'POST' && isFirst) {
        isFirst = false
        expect((await first('apply', '--yes')).code).toBe(0)
      }
      return await world.server.fetch(request)
    })
    const { code, out, err } = await second('apply', '--yes')
    expect(code, out + err).toBe(0)
    await expectSettled(world, kind, 3)
  })
})

test.each(['connection', 'role', 'policy'] as const)(
  'what was renamed by hand within a day is not taken for what was made (%s)',
  async (kind) => {
    const world = worldOf(kind, 3)
    await applied(world)
    for (const [name, id] of [...there(world, kind)].slice(0, 2))
      world.server.store.edit(kind, id, { name: `${name} by hand` })
    await applied(world)
    await expectSettled(world, kind, 3)
  }
)

describe.each(names)('a list (%s)', (kind) => {
  const { path } = kinds[kind]

  test('that does not show the last one yet costs a read of that one', async () => {
    const world = worldOf(kind, 4)
    world.server.faults.add({ fault: 'stale-list', on: `GET ${path}`, skip: 1, times: 1 })
    const requests = await applied(world)
    expect(creating(requests)).toBe(4)
    expect(requests.filter((request) => request.startsWith(`GET ${path}/`))).toHaveLength(1)
    await expectSettled(world, kind, 4)
  })

  test.each(['is refused', 'shows none of them'])('that %s costs a read of each', async (what) => {
    const world = worldOf(kind, 4)
    let lists = 0
    const run = through(world, async (request) => {
      const isList = request.method === 'GET' && new URL(request.url).pathname === path
      if (!isList || (lists += 1) !== 2) return await world.server.fetch(request)
      return what === 'is refused'
        ? Response.json({ message: 'not now' }, { status: 403 })
        : Response.json({ data: [] })
    })
    world.requests()
    expect((await run('apply', '--yes')).code).toBe(0)
    const apart = world.requests().filter((request) => request.startsWith(`GET ${path}/`))
    expect(apart).toHaveLength(4)
    await expectSettled(world, kind, 4)
  })
})

test('what needs them starts when they were looked at, and never with an id that is gone', async () => {
  const database = (name: string) =>
    `{ name: ${name}, type: postgresql, configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:PASSWORD}" } }`
  const model = (at: number) =>
    `{ name: M${at}, connection: C${at}, configuration: { table: public.users } }`
  const world = createSandbox({
    env,
    files: {
      'configs/a.yaml': `
connections: [${[0, 1, 2].map((at) => database(`C${at}`)).join(', ')}]
models: [${[0, 1, 2].map(model).join(', ')}]
`
    }
  })
  const one = await applied(world)
  const list = one.lastIndexOf('GET /api/connections')
  expect(one.slice(0, list)).not.toContain('POST /api/models')
  const dead = world.server.store.all('connection').map(({ id }) => id)
  for (const { id } of world.server.store.all('model')) world.server.store.remove('model', id)
  for (const id of dead) world.server.store.remove('connection', id)
  await applied(world)
  const used = world.server.store.all('model').map((made) => made.connection_id)
  expect(used).toHaveLength(3)
  for (const id of dead) expect(used).not.toContain(id)
})

test('one that a person must authorize keeps nothing else waiting', async () => {
  const world = createSandbox({
    files: {
      'configs/a.yaml': `
connections:
  - { name: Inbound, type: hubspot, configuration: {} }
  - { name: A, type: webhook, configuration: { url: "https://example.com/a" } }
  - { name: B, type: webhook, configuration: { url: "https://example.com/b" } }
`
    },
    env
  })
  let isAllowed = false
  const run = through(world, async (request) => {
    const answer = await world.server.fetch(request)
    const settled = world.server.store.all('connection').length === 3
    // The person comes when the others are looked at: whoever waited for the person would wait for ever.
    if (settled && !isAllowed && request.method === 'GET' && request.url.endsWith('/api/connections')) {
      isAllowed = true
      await allow(world, 'Inbound')
    }
    return answer
  })
  const { code, out, err } = await run('apply', '--yes', '--wait')
  expect(code, out + err).toBe(0)
  expect(isAllowed).toBe(true)
})

test('one whose answer is lost keeps the others no longer than its first try', async () => {
  const world = worldOf('role', 4)
  world.server.faults.add({ fault: 'lost-response', on: 'POST /api/permissions/roles', skip: 1 })
  let pauses = 0
  const order: string[] = []
  const { run } = createSandbox({
    env: { ...env, POLYTOMIC_API_KEY: world.server.apiKey },
    io: {
      cwd: world.folder,
      async fetch(request) {
        order.push(`${request.method} ${new URL(request.url).pathname}`)
        return await world.server.fetch(request)
      },
      async sleep() {
        pauses += 1
        // The lost one is looked for by name after its first pause: the others were looked at before.
        for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
        if (pauses === 1) order.push('a pause')
      }
    }
  })
  const { code, out, err } = await run('apply', '--yes')
  expect(code, out + err).toBe(0)
  const path = 'GET /api/permissions/roles'
  expect(order.slice(0, order.indexOf('a pause')).filter((one) => one === path)).toHaveLength(2)
  await expectSettled(world, 'role', 4)
})

test('who stops while they are looked at hears of each what became of it', async () => {
  const stop = Promise.withResolvers<void>()
  const world = worldOf('role', 4)
  let lists = 0
  const fetch = async (request: Request): Promise<Response> => {
    if (request.method === 'GET' && request.url.endsWith('/roles') && (lists += 1) === 2) stop.resolve()
    return await world.server.fetch(request)
  }
  const run = through(world, fetch, stop.promise)
  const { code, out } = await run('apply', '--yes')
  expect(code).toBe(130)
  expect(out).toContain('4 done')
  await expectSettled(world, 'role', 4)
})
