import { expect, onTestFinished, test } from 'vitest'
import { bulkWorld } from './bulk-world.ts'
import { client, salesforce, decide, testServer } from './client.ts'

test('nothing is started, and that is said', async () => {
  const { make, api } = await bulkWorld()
  const { id } = await make()
  const path = `/api/bulk/syncs/${id}`
  const refused = {
    status: 409,
    message:
      'the bulk sync "HubSpot to Postgres" was not started: this server moves no data; start it with --run to let it'
  }
  expect((await api.post(`${path}/executions`)).body).toMatchObject(refused)
  const start = { test: true, fetch_mode: 'none', schemas: ['deals'] }
  expect((await api.post(`${path}/executions`, start)).body).toMatchObject(refused)
  expect((await api.post(`${path}/executions`, { resync_mode: 'rebuild', schemas: null })).status).toBe(409)
  expect((await api.get(`${path}/executions?limit=5&only_terminal=true&ascending=true`)).body).toEqual({
    data: []
  })
  expect((await api.get(`${path}/status`)).data).toEqual({ next_execution_time: null })
  expect((await api.post(`${path}/cancel`)).data).toEqual({ message: 'no execution is running' })
})

test.each([
  [{ resync_mode: 'all' }, 'resync_mode must be one of refetch, resync, rebuild'],
  [{ resync_mode: 'normal' }, 'resync_mode must be one of refetch, resync, rebuild'],
  [{ test: true, resync_mode: 'resync' }, 'test cannot be combined with resync_mode'],
  [{ resync: true }, 'resync is not part of this version: use resync_mode'],
  [{ fetch_mode: 'partial' }, 'fetch_mode must be one of none, incremental, full'],
  [{ fetch_mode: 'full' }, 'fetch_mode is for Salesforce sources only'],
  [{ schemas: ['deals', 'nope'] }, 'schemas[1] names no schema of the source: nope'],
  [{ test: 'yes' }, 'test must be boolean or null']
])('the start %j is refused with 400', async (body, message) => {
  const { make, api } = await bulkWorld()
  const { id } = await make()
  expect((await api.post(`/api/bulk/syncs/${id}/executions`, body)).body).toMatchObject({
    status: 400,
    message
  })
})

test('older versions know resync, and Salesforce the ways to fetch', async () => {
  const { make, api, server } = await bulkWorld()
  const source = (await api.post('/api/connections', salesforce)).data
  await decide(server, source['auth_url'])
  const { id } = await make({ source_connection_id: source.id })
  const older = client(server, '2024-02-08')
  const path = `/api/bulk/syncs/${id}/executions`
  expect((await older.post(path, { resync: true, fetch_mode: 'full' })).status).toBe(409)
  expect((await older.post(path, { resync: true, test: true })).status).toBe(400)
})

test('an execution is missing wherever it is asked for', async () => {
  const { make, api } = await bulkWorld()
  const { id } = await make()
  const path = `/api/bulk/syncs/${id}/executions/none`
  const reported = { status: 404, message: 'there is no execution none' }
  for (const below of ['', '/logs', '/consolelog?limit=5', '/schemas/deals/consolelog']) {
    expect((await api.get(path + below)).body).toMatchObject(reported)
  }
  for (const below of ['/cancel', '/logs/export?notify=true']) {
    expect((await api.post(path + below)).body).toMatchObject(reported)
  }
  expect((await api.post('/api/bulk/syncs/none/executions')).status).toBe(404)
})

test('the status of many is that of those asked for, of the active ones, or of all', async () => {
  const { make, api } = await bulkWorld()
  const one = await make({ active: true })
  const two = await make()
  const ask = async (query: string): Promise<unknown[]> =>
    (await api.get(`/api/bulk/syncs/status?${query}`)).list.map((item) => item['sync_id'])
  expect((await api.get(`/api/bulk/syncs/status?sync_id=${one.id}`)).list).toEqual([
    { sync_id: one.id, schemas: [] }
  ])
  expect(await ask(`sync_id=${one.id}&sync_id=${two.id}`)).toEqual([one.id, two.id])
  expect(await ask(`active=true&sync_id=${two.id}`)).toEqual([one.id])
  expect(await ask('all=true')).toEqual([two.id, one.id])
  expect(await ask('')).toEqual([])
  expect((await api.get('/api/bulk/syncs/status?sync_id=none')).status).toBe(404)
})

test('a server that runs bulk syncs runs those between two PostgreSQL databases alone', async () => {
  const server = testServer({ run: { fetch: () => expect.unreachable('no requests') } })
  onTestFinished(() => server.close())
  const { make, api } = await bulkWorld(server)
  const { id } = await make({ schemas: ['deals'] })
  const reply = await api.post(`/api/bulk/syncs/${id}/executions`)
  expect([reply.status, reply.body['message']]).toEqual([
    400,
    'the bulk sync "HubSpot to Postgres" does not run on this server, as tables are copied here from postgresql ' +
      'to postgresql alone, not from hubspot to postgresql; a Polytomic service runs it: point POLYTOMIC_URL to one'
  ])
})
