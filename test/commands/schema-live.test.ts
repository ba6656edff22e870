import { mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import about from '../../package.json' with { type: 'json' }
import { liveSchema, namedKinds, schemaId, suggestedIn } from '../../src/config/validation/index.ts'
import { schemaText } from '../../src/commands/schema-file.ts'
import { schema } from '../../src/commands/schema-base.ts'
import { workspaceNames, type FoundNames } from '../../src/commands/workspace-names.ts'
import { kinds } from '../../src/kinds/index.ts'
import { referredKinds } from '../../src/state/rule.ts'
import { at } from '../render/builders.ts'
import { leaksIn, plainCanary } from '../support/canaries.ts'
import { allow, createSandbox, tutorial, type Sandbox } from '../support/sandbox.ts'

/** `schema --live`: the names of a workspace for editors, by how many requests, and when they are out of date. */

const path = '.polyctl/schema.json'
const env = { MONGODB_PASSWORD: plainCanary('password') }
const instant = new Date('2026-03-04T05:06:07Z')

interface Written {
  $id: string
  'x-polyctl': Record<string, unknown>
  definitions: Record<string, { $comment?: string; anyOf?: { enum?: string[] }[] }>
}

const read = (world: Sandbox, name = path): string => readFileSync(join(world.folder, name), 'utf8')

/** The lists of names in a schema, by what they are of. */
function listsIn(text: string): Record<string, readonly string[]> {
  const { definitions } = JSON.parse(text) as Written
  return Object.fromEntries(
    Object.values(definitions).flatMap(({ $comment, anyOf }) =>
      $comment !== undefined && anyOf?.[0]?.enum ? [[$comment, anyOf[0].enum]] : []
    )
  )
}

async function applied(now = () => instant): Promise<Sandbox> {
  const world = createSandbox({ files: { 'configs/a.yaml': tutorial }, env, io: { now } })
  await world.run('apply', '--yes')
  await allow(world, 'Salesforce Connection')
  await world.run('apply', '--yes')
  world.requests()
  return world
}

async function requestsOf(world: Sandbox, ...words: string[]): Promise<string[]> {
  world.requests()
  const ran = await world.run(...words)
  expect(ran.code, ran.err).toBe(0)
  const requests = world.requests()
  return requests.map((request) => request.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'ID')).toSorted()
}

const lists = [
  'GET /api/bulk/syncs',
  'GET /api/connections',
  'GET /api/me',
  'GET /api/models',
  'GET /api/permissions/policies',
  'GET /api/permissions/roles',
  'GET /api/syncs'
]
const objects = 'GET /api/connections/ID/modelsync/targetobjects'
const fields = 'GET /api/connections/ID/modelsync/target/fields'

test('each list once, and a question for each system and object that files write to', async () => {
  const world = await applied()
  expect(await requestsOf(world, 'schema', '--live')).toEqual([...lists, fields, objects].toSorted())
  // A second sync to the same object, and one to another object of the same system.
  const more = (name: string, object: string): string =>
    `  - { name: ${name}, mode: create, model: MongoDB Model, target: { connection: Salesforce Connection, object: ${object} }, fields: [{ source: email, target: Email }], schedule: manual }\n`
  world.write({ 'configs/a.yaml': `${tutorial}${more('B', 'Contact')}${more('C', 'Lead')}` })
  expect(await requestsOf(world, 'schema', '--live')).toEqual(
    [...lists, fields, fields, objects].toSorted()
  )
  // With all systems: that which can only be read says so.
  expect(await requestsOf(world, 'schema', '--all')).toEqual(
    [...lists, fields, fields, objects, objects].toSorted()
  )
  expect(await requestsOf(world, 'schema')).toEqual([])
  expect(await requestsOf(world, 'schema', '--out', 'plain.json')).toEqual([])
  expect(world.requests().filter((request) => !request.startsWith('GET '))).toEqual([])
})

