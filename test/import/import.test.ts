import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { client, postgres, testServer } from '../server/client.ts'
import { applyAll, examples, secrets } from '../support/examples.ts'
import { share } from '../support/samples.ts'
import { createSandbox, tutorial, type Sandbox } from '../support/sandbox.ts'
import { expectImported, filesIn } from './files.ts'

/** The service has what the files say; then the files are gone. */
async function applied(text: string, env: Record<string, string> = secrets): Promise<Sandbox> {
  const world = createSandbox({ files: { 'configs/a.yaml': text }, env: { ...env } })
  await applyAll(world)
  rmSync(join(world.folder, 'configs'), { recursive: true })
  world.requests()
  return world
}

describe('R33: what examples made is imported, and a plan finds no difference', () => {
  const names = Object.keys(examples)
  test.each(Object.entries(examples))('%s', async (name, text) => {
    const world = await applied(text)
    // Of few samples each example has one layout, and each layout every third example.
    for (const layout of share(['connection', 'kind', 'one'], names.indexOf(name) % 3, 3)) {
      rmSync(join(world.folder, 'configs'), { recursive: true, force: true })
      await expectImported(world, '--layout', layout)
    }
  })
})

test('the tutorial, as a person would write it', async () => {
  const world = await applied(tutorial, { MONGODB_PASSWORD: 'a secret' })
  const imported = await world.run('import')
  expect(imported.out).toMatchInlineSnapshot(`
    "Imported from Local (polytomic.test)
      connections                  2 of 2
      models                       1 of 1  (not told: whether some fields were chosen, or all: \`fields\` is left out, and stays as it is)
      syncs                        1 of 1
      schema primary keys      not read: no bulk sync reads from "MongoDB Connection", "Salesforce Connection", where only \`--kind schema_primary_keys\` looks
      schema fields            not read: no bulk sync reads from "MongoDB Connection", "Salesforce Connection", where only \`--kind schema_fields\` looks
      users                        1 of 1

    5 files written in configs
      + configs/connections/mongodb-connection.yaml
      + configs/connections/salesforce-connection.yaml
      + configs/organization.yaml
      + .env.example
      + .polyctl/schema.json

    1 secret to set before a change is applied
      MONGODB_PASSWORD  connection "MongoDB Connection": configuration.password (optional)

    Next
      cp .env.example .env   # and fill it in; keep it out of git
      polyctl plan   # says that there is nothing to do
    "
  `)
  expect(filesIn(world)).toMatchInlineSnapshot(`
    {
      "configs/connections/mongodb-connection.yaml": "# yaml-language-server: $schema=../../.polyctl/schema.json

    connections:
      - name: MongoDB Connection
        type: mongodb
        configuration: { hosts: example.mongodb.net, username: user, password: "\${env:MONGODB_PASSWORD}" }

    models:
      - name: MongoDB Model
        connection: MongoDB Connection
        configuration: { database: example, collection: users }
    ",
      "configs/connections/salesforce-connection.yaml": "# yaml-language-server: $schema=../../.polyctl/schema.json

    connections:
      - name: Salesforce Connection
        type: salesforce
        configuration: { domain: "https://example.my.salesforce.com" }

    syncs:
      - name: Mongo to Salesforce Sync
        mode: create
        active: false
        model: MongoDB Model
        identity: { source: email, target: Email, function: Equality }
        fields:
          - { source: first_name, target: FirstName }
          - { source: last_name, target: LastName }
        target: { connection: Salesforce Connection, object: Contact }
        schedule: manual
    ",
      "configs/organization.yaml": "# yaml-language-server: $schema=../.polyctl/schema.json

    users:
      - email: local.user@example.com
        roles: [Admin]
    ",
    }
  `)
  expect(readFileSync(join(world.folder, '.env.example'), 'utf8')).toMatchInlineSnapshot(`
    "# The secrets that the files name. Copy this to .env, which polyctl reads by itself, fill it in, and keep
    # that out of git. A plan works without them: they are sent where a connection is made or changed.

    # connection "MongoDB Connection": configuration.password (optional)
    MONGODB_PASSWORD=
    "
  `)
})

