import { expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import { addressText } from '../../src/state/resource.ts'
import { makeRepository, type Repository } from '../support/repository.ts'
import { share } from '../support/samples.ts'
import { env, file, idOf, warehouse } from '../support/warehouse.ts'
import { apiRequest, type Sandbox } from '../support/sandbox.ts'

/**
 * What the files declared once and do no longer: of every kind it is named, pruned when that is asked for, and
 * can be removed by its name. Then the service is as it was before anybody declared it.
 */

interface Dropped {
  /** What is declared for a while. */
  yaml: string
  name: string
}

const spare: Record<string, Dropped> = {
  connection: {
    yaml: 'connections: [{ name: Spare, type: csv, configuration: { url: "https://a.example/x.csv" } }]\n',
    name: 'Spare'
  },
  model: {
    yaml: 'models: [{ name: Spare, connection: Source, configuration: { query: select 1 } }]\n',
    name: 'Spare'
  },
  sync: {
    yaml: `syncs:
  - name: Spare
    mode: updateOrCreate
    model: Users
    identity: { source: id, target: id, function: Equality }
    fields: [{ source: email, target: email }]
    target: { connection: Store, object: public.users }
    schedule: manual
`,
    name: 'Spare'
  },
  bulk_sync: {
    yaml: `bulk_syncs:
  - name: Spare
    mode: replicate
    source: { connection: Source }
    destination: { connection: Store, configuration: { schema: raw } }
    default_schedule: manual
`,
    name: 'Spare'
  },
  schema_primary_keys: {
    yaml: 'schema_primary_keys: [{ connection: Source, schema: public.users, fields: [email] }]\n',
    name: 'Source public.users'
  },
  schema_fields: {
    yaml: 'schema_fields: [{ connection: Source, schema: public.users, fields: [{ id: zip, type: string }] }]\n',
    name: 'Source public.users'
  },
  role: { yaml: 'roles: [{ name: Spare }]\n', name: 'Spare' },
  policy: { yaml: 'policies: [{ name: Spare, policy_actions: [] }]\n', name: 'Spare' },
  user: { yaml: 'users: [{ email: spare@example.com, roles: [Member] }]\n', name: 'spare@example.com' },
  webhook: {
    yaml: 'webhooks: [{ endpoint: "https://a.example/hook", secret: "${env:PASSWORD}" }]\n',
    name: 'https://a.example/hook'
  },
  global_error_subscribers: {
    yaml: 'global_error_subscribers: { emails: [spare@example.com] }\n',
    name: 'organization'
  },
  record_logging: { yaml: 'record_logging: { enabled: true }\n', name: 'organization' }
}

const without = { [file]: warehouse(), 'configs/spare.yaml': 'roles: []\n' }

test('every kind is tried', () => {
  expect(Object.keys(spare).toSorted()).toEqual(kinds.managed.map(({ name }) => name).toSorted())
})

/** What the service answers of every kind: names alone, and in full what is in no list. */
async function state(world: Sandbox): Promise<unknown> {
  const get = async (path: string): Promise<unknown> =>
    await (await world.server.fetch(apiRequest(world, 'GET', path))).json()
  const lists = [
    'connections',
    'models',
    'syncs',
    'bulk/syncs',
    'permissions/roles',
    'permissions/policies'
  ]
  const listed = await Promise.all(
    [...lists, 'organization/users', 'webhooks'].map(async (path) =>
      ((await get(`/api/${path}`)) as { data: { id: string }[] }).data.map(({ id }) => id).toSorted()
    )
  )
  const source = idOf(world, 'connection', 'Source')
  const keys = await get(`/api/connections/${source}/schemas/public.users`)
  const reported = await get('/api/notifications/global-error-subscribers')
  const logs = await get('/api/organization/record-logging')
  world.requests()
  return [...listed, keys, reported, logs]
}

async function declaredOnce(
  kind: string
): Promise<{ world: Repository; before: unknown; address: string }> {
  const { yaml, name } = spare[kind]!
  const world = makeRepository({ files: without, env, server: { shape: 'newest' } })
  expect((await world.run('apply', '--yes', '--quiet')).code).toBe(0)
  const before = await state(world)
  world.write({ 'configs/spare.yaml': yaml })
  const applied = await world.run('apply', '--yes', '--quiet')
  expect(applied.code, applied.out + applied.err).toBe(0)
  expect(await state(world)).not.toEqual(before)
  world.commit()
  return { world, before, address: addressText({ kind, name }) }
}

interface Reported {
  summary: { delete: number }
  no_longer_declared: { address: string }[]
}

/** Of few samples each way is gone by one or two kinds. */
const kindsOf = (way: number): readonly string[] => share(Object.keys(spare), 3 * way, 9)

test.each(kindsOf(0))('%s is named, then pruned', async (kind) => {
  const { world, before, address } = await declaredOnce(kind)
  world.write(without)
  const named = await world.run('plan', '--since', 'HEAD')
  expect(named.out).toContain('no longer declared')
  expect(named.out).toContain(address)
  const json = JSON.parse((await world.run('plan', '--since', 'HEAD', '--format', 'json')).out) as Reported
  expect(json.no_longer_declared.map((one) => one.address)).toEqual([address])
  expect(json.summary.delete).toBe(0)
  const planned = await world.run('plan', '--since', 'HEAD', '--prune')
  expect(planned.out).toContain(`- ${address}`)
  const pruned = await world.run('apply', '--yes', '--since', 'HEAD', '--prune')
  expect(pruned.code, pruned.out + pruned.err).toBe(0)
  expect(await state(world)).toEqual(before)
  expect((await world.run('plan', '--since', 'HEAD', '--prune', '--detailed-exitcode')).code).toBe(0)
})

test.each(kindsOf(1))('%s is removed by its name', async (kind) => {
  const { world, before, address } = await declaredOnce(kind)
  const { section } = kinds.managed.find(({ name }) => name === kind)!
  const name = JSON.stringify(spare[kind]!.name)
  world.write({ ...without, 'configs/spare.yaml': `removed: { ${section}: [${name}] }\n` })
  const planned = await world.run('plan')
  expect(planned.out, planned.err).toContain(`- ${address}`)
  const removed = await world.run('apply', '--yes')
  expect(removed.code, removed.out + removed.err).toBe(0)
  expect(await state(world)).toEqual(before)
  // Without the base, keys that the source has by itself look like those that were declared.
  const again = kind === 'schema_primary_keys' ? ['--since', 'HEAD'] : []
  expect((await world.run('plan', '--detailed-exitcode', ...again)).code).toBe(0)
})

test.each(kindsOf(2))('%s is protected still where it was', async (kind) => {
  const { world, address } = await declaredOnce(kind)
  const { yaml } = spare[kind]!
  const guarded = yaml.includes('- name: Spare\n')
    ? yaml.replace('- name: Spare\n', '- name: Spare\n    lifecycle: { prevent_destroy: true }\n')
    : yaml.replace(/\{ /, '{ lifecycle: { prevent_destroy: true }, ')
  world.write({ 'configs/spare.yaml': guarded })
  world.commit()
  world.write(without)
  const pruned = await world.run('plan', '--since', 'HEAD', '--prune')
  expect(pruned.code).toBe(7)
  expect(pruned.err).toContain(`${address} was protected from deletion`)
})

test('what is in no list is found by what its connection is called now', async () => {
  const { world } = await declaredOnce('schema_primary_keys')
  const renamed = warehouse()
    .replace('name: Source\n', 'name: Origin\n    lifecycle: { renamed_from: Source }\n')
    .replaceAll('connection: Source', 'connection: Origin')
  world.write({ [file]: renamed, 'configs/spare.yaml': 'roles: []\n' })
  for (const _round of [1, 2]) {
    const planned = await world.run('plan', '--since', 'HEAD', '--prune')
    expect(planned.out).toContain('- schema primary keys "Source public.users"')
    if (_round === 1) await world.run('apply', '--yes', '--quiet')
  }
})

test('what is in no list goes with what it belongs to', async () => {
  const { world } = await declaredOnce('connection')
  const keys =
    'schema_primary_keys: [{ connection: Spare, schema: data, fields: [email] }]\nremoved: { connections: [] }\n'
  world.write({ 'configs/spare.yaml': spare['connection']!.yaml + keys })
  world.commit()
  world.write({ ...without, 'configs/spare.yaml': 'removed: { connections: [Spare] }\n' })
  const planned = await world.run('plan', '--since', 'HEAD')
  expect(planned.code, planned.err).toBe(0)
  expect(planned.out).toContain('- connection "Spare"')
})