test('it holds the names of what is live and of what is declared, and nothing else of them', async () => {
  const world = await applied()
  world.write({ 'configs/b.yaml': 'roles: [{ name: Not applied yet }]\n' })
  const { out, err } = await world.run('schema', '--live')
  const text = read(world)
  expect(listsIn(text)).toMatchObject({
    'all connection': ['MongoDB Connection', 'Salesforce Connection'],
    'all role': expect.arrayContaining(['Admin', 'Not applied yet']),
    'all sync': ['Mongo to Salesforce Sync'],
    'fields of ["model","MongoDB Model"]': expect.arrayContaining(['email', 'first_name']),
    'objects of ["connection","Salesforce Connection"]': expect.arrayContaining(['Contact', 'Lead']),
    'object fields of ["connection","Salesforce Connection","Contact"]': expect.arrayContaining(['Email']),
    'modes of ["connection","Salesforce Connection","Contact"]': expect.arrayContaining(['create'])
  })
  const { 'x-polyctl': stamp, $id } = JSON.parse(text) as Written
  expect(stamp).toMatchObject({
    version: about.version,
    service: 'polytomic.test',
    readAt: '2026-03-04T05:06:07.000Z'
  })
  expect($id).toMatch(/^urn:polyctl:[0-9a-f-]{36}$/)
  expect(leaksIn(`${text}${out}${err}`, Object.values(env))).toEqual([])
  // Settings of systems are no names.
  expect(text).not.toContain('example.mongodb.net')
})

test('the same workspace gives the same bytes, one line for each list', async () => {
  const world = await applied()
  await world.run('schema', '--live')
  const first = read(world)
  await world.run('schema', '--live', '--parallelism', '1')
  expect(read(world)).toBe(first)
  expect(first.split('\n').filter((line) => line.includes('"all connection"'))).toHaveLength(1)
  const printed = await world.run('schema', '--live', '--out', '-')
  const { 'x-polyctl': _stamp, ...rest } = JSON.parse(first) as Written
  expect(JSON.parse(printed.out)).toEqual(rest)
})

test('what cannot be read is told, and the rest is written', async () => {
  const world: Sandbox = createSandbox({
    files: { 'configs/a.yaml': tutorial },
    env,
    io: {
      fetch: async (request) => {
        const { pathname } = new URL(request.url)
        const isRefused = /permissions|targetobjects/.test(pathname)
        return isRefused
          ? Response.json({ message: 'not for this key' }, { status: 403 })
          : await world.server.fetch(request)
      }
    }
  })
  await world.run('apply', '--yes')
  const waiting = await world.run('schema', '--live')
  expect(waiting.out).toContain('connection "Salesforce Connection": it is not authorized yet')
  await allow(world, 'Salesforce Connection')
  const { code, out } = await world.run('schema', '--live')
  expect(code).toBe(0)
  expect(out).toMatch(/Not read\n(.*\n)*.*role: not for this key/)
  expect(out).toMatch(/connection "Salesforce Connection": GET .*targetobjects answered 403/)
  expect(listsIn(read(world))['all model']).toEqual(['MongoDB Model'])
})

test('files that name another schema are listed with the line that they need', async () => {
  const world = await applied()
  const right = '# yaml-language-server: $schema=../../.polyctl/schema.json\n'
  world.write({
    'configs/deep/right.yaml': `${right}roles: []\n`,
    'configs/other.yaml': '# yaml-language-server: $schema=https://a.example.com/b.json\nroles: []\n'
  })
  const { out } = await world.run('schema', '--live')
  expect(out.slice(out.indexOf('These files'))).toBe(
    [
      'These files name another schema, or none; a first line for each:',
      '  configs/a.yaml   # yaml-language-server: $schema=../.polyctl/schema.json',
      '  configs/other.yaml   # yaml-language-server: $schema=../.polyctl/schema.json',
      ''
    ].join('\n')
  )
})

test('a place that cannot be written is a problem', async () => {
  const world = await applied()
  mkdirSync(join(world.folder, 'taken'))
  for (const words of [['--live'], []]) {
    const { code, err } = await world.run('schema', ...words, '--out', 'taken')
    expect([code, err]).toEqual([3, expect.stringContaining('P514')])
  }
})

