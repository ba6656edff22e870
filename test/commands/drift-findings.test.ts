import { describe, expect, test } from 'vitest'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

const files = {
  'configs/a.yaml': `
roles: [{ name: readers }, { name: writers }]
policies: [{ name: kept, policy_actions: [] }]
`
}

async function drifted(): Promise<Sandbox> {
  const world = createSandbox({ files })
  await world.run('apply', '--yes')
  return world
}

/** What is live and declared nowhere. */
const model = {
  name: 'Undeclared'
}

async function undeclared(): Promise<Sandbox> {
  const world = await drifted()
  world.write({
    'configs/b.yaml': `connections: [{ name: ${model.name}, type: webhook, configuration: { url: https://example.com/x } }]\n`
  })
  await world.run('apply', '--yes')
  world.write({ 'configs/b.yaml': 'connections: []\n' })
  return world
}

describe('`drift --fail-on` says what it ends with 2 for', () => {
  test('what differs, without another wish', async () => {
    const world = await drifted()
    expect((await world.run('drift')).code).toBe(0)
    const role = world.server.store.all('role').find(({ name }) => name === 'readers')
    world.server.store.remove('role', role!.id)
    expect((await world.run('drift')).code).toBe(2)
    expect((await world.run('drift', '--fail-on', 'missing')).code).toBe(2)
    expect((await world.run('drift', '--fail-on', 'all')).code).toBe(2)
    expect((await world.run('drift', '--fail-on', 'changed,unmanaged')).code).toBe(0)
    expect((await world.run('drift', '--fail-on', 'none')).code).toBe(0)
  })

  test('what no file declares, where that is asked for, and the last line says so', async () => {
    const world = await undeclared()
    expect((await world.run('drift')).code).toBe(0)
    const { code, out } = await world.run('drift', '--fail-on', 'unmanaged')
    expect(code).toBe(2)
    expect(out).toContain('Asked for, and found: 1 unmanaged.')
    const document = JSON.parse((await world.run('drift', '--format', 'json')).out) as {
      unmanaged: unknown[]
    }
    expect(document.unmanaged).not.toEqual([])
  })

  test('a word that is none is answered with all of them', async () => {
    const { code, err } = await createSandbox({ files }).run('drift', '--fail-on', 'change')
    expect(code).toBe(3)
    expect(err).toContain('changed, missing, renamed, not-removed, unmanaged, pending, unhealthy')
  })
})

test('`--ignore-unmanaged` neither lists nor names what no file declares, and asks for less', async () => {
  const world = await undeclared()
  world.requests()
  expect((await world.run('drift')).out).toContain('in no file')
  const all = world.requests()
  const { out, code } = await world.run('drift', '--ignore-unmanaged', '--fail-on', 'unmanaged')
  expect(out).not.toContain('in no file')
  expect(code).toBe(0)
  expect(world.requests().length).toBeLessThan(all.length)
})

test('a drift says how old the difference is, and JSON in seconds', async () => {
  let now = new Date()
  const world = createSandbox({ files, io: { now: () => now } })
  await world.run('apply', '--yes')
  const withUrl = (page: string): Record<string, string> => ({
    'configs/c.yaml': `connections: [{ name: C, type: webhook, configuration: { url: https://example.com/${page} } }]\n`
  })
  for (const page of ['a', 'b']) {
    world.write(withUrl(page))
    expect((await world.run('apply', '--yes')).code).toBe(0)
  }
  world.write(withUrl('a'))
  now = new Date(now.getTime() + 3 * 24 * 60 * 60 * 1000 + 60_000)
  expect((await world.run('drift')).out).toMatch(/changed \d{4}-\d\d-\d\d \d\d:\d\d UTC \(3 days ago\) by /)
  const { resources } = JSON.parse((await world.run('drift', '--format', 'json')).out) as {
    resources: { name: string; changed: { age_seconds: number | null } }[]
  }
  const age = resources.find(({ name }) => name === 'C')?.changed.age_seconds
  expect(Math.round(Number(age) / (24 * 60 * 60))).toBe(3)
})

test('an id that is not there is told with what a plan would say of it', async () => {
  const id = '11111111-2222-4333-8444-555555555555'
  const world = createSandbox({ files: { 'configs/a.yaml': `roles: [{ name: Readers, id: ${id} }]\n` } })
  const { code, out } = await world.run('drift')
  expect(code).toBe(2)
  expect(out.replaceAll(/\s+/g, ' ')).toContain('`polyctl plan` stops at an `id` that is not there')
  expect((await world.run('plan')).err).toContain('error[P404]')
})
