/**
 * What the official Terraform provider sends and reads of roles, policies, users, organizations and
 * subscribers. It speaks 2024-02-08.
 */
import { expect, test } from 'vitest'
import type { LocalServer } from '../../src/server/index.ts'
import { client } from './over-a-socket.ts'
import { testServer, type Client } from '../server/client.ts'

const version = '2024-02-08'

/** A partner key acting in one organization, as the provider sends it. */
function acting(server: LocalServer, organization: string): Client {
  const key = Buffer.from(`${organization}:${server.store.addPartnerKey()}`).toString('base64')
  return client(server, version, `Basic ${key}`)
}

test('a role is renamed by a body with an empty organization, and found by its name in any case', async () => {
  const api = client(testServer(), version)
  const { data } = await api.post('/api/permissions/roles', { name: 'N' })
  const renamed = await api.put(`/api/permissions/roles/${data.id}`, { name: 'X', organization_id: '' })
  expect(renamed.data).toMatchObject({ id: data.id, name: 'X', system: false })
  expect(renamed.data['organization_id']).toMatch(/^[0-9a-f-]{36}$/)
  const roles = (await api.get('/api/permissions/roles')).list
  expect(roles.filter((role) => String(role['name']).toLowerCase() === 'admin')).toHaveLength(1)
})

test('a policy comes back with what was sent, and other actions that nobody may do', async () => {
  const api = client(testServer(), version)
  const { data: role } = await api.post('/api/permissions/roles', { name: 'N' })
  const policy_actions = [
    { action: 'apply_policy', role_ids: [role.id] },
    { action: 'read', role_ids: [role.id] }
  ]
  const { data } = await api.post('/api/permissions/policies', { name: 'P', policy_actions })
  const answered = data['policy_actions'] as { action: string; role_ids: string[] }[]
  expect(answered.filter(({ role_ids }) => role_ids.length > 0)).toEqual(
    expect.arrayContaining(policy_actions)
  )
  expect(answered.length).toBeGreaterThan(2)
  const path = `/api/permissions/policies/${data.id}`
  const updated = await api.put(path, {
    name: 'P',
    organization_id: '',
    policy_actions: [{ action: 'read' }]
  })
  expect(
    (updated.data['policy_actions'] as typeof answered).every((one) => one.role_ids.length === 0)
  ).toBe(true)
  expect((await api.delete(path)).status).toBe(200)
})

test('a user is made, read by a partner key that acts in the organization, and deleted with a body', async () => {
  const server = testServer()
  const users = `/api/organizations/${server.organizationId}/users`
  for (const api of [client(server, version), acting(server, server.organizationId)]) {
    const { data } = await api.post(users, { email: 'Ada@Example.com', role: 'Admin' })
    expect(data).toMatchObject({ email: 'ada@example.com', role: 'admin' })
    expect((await api.get(`${users}/${data.id}`)).data.id).toBe(data.id)
    const updated = await api.put(`${users}/${data.id}`, { email: 'Ada@Example.com', role: 'user' })
    expect(updated.data).toMatchObject({ id: data.id, email: 'ada@example.com', role: 'user' })
    const emails = (await api.get(users)).list.map((user) => user['email'])
    expect(emails).toContain('ada@example.com')
    const gone = await api.delete(`${users}/${data.id}`)
    expect([gone.status, gone.data.id]).toEqual([200, data.id])
    expect((await api.get(`${users}/${data.id}`)).status).toBe(404)
  }
})

test('an organization is managed with the bare partner key, and used with the key of its choice', async () => {
  const server = testServer()
  const partner = client(server, version, `Bearer ${server.store.addPartnerKey()}`)
  const { data } = await partner.post('/api/organizations', { name: 'Acme', sso_domain: 'acme.example' })
  expect(data).toEqual({ id: data.id, name: 'Acme', sso_domain: 'acme.example' })
  const renamed = await partner.put(`/api/organizations/${data.id}`, { name: 'Acme Inc' })
  expect(renamed.data).toEqual({ id: data.id, name: 'Acme Inc' })
  const inside = acting(server, data.id)
  expect((await inside.get('/api/me')).data['organization_id']).toBe(data.id)
  const connection = { name: 'I', type: 'intercom', validate: false }
  expect((await inside.post('/api/connections', connection)).data['organization_id']).toBe(data.id)
  expect((await partner.delete(`/api/organizations/${data.id}`)).status).toBe(200)
  expect((await partner.get(`/api/organizations/${data.id}`)).status).toBe(404)
})

test('subscribers keep their case, and an empty object clears them', async () => {
  const api = client(testServer(), version)
  const path = '/api/notifications/global-error-subscribers'
  const emails = ['Ada@Example.com', 'bob@example.com']
  expect((await api.put(path, { emails })).body).toEqual({ emails })
  expect((await api.get(path)).body).toEqual({ emails })
  const cleared = await api.put(path, {})
  expect([cleared.status, cleared.body]).toEqual([200, { emails: [] }])
})
