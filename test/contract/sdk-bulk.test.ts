/** Every call of the official SDK about bulk syncs and about the schemas of connections. */
import { Polytomic, PolytomicError, type PolytomicClient } from 'polytomic'
import { expect, expectTypeOf, test } from 'vitest'
import type {
  BulkDestination,
  BulkScheduleItem,
  BulkSchema,
  BulkSource,
  BulkSync,
  SchemaStatus
} from '../../src/wire/bulk-sync.ts'
import { apiVersions } from '../../src/wire/common.ts'
import { once, startService, type Service } from './service.ts'

/** Fails the test when an answer has nothing in it. */
function present<T>(value: T | undefined | null): T {
  expect(value).toBeDefined()
  return value as T
}

interface Bulk extends Service {
  source: string
  destination: string
  request: Polytomic.CreateBulkSyncRequest
  make(sdk?: PolytomicClient): Promise<string>
}

/** HubSpot, authorized by a person, and PostgreSQL, as the quickstart has them. */
async function bulk(): Promise<Bulk> {
  const service = await startService()
  const { sdk } = service
  const hubspot = { name: 'HubSpot Connection', type: 'hubspot', configuration: {} }
  const made = present((await sdk.connections.create(hubspot, once)).data)
  await service.authorize(made.auth_url)
  const postgres = {
    name: 'Postgres Connection',
    type: 'postgresql',
    configuration: { hostname: 'localhost', port: 5432, database: 'd', username: 'u', password: 'p' }
  }
  const source = present(made.id)
  const destination = present((await sdk.connections.create(postgres, once)).data?.id)
  // The request of the SDK's own documentation, which names no mode.
  const request: Polytomic.CreateBulkSyncRequest = {
    name: 'My Bulk Sync',
    source_connection_id: source,
    destination_connection_id: destination,
    destination_configuration: { schema: 'my_schema' },
    schedule: { frequency: 'manual' }
  }
  const make: Bulk['make'] = async (client = sdk) =>
    present((await client.bulkSync.create(request, once)).data?.id)
  return { ...service, source, destination, request, make }
}

