import { expect, test } from 'vitest'
import { openDisk } from '../../src/config/source/disk.ts'
import { readFiles } from '../../src/config/source/find-files.ts'
import { createSandbox } from '../support/sandbox.ts'

/** A connection with this configuration. */
const pg = (inner: string) =>
  `connections:\n  - name: W\n    type: postgresql\n    configuration:\n${inner}`
/** A sync with this after it. */
const sync = (inner: string) =>
  `syncs:\n  - name: S\n    model: Users\n    mode: create\n    target: { connection: SF, object: Contact }\n    fields: [{ source: a, target: b }]\n    schedule: manual\n${inner}`

/** What people write who come from other tools, or from YAML that forgives more. */
const mistakes: [what: string, text: string][] = [
  [
    'a key with one blank too few',
    'connections:\n  - name: Warehouse\n   type: postgresql\n    configuration: { hostname: h }\n'
  ],
  [
    'a key further left than those around it',
    'connections:\n  - name: W\n    type: postgresql\n    configuration:\n      database: d\n    hostname: h\n      port: 5432\n'
  ],
  ['a mapping of names', 'connections: { A: { type: hubspot } }\n'],
  [
    'a block of names',
    'connections:\n  A:\n    type: hubspot\n    configuration: {}\n  B:\n    type: csv\n'
  ],
  ['mode upsert', sync('').replace('mode: create', 'mode: upsert')],
  ['mode overwrite', sync('').replace('mode: create', 'mode: overwrite')],
  ['mode delete', sync('').replace('mode: create', 'mode: delete')],
  ['type mongo', 'connections:\n  - { name: A, type: mongo }\n'],
  ['type postgres', 'connections:\n  - { name: A, type: postgres }\n'],
  ['type sfdc', 'connections:\n  - { name: A, type: sfdc }\n'],
  [
    'user, db and pass',
    pg('      hostname: h\n      user: u\n      db: d\n      port: 5432\n      pass: x\n')
  ],
  ['host and pwd', pg('      host: h\n      username: u\n      database: d\n      pwd: x\n')],
  ['schedule daily', sync('').replace('schedule: manual', 'schedule: daily')],
  ['schedule as cron', sync('').replace('schedule: manual', 'schedule: "0 5 * * *"')],
  ['schedule as a time', sync('').replace('schedule: manual', 'schedule: "22:30"')],
  ['schedule hourly', sync('').replace('schedule: manual', 'schedule: hourly')],
  [
    'daily without its minute',
    sync('').replace('schedule: manual', 'schedule: { frequency: daily, hour: 5 }')
  ],
  [
    'weekly without its day',
    sync('').replace('schedule: manual', 'schedule: { frequency: weekly, hour: 5, minute: 0 }')
  ],
  ['model_id', sync('').replace('model: Users', 'model_id: 7f0c39f3-6f1d-4a0f-9a7e-1f1f4c0c2d3b')],
  [
    'connection_id',
    sync('').replace('connection: SF', 'connection_id: 7f0c39f3-6f1d-4a0f-9a7e-1f1f4c0c2d3b')
  ],
  [
    'fields as a mapping',
    sync('').replace('fields: [{ source: a, target: b }]', 'fields: { first_name: FirstName }')
  ],
  ['fields as names', sync('').replace('fields: [{ source: a, target: b }]', 'fields: [first_name]')],
  [
    'the form of dbt',
    pg('      hostname: h\n      username: u\n      database: d\n      password: "{{ env_var(\'PG\') }}"\n')
  ],
  [
    'the form of a shell',
    pg('      hostname: h\n      username: u\n      database: d\n      password: $PW\n')
  ],
  [
    'the form of Windows',
    pg('      hostname: h\n      username: u\n      database: d\n      password: "%PW%"\n')
  ],
  [
    'the form of Concourse',
    pg('      hostname: h\n      username: u\n      database: d\n      password: ((pw))\n')
  ],
  [
    'the form of 1Password',
    pg('      hostname: h\n      username: u\n      database: d\n      password: op://vault/item/field\n')
  ],
  [
    'the form of SOPS',
    pg('      hostname: h\n      username: u\n      database: d\n      password: ENC[AES256_GCM,data:xx]\n')
  ],
  [
    'the form of a template',
    pg('      hostname: h\n      username: u\n      database: d\n      password: "##PW##"\n')
  ],
  ...[
    ['a word of a template', '{{ secrets.PG }}'],
    ['the form of a template with underscores', '__DB_PW__'],
    ['a form that may be a password', '$P4SS']
  ].map(([what = '', value = '']): [string, string] => [
    what,
    pg(`      hostname: h\n      username: u\n      database: d\n      password: "${value}"\n`)
  ]),
  ...['monthly', '@daily', 'every 5 minutes', 'sometimes'].map((text): [string, string] => [
    `schedule ${text}`,
    sync('').replace('schedule: manual', `schedule: "${text}"`)
  ]),
  ...[
    '{ frequency: custom }',
    '{ frequency: builder }',
    '{ frequency: dbtcloud }',
    '{ frequency: runafter, run_after: { syncs: [] } }'
  ].map((text): [string, string] => [
    `schedule ${text}`,
    sync('').replace('schedule: manual', `schedule: ${text}`)
  ]),
  ['comments alone', '# connections:\n#  - name: A\n'],
  [
    'an empty list of schemas',
    'bulk_syncs:\n  - { name: B, schemas: [], source: { connection: A }, destination: { connection: B } }\n'
  ],
  [
    'an unfinished merge',
    'connections:\n  - name: A\n<<<<<<< HEAD\n    type: csv\n=======\n    type: hubspot\n>>>>>>> other\n'
  ],
  ['a dash without a blank', 'connections:\n  - name: A\n    type: csv\n  -name: B\n    type: csv\n'],
  ['a version on top', 'version: 2\nconnections: []\n'],
  ['no number', sync('    filters: [{ field: zip, function: Equality, value: .nan }]\n')],
  ['a name of nothing', 'roles: [{ name: ~ }]\n'],
  ['a name of blanks', 'roles: [{ name: " " }]\n'],
  ['joined files', 'roles: [{ name: A }]\n---\n\ufeffmodels: []\n'],
  ['lines that end in CR', 'roles:\r  - name: A\r  - name: B\r'],
  ['a tab inside of braces', 'connections: [{\n  name: A,\n\ttype: csv\n\t}]\n'],
  [
    'a mapping as a text',
    'connections:\n  - { name: A, type: api, configuration: { url: https://a.example, body: { a: 1 } } }\n'
  ],
  [
    'words of Terraform in a sync',
    sync(
      '    filters: [{ source: zip, function: Equality, value: 1 }]\n    target_filters: []\n    sync_ids: []\n'
    )
  ],
  [
    'words of Terraform in a bulk sync',
    'bulk_syncs:\n  - { name: B, source_connection_id: x, dest_configuration: {}, discovery: true }\n'
  ],
  [
    'words of Terraform in a mapping',
    sync('').replace('target: b', 'target: b, newField: true, search_values: {}')
  ],
  [
    'a header as a number',
    'connections:\n  - { name: A, type: api, configuration: { url: https://a.example, headers: [{ name: X, value: 007 }] } }\n'
  ],
  [
    'a password as a number',
    pg('      hostname: h\n      username: u\n      database: d\n      password: 12345\n')
  ],
  [
    'values from variables',
    pg(
      '      hostname: h\n      username: u\n      database: d\n      ssl: "${env:SSL}"\n      port: "${env:PORT}"\n'
    )
  ],
  ['enabled on a webhook', 'webhooks:\n  - { name: W, endpoint: https://a.example, enabled: true }\n'],
  ['disabled on a sync', sync('    disabled: true\n')],
  ['paused on a sync', sync('    paused: true\n    enabled: false\n')],
  [
    'a user twice',
    'users:\n  - { email: a@example.com, roles: [Admin] }\n  - { email: A@example.com, roles: [Admin] }\n'
  ],
  ['a name as the key of an item', 'connections:\n  - A:\n      type: csv\n'],
  ['a section in the singular', 'connection:\n  - { name: A, type: csv }\n'],
  ['a section without a list', 'syncs:\n  name: A\n  model: B\n'],
  ['a table as the target', sync('').replace('object: Contact', 'table: Contact')],
  ['from and to', sync('').replace('{ source: a, target: b }', '{ from: a, to: b }')],
  ['cron in a schedule', sync('').replace('schedule: manual', 'schedule: { cron: "0 5 * * *" }')],
  [
    'time in a schedule',
    sync('').replace('schedule: manual', 'schedule: { frequency: daily, time: "05:00" }')
  ],
  [
    'an identity without a function',
    sync('    identity: { source: email, target: Email }\n').replace('mode: create', 'mode: update')
  ],
  [
    'a mode that finds records without an identity',
    sync('').replace('mode: create', 'mode: updateOrCreate')
  ],
  [
    'an identity where none is looked for',
    sync('    identity: { source: email, target: Email, function: Equality }\n').replace(
      'mode: create',
      'mode: append'
    )
  ],
  ['an operator in a filter', sync('    filters: [{ field: a, operator: "=", value: 1 }]\n')],
  [
    'logic that ends early',
    sync('    filter_logic: "A AND (B OR"\n    filters: [{ field: a, function: IsNull }]\n')
  ]
]

