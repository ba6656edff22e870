import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { allow, createSandbox, tutorial, type Sandbox } from '../support/sandbox.ts'

/** How many requests a command costs is a promise: each of these lists is complete. */
const env = { MONGODB_PASSWORD: 'x' }

async function requestsOf(world: Sandbox, ...words: string[]): Promise<string[]> {
  world.requests()
  await world.run(...words)
  return world
    .requests()
    .map((request) => request.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'ID'))
    .toSorted()
}

const lists = ['GET /api/connections', 'GET /api/me', 'GET /api/models', 'GET /api/syncs']

async function applied(files: Record<string, string> = { 'configs/a.yaml': tutorial }): Promise<Sandbox> {
  const world = createSandbox({ files, env })
  await world.run('apply', '--yes')
  await allow(world, 'Salesforce Connection')
  await world.run('apply', '--yes')
  return world
}

test('validate, explain and test ask nobody', async () => {
  const world = createSandbox({ files: { 'configs/a.yaml': tutorial } })
  expect(await requestsOf(world, 'validate')).toEqual([])
  expect(await requestsOf(world, 'explain', 'P101')).toEqual([])
  expect(await requestsOf(world, 'test')).toEqual([])
})

test('a first apply: the lists, then one POST for each resource, read back where its answer does not tell all', async () => {
  const world = createSandbox({
    files: {
      'configs/a.yaml': tutorial
        .replace('type: salesforce', 'type: hubspot')
        .replace('{ domain: "https://example.my.salesforce.com" }', '{}')
    },
    env
  })
  const requests = await requestsOf(world, 'apply', '--yes')
  // That connections were made just now their answers do not tell: one list tells it of both. The sync to
  // HubSpot, which waits for a person, is refused once.
  expect(requests).toEqual(
    [
      ...lists,
      'POST /api/connections',
      'POST /api/connections',
      'GET /api/connections',
      'POST /api/models',
      'POST /api/syncs'
    ].toSorted()
  )
})

test('R26: 30 syncs are 30 requests, and one more look at their names: nobody else may have made the same', async () => {
  const world = await applied()
  const more = Array.from(
    { length: 30 },
    (_, index) =>
      `  - { name: S${index}, mode: create, active: false, model: MongoDB Model, identity: { source: email, target: Email, function: Equality }, fields: [{ source: first_name, target: FirstName }], target: { connection: Salesforce Connection, object: Contact }, schedule: manual }\n`
  )
  world.write({ 'configs/a.yaml': `${tutorial.trimEnd()}\n${more.join('')}` })
  const requests = await requestsOf(world, 'apply', '--yes')
  const target = 'GET /api/connections/ID/modelsync/target/fields'
  const posts = more.map(() => 'POST /api/syncs')
  // Of the object that all of them write to, its fields are asked for once.
  const expected = [...lists, target, 'GET /api/syncs', 'GET /api/syncs/ID', ...posts]
  expect(requests).toEqual(expected.toSorted())
})

test('plan and drift of a workspace that is as it should be', async () => {
  const world = await applied()
  const expected = [...lists, 'GET /api/syncs/ID'].toSorted()
  // Whoever looks hears of all that moves data and no file declares; apply has no need to know.
  const looking = ['GET /api/bulk/syncs', ...expected]
  expect(await requestsOf(world, 'plan')).toEqual(looking)
  expect(await requestsOf(world, 'drift')).toEqual(looking)
  expect(await requestsOf(world, 'apply', '--yes')).toEqual(expected)
})

test('an update: read, ask what cannot be read, replace, read back', async () => {
  const world = await applied()
  world.write({
    'configs/a.yaml': tutorial.replace('collection: users }', 'collection: users }\n    identifier: email')
  })
  expect(await requestsOf(world, 'apply', '--yes')).toEqual(
    [
      ...lists,
      'GET /api/syncs/ID',
      // Whether the source has the field, before anything is written; and which fields are all, for the body.
      'GET /api/connections/ID/modelsync/source/fields',
      'GET /api/connections/ID/modelsync/source/fields',
      'GET /api/models/ID',
      'PUT /api/models/ID',
      'GET /api/models/ID'
    ].toSorted()
  )
})

