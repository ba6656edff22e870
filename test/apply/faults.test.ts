import { describe, expect, test } from 'vitest'
import { share } from '../support/samples.ts'
import { apiRequest, createSandbox, type Sandbox } from '../support/sandbox.ts'
import type { Fault, FaultName } from '../../src/server/faults.ts'

/** A small workspace with a chain of references, and a secret. */
const files = {
  'configs/chain.yaml': `
connections:
  - { name: Source, type: mongodb, configuration: { hosts: a.example.net, password: "\${env:PASSWORD}" } }
  - { name: Store, type: postgresql, configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:PASSWORD}" } }
models:
  - { name: Users, connection: Source, configuration: { database: example, collection: users } }
syncs:
  - name: Users to the store
    mode: replace
    active: false
    model: Users
    fields: [{ source: email, target: email }]
    target: { connection: Store, object: public.users }
    schedule: manual
`
}
const env = { PASSWORD: 'planted-secret' }
const names = { connection: ['Source', 'Store'], model: ['Users'], sync: ['Users to the store'] } as const

function live(world: Sandbox): Record<string, string[]> {
  const of = (kind: keyof typeof names): string[] =>
    world.server.store
      .all(kind)
      .map((item) => item.name)
      .toSorted()
  return { connection: of('connection'), model: of('model'), sync: of('sync') }
}

async function converges(world: Sandbox): Promise<void> {
  world.server.faults.clear()
  const again = await world.run('apply', '--yes')
  expect(again.code, again.out + again.err).toBe(0)
  expect(live(world)).toEqual(names)
  world.requests()
  const idle = await world.run('apply', '--yes')
  expect(idle.code).toBe(0)
  expect(world.requests().filter((request) => !request.startsWith('GET '))).toEqual([])
}

/** The requests of an apply, by their numbers; of few samples, those that fall to one of several equals. */
async function requestsOfAnApply(part: number, parts: number): Promise<readonly number[]> {
  const world = createSandbox({ files, env })
  expect((await world.run('apply', '--yes')).code).toBe(0)
  const all = Array.from(world.requests(), (_request, index) => index)
  return share(all, part % parts, parts)
}

describe('every fault at every request', () => {
  const passing: FaultName[] = [
    'lost-request',
    'lost-response',
    'too-many-requests',
    'error-before',
    'error-after',
    'stale-list'
  ]
  test.each(passing)('%s: one apply survives it, or the next one finishes; never twins', async (fault) => {
    for (const request of await requestsOfAnApply(passing.indexOf(fault), 6)) {
      const world = createSandbox({ files, env })
      world.server.faults.add({ fault, request, times: 1 })
      const ran = await world.run('apply', '--yes')
      expect([0, 4, 5, 8], `${fault} at ${request}: ${ran.out}${ran.err}`).toContain(ran.code)
      expect(ran.err).not.toContain('    at ')
      await converges(world)
    }
  })

  const strange: FaultName[] = ['html', 'empty', 'redirect', 'unauthorized']
  test.each(strange)('%s: is told in one sentence, and the next apply finishes', async (fault) => {
    for (const request of await requestsOfAnApply(strange.indexOf(fault), 8)) {
      const world = createSandbox({ files, env })
      world.server.faults.add({ fault, request, times: 1 })
      const ran = await world.run('apply', '--yes')
      expect([0, 4, 5], `${fault} at ${request}: ${ran.out}${ran.err}`).toContain(ran.code)
      expect(`${ran.out}${ran.err}`).not.toMatch(/ {4}at .*:\d+:\d+/)
      await converges(world)
    }
  })
})

describe('a process killed at any request', () => {
  test.each(['before', 'after'] as const)(
    '%s the service has served it: applying again converges without twins',
    async (when) => {
      for (const dies of await requestsOfAnApply(when === 'before' ? 0 : 2, 4)) {
        let sent = 0
        let died: () => void = () => undefined
        const death = new Promise<void>((resolve) => (died = resolve))
        const never = new Promise<Response>(() => undefined)
        const world = createSandbox({ files, env })
        const doomed = makeWorldWith(world, async (request) => {
          const mine = sent++
          if (mine < dies) return await world.server.fetch(request)
          if (mine === dies && when === 'after') await world.server.fetch(request)
          died()
          return await never
        })
        void doomed('apply', '--yes')
        await death
        await converges(world)
      }
    }
  )
})

