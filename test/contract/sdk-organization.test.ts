import { Polytomic, PolytomicError } from 'polytomic'
import { expect, expectTypeOf, test } from 'vitest'
import { apiVersions } from '../../src/wire/common.ts'
import type { Organization } from '../../src/wire/organization.ts'
import type { Policy, Role } from '../../src/wire/permission.ts'
import type { User } from '../../src/wire/user.ts'
import type { Webhook } from '../../src/wire/webhook.ts'
import { once, startService, type Service } from './service.ts'

/** What a call of the SDK is refused with. */
async function refusal(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work
  } catch (error) {
    return error
  }
}

function partnerOf({ server, as }: Service): Service['sdk'] {
  return as({ token: server.store.addPartnerKey(), version: '2025-09-18' })
}

test('roles: every call, and its errors', async () => {
  const { sdk, server } = await startService()
  const { roles } = sdk.permissions
  const { data: role } = await roles.create({ name: 'Analysts' }, once)
  const id = String(role?.id)
  expect(role).toEqual({ id, name: 'Analysts', organization_id: server.organizationId, system: false })
  expect((await roles.get(id, once)).data).toEqual(role)
  expect((await roles.list(once)).data).toContainEqual(role)
  expect((await roles.update(id, { name: 'Science' }, once)).data).toEqual({ ...role, name: 'Science' })
  const admin = (await roles.list(once)).data?.find(({ system }) => system)?.id ?? ''
  expect(await refusal(roles.remove(admin, once))).toBeInstanceOf(Polytomic.ForbiddenError)
  expect(await refusal(roles.create({ name: '' }, once))).toBeInstanceOf(Polytomic.BadRequestError)
  await roles.remove(id, once)
  expect(await refusal(roles.get(id, once))).toBeInstanceOf(Polytomic.NotFoundError)
})

test('policies: every call, and its errors', async () => {
  const { sdk } = await startService()
  const { policies, roles } = sdk.permissions
  const role = String((await roles.create({ name: 'Analysts' }, once)).data?.id)
  const request = { name: 'Readers', policy_actions: [{ action: 'read', role_ids: [role] }] }
  const { data: policy } = await policies.create(request, once)
  const id = String(policy?.id)
  expect(policy?.policy_actions).toContainEqual({ action: 'read', role_ids: [role] })
  expect(policy?.policy_actions).toContainEqual({ action: 'create', role_ids: [] })
  expect((await policies.get(id, once)).data).toEqual(policy)
  expect((await policies.list(once)).data).toContainEqual(policy)
  const updated = (await policies.update(id, { name: 'Nobody' }, once)).data
  expect(updated?.policy_actions).not.toContainEqual({ action: 'read', role_ids: [role] })
  const builtIn = (await policies.list(once)).data?.find(({ system }) => system)?.id ?? ''
  expect(await refusal(policies.update(builtIn, request, once))).toBeInstanceOf(Polytomic.ForbiddenError)
  const unknown = { name: 'P', policy_actions: [{ action: 'fly' }] }
  expect(await refusal(policies.create(unknown, once))).toBeInstanceOf(Polytomic.BadRequestError)
  await policies.remove(id, once)
  expect(await refusal(policies.get(id, once))).toBeInstanceOf(Polytomic.NotFoundError)
})

