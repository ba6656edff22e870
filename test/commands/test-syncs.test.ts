import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

/** `polyctl test`: syncs with rows that stand beside them. */

const passing = `
      # Who is new.
      - name: a new user becomes a contact
        rows:
          - { email: ada@example.com, last_name: Lovelace, age: 36, status: active }
          - { email: bob@example.com, last_name: Ross, age: 52, status: gone } # left out
        expect:
          - create: { Email: ada@example.com, LastName: Lovelace, Age__c: 36, LeadSource: shop }
`

interface Setting {
  tests?: string
  mode?: string
  mapping?: string
  more?: string
}

const fileOf = ({ tests = passing, mode = 'updateOrCreate', mapping = '', more = '' }: Setting): string => `
connections:
  - name: Shop
    type: mongodb
    configuration: { hosts: shop.example.com, username: reader, password: "\${env:NOT_SET_HERE}" }
  - { name: CRM, type: salesforce }
models:
  - name: Users
    connection: Shop
    configuration: { database: shop, collection: users }
    fields: [email, last_name, age, status]
syncs:
  - name: Users to CRM
    model: Users
    mode: ${mode}
    identity: { source: email, target: Email, function: Equality }
    fields:
      - { source: last_name, target: LastName, sync_mode: create }
      - { source: age, target: Age__c }
      - { target: LeadSource, override_value: shop }
      ${mapping}
    filters: [{ field: status, function: Equality, value: active }]
    target: { connection: CRM, object: Contact }
    schedule: { frequency: hourly, minute: 5 }
    ${more}
    tests:${tests}`

function world(setting: Setting = {}): Sandbox & { text: () => string } {
  const made = createSandbox({ files: { 'configs/a.yaml': fileOf(setting) } })
  return Object.assign(made, { text: () => readFileSync(join(made.folder, 'configs/a.yaml'), 'utf8') })
}

test('a test that passes asks nobody, and needs no secret', async () => {
  const made = world()
  expect(await made.run('test')).toEqual({
    code: 0,
    out: `sync "Users to CRM"
  passed  a new user becomes a contact

Tests: 1 passed.
`,
    err: ''
  })
  expect(made.requests()).toEqual([])
})

const wrong = `
      - name: a name that is there stays
        rows: [{ email: ADA@example.com, last_name: King, age: 37, status: active }]
        records: [{ Email: ada@example.com, LastName: Lovelace }]
        expect:
          - update: { Email: ADA@example.com, LastName: King, Age__c: 36 }  # of 2020
`

test('what differs is told, and --update writes just that', async () => {
  const made = world({ tests: passing + wrong })
  const failed = await made.run('test')
  expect(failed.code).toBe(1)
  expect(failed.out).toContain(`  failed  a name that is there stays
          - update {"Email":"ADA@example.com","LastName":"King","Age__c":36}
          + update {"Email":"ADA@example.com","Age__c":37,"LeadSource":"shop"}
`)
  expect(failed.out).toContain('Tests: 1 failed, 1 passed.')
  const updated = await made.run('test', '--update')
  expect(updated.code).toBe(0)
  expect(updated.out).toContain('Tests: 1 updated, 1 passed.')
  expect(made.text()).toBe(
    fileOf({ tests: passing + wrong }).replace(
      'LastName: King, Age__c: 36 }  # of 2020',
      'Age__c: 37, LeadSource: shop }  # of 2020'
    )
  )
  expect((await made.run('test')).code).toBe(0)
})

test('a test that expects nothing yet is told, and gets what is done', async () => {
  const made = world({
    tests: `
      - name: rows without an identity, and twice the same
        rows:
          - { last_name: X, status: active }
          - { email: b@example.com, status: active }
          - { email: B@example.com, status: active }
`
  })
  const failed = await made.run('test')
  expect(failed.code).toBe(3)
  expect(failed.err).toContain('error[P815]')
  expect((await made.run('test', '--update')).code).toBe(0)
  expect(made.text()).toContain(`        expect:
          - skip: {}
            because: no identity
          - skip: { Email: B@example.com }
            because: duplicate
          - create: { Email: b@example.com, LeadSource: shop }
`)
  expect((await made.run('test')).code).toBe(0)
})

test.each([
  ['create', 'skip: { Email: a@example.com }', 'exists'],
  ['update', 'update: { Email: a@example.com, Age__c: 1, LeadSource: shop }', undefined]
])('mode %s', async (mode, operation, because) => {
  const made = world({
    mode,
    tests: `
      - name: one that is there
        rows: [{ email: a@example.com, age: 1, status: active }]
        records: [{ Email: a@example.com }]
        expect:
          - ${operation}
            ${because === undefined ? '' : `because: ${because}`}
`
  })
  expect(await made.run('test')).toMatchObject({ code: 0 })
})

