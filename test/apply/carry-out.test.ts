import { describe, expect, test } from 'vitest'
import { carryOut } from '../../src/apply/carry-out.ts'
import type { ApplyOptions } from '../../src/apply/options.ts'
import type { ApplyEvent, Report } from '../../src/apply/events.ts'
import { kinds } from '../../src/kinds/index.ts'
import type { Change, Plan } from '../../src/plan/plan.ts'
import { openWriter, type Writer } from '../../src/remote/transport.ts'
import { addressText } from '../../src/state/resource.ts'
import { Vault } from '../../src/state/vault.ts'
import { allow, makeWorld, tutorial } from '../support/world.ts'

const env = { MONGODB_PASSWORD: 'planted-secret' }
const organization = { id: 'o', name: 'O' }
const nowhere = { line: 1, column: 1, offset: 0 }

function deletion(name: string, ...after: string[]): Change {
  return {
    kind: 'sync',
    name,
    id: name,
    action: 'delete',
    span: { path: 'a.yaml', start: nowhere, end: nowhere },
    fields: [],
    unchanged: 0,
    reason: 'r',
    after: after.map((other) => addressText({ kind: 'sync', name: other })),
    wanted: {},
    ids: {},
    notStated: [],
    hidden: [],
    impacts: [],
    ignored: []
  }
}

function writer(fetch: (request: Request) => Promise<Response>): Writer {
  return openWriter({
    url: 'https://service.test',
    authorization: 'Bearer k',
    version: '2025-09-18',
    fetch,
    parallelism: 4,
    timeoutMs: 1000,
    newKey: () => 'key-00000000',
    backoffMs: 1,
    sleep: async () => undefined,
    now: () => 0
  })
}

async function carriedOut(
  changes: Change[],
  fetch: (request: Request) => Promise<Response>
): Promise<{ report: Report; events: ApplyEvent[] }> {
  const plan: Plan = { organization, changes, unmanaged: [], noLongerDeclared: [] }
  const options: ApplyOptions = {
    kinds,
    vault: new Vault(),
    observed: { organization, resources: [], kinds: [] },
    parallelism: 4,
    failFast: false,
    wait: false,
    links: true,
    interrupted: new Promise(() => undefined)
  }
  const events: ApplyEvent[] = []
  const run = carryOut(plan, writer(fetch), options)
  for (;;) {
    const next = await run.next()
    if (next.done === true) return { report: next.value, events }
    events.push(next.value)
  }
}

describe('every change ends in exactly one outcome', () => {
  test('even those of a plan in which they wait for each other', async () => {
    const changes = [deletion('a', 'b'), deletion('b', 'a'), deletion('c')]
    const { report, events } = await carriedOut(changes, async () =>
      Response.json({ data: { id: 'c', name: 'c' } })
    )
    expect(report.counts).toEqual({ done: 1, failed: 0, skipped: 2, pending: 0 })
    expect(events.filter((event) => event.type === 'settled')).toHaveLength(3)
  })
})

test('who has stopped before it begins is heard: nothing is sent', async () => {
  const world = makeWorld({
    files: { 'configs/a.yaml': tutorial },
    env,
    io: { interrupted: Promise.resolve() }
  })
  expect((await world.run('apply', '--yes')).code).toBe(130)
  expect(world.requests().filter((request) => !request.startsWith('GET '))).toEqual([])
})

/** From HubSpot, which a person must authorize, to a database. */
const inbound = `
connections:
  - { name: Inbound, type: hubspot, configuration: {} }
  - { name: Store, type: postgresql, configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:MONGODB_PASSWORD}" } }
models:
  - { name: Contacts, connection: Inbound, configuration: { object: contacts } }
syncs:
  - name: Contacts to the store
    mode: replace
    active: false
    model: Contacts
    fields: [{ source: email, target: email }]
    target: { connection: Store, object: public.users }
    schedule: manual
`

test('what uses a waiting connection through a model is pending too, not failed', async () => {
  const world = makeWorld({ files: { 'configs/a.yaml': inbound }, env })
  await world.run('apply', '--yes')
  await allow(world, 'Inbound')
  expect((await world.run('apply', '--yes')).code).toBe(0)
  const { id } = world.server.store.all('connection').find(({ name }) => name === 'Inbound')!
  world.server.store.edit('connection', id, { status: 'unhealthy' })
  world.write({ 'configs/a.yaml': inbound.replace('schedule: manual', 'schedule: continuous') })
  const ran = await world.run('apply', '--yes', '--format', 'json')
  expect(ran.code, ran.out).toBe(8)
})

test('apply --wait waits for a connection of an earlier apply too, with a new link', async () => {
  const world = makeWorld({ files: { 'configs/a.yaml': tutorial }, env })
  expect((await world.run('apply', '--yes')).code).toBe(8)
  world.requests()
  let pressed = false
  const patient = makeWorld({
    env: { ...env, POLYTOMIC_API_KEY: world.server.apiKey },
    io: {
      cwd: world.folder,
      fetch: (request) => world.server.fetch(request),
      async sleep() {
        if (!pressed) await allow(world, 'Salesforce Connection')
        pressed = true
      }
    }
  })
  const ran = await patient.run('apply', '--yes', '--wait')
  expect(ran.code, ran.out + ran.err).toBe(0)
  expect(ran.err).toContain('to be authorized at http')
  expect(world.server.store.all('connection')).toHaveLength(2)
  expect(world.server.store.all('sync')).toHaveLength(1)
})

test('a resource whose reference is renamed by the same plan has not changed for that', async () => {
  const files = (model: string, more: string): Record<string, string> => ({
    'configs/a.yaml': `
connections:
  - { name: Store, type: csv, configuration: { url: "https://a.example/x.csv" } }
models:
  - { name: ${model}, connection: Store, configuration: {}${model === 'Users' ? '' : ', lifecycle: { renamed_from: Users }'} }
syncs:
  - name: Out
    mode: update
    model: ${model}
    identity: { source: id, target: id, function: Equality }
    fields: [{ source: email, target: email }]
    filters: [{ field: email, function: IsNotNull }]
    target: { connection: Store, object: things }
    schedule: ${more}
`
  })
  const world = makeWorld({ files: files('Users', 'manual') })
  expect((await world.run('apply', '--yes')).code).toBe(0)
  world.write(files('People', 'continuous'))
  const ran = await world.run('apply', '--yes')
  expect(ran.code, ran.out + ran.err).toBe(0)
  expect(world.server.store.all('sync')[0]!.schedule).toMatchObject({ frequency: 'continuous' })
})
