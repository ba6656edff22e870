import { expect, test } from 'vitest'
import { apiVersions } from '../../src/wire/common.ts'
import { bulkWorld, type BulkWorld } from './bulk-world.ts'
import { client, type Thing } from './client.ts'

const weekly = { frequency: 'weekly', day_of_week: 'monday', hour: '05', minute: '00' }

/** A request of an older version between the connections of the world. */
function older({ hubspot, postgres }: BulkWorld, schedule: object): object {
  return {
    name: 'Older',
    source_connection_id: hubspot.id,
    destination_connection_id: postgres.id,
    destination_configuration: {},
    schedule
  }
}

/** What a schedule says, without its id and who made it when. */
function said(schedule: unknown): object {
  const { id, created_at, created_by, updated_at, updated_by, ...rest } = schedule as Thing
  expect([id, created_at, created_by, updated_at, updated_by]).not.toContain(undefined)
  return rest
}

test('schedules are answered as they were sent, with ids of their own', async () => {
  const { make } = await bulkWorld()
  const more = { ...weekly, schemas: ['deals'], selective_mode: 'incrementalFields', resync_mode: 'resync' }
  const made = await make({
    default_schedule: { frequency: 'hourly', minute: '15', hour: '', month: null },
    additional_schedules: [more, { frequency: 'continuous', schemas: [] }]
  })
  expect(said(made['default_schedule'])).toEqual({ frequency: 'hourly', minute: '15' })
  const additional = made['additional_schedules'] as Thing[]
  expect(additional.map(said)).toEqual([more, { frequency: 'continuous' }])
  const ids = [made['default_schedule'] as Thing, ...additional].map(({ id }) => id)
  expect(new Set(ids).size).toBe(3)
})

test('an update keeps the ids of schedules that it names, or that say the same', async () => {
  const { make, api, request } = await bulkWorld()
  const made = await make({ additional_schedules: [weekly, weekly, { frequency: 'continuous' }] })
  const [first, second, third] = made['additional_schedules'] as [Thing, Thing, Thing]
  const path = `/api/bulk/syncs/${made.id}`
  const again = await api.put(path, request({ additional_schedules: [weekly, weekly] }))
  expect(again.data['additional_schedules']).toEqual([first, second])
  const moved = { ...weekly, id: second.id, hour: '6' }
  const changed = await api.put(path, request({ additional_schedules: [moved] }))
  const [only] = changed.data['additional_schedules'] as Thing[]
  expect(only).toMatchObject({ ...moved, created_at: second['created_at'] })
  expect(only?.['updated_at']).not.toBe(second['updated_at'])
  expect((changed.data['default_schedule'] as Thing).id).toBe((made['default_schedule'] as Thing).id)
  expect((await api.put(path, request())).data['additional_schedules']).toEqual([])
  const both = request({ additional_schedules: [moved, moved] })
  expect((await api.put(path, both)).status).toBe(400)
  const gone = request({ additional_schedules: [{ ...weekly, id: third.id }] })
  expect((await api.put(path, gone)).body).toMatchObject({
    status: 400,
    message: `additional_schedules[0].id names no schedule of this bulk sync: ${third.id}`
  })
})

test.each([
  [{ default_schedule: {} }, 'default_schedule.frequency is required'],
  [{ default_schedule: { frequency: 'yearly' } }, /^default_schedule\.frequency must be one of manual, /],
  [{ default_schedule: { frequency: 'multi' } }, /^default_schedule\.frequency must be one of/],
  [{ default_schedule: { frequency: 'runafter' } }, /^default_schedule\.frequency must be one of/],
  [{ default_schedule: { frequency: 'daily', hour: '1' } }, /^default_schedule\.minute is required when/],
  [{ default_schedule: { ...weekly, hour: 5 } }, 'default_schedule.hour must be string or null'],
  [{ default_schedule: { ...weekly, hour: '25' } }, 'default_schedule.hour must be a number from 0 to 23'],
  [
    { additional_schedules: [weekly, { ...weekly, minute: '60' }] },
    'additional_schedules[1].minute must be a number from 0 to 59'
  ],
  [
    { additional_schedules: [{ ...weekly, selective_mode: 'some' }] },
    /^additional_schedules\[0\]\.selective_mode must be one of none, /
  ],
  [
    { additional_schedules: [{ ...weekly, resync_mode: 'all' }] },
    /^additional_schedules\[0\]\.resync_mode must be one of normal, /
  ],
  [
    { additional_schedules: [{ ...weekly, schemas: ['nope'] }] },
    'additional_schedules[0].schemas[0] names no schema of the source: nope'
  ]
])('the schedules %j are refused with 400', async (more, message) => {
  const { api, request } = await bulkWorld()
  const reported = typeof message === 'string' ? message : expect.stringMatching(message)
  expect((await api.post('/api/bulk/syncs', request(more))).body).toMatchObject({
    status: 400,
    message: reported
  })
})

