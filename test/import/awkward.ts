import { Polytomic, type PolytomicClient } from 'polytomic'
import { expect } from 'vitest'
import { once, type Service } from '../contract/service.ts'

/** Names that a writer of YAML gets wrong: signs of YAML, other types, placeholders, blanks, Unicode. */
export const awkwardNames = [
  'a: b # c',
  '*',
  '&anchor',
  '!tag',
  '- item',
  '50% off',
  'a\\b',
  `He said "hi" and 'bye'`,
  'yes',
  'null',
  '1e3',
  '~',
  '0x10',
  '007',
  '2024-01-01',
  '${env:HOME}',
  '  leading and trailing  ',
  ' ',
  'a\tb',
  'two\nlines',
  'x'.repeat(300),
  'Caf\u00e9',
  'Cafe\u0301',
  '👨‍👩‍👧‍👦 family',
  '\u202eabc',
  'a/b',
  'CON',
  'con',
  '../../etc/passwd',
  '.hidden',
  'trailing.'
] as const

/** A query in which every byte matters. */
export const longSql = `${[
  'select * -- größe, 名前',
  ...Array.from({ length: 197 }, (_, line) => `\t, "c${line}" -- ${'–'.repeat(line % 3)}`),
  'from "tbl: x"'
].join('\r\n')}\r\n`

/** The service shows it in clear. */
export const webhookSecret = 'the secret of the webhook'

const everything = {
  mode: Polytomic.ModelSyncMode.Create,
  schedule: { frequency: 'manual' }
} as const

/** What of it a test looks for. */
export interface Awkward {
  ids: Map<string, string>
  /** The model that a sync refers to, and that is gone. */
  goneModel: string
}

function idOf(answer: { data?: { id?: string | undefined } | undefined }): string {
  expect(answer.data?.id).toBeDefined()
  return answer.data?.id ?? ''
}

/** Makes the awkward workspace with the official SDK, as others would have made it. */
export async function makeAwkward(service: Service): Promise<Awkward> {
  const { sdk } = service
  const ids = new Map<string, string>()
  for (const name of awkwardNames) ids.set(name, await postgres(sdk, name))
  await connections(service, ids)
  const models = await makeModels(sdk, ids)
  const goneModel = await syncs(sdk, ids, models)
  await bulkSyncs(service, ids)
  await organization(service)
  return { ids, goneModel }
}

async function postgres(sdk: PolytomicClient, name: string, more: object = {}): Promise<string> {
  const configuration = {
    hostname: 'h',
    port: 5432,
    database: 'd',
    username: 'u',
    password: `pw of ${name}`,
    ...more
  }
  return idOf(await sdk.connections.create({ name, type: 'postgresql', configuration }, once))
}

async function connections({ sdk, authorize }: Service, ids: Map<string, string>): Promise<void> {
  const salesforce = await sdk.connections.create(
    { name: 'SF', type: 'salesforce', configuration: { domain: 'https://x.my.salesforce.com' } },
    once
  )
  await authorize(salesforce.data?.auth_url)
  ids.set('SF', idOf(salesforce))
  ids.set(
    'Pending HS',
    idOf(await sdk.connections.create({ name: 'Pending HS', type: 'hubspot', configuration: {} }, once))
  )
  const api = {
    url: 'https://api.example',
    headers: [{ name: 'X-Token', value: 'a token of the header' }],
    parameters: [{ name: 'a', value: 'b' }]
  }
  await sdk.connections.create({ name: 'API', type: 'api', configuration: api }, once)
  const oauth = { oauth: { client_id: 'the client', client_secret: 'the secret of the client' } }
  await sdk.connections.create(
    { name: 'API with OAuth', type: 'api', configuration: { url: 'https://api.example', auth: oauth } },
    once
  )
  const mongo = { hosts: 'example.mongodb.net', username: 'user', password: 'the password of mongo' }
  ids.set(
    'Mongo',
    idOf(await sdk.connections.create({ name: 'Mongo', type: 'mongodb', configuration: mongo }, once))
  )
  await postgres(sdk, 'Looks like a secret', { hostname: 'postgres://u:pw-in-host@h/db' })
}

async function makeModels(sdk: PolytomicClient, ids: Map<string, string>): Promise<Record<string, string>> {
  const model = async (
    name: string,
    on: string,
    configuration: Record<string, unknown>,
    more: object = {}
  ) =>
    idOf(
      await sdk.models.create(
        { body: { name, connection_id: ids.get(on) ?? '', configuration, ...more } },
        once
      )
    )
  return {
    sql: await model('Long SQL', 'a: b # c', { query: longSql }),
    users: await model('Users: "q" 🚀', 'Mongo', { database: 'example', collection: 'users' }),
    yes: await model('yes', '1e3', { query: 'select "größe" , "имя", "名前" from t' }),
    fields: await model(
      'With fields',
      'yes',
      { table: 'public.t' },
      { fields: ['größe', 'имя', '名前'], identifier: 'größe' }
    ),
    twin: await model('Twin', 'a/b', { table: 'public.users' }),
    other: await model('Twin', 'Mongo', { database: 'example', collection: 'users' }),
    secret: await model('Password in SQL', 'a/b', { query: "create user x password 'in-the-sql'" }),
    gone: await model('Gone', 'Mongo', { database: 'example', collection: 'users' })
  }
}