test('each mistake is told with its place, what is wrong, and what to write', async () => {
  const reported: string[] = []
  for (const [what, text] of mistakes) {
    const world = createSandbox({ files: { 'configs/a.yaml': text }, env: { SSL: 'True', PORT: '05432' } })
    const { code, out, err } = await world.run('validate')
    const shown = text
      .replaceAll('\r', '␍')
      .replaceAll('\uFEFF', '(mark)')
      .trimEnd()
      .replaceAll(/^/gm, '    ')
    reported.push(`# ${what} (exit ${code})\n\n${shown}\n\n${out}${err}`.trimEnd())
  }
  await expect(`${reported.join('\n\n')}\n`).toMatchFileSnapshot('../golden/beginners.txt')
})

const workspace = `connections:
  - { name: Warehouse, type: postgresql, configuration: { hostname: h, database: d, username: u, password: "\${env:PW}" } }
models:
  - { name: Users, connection: Warehouse, configuration: { query: select 1 } }
`
const inOrder = { 'configs/a.yaml': workspace }

/** What people type who come from other tools, or who stand in another folder. */
const commands: [what: string, words: string[], files: Record<string, string>][] = [
  ...[
    'plan --dry-run',
    'apply --auto-approve',
    'plan -target=Users',
    'plan -o json',
    'plan --refresh-only',
    'plan --state=x',
    'plan --token x',
    'version',
    'diff',
    'deploy',
    '-v',
    'plan --onyl Users',
    'plan --only Usrs',
    'plan --only model.Users',
    'plan --only users',
    'plan --only nothing-like-it',
    'plan --kind synk',
    'sources Warehouse',
    'sources Warehous',
    'plan --file config/a.yaml'
  ].map((line): [string, string[], Record<string, string>] => [line, line.split(' '), inOrder]),
  ['files beside, and none in configs', ['plan'], { 'a.yaml': workspace, 'b.yml': 'roles: []\n' }],
  ['nothing at all', ['plan'], {}]
]