test('several schedules are one multi in older versions, there and back', async () => {
  const world = await bulkWorld()
  const old = client(world.server, '2024-02-08')
  const schedules = [
    { item: 'incrementalFields', schedule: { frequency: 'continuous' } },
    { item: 'nonincrementalFields', schedule: { frequency: 'daily', hour: '05', minute: '00' } }
  ]
  const schedule = { frequency: 'multi', multi: { schedules } }
  const made = await old.post('/api/bulk/syncs', older(world, schedule))
  expect(made.data['schedule']).toEqual(schedule)
  const now = (await world.api.get(`/api/bulk/syncs/${made.data.id}`)).data
  expect(said(now['default_schedule'])).toEqual({ frequency: 'continuous' })
  expect((now['additional_schedules'] as Thing[]).map(said)).toEqual([
    { ...schedules[1]?.schedule, selective_mode: 'nonincrementalFields' }
  ])
  const simple = await old.put(`/api/bulk/syncs/${made.data.id}`, older(world, { frequency: 'manual' }))
  expect(simple.data['schedule']).toEqual({ frequency: 'manual' })
  for (const [wrong, message] of [
    [{ frequency: 'multi' }, 'schedule.multi.schedules must have a schedule when the frequency is multi'],
    [
      { frequency: 'multi', multi: { schedules: [{ item: 'all', schedule: weekly }] } },
      'schedule.multi.schedules[0].item must be one of none, incrementalFields, nonincrementalFields'
    ],
    [
      { frequency: 'multi', multi: { schedules: [{ schedule: weekly }] } },
      'schedule.multi.schedules[0].item is required'
    ]
  ] as const) {
    expect((await old.post('/api/bulk/syncs', older(world, wrong))).body).toMatchObject({
      status: 400,
      message
    })
  }
})

test.each(apiVersions)('single schedules are in camel case in %s', async (version) => {
  const { make, server, api: newest } = await bulkWorld()
  const { id } = await make()
  const api = client(server, version)
  const path = `/api/bulk/syncs/${id}/schedules`
  const local = expect.stringMatching(/^[0-9a-f-]{36}$/)
  const at = expect.stringMatching(/^2026-/)
  const common = {
    id: local,
    syncMode: 'normal',
    schemas: [],
    syncId: id,
    createdAt: at,
    createdBy: local,
    updatedAt: at,
    updatedBy: local
  }
  const first = { ...common, frequency: 'manual', isDefault: true, selectiveMode: 'none' }
  expect((await api.get(path)).list).toEqual([first])
  const schedule = {
    frequency: 'weekly',
    hour: '12',
    minute: '30',
    dayOfWeek: 'monday',
    selectiveMode: 'nonincrementalFields'
  }
  const added = await api.post(path, { schedule })
  expect(added.data).toEqual({ ...common, ...schedule, isDefault: false })
  expect((await api.get(path)).list).toEqual([first, added.data])
  expect((await api.get(`${path}/${added.data.id}`)).data).toEqual(added.data)
  const bulk = (await newest.get(`/api/bulk/syncs/${id}`)).data
  expect((bulk['additional_schedules'] as Thing[])[0]).toMatchObject({
    id: added.data.id,
    frequency: 'weekly',
    day_of_week: 'monday',
    selective_mode: 'nonincrementalFields'
  })
  const replaced = await api.put(`${path}/${added.data.id}`, { schedule: { frequency: 'continuous' } })
  expect(replaced.data).toEqual({ ...first, id: added.data.id, frequency: 'continuous', isDefault: false })
  const removed = await api.delete(`${path}/${added.data.id}`)
  expect([removed.status, removed.text]).toEqual([200, ''])
  expect((await api.get(`${path}/${added.data.id}`)).status).toBe(404)
  expect((await api.get(path)).list).toEqual([first])
})

