import { describe, expect, onTestFinished, test } from 'vitest'
import { localConnectors } from '../../src/server/runner/connectors.ts'
import { startSalesforce } from '../fixtures/salesforce/index.ts'
import { memoryConnectors, memorySystem } from '../server/runner/memory.ts'
import { allow, decide, createSandbox, tutorial, type Sandbox } from '../support/sandbox.ts'
import { peopleFile } from './people-file.ts'

const files = { 'configs/a.yaml': tutorial }
const env = { MONGODB_PASSWORD: 'planted-secret' }

/** A person who presses Allow while the program waits. */
function personAtTheBrowser(): { world: Sandbox } {
  const person: { world: Sandbox } = {} as { world: Sandbox }
  let pressed = false
  person.world = createSandbox({
    files,
    env,
    io: {
      async sleep() {
        if (!pressed) await allow(person.world, 'Salesforce Connection')
        pressed = true
      }
    }
  })
  return person
}

describe('connect', () => {
  test('prints the link, waits for the person, and then everything can be applied', async () => {
    const { world } = personAtTheBrowser()
    await world.run('apply', '--yes')
    const ran = await world.run('connect', 'Salesforce Connection')
    expect(ran.code, ran.out + ran.err).toBe(0)
    expect(ran.out).toMatch(
      /^Open this in a browser to authorize "Salesforce Connection":\n\n {2}https:\/\/polytomic\.test\/connect\/\S+\n/
    )
    expect(ran.out).toContain('"Salesforce Connection" is authorized.')
    expect((await world.run('apply', '--yes')).code).toBe(0)
  })

  test('with --no-wait leaves at once, and says by its exit code that a person must act', async () => {
    const world = createSandbox({ files, env })
    await world.run('apply', '--yes')
    const ran = await world.run('connect', 'Salesforce Connection', '--no-wait')
    expect(ran.code).toBe(8)
    expect(ran.out).toContain('https://polytomic.test/connect/')
  })

  test('keeps the configuration, and what nobody stated', async () => {
    const world = createSandbox({ files, env })
    await world.run('apply', '--yes')
    const before = world.server.store
      .all('connection')
      .find((connection) => connection.name === 'Salesforce Connection')!
    world.server.store.edit('connection', before.id, { configuration: { daily_api_calls: 5 } })
    await world.run('connect', 'Salesforce Connection', '--no-wait')
    const after = world.server.store
      .all('connection')
      .find((connection) => connection.name === 'Salesforce Connection')!
    expect(after.configuration).toEqual({ domain: 'https://example.my.salesforce.com', daily_api_calls: 5 })
  })

  test('ends when the person says no, and says so', async () => {
    let denied = false
    const world: Sandbox = createSandbox({
      files,
      env,
      io: {
        async sleep() {
          if (!denied) await decide(world, 'Salesforce Connection', 'deny')
          denied = true
        }
      }
    })
    await world.run('apply', '--yes')
    const ran = await world.run('connect', 'Salesforce Connection')
    expect(ran.code).toBe(8)
    expect(ran.out).toContain('den')
  })

  test('of a connection that works says so, and writes nothing', async () => {
    const world = createSandbox({ files, env })
    await world.run('apply', '--yes')
    world.requests()
    const ran = await world.run('connect', 'MongoDB Connection')
    expect(ran.code).toBe(0)
    expect(ran.out).toContain('nothing is to be authorized')
    expect(world.requests().filter((request) => !request.startsWith('GET '))).toEqual([])
  })

  test('of an unknown connection names what is similar', async () => {
    const world = createSandbox({ files, env })
    await world.run('apply', '--yes')
    const ran = await world.run('connect', 'MongoDB Conection')
    expect(ran.code).toBe(3)
    expect(ran.err).toContain('[P402]')
    expect(ran.err).toContain('MongoDB Connection')
  })
})

test('apply --wait goes on as soon as the person has authorized', async () => {
  const { world } = personAtTheBrowser()
  const ran = await world.run('apply', '--yes', '--wait')
  expect(ran.code, ran.out + ran.err).toBe(0)
  expect(world.server.store.all('sync')).toHaveLength(1)
  expect((await world.run('plan', '--detailed-exitcode')).code).toBe(0)
})