describe('validate', () => {
  const days = (count: number): Date => new Date(instant.getTime() + count * 24 * 60 * 60 * 1000)

  test('says when the names are old, and strictness is about the files alone', async () => {
    let now = instant
    const world = await applied(() => now)
    expect((await world.run('validate')).err).toBe('')
    await world.run('schema', '--live')
    now = days(30)
    expect((await world.run('validate')).err).toBe('')
    now = days(31.5)
    const { code, err } = await world.run('validate', '--strict')
    expect(code).toBe(0)
    expect(err).toContain('warning[P627]')
    expect(err).toContain('its names are 31 days old')
    expect(err).toContain('`polyctl schema --live` writes it anew')
    await world.run('schema', '--live')
    expect((await world.run('validate')).err).toBe('')
  })

  test('says when they are of another organization or environment', async () => {
    const world = await applied()
    world.write({
      'polyctl.yaml':
        'environments:\n  one: { url: https://polytomic.test }\n  two: { url: https://polytomic.test }\n'
    })
    await world.run('schema', '--live', '--environment', 'one', '--allow-host', 'polytomic.test')
    expect((await world.run('validate', '--environment', 'one')).err).toBe('')
    const other = await world.run('validate', '--environment', 'two')
    expect(other.err).toContain('it has the names of environment `one`, not of `two`')
    expect(other.err).toContain('`polyctl schema --live --environment two` writes it anew')
    world.write({ 'configs/w.yaml': 'workspace: { organization: Elsewhere }\n' })
    const { err } = await world.run('validate', '--environment', 'one')
    expect(err).toMatch(/it has the names of organization `[^`]+`, and the files are for `Elsewhere`/)
  })

  test('says when another polyctl wrote it; what is no such file, it leaves alone', async () => {
    const world = createSandbox({ files: { 'configs/a.yaml': tutorial }, env })
    world.write({ [path]: schemaText(schema, { version: '0.0.1' }) })
    const { err } = await world.run('validate')
    expect(err).toContain('it was written by polyctl 0.0.1')
    expect(err).toContain(`\`polyctl schema --out ${path}\` writes it anew`)
    expect((await world.run('schema', '--out', path)).code).toBe(0)
    expect((await world.run('validate')).err).toBe('')
    for (const text of ['', '{}', '"x-polyctl": {broken},\n', JSON.stringify(schema)]) {
      world.write({ [path]: text })
      expect((await world.run('validate')).err).toBe('')
    }
  })
})

describe('the line for editors', () => {
  const named = (world: Sandbox, file: string): string => {
    const [, to = ''] = /^# yaml-language-server: \$schema=(\S+)$/m.exec(read(world, file)) ?? []
    return join(dirname(file), to)
  }

  test.each([[['init']], [['init', '--import']]])('%j: names a file that is there', async (words) => {
    const world = createSandbox({ files: { 'first.yaml': 'roles: [{ name: Steward }]\n' } })
    await world.run('apply', '--yes', '--file', 'first.yaml')
    expect((await world.run(...words)).code).toBe(0)
    const file = words.includes('--import') ? 'configs/organization.yaml' : 'configs/example.yaml'
    expect(named(world, file)).toBe(path)
    const { $id, 'x-polyctl': stamp } = JSON.parse(read(world, named(world, file))) as Written
    expect([$id, stamp]).toEqual([schemaId, { version: about.version }])
    // With the names of the workspace it is the same file.
    expect((await world.run('schema', '--live')).out).not.toContain('name another schema')
    expect(listsIn(read(world))['all role']).toContain('Steward')
    const before = read(world)
    await world.run(...words)
    expect(read(world)).toBe(before)
  })

  test('an import without init writes it as well, and --check writes nothing', async () => {
    const world = createSandbox({ files: { 'first.yaml': 'roles: [{ name: Steward }]\n' } })
    await world.run('apply', '--yes', '--file', 'first.yaml')
    const { code, out } = await world.run('import', '--check', '--kind', 'role')
    expect([code, out]).toEqual([2, expect.stringContaining(`+ ${path}`)])
    expect(() => read(world)).toThrow(/ENOENT/)
    await world.run('import', '--kind', 'role', '--out', 'a/b')
    expect(named(world, 'a/b/organization.yaml')).toBe(path)
    expect((await world.run('import', '--kind', 'role', '--out', 'a/b')).out).toContain('unchanged')
  })

  test('the schema of a package that is installed beside the files is named where it is', async () => {
    const installed = `node_modules/${about.name}/schemas/polyctl.schema.json`
    const world = createSandbox({ files: { [installed]: JSON.stringify(schema) } })
    await world.run('init')
    expect(named(world, 'configs/example.yaml')).toBe(installed)
    expect(() => read(world)).toThrow(/ENOENT/)
  })

  test('the published address is that of the package', () => {
    expect(schemaId).toBe(`https://cdn.jsdelivr.net/npm/${about.name}/schemas/polyctl.schema.json`)
    expect(about.files).toContain('schemas')
    expect(schema['$id']).toBe(schemaId)
  })
})