async function syncs(
  sdk: PolytomicClient,
  ids: Map<string, string>,
  models: Record<string, string>
): Promise<string> {
  const target = { connection_id: ids.get('SF') ?? '', object: 'Contact' }
  const create = async (
    name: string,
    model_id: string,
    more: Partial<Polytomic.CreateModelSyncRequest> = {}
  ) =>
    idOf(
      await sdk.modelSync.create(
        {
          ...everything,
          name,
          target,
          identity: { source: { model_id, field: 'email' }, target: 'Email', function: 'Equality' },
          fields: [{ source: { model_id, field: 'first_name' }, target: 'FirstName' }],
          ...more
        },
        once
      )
    )
  const users = models['users'] ?? ''
  const at = (field: string) => ({ model_id: users, field })
  const full = await create('Sync with everything', users, {
    filters: [
      { field: at('email'), field_type: 'Model', function: 'IsNotNull' },
      { field: at('login_count'), field_type: 'Model', function: 'GreaterThan', value: 3 },
      { field: at('first_name'), field_type: 'Model', function: 'StringOneOf', value: ['a', 'b: c'] }
    ],
    filter_logic: 'A AND (B OR NOT C)',
    override_fields: [
      { target: 'LastName', override_value: 'yes' },
      { target: 'Title', override_value: '1e3' }
    ],
    overrides: [{ field: at('first_name'), function: 'IsNull', override: 'n/a' }]
  })
  await sdk.modelSync.activate(full, { active: true }, once)
  for (const name of ['1e3', '  padded ', 'two\nlines', 'y'.repeat(300)]) await create(name, users)
  await create('Twin sync', models['twin'] ?? '')
  await create('Twin sync', models['twin'] ?? '')
  await create('Of a twin model', models['other'] ?? '')
  const gone = models['gone'] ?? ''
  await create('Its model is gone', gone)
  await sdk.models.remove(gone, {}, once)
  return gone
}

async function bulkSyncs(service: Service, ids: Map<string, string>): Promise<void> {
  const { sdk } = service
  const request = {
    source_connection_id: ids.get('SF') ?? '',
    destination_connection_id: ids.get('a: b # c') ?? '',
    mode: Polytomic.BulkSyncMode.Replicate,
    destination_configuration: { schema: 'raw' }
  }
  const schedule = { frequency: 'manual' } as const
  await sdk.bulkSync.create({ ...request, schedule, name: 'Bulk: many' }, once)
  const daily = {
    ...request,
    name: 'Bulk twin',
    active: true,
    schemas: ['Contact', 'Account'],
    default_schedule: { frequency: 'daily' as const, hour: '1', minute: '0' },
    additional_schedules: [{ frequency: 'hourly', minute: '5', selective_mode: 'incrementalFields' }]
  }
  await post(service, '/api/bulk/syncs', daily)
  await sdk.bulkSync.create({ ...request, schedule, name: 'Bulk twin' }, once)
}

/** A plain request of the newest version, for what this release of the SDK does not have. */
async function post({ url, server }: Service, path: string, body: object, isPut = false): Promise<string> {
  const answer = await fetch(url + path, {
    method: isPut ? 'PUT' : 'POST',
    headers: {
      authorization: `Bearer ${server.apiKey}`,
      'x-polytomic-version': '2025-09-18',
      'content-type': 'application/json'
    },
    body: JSON.stringify(body)
  })
  const text = await answer.text()
  expect(answer.ok, `${path} ${text}`).toBe(true)
  return text === '' ? '' : (JSON.parse(text).data?.id ?? '')
}

/** Kinds of the organization. */
async function organization(service: Service): Promise<void> {
  for (const name of ['Admin', 'admin ', 'yes role'])
    await post(service, '/api/permissions/roles', { name })
  const role = await post(service, '/api/permissions/roles', { name: 'yes' })
  for (const name of ['Models', 'on: "off"'])
    await post(service, '/api/permissions/policies', {
      name,
      policy_actions: [{ action: 'read', role_ids: [role] }]
    })
  for (const email of ['Ünï+tag@exämple.io', "o'x@x.io"])
    await post(service, '/api/organization/users', { email, role_ids: [role] })
  await post(
    service,
    '/api/notifications/global-error-subscribers',
    { emails: ['B@x.io', 'a@x.io', 'A@x.io'] },
    true
  )
  await post(service, '/api/webhooks', {
    endpoint: 'https://hooks.example.com/x',
    secret: webhookSecret
  })
}
