import { describe, expect, test } from 'vitest'
import { spread } from '../support/samples.ts'
import { apiRequest, createSandbox, type Sandbox } from '../support/sandbox.ts'

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
  world: Sandbox,
  fetch: (request: Request) => Promise<Response>
): (...words: string[]) => Promise<{ code: number; out: string; err: string }> {
  const key = { POLYTOMIC_API_KEY: world.server.apiKey }
  return createSandbox({ env: { ...env, ...key }, io: { fetch, cwd: world.folder } }).run
}

const lost = (): TypeError => new TypeError('fetch failed', { cause: new Error('socket hang up') })

describe('never two', () => {
  test('when the answer is lost, and the next try is throttled', async () => {
    const world = createSandbox({ files: workspace(1), env })
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
      const world = createSandbox({ files, env })
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

  test('with exit 0: where every list was stale for too long, both are told', async () => {
    const files = { 'configs/a.yaml': 'policies: [{ name: a, policy_actions: [] }]\n' }
    const ends = new Set<string>()
    for (const status of spread([500, 502, 503, 504] as const, 2)) {
      for (const staleReads of spread([0, 1, 2, 3, 4, 5, 6, 7, 8], 3)) {
        const world = createSandbox({ files, env })
        world.server.faults.add(
          { fault: 'error-after', status, on: 'POST /api/permissions/policies' },
          { fault: 'stale-list', on: 'GET /api/permissions/policies', skip: 1, times: staleReads }
        )
        const { code, out, err } = await world.run('apply', '--yes')
        const made = world.server.store.all('policy').filter(({ name }) => name === 'a')
        const what = `${status}, ${staleReads} stale: ${out}${err}`
        ends.add(`${made.length} with ${code}`)
        expect([1, 2], what).toContain(made.length)
        if (made.length === 1) continue
        expect(code, what).toBe(6)
        for (const { id } of made) expect(out + err, what).toContain(id)
      }
    }
    expect([...ends].toSorted()).toEqual(['1 with 0', '2 with 6'])
  })

  test('when what was made is deleted, made again, and deleted again within a day', async () => {
    const world = createSandbox({ files: workspace(2), env })
    for (let round = 0; round < 3; round++) {
      expect((await world.run('apply', '--yes')).code).toBe(0)
      expect(world.server.store.all('sync')).toHaveLength(2)
      expect((await world.run('plan', '--detailed-exitcode')).code).toBe(0)
      for (const { id } of world.server.store.all('sync')) world.server.store.remove('sync', id)
    }
  })

  test('when what was made is called otherwise by now: then another one is wanted', async () => {
    const world = createSandbox({ files: workspace(1), env })
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
    const world = createSandbox({ files: workspace(3), env })
    const other = through(world, (request) => world.server.fetch(request))
    const [a, b] = await Promise.all([world.run('apply', '--yes'), other('apply', '--yes')])
    expect([a.code, b.code], a.out + b.out).toEqual([0, 0])
    expect(world.server.store.all('sync')).toHaveLength(3)
    expect(world.server.store.all('connection')).toHaveLength(2)
  })

  test('when a request that nobody answers is carried out after everybody gave up', async () => {
    const world = createSandbox({ files: workspace(1), env })
    let late: Request | undefined
    const run = through(world, async (request) => {
      const creates = request.method === 'POST' && request.url.endsWith('/api/syncs')
      if (!creates) return await world.server.fetch(request)
      // What is sent later has no part of a request that is given up.
      const { url, method, headers } = request
      late ??= new Request(url, { method, headers, body: await request.clone().text() })
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

  test.each([500, 502, 503, 504])(
    'when a lost request is carried out after a %s and a success',
    async (status) => {
      const files = { 'configs/a.yaml': 'policies: [{ name: a, policy_actions: [] }]\n' }
      const world = createSandbox({ files, env })
      let late: Request | undefined
      let creates = 0
      const run = through(world, async (request) => {
        if (request.method !== 'POST') return await world.server.fetch(request)
        creates += 1
        const { url, method, headers } = request
        late ??= new Request(url, { method, headers, body: await request.clone().text() })
        if (creates === 1) throw lost()
        if (creates === 2) return Response.json({ message: 'a gateway gave up' }, { status })
        return await world.server.fetch(request)
      })
      const ran = await run('apply', '--yes')
      expect(ran.code, ran.out + ran.err).toBe(0)
      await world.server.fetch(late!)
      expect(world.server.store.all('policy').filter(({ name }) => name === 'a')).toHaveLength(1)
      expect(creates).toBe(3)
    }
  )

  test('when a sync on a later page is changed while the pages are read', async () => {
    const world = createSandbox({ files: workspace(120), env })
    expect((await world.run('apply', '--yes', '--quiet')).code).toBe(0)
    const page = await world.server.fetch(apiRequest(world, 'GET', '/api/syncs'))
    const items = ((await page.json()) as { data: { id: string }[] }).data
    const first = new Set(items.map((item) => item.id))
    const { id } = world.server.store.all('sync').find((sync) => !first.has(sync.id))!
    const edit = { kind: 'sync', id, patch: {} } as const
    world.server.faults.add({ fault: 'edit', on: 'GET /api/syncs', skip: 1, edit })
    const again = await world.run('apply', '--yes')
    expect(again.code, again.out + again.err).toBe(0)
    // Where it were missed, it would be planned as new, and only found by its name when it is made.
    expect(again.out).toContain('Nothing to do')
    expect(world.server.store.all('sync')).toHaveLength(120)
  })
})

describe('in every order of a few requests', () => {
  const kindsOfTwins = {
    policy: ['policies: [{ name: a, policy_actions: [] }]', '/api/permissions/policies'],
    role: ['roles: [{ name: a }]', '/api/permissions/roles'],
    sync: [workspace(1)['configs/a.yaml']!.replace('S0', 'a'), '/api/syncs'],
    bulk_sync: [
      `connections: [{ name: E, type: postgresql, configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:PASSWORD}" } }]
bulk_syncs: [{ name: a, mode: replicate, source: { connection: E }, destination: { connection: E, configuration: { schema: raw } }, schemas: [public.users], default_schedule: manual }]`,
      '/api/bulk/syncs'
    ]
  } as const
  const courses = ['nothing', 'error-after', 'error-before', 'lost-response', 'lost-request'] as const

  async function course(
    kind: keyof typeof kindsOfTwins,
    [first, second]: readonly (typeof courses)[number][],
    staleReads: number,
    ignoresKeys: boolean,
    appliers: number
  ): Promise<number> {
    const [text, path] = kindsOfTwins[kind]
    const world = createSandbox({ files: { 'configs/a.yaml': `${text}\n` }, env })
    // What it needs is there; it is not.
    if (kind === 'sync' || kind === 'bulk_sync') {
      await world.run('apply', '--yes')
      for (const { id } of world.server.store.all(kind)) world.server.store.remove(kind, id)
    }
    for (const [skip, fault] of [first, second].entries())
      if (fault !== undefined && fault !== 'nothing')
        world.server.faults.add({ fault, status: 503, on: `POST ${path}`, skip })
    if (staleReads > 0)
      world.server.faults.add({ fault: 'stale-list', on: `GET ${path}`, skip: appliers, times: staleReads })
    let clock = Date.now()
    const ways = Array.from({ length: appliers }, () =>
      createSandbox({
        env: { ...env, POLYTOMIC_API_KEY: world.server.apiKey },
        io: {
          cwd: world.folder,
          now: () => new Date(clock),
          async sleep(ms) {
            clock += ms
            await new Promise((resolve) => setImmediate(resolve))
          },
          async fetch(request) {
            if (ignoresKeys) request.headers.delete('idempotency-key')
            return await world.server.fetch(request)
          }
        }
      })
    )
    const ran = await Promise.all(ways.map((one) => one.run('apply', '--yes')))
    const there = world.server.store.all(kind).filter(({ name }) => name === 'a')
    const reported = ran.map(({ code, out, err }) => `${code} ${out}${err}`).join('\n')
    const what = `${kind} ${first} ${second} stale ${staleReads} ignores ${ignoresKeys} ${appliers}: ${reported}`
    for (const { code } of ran) expect([0, 5, 6], what).toContain(code)
    if (there.length === 0) {
      // A lost request may arrive at any time, and its key answers with an error: that is told, and no more.
      expect(first === 'lost-request' || second === 'lost-request', what).toBe(true)
      expect(new Set(ran.map(({ code }) => code)), what).toEqual(new Set([5]))
      expect(reported, what).toContain('P602')
      const again = await ways[0]!.run('apply', '--yes')
      expect(again.code, what + again.out + again.err).toBe(0)
      return world.server.store.all(kind).filter(({ name }) => name === 'a').length
    }
    if (there.length < 2) return there.length
    expect(Math.max(...ran.map(({ code }) => code)), what).toBeGreaterThan(0)
    if (ran.some(({ code }) => code === 6))
      for (const { id } of there.slice(0, 2)) expect(reported, what).toContain(id)
    // Where keys are known, one who applies alone never makes two.
    expect(ignoresKeys, what).toBe(true)
    return there.length
  }

  test.each(Object.keys(kindsOfTwins) as (keyof typeof kindsOfTwins)[])(
    '%s: never two, and nobody says so',
    async (kind) => {
      const some = kind === 'policy' ? courses : (['nothing', 'error-after', 'lost-response'] as const)
      const stale = kind === 'policy' ? [0, 1, 3] : [0, 2]
      const all = some.flatMap((first) =>
        some.flatMap((second) =>
          stale.flatMap((staleReads) =>
            [false, true].flatMap((ignoresKeys) =>
              [1, 2].map((appliers) => [[first, second], staleReads, ignoresKeys, appliers] as const)
            )
          )
        )
      )
      const counts = new Set<number>()
      for (const one of spread(all, kind === 'policy' ? 23 : 11)) counts.add(await course(kind, ...one))
      // Without keys two side by side may make two: the orders are worth it.
      expect(counts).toEqual(new Set([1, 2]))
    }
  )
})

test('an update that nobody answered is told as one that may have been carried out', async () => {
  const world = createSandbox({ files: workspace(1), env })
  await world.run('apply', '--yes')
  const sync = world.server.store.all('sync')[0]!
  world.server.store.edit('sync', sync.id, { mode: 'append' })
  world.server.faults.add({ fault: 'lost-response', on: 'PUT /api/syncs/*', times: 0 })
  const ran = await world.run('apply', '--yes')
  expect(ran.code).toBe(5)
  expect(ran.out + ran.err).toContain('[P602]')
})
