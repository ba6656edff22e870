import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Fault } from '../../src/server/faults.ts'
import type { JsonObject } from '../../src/wire/common.ts'
import { env, file, idOf, live, parts, warehouse, without, writes } from '../support/warehouse.ts'
import { share } from '../support/samples.ts'
import { allow, createSandbox, tutorial, type Sandbox } from '../support/sandbox.ts'

/** Carrying out what was planned. Every fault at every request is in test/apply. */

async function applied(text = warehouse(), workspace = ''): Promise<Sandbox> {
  const world = createSandbox({ files: { [file]: workspace + text }, env })
  const ran = await world.run('apply', '--yes', '--quiet')
  expect(ran.code, ran.out + ran.err).toBe(0)
  world.requests()
  return world
}

describe('R24: a graph, not a list', () => {
  test('R24: what depends on a failure is skipped, with the reason; the rest goes on', async () => {
    const world = createSandbox({ files: { [file]: warehouse() }, env })
    // A refusal may be a recorded one, under a key that others derive as well: it is asked three times.
    world.server.faults.add({ fault: 'error-before', status: 400, on: 'POST /api/models', times: 3 })
    const ran = await world.run('apply', '--yes', '--parallelism', '1')
    expect(ran.code).toBe(5)
    const [made] = live(world).model
    const failed = made === 'Users' ? 'Orders' : 'Users'
    expect(live(world)).toEqual({ connection: ['Source', 'Store'], model: [made], sync: [`${made} out`] })
    expect(ran.out).toContain(`skipped   sync "${failed} out"`)
    expect(ran.out).toContain(`model "${failed}"`)
    world.requests()
    expect((await world.run('apply', '--yes')).code).toBe(0)
    const thrice = ['POST /api/models', 'POST /api/models', 'POST /api/models']
    expect(writes(world)).toEqual([...thrice, 'POST /api/syncs'])
  })

  test('R24: --fail-fast starts nothing more', async () => {
    const world = createSandbox({ files: { [file]: warehouse() }, env })
    world.server.faults.add({ fault: 'error-before', status: 400, on: 'POST /api/models', times: 3 })
    expect((await world.run('apply', '--yes', '--parallelism', '1', '--fail-fast')).code).toBe(5)
    expect(live(world)).toEqual({ connection: ['Source', 'Store'], model: [], sync: [] })
  })
})