test('organizations, users and keys: every call of a partner, and its errors', async () => {
  const service = await startService()
  const { organization, users } = partnerOf(service)
  const made = (await organization.create({ name: 'Acme', sso_domain: 'acme.example' }, once)).data
  const id = String(made?.id)
  expect(made).toEqual({ id, name: 'Acme', sso_domain: 'acme.example' })
  expect((await organization.get(id, once)).data).toEqual(made)
  expect((await organization.list(once)).data?.map(({ name }) => name)).toEqual(['Local', 'Acme'])
  expect((await organization.update(id, { name: 'Acme Inc' }, once)).data).toEqual({ id, name: 'Acme Inc' })

  const user = (await users.create(id, { email: 'Root@acme.example', role: 'admin' }, once)).data
  const userId = String(user?.id)
  expect(user).toMatchObject({ email: 'root@acme.example', role: 'admin', organization_id: id })
  expect((await users.get(userId, id, once)).data).toEqual(user)
  expect((await users.list(id, once)).data).toEqual([user])
  const changed = await users.update(userId, id, { email: 'root@acme.example', role: 'user' }, once)
  expect(changed.data?.role).toBe('user')
  const key = (await users.createApiKey(id, userId, {}, once)).data?.value
  const root = service.as({ token: String(key) })
  expect((await root.identity.get(once)).data).toMatchObject({ email: 'root@acme.example', is_user: true })
  await users.createApiKey(id, userId, { force: true }, once)
  expect(await refusal(root.identity.get(once))).toBeInstanceOf(Polytomic.UnauthorizedError)

  expect((await users.remove(userId, id, once)).data?.id).toBe(userId)
  expect(await refusal(users.get(userId, id, once))).toBeInstanceOf(Polytomic.NotFoundError)
  expect(await refusal(users.create(id, { email: 'x' }, once))).toBeInstanceOf(
    Polytomic.UnprocessableEntityError
  )
  expect(await refusal(organization.create({ name: 'Local' }, once))).toBeInstanceOf(
    Polytomic.ConflictError
  )
  expect(await refusal(organization.remove(service.server.organizationId, once))).toBeInstanceOf(
    Polytomic.ForbiddenError
  )
  await organization.remove(id, once)
  expect(await refusal(organization.get(id, once))).toBeInstanceOf(Polytomic.NotFoundError)
})

test('a user key is refused where only a partner may', async () => {
  const { as, server } = await startService()
  for (const version of apiVersions) {
    const { organization, users } = as({ version })
    for (const work of [
      organization.create({ name: 'Mine' }, once),
      organization.remove(server.organizationId, once),
      users.createApiKey(server.organizationId, 'any', {}, once)
    ]) {
      const error = await refusal(work)
      expect([error instanceof PolytomicError, (error as PolytomicError).statusCode]).toEqual([true, 403])
    }
  }
})

test('global error subscribers and webhooks: every call, and its errors', async () => {
  const { sdk, server } = await startService()
  const { notifications, webhooks } = sdk
  expect(await notifications.getGlobalErrorSubscribers(once)).toEqual({ emails: [] })
  const emails = ['Ada@Example.com']
  expect(await notifications.setGlobalErrorSubscribers({ emails }, once)).toEqual({ emails })
  expect(await notifications.getGlobalErrorSubscribers(once)).toEqual({ emails })
  expect(await notifications.setGlobalErrorSubscribers({}, once)).toEqual({ emails: [] })

  const hook = { endpoint: 'https://hooks.example', secret: 's' }
  const made = (await webhooks.create(hook, once)).data
  const id = String(made?.id)
  expect(made).toMatchObject({ ...hook, disabled: false, organization_id: server.organizationId })
  expect((await webhooks.get(id, once)).data).toEqual(made)
  expect((await webhooks.list(once)).data).toEqual([made])
  expect((await webhooks.disable(id, once)).data?.disabled).toBe(true)
  expect((await webhooks.enable(id, once)).data?.disabled).toBe(false)
  expect((await webhooks.update(id, { ...hook, secret: 't' }, once)).data?.secret).toBe('t')
  expect(await refusal(webhooks.create(hook, once))).toBeInstanceOf(Polytomic.UnprocessableEntityError)
  await webhooks.remove(id, once)
  expect(await refusal(webhooks.get(id, once))).toBeInstanceOf(Polytomic.NotFoundError)
})

test('our types of the organization can be read as those of the SDK', () => {
  expectTypeOf<Role>().toExtend<Polytomic.RoleResponse>()
  expectTypeOf<Policy>().toExtend<Polytomic.PolicyResponse>()
  expectTypeOf<Omit<User, 'role_ids'>>().toExtend<Polytomic.User>()
  expectTypeOf<Organization>().toExtend<Polytomic.Organization>()
  expectTypeOf<Webhook>().toExtend<Polytomic.Webhook>()
})
