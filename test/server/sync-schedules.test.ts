import { expect, test } from 'vitest'
import { client, testServer } from './client.ts'
import { warehouse } from './warehouse.ts'

test.each([
  [{ frequency: 'daily', hour: '10', minute: '30' }],
  [{ frequency: 'daily', hour: '05', minute: '00' }],
  [{ frequency: 'hourly', minute: '15' }],
  [{ frequency: 'weekly', day_of_week: '1', hour: '8', minute: '0' }],
  [{ frequency: 'weekly', day_of_week: 'Monday', hour: '8', minute: '0' }],
  [
    {
      frequency: 'custom',
      minute: '*/5',
      hour: '9-17',
      day_of_month: '*',
      month: '*',
      day_of_week: 'MON-FRI'
    }
  ],
  [{ frequency: 'continuous' }]
])('the schedule %j is answered as it was sent', async (schedule) => {
  const { api, sync } = await warehouse()
  const empty = { connection_id: null, job_id: null, run_after: null, run_after_success_only: null }
  const made = await api.post('/api/syncs', sync({ schedule: { ...empty, ...schedule } }))
  expect(made.data['schedule']).toEqual({ ...schedule, run_after_success_only: false })
})

test('a sync runs after syncs that exist, and after jobs of dbt Cloud', async () => {
  const { api, sync } = await warehouse()
  const first = await api.post('/api/syncs', sync())
  const run_after = { sync_ids: [first.data.id], bulk_sync_ids: [] }
  const schedule = { frequency: 'runafter', run_after, run_after_success_only: true }
  expect((await api.post('/api/syncs', sync({ schedule }))).data['schedule']).toEqual({
    frequency: 'runafter',
    run_after: { sync_ids: [first.data.id] },
    run_after_success_only: true
  })
  const dbt = await api.post('/api/connections', {
    name: 'dbt',
    type: 'dbtcloud',
    configuration: { url: 'https://cloud.getdbt.com', token: 't' }
  })
  const job = { frequency: 'dbtcloud', connection_id: dbt.data.id, job_id: 7 }
  expect((await api.post('/api/syncs', sync({ schedule: job }))).data['schedule']).toMatchObject(job)
  expect((await api.delete(`/api/connections/${dbt.data.id}`)).status).toBe(422)
})

test.each([
  [{ frequency: 'yearly' }, /^schedule\.frequency must be one of manual/],
  [{ frequency: 'multi' }, /^schedule\.frequency must be one of/],
  [{ frequency: 'hourly' }, /^schedule\.minute is required when the frequency is hourly$/],
  [{ frequency: 'daily', hour: '24', minute: '0' }, /^schedule\.hour must be a number from 0 to 23$/],
  [{ frequency: 'daily', hour: 10, minute: '0' }, /^schedule\.hour must be string or null$/],
  [{ frequency: 'weekly', day_of_week: 'Mittwoch', hour: '1', minute: '1' }, /^schedule\.day_of_week/],
  [{ frequency: 'custom' }, /^schedule needs at least one of/],
  [{ frequency: 'custom', minute: '99' }, /^schedule\.minute/],
  [{ frequency: 'runafter' }, /^schedule\.run_after must name at least one sync/],
  [
    { frequency: 'runafter', run_after: { sync_ids: ['none'] } },
    /^schedule\.run_after\.sync_ids\[0\] names no sync: none$/
  ],
  [{ frequency: 'dbtcloud', job_id: 1 }, /^schedule\.connection_id is required/]
])('the schedule %j is refused', async (schedule, message) => {
  const { api, sync } = await warehouse()
  const reply = await api.post('/api/syncs', sync({ schedule }))
  expect([reply.status, reply.body['message']]).toEqual([422, expect.stringMatching(message)])
})

test('the options of schedules are listed by frequency', async () => {
  const { data } = await client(testServer()).get('/api/syncs/schedules')
  expect((data['schedule_options'] as { frequency: string }[]).map(({ frequency }) => frequency)).toEqual([
    'manual',
    'continuous',
    'hourly',
    'daily',
    'weekly',
    'custom',
    'builder',
    'runafter',
    'dbtcloud'
  ])
})
