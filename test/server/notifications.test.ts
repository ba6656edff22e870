import { expect, test } from 'vitest'
import { apiVersions } from '../../src/wire/common.ts'
import { client, testServer } from './client.ts'

const path = '/api/notifications/global-error-subscribers'

test.each(apiVersions)('subscribers are bare, and replaced as a whole in %s', async (version) => {
  const api = client(testServer(), version)
  expect((await api.get(path)).body).toEqual({ emails: [] })
  const emails = ['Ada@Example.com', 'bob@example.com']
  expect((await api.put(path, { emails })).body).toEqual({ emails })
  expect((await api.get(path)).body).toEqual({ emails })
  expect((await api.put(path, { emails: ['bob@example.com'] })).body).toEqual({
    emails: ['bob@example.com']
  })
})

test.each([[{}], [{ emails: null }], [{ emails: [] }]])('%o means nobody', async (body) => {
  const api = client(testServer())
  await api.put(path, { emails: ['a@b.c'] })
  expect((await api.put(path, body)).body).toEqual({ emails: [] })
  expect((await api.get(path)).body).toEqual({ emails: [] })
})

test.each([
  [{ emails: 'a@b.c' }, 'emails must be array or null'],
  [{ emails: [1] }, 'emails[0] must be string'],
  [{ emails: ['a@b.c', 'nobody'] }, 'emails[1] must be an e-mail address']
])('%o is refused, and changes nothing', async (body, message) => {
  const api = client(testServer())
  await api.put(path, { emails: ['x@y.z'] })
  const reply = await api.put(path, body)
  expect([reply.status, reply.body['message']]).toEqual([400, message])
  expect((await api.get(path)).body).toEqual({ emails: ['x@y.z'] })
})

test('each organization has its own', async () => {
  const server = testServer()
  await client(server).put(path, { emails: ['a@b.c'] })
  const other = client(server, '2025-09-18', `Bearer ${server.store.addOrganization('Other').key}`)
  expect((await other.get(path)).body).toEqual({ emails: [] })
})
