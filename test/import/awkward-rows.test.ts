import { beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { compareText } from '../../src/diagnostics/diagnostic.ts'
import { isObject, textOf, type Json, type JsonObject } from '../../src/state/value.ts'
import { once, startService, type Service } from '../contract/service.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'
import { awkwardNames, longSql, makeAwkward, type Awkward } from './awkward.ts'
import { filesIn } from './files.ts'

/** What is said of each resource of the awkward workspace, in the files and by the commands after them. */

let service: Service
let awkward: Awkward
let world: Sandbox

beforeEach(async () => {
  service = await startService()
  awkward = await makeAwkward(service)
  world = createSandbox({
    env: { POLYTOMIC_API_KEY: service.server.apiKey, HOME: '/root' },
    io: { fetch: (request) => service.server.fetch(request) }
  })
})

const path = 'configs/polytomic.yaml'

/** The text of the only file. */
function text(): string {
  return filesIn(world)[path] ?? ''
}

/** The items of a section, by name, as a reader of a version of YAML finds them. */
function itemsOf(section: string, version: '1.1' | '1.2' = '1.2'): Map<string, JsonObject[]> {
  const file: Json = parse(text(), { version })
  const items = isObject(file) && Array.isArray(file[section]) ? file[section].filter(isObject) : []
  return Map.groupBy(items, (item) => textOf(item['name'] ?? item['email'] ?? item['endpoint']))
}

/** The lines of comments above an item that begins so. */
function above(head: string): string[] {
  const lines = text().split('\n')
  const at = lines.findIndex((line) => line.trim() === head)
  expect(at, head).toBeGreaterThan(0)
  const others = lines.slice(0, at).toReversed()
  return others.slice(
    0,
    others.findIndex((line) => !line.trim().startsWith('#'))
  )
}

async function imported(): Promise<void> {
  const ran = await world.run('import', '--layout', 'one')
  expect(ran.code, ran.err).toBe(0)
}

/** Replaces in the file what must be there, once. */
function edit(before: string | RegExp, after: string): void {
  const edited = text().replace(before, () => after)
  expect(edited, String(before)).not.toBe(text())
  world.write({ [path]: edited })
}

async function planned(...words: string[]): Promise<string> {
  const { out, err } = await world.run('plan', ...words)
  return out + err
}

test('R33: names come back byte for byte, whichever version of YAML reads them', async () => {
  await imported()
  const declared = (name: string): string => name.replaceAll('${', () => '$${')
  for (const version of ['1.1', '1.2'] as const) {
    const found = itemsOf('connections', version)
    for (const name of awkwardNames) expect(found.get(declared(name)), `${version} ${name}`).toHaveLength(1)
    for (const name of ['1e3', '  padded ', 'two\nlines', 'y'.repeat(300)])
      expect(itemsOf('syncs', version).has(name), `${version} ${name}`).toBe(true)
  }
  // Names that a person sees as another, or does not see whole, are pinned or told.
  expect(text()).toContain(String.raw`- name: "\u202eabc"`)
  expect(text()).toContain(String.raw`- name: "Cafe\u0301"`)
  expect(above(String.raw`- name: "\u202eabc"`)).toEqual(['  # It has a name with signs that nobody sees.'])
  for (const name of ['  leading and trailing  ', ' ', 'a\tb', 'two\nlines'])
    expect(itemsOf('connections').get(name)?.[0]?.['id'], name).toBe(awkward.ids.get(name))
  for (const address of ['connection "a/b"', 'connection/a/b']) {
    const ran = await world.run('plan', '--only', address)
    expect([ran.code, ran.out], ran.err).toEqual([0, expect.stringContaining('Nothing to do')])
  }
})

test('R33: secrets are variables, each another one, and what is no secret is in clear', async () => {
  await imported()
  const found = itemsOf('connections')
  const configuration = (name: string): Json => found.get(name)?.[0]?.['configuration'] ?? null
  const variables = [...text().matchAll(/"\$\{env:(\w+)\}"/g)].map(([, name]) => name)
  expect(variables.length).toBeGreaterThan(awkwardNames.length)
  expect(new Set(variables).size).toBe(variables.length)
  expect(variables.filter((name) => !/^[A-Z][A-Z0-9_]*$/.test(name ?? ''))).toEqual([])
  expect(text()).not.toContain('***')
  expect(configuration('SF')).toEqual({ domain: 'https://x.my.salesforce.com' })
  expect(configuration('Pending HS')).toBeNull()
  expect(above('- name: Pending HS')).toEqual(['  # It waits for a person, who must authorize it.'])
  expect(configuration('API')).toEqual({
    url: 'https://api.example',
    headers: [{ name: 'X-Token', value: '${env:API_X_TOKEN}' }],
    parameters: [{ name: 'a', value: '${env:API_A}' }]
  })
  const oauth = { client_id: 'the client', client_secret: '${env:API_WITH_OAUTH_CLIENT_SECRET}' }
  expect(configuration('API with OAuth')).toMatchObject({ auth: { oauth } })
  expect(configuration('Mongo')).toEqual({
    hosts: 'example.mongodb.net',
    username: 'user',
    password: '${env:MONGO_PASSWORD}'
  })
  const { out } = await world.run('import', '--layout', 'one', '--format', 'json')
  const { attention } = JSON.parse(out) as { attention: { about: string; name: string; path: string }[] }
  const reported = attention
    .filter(({ about }) => about === 'secret-like')
    .map(({ name, path: at }) => [name, at])
  expect(reported).toEqual([
    ['Looks like a secret', 'configuration.hostname'],
    ['Password in SQL', 'configuration.query']
  ])
})

test('R33: models have their texts byte for byte, and twins stop a plan without their pins', async () => {
  await imported()
  const models = itemsOf('models')
  expect(models.get('Long SQL')?.[0]?.['configuration']).toEqual({ query: longSql })
  expect(models.get('Users: "q" 🚀')?.[0]).toMatchObject({ connection: 'Mongo' })
  expect(models.get('yes')?.[0]?.['configuration']).toEqual({
    query: 'select "größe" , "имя", "名前" from t'
  })
  // Whether fields were chosen, or are all that there are, no answer says: they are carried, and not written.
  expect(models.get('With fields')?.[0]).toEqual({
    name: 'With fields',
    connection: 'yes',
    configuration: { table: 'public.t' },
    identifier: 'größe'
  })
  const twins = models.get('Twin')?.map(({ id }) => textOf(id)) ?? []
  expect(new Set(twins).size).toBe(2)
  edit(/ {2}- name: Twin\n {4}id: [^\n]*\n {4}connection: Mongo\n[^]*?\n\n/, '')
  edit(/(?<= {2}- name: Twin\n) {4}id: [^\n]*\n/, '')
  const stopped = await world.run('plan')
  expect([stopped.code, stopped.err]).toEqual([3, expect.stringContaining('error[P401]')])
  for (const id of twins) expect(stopped.err).toContain(id)
})

test('R33: a sync with everything; each value is of its own type', async () => {
  await imported()
  const sync = itemsOf('syncs').get('Sync with everything')?.[0]
  expect(sync).toMatchObject({
    active: true,
    model_filters: {
      conditions: [
        { source: 'email', function: 'IsNotNull' },
        { source: 'login_count', function: 'GreaterThan', value: 3 },
        { source: 'first_name', function: 'StringOneOf', value: ['a', 'b: c'] }
      ],
      logic: 'A AND (B OR NOT C)'
    },
    override_fields: [
      { target: 'LastName', override_value: 'yes' },
      { target: 'Title', override_value: '1e3' }
    ],
    overrides: [{ field: 'first_name', function: 'IsNull', override: 'n/a' }]
  })
  for (const head of ['- name: Twin sync', '- name: Bulk twin', '- name: Twin'])
    expect(above(head)).toEqual(['  # It has the name of another: `id` says which this is.'])
  edit('function: GreaterThan, value: 3 }', 'function: GreaterThan, value: "3" }')
  expect(await planned()).toContain('0 to create, 1 to update, 0 to delete')
})

test('R33: a model that is gone is told, and declared again it mends its sync in the same apply', async () => {
  await imported()
  expect(above('- name: Its model is gone')).toEqual([
    `  # It refers to a model that is not there any more: ${awkward.goneModel}.`
  ])
  edit(`model: ${awkward.goneModel}`, 'model: Gone')
  edit(
    'models:\n',
    'models:\n  - { name: Gone, connection: Mongo, configuration: { database: example, collection: users } }\n'
  )
  const applied = await world.run('apply', '--yes', '--no-check')
  // A connection that waits for a person is pending all the time.
  expect([applied.code, applied.out]).toEqual([8, expect.stringContaining('2 done, 1 pending')])
  const model = service.server.store.all('model').find(({ name }) => name === 'Gone')
  const sync = (await service.sdk.modelSync.list()).data?.find(({ name }) => name === 'Its model is gone')
  expect(sync?.model_ids).toEqual([model?.id])
  expect(await planned()).toContain('Nothing to do')
})

test('R33: bulk syncs of all schemas name none, and schedules have no ids', async () => {
  await imported()
  const found = itemsOf('bulk_syncs')
  expect(found.get('Bulk: many')?.[0]).toMatchObject({ schemas: 'all', default_schedule: 'manual' })
  const twins = found.get('Bulk twin') ?? []
  expect(twins).toHaveLength(2)
  expect(twins.find((one) => one['active'] === true)).toMatchObject({
    schemas: ['Contact', 'Account'],
    default_schedule: { frequency: 'daily', hour: 1, minute: 0 },
    additional_schedules: [{ frequency: 'hourly', minute: 5, selective_mode: 'incrementalFields' }]
  })
})

test('R40: roles, policies, users and subscribers, in any case and order', async () => {
  await imported()
  const own = (await service.sdk.permissions.roles.list()).data ?? []
  const admin = own.filter(({ name }) => name?.toLowerCase().trim() === 'admin')
  expect(admin).toHaveLength(3)
  const declared = [...itemsOf('roles').values()].flat()
  expect(declared.map(({ name }) => name)).toEqual(['Admin', 'admin ', 'yes', 'yes role'])
  const ids = declared.flatMap(({ id }) => (id === undefined ? [] : [textOf(id)]))
  expect(ids.toSorted(compareText)).toEqual(
    admin.flatMap(({ system, id = '' }) => (system === true ? [] : [id])).toSorted(compareText)
  )
  const builtIn = 'It has the name of one that comes with the service: `id` says which this is.'
  expect(above('- name: Admin')).toContain(`  # ${builtIn}`)
  for (const name of ['Models', 'on: "off"'])
    expect(itemsOf('policies').get(name)?.[0]?.['policy_actions']).toEqual([
      { action: 'read', roles: ['yes'] }
    ])
  expect([...itemsOf('users').keys()].map((email) => email.normalize('NFC'))).toEqual(
    expect.arrayContaining(["o'x@x.io", 'ünï+tag@exämple.io'])
  )
  expect(text()).toContain('emails: [B@x.io, a@x.io, A@x.io]')
  edit("o'x@x.io", "O'X@x.IO")
  edit('emails: [B@x.io, a@x.io, A@x.io]', 'emails: [A@x.io, a@x.io, B@x.io]')
  expect(await planned()).toContain('Nothing to do')
  const policy = service.server.store.all('policy').find(({ name }) => name === 'on: "off"')
  const actions = [...(policy?.policy_actions ?? []), { action: 'update', role_ids: [admin[0]?.id ?? ''] }]
  await service.sdk.permissions.policies.update(
    policy?.id ?? '',
    { name: 'on: "off"', policy_actions: actions },
    once
  )
  const reported = await planned('--verbose')
  expect(reported).toContain('Nothing to do')
  expect(reported).toContain('not stated in the files, and left as they are: policy_actions[update]')
})

test('what the service refuses, and what waits for a person', async () => {
  const refusal = async (attempt: Promise<unknown>): Promise<{ statusCode?: number; body?: unknown }> => {
    const answer = await attempt.then(
      () => ({}),
      (error: { statusCode?: number; body?: unknown }) => error
    )
    return answer
  }
  const { sdk } = service
  const configuration = { hostname: 'h', database: 'd', username: 'u', password: 'p', made_up: 1 }
  const unknown = await refusal(
    sdk.connections.create({ name: 'Unknown key', type: 'postgresql', configuration }, once)
  )
  expect(unknown.statusCode, JSON.stringify(unknown.body)).toBe(422)
  const used = await refusal(sdk.connections.remove(awkward.ids.get('SF') ?? '', {}, once))
  expect(used.statusCode).toBe(422)
  expect(JSON.stringify(used.body)).toContain('used_by')
  const model = (await sdk.models.list(once)).data?.find(({ name }) => name === 'yes')
  const source = { model_id: model?.id ?? '', field: 'email' }
  const pending = await refusal(
    sdk.modelSync.create(
      {
        name: 'To Pending HS',
        mode: 'create',
        schedule: { frequency: 'manual' },
        target: { connection_id: awkward.ids.get('Pending HS') ?? '', object: 'contacts' },
        identity: { source, target: 'email', function: 'Equality' },
        fields: [{ source, target: 'email' }]
      },
      once
    )
  )
  expect(pending.statusCode, JSON.stringify(pending.body)).toBe(422)
  await imported()
  expect(text()).not.toContain('made_up')
  // R29: a sync that needs it is pending too, also where no file declares the connection.
  edit(/ {2}# It waits for a person[^\n]*\n {2}- name: Pending HS\n {4}type: hubspot\n\n/, '')
  edit(
    'syncs:\n',
    'syncs:\n  - { name: To HS, mode: create, model: "Users: \\"q\\" 🚀", identity: { source: email, target: email, function: Equality }, fields: [{ source: first_name, target: firstname }], target: { connection: Pending HS, object: contacts }, schedule: manual }\n'
  )
  const plan = await world.run('plan')
  expect([plan.code, plan.out], plan.err).toEqual([0, expect.stringContaining('waits for a person')])
  const applied = await world.run('apply', '--yes')
  expect([applied.code, applied.out + applied.err]).toEqual([8, expect.stringContaining('To HS')])
})
