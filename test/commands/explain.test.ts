import { describe, expect, test } from 'vitest'
import * as topics from '../../src/commands/explain-topics.ts'
import { resourceSchema, withoutRefs } from '../../src/config/validation/index.ts'
import { pathsOf } from '../../src/commands/explain-schema.ts'
import { kinds, openCatalogue } from '../../src/kinds/index.ts'
import { incomplete } from '../../src/plan/incomplete.ts'
import { isObject, type Json, type JsonObject } from '../../src/state/value.ts'
import { read } from '../support/reading.ts'
import { createSandbox } from '../support/sandbox.ts'
import { committed } from '../support/write-schemas.ts'
import { spread } from '../support/samples.ts'

const catalogue = await openCatalogue()
const topicNamed = (text: string) => topics.topicNamed(text, catalogue)
const nearTopics = (text: string) => topics.nearTopics(text, catalogue).names
const typesWith = (word: string) => topics.typesWith(word, catalogue)

const editor = JSON.parse(committed('polyctl.schema.json') ?? '{}') as {
  definitions: Record<string, JsonObject>
}

/** Every description that an editor can show at a path. */
function hoversAt(schema: Json | undefined, path: readonly string[]): string[] {
  if (schema === undefined || !isObject(schema)) return []
  const branches = [schema.anyOf, schema.allOf, [schema.items ?? null], [schema.then ?? null]].flatMap(
    (all) => (Array.isArray(all) ? all : [])
  )
  const inside = branches.flatMap((branch) => hoversAt(branch, path))
  const [name, ...rest] = path
  if (name === undefined)
    return typeof schema.description === 'string' ? [schema.description, ...inside] : inside
  const properties = isObject(schema.properties ?? null) ? (schema.properties as JsonObject) : {}
  return [...hoversAt(properties[name], rest), ...inside]
}

/** What is wrong with an example, but for what it refers to in others. */
async function wrongIn(example: string | null | undefined): Promise<string[]> {
  const { result } = await read(example ?? '')
  const missing = result.ok ? incomplete(result.value.desired.resources, kinds) : []
  const all = [...result.problems.filter(({ code }) => code !== 'P201'), ...missing]
  return example === null || example === undefined || example === ''
    ? ['no example']
    : all.map(({ message }) => message)
}

describe.each(kinds.managed)('$name', (kind) => {
  test('is explained, with an example that validates', async () => {
    const topic = topicNamed(kind.name)
    expect(topic).toMatchObject({ topic: kind.name, description: kind.description })
    expect(topicNamed(kind.section)).toEqual(topic)
    expect(await wrongIn(topic?.example)).toEqual([])
  })

  test('has all of its keys explained, in the words that editors show', () => {
    const paths = pathsOf(withoutRefs(resourceSchema(kind)))
    expect(paths.length).toBeGreaterThan(2)
    for (const path of paths) {
      const name = [kind.name, ...path].join('.')
      const topic = topicNamed(name)
      expect(topic?.topic, name).toBe(name)
      expect(hoversAt(editor.definitions[kind.name], path), name).toContain(topic?.description)
    }
  })
})

test('every type of connections is explained, with an example that validates', async () => {
  const all = typesWith('')
  expect(all).toHaveLength(226)
  const wrong: string[] = []
  for (const { type } of spread(all, 5)) {
    const topic = topicNamed(`connection_type.${type}`)
    for (const message of await wrongIn(topic?.example)) wrong.push(`${type}: ${message}`)
    for (const { name, description } of topic?.keys ?? [])
      if (!hoversAt(editor.definitions['connection'], ['configuration', name]).includes(description))
        wrong.push(`${type}.${name}: ${description}`)
  }
  expect(wrong).toEqual([])
})

