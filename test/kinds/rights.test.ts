import { expect, test } from 'vitest'
import type { LiveState } from '../../src/state/resource.ts'
import { secrets, twoConnections } from '../support/life.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'
import { declared, planFor, removed, service } from '../plan/world.ts'

/** What this key or this organization may not change is said before anything is written. */

const writes = (world: Sandbox): string[] =>
  world.requests().filter((request) => !request.startsWith('GET'))

test.each([
  ['roles: [{ name: admin }]\n', 'role "admin" cannot be declared: it comes with the service'],
  [
    'policies: [{ name: models, policy_actions: [] }]\n',
    'policy "models" cannot be declared: it comes with the service'
  ],
  ['removed: { roles: [Member] }\n', 'cannot be deleted: it comes with the service']
])('%s', async (yaml, sentence) => {
  const world = createSandbox({ files: { 'configs/a.yaml': yaml } })
  for (const command of ['plan', 'apply', 'destroy']) {
    if (command === 'destroy' && yaml.startsWith('removed')) continue
    const ran = await world.run(command, ...(command === 'plan' ? [] : ['--yes']))
    expect(ran.code, ran.out + ran.err).not.toBe(0)
    if (command !== 'destroy') expect(ran.err).toContain(sentence)
    expect(ran.err).toContain('error[P510]')
  }
  expect(writes(world)).toEqual([])
})

test('what comes with the service may be named in any case, without a warning', async () => {
  const world = createSandbox({
    files: { 'configs/a.yaml': 'users: [{ email: a@example.com, roles: [ADMIN] }]\n' }
  })
  const ran = await world.run('validate')
  expect([ran.code, ran.err]).toEqual([0, ''])
  expect((await world.run('apply', '--yes')).code).toBe(0)
})

test('a shared connection may be declared as it is, and not be changed, renamed or deleted', async () => {
  const world = createSandbox({ files: { 'configs/a.yaml': twoConnections }, env: secrets })
  await world.run('apply', '--yes')
  for (const name of ['Source', 'Warehouse']) {
    const { id } = world.server.store.all('connection').find((one) => one.name === name)!
    world.server.store.edit('connection', id, {
      parent_connection_id: '00000000-0000-4000-8000-000000000001'
    })
  }
  world.requests()
  expect((await world.run('plan', '--detailed-exitcode')).code).toBe(0)
  expect((await world.run('apply', '--yes')).code).toBe(0)
  world.write({ 'configs/a.yaml': twoConnections.replace('hostname: h', 'hostname: other') })
  const changed = await world.run('apply', '--yes')
  expect(changed.err).toContain('connection "Source" cannot be changed: another organization shares it')
  expect(changed.err).toContain('different: configuration.hostname')
  world.write({ 'configs/a.yaml': 'removed: { connections: [Source] }\n' })
  expect((await world.run('apply', '--yes')).err).toContain('connection "Source" cannot be deleted')
  expect(writes(world)).toEqual([])
})

test('which class of key may manage people depends on the version of the API', () => {
  const ada = declared('user', 'ada@example.com', { email: 'ada@example.com', roles: [] })
  const at = (version: LiveState['version'], key: LiveState['key']): LiveState => ({
    ...service(),
    ...(version && { version }),
    ...(key && { key })
  })
  expect(planFor([ada], at('2024-02-08', 'organization'))).toEqual(['P509'])
  expect(planFor([], at('2023-04-25', 'organization'), [removed('user', 'a@example.com')])).toEqual([
    'P509'
  ])
  for (const key of ['user', 'partner', 'system'] as const)
    expect(planFor([ada], at('2024-02-08', key))).toMatchObject({ changes: [{ action: 'create' }] })
  expect(planFor([ada], at('2025-09-18', 'organization'))).toMatchObject({
    changes: [{ action: 'create' }]
  })
})

test('an e-mail address cannot change: it is another person', () => {
  const live = service(['user', 'old@example.com', 'u1', { email: 'old@example.com', role_ids: [] }])
  const item = { email: 'new@example.com', roles: [] }
  const moved = declared('user', 'new@example.com', item, { renamedFrom: ['Old@Example.com'] })
  expect(planFor([moved], live)).toEqual(['P501'])
  const same = declared('user', 'OLD@example.com', item)
  expect(planFor([same], live)).toMatchObject({ changes: [{ action: 'none' }] })
})

test('an organization has one webhook: a second one in the files is the same', () => {
  const live = service(['webhook', 'https://a.example', 'w1', { endpoint: 'https://a.example' }])
  const one = declared('webhook', 'https://b.example', {})
  expect(planFor([one], live)).toMatchObject({ changes: [{ action: 'rename', id: 'w1' }] })
  expect(planFor([one, declared('webhook', 'https://c.example', {})], live)).toEqual(['P405'])
})

test('kinds that the version of the API lacks are told before anything is asked', async () => {
  const yaml = `workspace: { api_version: "2023-04-25" }
global_error_subscribers: { emails: [a@example.com] }
webhooks: [{ endpoint: "https://a.example", secret: "\${env:SECRET}", disabled: true }]
`
  const world = createSandbox({ files: { 'configs/a.yaml': yaml }, env: secrets })
  const ran = await world.run('plan')
  expect(ran.code).toBe(3)
  expect(ran.err).toContain('global error subscribers "organization" needs version 2024-02-08 of the API')
  expect(ran.err).toContain('`disabled` of a webhook needs version 2024-02-08 of the API')
  expect(world.requests()).toEqual([])
})

test('the person whose key it is cannot be deleted with it, by whatever way', async () => {
  const me = 'local.user@example.com'
  const all = 'workspace: { exclusive: [users] }\nusers: [{ email: b@example.com, roles: [member] }]\n'
  const world = createSandbox({ files: { 'configs/a.yaml': `removed: { users: [${me}] }\n` } })
  const removed = await world.run('apply', '--yes')
  expect([removed.code, removed.err.includes('error[P511]')]).toEqual([7, true])
  world.write({ 'configs/a.yaml': all })
  const pruned = await world.run('apply', '--yes', '--prune', '--max-deletes', '9')
  expect([pruned.code, pruned.err.includes('error[P511]')]).toEqual([7, true])
  expect(writes(world)).toEqual([])
  world.write({ 'configs/a.yaml': `users: [{ email: ${me}, roles: [admin] }]\n` })
  expect((await world.run('destroy', '--yes')).err).toContain('error[P511]')
  expect(writes(world)).toEqual([])
})
