import { expect, test } from 'vitest'
import { client } from '../server/client.ts'
import { named } from '../support/life.ts'
import { allow, createSandbox, type Sandbox, type SandboxOptions } from '../support/sandbox.ts'
import { expectSettled, run } from '../support/settled.ts'

/** Whether requests may be sent through a connection: a setting beside it, which files may state. */

const connection = (more = '', type = 'hubspot', configuration = '{}') =>
  `connections: [{ name: C, type: ${type}, configuration: ${configuration}${more} }]\n`
const database = (more: string) => connection(more, 'mongodb', '{ hosts: h }')
const on = ', proxy: true'
const off = ', proxy: false'

const worldOf = (files: string, options: SandboxOptions = {}) =>
  createSandbox({ files: { 'configs/a.yaml': files }, ...options })

async function made(files: string): Promise<Sandbox> {
  const world = worldOf(files)
  await world.run('apply', '--yes')
  await allow(world, 'C')
  await run(world, 0, 'apply', '--yes')
  return world
}

const pathOf = async (world: Sandbox): Promise<string> =>
  `/api/connections/${(await named(client(world.server), '/api/connections', 'C')).id}/proxy/settings`

async function isOn(world: Sandbox): Promise<unknown> {
  return (await client(world.server).get(await pathOf(world))).data['enabled']
}

async function requestsOf(world: Sandbox, ...words: string[]): Promise<string[]> {
  world.requests()
  await world.run(...words)
  const all = world.requests().map((one) => one.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'ID'))
  return all.toSorted()
}

test('it is made with its connection, switched, and left alone where files do not say', async () => {
  const world = await made(connection(on))
  expect(await isOn(world)).toBe(true)
  await expectSettled(world, connection())
  expect(await isOn(world)).toBe(true)
  await expectSettled(world, connection(off))
  expect(await isOn(world)).toBe(false)
  await expectSettled(world, connection())
  await expectSettled(world, connection(on))
  expect(await isOn(world)).toBe(true)
  await run(world, 0, 'destroy', '--yes')
})

test('what somebody switched is seen, and moves a plan that was saved', async () => {
  const world = await made(connection(on))
  await client(world.server).put(await pathOf(world), { enabled: false })
  expect(await run(world, 2, 'drift')).toMatch(/proxy/)
  world.write({ 'configs/a.yaml': connection(', proxy: true, policies: []') })
  await run(world, 0, 'plan', '--out', 'plan.json')
  await client(world.server).put(await pathOf(world), { enabled: true })
  expect(await run(world, 6, 'apply', 'plan.json')).toContain('`proxy` changed in the service')
  await expectSettled(world, connection(on))
})

test('it costs one request where it is stated, and none elsewhere', async () => {
  const world = await made(connection())
  const plain = ['GET /api/connections', 'GET /api/me']
  const settings = 'GET /api/connections/ID/proxy/settings'
  // Who looks hears of what moves data and no file declares.
  const core = ['GET /api/bulk/syncs', 'GET /api/models', 'GET /api/syncs']
  expect(await requestsOf(world, 'plan')).toEqual([...plain, ...core].toSorted())
  world.write({ 'configs/a.yaml': connection(on) })
  expect(await requestsOf(world, 'plan')).toEqual([...plain, ...core, settings].toSorted())
  const one = 'GET /api/connections/ID'
  // Read again before anything is written; then its own body, the switch where it still differs, and read back.
  const apply = [
    ...plain,
    settings,
    one,
    settings,
    'PUT /api/connections/ID',
    one,
    settings,
    'PUT /api/connections/ID/proxy/settings',
    one,
    settings
  ]
  expect(await requestsOf(world, 'apply', '--yes')).toEqual(apply.toSorted())
  expect(await requestsOf(world, 'apply', '--yes')).toEqual([...plain, settings].toSorted())
})

test('a connection that has none is told at plan, once the service has told it', async () => {
  const world = worldOf(database(off))
  await run(world, 0, 'apply', '--yes')
  await run(world, 0, 'plan', '--detailed-exitcode')
  world.write({ 'configs/a.yaml': database(on) })
  const plan = await run(world, 3, 'plan')
  expect(plan).toContain('error[P429]: connection "C" has no proxy')
  expect(plan).toContain('configs/a.yaml:1:77')
  await run(world, 3, 'apply', '--yes')
  // A new one is refused by the service itself, for nothing has told it before.
  const other = worldOf(database(on))
  expect(await run(other, 5, 'apply', '--yes')).toContain('has no proxy')
})

test('a service that has no such address is not told, and the files are shown why', async () => {
  const world = await made(connection())
  const older = createSandbox({
    files: { 'configs/a.yaml': connection(on) },
    env: { POLYTOMIC_API_KEY: world.server.apiKey },
    io: {
      fetch: async (request) =>
        request.url.includes('proxy')
          ? Response.json({ status: 404, key: 'not_found', message: 'no such route' }, { status: 404 })
          : await world.server.fetch(request)
    }
  })
  expect(await run(older, 3, 'plan')).toContain('this service does not know the proxy of connection "C"')
})

test('versions before the newest do not have it', async () => {
  const world = worldOf(`workspace: { api_version: "2024-02-08" }\n${connection(on)}`)
  expect(await run(world, 3, 'validate')).toContain('proxy')
})