describe('what is asked for', () => {
  test.each([
    ['sync.schedule', 'sync.schedule', 'frequency'],
    ['filter.function', 'sync.filters.function', 'StringOneOf'],
    ['Bulk Sync', 'bulk_sync', 'default_schedule'],
    ['updateOrCreate', 'sync.mode', 'adds the others'],
    ['weekly', 'sync.schedule.frequency', 'one day of each week'],
    ['workspace.api_version', 'workspace.api_version', '2025-09-18'],
    ['mongodb', 'mongodb', 'hosts'],
    ['mongodb.hosts', 'mongodb.hosts', 'separated by commas'],
    ['values', '# What becomes of the values of records', 'Missing leaves, null clears'],
    ['accepted.values', 'sync.assert.accepted.values', 'The values.'],
    ['P201', 'P201', 'a reference names nothing']
  ])('%s is %s', async (asked, topic, has) => {
    const world = createSandbox()
    const { code, out } = await world.run('explain', ...asked.split(' '))
    expect(code).toBe(0)
    expect(out.startsWith(topic)).toBe(true)
    expect(out).toContain(has)
    expect(world.requests()).toEqual([])
  })

  test('what is required, secret or assumed is said once', async () => {
    const { out } = await createSandbox().run('explain', 'postgresql')
    expect(out).toMatch(/hostname +The host of the server\. Required\.\n/)
    expect(out).toMatch(/password +The password of who signs in\. Required\. A secret: \$\{env:…\}\.\n/)
    expect(out).toMatch(/port +The port that the server listens at\. Required\. Default: 5432\.\n/)
  })

  test('types are found by a word, and one of them is shown in full', async () => {
    const world = createSandbox()
    expect((await world.run('explain', 'types')).out.split('\n')).toHaveLength(227)
    expect((await world.run('explain', 'types', 'sales')).out).toContain(
      'salesforce   Salesforce (a person'
    )
    expect((await world.run('explain', 'types', 'webhook')).out).toContain('type: webhook')
    const none = await world.run('explain', 'types', 'mongodbb')
    expect(none).toMatchObject({ code: 3, err: expect.stringContaining('`mongodb`') as string })
  })

  test.each([
    ['mongodbb', 'mongodb'],
    ['sync.shedule', 'sync.schedule'],
    ['snyc', 'sync']
  ])('%s is unknown, and %s is near', async (asked, near) => {
    expect(nearTopics(asked)).toContain(near)
    const { code, err } = await createSandbox().run('explain', asked)
    expect(code).toBe(3)
    expect(err).toContain(`a similar name exists: \`${near}\``)
  })
})

describe('of a resource', () => {
  const files = {
    'configs/a.yaml': `variables: { db: { default: shop } }
connections:
  - name: Orders
    type: mongodb
    configuration: { hosts: "\${env:HOSTS:-h}", password: "\${env:PW}" }
models:
  - name: Users
    connection: Orders
    configuration:
      database: \${var:db}
      collection: users
`
  }
  test('each value is told with its place and its source, and nobody is asked', async () => {
    const world = createSandbox({ files, env: { PW: 'planted' } })
    const { code, out } = await world.run('explain', 'connection "Orders"')
    expect(code).toBe(0)
    expect(out).toMatch(/^connection "Orders" {2}configs\/a\.yaml:3\n/)
    expect(out).toMatch(/configuration\.hosts +h {2}configs\/a\.yaml:5, environment variable HOSTS\n/)
    expect(out).toMatch(
      /configuration\.password +\(secret from env PW\) {2}configs\/a\.yaml:5, environment variable PW\n/
    )
    expect(out).toMatch(/configuration\.ssl +true {2}default\n/)
    expect(out).not.toContain('planted')
    const model = await world.run('explain', 'model', 'Users', '--var', 'db=other')
    expect(model.out).toMatch(
      /configuration\.database +other {2}configs\/a\.yaml:10, variable db \(--var\)\n/
    )
    expect(world.requests()).toEqual([])
  })

  test('with --live, what the service has instead, and who changed it last', async () => {
    const world = createSandbox({ files, env: { PW: 'p' } })
    expect((await world.run('explain', 'model "Users"', '--live')).out).toContain(
      'The service does not have it.'
    )
    expect((await world.run('apply', '--yes')).code).toBe(0)
    world.requests()
    expect((await world.run('explain', 'model "Users"', '--live')).out).toMatch(
      /The service has the same; last changed by \S/
    )
    world.write({
      'configs/a.yaml': files['configs/a.yaml'].replace('collection: users', 'collection: people')
    })
    const { out } = await world.run('explain', 'model "Users"', '--live', '--format', 'json')
    expect(JSON.parse(out)).toMatchObject({
      resources: [
        { live: { exists: true, differences: [{ path: 'configuration.collection', value: 'users' }] } }
      ]
    })
    expect((await world.run('explain', 'model/Users', '--live')).out).toContain('in the service: users')
    expect(world.requests().filter((line) => !line.startsWith('GET'))).toEqual([])
  })

  test('that is misspelt, the near ones are told', async () => {
    const { code, err } = await createSandbox({ files, env: { PW: 'p' } }).run('explain', 'model "Usrs"')
    expect(code).toBe(3)
    expect(err).toContain('model "Users"')
  })
})

test('an address is of a resource, also where its words are a kind', async () => {
  const world = createSandbox({ files: { 'configs/a.yaml': 'roles: [{ name: S }, { name: role }]\n' } })
  for (const words of ['role "S"', 'role/S', 'role "role"'])
    expect((await world.run('explain', words)).out).toContain('configs/a.yaml:1')
  expect((await world.run('explain', 'role "T"')).err).toContain('P406')
})

