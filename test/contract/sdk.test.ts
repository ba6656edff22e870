import { Polytomic, PolytomicError, type PolytomicClient } from 'polytomic'
import { expect, expectTypeOf, test } from 'vitest'
import type { ConnectionReply } from '../../src/wire/connection.ts'
import { apiVersions } from '../../src/wire/common.ts'
import type { Model } from '../../src/wire/model.ts'
import type { Sync } from '../../src/wire/sync.ts'
import { once, startService } from './service.ts'

const mongo = {
  name: 'MongoDB Connection',
  type: 'mongodb',
  configuration: { hosts: 'example.mongodb.net', username: 'user', password: 'secret' }
}
const users = { database: 'example', collection: 'users' }

/** Fails the test when an answer has nothing in it. */
function present<T>(value: T | undefined | null): T {
  expect(value).toBeDefined()
  return value as T
}

async function makeModel(sdk: PolytomicClient): Promise<{ connectionId: string; modelId: string }> {
  const connection = present((await sdk.connections.create(mongo, once)).data)
  const connectionId = present(connection.id)
  const body = { name: 'Users', connection_id: connectionId, configuration: users }
  const model = await sdk.models.create({ body }, once)
  return { connectionId, modelId: present(model.data?.id) }
}

test('the SDK knows who it is, without naming a version', async () => {
  const { sdk, server } = await startService()
  expect((await sdk.identity.get(once)).data).toMatchObject({
    organization_id: server.organizationId,
    is_user: true,
    is_partner: false
  })
})

test('a connection is created, read, listed, updated and deleted', async () => {
  const { sdk } = await startService()
  const made = present((await sdk.connections.create(mongo, once)).data)
  const id = present(made.id)
  expect(made.configuration).toEqual({ ...mongo.configuration, password: '********' })
  expect((await sdk.connections.get(id, once)).data).toMatchObject({
    id,
    name: mongo.name,
    status: 'healthy'
  })
  expect((await sdk.connections.list(once)).data?.map((one) => one.id)).toEqual([id])
  const changed = { name: 'Renamed', configuration: { hosts: 'other', password: '********' } }
  expect((await sdk.connections.update(id, changed, once)).data).toMatchObject({
    name: 'Renamed',
    configuration: { hosts: 'other', password: '********' }
  })
  await sdk.connections.remove(id, {}, once)
  await expect(sdk.connections.get(id, once)).rejects.toBeInstanceOf(Polytomic.NotFoundError)
})

test('a model is created, read, listed, updated and deleted', async () => {
  const { sdk } = await startService()
  const { connectionId, modelId } = await makeModel(sdk)
  const read = present((await sdk.models.get(modelId, {}, once)).data)
  expect(read).toMatchObject({ id: modelId, type: 'mongodb', version: 1, configuration: users })
  expect(read.fields?.map((field) => field.name)).toContain('email')
  expect((await sdk.models.list(once)).data).toEqual([read])
  const changed = { name: 'People', connection_id: connectionId, configuration: users, fields: ['email'] }
  const updated = present((await sdk.models.update(modelId, changed, once)).data)
  expect([updated.name, updated.fields?.length, updated.version]).toEqual(['People', 1, 2])
  await sdk.models.remove(modelId, {}, once)
  await expect(sdk.models.get(modelId, {}, once)).rejects.toBeInstanceOf(Polytomic.NotFoundError)
})

