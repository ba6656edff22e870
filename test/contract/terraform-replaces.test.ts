/** What an update of the official Terraform provider leaves out is taken away. Over a socket, as it calls. */
import { expect, test } from 'vitest'
import { startService, type Service } from './service.ts'

/** Each call carries these, those without a body too. */
function call({ url, server }: Service, method: string, path: string, body?: object): Promise<Response> {
  return fetch(`${url}${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${server.apiKey}`,
      'Accept-Encoding': 'gzip',
      'Content-Type': 'application/json',
      'User-Agent': 'polytomic-terraform-provider',
      'X-Fern-Language': 'Go',
      'X-Fern-SDK-Name': 'github.com/polytomic/polytomic-go',
      'X-Fern-SDK-Version': 'v1.16.1',
      'X-Polytomic-Version': '2024-02-08'
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) })
  })
}

async function answered(response: Response): Promise<Record<string, unknown>> {
  const { data, ...rest } = (await response.json()) as { data?: Record<string, unknown> }
  expect(response.status, JSON.stringify(rest)).toBe(200)
  return data ?? {}
}

async function made(service: Service): Promise<{ body: object; model: unknown }> {
  const connection = await answered(
    await call(service, 'POST', '/api/connections', {
      configuration: { database: 'polytomic', hostname: 'h', password: 'p', port: 5432, username: 'u' },
      name: 'N-postgres',
      type: 'postgresql',
      validate: false
    })
  )
  const model = await answered(
    await call(service, 'POST', '/api/models', {
      configuration: { query: 'SELECT email FROM polytomic.sync_test_source' },
      connection_id: connection['id'],
      name: 'N-model'
    })
  )
  const body = {
    active: false,
    fields: [{ source: { field: 'email', model_id: model['id'] }, target: 'email' }],
    mode: 'replace',
    name: 'N',
    schedule: { frequency: 'manual' },
    target: { connection_id: connection['id'], object: 'polytomic.sync_test_target' }
  }
  return { body, model: model['id'] }
}

const parts: [string, (model: unknown) => object, string, unknown][] = [
  [
    'filters',
    (model) => ({
      filters: [
        {
          field: { field: 'email', model_id: model },
          field_type: 'Model',
          function: 'IsNotNull',
          label: ''
        }
      ]
    }),
    'filters',
    []
  ],
  [
    'filter_logic',
    (model) => ({
      filters: ['IsNotNull', 'IsNull'].map((name) => ({
        field: { field: 'email', model_id: model },
        field_type: 'Model',
        function: name,
        label: ''
      })),
      filter_logic: 'A OR B'
    }),
    'filter_logic',
    undefined
  ],
  [
    'overrides',
    (model) => ({
      overrides: [{ field: { field: 'email', model_id: model }, function: 'IsNull', override: 'none' }]
    }),
    'overrides',
    []
  ]
]

test.each(parts)('an update without %s clears them', async (_name, part, member, cleared) => {
  const service = await startService()
  const { body, model } = await made(service)
  const first = await answered(await call(service, 'POST', '/api/syncs', { ...body, ...part(model) }))
  expect(first[member]).toBeDefined()
  expect(first[member]).not.toEqual(cleared)
  const path = `/api/syncs/${String(first['id'])}`
  const update = {
    ...body,
    only_enrich_updates: false,
    organization_id: service.server.organizationId,
    skip_initial_backfill: false,
    sync_all_records: false
  }
  await answered(await call(service, 'PUT', path, update))
  expect((await answered(await call(service, 'GET', path)))[member]).toEqual(cleared)
})

test('an override without a source comes back among the fields, and goes with the next update', async () => {
  const service = await startService()
  const { body } = await made(service)
  const override_fields = [{ target: 'first_name', override_value: 'x' }]
  const { id } = await answered(await call(service, 'POST', '/api/syncs', { ...body, override_fields }))
  const path = `/api/syncs/${String(id)}`
  const fields = async (): Promise<unknown> => (await answered(await call(service, 'GET', path)))['fields']
  expect(await fields()).toContainEqual(expect.objectContaining(override_fields[0]))
  await answered(await call(service, 'PUT', path, body))
  expect(await fields()).toHaveLength(1)
})
