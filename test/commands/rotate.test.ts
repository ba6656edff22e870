import { describe, expect, test } from 'vitest'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

const text = `
connections:
  - { name: Store, type: postgresql, configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:PASSWORD}" } }
`
const files = { 'configs/a.yaml': text }
const passwords = (world: Sandbox): unknown[] =>
  world.server.store.all('connection').map((item) => item.configuration['password'])

async function rotated(
  world: Sandbox,
  secret: string,
  ...words: string[]
): Promise<{ code: number; out: string; err: string }> {
  const again = createSandbox({
    env: { PASSWORD: secret, POLYTOMIC_API_KEY: world.server.apiKey },
    io: { cwd: world.folder, fetch: (request) => world.server.fetch(request) }
  })
  return await again.run(...words)
}

describe('R31: a secret that changed outside of the files', () => {
  test('is no reason to write, for nobody can compare it', async () => {
    const world = createSandbox({ files, env: { PASSWORD: 'first' } })
    await world.run('apply', '--yes')
    expect((await rotated(world, 'second', 'plan', '--detailed-exitcode')).code).toBe(0)
    expect(passwords(world)).toEqual(['first'])
  })

  test.each(['connection "Store"', 'connection/Store', 'Store'])(
    'is sent again with --rotate %s, and shown nowhere',
    async (address) => {
      const world = createSandbox({ files, env: { PASSWORD: 'first-secret' } })
      await world.run('apply', '--yes')
      const plan = await rotated(world, 'second-secret', 'plan', '--rotate', address)
      expect(plan.out).toContain('its secrets are to be sent again')
      const ran = await rotated(world, 'second-secret', 'apply', '--yes', '--rotate', address)
      expect(ran.code, ran.out + ran.err).toBe(0)
      expect(passwords(world)).toEqual(['second-secret'])
      expect(plan.out + plan.err + ran.out + ran.err).not.toContain('second-secret')
    }
  )

  test('of an unknown resource is a problem, and nothing is written', async () => {
    const world = createSandbox({ files, env: { PASSWORD: 'first' } })
    await world.run('apply', '--yes')
    const ran = await rotated(world, 'second', 'apply', '--yes', '--rotate', 'Shop')
    expect(ran.code).toBe(3)
    expect(ran.err).toContain('[P406]')
    expect(passwords(world)).toEqual(['first'])
  })
})

test('R2: twins are a stop that says how to be rid of one: its id under removed', async () => {
  const world = createSandbox({ files, env: { PASSWORD: 'x' } })
  await world.run('apply', '--yes')
  world.write({ 'configs/a.yaml': text.replaceAll('Store', 'Twin') })
  await world.run('apply', '--yes')
  const twin = world.server.store.all('connection').find((item) => item.name === 'Twin')!
  world.server.store.edit('connection', twin.id, { name: 'Store' })
  world.write({ 'configs/a.yaml': text })
  const stop = await world.run('plan')
  expect(stop.err).toContain('[P401]')
  expect(stop.err).toContain('list its id under `removed:`')
  world.write({ 'configs/removed.yaml': `removed: { connections: [${twin.id}] }\n` })
  const ran = await world.run('apply', '--yes')
  expect(ran.code, ran.out + ran.err).toBe(0)
  expect(world.server.store.all('connection').map((item) => item.name)).toEqual(['Store'])
  expect(world.server.store.all('connection')[0]!.id).not.toBe(twin.id)
  expect((await world.run('plan', '--detailed-exitcode')).code).toBe(0)
})