test('a sync is created, read, listed, updated, activated and deleted', async () => {
  const { sdk, authorize } = await startService()
  const { modelId: model_id } = await makeModel(sdk)
  const target = present(
    (
      await sdk.connections.create(
        { name: 'CRM', type: 'salesforce', configuration: { domain: 'd' } },
        once
      )
    ).data
  )
  await authorize(target.auth_url)
  const request: Polytomic.CreateModelSyncRequest = {
    name: 'Users to contacts',
    mode: Polytomic.ModelSyncMode.UpdateOrCreate,
    active: false,
    identity: { source: { model_id, field: 'email' }, target: 'Email', function: 'Equality' },
    fields: [{ source: { model_id, field: 'last_name' }, target: 'LastName' }],
    filters: [{ field: { model_id, field: 'email' }, field_type: 'Model', function: 'IsNotNull' }],
    schedule: { frequency: 'daily', hour: '10', minute: '30' },
    target: { connection_id: present(target.id), object: 'Contact' }
  }
  const made = present((await sdk.modelSync.create(request, once)).data)
  const id = present(made.id)
  expect(made).toMatchObject({ ...request, filters: [{ label: 'A' }], model_ids: [model_id] })
  expect((await sdk.modelSync.get(id, once)).data).toEqual(made)
  expect((await sdk.modelSync.list({}, once)).data).toEqual([made])
  expect((await sdk.modelSync.list({ active: true }, once)).data).toEqual([])
  const { filters: _none, ...bare } = request
  const updated = present((await sdk.modelSync.update(id, { ...bare, name: 'Renamed' }, once)).data)
  expect(updated).toMatchObject({ name: 'Renamed', filters: [], schedule: { hour: '10', minute: '30' } })
  expect((await sdk.modelSync.activate(id, { active: true }, once)).data).toEqual({ id, active: true })
  expect((await sdk.modelSync.getStatus(id, once)).data).toEqual({ next_execution_time: null })
  await expect(sdk.modelSync.start(id, {}, once)).rejects.toBeInstanceOf(Polytomic.ConflictError)
  await sdk.modelSync.remove(id, once)
  await expect(sdk.modelSync.get(id, once)).rejects.toBeInstanceOf(Polytomic.NotFoundError)
})

test('sources and targets are enumerated, with the parameters as the SDK encodes them', async () => {
  const { sdk } = await startService()
  const { connectionId } = await makeModel(sdk)
  const source = await sdk.modelSync.getSource(connectionId, { params: { database: ['example'] } }, once)
  expect(source.data?.items?.['collection']?.items).toEqual(['users', 'orders'])
  const params = { database: ['example'], collection: ['orders'] }
  const fields = await sdk.modelSync.getSourceFields(connectionId, { params }, once)
  expect(fields.data?.map((field) => field.name)).toContain('amount')
  const targets = await sdk.modelSync.targets.list(connectionId, once)
  expect(targets.data?.map((target) => target.id)).toContain('example.users')
  const target = await sdk.modelSync.targets.getTargetFields(
    connectionId,
    { target: 'example.users' },
    once
  )
  expect(target.data?.modes?.map((mode) => mode.mode)).toContain('updateOrCreate')
  expect((await sdk.modelSync.getScheduleOptions(once)).data?.schedule_options).toHaveLength(9)
})

test('types, roles, policies, events and jobs are read', async () => {
  const { sdk } = await startService()
  expect((await sdk.connections.getTypes(once)).data).toHaveLength(226)
  const schema = await sdk.connections.getConnectionTypeSchema('mongodb', once)
  expect(schema).toMatchObject({ type: 'object', required: ['hosts'] })
  expect((await sdk.permissions.roles.list(once)).data?.map((role) => role.name)).toContain('Admin')
  const [policy] = present((await sdk.permissions.policies.list(once)).data)
  expect((await sdk.permissions.policies.get(present(policy?.id), once)).data).toEqual(policy)
  expect((await sdk.events.list({}, once)).data).toEqual([])
  await expect(sdk.jobs.get('none', 'createmodel', once)).rejects.toBeInstanceOf(Polytomic.NotFoundError)
})

test('what is wrong comes as the error class of the SDK, with words', async () => {
  const { sdk, as } = await startService()
  const refusal = async (work: Promise<unknown>): Promise<unknown> => {
    try {
      return await work
    } catch (error) {
      return error
    }
  }
  const wrongKey = await refusal(as({ token: 'wrong' }).connections.list(once))
  expect(wrongKey).toBeInstanceOf(Polytomic.UnauthorizedError)
  expect((wrongKey as PolytomicError).body).toMatchObject({ code: 401, error: 'the API key is not valid' })
  const invalid = await refusal(sdk.connections.create({ ...mongo, configuration: { hostz: 'a' } }, once))
  expect(invalid).toBeInstanceOf(Polytomic.UnprocessableEntityError)
  expect((invalid as PolytomicError).body).toMatchObject({
    status: 422,
    message: 'configuration.hostz is not a field of this connection type'
  })
  const body = { name: 'M', connection_id: 'none', configuration: {} }
  expect(await refusal(sdk.models.create({ body }, once))).toBeInstanceOf(Polytomic.BadRequestError)
  const latest = as({ version: '2025-09-18' })
  expect(await refusal(latest.organization.list(once))).toBeInstanceOf(PolytomicError)
  const { connectionId } = await makeModel(sdk)
  const used = await refusal(sdk.connections.remove(connectionId, {}, once))
  expect(used).toBeInstanceOf(Polytomic.UnprocessableEntityError)
  await sdk.connections.remove(connectionId, { force: true }, once)
})