describe('what nobody knows has the near ones', () => {
  test.each([
    ['pg', '`postgresql`'],
    ['mongo', '`mongodb`'],
    ['sync.nosuch', '`sync` has: name, id'],
    ['sync.schedule.day', '`sync.schedule.day_of_week`'],
    ['bulk_sync.schedule', '`bulk_sync.default_schedule`'],
    ['sync.shedule', '`sync.schedule`']
  ])('%s', async (word, near) => {
    const { code, err } = await createSandbox({ files: {} }).run('explain', word)
    expect(code).not.toBe(0)
    expect(err.split('\n').slice(1, 2).join('') + err.split('\n').slice(2, 3).join('')).toContain(near)
  })

  test('of types, by what people call them', async () => {
    expect((await createSandbox({ files: {} }).run('explain', 'types', 'pg')).out).toMatch(/^postgresql /)
  })
})

test.each([
  ['sync.schedule.frequency', 'frequency: daily'],
  ['csv.url', 'url: '],
  ['sync.identity.function', 'function: Equality'],
  ['model.identifier', 'identifier: _id'],
  ['bulk_sync.schemas.tracking_field', 'tracking_field: updated_at']
])('a key has an example: %s', async (word, line) => {
  const { out } = await createSandbox({ files: {} }).run('explain', word)
  expect(out.slice(out.indexOf('\nExample\n'))).toContain(line)
})

test('values of a sync have the words of its file', async () => {
  const newer = `syncs:
  - name: S
    model: M
    mode: update
    target: { connection: C, object: O }
    identities: { strategy: and, mappings: [{ source: a, target: A, function: Equality }, { source: c, target: C, function: OneOf }] }
    fields: [{ source: b, target: B }]
    model_filters: { conditions: [{ source: c, function: IsNull }, { source: d, function: Between, value: [1, 2] }], logic: A or B }
    target_filters: { conditions: [{ field: D, function: Equality, value_source: d }] }
    schedule: manual
`
  const world = createSandbox({ files: { 'configs/a.yaml': newer } })
  const { out } = await world.run('explain', 'sync "S"')
  for (const line of [
    /^ {2}identities\.mappings\[0\]\.target +A {2}configs\/a\.yaml:6$/m,
    /^ {2}identities\.mappings\[1\] +C ← M · c \(function: OneOf\) {2}configs\/a\.yaml:6$/m,
    /^ {2}fields\[B\] +← M · b {2}configs\/a\.yaml:7$/m,
    /^ {2}model_filters\.conditions\[M\.c IsNull\] +configs\/a\.yaml:8$/m,
    /^ {2}model_filters\.logic +"\[c IsNull\] OR \[d Between \[1,2\]\]" {2}configs\/a\.yaml:8$/m,
    /^ {2}target_filters\.conditions\[D Equality = d\] +\{.*value_source: M · d\} {2}configs\/a\.yaml:9$/m
  ])
    expect(out).toMatch(line)
  expect(out).not.toMatch(/^ *(identity|filters)\b|value_field|field_id|override/m)
})

test('with --live, what differs is told beside the value of the file, and what only the service has by itself', async () => {
  const files = {
    'configs/a.yaml': `connections: [{ name: C, type: csv, configuration: { url: "https://example.com/a.csv" } }]
models: [{ name: M, connection: C, configuration: { url: "https://example.com/a.csv" }, fields: [a, b] }]
syncs:
  - name: S
    model: M
    mode: create
    active: false
    identity: { source: a, target: I, function: Equality }
    target: { connection: C, object: O }
    fields: [{ source: a, target: A }, { source: b, target: B }]
    schedule: { frequency: daily, hour: 1, minute: 0 }
`
  }
  const world = createSandbox({ files, server: { shape: 'newest' } })
  const applied = await world.run('apply', '--yes', '--no-check')
  expect(applied.code, applied.out + applied.err).toBe(0)
  world.write({
    'configs/a.yaml': files['configs/a.yaml']
      .replace('hour: 1', 'hour: 2')
      .replace('target: B }', 'target: D }')
      .replace('target: A }', 'target: A, sync_mode: create }')
  })
  const { out } = await world.run('explain', 'sync "S"', '--live')
  expect(out).toMatch(/schedule\.hour +2 {2}configs\/a\.yaml:11; in the service: 1$/m)
  expect(out).toMatch(/fields\[D\] +← M · b {2}configs\/a\.yaml:10; not in the service$/m)
  expect(out).toMatch(/fields\[A\].*configs\/a\.yaml:10; in the service sync_mode: \(none\)$/m)
  expect(out).toMatch(/^ {2}fields\[B\]: in the service B ← M · b, in no file$/m)
})
