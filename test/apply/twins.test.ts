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
