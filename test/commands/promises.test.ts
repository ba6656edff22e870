import { describe, expect, test } from 'vitest'
import { createSandbox, tutorial, type Sandbox } from '../support/sandbox.ts'

const files = { 'configs/a.yaml': tutorial }
const env = { MONGODB_PASSWORD: 'planted-secret' }

async function applied(): Promise<Sandbox> {
  const world = createSandbox({ files, env })
  await world.run('apply', '--yes')
  world.requests()
  return world
}

describe('--format json is one JSON document', () => {
  test('of connect: with the link, or that there is nothing to authorize', async () => {
    const world = await applied()
    const waiting = await world.run('connect', 'Salesforce Connection', '--no-wait', '--format', 'json')
    expect(JSON.parse(waiting.out)).toMatchObject({
      format_version: 1,
      connection: 'Salesforce Connection',
      authorized: false,
      authorize: { url: expect.stringContaining('http'), code: null }
    })
    expect(waiting.code).toBe(8)
    const works = await world.run('connect', 'MongoDB Connection', '--format', 'json')
    expect(JSON.parse(works.out)).toMatchObject({ authorized: true, authorize: null })
  })

  test('of explain without a code', async () => {
    const all = JSON.parse((await createSandbox().run('explain', '--format', 'json')).out) as unknown[]
    expect(all).toContainEqual({ code: 'P101', title: expect.any(String) as string })
  })
})

test('connect changes nothing: what the files state meanwhile is for a plan to show', async () => {
  const world = await applied()
  world.write({ 'configs/a.yaml': tutorial.replace('example.my.salesforce', 'other.my.salesforce') })
  await world.run('connect', 'Salesforce Connection', '--no-wait')
  const live = world.server.store.all('connection').find(({ name }) => name === 'Salesforce Connection')!
  expect(live.configuration).toEqual({ domain: 'https://example.my.salesforce.com' })
})

test('drift is told also where it is more deletions than an apply would dare', async () => {
  const many = ['a', 'b', 'c', 'd', 'e']
  const connections = many.map(
    (name) => `  - { name: ${name}, type: mongodb, configuration: { hosts: h } }`
  )
  const world = createSandbox({
    files: { 'configs/a.yaml': `connections:\n${connections.join('\n')}\n` },
    env
  })
  expect((await world.run('apply', '--yes')).code).toBe(0)
  world.write({ 'configs/a.yaml': `removed:\n  connections: [${many.join(', ')}]\n` })
  expect((await world.run('apply', '--yes')).code).toBe(7)
  expect((await world.run('drift')).code).toBe(2)
})

test('destroy has no limit that it would not keep to', async () => {
  const world = await applied()
  expect((await world.run('destroy', '--yes', '--max-deletes', '1')).code).toBe(3)
  expect(world.server.store.all('model')).toHaveLength(1)
})

test('the files of any organization can be rehearsed with --local', async () => {
  const world = createSandbox({
    files: { 'configs/a.yaml': `workspace: { organization: Acme }\n${tutorial}` },
    env
  })
  expect((await world.run('plan', '--local')).code).toBe(0)
  expect((await world.run('plan')).code).toBe(4)
})

describe('sources', () => {
  test('tells that the fields could not be read, rather than that there are none', async () => {
    const world = await applied()
    const on = 'GET /api/connections/*/modelsync/source/fields'
    world.server.faults.add({ fault: 'error-before', on, times: 0 })
    const chosen = ['--param', 'database=example', '--param', 'collection=users']
    const ran = await world.run('sources', 'MongoDB Connection', ...chosen)
    expect(ran.code).toBe(4)
    expect(ran.err).toContain('[P609]')
  })

  test('refuses a choice without a value', async () => {
    const ran = await createSandbox({ files, env }).run(
      'sources',
      'MongoDB Connection',
      '--param',
      'database'
    )
    expect(ran.code).toBe(3)
    expect(ran.err).toContain('name=value')
  })
})

describe('a key is never shown', () => {
  test.each([
    ['with a line break', { POLYTOMIC_API_KEY: 'planted\nkey' }],
    ['with a typographic quote', { POLYTOMIC_API_KEY: '“planted”' }],
    ['of a partner', { POLYTOMIC_API_KEY: '', POLYTOMIC_PARTNER_KEY: 'planted\0key' }]
  ])('%s it is refused without being sent', async (_what, keys) => {
    const world = createSandbox({ files, env: { ...env, ...keys } })
    const ran = await world.run('plan')
    expect(ran.code).toBe(4)
    expect(ran.err).toContain('[P616]')
    expect(ran.out + ran.err).not.toContain('planted')
    expect(world.requests()).toEqual([])
  })

  test.each(['https://planted@host.test', 'https://host.test/?key=planted', 'https://u:planted@host.test'])(
    'nor what an address holds: %s',
    async (url) => {
      const ran = await createSandbox({ files, env }).run('plan', '--url', url)
      expect(ran.err).toContain('[P617]')
      expect(ran.out + ran.err).not.toContain('planted')
    }
  )
})
