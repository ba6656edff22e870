import { describe, expect, test } from 'vitest'
import type { Fault } from '../../src/server/faults.ts'
import { apiVersions } from '../../src/wire/common.ts'
import type { SyncMode } from '../../src/wire/sync.ts'
import { isFew } from '../support/samples.ts'
import { allow, createSandbox, type Sandbox, type SandboxOptions } from '../support/sandbox.ts'

/**
 * R39: what new and changed resources name in connected systems is asked of the service. Each check has what fails it
 * and what passes it, and the requests that it costs, which are all beside those of a plan that asks nothing.
 */

const connections = `
connections:
  - { name: Mongo, type: mongodb, configuration: { hosts: h, username: u, password: "\${env:PW}" } }
  - { name: Pg, type: postgresql, configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:PW}" } }
  - { name: CRM, type: salesforce, configuration: { domain: "https://example.my.salesforce.com" } }
  - { name: Files, type: s3, configuration: { auth_mode: access_key_and_secret, aws_access_key_id: k, aws_secret_access_key: "\${env:PW}", s3_bucket_region: us-east-1, s3_bucket_name: b } }
  - { name: Big, type: bigquery, configuration: { auth_method: service_account_key, service_account: "\${env:PW}" } }
  - { name: Odd, type: api, configuration: { url: "https://odd.test" } }
  - { name: Hook, type: webhook, configuration: { url: "https://hook.test" } }
  - { name: Dbt, type: dbtcloud, configuration: { url: "https://dbt.test", token: "\${env:PW}" } }
models:
  - { name: People, connection: Mongo, configuration: { database: example, collection: users } }
`

/** What no shipped catalogue has: a target that can do almost nothing. */
const odd = {
  target: true,
  open: false,
  fieldModes: false,
  modes: ['update', 'updateOrCreate', 'create'],
  targetFilters: ['update', 'updateOrCreate'] as SyncMode[],
  multipleIdentities: false,
  filterValueFields: false,
  creation: {
    properties: [
      { id: 'name', title: 'Name' },
      { id: 'kind', title: 'Kind', values: [{ value: 'list', label: 'List' }] }
    ]
  },
  objects: {
    things: {
      fields: { id: { readOnly: true }, email: 'string', tags: 'array', flag: 'boolean', age: 'number' }
    },
    empty: { fields: {} }
  }
}

const settings: SandboxOptions = {
  env: { PW: 'planted' },
  server: { catalogue: { Odd: odd }, shape: 'newest' }
}

async function applied(options: SandboxOptions = settings): Promise<Sandbox> {
  const world = createSandbox({ files: { 'configs/a.yaml': connections }, ...options })
  await world.run('apply', '--yes', '--quiet')
  await allow(world, 'CRM')
  return world
}

interface Reported {
  code: number
  /** Code, severity, what is pointed at, the message. */
  problems: [string, string, string, string][]
  help: string
  /** What was asked in addition to what a plan without checks asks. */
  requests: string[]
}

async function planned(world: Sandbox, text: string, ...words: string[]): Promise<Reported> {
  const more = text.replace(/^models:\n/m, '')
  const all = text.startsWith('models:') ? connections + more : `${connections}${text}`
  world.write({ 'configs/a.yaml': all })
  const requestsOf = async (...run: string[]) => {
    world.requests()
    const ran = await world.run('plan', '--format', 'json', ...words, ...run)
    const requests = world.requests().map((one) => one.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/, 'ID'))
    return { ran, requests }
  }
  const without = await requestsOf('--no-check')
  const { ran, requests } = await requestsOf()
  for (const one of without.requests) requests.splice(requests.indexOf(one), 1)
  const { problems } = JSON.parse(ran.out) as {
    problems: {
      code: string
      severity: string
      message: string
      labels: { line: number; column: number; end_line: number; end_column: number }[]
      help: string[]
      notes: string[]
    }[]
  }
  return {
    code: ran.code,
    problems: problems.map(({ code, severity, message, labels: [label] }) => {
      const line = all.split('\n')[label!.line - 1] ?? ''
      return [code, severity, line.slice(label!.column - 1, label!.end_column - 1), message]
    }),
    help: problems.flatMap(({ help, notes }) => [...notes, ...help]).join('\n'),
    requests: requests.map((one) => one.replace('GET /api/connections/ID/', '')).toSorted()
  }
}

