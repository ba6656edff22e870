import { expect, test } from 'vitest'
import { apiVersions } from '../../src/wire/common.ts'
import { client, testServer } from './client.ts'

const path = '/api/webhooks'
const hook = { endpoint: 'https://hooks.example/polytomic', secret: 's3cret' }

test.each(apiVersions)(
  'a webhook is created, read, listed, changed, switched and deleted in %s',
  async (version) => {
    const server = testServer()
    const api = client(server, version)
    const made = await api.post(path, { ...hook, organization_id: server.organizationId })
    const webhook = {
      id: made.data.id,
      organization_id: server.organizationId,
      ...hook,
      disabled: false,
      created_at: made.data['created_at']
    }
    expect([made.status, made.data]).toEqual([200, webhook])
    const one = `${path}/${webhook.id}`
    expect((await api.get(one)).data).toEqual(webhook)
    expect((await api.get(path)).list).toEqual([webhook])
    expect((await api.post(`${one}/disable`)).data).toEqual({ ...webhook, disabled: true })
    const update = version === '2023-04-25' ? api.patch : api.put
    const changed = { endpoint: 'http://127.0.0.1:9/x', secret: 'other' }
    expect((await update(one, changed)).data).toEqual({ ...webhook, ...changed, disabled: true })
    expect((await api.post(`${one}/enable`)).data).toEqual({ ...webhook, ...changed })
    const gone = await api.delete(one)
    expect([gone.status, gone.text]).toEqual([200, ''])
    expect((await api.get(one)).status).toBe(404)
    expect((await api.get(path)).list).toEqual([])
  }
)

test('a write that would switch it is refused by name, and one that says what is so is taken', async () => {
  const api = client(testServer())
  for (const disabled of [true, null, 'false']) {
    const refused = await api.post(path, { ...hook, disabled })
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('disabled')])
  }
  const one = `${path}/${(await api.post(path, { ...hook, disabled: false })).data.id}`
  for (const is of [false, true]) {
    await api.post(`${one}/${is ? 'disable' : 'enable'}`)
    expect((await api.put(one, { ...hook, disabled: is })).data).toMatchObject({ disabled: is })
    const refused = await api.put(one, { ...hook, disabled: !is })
    expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('disabled')])
    expect((await api.get(one)).data).toMatchObject({ disabled: is })
  }
})

test('an organization has one webhook, which others do not see', async () => {
  const server = testServer()
  const api = client(server)
  const { data } = await api.post(path, hook)
  expect((await api.post(path, hook)).body).toMatchObject({
    status: 422,
    message: `endpoint is one too many: the organization has the webhook ${data.id}`
  })
  const other = client(server, '2025-09-18', `Bearer ${server.store.addOrganization('Other').key}`)
  expect((await other.get(`${path}/${data.id}`)).status).toBe(404)
  expect((await other.post(`${path}/${data.id}/disable`)).status).toBe(404)
  expect((await other.post(path, hook)).status).toBe(200)
})

test.each([
  [{ secret: 's' }, 'endpoint is required'],
  [{ endpoint: 'https://x' }, 'secret is required'],
  [{ endpoint: 'https://x', secret: '' }, 'secret must not be empty'],
  [{ endpoint: 'ftp://x', secret: 's' }, 'endpoint must be an http or https address'],
  [{ endpoint: 'https://', secret: 's' }, 'endpoint must be an http or https address']
])('a webhook is not made of %o', async (body, message) => {
  const reply = await client(testServer()).post(path, body)
  expect([reply.status, reply.body['message']]).toEqual([422, message])
})