test('several records that match are refused', async () => {
  const made = world({
    tests: `
      - name: which one
        rows: [{ email: a@example.com, status: active }]
        records: [{ Email: a@example.com }, { Email: A@example.com }]
        expect:
          - refuse: { Email: a@example.com }
            because: ambiguous
`
  })
  expect(await made.run('test')).toMatchObject({ code: 0 })
})

describe('wrong input', () => {
  test.each<[what: string, setting: Setting, words: string[], code: string, help: string]>([
    ['an unknown sync', {}, ['Uzers'], 'P406', '"Users"'],
    ['what has no tests', {}, ['Shop'], 'P813', 'polyctl help testing'],
    ['no tests at all', { tests: ' []' }, [], 'P813', 'polyctl help testing'],
    ['a field of a row', { tests: passing.replace('age: 36', 'agee: 36') }, [], 'P812', '`age`'],
    ['a field of what is expected', { tests: passing.replace('Age__c', 'Age_c') }, [], 'P812', '`Age__c`'],
    [
      'a field of a record',
      { tests: wrong.replace('records: [{ Email', 'records: [{ Emial') },
      [],
      'P812',
      '`Email`'
    ],
    ['two tests of one name', { tests: passing + passing }, [], 'P202', 'a name of its own'],
    [
      'two operations',
      { tests: passing.replace('- create', '- remove: {}\n            create') },
      [],
      'P109',
      'write one of: create'
    ],
    [
      'no operation',
      { tests: passing.replace(/- create.*/, '- because: exists') },
      [],
      'P109',
      'write one of: create'
    ],
    [
      'a reason of a create',
      { tests: `${passing}            because: exists\n` },
      [],
      'P109',
      'for `skip` and `refuse`'
    ],
    ['a test without a name', { tests: passing.replace('name:', 'called:') }, [], 'P101', 'name'],
    [
      'an encrypted field',
      {
        mapping: '- { source: age, target: A, encryption_enabled: true }',
        more: 'encryption_passphrase: "${env:NOT_SET_HERE}"'
      },
      [],
      'P811',
      'it encrypts fields'
    ],
    [
      'several models',
      { mapping: '- { source: { model: Other, field: x }, target: A }' },
      [],
      'P811',
      'it joins several models'
    ]
  ])('%s', async (_what, setting, words, code, help) => {
    const ran = await world(setting).run('test', ...words)
    expect(ran.code).toBe(3)
    expect(ran.err).toContain(`error[${code}]`)
    expect(ran.err).toContain(help)
    expect(ran.out).toBe('')
  })

  test('validate knows the shape of tests', async () => {
    const made = createSandbox({
      files: { 'configs/a.yaml': fileOf({ tests: passing.replace('rows:', 'rowz:') }) },
      env: { NOT_SET_HERE: 'x' }
    })
    const ran = await made.run('validate')
    expect(ran.code).toBe(3)
    expect(ran.err).toContain('a field with a similar name exists: `rows`')
  })
})

test('an anchor that others use is left, and what it would be is told', async () => {
  const shared = `
      - name: one
        rows: [{ email: a@example.com, status: active }]
        expect: &nothing []
      - name: two
        rows: [{ email: b@example.com, status: gone }]
        expect: *nothing
`
  const made = world({ tests: shared })
  const before = made.text()
  const ran = await made.run('test', '--update')
  expect(ran.code).toBe(3)
  expect(ran.err).toContain('error[P814]')
  expect(made.text()).toBe(before)
})

test.each(['json', 'junit', 'markdown', 'github', 'slack', 'sarif', 'html'])(
  '--format %s',
  async (format) => {
    const ran = await world({ tests: passing + wrong }).run('test', '--format', format)
    expect(ran.code).toBe(1)
    expect(ran.err).toBe('')
    if (format !== 'sarif') expect(ran.out).toContain('a name that is there stays')
    if (format === 'junit') expect(ran.out).toMatch(/tests="3" failures="1"/)
    if (format !== 'json') return
    const schema = JSON.parse(readFileSync('schemas/test.schema.json', 'utf8'))
    const isValid = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema)
    expect(isValid(JSON.parse(ran.out)) ? [] : isValid.errors).toEqual([])
  }
)

test('the service never gets tests: a plan knows none', async () => {
  const made = createSandbox({
    files: {
      'configs/a.yaml': fileOf({})
        .replace('type: salesforce', 'type: hubspot')
        .replaceAll('Contact', 'contacts')
    },
    env: { NOT_SET_HERE: 'x' }
  })
  const ran = await made.run('plan', '--no-check', '--format', 'json')
  expect(ran.code).toBe(0)
  expect(ran.out).not.toContain('becomes a contact')
})