test('a list is read to its end: in one answer by the SDK, page by page in 2025-09-18', async () => {
  const { sdk, url, server } = await startService()
  const { connectionId, modelId: model_id } = await makeModel(sdk)
  const names = Array.from({ length: 60 }, (_, index) => `Sync ${index}`)
  for (const name of names) {
    await sdk.modelSync.create(
      {
        name,
        mode: Polytomic.ModelSyncMode.Replace,
        fields: [{ source: { model_id, field: 'email' }, target: 'email' }],
        schedule: { frequency: 'manual' },
        target: { connection_id: connectionId, object: 'example.copies' }
      },
      once
    )
  }
  expect((await sdk.modelSync.list({}, once)).data).toHaveLength(60)
  const seen: string[] = []
  let token: string | undefined = ''
  let pages = 0
  while (token !== undefined) {
    const query: string = token === '' ? '' : `?page_token=${encodeURIComponent(token)}`
    const response = await fetch(`${url}/api/syncs${query}`, {
      headers: { authorization: `Bearer ${server.apiKey}`, 'x-polytomic-version': '2025-09-18' }
    })
    const page = (await response.json()) as {
      data: { name: string }[]
      pagination?: { next_page_token: string }
    }
    seen.push(...page.data.map(({ name }) => name))
    token = page.pagination?.next_page_token
    pages += 1
  }
  expect([pages, new Set(seen)]).toEqual([2, new Set(names)])
})

test('a lost response is a socket that dies: the SDK gives up, and the thing is there', async () => {
  const { sdk, server } = await startService()
  server.faults.add({ fault: 'lost-response', on: 'POST /api/connections' })
  await expect(sdk.connections.create(mongo)).rejects.toThrow(/socket hang up|ECONNRESET/)
  expect((await sdk.connections.list()).data).toHaveLength(1)
})

test('an error after the effect makes the SDK try again, and meet its own first attempt', async () => {
  const { sdk, server } = await startService()
  server.faults.add({ fault: 'error-after', on: 'POST /api/connections' })
  await expect(sdk.connections.create(mongo)).rejects.toBeInstanceOf(Polytomic.UnprocessableEntityError)
  expect(server.requests.map(({ status }) => status)).toEqual([500, 422])
  expect(server.store.all('connection')).toHaveLength(1)
})

test('retries of the SDK get through an error before the effect, and a busy service', async () => {
  const { sdk, server } = await startService()
  server.faults.add({ fault: 'error-before' }, { fault: 'too-many-requests', retryAfter: 1, skip: 1 })
  expect((await sdk.connections.create(mongo)).data?.name).toBe(mongo.name)
  expect(server.requests.map(({ status }) => status)).toEqual([500, 429, 200])
})

test.each(apiVersions)('reads are understood by the SDK in version %s', async (version) => {
  const { as, sdk } = await startService()
  const { connectionId, modelId } = await makeModel(sdk)
  const client = as({ version })
  expect((await client.connections.get(connectionId, once)).data?.id).toBe(connectionId)
  expect((await client.models.list(once)).data?.map((model) => model.id)).toEqual([modelId])
  expect((await client.modelSync.list({}, once)).data).toEqual([])
})

test('our types of the wire can be read as those of the SDK', () => {
  expectTypeOf<ConnectionReply['configuration']>().toExtend<
    Polytomic.CreateConnectionResponseSchema['configuration']
  >()
  expectTypeOf<ConnectionReply['auth_url']>().toExtend<
    Polytomic.CreateConnectionResponseSchema['auth_url']
  >()
  expectTypeOf<Model['version']>().toExtend<Polytomic.ModelResponse['version']>()
  expectTypeOf<Model['fields'][number]['name']>().toExtend<NonNullable<Polytomic.ModelField['name']>>()
  expectTypeOf<Sync['schedule']['hour']>().toExtend<Polytomic.Schedule['hour'] | null>()
})
