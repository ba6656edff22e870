import { expect, test } from 'vitest'
import { cutAt } from '../support/cut.ts'
import { meaning, read } from '../support/reading.ts'
import { smallKinds } from '../support/small-kind.ts'

const example = `# yaml-language-server: $schema=../schemas/polyctl.schema.json
workspace:
  organization: Acme
  api_version: "2025-09-18"
variables:
  mongo_host: { default: example.mongodb.net }

connections:
  - name: MongoDB Connection
    type: mongodb
    configuration:
      hosts: \${var:mongo_host}
      username: user
      password: \${env:MONGODB_PASSWORD}
  - name: Salesforce Connection
    type: salesforce
    configuration:
      domain: https://example.my.salesforce.com

models:
  - name: MongoDB Model
    connection: MongoDB Connection
    configuration: { database: example, collection: users }

syncs:
  - name: Mongo to Salesforce Sync
    id: 248df4b7-aa70-47b8-a036-33ac447e668d
    mode: create
    model: MongoDB Model
    identity: { source: email, target: Email, function: equality }
    fields:
      - { source: first_name, target: FirstName }
      - { source: { model: MongoDB Model, field: last_name }, target: LastName }
    target: { connection: Salesforce Connection, object: Contact }
    schedule: { frequency: manual }
    lifecycle: { renamed_from: Old, prevent_destroy: true, ignore_changes: [schedule] }
removed:
  syncs: [Old sync]
`

test('the example means what it says', async () => {
  const { workspace, resources, removed } = await meaning(example)

  expect(Object.entries(workspace).map(([key, { value }]) => [key, value])).toEqual([
    ['organization', 'Acme'],
    ['apiVersion', '2025-09-18']
  ])
  expect(removed.map(({ kind, name, span }) => [kind, name, cutAt(example, span)])).toEqual([
    ['sync', 'Old sync', 'Old sync']
  ])
  expect(resources.map(({ kind, name, fields }) => [kind, name, fields['configuration']])).toEqual([
    [
      'connection',
      'MongoDB Connection',
      { hosts: 'example.mongodb.net', username: 'user', password: { $secret: 'env MONGODB_PASSWORD' } }
    ],
    ['connection', 'Salesforce Connection', { domain: 'https://example.my.salesforce.com' }],
    ['model', 'MongoDB Model', { database: 'example', collection: 'users' }],
    ['sync', 'Mongo to Salesforce Sync', undefined]
  ])
})

test('keys of ours are not among the fields', async () => {
  const sync = (await meaning(example)).resources.at(-1)
  expect(sync?.id).toBe('248df4b7-aa70-47b8-a036-33ac447e668d')
  expect(sync?.lifecycle).toEqual({
    renamedFrom: ['Old'],
    preventDestroy: true,
    ignoreChanges: ['schedule']
  })
  expect(Object.keys(sync?.fields ?? {})).not.toEqual(expect.arrayContaining(['id']))
})

test('every reference is a use, with the place that says it', async () => {
  const sync = (await meaning(example)).resources.at(-1)
  expect(
    sync?.uses.map(({ kind, name, path, span }) => [
      path.join('.'),
      kind,
      name,
      span.start.line,
      cutAt(example, span)
    ])
  ).toEqual([
    ['identity.source.model', 'model', 'MongoDB Model', 29, 'MongoDB Model'],
    ['fields.0.source.model', 'model', 'MongoDB Model', 29, 'MongoDB Model'],
    ['fields.1.source.model', 'model', 'MongoDB Model', 33, 'MongoDB Model'],
    ['target.connection', 'connection', 'Salesforce Connection', 34, 'Salesforce Connection']
  ])
})

test('every path has a place: its own, or that of the nearest parent that is written', async () => {
  const resources = (await meaning(example)).resources
  const sync = resources.at(-1)
  const shown = [
    ['mode'],
    ['identity', 'source', 'field'],
    ['identity', 'function'],
    ['fields'],
    ['fields', 1],
    ['fields', 0, 'source', 'field'],
    ['fields', 0, 'sync_mode'],
    ['fields', 7, 'target'],
    ['schedule', 'hour'],
    ['active']
  ].map((path) => [path.join('.'), sync && cutAt(example, sync.spanAt(path))])
  expect(shown).toEqual([
    ['mode', 'create'],
    ['identity.source.field', 'email'],
    ['identity.function', 'equality'],
    ['fields', 'fields'],
    ['fields.1', '{ source: { model: MongoDB Model, field: last_name }, target: LastName }'],
    ['fields.0.source.field', 'first_name'],
    ['fields.0.sync_mode', '{ source: first_name, target: FirstName }'],
    ['fields.7.target', 'fields'],
    ['schedule.hour', '{ frequency: manual }'],
    ['active', 'name']
  ])
  expect(resources.map(({ span }) => cutAt(example, span))).toEqual(resources.map(({ name }) => name))
})

test('what came by a merge or an alias has the place where it is written; the alias itself is a place too', async () => {
  const yaml = 'x-a: &a { size: 5 }\nx-t: &t [a, b]\ngadgets:\n  - name: G\n    <<: *a\n    tags: *t\n'
  const [gadget] = (await meaning(yaml, { kinds: smallKinds })).resources
  const shown = [['size'], ['tags'], ['tags', 1]].map((path) => gadget && cutAt(yaml, gadget.spanAt(path)))
  expect(shown).toEqual(['5', '*t', 'b'])
})

test('sections may be empty, and private keys are for the writer alone', async () => {
  expect(
    (await meaning('x-note: 1\nconnections:\nmodels: []\nvariables:\nremoved:\nworkspace:\n')).resources
  ).toEqual([])
})

test('texts are there for showing problems, also when nothing was understood', async () => {
  const { result, texts, files } = await read({ 'configs/a.yaml': 'a: [', 'configs/b.yaml': 'b: 1' })
  expect(result.ok).toBe(false)
  expect([...texts]).toEqual([
    ['configs/a.yaml', '....'],
    ['configs/b.yaml', 'b: .']
  ])
  expect(files).toEqual(['configs/a.yaml', 'configs/b.yaml'])
})

test('warnings do not stand in the way', async () => {
  const { result } = await read('models: [{ name: M, connection: Nobody, configuration: { table: t } }]')
  expect([result.ok, result.problems.map(({ code, severity }) => [code, severity])]).toEqual([
    true,
    [['P201', 'warning']]
  ])
})
