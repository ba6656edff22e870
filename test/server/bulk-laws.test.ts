import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { apiVersions } from '../../src/wire/common.ts'
import { bulkWorld, type BulkWorld } from './bulk-world.ts'
import { client, type Client, type Reply, type Thing } from './client.ts'
import { anything, mutated, steps } from './mutation.ts'
import { samples } from '../support/samples.ts'

const weekly = { frequency: 'weekly', day_of_week: '1', hour: '2', minute: '3' }
const fields: Record<string, string[]> = {
  contacts: ['hs_object_id', 'email', 'createdate'],
  deals: ['hs_object_id', 'amount', 'closedate'],
  owners: ['id', 'email']
}

/** A request that has everything. */
function full({ request }: BulkWorld): Record<string, unknown> {
  return request({
    active: true,
    mode: 'replicate',
    source_configuration: { a: [{ b: null }] },
    destination_configuration: { schema: 's', advanced: { table_prefix: 'p' } },
    default_schedule: weekly,
    additional_schedules: [
      { ...weekly, schemas: ['deals'], selective_mode: 'none', resync_mode: 'normal' }
    ],
    schemas: ['contacts', { id: 'deals', fields: ['amount', { id: 'closedate', obfuscate: true }] }],
    data_cutoff_timestamp: '2024-01-01T00:00:00Z',
    concurrency_limit: 3,
    policies: []
  })
}

const schema = {
  id: 'deals',
  enabled: true,
  fields: [{ id: 'amount', obfuscated: true, user_output_name: 'x' }],
  filters: [{ field_id: 'amount', function: 'GreaterThan', value: 5 }],
  tracking_field: 'closedate',
  data_cutoff_timestamp: '2024-01-01T00:00:00Z'
}

test('no request about bulk syncs, however wrong, is answered as if the server were at fault', async () => {
  const world = await bulkWorld()
  const { api, postgres } = world
  const made = await api.post('/api/bulk/syncs', full(world))
  const { id: schedule } = made.data['default_schedule'] as Thing
  const bulk = `/api/bulk/syncs/${made.data.id}`
  const table = `/api/connections/${postgres.id}/schemas/public.users`
  const keys = { fields: [{ field_id: 'email', is_primary_key: true }] }
  const users = { fields: [{ field_id: 'zip', label: 'ZIP', type: 'string', path: '$.zip' }] }
  const item = { frequency: 'weekly', dayOfWeek: '1', hour: '2', minute: '3', schemas: ['deals'] }
  const requests: [send: (body: unknown) => Promise<Reply>, valid: object][] = [
    [(body) => api.post('/api/bulk/syncs', body), full(world)],
    [(body) => api.put(bulk, body), full(world)],
    [(body) => api.patch(`${bulk}/schemas`, body), { schemas: [schema] }],
    [(body) => api.put(`${bulk}/schemas/deals`, body), schema],
    [(body) => api.put(`${bulk}/schedules/${schedule}`, body), { schedule: item }],
    [(body) => api.post(`${bulk}/executions`, body), { test: true, schemas: ['deals'] }],
    [(body) => api.put(`${table}/primary_keys`, body), keys],
    [(body) => api.post(`${table}/fields`, body), users],
    [(body) => api.patch(`${table}/fields/email`, body), { label: 'L', path: '$.x' }]
  ]
  for (const [send, valid] of requests) expect([200, 202, 409]).toContain((await send(valid)).status)
  const reads = [bulk, `${bulk}/schemas`, `${bulk}/schemas/deals`, `${bulk}/schedules`, table]
  await fc.assert(
    fc.asyncProperty(fc.nat(requests.length - 1), steps, anything, async (which, path, by) => {
      const [send, valid] = requests[which] ?? [async () => await api.get(bulk), {}]
      const reply = await send(mutated(valid, path, by))
      expect(reply.status).toBeLessThan(500)
      if (reply.status >= 400) expect(reply.body['message']).toEqual(expect.stringMatching(/\S/))
      // What was accepted can be read.
      for (const read of reads) expect((await api.get(read)).status).toBe(200)
    }),
    samples(600)
  )
})

const selection = fc.uniqueArray(fc.constantFrom(...Object.keys(fields)), { minLength: 1 }).chain((ids) =>
  fc.tuple(
    ...ids.map((id) => {
      const field = fc.constantFrom(...(fields[id] ?? []))
      return fc.record(
        {
          id: fc.constant(id),
          enabled: fc.boolean(),
          fields: fc.uniqueArray(
            fc.record({ id: field, enabled: fc.boolean(), obfuscated: fc.boolean() }),
            {
              selector: (one) => one.id
            }
          ),
          tracking_field: field,
          user_output_name: fc.constantFrom('', 'Own Name'),
          disable_data_cutoff: fc.boolean()
        },
        { requiredKeys: ['id'] }
      )
    })
  )
)

/** What each address of the schemas says. */
async function everySchema(api: Client, path: string): Promise<unknown[]> {
  const ids = (await api.get(path)).list.map(({ id }) => id)
  return await Promise.all(ids.map(async (id) => (await api.get(`${path}/${id}`)).data))
}

test('what the schemas of a bulk sync answer can be sent back, one by one or all at once, and changes nothing', async () => {
  const { api, make } = await bulkWorld()
  const { id } = await make({ automatically_add_new_fields: 'none' })
  const path = `/api/bulk/syncs/${id}/schemas`
  await fc.assert(
    fc.asyncProperty(selection, async (schemas) => {
      expect((await api.patch(path, { schemas })).status).toBe(200)
      const before = await everySchema(api, path)
      for (const one of before as Thing[]) await api.put(`${path}/${one.id}`, one)
      expect(await everySchema(api, path)).toEqual(before)
      expect((await api.patch(path, { schemas: before })).list).toEqual(before)
    }),
    samples(60)
  )
})

test.each(apiVersions)(
  'what a bulk sync answers can be sent back in %s and changes nothing',
  async (version) => {
    const world = await bulkWorld()
    const made = await world.api.post('/api/bulk/syncs', full(world))
    const api = client(world.server, version)
    const path = `/api/bulk/syncs/${made.data.id}`
    const before = (await api.get(path)).data
    const update = version === '2023-04-25' ? api.patch : api.put
    const after = await update(path, before)
    expect(after.status).toBe(200)
    const { updated_at: _then, ...rest } = before
    const { updated_at: _now, ...now } = after.data
    expect(now).toEqual(rest)
  }
)
