/** Addresses and members that official clients of the same versions use, beyond what most of them share. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { apiVersions } from '../../src/wire/common.ts'
import { client } from './over-a-socket.ts'
import { postgres, testServer } from '../server/client.ts'
import { warehouse } from '../server/warehouse.ts'

const csv = { name: 'Rows: of/ours', type: 'csv', configuration: { url: 'https://x.example/a.csv' } }

function names(fields: unknown): string[] {
  return (fields as { id: string; name: string }[]).map(({ id, name }) => `${id}=${name}`)
}

test.each(['csv', 'Rows: of%2Four'])(
  'a csv connection has the schema data, with fields of %s.json',
  async (file) => {
    const directory = mkdtempSync(join(tmpdir(), 'polyctl-csv-'))
    onTestFinished(() => rmSync(directory, { recursive: true }))
    mkdirSync(join(directory, 'catalogue'))
    const fields = { first_name: 'string', Age: 'number' }
    const text = JSON.stringify({ objects: { data: { fields } } })
    writeFileSync(join(directory, 'catalogue', `${file}.json`), text)
    const server = testServer({ directory })
    onTestFinished(() => server.close())
    for (const version of apiVersions) {
      const api = client(server, version)
      const made = await api.post('/api/connections', {
        ...csv,
        name: file === 'csv' ? version : 'Rows: of/our'
      })
      const id = made.status === 200 ? made.data.id : (await api.get('/api/connections')).list[0]?.id
      const schema = await api.get(`/api/connections/${id}/schemas/data`)
      expect([schema.status, schema.data.id]).toEqual([200, 'data'])
      // Columns are called what they are called.
      expect(names(schema.data['fields'])).toEqual(['first_name=first_name', 'Age=Age'])
      const path = `/api/connections/${id}/schemas/data/primary_keys`
      const keys = await api.put(path, { fields: [{ field_id: 'first_name', is_primary_key: true }] })
      expect([keys.status, keys.text]).toEqual([202, ''])
      expect((await api.delete(path)).status).toBe(202)
    }
  }
)

test.each(apiVersions)('every connection type of %s says whether it keeps logs', async (version) => {
  const { list } = await client(testServer(), version).get('/api/connection_types')
  const reported = list.map(({ capabilities }) => (capabilities as Record<string, unknown>)['logging'])
  expect(new Set(reported)).toEqual(new Set([true, false]))
})

test('every address of an execution is one, and says that there is no such execution', async () => {
  const { api, sync } = await warehouse()
  const made = await api.post('/api/syncs', sync())
  const files = ['records', 'errors', 'inserts', 'updates', 'warnings', 'deletes']
  const below = [
    '',
    '/logs',
    '/consolelog',
    ...files.flatMap((file) => [`/${file}`, `/${file}/part-1.json`])
  ]
  for (const path of below) {
    const reply = await api.get(`/api/syncs/${made.data.id}/executions/e-1${path}`)
    expect([path, reply.status, reply.text]).toEqual([path, 404, expect.stringContaining('execution')])
    expect(reply.text).not.toContain('not an address')
  }
})

test('2024-02-08 changes an execution with PUT, and is told that there is none', async () => {
  const server = testServer()
  const { sync } = await warehouse(server)
  const api = client(server, '2024-02-08')
  const made = await api.post('/api/syncs', sync())
  const reply = await api.put(`/api/syncs/${made.data.id}/executions/e-1`, { status: 'canceled' })
  expect([reply.status, reply.text]).toEqual([404, expect.stringContaining('execution')])
})

test.each(
  apiVersions.flatMap((version) =>
    ['organization_id', 'child_organization_id'].map((key) => [version, key])
  )
)('in %s a connection is shared with an organization that is called %s', async (version, key) => {
  const server = testServer()
  const spoken = version as (typeof apiVersions)[number]
  const partner = client(server, spoken, `Bearer ${server.store.addPartnerKey()}`)
  const parent = (await client(server, spoken).post('/api/connections', postgres)).data
  const child = (await partner.post('/api/organizations', { name: 'Child' })).data
  const shared = await partner.post(`/api/connections/${parent.id}/share`, {
    [key]: child.id,
    name: 'Ours'
  })
  expect([shared.status, Object.keys(shared.data)]).toEqual([200, ['id']])
  const list = await partner.get(
    `/api/organizations/${server.organizationId}/connections/${parent.id}/shared`
  )
  expect(list.list).toMatchObject([{ id: shared.data.id, organization_id: child.id, name: 'Ours' }])
})

test.each(apiVersions)('in %s an identity is answered as it was sent', async (version) => {
  const server = testServer()
  const { from, sync } = await warehouse(server)
  const api = client(server, version)
  const identity = { source: from('email'), target: 'email', function: 'Equality' }
  const made = await api.post('/api/syncs', sync({ mode: 'update', identity }))
  expect([made.status, made.data['identity']]).toEqual([200, identity])
  const read = await api.get(`/api/syncs/${made.data.id}`)
  expect(read.data['identity']).toEqual(identity)
})