test('each word of another tool is told with the one that is meant here', async () => {
  const reported: string[] = []
  for (const [what, words, files] of commands) {
    const world = createSandbox({ files, env: { PW: 'planted' } })
    const { code, out, err } = await world.run(...words)
    expect(code, what).toBe(3)
    reported.push(`# ${what}\n\n${out}${err}`.trimEnd())
  }
  await expect(`${reported.join('\n\n')}\n`).toMatchFileSnapshot('../golden/beginners-commands.txt')
})

test('whoever stands in a folder below is told where the files are', async () => {
  const { folder } = createSandbox({ files: { ...inOrder, 'sql/deeper/q.sql': 'select 1' } })
  const { problems } = await readFiles(
    [],
    openDisk(`${folder}/sql/deeper`, async () => '')
  )
  expect(problems.flatMap(({ help }) => help)).toEqual(['there is `../../configs`: run polyctl in `../..`'])
})

test.each([
  ['01234', '1234'],
  ['1.10', '1.1'],
  ['0x10', '16'],
  ['1e10', '10000000000'],
  ['+49', '49'],
  ['0o17', '15']
])('a number that is written as %s is told as what is sent', async (written, sent) => {
  const filter = (value: string) =>
    sync(`    filters: [{ field: zip, function: Equality, value: ${value} }]\n`)
  const warned = await createSandbox({ files: { 'configs/a.yaml': filter(written) } }).run('validate')
  expect(warned.err).toContain(`warning[P115]: \`${written}\` is sent as the number ${sent}`)
  expect(warned.err).toContain(
    `--> configs/a.yaml:8:${filter(written).split('\n')[7]!.indexOf(written) + 1}`
  )
  for (const value of [sent, `"${written}"`, '2024-01-01T00:00:00Z', '1.5', '-3', '0']) {
    const quiet = await createSandbox({ files: { 'configs/a.yaml': filter(value) } }).run('validate')
    expect(quiet.err, value).not.toContain('P115')
  }
})