test('the default schedule can be changed, not deleted', async () => {
  const { make, api } = await bulkWorld()
  const made = await make()
  const first = made['default_schedule'] as Thing
  const path = `/api/bulk/syncs/${made.id}/schedules/${first.id}`
  expect((await api.delete(path)).body).toMatchObject({
    status: 403,
    message: 'the default schedule cannot be deleted; change it'
  })
  await api.put(path, { schedule: { frequency: 'hourly', minute: '5' } })
  const now = (await api.get(`/api/bulk/syncs/${made.id}`)).data['default_schedule'] as Thing
  expect(now).toMatchObject({ id: first.id, frequency: 'hourly', minute: '5' })
})

test('a single schedule keeps the schemas and the mode that its clients have no place for', async () => {
  const { make, api } = await bulkWorld()
  const more = { ...weekly, schemas: ['deals'], resync_mode: 'refetch' }
  const made = await make({ additional_schedules: [more] })
  const [schedule] = made['additional_schedules'] as [Thing]
  const path = `/api/bulk/syncs/${made.id}/schedules/${schedule.id}`
  expect((await api.put(path, { schedule: { frequency: 'continuous' } })).data).toMatchObject({
    frequency: 'continuous',
    schemas: ['deals'],
    syncMode: 'refetch'
  })
  const cleared = { frequency: 'continuous', schemas: [], syncMode: 'normal' }
  expect((await api.put(path, { schedule: cleared })).data).toMatchObject(cleared)
})

test.each([
  [{}, 'schedule is required'],
  [{ schedule: {} }, 'schedule.frequency is required'],
  [
    { schedule: { frequency: 'weekly', hour: '1', minute: '1' } },
    'schedule.dayOfWeek is required when the frequency is weekly'
  ],
  [
    { schedule: { frequency: 'manual', syncMode: 'all' } },
    'schedule.syncMode must be one of normal, refetch, resync, rebuild'
  ],
  [{ schedule: { frequency: 'daily' } }, 'schedule.minute is required when the frequency is daily'],
  [
    { schedule: { frequency: 'manual', schemas: ['x'] } },
    'schedule.schemas[0] names no schema of the source: x'
  ]
])('the single schedule %j is refused', async (body, message) => {
  const { make, api } = await bulkWorld()
  const made = await make()
  const path = `/api/bulk/syncs/${made.id}/schedules`
  expect((await api.post(path, body)).body).toMatchObject({ status: 400, message })
  expect((await api.put(`${path}/none`, { schedule: { frequency: 'manual' } })).status).toBe(404)
  expect((await api.delete(`${path}/none`)).status).toBe(404)
})

test('a sync can run after bulk syncs that exist', async () => {
  const { make, api, postgres } = await bulkWorld()
  const bulk = await make()
  const query = 'SELECT email FROM public.users'
  const model = { name: 'M', connection_id: postgres.id, configuration: { query } }
  const { id: model_id } = (await api.post('/api/models', model)).data
  const sync = (ids: string[]): object => ({
    name: 'S',
    mode: 'replace',
    fields: [{ source: { model_id, field: 'email' }, target: 'email' }],
    target: { connection_id: postgres.id, object: 'public.copies' },
    schedule: { frequency: 'runafter', run_after: { sync_ids: [], bulk_sync_ids: ids } }
  })
  expect((await api.post('/api/syncs', sync([bulk.id]))).data['schedule']).toEqual({
    frequency: 'runafter',
    run_after: { bulk_sync_ids: [bulk.id] },
    run_after_success_only: false
  })
  expect((await api.post('/api/syncs', sync([bulk.id, 'none']))).body).toMatchObject({
    status: 422,
    message: 'schedule.run_after.bulk_sync_ids[1] names no bulk sync: none'
  })
})