/** What a plan says that it could not check yet. */
async function notChecked(world: Sandbox, ...words: string[]): Promise<unknown> {
  const ran = await world.run('plan', '--format', 'json', ...words)
  return (JSON.parse(ran.out) as { not_checked: unknown }).not_checked
}

const model = (more: string, name = 'M'): string => `models:\n  - { name: ${name}, ${more} }\n`
const pg = 'connection: Pg, configuration: { table: public.users }'
const sync = (more: Record<string, string>): string => {
  const whole = {
    name: 'S',
    mode: 'update',
    model: 'People',
    identity: '{ source: email, target: Email, function: Equality }',
    fields: '[{ source: first_name, target: FirstName }]',
    target: '{ connection: CRM, object: Contact }',
    schedule: 'manual',
    ...more
  }
  const lines = Object.entries(whole).filter(([, value]) => value !== '')
  return `syncs:\n  - { ${lines.map(([key, value]) => `${key}: ${value}`).join(', ')} }\n`
}
const things = (more: Record<string, string>): string =>
  sync({
    identity: '{ source: email, target: email, function: Equality }',
    fields: '[{ source: first_name, target: age }]',
    target: '{ connection: Odd, object: things }',
    ...more
  })
const bulk = (more: Record<string, string>): string => {
  const whole = {
    name: 'B',
    mode: 'replicate',
    source: '{ connection: Pg }',
    destination: '{ connection: Pg, configuration: { schema: copies } }',
    schemas: '[public.users]',
    default_schedule: 'manual',
    ...more
  }
  const lines = Object.entries(whole).filter(([, value]) => value !== '')
  return `bulk_syncs:\n  - { ${lines.map(([key, value]) => `${key}: ${value}`).join(', ')} }\n`
}

const fields = 'modelsync/source/fields'
const source = 'modelsync/source'
const target = 'modelsync/target/fields'
const objects = 'modelsync/targetobjects'
const types = 'GET /api/connection_types'
const ends = ['bulksync/source', 'bulksync/target']

type Row = [
  what: string,
  text: string,
  wrong: [string, string][],
  help: RegExp,
  requests: string[],
  mend: [string, string]
]