/** The program against the same server and folder, with another way to it. */
function makeWorldWith(
  world: Sandbox,
  fetch: (request: Request) => Promise<Response>
): (...words: string[]) => Promise<unknown> {
  const other = createSandbox({
    env: { ...env, POLYTOMIC_API_KEY: world.server.apiKey },
    io: { fetch, cwd: world.folder }
  })
  return (...words) => other.run(...words)
}

describe('an answer that was lost', () => {
  test('a create is found by name, and not sent again', async () => {
    const world = createSandbox({ files, env })
    world.server.faults.add({ fault: 'lost-response', on: 'POST /api/models' })
    const ran = await world.run('apply', '--yes')
    expect(ran.code, ran.out + ran.err).toBe(0)
    expect(world.requests().filter((request) => request === 'POST /api/models')).toHaveLength(1)
    expect(live(world)).toEqual(names)
  })

  test('a create is repeated under its own key, and replayed: one POST has an effect', async () => {
    const world = createSandbox({ files, env })
    world.server.faults.add({ fault: 'lost-response', on: 'POST /api/models' })
    world.server.faults.add({ fault: 'stale-list', on: 'GET /api/models', skip: 1, times: 4 })
    const ran = await world.run('apply', '--yes')
    expect(ran.code, ran.out + ran.err).toBe(0)
    expect(world.requests().filter((request) => request === 'POST /api/models')).toHaveLength(2)
    expect(live(world)).toEqual(names)
  })

  test('a create answered with 500 after it was done is found by name and not made again', async () => {
    const world = createSandbox({ files, env })
    world.server.faults.add({ fault: 'error-after', on: 'POST /api/models' })
    const ran = await world.run('apply', '--yes', '--format', 'json')
    expect(ran.code, ran.out + ran.err).toBe(0)
    expect(world.requests().filter((request) => request === 'POST /api/models')).toHaveLength(1)
    expect(live(world)).toEqual(names)
  })
})

describe('a refusal', () => {
  test('skips what depends on it, with the reason, and nothing else', async () => {
    const world = createSandbox({ files, env })
    const refusal: Fault = { fault: 'error-before', on: 'POST /api/models', times: 0, status: 422 }
    world.server.faults.add(refusal)
    const ran = await world.run('apply', '--yes', '--format', 'json')
    const report = JSON.parse(ran.out) as { results: { name: string; outcome: string }[] }
    expect(ran.code).toBe(5)
    expect(Object.fromEntries(report.results.map(({ name, outcome }) => [name, outcome]))).toEqual({
      Source: 'done',
      Store: 'done',
      Users: 'failed',
      'Users to the store': 'skipped'
    })
    expect(world.requests()).not.toContain('POST /api/syncs')
  })

  test('a missing secret stops it before anything is sent, and names the variable', async () => {
    const world = createSandbox({ files })
    const ran = await world.run('apply', '--yes')
    expect(ran.code).toBe(3)
    expect(`${ran.out}${ran.err}`).toContain('PASSWORD')
    expect(`${ran.out}${ran.err}`).toContain('P615')
    expect(world.requests().filter((request) => !request.startsWith('GET '))).toEqual([])
  })
})

