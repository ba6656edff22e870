/**
 * What the ledger calls seen with the tests of the official Terraform provider: each such row has its proof
 * here, in the bodies of those tests, and no other row has one. The provider speaks 2024-02-08.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { ledger } from '../../src/server/ledger.ts'
import { client, testServer, type Client, type Thing } from '../server/client.ts'

interface World {
  api: Client
  connection: Thing
  model: Thing
  /** A sync with nothing but what is required. */
  sync: Record<string, unknown>
  /** Makes a sync that has this, too, and reads it back. */
  made(more: object): Promise<Thing>
  field: { model_id: string; field: string }
}

const postgres = {
  configuration: { database: 'polytomic', hostname: 'h', password: 'p', port: 5432, username: 'u' },
  name: 'N-postgres',
  type: 'postgresql',
  validate: false
}

/** A file of a `csv` connection of this name lies in the folder of the service. */
function folder(): string {
  const directory = mkdtempSync(join(tmpdir(), 'polyctl-seen-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  mkdirSync(join(directory, 'catalogue'))
  writeFileSync(join(directory, 'catalogue', 'N-csv.csv'), 'id,Full name\n1,Ada\n')
  return directory
}

async function world(): Promise<World> {
  const server = testServer({ directory: folder() })
  onTestFinished(() => server.close())
  const api = client(server, '2024-02-08')
  const { data: connection } = await api.post('/api/connections', postgres)
  const { data: model } = await api.post('/api/models', {
    configuration: { query: 'SELECT email, email as name FROM polytomic.sync_test_source' },
    connection_id: connection.id,
    name: 'N-model'
  })
  const field = { model_id: model.id, field: 'email' }
  const sync = {
    active: false,
    fields: [{ source: { ...field, field: 'name' }, target: 'name' }],
    mode: 'replace',
    name: 'N',
    schedule: { frequency: 'manual' },
    target: { connection_id: connection.id, object: 'polytomic.sync_test_target' }
  }
  const made = async (more: object): Promise<Thing> => {
    const reply = await api.post('/api/syncs', { ...sync, ...more })
    expect([reply.status, reply.body['message']]).toEqual([200, undefined])
    return (await api.get(`/api/syncs/${reply.data.id}`)).data
  }
  return { api, connection, model, sync, made, field }
}

const list = (thing: Thing, key: string): Thing[] => thing[key] as Thing[]

const filter = (field: object, name: string, value?: unknown): object => ({
  field,
  field_type: 'Model',
  function: name,
  label: '',
  ...(value === undefined ? {} : { value })
})

const identity = (field: object): object => ({ source: field, target: 'email', function: 'Equality' })

const proofs: Record<string, (world: World) => Promise<void>> = {
  'connection.configuration.types': async ({ connection }) => {
    expect(connection['configuration']).toMatchObject({ port: 5432, hostname: 'h' })
  },
  'connection.csv.columns': async ({ api }) => {
    const configuration = { url: 'https://h.example/people.csv' }
    const made = await api.post('/api/connections', { name: 'N-csv', type: 'csv', configuration })
    const { data } = await api.get(`/api/connections/${made.data.id}/schemas/data`)
    expect(list(data, 'fields').map(({ id, name }) => [id, name])).toEqual([
      ['id', 'id'],
      ['Full name', 'Full name']
    ])
  },
  'model.configuration.echo': async ({ model }) => {
    const query = 'SELECT email, email as name FROM polytomic.sync_test_source'
    expect(model['configuration']).toEqual({ query })
  },
  'organization.subscribers.case': async ({ api }) => {
    const path = '/api/notifications/global-error-subscribers'
    const emails = ['Ada@Example.com', 'bob@example.com']
    await api.put(path, { emails })
    expect((await api.get(path)).body).toEqual({ emails })
  },
  'bulk.cutoff.unsent': async ({ api, connection }) => {
    const body = {
      name: 'N',
      mode: 'replicate',
      source_connection_id: connection.id,
      destination_connection_id: connection.id,
      destination_configuration: { schema: 'public' },
      schedule: { frequency: 'manual' }
    }
    const data_cutoff_timestamp = '2024-01-01T00:00:00Z'
    expect((await api.post('/api/bulk/syncs', body)).data).not.toHaveProperty('data_cutoff_timestamp')
    const cut = (await api.post('/api/bulk/syncs', { ...body, data_cutoff_timestamp })).data
    expect(cut).toHaveProperty('data_cutoff_timestamp')
  },
  'sync.answer.unsent': async ({ made }) => {
    const sync = await made({})
    for (const key of ['new', 'override_value', 'sync_mode', 'encryption_enabled'])
      expect(list(sync, 'fields')[0]).not.toHaveProperty(key)
    for (const key of ['hour', 'minute', 'day_of_week', 'day_of_month', 'month', 'job_id', 'run_after'])
      expect(sync['schedule']).not.toHaveProperty(key)
    for (const key of ['filter_logic', 'new_name']) expect(sync['target']).not.toHaveProperty(key)
    expect(sync).not.toHaveProperty('filter_logic')
  },
  'sync.answer.always': async ({ made }) => {
    const sync = await made({})
    for (const key of ['target', 'schedule', 'fields', 'sync_all_records'])
      expect([key, sync[key]]).not.toEqual([key, undefined])
  },
  'sync.answer.sync-all': async ({ made }) => {
    expect((await made({}))['sync_all_records']).toBe(false)
    expect((await made({ sync_all_records: true, name: 'N2' }))['sync_all_records']).toBe(true)
  },
  'sync.fields.merged': async ({ made }) => {
    const override_fields = [{ target: 'first_name', override_value: 'default' }]
    const [, merged] = list(await made({ override_fields }), 'fields')
    const model_id = '00000000-0000-0000-0000-000000000000'
    expect(merged).toMatchObject({ ...override_fields[0], source: { model_id } })
  },
  'sync.fields.both': async ({ made, sync, field }) => {
    const both = { source: field, target: 'first_name', override_value: 'default' }
    const fields = [...(sync['fields'] as object[]), both]
    expect(list(await made({ fields }), 'fields')).toHaveLength(2)
  },
  'sync.identity.sent': async ({ made, field }) => {
    const found = (await made({ mode: 'updateOrCreate', identity: identity(field) }))['identity']
    expect(found).toEqual(identity(field))
  },
  'sync.identity.absent': async ({ made }) => {
    expect((await made({}))['identity'] ?? null).toBeNull()
  },
  'sync.filters.labels': async ({ made, field }) => {
    const filters = [filter(field, 'IsNull'), { ...filter(field, 'IsNotNull'), label: 'Z' }]
    expect(list(await made({ filters }), 'filters').map(({ label }) => label)).toEqual(['A', 'B'])
  },
  'sync.filters.target-update': async ({ made, field }) => {
    const filters = [{ field_id: 'email', field_type: 'Target', function: 'IsNotNull', label: '' }]
    const sync = await made({ mode: 'update', identity: identity(field), filters })
    expect(list(sync, 'filters')).toMatchObject([{ field_id: 'email', field_type: 'Target' }])
  },
  'sync.filters.logic': async ({ api, made, sync, field }) => {
    const filters = [filter(field, 'IsNull'), filter(field, 'Equality', 'a')]
    const first = await made({ filters, filter_logic: 'A AND B' })
    expect(first['filter_logic']).toBe('A AND B')
    const changed = { ...sync, filters, filter_logic: 'A OR B' }
    expect((await api.put(`/api/syncs/${first.id}`, changed)).data['filter_logic']).toBe('A OR B')
  },
  'sync.filters.no-logic': async ({ api, made, sync, field }) => {
    const filters = [filter(field, 'IsNull'), filter(field, 'IsNotNull')]
    const first = await made({ filters, filter_logic: 'A AND B' })
    expect((await api.put(`/api/syncs/${first.id}`, sync)).data).not.toHaveProperty('filter_logic')
  },
  'sync.filters.values-kept': async ({ made, field }) => {
    const values = ['test@example.com', true, 42, ['a@example.com', 'b@example.com']]
    const filters = values.map((value) =>
      filter(field, Array.isArray(value) ? 'StringOneOf' : 'Equality', value)
    )
    expect(list(await made({ filters }), 'filters').map(({ value }) => value)).toEqual(values)
  },
  'sync.overrides.values': async ({ made, field }) => {
    const pairs = [
      ['old@example.com', 'replaced@example.com'],
      [100, 200],
      ['x', { default: 'd', type: 'fallback' }]
    ]
    const overrides = pairs.map(([value, override]) => ({ field, function: 'Equality', value, override }))
    const kept = list(await made({ overrides }), 'overrides').map(({ value, override }) => [
      value,
      override
    ])
    expect(kept).toEqual(pairs)
  },
  'sync.target.create': async ({ made, connection }) => {
    const create = { name: 'public.test_create_0a1b2c3d' }
    const { target } = await made({ target: { connection_id: connection.id, create } })
    expect(target).toMatchObject({ object: create.name })
    expect(target).not.toHaveProperty('create')
  },
  'sync.schedule.run-after-sent': async ({ made }) => {
    const primary = await made({})
    const run_after = { sync_ids: [primary.id] }
    const { schedule } = await made({ name: 'N2', schedule: { frequency: 'runafter', run_after } })
    expect(schedule).toMatchObject({ frequency: 'runafter' })
    expect((schedule as Thing)['run_after']).toEqual(run_after)
  }
}

test('each row that the ledger calls seen with the tests of the provider has its proof, and no other', () => {
  const seen = ledger.filter(({ evidence }) => evidence === 'provider-test').map(({ id }) => id)
  expect(Object.keys(proofs).toSorted()).toEqual(seen.toSorted())
})

test.each(Object.entries(proofs))('%s', async (_id, proof) => {
  await expect(proof(await world())).resolves.toBeUndefined()
})
