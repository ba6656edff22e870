import { readFileSync, writeFileSync } from 'node:fs'
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

describe('values that YAML has no words for', () => {
  const columns = ['at', 'price', 'big', 'photo', 'ref', 'tag', 'doc']
  const rows = `{ email: a@example.com, status: active, last_name: L,
            at: { $date: "2026-03-01T11:30:00.1234+02:00" }, price: { $numberDecimal: "19.90" },
            big: { $numberLong: "9007199254740993" }, photo: { $binary: "aGVsbG8=" },
            ref: { $oid: "65E5F0A1B2C3D4E5F6A7B8C9" },
            tag: { $binary: { base64: "AAECAwQFBgcICQoLDA0ODw==", subType: "04" } },
            doc: { since: { $date: "2026-03-01T00:00:00Z" }, $id: x, n: [{ $numberLong: "7" }] } }`
  const setting = (expectation: string, given = rows): Setting => ({
    mapping: columns.map((name) => `- { source: ${name}, target: ${name} }`).join('\n      '),
    tests: `
      - name: typed
        rows:
          - ${given}
${expectation}`
  })
  const declared = (made: Setting): Sandbox & { text: () => string } => world({ ...made, more: '' })

  test('reach the sync as what they are, and are written by --update in the same words', async () => {
    const made = declared(setting(''))
    expect(await made.run('test', '--update')).toMatchObject({ code: 0, err: '' })
    expect(await made.run('test')).toMatchObject({ code: 0 })
    const { tests } = JSON.parse((await made.run('test', '--format', 'json')).out)
    expect(tests).toMatchObject([{ state: 'passed' }])
    const text = made.text().replaceAll(/\s+/g, ' ')
    for (const written of [
      '$date: "2026-03-01T09:30:00.1234Z"',
      '$numberDecimal: "19.90"',
      '$numberLong: "9007199254740993"',
      '$binary: aGVsbG8=',
      'ref: "65e5f0a1b2c3d4e5f6a7b8c9"',
      'tag: "00010203-0405-0607-0809-0a0b0c0d0e0f"'
    ])
      expect(text).toContain(written)
  })

  test('are equal however they are spelled, and no other value is', async () => {
    const given =
      '{ email: a@example.com, status: active, last_name: L, at: { $date: "2026-03-01T09:30:00Z" } }'
    const expected = (at: string): Setting =>
      setting(
        `        expect:
          - create: { Email: a@example.com, LastName: L, LeadSource: shop, at: ${at} }`,
        given
      )
    expect((await declared(expected('{ $date: "2026-03-01T10:30:00+01:00" }')).run('test')).code).toBe(0)
    for (const other of ['"2026-03-01T09:30:00Z"', '{ $date: "2026-03-01T09:30:01Z" }']) {
      const failed = await declared(expected(other)).run('test')
      expect(failed.code).toBe(1)
      expect(failed.out).toContain('"at":{"$date":"2026-03-01T09:30:00Z"}')
    }
  })

  test('are compared by filters as what they are', async () => {
    const made = world({
      mapping: '- { source: at, target: at }',
      tests: `
      - name: later
        rows:
          - { email: a@example.com, last_name: A, status: active, age: { $numberDecimal: "9.5" } }
          - { email: b@example.com, last_name: B, status: active, age: { $numberDecimal: "10.5" } }
        expect:
          - create: { Email: b@example.com, LastName: B, Age__c: { $numberDecimal: "10.5" }, LeadSource: shop }
`
    })
    const path = join(made.folder, 'configs/a.yaml')
    writeFileSync(
      path,
      made
        .text()
        .replace(
          '{ field: status, function: Equality, value: active }',
          '{ field: age, function: GreaterThan, value: 10 }'
        )
    )
    expect(await made.run('test')).toMatchObject({ code: 0 })
  })

  test.each([
    ['{ $date: yesterday }', 'what is written as `$date` is none', 'such as 2026-03-01T09:30:00Z'],
    ['{ $date: 2026-03-01 }', 'what is written as `$date` is none', 'A date without a time is a text'],
    ['{ $numberDecimal: 19.9 }', 'what is written as `$numberDecimal` is none', 'in quotes'],
    ['{ $numberLong: "1.5" }', 'what is written as `$numberLong` is none', 'A whole number'],
    ['{ $binary: "not base64" }', 'what is written as `$binary` is none', 'Bytes in base64'],
    ['{ $oid: "12" }', 'what is written as `$oid` is none', '24 hexadecimal digits'],
    ['[{ $dat: "2026-03-01T09:30:00Z" }]', '`$dat` is no way to write a value', '$date, $numberDecimal']
  ])('%s is told at its place', async (value, message, help) => {
    const made = world({
      tests: `
      - name: wrong
        rows: [{ email: a@example.com, age: ${value} }]
`
    })
    for (const command of ['test', 'validate']) {
      const ran = await made.run(command)
      expect(ran.code).toBe(3)
      expect(ran.err).toContain(`error[P109]: ${message}`)
      expect(ran.err.replaceAll(/\s+/g, ' ')).toContain(help)
    }
  })
})