test('files that somebody changed are not overwritten unasked, and nothing else is written then', async () => {
  const world = await applied(tutorial, { MONGODB_PASSWORD: 'a secret' })
  await world.run('import')
  const before = filesIn(world)
  const path = 'configs/connections/mongodb-connection.yaml'
  const commented = `${before[path]}# mine\n`
  writeFileSync(join(world.folder, path), commented)
  // A file that says the same stays as it is, with what people wrote beside it.
  expect((await world.run('import', '--check')).code).toBe(0)
  expect((await world.run('import')).code).toBe(0)
  expect(filesIn(world)).toEqual({ ...before, [path]: commented })
  const changed = `${before[path]}roles: [{ name: mine }]\n`
  writeFileSync(join(world.folder, path), changed)
  rmSync(join(world.folder, 'configs/connections/salesforce-connection.yaml'))
  const refused = await world.run('import')
  expect(refused.code).toBe(7)
  expect(refused.err).toContain('error[P513]: one file exists and differs from what is live')
  expect(filesIn(world)).toEqual({
    [path]: changed,
    'configs/organization.yaml': before['configs/organization.yaml']
  })
  const unmanaged = await world.run('import', '--unmanaged')
  expect(unmanaged.code, unmanaged.err).toBe(0)
  expect(filesIn(world)).toEqual({ ...before, [path]: changed })
  expect((await world.run('import', '--force')).code).toBe(0)
  expect(filesIn(world)).toEqual(before)
})

test('--check writes nothing, and says with its code whether it would', async () => {
  const world = await applied(tutorial, { MONGODB_PASSWORD: 'a secret' })
  expect((await world.run('import', '--check')).code).toBe(2)
  expect(filesIn(world)).toEqual({})
  await world.run('import')
  expect((await world.run('import', '--check')).code).toBe(0)
})

