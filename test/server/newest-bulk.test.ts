import { expect, test } from 'vitest'
import { apiVersions } from '../../src/wire/common.ts'
import { bulkWorld, type BulkWorld } from './bulk-world.ts'
import { client, testServer } from './client.ts'
import { warehouse } from './warehouse.ts'

type Tree = Record<string, unknown>

/** Towards Snowflake, which keeps history. */
async function newest(): Promise<BulkWorld & { toSnowflake: (more?: Tree) => Tree }> {
  const world = await bulkWorld(testServer({ shape: 'newest' }))
  const to = { destination_connection_id: world.snowflake.id, destination_configuration: { schema: 'RAW' } }
  return { ...world, toSnowflake: (more = {}) => world.request({ ...to, ...more }) }
}

test('append is a mode where the destination has it, and the version', async () => {
  const { server, api, snowflake, toSnowflake } = await newest()
  const target = await api.get(`/api/connections/${snowflake.id}/bulksync/target`)
  expect((target.data['modes'] as Tree[]).map(({ id }) => id)).toEqual(['replicate', 'snapshot', 'append'])
  const made = await api.post('/api/bulk/syncs', toSnowflake({ mode: 'append' }))
  expect([made.status, made.data['mode']]).toEqual([200, 'append'])
  const { default_schedule: schedule, ...older } = toSnowflake({ mode: 'append' })
  const reply = await client(server, '2024-02-08').post('/api/bulk/syncs', { ...older, schedule })
  expect(reply.body['message']).toBe('mode must be one of replicate, snapshot')
})

test('history is answered always, stays where it is left out, and has a table where it is kept', async () => {
  const { api, toSnowflake } = await newest()
  const schemas = [{ id: 'contacts', history_enabled: true }, { id: 'deals' }]
  const made = await api.post('/api/bulk/syncs', toSnowflake({ schemas }))
  const path = `/api/bulk/syncs/${made.data.id}`
  const history = async (id = 'contacts') => {
    const { data } = await api.get(`${path}/schemas/${id}`)
    return [data['history_enabled'], data['destination_history_output_name']]
  }
  const kept = [true, 'contacts_history']
  expect([await history(), await history('deals')]).toEqual([kept, [false, undefined]])
  const list = (await api.get(`${path}/schemas`)).list
  expect(list.map((item) => item['history_enabled'])).toEqual(list.map(({ id }) => id === 'contacts'))
  await api.put(path, toSnowflake({ schemas: ['contacts', 'deals'] }))
  expect(await history()).toEqual(kept)
  await api.patch(`${path}/schemas`, { schemas: [{ id: 'contacts', partition_key: 'email' }] })
  expect(await history()).toEqual(kept)
  await api.put(`${path}/schemas/contacts`, { user_output_name: 'People' })
  expect(await history()).toEqual([true, 'People_history'])
  // In a mode that keeps none it is still on, and has no table.
  await api.put(path, toSnowflake({ mode: 'snapshot' }))
  expect(await history()).toEqual([true, undefined])
  await api.put(path, toSnowflake({ schemas: [{ id: 'contacts', history_enabled: false }] }))
  expect(await history()).toEqual([false, undefined])
})

test('history is refused where it cannot be kept', async () => {
  const { api, toSnowflake } = await newest()
  const on = { id: 'contacts', history_enabled: true }
  const inCreate = await api.post('/api/bulk/syncs', toSnowflake({ mode: 'append', schemas: [on] }))
  expect([inCreate.status, inCreate.body['message']]).toEqual([
    400,
    'schemas[0].history_enabled is for mode replicate alone, not for append'
  ])
  const bucket = {
    name: 'Bucket',
    type: 's3',
    configuration: { s3_bucket_name: 'b', s3_bucket_region: 'r' }
  }
  const storage = await api.post('/api/connections', {
    ...bucket,
    configuration: { ...bucket.configuration, aws_access_key_id: 'a', aws_secret_access_key: 's' }
  })
  const to = { destination_connection_id: storage.data.id, destination_configuration: { format: 'csv' } }
  const made = await api.post('/api/bulk/syncs', toSnowflake({ ...to, name: 'Files' }))
  const path = `/api/bulk/syncs/${made.data.id}/schemas`
  for (const reply of [
    await api.patch(path, { schemas: [on] }),
    await api.put(`${path}/contacts`, { history_enabled: true })
  ]) {
    expect([reply.status, reply.body['message']]).toEqual([
      400,
      expect.stringMatching(/^(schemas\[0\]\.)?history_enabled is not possible for this destination$/)
    ])
  }
  expect((await api.put(`${path}/contacts`, { history_enabled: false })).status).toBe(200)
})

