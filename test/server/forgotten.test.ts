import { expect, test } from 'vitest'
import { client, testServer, tutorialSync, tutorialWorld } from './client.ts'

test('an answer is replayed for the same method and address alone', async () => {
  const server = testServer()
  const api = client(server)
  const key = { 'idempotency-key': 'one-key-for-all' }
  const made = await api.post('/api/permissions/roles', { name: 'A' }, key)
  expect((await api.post('/api/permissions/roles', { name: 'A' }, key)).text).toBe(made.text)
  const path = `/api/permissions/roles/${made.data.id}`
  const headers = { authorization: 'Bearer test-key', 'x-polytomic-version': '2025-09-18', ...key }
  const gone = await server.fetch(new Request(`http://local.test${path}`, { method: 'DELETE', headers }))
  expect([gone.status, await gone.text()]).toEqual([200, ''])
  expect((await api.get(path)).status).toBe(404)
  const policy = await api.post('/api/permissions/policies', { name: 'P' }, key)
  expect(policy.data['name']).toBe('P')
})

test.each([
  ['identities', { mappings: [] }],
  ['model_filters', { conditions: [] }],
  ['target_filters', { conditions: [] }]
])(
  'a sync with %s is refused by name where the version has it not, on create and on update',
  async (member, value) => {
    const server = testServer()
    const api = client(server, '2024-02-08')
    const sync = tutorialSync(await tutorialWorld(server, api))
    const made = await api.post('/api/syncs', sync)
    const sent = { ...sync, [member]: value }
    for (const reply of [
      await api.post('/api/syncs', sent),
      await api.put(`/api/syncs/${made.data.id}`, sent)
    ]) {
      expect([reply.status, reply.body['metadata']]).toEqual([422, { field: member }])
    }
  }
)

const names = ['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__proto__']

test.each(names)('%s is a name like any other', async (name) => {
  const server = testServer({ catalogue: { Other: { objects: {} } } })
  const api = client(server)
  const configuration = { hostname: 'h', port: 5432, database: 'd', username: 'u', password: 'p' }
  const made = await api.post('/api/connections', { name, type: 'postgresql', configuration })
  expect([made.status, made.data['name']]).toEqual([200, name])
  const model = { name, connection_id: made.data.id, configuration: { table: name } }
  expect((await api.post('/api/models', model)).status).toBe(200)
  const schema = `/api/connections/${made.data.id}/schemas/${name}`
  expect((await api.get(schema)).status).toBe(404)
  expect(
    (await api.put(`${schema}/primary_keys`, { fields: [{ field_id: name, is_primary_key: true }] })).status
  ).toBe(202)
  expect((await api.get(schema)).data).toMatchObject({
    id: name,
    fields: [{ id: name, is_primary_key: true }]
  })
  for (const reply of [
    await api.post('/api/connections', { name: 'X', type: name, configuration: {} }),
    await api.post(
      '/api/connections',
      `{"name":"Y","type":"postgresql","configuration":{"${name}":{"a":1}}}`
    ),
    await api.get(`/api/connections/${made.data.id}/modelsync/source?params[${name}]=x&${name}=y`)
  ]) {
    expect(reply.status).toBeLessThan(500)
  }
})