test('R32: it reads: lists, then what they leave out', async () => {
  const world = await applied(tutorial, { MONGODB_PASSWORD: 'a secret' })
  await world.run('import')
  const requests = world.requests().map((request) => request.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID'))
  expect(requests.toSorted()).toEqual([
    'GET /api/bulk/syncs',
    'GET /api/connections',
    'GET /api/connections/ID/proxy/settings',
    'GET /api/connections/ID/proxy/settings',
    'GET /api/me',
    'GET /api/models',
    'GET /api/notifications/global-error-subscribers',
    'GET /api/organization/record-logging',
    'GET /api/organization/users',
    'GET /api/permissions/policies',
    'GET /api/permissions/roles',
    'GET /api/syncs',
    'GET /api/syncs/ID',
    'GET /api/syncs/ID/error-handling',
    'GET /api/webhooks'
  ])
})

test('one sync comes with all that it needs, and nothing else', async () => {
  const world = await applied(
    `${tutorial}roles: [{ name: readers }]\n`.replace(
      'syncs:\n',
      'syncs:\n  - { name: Other, mode: create, model: MongoDB Model, identity: { source: email, target: Email, function: Equality }, fields: [{ source: last_name, target: LastName }], target: { connection: Salesforce Connection, object: Contact }, schedule: manual }\n'
    ),
    { MONGODB_PASSWORD: 'a secret' }
  )
  await world.run('import', 'sync "Mongo*"', '--layout', 'one')
  const { 'configs/polytomic.yaml': text = '', ...others } = filesIn(world)
  expect(others).toEqual({})
  expect(text.match(/(?<=- )name: .*/g)).toEqual([
    'name: MongoDB Connection',
    'name: Salesforce Connection',
    'name: MongoDB Model',
    'name: Mongo to Salesforce Sync'
  ])
  const unknown = await world.run('import', 'sync "Nothing"')
  expect(unknown.code).toBe(3)
  expect(unknown.err).toContain('no live resource is called `sync "Nothing"`')
})

test('--unmanaged leaves what the usual files declare to them, whichever folder it writes to', async () => {
  const world = await applied(tutorial, { MONGODB_PASSWORD: 'a secret' })
  await world.run('import')
  const role = { 'extra/role.yaml': 'roles: [{ name: readers }]\n' }
  world.write(role)
  expect((await world.run('apply', '--yes', '--file', 'extra')).code).toBe(0)
  rmSync(join(world.folder, 'extra'), { recursive: true })
  const { code, err } = await world.run('import', '--unmanaged', '--out', 'other')
  expect([code, err]).toEqual([0, ''])
  const [text = '', ...more] = Object.values(filesIn(world, 'other'))
  expect(text.match(/name: .*/g)).toEqual(['name: readers'])
  expect(more).toEqual([])
})

test('keys of schemas that no bulk sync reads are found where they are called for, and named elsewhere', async () => {
  const server = testServer({ shape: 'newest' })
  const api = client(server)
  const { id } = (await api.post('/api/connections', postgres)).data
  const place = `/api/connections/${id}/schemas/public.users/primary_keys`
  await api.put(place, { fields: [{ field_id: 'email', is_primary_key: true }] })
  const world = createSandbox({
    env: { POLYTOMIC_API_KEY: server.apiKey },
    io: { fetch: (request) => server.fetch(request) }
  })
  const all = await world.run('import')
  expect(all.out).toContain(
    `schema primary keys      not read: no bulk sync reads from "${postgres.name}", where only \`--kind schema_primary_keys\` looks\n`
  )
  const section = `schema_primary_keys:\n  - connection: ${postgres.name}\n    schema: public.users\n    fields: [email]\n`
  for (const line of [
    ['--kind', 'schema_primary_keys'],
    ['schema primary keys "*"'],
    ['--unmanaged', '--kind', 'schema_primary_keys']
  ]) {
    rmSync(join(world.folder, 'keys'), { recursive: true, force: true })
    const { out, err } = await world.run('import', ...line, '--out', 'keys')
    expect(err).toBe('')
    expect(out).toContain('schema primary keys          1 of 1\n')
    expect(Object.values(filesIn(world, 'keys')).join('')).toContain(section)
  }
  await api.delete(place)
  const none = await world.run('import', '--kind', 'schema_primary_keys', '--out', 'none')
  expect(none.out).toContain('Nothing to write: nothing of these kinds is live, or could be read.\n')
})

test('that files declare all is said only where they do', async () => {
  const world = await applied('roles: [{ name: readers }]\n')
  await world.run('import')
  const unmanaged = await world.run('import', '--unmanaged')
  expect(unmanaged.out).toContain('Nothing to write: files declare all of it already.\n')
  const keys = await world.run('import', '--unmanaged', '--kind', 'schema_primary_keys')
  expect(keys.out).toContain('Nothing to write: nothing of these kinds is live, or could be read.\n')
})

test('variables of .env.example stay with what they are for, wherever it is written to', async () => {
  const twins = ['twin', 'Twin'].map(
    (name) =>
      `  - { name: ${name}, type: mongodb, configuration: { hosts: h, username: u, password: x } }\n`
  )
  const world = await applied(`connections:\n${twins.join('')}`)
  await world.run('import', '--layout', 'one')
  const before = readFileSync(join(world.folder, '.env.example'), 'utf8')
  const example = before.replace('\nTWIN_PASSWORD=', '\nOUR_OWN=')
  writeFileSync(join(world.folder, '.env.example'), example)
  expect((await world.run('import', '--layout', 'one', '--out', 'other')).err).toBe('')
  expect(readFileSync(join(world.folder, '.env.example'), 'utf8')).toBe(example)
  const [here = '', there = ''] = ['configs', 'other'].map((folder) =>
    Object.values(filesIn(world, folder)).join('')
  )
  expect(here).toContain('${env:TWIN_PASSWORD_2}')
  expect(there).toBe(here.replace('{env:TWIN_PASSWORD}', '{env:OUR_OWN}'))
})

test('--quiet: only what no file holds, and the result', async () => {
  const world = await applied(tutorial, { MONGODB_PASSWORD: 'a secret' })
  expect(await world.run('import', '--quiet')).toMatchObject({
    out: '5 files written in configs\n',
    err: ''
  })
  const again = await world.run('import', '-q')
  expect(again.out).toBe('0 files written in configs, 4 unchanged\n')
})

test.each([
  ['import', '--out', 'afile/x'],
  ['init', 'afile/y'],
  ['plan', '--out', 'afile/z'],
  ['schema', '--out', 'afile/s.json'],
  ['validate', '--format', 'json=afile/v.json']
])('below a file nothing can be written, and this is the reason: %s %s', async (...line) => {
  const world = createSandbox({
    files: { afile: '', 'configs/a.yaml': 'roles: [{ name: readers }]\n' }
  })
  expect((await world.run(...line)).err).toContain('a file is where a folder should be')
})

test('the JSON of an import is as its schema says', async () => {
  const schema: object = JSON.parse(readFileSync('schemas/import.schema.json', 'utf8'))
  const isValid = new Ajv2020({ strict: true, strictRequired: false, allErrors: true }).compile(schema)
  const world = await applied(tutorial, { MONGODB_PASSWORD: 'a secret' })
  for (const options of [['--check'], [], ['--unmanaged']]) {
    const { out } = await world.run('import', '--format', 'json', ...options)
    expect(isValid(JSON.parse(out)), JSON.stringify(isValid.errors)).toBe(true)
  }
})
