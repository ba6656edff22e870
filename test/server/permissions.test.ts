import { expect, test } from 'vitest'
import { policyActions } from '../../src/wire/permission.ts'
import { apiVersions } from '../../src/wire/common.ts'
import { bulkWorld } from './bulk-world.ts'
import {
  client,
  mongo,
  testServer,
  tutorialSync,
  tutorialWorld,
  type Client,
  type Thing
} from './client.ts'

const roles = '/api/permissions/roles'
const policies = '/api/permissions/policies'

async function makeRole(api: Client, name = 'Analysts'): Promise<Thing> {
  return (await api.post(roles, { name })).data
}

/** The actions of a policy that anybody may do. */
function granted(policy: Thing): unknown[] {
  return (policy['policy_actions'] as { action: string; role_ids: string[] }[])
    .filter(({ role_ids }) => role_ids.length > 0)
    .map(({ action, role_ids }) => [action, role_ids])
}

test.each(apiVersions)('a role is created, read, listed, updated and deleted in %s', async (version) => {
  const server = testServer()
  const api = client(server, version)
  const made = await api.post(roles, { name: 'Analysts', organization_id: server.organizationId })
  const role = { id: made.data.id, name: 'Analysts', organization_id: server.organizationId, system: false }
  expect([made.status, made.data]).toEqual([200, role])
  expect((await api.get(`${roles}/${role.id}`)).data).toEqual(role)
  expect((await api.get(roles)).list).toContainEqual(role)
  const update = version === '2023-04-25' ? api.patch : api.put
  const changed = await update(`${roles}/${role.id}`, { name: 'Science', organization_id: '' })
  expect(changed.data).toEqual({ ...role, name: 'Science' })
  const gone = await api.delete(`${roles}/${role.id}`)
  expect([gone.status, gone.text]).toEqual([200, ''])
  expect((await api.get(`${roles}/${role.id}`)).status).toBe(404)
  expect((await api.delete(`${roles}/${role.id}`)).status).toBe(404)
})

test.each(apiVersions)(
  'a policy has all actions, and an update replaces who may do them in %s',
  async (version) => {
    const api = client(testServer(), version)
    const role = await makeRole(api)
    const { data } = await api.post(policies, {
      name: 'Readers',
      policy_actions: [
        { action: 'read', role_ids: [role.id] },
        { action: 'delete', role_ids: null }
      ]
    })
    expect(data).toMatchObject({ name: 'Readers', system: false, organization_id: role['organization_id'] })
    const actions = data['policy_actions'] as { action: string; role_ids: string[] }[]
    expect(actions.map(({ action }) => action)).toEqual(policyActions)
    expect(granted(data)).toEqual([['read', [role.id]]])
    const path = `${policies}/${data.id}`
    expect((await api.get(path)).data).toEqual(data)
    const update = version === '2023-04-25' ? api.patch : api.put
    const binding = { action: 'sync_to', role_ids: [role.id, role.id] }
    const changed = await update(path, { name: 'Writers', policy_actions: [binding] })
    expect([changed.data['name'], granted(changed.data)]).toEqual(['Writers', [['sync_to', [role.id]]]])
    const emptied = await update(path, { name: 'Writers' })
    expect(granted(emptied.data)).toEqual([])
    expect((await api.delete(path)).status).toBe(200)
    expect((await api.get(path)).status).toBe(404)
  }
)

test('editing is spelled edit or update, as the client spells it', async () => {
  const api = client(testServer())
  const role = await makeRole(api)
  const spelled = async (...actions: string[]): Promise<string[]> => {
    const policy_actions = actions.map((action) => ({ action, role_ids: [role.id] }))
    const { data } = await api.post(policies, { name: 'Editors', policy_actions })
    const all = data['policy_actions'] as { action: string }[]
    return all.map(({ action }) => action).filter((action) => action === 'edit' || action === 'update')
  }
  expect(await spelled()).toEqual(['update'])
  expect(await spelled('edit')).toEqual(['edit'])
  expect(await spelled('edit', 'update')).toEqual(['edit', 'update'])
})