describe('an update', () => {
  test('loses nothing that no file states', async () => {
    const world = createSandbox({ files, env })
    await world.run('apply', '--yes')
    const connection = world.server.store.all('connection').find((item) => item.name === 'Store')!
    world.server.store.edit('connection', connection.id, {
      configuration: { publication: 'by hand', hostname: 'moved' }
    })
    expect((await world.run('apply', '--yes')).code).toBe(0)
    const after = world.server.store.all('connection').find((item) => item.name === 'Store')!
    expect(after.configuration).toMatchObject({
      hostname: 'h',
      publication: 'by hand',
      password: 'planted-secret'
    })
  })

  const changed = {
    'configs/chain.yaml': files['configs/chain.yaml'].replace(
      'collection: users }',
      'collection: users }, identifier: email'
    )
  }
  const fieldsOf = (world: Sandbox): string[] =>
    world.server.store.all('model')[0]!.fields.map((field) => field.name)

  test('leaves a model with the fields that somebody chose', async () => {
    const world = createSandbox({ files, env })
    await world.run('apply', '--yes')
    const model = world.server.store.all('model')[0]!
    const body = {
      name: model.name,
      connection_id: model.connection_id,
      configuration: model.configuration,
      fields: ['email', 'first_name']
    }
    expect(
      (await world.server.fetch(apiRequest(world, 'PUT', `/api/models/${model.id}`, body))).status
    ).toBe(200)
    world.write(changed)
    const ran = await world.run('apply', '--yes')
    expect(ran.code, ran.out + ran.err).toBe(0)
    expect(fieldsOf(world).toSorted()).toEqual(['email', 'first_name'])
  })

  test('pins no fields of a model of which nobody chose any', async () => {
    const world = createSandbox({ files, env })
    await world.run('apply', '--yes')
    const sent: unknown[] = []
    const listening = createSandbox({
      env: { ...env, POLYTOMIC_API_KEY: world.server.apiKey },
      io: {
        cwd: world.folder,
        async fetch(request) {
          if (request.method === 'PUT') sent.push(await request.clone().json())
          return await world.server.fetch(request)
        }
      }
    })
    world.write(changed)
    expect((await listening.run('apply', '--yes')).code).toBe(0)
    expect(sent).toHaveLength(1)
    expect(sent[0]).not.toHaveProperty('fields')
  })

  test('to another source starts with all of its fields', async () => {
    const world = createSandbox({
      files: { 'configs/a.yaml': files['configs/chain.yaml'].split('syncs:')[0]! },
      env
    })
    await world.run('apply', '--yes')
    world.write({
      'configs/a.yaml': files['configs/chain.yaml']
        .split('syncs:')[0]!
        .replace('collection: users', 'collection: orders')
    })
    const ran = await world.run('apply', '--yes')
    expect(ran.code, ran.out + ran.err).toBe(0)
    expect(fieldsOf(world)).not.toContain('first_name')
    expect(fieldsOf(world).length).toBeGreaterThan(2)
  })

  test('leaves ignored fields as they are at that moment, not as they were when it was planned', async () => {
    const ignoring = files['configs/chain.yaml'].replace(
      '    schedule: manual',
      '    schedule: { frequency: hourly, minute: 0 }\n    lifecycle: { ignore_changes: [schedule] }'
    )
    const world = createSandbox({ files: { 'configs/chain.yaml': ignoring }, env })
    await world.run('apply', '--yes')
    const sync = world.server.store.all('sync')[0]!
    world.server.store.edit('sync', sync.id, { schedule: { frequency: 'hourly', minute: '15' } })
    world.write({
      'configs/chain.yaml': ignoring.replace(
        'target: email }',
        'target: email }, { source: first_name, target: first_name }'
      )
    })
    const edit = { kind: 'sync', id: sync.id, patch: { schedule: { minute: '30' } } } as const
    world.server.faults.add({ fault: 'edit', on: 'GET /api/syncs/*', skip: 1, edit })
    const ran = await world.run('apply', '--yes')
    expect(ran.code, ran.out + ran.err).toBe(0)
    expect(world.server.store.all('sync')[0]!.schedule).toMatchObject({ frequency: 'hourly', minute: '30' })
    expect(world.server.store.all('sync')[0]!.fields).toHaveLength(2)
  })

  test('what the service keeps otherwise is a failure that names the field', async () => {
    const world = createSandbox({ files, env })
    await world.run('apply', '--yes')
    const model = world.server.store.all('model')[0]!
    world.server.store.edit('model', model.id, { configuration: { collection: 'other' } })
    world.server.faults.add({
      fault: 'edit',
      on: 'GET /api/models/*',
      skip: 1,
      edit: { kind: 'model', id: model.id, patch: { configuration: { collection: 'third' } } }
    })
    const ran = await world.run('apply', '--yes')
    expect(ran.code).toBe(5)
    expect(`${ran.out}${ran.err}`).toContain('P614')
    expect(`${ran.out}${ran.err}`).toContain('configuration.collection')
  })
})

test('the API is asked in the version that the files name', async () => {
  for (const version of ['2023-04-25', '2024-02-08', '2025-09-18']) {
    const world = createSandbox({
      files: {
        'configs/chain.yaml': `workspace: { api_version: "${version}" }\n${files['configs/chain.yaml']}`
      },
      env
    })
    const ran = await world.run('apply', '--yes')
    expect(ran.code, `${version}: ${ran.out}${ran.err}`).toBe(0)
    const plan = await world.run('plan', '--detailed-exitcode')
    expect(plan.code, `${version}: ${plan.out}${plan.err}`).toBe(0)
  }
})
