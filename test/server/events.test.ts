import { expect, test } from 'vitest'
import { eventTypes } from '../../src/wire/event.ts'
import { client, testServer } from './client.ts'

const payload = { sync_id: 's', sync_name: 'Users' }

test('what happened can be read, newest first, and filtered', async () => {
  const server = testServer()
  const api = client(server)
  server.store.raise(server.organizationId, 'sync.running', payload)
  server.store.raise(server.organizationId, 'sync.failed', { ...payload, error: 'no' })
  const [failed, running] = (await api.get('/api/events')).list
  expect(failed).toEqual({
    id: failed?.id,
    type: 'sync.failed',
    organization_id: server.organizationId,
    created_at: failed?.['created_at'],
    event: { organization_id: server.organizationId, ...payload, error: 'no' }
  })
  const types = async (query: string): Promise<unknown[]> =>
    (await api.get(`/api/events?${query}`)).list.map(({ type }) => type)
  expect(await types('')).toEqual(['sync.failed', 'sync.running'])
  expect(await types('type=sync.running')).toEqual(['sync.running'])
  expect(await types('limit=1')).toEqual(['sync.failed'])
  expect(await types(`starting_after=${String(running?.['created_at'])}`)).toEqual(['sync.failed'])
  expect(await types(`ending_before=${String(failed?.['created_at'])}`)).toEqual(['sync.running'])
})

test('ten are answered, a hundred if asked for, and never more', async () => {
  const server = testServer()
  const api = client(server)
  for (let index = 0; index < 120; index += 1) {
    server.store.raise(server.organizationId, 'sync.running', payload)
  }
  expect((await api.get('/api/events')).list).toHaveLength(10)
  expect((await api.get('/api/events?limit=50')).list).toHaveLength(50)
  expect((await api.get('/api/events?limit=500')).list).toHaveLength(100)
  expect((await api.get('/api/events?limit=0')).status).toBe(422)
  expect((await api.get('/api/events?limit=many')).status).toBe(422)
})

test('after two days an event is gone, and not kept either', async () => {
  let now = Date.UTC(2026, 0, 1)
  const server = testServer({ now: () => new Date(now) })
  server.store.raise(server.organizationId, 'sync.running', payload)
  now += 48 * 60 * 60 * 1000 - 1
  expect((await client(server).get('/api/events')).list).toHaveLength(1)
  now += 1
  expect((await client(server).get('/api/events')).list).toEqual([])
  server.store.raise(server.organizationId, 'sync.failed', payload)
  expect(server.store.all('event')).toHaveLength(1)
})

test('events are those of the own organization; a deployment key may name any', async () => {
  const server = testServer()
  const other = server.store.addOrganization('Other')
  server.store.raise(other.id, 'sync.running', payload)
  const query = `/api/events?organization_id=${other.id}`
  expect((await client(server).get(query)).list).toEqual([])
  const deployment = client(server, '2025-09-18', `Bearer ${server.store.addDeploymentKey()}`)
  expect((await deployment.get(query)).list).toHaveLength(1)
  expect((await deployment.get('/api/events')).status).toBe(403)
  const partner = client(server, '2025-09-18', `Bearer ${server.store.addPartnerKey()}`)
  expect((await partner.get(query)).status).toBe(403)
})

test('there are ten types, all about executions', async () => {
  const types = (await client(testServer()).get('/api/events_types')).body['data']
  expect(types).toEqual(eventTypes)
  expect(eventTypes.every((type) => /^(bulk_)?sync\./.test(type))).toBe(true)
})
