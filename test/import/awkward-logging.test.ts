import { expect, test } from 'vitest'
import { parse } from 'yaml'
import type { JsonObject } from '../../src/state/value.ts'
import { once, startService } from '../contract/service.ts'
import { createSandbox } from '../support/sandbox.ts'
import { expectImported } from './files.ts'

/** Where logs of records go, in a service that is newer than polyctl: the capability `logging` of connections. */

const path = 'configs/polytomic.yaml'
const setting = '/api/organization/record-logging'

test('R33: where logs of records go is imported by name, and an update keeps what nobody knows', async () => {
  const service = await startService()
  const name = 'logs: "*" # 1e3'
  const configuration = {
    auth_mode: 'access_key_and_secret',
    aws_access_key_id: 'a',
    aws_secret_access_key: 'the secret of the logs',
    s3_bucket_name: 'b',
    s3_bucket_region: 'us-east-1'
  }
  const made = await service.sdk.connections.create({ name, type: 's3', configuration }, once)
  const { server } = service
  const put = async (body: JsonObject): Promise<Response> =>
    await server.fetch(
      new Request(service.url + setting, {
        method: 'PUT',
        headers: {
          authorization: `Bearer ${server.apiKey}`,
          'x-polytomic-version': '2025-09-18',
          'content-type': 'application/json'
        },
        body: JSON.stringify(body)
      })
    )
  const wanted = { enabled: true, deliveryConnectionId: made.data?.id ?? '', deliveryPrefix: 'yes: # 007' }
  expect((await put(wanted)).status).toBe(200)

  const bodies: JsonObject[] = []
  const later = { later_version: { at: ['somewhere'] } }
  const world = createSandbox({
    env: { POLYTOMIC_API_KEY: server.apiKey },
    io: {
      async fetch(request) {
        if (new URL(request.url).pathname !== setting) return await server.fetch(request)
        if (request.method === 'PUT') {
          const { later_version: unknown, ...known } = (await request.json()) as JsonObject
          bodies.push({ ...known, ...(unknown === undefined ? {} : { later_version: unknown }) })
          const answer = (await (await put(known)).json()) as { data: JsonObject }
          return Response.json({ data: { ...answer.data, ...later } })
        }
        const answer = (await (await server.fetch(request)).json()) as { data: JsonObject }
        return Response.json({ data: { ...answer.data, ...later } })
      }
    }
  })
  const files = await expectImported(world, '--layout', 'one')
  const text = files[path] ?? ''
  expect(parse(text).record_logging).toEqual({ enabled: true, connection: name, prefix: 'yes: # 007' })
  expect(text).not.toContain('the secret of the logs')
  const { out } = await world.run('import', '--layout', 'one', '--format', 'json')
  const { attention } = JSON.parse(out) as { attention: { about: string; kind: string; text: string }[] }
  expect(attention.filter(({ kind }) => kind === 'record_logging')).toEqual([
    expect.objectContaining({ about: 'unknown', text: expect.stringContaining('later_version') })
  ])

  world.write({ [path]: text.replace('yes: # 007', 'no: # 008') })
  const applied = await world.run('apply', '--yes')
  expect(applied.code, applied.out + applied.err).toBe(0)
  expect(bodies).toEqual([{ ...wanted, deliveryPrefix: 'no: # 008', ...later }])
  expect((await world.run('plan', '--detailed-exitcode')).code).toBe(0)
})