async function refusal(work: Promise<unknown>): Promise<PolytomicError> {
  try {
    await work
  } catch (error) {
    if (error instanceof PolytomicError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

test('the bulk sync of the documentation is created, read, listed, updated, activated and deleted', async () => {
  const { sdk, request } = await bulk()
  const made = present((await sdk.bulkSync.create(request, once)).data)
  const id = present(made.id)
  expect(made).toMatchObject({
    ...request,
    mode: 'replicate',
    active: false,
    discover: false,
    automatically_add_new_objects: 'none',
    automatically_add_new_fields: 'all',
    normalize_names: 'enabled',
    policies: []
  })
  expect((await sdk.bulkSync.get(id, { refresh_schemas: true }, once)).data).toEqual(made)
  expect((await sdk.bulkSync.list({}, once)).data).toEqual([made])
  expect((await sdk.bulkSync.list({ active: true }, once)).data).toEqual([])
  const schedule: Polytomic.BulkSchedule = {
    frequency: 'multi',
    multi: {
      schedules: [
        { item: 'incrementalFields', schedule: { frequency: 'continuous' } },
        { item: 'nonincrementalFields', schedule: { frequency: 'daily', hour: '05', minute: '00' } }
      ]
    }
  }
  const changed = { ...request, name: 'Renamed', schedule, active: true, discover: true }
  expect((await sdk.bulkSync.update(id, changed, once)).data).toMatchObject({ id, ...changed })
  expect((await sdk.bulkSync.activate(id, { active: false }, once)).data).toEqual({ id, active: false })
  await sdk.bulkSync.remove(id, { refresh_schemas: true }, once)
  expect(await refusal(sdk.bulkSync.get(id, {}, once))).toBeInstanceOf(Polytomic.NotFoundError)
})

test('source and destination are described', async () => {
  const { sdk, source, destination } = await bulk()
  const full = present((await sdk.bulkSync.getSource(source, { include_fields: true }, once)).data)
  expect(full.capabilities).toEqual({ supports_tracking_fields: true })
  expect(full.schemas?.[0]).toMatchObject({ id: 'contacts', name: 'Contacts' })
  expect(full.schemas?.[0]?.fields?.[0]).toMatchObject({ id: 'hs_object_id', is_primary_key: true })
  const light = present((await sdk.bulkSync.getSource(source, { include_fields: false }, once)).data)
  expect(light.schemas?.[0]).not.toHaveProperty('fields')
  const target = present((await sdk.bulkSync.getDestination(destination, once)).data)
  expect(target.modes?.map(({ id }) => id)).toEqual(['replicate'])
  expect(target.supported_resync_modes).toEqual(['refetch', 'resync', 'rebuild'])
  expect(Object.keys(present(target.configuration))).toEqual(['schema', 'mirror_schemas', 'advanced'])
})

test('the schemas of a bulk sync are listed, patched, read and replaced', async () => {
  const { sdk, make } = await bulk()
  const id = await make()
  const { schemas } = sdk.bulkSync
  expect((await schemas.list(id, {}, once)).data?.map((schema) => schema.enabled)).toEqual(
    Array.from({ length: 7 }, () => true)
  )
  const off = { id: 'deals', enabled: false }
  const patched = present((await schemas.patch(id, { schemas: [off] }, once)).data)
  expect(patched.find((schema) => schema.id === 'deals')).toMatchObject(off)
  expect((await schemas.patch(id, {}, once)).data).toEqual(patched)
  const disabled = await schemas.list(id, { filters: { enabled: 'false' } }, once)
  expect(disabled.data?.map((schema) => schema.id)).toEqual(['deals'])
  expect((await schemas.get(id, 'deals', once)).data?.fields?.[0]).toEqual({
    id: 'hs_object_id',
    enabled: true,
    obfuscated: false,
    output_name: 'hs_object_id',
    user_output_name: ''
  })
  const update: Polytomic.bulkSync.UpdateBulkSchema = {
    enabled: true,
    user_output_name: 'sales',
    tracking_field: 'closedate',
    fields: [{ id: 'dealname', enabled: true, obfuscated: true }],
    filters: [{ field_id: 'amount', function: 'GreaterThan', value: 5 }]
  }
  expect((await schemas.update(id, 'deals', update, once)).data).toMatchObject({
    id: 'deals',
    enabled: true,
    output_name: 'sales',
    tracking_field: 'closedate',
    filters: update.filters
  })
  expect((await schemas.cancel(id, 'deals', once)).data).toEqual({ message: 'no execution is running' })
  expect(await refusal(schemas.get(id, 'none', once))).toBeInstanceOf(Polytomic.NotFoundError)
  expect(await refusal(schemas.update(id, 'none', {}, once))).toBeInstanceOf(Polytomic.NotFoundError)
  const wrong = { schemas: [{ id: 'none' }] }
  expect(await refusal(schemas.patch(id, wrong, once))).toBeInstanceOf(Polytomic.BadRequestError)
})

test.each(apiVersions)('schedules are added, read, replaced and deleted in %s', async (version) => {
  const { make, as } = await bulk()
  const id = await make()
  const { schedules } = as({ version }).bulkSync
  const schedule: Polytomic.V4BulkSyncScheduleApi = {
    frequency: 'weekly',
    dayOfWeek: 'monday',
    hour: '12',
    minute: '30',
    selectiveMode: 'incrementalFields'
  }
  const made = present((await schedules.create(id, { schedule }, once)).data)
  expect(made).toMatchObject({ ...schedule, isDefault: false, syncId: id, syncMode: 'normal', schemas: [] })
  const all = present((await schedules.list(id, once)).data)
  expect(all.map(({ isDefault }) => isDefault)).toEqual([true, false])
  // The SDK's type has no id, although its own calls need one.
  const scheduleId = (made as unknown as { id: string }).id
  expect((await schedules.get(id, scheduleId, once)).data).toEqual(made)
  const replaced = await schedules.update(id, scheduleId, { schedule: { frequency: 'manual' } }, once)
  expect(replaced.data).toMatchObject({ frequency: 'manual', selectiveMode: 'none' })
  expect(replaced.data).not.toHaveProperty('dayOfWeek')
  await schedules.delete(id, scheduleId, once)
  expect(await refusal(schedules.get(id, scheduleId, once))).toBeInstanceOf(Polytomic.NotFoundError)
  const [first] = all
  const defaultId = (first as unknown as { id: string }).id
  expect(await refusal(schedules.delete(id, defaultId, once))).toBeInstanceOf(Polytomic.ForbiddenError)
  const wrong = { schedule: { frequency: 'daily' } as const }
  expect(await refusal(schedules.create(id, wrong, once))).toBeInstanceOf(Polytomic.BadRequestError)
})

test('there are no executions, and each call about them says so', async () => {
  const { sdk, make } = await bulk()
  const id = await make()
  const { executions } = sdk.bulkSync
  expect(await refusal(sdk.bulkSync.start(id, {}, once))).toBeInstanceOf(Polytomic.ConflictError)
  const both = { test: true, resync_mode: 'rebuild' } as const
  expect(await refusal(sdk.bulkSync.start(id, both, once))).toBeInstanceOf(Polytomic.BadRequestError)
  expect((await sdk.bulkSync.getStatus(id, once)).data).toEqual({ next_execution_time: null })
  expect((await sdk.bulkSync.cancel(id, once)).data).toEqual({ message: 'no execution is running' })
  const page = { limit: 100, only_terminal: true, ascending: true }
  expect(await executions.list(id, page, once)).toEqual({ data: [] })
  expect((await executions.listStatus({ all: true }, once)).data).toEqual([{ sync_id: id, schemas: [] }])
  expect((await executions.listStatus({ active: true }, once)).data).toEqual([])
  expect((await executions.listStatus({ sync_id: [id, id] }, once)).data).toHaveLength(2)
  for (const work of [
    executions.get(id, 'none', once),
    executions.cancel(id, 'none', once),
    executions.getLogs(id, 'none', once),
    executions.exportLogs(id, 'none', { notify: true }, once),
    executions.listStatus({ sync_id: 'none' }, once),
    executions.list('none', {}, once),
    sdk.bulkSync.getStatus('none', once),
    sdk.bulkSync.start('none', {}, once)
  ]) {
    expect((await refusal(work)).statusCode).toBe(404)
  }
})

test('the schemas of a connection are read and refreshed, and their keys and fields changed', async () => {
  const { sdk, destination: id } = await bulk()
  const { schemas } = sdk
  await schemas.refresh(id, once)
  expect((await schemas.getStatus(id, once)).data).toMatchObject({ cache_status: 'fresh' })
  const table = 'public.users'
  const keys = async (): Promise<unknown[]> =>
    (present((await schemas.get(id, table, once)).data).fields ?? [])
      .filter((field) => field.is_primary_key === true)
      .map((field) => field.id)
  const fields = [{ field_id: 'email', is_primary_key: true }]
  await schemas.setPrimaryKeys(id, table, { fields }, once)
  expect(await keys()).toEqual(['email'])
  await schemas.setPrimaryKeys(id, table, {}, once)
  expect(await keys()).toEqual(['id'])
  await schemas.setPrimaryKeys(id, table, { fields }, once)
  await schemas.resetPrimaryKeys(id, table, once)
  expect(await keys()).toEqual(['id'])
  const field = { field_id: 'zip', label: 'ZIP', type: 'string', path: '$.zip' }
  await schemas.upsertField(id, table, { fields: [field] }, once)
  expect((await schemas.get(id, table, once)).data?.fields?.at(-1)).toMatchObject({
    id: 'zip',
    name: 'ZIP'
  })
  await schemas.deleteField(id, table, 'zip', once)
  expect(await refusal(schemas.deleteField(id, table, 'zip', once))).toBeInstanceOf(Polytomic.NotFoundError)
  expect(await refusal(schemas.deleteField(id, table, 'id', once))).toBeInstanceOf(
    Polytomic.BadRequestError
  )
  expect(await refusal(schemas.getRecords(id, table, once))).toBeInstanceOf(Polytomic.BadRequestError)
  expect(await refusal(schemas.get(id, 'none', once))).toBeInstanceOf(Polytomic.NotFoundError)
  expect(await refusal(schemas.getStatus('none', once))).toBeInstanceOf(Polytomic.NotFoundError)
})

test('each refusal of a bulk sync is the error class that the SDK lists for it', async () => {
  const { sdk, as, request, make, source, server } = await bulk()
  const id = await make()
  const wrong = { ...request, source_connection_id: 'none' }
  expect(await refusal(sdk.bulkSync.create(wrong, once))).toBeInstanceOf(Polytomic.BadRequestError)
  expect(await refusal(sdk.bulkSync.update(id, wrong, once))).toBeInstanceOf(Polytomic.BadRequestError)
  const foreign = { ...request, organization_id: id }
  expect(await refusal(sdk.bulkSync.create(foreign, once))).toBeInstanceOf(Polytomic.ForbiddenError)
  const stranger = as({ token: 'wrong' })
  expect(await refusal(stranger.bulkSync.list({}, once))).toBeInstanceOf(Polytomic.UnauthorizedError)
  expect(await refusal(sdk.bulkSync.getDestination(source, once))).toBeInstanceOf(Polytomic.BadRequestError)
  expect((await refusal(sdk.bulkSync.remove('none', {}, once))).statusCode).toBe(404)
  expect((await refusal(sdk.bulkSync.cancel('none', once))).statusCode).toBe(404)
  const used = await refusal(sdk.connections.remove(source, {}, once))
  expect(used).toBeInstanceOf(Polytomic.UnprocessableEntityError)
  server.faults.add({ fault: 'reading-schemas' })
  const early = await refusal(sdk.bulkSync.create(request, once))
  expect(early).toBeInstanceOf(Polytomic.UnprocessableEntityError)
  expect(early.message).toContain('cache refresh in progress')
  expect((await sdk.bulkSync.list({}, once)).data).toHaveLength(1)
})

test('fifty-one bulk syncs are one list for the SDK, and two pages in 2025-09-18', async () => {
  const { sdk, make, url, server } = await bulk()
  const ids: string[] = []
  for (let count = 0; count < 51; count += 1) ids.push(await make())
  expect((await sdk.bulkSync.list({}, once)).data).toHaveLength(51)
  const headers = { authorization: `Bearer ${server.apiKey}`, 'x-polytomic-version': '2025-09-18' }
  const ask = async (token: string): Promise<{ data: { id: string }[]; next: string }> => {
    const response = await fetch(`${url}/api/bulk/syncs?page_token=${token}`, { headers })
    const page = (await response.json()) as {
      data: { id: string }[]
      pagination?: { next_page_token: string }
    }
    return { data: page.data, next: page.pagination?.next_page_token ?? '' }
  }
  const first = await ask('')
  const second = await ask(first.next)
  expect([first.data.length, second.data.length, second.next]).toEqual([50, 1, ''])
  expect(new Set([...first.data, ...second.data].map(({ id }) => id))).toEqual(new Set(ids))
})

test.each(apiVersions)('reads are understood by the SDK in version %s', async (version) => {
  const { as, make, source } = await bulk()
  const id = await make()
  const client = as({ version })
  expect((await client.bulkSync.get(id, {}, once)).data?.name).toBe('My Bulk Sync')
  expect((await client.bulkSync.list({}, once)).data?.map((one) => one.id)).toEqual([id])
  expect((await client.bulkSync.schemas.list(id, {}, once)).data).toHaveLength(7)
  expect((await client.bulkSync.getSource(source, {}, once)).data?.schemas).toHaveLength(7)
})

test('our types of the wire can be read as those of the SDK', () => {
  expectTypeOf<BulkSync['name']>().toExtend<Polytomic.BulkSyncResponse['name']>()
  expectTypeOf<keyof Polytomic.BulkSyncResponse>().toExtend<keyof BulkSync>()
  expectTypeOf<keyof Polytomic.BulkSchema>().toExtend<keyof BulkSchema>()
  expectTypeOf<keyof Polytomic.BulkSyncSource>().toExtend<keyof BulkSource>()
  expectTypeOf<keyof Polytomic.BulkSyncDest>().toExtend<keyof BulkDestination>()
  expectTypeOf<keyof Polytomic.BulkSyncSourceStatus>().toExtend<keyof SchemaStatus>()
  type Kept = Exclude<keyof Polytomic.BulkBulkSyncSchedule, 'deletedAt' | 'deletedBy'>
  expectTypeOf<Kept>().toExtend<keyof BulkScheduleItem>()
})
