import { describe, expect, test } from 'vitest'
import { carryOut } from '../../src/apply/carry-out.ts'
import type { ApplyOptions } from '../../src/apply/options.ts'
import type { ApplyEvent, Report } from '../../src/apply/events.ts'
import { kinds } from '../../src/kinds/index.ts'
import type { Kind } from '../../src/kinds/kind.ts'
import type { Change, Create, Delete, Plan, Unchanged } from '../../src/plan/plan.ts'
import { openWriter, type Writer } from '../../src/remote/transport.ts'
import { addressText } from '../../src/state/resource.ts'
import { Vault } from '../../src/state/vault.ts'
import { diagnostic } from '../render/builders.ts'
import { allow, createSandbox, tutorial } from '../support/sandbox.ts'
import { gadget } from '../support/small-kind.ts'
import { realTimer } from '../support/waiting.ts'

const env = { MONGODB_PASSWORD: 'planted-secret' }
const organization = { id: 'o', name: 'O' }
const nowhere = { line: 1, column: 1, offset: 0 }

function deletion(name: string, ...after: string[]): Delete {
  return {
    kind: 'sync',
    name,
    id: name,
    action: 'delete',
    span: { path: 'a.yaml', start: nowhere, end: nowhere },
    changed: {},
    reason: 'r',
    after: after.map((other) => addressText({ kind: 'sync', name: other })),
    impacts: []
  }
}

/** It stays as it is. */
function unchanged(name: string, more: Partial<Unchanged> = {}): Unchanged {
  return { ...deletion(name), action: 'none', unchanged: 0, ...noDetails, ...more }
}

const noDetails = {
  wanted: {},
  ids: {},
  ignored: [],
  notStated: [],
  notCompared: [],
  notRead: [],
  hidden: []
}

function writer(fetch: (request: Request) => Promise<Response>): Writer {
  return openWriter({
    url: 'https://service.test',
    authorization: 'Bearer k',
    version: '2025-09-18',
    fetch,
    parallelism: 4,
    timeoutMs: 1000,
    timer: realTimer,
    newKey: () => 'key-00000000',
    backoffMs: 1,
    sleep: async () => undefined,
    random: () => 0,
    now: () => 0
  })
}

function applyOptions(): ApplyOptions {
  return {
    kinds,
    vault: new Vault(),
    observed: { organization, resources: [], kinds: [] },
    parallelism: 4,
    failFast: false,
    wait: false,
    links: true,
    interrupted: new Promise(() => undefined)
  }
}