describe('R25: what moved between the plan and its change is not overwritten', () => {
  /** Changes of each kind, one of them a deletion. */
  const wanted = (text: string): string =>
    `${text
      .replace('database: d', 'database: other')
      .replace('select * from users', 'select id, email, first_name from users')
      .replace('hour: 8', 'hour: 9')}removed: { syncs: [Orders out] }\n`

  interface Target {
    kind: 'connection' | 'model' | 'sync'
    name: string
    patch: JsonObject
    /** What the other person set, as it must stay. */
    kept: (thing: JsonObject) => unknown
  }
  const targets: Target[] = [
    {
      kind: 'connection',
      name: 'Source',
      patch: { configuration: { username: 'theirs' } },
      kept: (thing) => (thing['configuration'] as JsonObject)['username']
    },
    {
      kind: 'model',
      name: 'Users',
      patch: { identifier: 'theirs' },
      kept: (thing) => thing['identifier']
    },
    { kind: 'sync', name: 'Users out', patch: { mode: 'theirs' }, kept: (thing) => thing['mode'] },
    { kind: 'sync', name: 'Orders out', patch: { mode: 'theirs' }, kept: (thing) => thing['mode'] }
  ]

  async function planned(version: string): Promise<Sandbox> {
    const workspace = `workspace: { api_version: "${version}" }\n`
    const world = await applied(warehouse(), workspace)
    world.write({ [file]: workspace + wanted(without('ordersOut')) })
    expect((await world.run('plan', '--out', 'plan.json')).code).toBe(0)
    world.server.clearRequests()
    world.server.faults.clear()
    return world
  }

  const words = ['apply', 'plan.json', '--parallelism', '1']

  const versions = ['2023-04-25', '2024-02-08', '2025-09-18']

  test.each(versions)(
    'R25: API %s: an edit or a deletion before any write: that change is not sent, the others are',
    async (version) => {
      // Of few samples the versions share the targets, and each look meets one of both.
      const at = versions.indexOf(version)
      for (const target of share(targets, at % 2, 2)) {
        const calm = await planned(version)
        const id = idOf(calm, target.kind, target.name)
        const ran = await calm.run(...words)
        expect(ran.code, ran.out + ran.err).toBe(0)
        const all = calm.requests()
        const write = all.findIndex((one) => one.endsWith(`/${id}`) && !one.startsWith('GET '))
        // The last look at it: whatever happens later, nobody can see in time.
        const look = all.lastIndexOf(`GET /api/${target.kind}s/${id}`, write)
        expect(look).toBeGreaterThan(0)
        // What happens while the plan is made anew is told by the plan. Each request after that counts.
        const first = version === '2025-09-18' ? look - 2 : look
        for (let request = first; request <= look; request++)
          for (const patch of share([target.patch, null], (targets.indexOf(target) + request + at) % 2, 2))
            await expectKept(await planned(version), target, request, patch)
      }
    }
  )

  async function expectKept(
    world: Sandbox,
    target: Target,
    request: number,
    patch: JsonObject | null
  ): Promise<void> {
    const { kind, name } = target
    const id = idOf(world, kind, name)
    const fault: Fault = { fault: 'edit', request, edit: { kind, id, patch } }
    world.server.faults.add(fault)
    const ran = await world.run(...words)
    const said = `${name} ${JSON.stringify(patch)} at ${request}: ${ran.out}${ran.err}`
    const thing = world.server.store.all(kind).find((one) => one.id === id) as unknown as
      | JsonObject
      | undefined
    const sent = world.requests().filter((one) => !one.startsWith('GET ') && one.endsWith(`/${id}`))
    expect(sent, said).toEqual([])
    if (patch) expect(thing && target.kept(thing), said).toBe('theirs')
    else expect(thing, said).toBeUndefined()
    // That something is gone that was to go is as good as done.
    const isDone = patch === null && name === 'Orders out' && ran.code === 0
    if (!isDone) expect(ran.code, said).toBe(6)
    expect(ran.out + ran.err, said).not.toContain('    at ')
  }

  test('R25: with other failures beside it the exit code is 5; the report names field and person', async () => {
    const world = await planned('2025-09-18')
    const sync = idOf(world, 'sync', 'Users out')
    const model = idOf(world, 'model', 'Users')
    world.server.faults.add(
      {
        fault: 'edit',
        on: `GET /api/syncs/${sync}`,
        skip: 1,
        edit: { kind: 'sync', id: sync, patch: { mode: 'create' } }
      },
      { fault: 'error-before', status: 400, on: `DELETE /api/syncs/*` }
    )
    const ran = await world.run(...words)
    expect(ran.code, ran.out + ran.err).toBe(5)
    expect(ran.out).toContain(
      'error[P618]: sync "Users out" changed after it was planned: nothing was sent'
    )
    expect(ran.out).toContain('changed: mode')
    expect(ran.out).toContain('by Somebody Else')
    expect(world.requests().filter((one) => one.includes(model) && one.startsWith('PUT'))).toHaveLength(1)
  })

  test('R25: what this very apply changes is nobody else’s doing', async () => {
    const condition = '{ field: { model: Users, field: email }, function: Equality, value: a'
    const filtered = parts.usersOut.replace(
      '    target: {',
      `    filters: [${condition} }]\n    overrides: [${condition}, override: b }]\n    target: {`
    )
    const world = await applied(warehouse({ ...parts, usersOut: filtered }))
    const renamed = warehouse({ ...parts, usersOut: filtered })
      .replace('name: Users\n', 'name: People\n    lifecycle: { renamed_from: Users }\n')
      .replaceAll('model: Users', 'model: People')
      .replace('name: Source\n', 'name: Origin\n    lifecycle: { renamed_from: Source }\n')
      .replaceAll('connection: Source', 'connection: Origin')
    world.write({ [file]: wanted(renamed.replace(parts.ordersOut, '')) })
    const ran = await world.run('apply', '--yes')
    expect(ran.code, ran.out + ran.err).toBe(0)
    expect((await world.run('plan', '--detailed-exitcode')).code).toBe(0)
  })

  test('R25: ignored fields, dates and what nobody states may move', async () => {
    const world = await applied(
      warehouse({ ...parts, usersOut: `${parts.usersOut}    lifecycle: { ignore_changes: [mode] }\n` })
    )
    world.write({
      [file]: warehouse({
        ...parts,
        usersOut: `${parts.usersOut.replace('hour: 8', 'hour: 9')}    lifecycle: { ignore_changes: [mode] }\n`
      })
    })
    const id = idOf(world, 'sync', 'Users out')
    world.server.faults.add({
      fault: 'edit',
      on: `GET /api/syncs/${id}`,
      skip: 1,
      edit: { kind: 'sync', id, patch: { mode: 'create', active: false } }
    })
    const ran = await world.run('apply', '--yes')
    expect(ran.code, ran.out + ran.err).toBe(0)
    const sync = world.server.store.all('sync').find((one) => one.id === id)
    expect([sync?.mode, sync?.active]).toEqual(['create', false])
  })
})

test('R26: what the service kept otherwise is a failure that names the field', async () => {
  const world = await applied()
  world.write({ [file]: warehouse().replace('hour: 8', 'hour: 9') })
  const id = idOf(world, 'sync', 'Users out')
  world.server.faults.add({
    fault: 'edit',
    on: `GET /api/syncs/${id}`,
    skip: 2,
    edit: { kind: 'sync', id, patch: { mode: 'create' } }
  })
  const ran = await world.run('apply', '--yes')
  expect(ran.code).toBe(5)
  expect(ran.out).toContain('[P614]')
  expect(ran.out).toContain('different: mode')
})