const rows: Row[] = [
  [
    'an object that is not there',
    model('connection: CRM, configuration: { table: Contcat }'),
    [['P420', 'Contcat']],
    /a table with a similar name exists: `Contact`/,
    [source, fields],
    ['Contcat', 'Contact']
  ],
  [
    'a table that is not listed, and was not refused',
    model('connection: Pg, configuration: { table: users }'),
    [['P420', 'users']],
    /a table with a similar name exists: `public.users`/,
    [source, fields],
    ['table: users', 'table: public.users']
  ],
  [
    'a model that does not say what it reads',
    model('connection: Pg, configuration: { tabel: public.users }'),
    [['P420', '{ tabel: public.users }']],
    /perhaps this is meant: `table`/,
    [source, fields],
    ['tabel', 'table']
  ],
  ['an identifier', model(`${pg}, identifier: idd`), [['P421', 'idd']], /`id`/, [fields], ['idd', 'id']],
  [
    'a field that is exposed',
    model(`${pg}, fields: [id, emial]`),
    [['P421', 'emial']],
    /`email`/,
    [fields],
    ['emial', 'email']
  ],
  [
    'a tracking column',
    model(`${pg}, tracking_columns: [updated]`),
    [['P421', 'updated']],
    /there is/,
    [fields],
    ['[updated]', '[updated_at]']
  ],
  [
    'a field of its own in a join',
    model(`${pg}, relations: [{ from: emial, to: { model: People, field: email } }]`),
    [['P421', 'emial']],
    /`email`/,
    [fields],
    ['emial', 'email']
  ],
  [
    'the other end of a join',
    model(`${pg}, relations: [{ from: email, to: { model: People, field: emial } }]`),
    [['P421', 'emial']],
    /`email`/,
    [fields],
    ['emial', 'email']
  ],
  [
    'where an additional field begins',
    model(
      'connection: Mongo, configuration: { database: example, collection: users }, additional_fields: [{ name: adress.city, label: City, type: string }]'
    ),
    [['P421', 'adress.city']],
    /`address`/,
    [fields],
    ['adress', 'address']
  ],
  [
    'the source of a mapping',
    sync({ fields: '[{ source: frist_name, target: FirstName }]' }),
    [['P421', 'frist_name']],
    /`first_name`/,
    [target],
    ['frist', 'first']
  ],
  [
    'the source of an identity',
    sync({ identity: '{ source: emial, target: Email, function: Equality }' }),
    [['P421', 'emial']],
    /`email`/,
    [target],
    ['emial', 'email']
  ],
  [
    'the field of a filter',
    sync({ filters: '[{ field: phon, function: IsNotNull }]' }),
    [['P421', 'phon']],
    /`phone`/,
    [target],
    ['phon,', 'phone,']
  ],
  [
    'the field of an override',
    sync({ overrides: '[{ field: phon, function: IsNull, override: none }]' }),
    [['P421', 'phon']],
    /`phone`/,
    [target],
    ['phon,', 'phone,']
  ],
  [
    'the field of a filter in the newer spelling',
    sync({ model_filters: '{ conditions: [{ source: phon, function: IsNotNull }] }' }),
    [['P421', 'phon']],
    /`phone`/,
    [target],
    ['phon,', 'phone,']
  ],
  [
    'an object of a target, in another case',
    sync({ target: '{ connection: CRM, object: contact }' }),
    [['P422', 'contact']],
    /an object with a similar name exists: `Contact`/,
    [target, objects],
    ['contact', 'Contact']
  ],
  [
    'an object of a target that can make it',
    things({ target: '{ connection: Odd, object: thingz }' }),
    [['P422', 'thingz']],
    /to have it made, write `create` in place of `object`/,
    [target, objects],
    ['thingz', 'things']
  ],
  [
    'a new object where none can be made',
    sync({ target: '{ connection: CRM, create: { name: x } }' }),
    [['P422', '{ name: x }']],
    /name one that is there/,
    [objects],
    ['CRM, create', 'Pg, create']
  ],
  [
    'a property of a new object',
    things({ target: '{ connection: Odd, create: { nam: x, kind: lits } }' }),
    [
      ['P422', 'x'],
      ['P422', 'lits']
    ],
    /a property with a similar name exists: `name`[^]*a value with a similar name exists: `list`/,
    [objects],
    ['nam: x, kind: lits', 'name: x, kind: list']
  ],
  [
    'a new object of which too little is said',
    things({ target: '{ connection: Odd, create: { name: x } }' }),
    [['P422', '{ name: x }']],
    /^$/,
    [objects],
    ['name: x', 'name: x, kind: list']
  ],
  [
    'a field of a target',
    sync({ fields: '[{ source: first_name, target: FirstNam }]' }),
    [['P423', 'FirstNam']],
    /`FirstName`/,
    [target],
    ['FirstNam ', 'FirstName ']
  ],
  [
    'a field with a fixed value, among the mappings',
    sync({ fields: '[{ source: first_name, target: FirstName }, { target: Titel, override_value: Dr }]' }),
    [['P423', 'Titel']],
    /`Title`/,
    [target],
    ['Titel', 'Title']
  ],
  [
    'a field that cannot be written',
    sync({ override_fields: '[{ target: Id, override_value: x }]' }),
    [['P423', 'Id']],
    /^$/,
    [target],
    ['target: Id', 'target: Title']
  ],
  [
    'a new field where none can be made',
    things({ fields: '[{ source: first_name, target: size, new: true }]' }),
    [['P423', 'true']],
    /^$/,
    [target],
    ['size, new: true', 'age']
  ],
  [
    'a new field that identifies records, where none can be made',
    things({ identity: '{ source: email, target: size, function: Equality, new_field: true }' }),
    [['P423', 'true']],
    /^$/,
    [target],
    ['target: size, function: Equality, new_field: true', 'target: id, function: Equality']
  ],
  [
    'a field that cannot be encrypted',
    things({
      fields: '[{ source: first_name, target: age, encryption_enabled: true }]',
      encryption_passphrase: '"${env:PW}"'
    }),
    [['P423', 'true']],
    /^$/,
    [target],
    ['enabled: true', 'enabled: false']
  ],
  [
    'a field that identifies nothing',
    things({ identity: '{ source: email, target: flag, function: Equality }' }),
    [['P423', 'flag']],
    /these can: `id`, `email`, `age`/,
    [target],
    ['target: flag', 'target: id']
  ],
  [
    'the target of an identity',
    sync({ identity: '{ source: email, target: Emial, function: Equality }' }),
    [['P423', 'Emial']],
    /`Email`/,
    [target],
    ['Emial', 'Email']
  ],
  [
    'a function of an identity',
    things({
      identity: '{ source: email, target: age, function: ISubstring }',
      fields: '[{ source: email, target: email }]'
    }),
    [['P426', 'ISubstring']],
    /it takes: `Equality`/,
    [target],
    ['ISubstring', 'Equality']
  ],
  [
    'a filter on a field that cannot be filtered by',
    things({ filters: '[{ field_type: Target, field_id: tags, function: IsNotNull }]' }),
    [['P423', 'tags']],
    /^$/,
    [target],
    ['field_id: tags', 'field_id: age']
  ],
  [
    'the field of a filter on the target',
    things({ target_filters: '{ conditions: [{ field: emial, function: IsNotNull }] }' }),
    [['P423', 'emial']],
    /`email`/,
    [target],
    ['emial', 'email']
  ],
  [
    'a function of a filter on the target',
    things({ target_filters: '{ conditions: [{ field: age, function: StringContains, value: x }] }' }),
    [['P426', 'StringContains']],
    /it takes: `Equality`/,
    [target],
    ['function: StringContains, value: x', 'function: LessThan, value: 9']
  ],
  [
    'a filter on the target in a mode that takes none',
    things({
      mode: 'create',
      target_filters: '{ conditions: [{ field: email, function: IsNotNull }] }'
    }),
    [['P425', '{ field: email, function: IsNotNull }']],
    /it takes filters in mode `update`, `updateOrCreate`/,
    [target],
    ['mode: create', 'mode: updateOrCreate']
  ],
  [
    'a filter that compares with a field of a model',
    things({
      target_filters: '{ conditions: [{ field: email, function: Equality, value_source: email }] }'
    }),
    [['P425', 'email']],
    /^$/,
    [target],
    ['value_source: email', 'value: x']
  ],
  [
    'several identities',
    things({
      identity: '',
      identities:
        '{ strategy: and, mappings: [{ source: email, target: email, function: Equality }, { source: _id, target: id, function: Equality }] }'
    }),
    [['P425', '{ source: _id, target: id, function: Equality }']],
    /^$/,
    [target],
    [', { source: _id, target: id, function: Equality }', '']
  ],
  [
    'a required field',
    sync({ mode: 'create' }),
    [['P424', '[{ source: first_name, target: FirstName }]']],
    /map it, or write `mode: update`/,
    [target],
    ['mode: create', 'mode: update']
  ],
  [
    'a mode',
    sync({ mode: 'append', identity: '' }),
    [['P425', 'append']],
    /it supports `create`, `update`, `updateOrCreate`, `remove`/,
    [target],
    [
      'mode: append, model: People',
      'mode: update, model: People, identity: { source: email, target: Email, function: Equality }'
    ]
  ],
  [
    'an identity that the target wants',
    sync({ mode: 'create', identity: '', fields: '[{ source: last_name, target: LastName }]' }),
    [['P425', 'create']],
    /identity: \{ source/,
    [target],
    ['model: People', 'model: People, identity: { source: email, target: Email, function: Equality }']
  ],
  [
    'the mode of a field',
    things({ mode: 'updateOrCreate', fields: '[{ source: first_name, target: age, sync_mode: create }]' }),
    [['P425', 'create']],
    /^$/,
    [target],
    ['sync_mode: create', 'sync_mode: updateOrCreate']
  ],
  [
    'a schema',
    bulk({ source: '{ connection: CRM }', schemas: '[Account, Contcat]' }),
    [['P427', 'Contcat']],
    /a schema with a similar name exists: `Contact`/,
    ends,
    ['Contcat', 'Contact']
  ],
  [
    'a schema that is not listed, and nothing like it',
    bulk({ schemas: '[public.users, archive.invoices]' }),
    [['P427', 'archive.invoices']],
    /^there is `public.users`, `public.customers`, `public.orders`$/,
    ends,
    ['archive.invoices', 'public.orders']
  ],
  [
    'a schema that is switched off, and not there',
    bulk({ schemas: '[public.users, { id: public.order, enabled: false }]' }),
    [['P427', 'public.order']],
    /`public.orders`/,
    ends,
    ['public.order,', 'public.orders,']
  ],
  [
    'a schema of a schedule of its own',
    bulk({
      source: '{ connection: CRM }',
      schemas: '[Account]',
      additional_schedules: '[{ schemas: [Accout], frequency: manual }]'
    }),
    [['P427', 'Accout']],
    /`Account`/,
    ends,
    ['Accout', 'Account']
  ],
  [
    'a field of a schema',
    bulk({ schemas: '[{ id: public.users, fields: [id, emial] }]' }),
    [['P427', 'emial']],
    /`email`/,
    ends,
    ['emial', 'email']
  ],
  [
    'a model of a connection that nothing can be read from',
    model('connection: Hook, configuration: { table: public.users }'),
    [['P429', 'Hook']],
    /read from another connection/,
    [fields, source, types],
    ['Hook', 'Pg']
  ],
  [
    'a bulk sync from a connection that nothing can be read from',
    bulk({ source: '{ connection: Hook }' }),
    [['P429', 'Hook']],
    /read from another connection/,
    [...ends, types],
    ['{ connection: Hook }', '{ connection: Pg }']
  ],
  [
    'a schedule after a job of what has none',
    sync({ schedule: '{ frequency: dbtcloud, connection: Pg, job_id: 3 }' }),
    [['P429', 'Pg']],
    /`type: dbtcloud`/,
    [target],
    ['connection: Pg, job_id', 'connection: Dbt, job_id']
  ],
  [
    'a partition key of a schema',
    bulk({ schemas: '[{ id: public.users, partition_key: emial }]' }),
    [['P427', 'emial']],
    /`email`/,
    ends,
    ['emial', 'email']
  ],
  [
    'a mode of a bulk sync',
    bulk({ mode: 'snapshot' }),
    [['P425', 'snapshot']],
    /it supports `replicate`/,
    ends,
    ['snapshot', 'replicate']
  ],
  [
    'a history that the destination does not keep',
    bulk({
      schemas: '[{ id: public.users, history_enabled: true }]',
      destination: '{ connection: Files, configuration: {} }'
    }),
    [['P425', 'true']],
    /^$/,
    ends,
    ['true', 'false']
  ],
  [
    'a setting that the destination requires',
    bulk({ destination: '{ connection: Big, configuration: { location: eu } }' }),
    [['P431', '{ location: eu }']],
    /`dataset: …` in `configuration` of `destination`/,
    ends,
    ['location: eu', 'dataset: copies']
  ]
]

/** Of the problems of a plan, those of the checks. */
function ofChecks({ problems }: Reported): [string, string][] {
  return problems.flatMap(([code, , at]): [string, string][] => (/^P4[23]/.test(code) ? [[code, at]] : []))
}

/** What the local service refuses although nothing documents that the real one does. */
const refusedThough = new Set(['a new object of which too little is said'])

describe.each(rows)('%s', (what, text, wrong, help, requests, [from, to]) => {
  /** Of few samples a third is applied, and mended. */
  const isSampled = !isFew || rows.findIndex(([one]) => one === what) % 3 === 0
  test('fails where it is wrong', async () => {
    const world = await applied()
    const answer = await planned(world, text)
    expect(ofChecks(answer), JSON.stringify(answer)).toEqual(wrong)
    expect(answer.help.replace(/^apply reads it back.*$/m, '')).toMatch(help)
    expect(answer.requests).toEqual(requests.toSorted())
    const isWrong = answer.problems.some(([, severity]) => severity === 'error')
    expect(answer.code).toBe(isWrong ? 3 : 0)
    if (!isSampled) return
    // What is an error here is refused when it is applied all the same.
    const ran = await world.run('apply', '--yes', '--no-check')
    const refused = isWrong || refusedThough.has(what) ? 5 : 0
    expect([ran.code, ran.out + ran.err]).toEqual([refused, ran.out + ran.err])
  })

  test.runIf(isSampled)('passes where it is right, and apply does it', async () => {
    expect(text).toContain(from)
    const world = await applied()
    const answer = await planned(world, text.replace(from, to))
    expect(ofChecks(answer), JSON.stringify(answer)).toEqual([])
    expect(answer.requests.filter((one) => !requests.includes(one))).toEqual([])
    const ran = await world.run('apply', '--yes', '--no-check')
    expect([ran.code, ran.out + ran.err]).toEqual([0, ran.out + ran.err])
  })
})

const twoModels = `models:
  - { name: A, connection: Pg, configuration: { table: public.users }, identifier: id }
  - { name: B, connection: Pg, configuration: { table: public.orders }, identifier: id }
`
const faults: [what: string, fault: Fault, text: string, note: RegExp, requests: string[]][] = [
  [
    'the source is down',
    { fault: 'error-before', on: `GET /api/connections/*/${fields}`, status: 503 },
    twoModels,
    /answered 503[^]*2 resources are concerned/,
    // Each is tried once more, and then what may be chosen is asked for.
    [fields, fields, fields, fields, source, source]
  ],
  [
    'the key may not look into it',
    { fault: 'error-before', on: `GET /api/connections/*/${target}`, status: 403 },
    sync({}),
    /answered 403/,
    [target]
  ],
  [
    'an older service does not know the question',
    { fault: 'error-before', on: `GET /api/connections/*/modelsync/*`, status: 404 },
    sync({}),
    /answered 404/,
    [target, objects]
  ],
  [
    'an answer that is not understood',
    { fault: 'html', on: `GET /api/connections/*/${target}`, status: 200 },
    sync({}),
    /web page/,
    [target]
  ],
  [
    'the source is still being read',
    { fault: 'reading-schemas', on: 'GET /api/connections/*/bulksync/source' },
    bulk({}),
    /cache refresh in progress/,
    ends
  ],
  [
    'the source has no schemas yet',
    { fault: 'reading-schemas', on: 'GET /api/connections/*/bulksync/source', status: 400 },
    bulk({}),
    /did not provide any schemas/,
    ends
  ]
]

describe('R39: what cannot be asked stops nothing, and is told once for each connection', () => {
  test.each(faults)('%s', async (_what, fault, text, note, requests) => {
    const world = await applied()
    world.server.faults.add({ times: 0, ...fault })
    const answer = await planned(world, text)
    expect(answer.problems.map(([code, severity]) => [code, severity])).toEqual([['P428', 'warning']])
    expect([answer.code, answer.help]).toEqual([0, expect.stringMatching(note)])
    expect(answer.requests).toEqual(requests.toSorted())
  })

  test('what is not known is not taken for nothing', async () => {
    const text = things({ target: '{ connection: Odd, object: empty }' })
    const answer = await planned(await applied(), text)
    expect(answer.problems.map(([code, severity]) => [code, severity])).toEqual([['P428', 'warning']])
    expect(answer.help).toBe('the service knows no fields of `empty` yet')
    const free = await planned(
      await applied(),
      model('connection: Pg, configuration: { query: "call x()" }, identifier: y')
    )
    expect([free.problems, free.requests]).toEqual([[], [source, fields].toSorted()])
  })

  test('a query that is too long for an address is not asked about', async () => {
    const query = `select id from t where ${Array.from({ length: 500 }, (_, index) => `a = ${index}`).join(' or ')}`
    const text = model(`connection: Pg, configuration: { query: "${query}" }, identifier: idd`)
    const answer = await planned(await applied(), text)
    expect([ofChecks(answer), answer.requests]).toEqual([[['P428', 'M']], []])
    expect(answer.help).toBe('what model "M" reads is too long to be asked about')
  })

  test('what is refused in the words of the service is no mistake of a name that is listed', async () => {
    const world = await applied()
    const on = `GET /api/connections/*/${fields}`
    world.server.faults.add({ fault: 'error-before', on, status: 400, times: 0 })
    const answer = await planned(world, model(`${pg}, identifier: idd`))
    expect(answer.problems.map(([code, severity]) => [code, severity])).toEqual([['P428', 'warning']])
  })
})

test('R39: what uses a connection that waits for a person and is declared nowhere waits as well', async () => {
  const world = createSandbox({ files: { 'configs/a.yaml': connections }, ...settings })
  expect((await world.run('apply', '--yes', '--quiet')).code).toBe(8)
  world.write({ 'configs/a.yaml': sync({ target: '{ connection: CRM, object: Nothing }' }) })
  const ran = await world.run('plan')
  expect([ran.code, ran.err]).toEqual([0, ''])
  expect(ran.out).toContain('waits for a person')
  expect((await world.run('apply', '--yes')).code).toBe(8)
})

describe('R39: what is not there yet is not asked for', () => {
  const file = (more: string): string => `connections:
  - { name: New, type: postgresql, configuration: { hostname: h, port: 5432, database: d, username: u, password: "\${env:PW}" } }
  - { name: Waits, type: salesforce, configuration: { domain: "https://example.my.salesforce.com" } }
${more}`

  test('a connection that the same plan makes, or that waits for a person', async () => {
    const world = createSandbox({ files: { 'configs/a.yaml': file('') }, ...settings })
    const models = `models: [{ name: M, connection: New, configuration: { table: nothing }, identifier: x }]
syncs: [{ name: S, mode: create, model: M, identity: { source: y, target: z, function: Equality }, fields: [{ source: y, target: q }], target: { connection: Waits, object: Nothing }, schedule: manual }]
`
    world.write({ 'configs/a.yaml': file(models) })
    const first = await world.run('plan')
    expect([first.code, first.err]).toEqual([0, ''])
    expect(first.out).toContain(
      'Not checked: what 2 resources name in connection "New", connection "Waits". Mistakes there show when\n' +
        'it is applied, or in a plan after `polyctl apply --only` with these.\n'
    )
    const within = ['connection "New"', 'connection "Waits"']
    expect(await notChecked(world)).toEqual({ resources: 2, within })
    expect(await notChecked(world, '--no-check')).toBeNull()
    expect((await world.run('plan', '--out', 'plan.json')).code).toBe(0)
    expect((await world.run('show', 'plan.json')).out).toContain('what 2 resources name in connection')
    expect((await world.run('plan', '--format', 'markdown')).out).toContain('Not checked: what 2 resources')
    world.write({ 'configs/a.yaml': file('') })
    expect((await world.run('apply', '--yes')).code).toBe(8)
    world.write({ 'configs/a.yaml': file(models) })
    world.requests()
    const second = await world.run('plan', '--kind', 'sync', '--kind', 'model')
    expect([second.code, second.out.includes('Not checked')]).toEqual([0, false])
    expect(world.requests().filter((one) => one.includes('/Waits') || one.includes('target'))).toEqual([])
  })

  test('a connection that would lead elsewhere', async () => {
    const world = await applied()
    const text = `${connections.replaceAll('database: d,', 'database: other,')}  - { name: M, connection: Pg, configuration: { table: nothing } }\n`
    world.write({ 'configs/a.yaml': text })
    world.requests()
    const ran = await world.run('plan')
    expect([ran.code, ran.err]).toEqual([0, ''])
    expect(world.requests().filter((one) => one.includes('modelsync'))).toEqual([])
    expect(await notChecked(world)).toEqual({ resources: 1, within: ['connection "Pg"'] })
  })

  test('a model that the same plan makes has the fields of its source, and those of the files', async () => {
    const text = (field: string): string => `models:
  - { name: M, connection: Mongo, configuration: { database: example, collection: orders }, additional_fields: [{ name: amount.net, label: Net, type: number }] }
${sync({ model: 'M', identity: '{ source: _id, target: Email, function: Equality }', fields: `[{ source: ${field}, target: FirstName }]` })}`
    const right = await planned(await applied(), text('amount.net'))
    expect([right.problems, right.requests]).toEqual([[], [fields, target].toSorted()])
    expect(ofChecks(await planned(await applied(), text('amont')))).toEqual([['P421', 'amont']])
    const chosen = text('currency').replace('additional_fields', 'fields: [_id], additional_fields')
    expect(ofChecks(await planned(await applied(), chosen))).toEqual([['P421', 'currency']])
  })
})

test('R39: 99 equal mistakes cost one question, and are told as one', async () => {
  const world = await applied()
  const one = sync({ fields: '[{ source: first_name, target: FirstNam }]' }).replace('syncs:\n', '')
  const many = Array.from({ length: 99 }, (_, index) => one.replace('name: S', `name: S${index}`))
  const answer = await planned(world, `syncs:\n${many.join('')}`)
  expect([answer.problems.length, answer.requests]).toEqual([99, [target]])
  const { err } = await world.run('plan')
  expect(err).toContain('the same 98 more times')
  expect(err.match(/error\[P423\]/g)).toHaveLength(1)
})

test('R39: apply asks before it writes anything; a saved plan was asked about already', async () => {
  const world = await applied()
  const wrong = `${connections}${sync({ fields: '[{ source: first_name, target: FirstNam }]' })}`
  world.write({
    'configs/a.yaml': wrong
      .replace('name: People', 'name: Persons')
      .replace('model: People', 'model: Persons')
  })
  world.requests()
  const ran = await world.run('apply', '--yes')
  expect([ran.code, ran.err]).toEqual([3, expect.stringContaining('error[P423]')])
  expect(world.requests().filter((one) => !one.startsWith('GET '))).toEqual([])
  world.write({ 'configs/a.yaml': wrong.replace('FirstNam ', 'FirstName ') })
  expect((await world.run('plan', '--out', 'plan.json')).code).toBe(0)
  world.requests()
  expect((await world.run('apply', 'plan.json')).code).toBe(0)
  expect(world.requests().filter((one) => one.includes(target))).toEqual([])
})

test('R39: what is as it should be is asked nothing about, and drift judges no files', async () => {
  const world = await applied()
  const text = `${connections}${sync({})}`
  world.write({ 'configs/a.yaml': text })
  expect((await world.run('apply', '--yes', '--quiet')).code).toBe(0)
  const asks = (): string[] => world.requests().filter((one) => /modelsync|bulksync/.test(one))
  asks()
  for (const command of ['plan', 'drift', 'apply']) await world.run(command)
  expect(asks()).toEqual([])
  world.write({ 'configs/a.yaml': text.replace('first_name', 'last_name') })
  await world.run('drift')
  expect(asks()).toEqual([])
  await world.run('plan')
  expect(asks()).toHaveLength(1)
})

test.each(apiVersions)('R39: %s has questions of its own', async (version) => {
  const world = createSandbox({ files: {}, ...settings, server: {} })
  const files = (more: string): Record<string, string> => ({
    'configs/a.yaml': `workspace: { api_version: "${version}" }\n${connections.replace(/^.*Odd.*\n/m, '')}${more}`
  })
  world.write(files(''))
  await world.run('apply', '--yes', '--quiet')
  await allow(world, 'CRM')
  expect((await world.run('apply', '--yes', '--quiet')).code).toBe(0)
  const extra = `  - { name: M, connection: Pg, configuration: { table: public.users }, identifier: idd }
${sync({ fields: '[{ source: frist_name, target: FirstNam }]' })}${bulk({ schemas: '[public.usrs]' })}`
  world.write(files(extra))
  const ran = await world.run('plan', '--format', 'json')
  const { problems } = JSON.parse(ran.out) as { problems: { code: string }[] }
  expect(problems.map(({ code }) => code)).toEqual(['P421', 'P421', 'P423', 'P427'])
  world.write(files(sync({ target: '{ connection: CRM, object: Contcat }' })))
  expect((await world.run('plan')).err).toContain('error[P422]')
})

test('R39: an older service is asked by itself what a property of a new object may be', async () => {
  const world = await applied({ ...settings, server: { catalogue: { Odd: odd }, shape: 'older' } })
  const answer = await planned(
    world,
    things({ target: '{ connection: Odd, create: { name: x, kind: lits } }' })
  )
  expect(ofChecks(answer)).toEqual([['P422', 'lits']])
  expect(answer.requests).toEqual([objects, `${objects}/properties/kind`])
})