test('names that people gave stay where a request leaves them out, and an empty one is none', async () => {
  const { api, toSnowflake } = await newest()
  const field = { id: 'email', user_output_name: 'Mail' }
  const schemas = [{ id: 'contacts', user_output_name: 'People', fields: [field, 'firstname'] }]
  const made = await api.post('/api/bulk/syncs', toSnowflake({ schemas }))
  const path = `/api/bulk/syncs/${made.data.id}`
  const names = async () => {
    const { data } = await api.get(`${path}/schemas/contacts`)
    const email = (data['fields'] as Tree[]).find(({ id }) => id === 'email')
    return [data['user_output_name'], email?.['user_output_name']]
  }
  expect(await names()).toEqual(['People', 'Mail'])
  await api.put(path, toSnowflake({ schemas: [{ id: 'contacts', fields: ['email'] }] }))
  expect(await names()).toEqual(['People', 'Mail'])
  await api.put(path, toSnowflake({ schemas: [{ id: 'contacts', user_output_name: '' }] }))
  expect(await names()).toEqual(['', 'Mail'])
  const cleared = { ...field, user_output_name: '' }
  await api.put(path, toSnowflake({ schemas: [{ id: 'contacts', fields: [cleared] }] }))
  expect(await names()).toEqual(['', ''])
})

test('an update with an empty list of schemas leaves the selection; with some it disables the others', async () => {
  const { api, schemas, toSnowflake } = await newest()
  const made = await api.post('/api/bulk/syncs', toSnowflake({ schemas: ['contacts', 'deals'] }))
  const enabled = async () =>
    (await schemas(made.data.id)).filter((one) => one['enabled'] === true).map(({ id }) => id)
  const path = `/api/bulk/syncs/${made.data.id}`
  for (const more of [{ schemas: [] }, {}, { schemas: null }]) {
    await api.put(path, toSnowflake(more))
    expect(await enabled()).toEqual(['contacts', 'deals'])
  }
  await api.put(path, toSnowflake({ schemas: ['deals'] }))
  expect(await enabled()).toEqual(['deals'])
})

test.each(apiVersions)(
  'in %s the newest members of bulk syncs are where they are part of it',
  async (version) => {
    for (const shape of ['older', 'newest'] as const) {
      const world = await bulkWorld(testServer({ shape }))
      const made = await world.make()
      const api = client(world.server, version)
      const isThere = shape === 'newest' && version === '2025-09-18'
      const path = `/api/bulk/syncs/${made.id}/schemas`
      const target = (await api.get(`/api/connections/${world.snowflake.id}/bulksync/target`)).data
      const source = (await api.get(`/api/connections/${world.hubspot.id}/bulksync/source`)).data
      expect([
        'history_enabled' in (await api.get(path)).list[0]!,
        'history_enabled' in (await api.get(`${path}/contacts`)).data,
        'supports_history_mode' in target,
        (target['modes'] as Tree[]).some(({ id }) => id === 'append'),
        'supports_namespaces' in (source['capabilities'] as Tree)
      ]).toEqual([isThere, isThere, isThere, isThere, isThere])
    }
  }
)

test.each(['2023-04-25', '2024-02-08'] as const)('%s has no history', async (version) => {
  const world = await newest()
  const made = await world.make()
  const path = `/api/bulk/syncs/${made.id}/schemas`
  const reply = await client(world.server, version).patch(path, {
    schemas: [{ id: 'contacts', history_enabled: true }]
  })
  expect(reply.body['message']).toBe(`schemas[0].history_enabled is not part of version ${version}`)
})

test('error handling of a sync changes where it is said, and stays when the sync is updated', async () => {
  const { api, sync } = await warehouse(testServer({ shape: 'newest' }))
  const made = await api.post('/api/syncs', sync())
  const path = `/api/syncs/${made.data.id}`
  const off = {
    subscribers: [],
    auto_retry_record_errors: false,
    notify_on_record_errors: false,
    warning_notifications: false
  }
  expect((await api.get(`${path}/error-handling`)).data).toEqual(off)
  const subscribers = ['B@x.example', 'a@x.example']
  const changed = await api.put(`${path}/error-handling`, { subscribers, warning_notifications: true })
  const now = { ...off, subscribers, warning_notifications: true }
  expect([changed.data, (await api.put(`${path}/error-handling`, {})).data]).toEqual([now, now])
  const updated = await api.put(path, sync({ name: 'Other' }))
  expect(updated.data).not.toHaveProperty('error_handling')
  expect((await api.get(`${path}/error-handling`)).data).toEqual(now)
  for (const wrong of [{ subscribers: null }, { warning_notifications: 'yes' }, { subscribers: ['x'] }])
    expect((await api.put(`${path}/error-handling`, wrong)).status).toBe(400)
  await api.delete(path)
  expect((await api.get(`${path}/error-handling`)).status).toBe(404)
})

test('error handling of a bulk sync has a threshold, which 0 clears', async () => {
  const { api, make, request } = await newest()
  const { id } = await make()
  const path = `/api/bulk/syncs/${id}/error-handling`
  expect((await api.get(path)).data).toEqual({ subscribers: [], ingestion_failure_threshold: null })
  const sent = { subscribers: ['a@x.example'], ingestion_failure_threshold: 60 }
  expect((await api.put(path, sent)).data).toEqual(sent)
  const updated = await api.put(`/api/bulk/syncs/${id}`, request())
  expect(updated.data).not.toHaveProperty('error_handling')
  expect((await api.put(path, { subscribers: [] })).data).toEqual({ ...sent, subscribers: [] })
  expect((await api.put(path, { ingestion_failure_threshold: 0 })).data).toEqual({
    subscribers: [],
    ingestion_failure_threshold: null
  })
  for (const wrong of [-1, 1.5, null, '1'])
    expect((await api.put(path, { ingestion_failure_threshold: wrong })).status).toBe(400)
})