test('of kinds that nothing names, only what moves data is asked for, and by a look at everything alone', async () => {
  const world = createSandbox({
    files: { 'configs/a.yaml': 'connections: [{ name: C, type: mongodb, configuration: { hosts: h } }]\n' },
    env
  })
  expect(await requestsOf(world, 'plan')).toEqual(['GET /api/bulk/syncs', ...lists])
  expect(await requestsOf(world, 'plan', '--kind', 'connection')).toEqual([
    'GET /api/connections',
    'GET /api/me'
  ])
  world.write({
    'configs/a.yaml':
      'connections: [{ name: C, type: mongodb, configuration: { hosts: h }, policies: [Connections] }]\n'
  })
  expect(await requestsOf(world, 'plan', '--only', 'connection "C"')).toEqual([
    'GET /api/connections',
    'GET /api/me',
    'GET /api/permissions/policies'
  ])
})

/** Lines of a file with that many syncs: two connections and a model are in the first five. */
function withSyncs(length: number): string[] {
  const syncs = Array.from(
    { length },
    (_, index) =>
      `  - { name: S${index}, mode: replace, active: false, model: M, fields: [{ source: email, target: email }], target: { connection: P, object: public.users }, schedule: manual }`
  )
  return [
    'connections:',
    '  - { name: C, type: mongodb, configuration: { hosts: h } }',
    '  - { name: P, type: postgresql, configuration: { hostname: h, port: 5432, database: d, username: u, password: "${env:MONGODB_PASSWORD}" } }',
    'models: [{ name: M, connection: C, configuration: { database: example, collection: users } }]',
    'syncs:',
    ...syncs
  ]
}

test('120 syncs are three pages, and one request for each that is declared', async () => {
  const text = withSyncs(120)
  const world = createSandbox({ files: { 'configs/a.yaml': `${text.join('\n')}\n` }, env })
  expect((await world.run('apply', '--yes', '--quiet')).code).toBe(0)
  const all = await requestsOf(world, 'plan')
  expect(all.filter((request) => request === 'GET /api/syncs')).toHaveLength(3)
  expect(all.filter((request) => request === 'GET /api/syncs/ID')).toHaveLength(120)
  expect(all).toHaveLength(4 + 3 + 120)
  world.write({ 'configs/a.yaml': `${text.slice(0, 7).join('\n')}\n` })
  expect(
    (await requestsOf(world, 'plan')).filter((request) => request === 'GET /api/syncs/ID')
  ).toHaveLength(2)
})

test('an import: each list once, and each sync in full once, whatever is written beside the files', async () => {
  const text = withSyncs(12)
  const world = createSandbox({ files: { 'a.yaml': `${text.join('\n')}\n` }, env })
  expect((await world.run('apply', '-f', 'a.yaml', '--yes', '--quiet')).code).toBe(0)
  const requests = await requestsOf(world, 'import')
  const settings = 'GET /api/connections/ID/proxy/settings'
  const each = Array.from({ length: 12 }).flatMap(() => [
    'GET /api/syncs/ID',
    'GET /api/syncs/ID/error-handling'
  ])
  const others = [
    'GET /api/bulk/syncs',
    'GET /api/notifications/global-error-subscribers',
    'GET /api/organization/record-logging',
    'GET /api/organization/users',
    'GET /api/permissions/policies',
    'GET /api/permissions/roles',
    'GET /api/webhooks'
  ]
  expect(requests).toEqual([...lists, ...others, settings, settings, ...each].toSorted())
  // The names of the workspace came with the lists: the schema for editors has them, for no request more.
  const schema = readFileSync(join(world.folder, '.polyctl/schema.json'), 'utf8')
  for (const name of ['"all sync"', '"S11"', '"all model"', '"M"', '"email"'])
    expect(schema).toContain(name)
  expect(await requestsOf(world, 'import')).toEqual(requests)
  expect(readFileSync(join(world.folder, '.polyctl/schema.json'), 'utf8')).toBe(schema)
  expect((await world.run('validate')).err).not.toContain('P627')
})
