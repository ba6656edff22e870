import { describe, expect, test } from 'vitest'
import { apiRequest, makeWorld, type World } from '../support/world.ts'

/**
 * The service lets two syncs have one name: nothing but the client stands between a lost answer and a
 * twin.
 */
const env = { PASSWORD: 'planted-secret' }
const workspace = (syncs: number): Record<string, string> => ({
  'configs/a.yaml': `
connections:
  - { name: Source, type: mongodb, configuration: { hosts: a.example.net } }
  - { name: Store, type: postgresql, configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:PASSWORD}" } }
models:
  - { name: Users, connection: Source, configuration: { database: example, collection: users } }
syncs:
${Array.from({ length: syncs }, (_, index) => `  - { name: S${index}, mode: replace, active: false, model: Users, fields: [{ source: email, target: email }], target: { connection: Store, object: public.users }, schedule: manual }`).join('\n')}
`
})

/** The program against the server of `world`, with another way to it. */
function through(
  world: World,
  fetch: (request: Request) => Promise<Response>
): (...words: string[]) => Promise<{ code: number; out: string; err: string }> {
  const key = { POLYTOMIC_API_KEY: world.server.apiKey }
  return makeWorld({ env: { ...env, ...key }, io: { fetch, cwd: world.folder } }).run
}

const lost = (): TypeError => new TypeError('fetch failed', { cause: new Error('socket hang up') })

describe('never two', () => {
  test('when the answer is lost, and the next try is throttled', async () => {
    const world = makeWorld({ files: workspace(1), env })
    world.server.faults.add(
      { fault: 'lost-response', on: 'POST /api/syncs' },
      { fault: 'too-many-requests', on: 'POST /api/syncs', skip: 1 }
    )
    expect((await world.run('apply', '--yes')).code).toBe(0)
    expect(world.server.store.all('sync')).toHaveLength(1)
  })

  test('when it was answered with 503 after it was done, and no list shows it for some seconds', async () => {
    const files = { 'configs/a.yaml': 'policies: [{ name: a, policy_actions: [] }]\n' }
    for (const staleReads of [1, 2, 3]) {
      const world = makeWorld({ files, env })
      world.server.faults.add(
        { fault: 'error-after', status: 503, on: 'POST /api/permissions/policies' },
        { fault: 'stale-list', on: 'GET /api/permissions/policies', skip: 1, times: staleReads }
      )
      const ran = await world.run('apply', '--yes')
      expect(ran.code, ran.out + ran.err).toBe(0)
      expect(world.server.store.all('policy').filter(({ name }) => name === 'a')).toHaveLength(1)
      expect((await world.run('plan')).code).toBe(0)
    }
  })

  test('when what was made is deleted, made again, and deleted again within a day', async () => {
    const world = makeWorld({ files: workspace(2), env })
    for (let round = 0; round < 3; round++) {
      expect((await world.run('apply', '--yes')).code).toBe(0)
      expect(world.server.store.all('sync')).toHaveLength(2)
      expect((await world.run('plan', '--detailed-exitcode')).code).toBe(0)
      for (const { id } of world.server.store.all('sync')) world.server.store.remove('sync', id)
    }
  })

  test('when what was made is called otherwise by now: then another one is wanted', async () => {
    const world = makeWorld({ files: workspace(1), env })
    await world.run('apply', '--yes')
    const [sync] = world.server.store.all('sync')
    world.server.store.edit('sync', sync!.id, { name: 'by hand' })
    expect((await world.run('apply', '--yes')).code).toBe(0)
    expect(
      world.server.store
        .all('sync')
        .map(({ name }) => name)
        .toSorted()
    ).toEqual(['S0', 'by hand'])
  })

  test('when two apply the same files side by side', async () => {
    const world = makeWorld({ files: workspace(3), env })
    const other = through(world, (request) => world.server.fetch(request))
    const [a, b] = await Promise.all([world.run('apply', '--yes'), other('apply', '--yes')])
    expect([a.code, b.code], a.out + b.out).toEqual([0, 0])
    expect(world.server.store.all('sync')).toHaveLength(3)
    expect(world.server.store.all('connection')).toHaveLength(2)
  })

  test('when a request that nobody answers is carried out after everybody gave up', async () => {
    const world = makeWorld({ files: workspace(1), env })
    let late: Request | undefined
    const run = through(world, async (request) => {
      const creates = request.method === 'POST' && request.url.endsWith('/api/syncs')
      if (!creates) return await world.server.fetch(request)
      late ??= request.clone()
      if (request.headers.get('idempotency-key') === late.headers.get('idempotency-key')) throw lost()
      return await world.server.fetch(request)
    })
    const ran = await run('apply', '--yes')
    expect(ran.code).toBe(5)
    expect(ran.out + ran.err).toContain('P602')
    await world.server.fetch(late!)
    expect((await world.run('apply', '--yes')).code).toBe(0)
    expect(world.server.store.all('sync')).toHaveLength(1)
  })

  test('when a sync on a later page is changed while the pages are read', async () => {
    const world = makeWorld({ files: workspace(120), env })
    expect((await world.run('apply', '--yes', '--quiet')).code).toBe(0)
    const page = await world.server.fetch(apiRequest(world, 'GET', '/api/syncs'))
    const items = ((await page.json()) as { data: { id: string }[] }).data
    const first = new Set(items.map((item) => item.id))
    const { id } = world.server.store.all('sync').find((sync) => !first.has(sync.id))!
    const edit = { kind: 'sync', id, patch: {} } as const
    world.server.faults.add({ fault: 'edit', on: 'GET /api/syncs', skip: 1, edit })
    expect((await world.run('apply', '--yes')).code).toBe(0)
    expect(world.server.store.all('sync')).toHaveLength(120)
  })
})

test('an update that nobody answered is told as one that may have been carried out', async () => {
  const world = makeWorld({ files: workspace(1), env })
  await world.run('apply', '--yes')
  const sync = world.server.store.all('sync')[0]!
  world.server.store.edit('sync', sync.id, { mode: 'append' })
  world.server.faults.add({ fault: 'lost-response', on: 'PUT /api/syncs/*', times: 0 })
  const ran = await world.run('apply', '--yes')
  expect(ran.code).toBe(5)
  expect(ran.out + ran.err).toContain('[P602]')
})
