import { expect, test } from 'vitest'
import { allow, createSandbox, tutorial, type Sandbox } from '../support/sandbox.ts'

const env = { MONGODB_PASSWORD: 'planted' }
const files = { 'configs/a.yaml': tutorial }

async function applied(): Promise<Sandbox> {
  const world = createSandbox({ files, env })
  await world.run('apply', '--yes')
  world.requests()
  return world
}

interface Status {
  organization: { name: string }
  key: { class: string; user: string }
  kinds: {
    kind: string
    declared: number
    live: number | null
    undeclared: number | null
    unread?: string
  }[]
  attention: { kind: string; name: string; because: string; connect?: string }[]
}

async function statusOf(world: Sandbox): Promise<Status> {
  const { code, out, err } = await world.run('status', '--format', 'json')
  expect(code, err).toBe(0)
  return JSON.parse(out) as Status
}

const row = (status: Status, kind: string) => status.kinds.find((one) => one.kind === kind)

test('says where it connects, with whose key, and how much of what is there the files declare', async () => {
  const world = await applied()
  world.server.store.edit('model', world.server.store.all('model')[0]!.id, { name: 'By hand' })
  const status = await statusOf(world)
  expect(status.organization.name).toBe('Local')
  expect(status.key).toEqual({ class: 'user', user: 'local.user@example.com' })
  expect(row(status, 'connection')).toMatchObject({ declared: 2, live: 2, undeclared: 0 })
  expect(row(status, 'model')).toMatchObject({ declared: 1, live: 1, undeclared: 1 })
  const { out } = await world.run('status')
  expect(out).toMatch(/^Organization {2}Local \(/m)
  expect(out).toMatch(/^models +1 +1 +1$/m)
  expect(out).toMatch(/^policies /m)
})

test('what waits for a person is named with the command that lets it work, and works afterwards', async () => {
  const world = await applied()
  expect((await statusOf(world)).attention).toEqual([
    {
      kind: 'connection',
      name: 'Salesforce Connection',
      because: 'it is not authorized yet, or no longer',
      connect: 'polyctl connect "Salesforce Connection"'
    }
  ])
  expect((await world.run('status')).out).toContain(
    'Does not work\nconnection "Salesforce Connection": it is'
  )
  await allow(world, 'Salesforce Connection')
  expect((await statusOf(world)).attention).toEqual([])
  expect((await world.run('status')).out).not.toContain('Does not work')
})

test('asks for one list of each kind and for the key, and writes nothing', async () => {
  const world = await applied()
  await world.run('status')
  const requests = world.requests()
  expect(requests.filter((request) => !request.startsWith('GET '))).toEqual([])
  expect(requests.toSorted()).toMatchInlineSnapshot(`
    [
      "GET /api/bulk/syncs",
      "GET /api/connections",
      "GET /api/me",
      "GET /api/models",
      "GET /api/organization/users",
      "GET /api/permissions/policies",
      "GET /api/permissions/roles",
      "GET /api/syncs",
      "GET /api/webhooks",
    ]
  `)
})

test('a kind that the key may not read is told as that, and is not taken for empty', async () => {
  const world = await applied()
  world.server.faults.add({
    fault: 'error-before',
    status: 403,
    on: 'GET /api/permissions/roles',
    times: 0
  })
  const status = await statusOf(world)
  expect(row(status, 'role')).toMatchObject({ live: null, undeclared: null })
  expect(row(status, 'role')?.unread).toContain('403')
  expect(row(status, 'model')).toMatchObject({ live: 1 })
  expect((await world.run('status')).out).toMatch(/^roles +0 +\? +\? +cannot be read: /m)
})

test('without files it says what is live, and a wrong key is the problem that it is elsewhere', async () => {
  const world = createSandbox({ env })
  const { code, out } = await world.run('status')
  expect(code, out).toBe(0)
  expect(out).toMatch(/^Files +0 files, 0 resources$/m)
  const wrong = createSandbox({ files, env: { ...env, POLYTOMIC_API_KEY: 'wrong' } })
  const refused = await wrong.run('status')
  expect(refused.code).toBe(4)
  expect(refused.err).toContain('error[P604]')
})