test.each([['plan'], ['drift'], ['apply', '--yes'], ['sources', 'MongoDB Connection']])(
  '%s is left at once when it is interrupted while it only asks',
  async (...words) => {
    const never = new Promise<Response>(() => undefined)
    const world = createSandbox({ files, env, io: { interrupted: Promise.resolve(), fetch: () => never } })
    expect((await world.run(...words)).code).toBe(130)
  }
)

test('an interrupted apply starts nothing more, finishes what is under way, and says so', async () => {
  let interrupt: () => void = () => undefined
  const interrupted = new Promise<void>((resolve) => (interrupt = resolve))
  const world: Sandbox = createSandbox({
    files,
    env,
    io: {
      interrupted,
      async fetch(request) {
        if (request.method === 'POST') interrupt()
        return await world.server.fetch(request)
      }
    }
  })
  const ran = await world.run('apply', '--yes', '--parallelism', '1', '--format', 'json')
  expect(ran.code).toBe(130)
  const report = JSON.parse(ran.out) as { interrupted: boolean; summary: Record<string, number> }
  expect(report.interrupted).toBe(true)
  expect(report.summary).toEqual({ done: 1, pending: 0, skipped: 3, failed: 0 })
  expect(world.server.store.all('connection')).toHaveLength(1)
})

test('half of an app of Salesforce is told before anything runs on this machine', async () => {
  const { run } = createSandbox({ files, env: { ...env, SALESFORCE_CLIENT_ID: 'id' } })
  const { code, err } = await run('run', '--all', '--local')
  expect(code).toBe(4)
  expect(err).toContain(
    'SALESFORCE_CLIENT_ID is set, and SALESFORCE_CLIENT_SECRET is not: set both, or neither'
  )
})

test('a sign-in that Salesforce took back is told by plan and status, and connect mends it', async () => {
  const org = await startSalesforce()
  onTestFinished(() => org.close())
  const system = memorySystem({ rows: new Map([['people', [{ email: 'ada@example.com', name: 'Ada' }]]]) })
  const connectors = new Map([
    ...memoryConnectors(system),
    ['salesforce', localConnectors.get('salesforce')!]
  ])
  let link = ''
  const world: Sandbox = createSandbox({
    files: {
      'configs/a.yaml': peopleFile()
        .replace(
          'models:',
          `  - { name: CRM, type: salesforce, configuration: { domain: "${org.url}" } }\nmodels:`
        )
        .replace('target: email', 'target: Email')
        .replace('target: name', 'target: LastName')
        .replace('{ connection: Store, object: people }', '{ connection: CRM, object: Contact }')
    },
    env: { PASSWORD: 'p' },
    server: {
      sleep: () => Promise.resolve(),
      run: { fetch: (request) => fetch(request), connectors, apps: new Map([['salesforce', org.app]]) }
    },
    io: {
      // Whoever waits for the person lets them act: here, at Salesforce, and back.
      async sleep() {
        const page = link
        link = ''
        await new Promise((resolve) => setImmediate(resolve))
        if (page === '') return
        const body = new URLSearchParams({ decision: 'allow' })
        const away = await world.server.fetch(new Request(page, { method: 'POST', body }))
        const there = await fetch(away.headers.get('location') ?? '', { redirect: 'manual' })
        await world.server.fetch(new Request(there.headers.get('location') ?? ''))
      },
      out: (text) => {
        said.push(text)
        link ||= /https:\/\/polytomic\.test\/connect\/\S+/.exec(text)?.[0] ?? ''
      }
    }
  })
  const said: string[] = []
  const connect = async (): Promise<number> => {
    link = ''
    return (await world.run('connect', 'CRM')).code
  }
  expect((await world.run('apply', '--yes', '--no-check')).code).toBe(8)
  expect(await connect()).toBe(0)
  expect((await world.run('apply', '--yes', '--no-check')).code).toBe(0)
  expect((await world.run('run', 'People')).code).toBe(0)
  expect(org.rows('Contact')).toMatchObject([{ Email: 'ada@example.com', LastName: 'Ada' }])
  org.forget()
  expect((await world.run('run', 'People', '--resync')).code).toBe(1)
  said.splice(0)
  await world.run('plan', '--no-check')
  await world.run('status')
  expect(said.join('').match(/expired access\/refresh token \(invalid_grant\)/g)?.length).toBeGreaterThan(1)
  expect(await connect()).toBe(0)
  expect((await world.run('run', 'People', '--resync')).code).toBe(0)
})