test('built-in roles and policies cannot be changed or deleted', async () => {
  const api = client(testServer())
  const [role] = (await api.get(roles)).list
  const [policy] = (await api.get(policies)).list
  for (const path of [`${roles}/${role?.id}`, `${policies}/${policy?.id}`]) {
    const refused = await api.put(path, { name: 'Mine' })
    expect([refused.status, refused.body['message']]).toEqual([403, expect.stringContaining('is built in')])
    expect((await api.delete(path)).status).toBe(403)
    expect((await api.get(path)).data['name']).not.toBe('Mine')
  }
})

test.each([
  [roles, {}, 'name is required'],
  [roles, { name: '' }, 'name must not be empty'],
  [policies, { policy_actions: [] }, 'name is required'],
  [policies, { name: 'P', policy_actions: [{ role_ids: [] }] }, 'policy_actions[0].action is required'],
  [
    policies,
    { name: 'P', policy_actions: [{ action: 'reed' }] },
    `policy_actions[0].action must be one of ${[...policyActions, 'edit'].join(', ')}`
  ],
  [
    policies,
    { name: 'P', policy_actions: [{ action: 'read', role_ids: ['none'] }] },
    'policy_actions[0].role_ids[0] is not a role: none'
  ]
])('POST %s refuses %o', async (path, body, message) => {
  const reply = await client(testServer()).post(path, body)
  expect([reply.status, reply.body['message']]).toEqual([400, message])
})

test('a policy goes on naming a role that is gone, and can still be updated', async () => {
  const api = client(testServer())
  const role = await makeRole(api)
  const body = { name: 'Readers', policy_actions: [{ action: 'read', role_ids: [role.id] }] }
  const { data } = await api.post(policies, body)
  await api.delete(`${roles}/${role.id}`)
  const read = (await api.get(`${policies}/${data.id}`)).data
  expect(granted(read)).toEqual([['read', [role.id]]])
  expect((await api.put(`${policies}/${data.id}`, read)).data).toEqual(read)
  expect((await api.post(policies, body)).status).toBe(400)
})

test('what a deleted policy was attached to is without it, and can be updated', async () => {
  const server = testServer()
  const api = client(server)
  const world = await tutorialWorld(server, api)
  const { data: policy } = await api.post(policies, { name: 'Readers' })
  const other = (await api.get(policies)).list.find((one) => one['name'] === 'Models')
  const attached = { policies: [policy.id, other?.id] }
  await api.put(`/api/connections/${world.mongo.id}`, { ...mongo, ...attached })
  const made = await api.post('/api/syncs', tutorialSync(world, attached))
  expect((await api.delete(`${policies}/${policy.id}`)).status).toBe(200)
  expect((await api.get(`/api/connections/${world.mongo.id}`)).data['policies']).toEqual([other?.id])
  expect((await api.get(`/api/syncs/${made.data.id}`)).data['policies']).toEqual([other?.id])
})

test('a deleted policy is taken from bulk syncs, too', async () => {
  const world = await bulkWorld()
  const { data: policy } = await world.api.post(policies, { name: 'Readers' })
  const { id } = await world.make({ policies: [policy.id] })
  const read = async (): Promise<unknown> => (await world.api.get(`/api/bulk/syncs/${id}`)).data['policies']
  expect(await read()).toEqual([policy.id])
  await world.api.delete(`${policies}/${policy.id}`)
  expect(await read()).toEqual([])
})

test('roles and policies of other organizations are not there', async () => {
  const server = testServer()
  const role = await makeRole(client(server))
  const other = client(server, '2025-09-18', `Bearer ${server.store.addOrganization('Other').key}`)
  expect((await other.get(`${roles}/${role.id}`)).status).toBe(404)
  expect((await other.put(`${roles}/${role.id}`, { name: 'X' })).status).toBe(404)
  const named = await other.post(roles, { name: 'X', organization_id: server.organizationId })
  expect(named.status).toBe(403)
  const policy = { name: 'P', policy_actions: [{ action: 'read', role_ids: [role.id] }] }
  expect((await other.post(policies, policy)).status).toBe(400)
})