async function carriedOut(
  changes: Change[],
  fetch: (request: Request) => Promise<Response>,
  more: Partial<ApplyOptions> = {}
): Promise<{ report: Report; events: ApplyEvent[] }> {
  const plan: Plan = { organization, changes, unmanaged: [], noLongerDeclared: [] }
  const options: ApplyOptions = { ...applyOptions(), ...more }
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
  const world = createSandbox({
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
  const world = createSandbox({ files: { 'configs/a.yaml': inbound }, env })
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
  const world = createSandbox({ files: { 'configs/a.yaml': tutorial }, env })
  expect((await world.run('apply', '--yes')).code).toBe(8)
  world.requests()
  let pressed = false
  const patient = createSandbox({
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
  const world = createSandbox({ files: files('Users', 'manual') })
  expect((await world.run('apply', '--yes')).code).toBe(0)
  world.write(files('People', 'continuous'))
  const ran = await world.run('apply', '--yes')
  expect(ran.code, ran.out + ran.err).toBe(0)
  expect(world.server.store.all('sync')[0]!.schedule).toMatchObject({ frequency: 'continuous' })
})

describe('R24: what starts when', () => {
  const there = (request: Request): Response => {
    const id = request.url.split('/').at(-1)!
    return Response.json({ data: { id, name: id } })
  }
  const refusing =
    (...ids: string[]) =>
    async (request: Request) =>
      request.method === 'DELETE' && ids.some((id) => request.url.endsWith(`/${id}`))
        ? Response.json({ message: 'no' }, { status: 422 })
        : there(request)
  const reported = ({ settled }: Report): Record<string, string> =>
    Object.fromEntries(
      settled.map(({ address, outcome }) => [
        address.name,
        'because' in outcome ? `${outcome.outcome}: ${outcome.because}` : outcome.outcome
      ])
    )

  test('a failure skips what needs it, and what needs that; all else is done', async () => {
    const changes = [
      deletion('a'),
      deletion('b', 'a'),
      deletion('c', 'b', 'd'),
      deletion('d'),
      deletion('e', 'd')
    ]
    const { report } = await carriedOut(changes, refusing('a'))
    expect(reported(report)).toEqual({
      a: 'failed',
      b: 'skipped: sync "a" failed',
      c: 'skipped: sync "b" was skipped',
      d: 'done',
      e: 'done'
    })
    expect(report.counts).toEqual({ done: 2, failed: 1, skipped: 2, pending: 0 })
    expect(report.interrupted).toBe(false)
  })

  test('of two with one name, each is known by its pin', async () => {
    const changes = ['1', '2'].map((pin) => ({ ...deletion(pin), name: 'a', pin }))
    const { report, events } = await carriedOut(changes, async (request) => there(request))
    const addresses = ['1', '2'].map((pin) => ({ kind: 'sync', name: 'a', pin }))
    expect(report.settled.map(({ address }) => address)).toEqual(addresses)
    expect(events[0]).toEqual({
      type: 'begin',
      changes: addresses.map((address) => ({ address, action: 'delete' }))
    })
  })

  test('what only waits for a person is marked, and counts as no change', async () => {
    const pending = unchanged('w', { waiting: 'it waits' })
    const { events } = await carriedOut([deletion('a'), pending], async (request) => there(request))
    expect(events[0]).toEqual({
      type: 'begin',
      changes: [
        { address: { kind: 'sync', name: 'a' }, action: 'delete' },
        { address: { kind: 'sync', name: 'w' }, action: 'none', waits: true }
      ]
    })
  })

  test('what is not in the plan, or stays as it is, holds nobody up', async () => {
    const changes = [deletion('a', 'not there', 'same'), unchanged('same')]
    const { report, events } = await carriedOut(changes, async (request) => there(request))
    expect(reported(report)).toEqual({ a: 'done' })
    expect(events[0]).toEqual({
      type: 'begin',
      changes: [{ address: { kind: 'sync', name: 'a' }, action: 'delete' }]
    })
  })

  test('each is started after what it waits for has ended, and once', async () => {
    const changes = [deletion('a', 'b'), deletion('b', 'c'), deletion('c')]
    const { events, report } = await carriedOut(changes, async (request) => there(request))
    const words = events.flatMap((event) =>
      event.type === 'start' || event.type === 'settled' ? [`${event.type} ${event.address.name}`] : []
    )
    expect(words).toEqual(['start c', 'settled c', 'start b', 'settled b', 'start a', 'settled a'])
    // The report keeps the order of the plan.
    expect(report.settled.map(({ address }) => address.name)).toEqual(['a', 'b', 'c'])
    expect(events.at(-1)).toEqual({ type: 'end', report })
  })

  test('no more are under way at once than may be', async () => {
    const changes = Array.from({ length: 9 }, (_, index) => deletion(`s${index}`))
    const { events } = await carriedOut(changes, async (request) => there(request))
    let under = 0
    const most = events.map(({ type }) => (under += type === 'start' ? 1 : type === 'settled' ? -1 : 0))
    expect(Math.max(...most)).toBe(4)
    expect(most.at(-1)).toBe(0)
  })

  test('R30: who stops it in the middle has what is under way finished, and nothing more started', async () => {
    const stop = Promise.withResolvers<void>()
    const stopping = async (request: Request): Promise<Response> => {
      if (request.method === 'DELETE') stop.resolve()
      return there(request)
    }
    const changes = [deletion('a', 'b'), deletion('b'), deletion('c', 'a')]
    const { report } = await carriedOut(changes, stopping, { interrupted: stop.promise })
    expect(reported(report)).toEqual({
      a: 'skipped: it was interrupted',
      b: 'done',
      c: 'skipped: it was interrupted'
    })
    expect(report.interrupted).toBe(true)
  })

  test('R30: and what is not started any more is told at once, before that has ended', async () => {
    const stop = Promise.withResolvers<void>()
    const end = Promise.withResolvers<void>()
    const slow = async (request: Request): Promise<Response> => {
      stop.resolve()
      await end.promise
      await new Promise((resolve) => setImmediate(resolve))
      return there(request)
    }
    const settled: string[] = []
    const plan: Plan = {
      organization,
      changes: [deletion('a', 'b'), deletion('b')],
      unmanaged: [],
      noLongerDeclared: []
    }
    const run = carryOut(plan, writer(slow), { ...applyOptions(), interrupted: stop.promise })
    for await (const event of run) {
      if (event.type !== 'settled') continue
      settled.push(`${event.address.name} ${event.outcome.outcome}`)
      if (event.address.name === 'a') end.resolve()
    }
    expect(settled).toEqual(['a skipped', 'b done'])
  })

  test('with --fail-fast a failure ends it, and what is under way is finished', async () => {
    const changes = [deletion('a'), deletion('b', 'c'), deletion('c')]
    const slow = async (request: Request): Promise<Response> => {
      if (request.url.endsWith('/c')) await new Promise((resolve) => setImmediate(resolve))
      return await refusing('a')(request)
    }
    const { report } = await carriedOut(changes, slow, { failFast: true })
    expect(reported(report)).toEqual({ a: 'failed', b: 'skipped: another change failed', c: 'done' })
    expect(report.interrupted).toBe(false)
  })

  test('who stops listening stops the start of more', async () => {
    const sent: string[] = []
    const changes = [deletion('a', 'b'), deletion('b')]
    const plan: Plan = { organization, changes, unmanaged: [], noLongerDeclared: [] }
    const send = async (request: Request): Promise<Response> => {
      sent.push(`${request.method} ${request.url.split('/').at(-1)!}`)
      return there(request)
    }
    const options = {
      kinds,
      vault: new Vault(),
      observed: { organization, resources: [], kinds: [] },
      parallelism: 4,
      failFast: false,
      wait: false,
      links: true,
      interrupted: new Promise<void>(() => undefined)
    }
    for await (const event of carryOut(plan, writer(send), options)) if (event.type === 'start') break
    expect(sent).toEqual(['GET b', 'DELETE b'])
  })
})

describe('R24, R29: what is made, what waits, and what is deleted', () => {
  const making = (name: string, more: Partial<Create> = {}): Create => {
    const { id: _id, changed: _changed, ...plain } = deletion(name)
    return {
      ...plain,
      kind: 'role',
      action: 'create',
      fields: [],
      wanted: {},
      ids: {},
      ignored: [],
      ...more
    }
  }
  const waiting = (name: string): Change => unchanged(name, { waiting: 'it waits' })

  /** Makes what is sent, but for what is refused. */
  const service =
    (...refused: string[]) =>
    async (request: Request): Promise<Response> => {
      const body = request.method === 'POST' ? ((await request.json()) as { name: string }) : undefined
      const name = body?.name ?? request.url.split('/').at(-1)!
      if (request.method !== 'GET' && refused.includes(name))
        return Response.json({ message: 'no' }, { status: 422 })
      return Response.json({ data: { id: name, name } })
    }
  const reported = ({ settled }: Report): string[] =>
    settled.map(({ address, outcome }) =>
      'because' in outcome
        ? `${address.name} ${outcome.outcome}: ${outcome.because}`
        : `${address.name} ${outcome.outcome}`
    )
  const order = (events: ApplyEvent[]): string[] =>
    events.flatMap((event) =>
      event.type === 'start' || event.type === 'settled' ? [`${event.type} ${event.address.name}`] : []
    )

  test('a deletion comes when all else has ended, whatever became of it', async () => {
    const changes = [deletion('a'), making('b'), making('c'), deletion('d')]
    const { report, events } = await carriedOut(changes, service('c'))
    expect(reported(report)).toEqual(['a done', 'b done', 'c failed', 'd done'])
    const all = order(events)
    expect(all.indexOf('start a')).toBeGreaterThan(
      Math.max(all.indexOf('settled b'), all.indexOf('settled c'))
    )
  })

  test('what waits for a deletion comes after it, and deletions do not wait for that', async () => {
    const after = (name: string): Partial<Create> => ({ after: [addressText({ kind: 'sync', name })] })
    const role = addressText({ kind: 'role', name: 'c' })
    const changes = [
      deletion('a'),
      making('b'),
      making('c', after('a')),
      making('d', { after: [role] }),
      deletion('e'),
      making('f', after('e'))
    ]
    const { report, events } = await carriedOut(changes, service())
    expect(report.counts).toEqual({ done: 6, failed: 0, skipped: 0, pending: 0 })
    const all = order(events)
    const pairs = ['b a', 'b e', 'a c', 'c d', 'e f'].map((pair) => pair.split(' '))
    for (const [first, then] of pairs)
      expect(all.indexOf(`start ${then}`), `${first} ${then}`).toBeGreaterThan(
        all.indexOf(`settled ${first}`)
      )
    const lost = await carriedOut(changes, service('a'))
    expect(reported(lost.report).slice(2, 4)).toEqual([
      'c skipped: sync "a" failed',
      `d skipped: ${role} was skipped`
    ])
  })

  test('what waits for a person is pending, and is not touched', async () => {
    const { report, events } = await carriedOut([waiting('w')], service())
    expect(report.settled[0]!.outcome).toEqual({ outcome: 'pending', id: 'w', because: 'it waits' })
    expect(order(events)).toEqual(['settled w'])
  })

  test('what needs it, directly or not, is pending when it is refused; nothing else is', async () => {
    const ids = { 'sync "w"': 'w' }
    const changes = [
      making('b', { ids }),
      making('c', { after: ['role "b"'] }),
      making('d', { ids: { 'role "e"': 'e' } }),
      unchanged('e', { kind: 'role', ids }),
      making('f'),
      making('g', { ids }),
      waiting('w')
    ]
    const { report } = await carriedOut(changes, service('b', 'd', 'f'))
    const refusal = 'waits for authorization; POST /api/permissions/roles answered 422: no'
    expect(reported(report)).toEqual([
      `b pending: sync "w" ${refusal}`,
      'c pending: role "b" is pending',
      `d pending: sync "w" ${refusal}`,
      'f failed',
      'g done',
      'w pending: it waits'
    ])
    expect(report.counts).toEqual({ done: 1, failed: 1, skipped: 0, pending: 4 })
  })

  test('what needs something that no file declares, and that waits, is pending when it is refused', async () => {
    const refusal = 'waits for authorization; POST /api/permissions/roles answered 422: no'
    const changes = [
      making('a'),
      making('b', { waiting: 'sync "x" waits for a person' }),
      making('c', { waiting: 'role "a" waits for a person' }),
      making('d', { waiting: 'it is tired' })
    ]
    const { report } = await carriedOut(changes, service('b', 'c', 'd'))
    // What is declared waits no more: it was made just now.
    expect(reported(report)).toEqual(['a done', `b pending: sync "x" ${refusal}`, 'c failed', 'd failed'])
  })

  test('what is not started is told at once, however many are under way', async () => {
    const changes = [making('a'), waiting('w'), making('b')]
    const slow = async (request: Request): Promise<Response> => {
      await new Promise((resolve) => setImmediate(resolve))
      return await service()(request)
    }
    const { events } = await carriedOut(changes, slow, { parallelism: 1 })
    // What is only to be looked at yet, together with others, takes no place.
    expect(order(events)).toEqual(['start a', 'settled w', 'start b', 'settled a', 'settled b'])
  })

  test('with --wait it is waited for, by all that need it', async () => {
    const changes = [making('b', { ids: { 'sync "w"': 'w', 'role "b"': 'b' } }), waiting('w')]
    const { events, report } = await carriedOut(changes, service(), { wait: true })
    expect(order(events).indexOf('start b')).toBeGreaterThan(order(events).indexOf('settled w'))
    expect(reported(report)[0]).toBe('b done')
  })

  test('and who stops does not wait for a person any more', async () => {
    const stop = Promise.withResolvers<void>()
    const stopping = async (request: Request): Promise<Response> => {
      stop.resolve()
      return await service()(request)
    }
    const changes = [making('a'), { ...waiting('w'), after: ['role "a"'] }]
    const { report } = await carriedOut(changes, stopping, { wait: true, interrupted: stop.promise })
    expect(reported(report)).toEqual(['a done', 'w pending: it waits'])
  })

  test('with --fail-fast only a failure ends it', async () => {
    const changes = [making('a'), making('b', { after: ['role "a"'] }), deletion('c')]
    const { report } = await carriedOut(changes, service(), { failFast: true })
    expect(reported(report)).toEqual(['a done', 'b done', 'c done'])
  })
})

describe('R27: what another run creates at the same time', () => {
  const gadgets: Change[] = ['A', 'B'].map((name) => ({
    ...unchanged(name),
    kind: 'gadget',
    action: 'create',
    fields: [],
    wanted: { name }
  }))

  /** The problems of an apply, after which the list has these beside what was created. */
  async function problemsOf(others: string[], kind: Partial<Kind> = {}) {
    const created: object[] = []
    const { report } = await carriedOut(
      gadgets,
      async (request) => {
        if (request.method === 'POST') {
          const { name } = (await request.json()) as { name: string }
          created.push({ id: `id-${name}`, name })
          return Response.json({ data: created.at(-1) })
        }
        const id = new URL(request.url).pathname.split('/')[3]
        if (id !== undefined) return Response.json({ data: { id, name: id.slice(-1) } })
        if (created.length === 2 && others.includes('down')) return new Response('', { status: 403 })
        return Response.json({
          data: [...created, ...others.map((name) => ({ id: `other-${name}`, name }))]
        })
      },
      { kinds: { managed: [{ ...gadget, ...kind }] } }
    )
    expect(report.counts.done).toBe(2)
    return report.problems
  }

  test('is told beside what was created, where both are found under one name', async () => {
    expect(await problemsOf(['B', 'C'])).toEqual([
      diagnostic({
        code: 'P401',
        message: 'looking for gadget "B": now several have its name',
        labels: [{ span: gadgets[1]!.span, text: 'this is what was attempted' }],
        notes: ['GET /api/gadgets: 2 have this name: id-B, other-B'],
        help: [
          'look at each in the web page, and delete there what nobody needs: polyctl deletes neither',
          'or pin one with `id:`'
        ]
      })
    ])
  })

  test('is looked for in the lists of what was created, once each, and of nothing else', async () => {
    const all = { ...unchanged('A'), kind: 'gadget', fields: [], wanted: { size: 1 } }
    const create = (name: string, kind = 'gadget'): Change => {
      const { id: _id, ...rest } = all
      return { ...rest, kind, name, action: 'create' }
    }
    const changes: Change[] = [
      create('A'),
      create('B'),
      create('refused'),
      create('A', 'widget'),
      { ...all, action: 'update', name: 'C', id: 'id-C', previousName: 'C' } as Change,
      create('D', 'thing')
    ]
    const asked: string[] = []
    const live = (id: string, name: string): object => ({ id, name, size: 1 })
    const service = async (request: Request): Promise<Response> => {
      const [, path = '', id] = /\/api\/([^/]*)\/?(.*)$/.exec(request.url) ?? []
      if (request.method === 'GET' && id === '') asked.push(path)
      if (request.method === 'POST') {
        const { name } = (await request.json()) as { name: string }
        return name === 'refused'
          ? Response.json({ message: 'no' }, { status: 403 })
          : Response.json({ data: live(`id-${name}`, name) })
      }
      if (id !== undefined && id !== '') return Response.json({ data: live(id, id.slice(3)) })
      const names = path === 'widgets' ? ['A'] : ['A', 'B', 'C', 'refused']
      const twins = path === 'widgets' ? ['B'] : ['C', 'refused']
      return Response.json({
        data: [
          ...names.map((name) => live(`id-${name}`, name)),
          ...twins.map((name) => live(`other-${name}`, name))
        ]
      })
    }
    const { report } = await carriedOut(changes, service, {
      kinds: {
        managed: [
          gadget,
          { ...gadget, name: 'widget', api: { ...gadget.api, path: '/api/widgets' } },
          { ...gadget, name: 'thing', api: { ...gadget.api, path: '/api/things', uniqueNames: true } }
        ]
      }
    })
    expect(report.counts).toEqual({ done: 5, failed: 1, skipped: 0, pending: 0 })
    expect(report.problems).toBeUndefined()
    // Two gadgets of which nobody says when they were made are looked at together, and in the end for others.
    expect(asked).toEqual(['gadgets', 'gadgets', 'widgets'])
  })

  test('is not looked for by who was interrupted', async () => {
    const stop = Promise.withResolvers<void>()
    const asked: string[] = []
    const service = async (request: Request): Promise<Response> => {
      asked.push(`${request.method} ${new URL(request.url).pathname}`)
      stop.resolve()
      return Response.json({ data: { id: 'id-A', name: 'A' } })
    }
    const { report } = await carriedOut(gadgets, service, {
      kinds: { managed: [gadget] },
      parallelism: 1,
      interrupted: stop.promise
    })
    expect(report.counts).toEqual({ done: 1, failed: 0, skipped: 1, pending: 0 })
    expect(asked).toEqual(['POST /api/gadgets', 'GET /api/gadgets/id-A'])
  })

  test('is nothing where there is none, where names are unique, and where no list can be read', async () => {
    expect(await problemsOf(['C'])).toBeUndefined()
    expect(await problemsOf(['B'], { api: { ...gadget.api, uniqueNames: true } })).toBeUndefined()
    expect(await problemsOf(['B', 'down'])).toBeUndefined()
  })
})