const span = at('configs/a.yaml', 1)
const lifecycle = { renamedFrom: [], preventDestroy: false, ignoreChanges: [] }
const resource = (name: string) => ({
  kind: 'model',
  name,
  id: name,
  fields: { fields: ['a', 'b'] },
  wire: {},
  uses: [],
  changed: {},
  partial: false
})

describe('laws', () => {
  test.each(kinds.managed.map((kind) => [kind.name, kind] as const))(
    'each reference of a %s says of which kind it is',
    (_name, kind) => {
      expect(namedKinds({ managed: [kind] })).toEqual(referredKinds(kind.fields))
    }
  )

  test('what is offered depends on a name of a known kind', () => {
    const places = kinds.managed.flatMap((kind) => suggestedIn(kind, kinds))
    expect(new Set(places.map(({ what, of, kind }) => `${what} of ${kind} by ${of.join()}`))).toEqual(
      new Set([
        'fields of model by model',
        'fields of model by name',
        'objects of connection by target.connection',
        'object fields of connection by target.connection,target.object',
        'modes of connection by target.connection,target.object'
      ])
    )
  })

  test('of many models only those have their fields that a file names, unless all are wanted', async () => {
    const live = Array.from({ length: 301 }, (_, at) => resource(`Model ${at}`))
    const desired = [{ ...resource('Model 7'), span, spanAt: () => span, lifecycle, uses: [] }]
    const ask = async () => ({ ok: false as const, refused: false, words: 'nothing is asked' })
    const fieldsIn = ({ names }: FoundNames): number => names.offered.length
    const few = await workspaceNames({ live, desired, all: false, ask })
    expect([fieldsIn(few), few.leftOut, few.names.resources.get('model')?.length]).toEqual([2, 300, 302])
    const fewer = await workspaceNames({ live: live.slice(0, 300), desired, all: false, ask })
    expect([fieldsIn(fewer), fewer.leftOut]).toEqual([600, 0])
    const all = await workspaceNames({ live, desired, all: true, ask })
    expect([fieldsIn(all), all.leftOut]).toEqual([602, 0])
  })

  test('a workspace of 1,000 models stays small enough for an editor', () => {
    const models = Array.from({ length: 1000 }, (_, at) => `Model of customers, number ${at}`)
    const offered = models.flatMap((name) =>
      [['model'], ['name']].map((of) => ({
        what: 'fields' as const,
        of,
        kind: 'model',
        values: [name],
        names: Array.from({ length: 20 }, (_, at) => `field_number_${at}`)
      }))
    )
    const names = { resources: new Map([['model', models]]), offered }
    const text = schemaText(liveSchema(schema, kinds, names), { version: '1' })
    // What is there without them is 244 KB.
    expect(text.length).toBeLessThan(2_200_000)
  })
})
