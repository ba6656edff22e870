import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { liveSchema, type Offered, type WorkspaceNames } from '../../src/config/validation/index.ts'
import { schemaText } from '../../src/commands/schema-file.ts'
import { schema } from '../../src/commands/schema-base.ts'
import { kinds } from '../../src/kinds/index.ts'
import { examples } from '../support/examples.ts'
import { startLanguageServer } from '../support/language-server.ts'

/** What an editor offers where the schema has the names of a workspace, and that it demands none of them. */

const inContact = {
  of: ['target.connection', 'target.object'],
  kind: 'connection',
  values: ['C R M', 'Contact']
}
const many = Array.from({ length: 60 }, (_, at) => `Model ${at}`)
const fieldsOf = (name: string, names: string[]): Offered[] =>
  [['model'], ['name']].map((of) => ({ what: 'fields', of, kind: 'model', values: [name], names }))
const names: WorkspaceNames = {
  resources: new Map([
    ['connection', ['C R M', 'Ware: "house"']],
    ['model', ['Users', 'Orders', ...many]],
    ['sync', ['First']],
    ['bulk_sync', ['Nightly']],
    ['role', ['Steward']],
    ['policy', ['Private']]
  ]),
  offered: [
    ...fieldsOf('Users', ['email', 'first name']),
    ...fieldsOf('Orders', ['total']),
    ...many.flatMap((name, at) => fieldsOf(name, [`field_${at}`])),
    {
      what: 'objects',
      of: ['target.connection'],
      kind: 'connection',
      values: ['C R M'],
      names: ['Contact']
    },
    { ...inContact, what: 'object fields', names: ['Email', 'LastName'] },
    { ...inContact, what: 'modes', names: ['create', 'updateOrCreate'] }
  ]
}
const folder = mkdtempSync(join(tmpdir(), 'polyctl-schema-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const path = join(folder, 'schema.json')
writeFileSync(
  path,
  schemaText({ ...liveSchema(schema, kinds, names), $id: 'urn:polyctl:some' }, { version: '1' })
)
const { open, completionsAt } = await startLanguageServer(pathToFileURL(path).href)

const sync = (rest: string): string => `syncs:
  - name: S
    mode: create
    model: Users
    target: { connection: C R M, object: Contact }
    schedule: manual
${rest}`

describe.concurrent('what is offered', () => {
  test.each([
    ['a connection', 'models:\n  - name: M\n    connection: |\n', ['C R M', '"Ware: \\"house\\""']],
    ['a model', sync('').replace('model: Users', 'model: |'), ['Users', 'Orders']],
    ['a field of the model', sync('    fields:\n      - source: |\n'), ['email', 'first name']],
    [
      'a field of one of many',
      sync('    fields:\n      - source: |\n').replace('Users', 'Model 57'),
      ['field_57']
    ],
    [
      'a field of the model that is named beside it',
      sync('    fields:\n      - source:\n          model: Orders\n          field: |\n'),
      ['total']
    ],
    ['a field in a filter', sync('    filters:\n      - field: |\n'), ['email', 'first name']],
    [
      'a field of the target',
      sync('    fields:\n      - source: email\n        target: |\n'),
      ['Email', 'LastName']
    ],
    ['an identity', sync('    identity:\n      target: |\n'), ['Email', 'LastName']],
    [
      'an object',
      'syncs:\n  - name: S\n    target:\n      connection: C R M\n      object: |\n',
      ['Contact']
    ],
    ['a mode', sync('').replace('mode: create', 'mode: |'), ['create', 'updateOrCreate']],
    [
      'what to run after',
      'syncs:\n  - name: S\n    schedule:\n      frequency: runafter\n      run_after:\n        syncs:\n          - |\n',
      ['First']
    ],
    [
      'a bulk sync to run after',
      'syncs:\n  - name: S\n    schedule:\n      frequency: runafter\n      run_after:\n        bulk_syncs:\n          - |\n',
      ['Nightly']
    ],
    [
      'a role',
      'policies:\n  - name: P\n    policy_actions:\n      - action: read\n        roles:\n          - |\n',
      ['Steward']
    ],
    ['a policy', 'connections:\n  - name: C\n    type: stripe\n    policies:\n      - |\n', ['Private']],
    [
      'the identifier of a model',
      'models:\n  - name: Users\n    connection: C R M\n    identifier: |\n',
      ['email']
    ],
    [
      'the other end of a join',
      'models:\n  - name: M\n    relations:\n      - from: a\n        to:\n          model: Orders\n          field: |\n',
      ['total']
    ],
    ['what is to be removed', 'removed:\n  syncs:\n    - |\n', ['First']]
  ])('%s', async (_what, marked, labels) => {
    const offered = [...(await completionsAt(marked)).keys()]
    expect(offered).toEqual(expect.arrayContaining(labels))
    // What belongs to another model or object is none of it.
    if (!labels.includes('total')) expect(offered).not.toContain('total')
  })
})

describe.concurrent('nothing is demanded', () => {
  test.each([
    [
      'what is declared in the same file, or in another',
      `connections: [{ name: New, type: stripe, configuration: { api_key: "\${env:KEY}" } }]
models: [{ name: Newer, connection: New, configuration: { query: select 1 }, identifier: any }]
syncs:
  - name: S
    mode: remove
    model: Elsewhere
    target: { connection: New, object: custom__c }
    identity: { source: a, target: b, function: Equality }
    fields: [{ source: { model: Users, field: not yet }, target: c }]
    schedule: { frequency: runafter, run_after: { syncs: [Another] } }
`
    ],
    [
      'placeholders',
      sync('    fields: [{ source: "${var:field}", target: "${var:to}" }]\n')
        .replace('Users', '"${var:model}"')
        .replace('create', '"${var:mode}"')
        .replace('C R M', '"${env:CRM:-C R M}"')
    ],
    [
      'new fields, and a mode in any case',
      sync('    fields: [{ source: new, target: New__c }]\n').replace('create', 'UPDATEORCREATE')
    ],
    ['names to remove that are gone', 'removed: { syncs: [Gone] }\n']
  ])('%s', async (_what, text) => {
    expect((await open(text)).problems).toEqual([])
  })

  test.each(Object.entries(examples))('%s', async (_name, text) => {
    expect((await open(text.replace(/^# yaml-language-server.*$/m, ''))).problems).toEqual([])
  })

  test.each([
    ['what is no mode at all', 'upsert'],
    ['a mode that the object does not take', 'replace']
  ])('but %s is marked', async (_what, mode) => {
    const { problems } = await open(sync('').replace('mode: create', `mode: ${mode}`))
    expect(problems.map(({ message }) => message).join()).toMatch(/Value is not accepted|not match/)
  })
})