test('R27: a create whose answer was lost is made once, under one key', async () => {
  const keys: (string | null)[] = []
  const world: Sandbox = createSandbox({
    files: { [file]: warehouse() },
    env,
    io: {
      async fetch(request) {
        if (request.method === 'POST' && request.url.endsWith('/api/models'))
          keys.push(request.headers.get('Idempotency-Key'))
        return await world.server.fetch(request)
      }
    }
  })
  world.server.faults.add({ fault: 'lost-response', on: 'POST /api/models' })
  // No list shows it for a while: it is sent again, under its own key.
  world.server.faults.add({ fault: 'stale-list', on: 'GET /api/models', skip: 1, times: 4 })
  expect((await world.run('apply', '--yes', '--parallelism', '1')).code).toBe(0)
  expect(live(world).model).toEqual(['Orders', 'Users'])
  expect(keys).toHaveLength(3)
  expect(new Set(keys).size).toBe(2)
  expect(keys).not.toContain(null)
})

test('R28: reads and replacements are tried again, one gate slows all, and tries are bounded', async () => {
  const world = await applied()
  world.write({ [file]: warehouse().replace('hour: 8', 'hour: 9') })
  world.server.faults.add(
    { fault: 'too-many-requests', on: 'GET /api/models', times: 2 },
    { fault: 'error-before', status: 503, on: 'PUT /api/syncs/*', times: 2 }
  )
  const ran = await world.run('apply', '--yes')
  expect(ran.code, ran.out + ran.err).toBe(0)
  expect(writes(world)).toEqual(['PUT /api/syncs/ID', 'PUT /api/syncs/ID', 'PUT /api/syncs/ID'])
  world.server.faults.add({ fault: 'error-before', status: 503, on: 'GET /api/me', times: 0 })
  world.requests()
  expect((await world.run('plan')).code).toBe(4)
  expect(world.requests().filter((one) => one === 'GET /api/me').length).toBeLessThan(12)
})

test('R29: a connection that waits for a person is pending, never made twice, and then all goes on', async () => {
  const world = createSandbox({ files: { [file]: tutorial }, env: { MONGODB_PASSWORD: 'x' } })
  for (const _time of [1, 2]) {
    const ran = await world.run('apply', '--yes')
    expect(ran.code, ran.out + ran.err).toBe(8)
    expect(live(world)).toEqual({
      connection: ['MongoDB Connection', 'Salesforce Connection'],
      model: ['MongoDB Model'],
      sync: []
    })
  }
  await allow(world, 'Salesforce Connection')
  expect((await world.run('apply', '--yes')).code).toBe(0)
  expect(live(world).sync).toEqual(['Mongo to Salesforce Sync'])
})

test('R30: stopped at any request, the next apply finishes, without twins', async () => {
  const whole = createSandbox({ files: { [file]: warehouse() }, env })
  await whole.run('apply', '--yes', '--parallelism', '1')
  const expected = live(whole)
  const count = whole.requests().length
  for (let stop = 0; stop < count; stop++) {
    let asked = 0
    let interrupt: () => void = () => undefined
    const interrupted = new Promise<void>((resolve) => (interrupt = resolve))
    const world: Sandbox = createSandbox({
      files: { [file]: warehouse() },
      env,
      io: {
        interrupted,
        async fetch(request) {
          if (asked++ === stop) interrupt()
          return await world.server.fetch(request)
        }
      }
    })
    const ran = await world.run('apply', '--yes', '--parallelism', '1')
    expect([0, 130], `at ${stop}: ${ran.out}${ran.err}`).toContain(ran.code)
    const again = createSandbox({
      env: { ...env, POLYTOMIC_API_KEY: world.server.apiKey },
      io: { cwd: world.folder, fetch: (request) => world.server.fetch(request) }
    })
    expect((await again.run('apply', '--yes')).code).toBe(0)
    expect(live(world), `at ${stop}`).toEqual(expected)
  }
})

test('R32: commands that read write nothing, whatever there is to do', async () => {
  const world = await applied()
  world.write({
    [file]: `${without('ordersOut').replace('hour: 8', 'hour: 9')}removed: { syncs: [Orders out] }\n`
  })
  mkdirSync(join(world.folder, 'plans'))
  const commands = [
    ['validate'],
    ['plan'],
    ['plan', '--out', 'plans/plan.json', '--force-delete', '--rotate', 'Store'],
    ['plan', '--only', 'Store', '--rotate', 'Store'],
    ['drift'],
    ['schema'],
    ['sources', 'Source'],
    ['targets', 'Store'],
    ['targets', 'Store', 'public.users'],
    ['sources', 'Source', '--bulk'],
    ['targets', 'Store', '--bulk']
  ]
  for (const words of commands) {
    const ran = await world.run(...words)
    expect([0, 2], `${words.join(' ')}: ${ran.err}`).toContain(ran.code)
    expect(writes(world), words.join(' ')).toEqual([])
  }
})
