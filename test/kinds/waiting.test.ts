import { expect, test } from 'vitest'
import { secrets, twoConnections } from '../support/life.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

/** A source that was connected a moment ago is still being read: that is waited for, and nothing else is. */

const yaml = `${twoConnections}
schema_primary_keys: [{ connection: Source, schema: public.users, fields: [email] }]
bulk_syncs:
  - name: Bulk
    mode: replicate
    source: { connection: Source }
    destination: { connection: Warehouse, configuration: { schema: raw } }
    schemas: [public.users]
    default_schedule: manual
`

function worldWith(fault: object): { world: Sandbox; slept: number[] } {
  const slept: number[] = []
  const world = createSandbox({
    files: { 'configs/a.yaml': yaml },
    env: secrets,
    server: { faults: { seed: 1, faults: [fault as never] } },
    io: {
      sleep: (ms) => {
        slept.push(ms)
        return new Promise((resolve) => setImmediate(resolve))
      }
    }
  })
  return { world, slept }
}

test.each([422, 400])('%s with the words of a cache that is being read', async (status) => {
  const { world, slept } = worldWith({ fault: 'reading-schemas', status, times: 3 })
  const ran = await world.run('apply', '--yes')
  expect(ran.code, ran.out + ran.err).toBe(0)
  expect(ran.err).toMatch(/the service is still reading the source .*: again in 5 s/)
  expect(slept).toContain(5_000)
  const plan = await world.run('plan', '--detailed-exitcode')
  expect(plan.code, plan.out + plan.err).toBe(0)
})

test('it is waited for a while, and not for ever', async () => {
  const { world, slept } = worldWith({ fault: 'reading-schemas', on: 'POST /api/bulk/*', times: 0 })
  const ran = await world.run('apply', '--yes')
  expect(ran.code).toBe(5)
  expect(ran.out + ran.err).toContain('cache refresh in progress')
  expect(ran.out).toContain(
    'error[P621]: creating bulk sync "Bulk": the service is still reading the source'
  )
  expect(ran.out).toContain('it was tried for 285 s')
  expect(ran.out).not.toContain('correct what the service names')
  expect(slept.filter((ms) => ms >= 5_000).reduce((sum, ms) => sum + ms, 0)).toBe(285_000)
})

test('any other refusal is final at once', async () => {
  const { world, slept } = worldWith({ fault: 'reading-schemas', on: 'GET /nothing', times: 1 })
  world.write({ 'configs/a.yaml': yaml.replace('schemas: [public.users]', 'schemas: [public.nobody]') })
  await world.run('apply', '--yes')
  expect(slept.filter((ms) => ms >= 5_000)).toEqual([])
})

test('a source that nobody may look into any more keeps nothing else from being compared', async () => {
  let isOpen = true
  const refusal = JSON.stringify({ status: 403, key: 'forbidden', message: 'nobody may look' })
  const world: Sandbox = createSandbox({
    files: { 'configs/a.yaml': yaml },
    env: secrets,
    io: {
      fetch: (request) =>
        isOpen || !/bulk.*schemas/.test(request.url)
          ? world.server.fetch(request)
          : Promise.resolve(
              new Response(refusal, { status: 403, headers: { 'content-type': 'application/json' } })
            )
    }
  })
  await world.run('apply', '--yes')
  isOpen = false
  const warehouse = world.server.store.all('connection').find(({ name }) => name === 'Warehouse')!
  world.server.store.edit('connection', warehouse.id, { configuration: { account: 'moved' } })
  const drift = await world.run('drift')
  expect(drift.code, drift.out + drift.err).toBe(2)
  const reported = 'bulk sync "Bulk" does not work: what belongs to it cannot be read: nobody may look'
  expect(drift.out + drift.err).toContain(reported)
  expect(drift.out).toContain('moved')
  expect(drift.out).toContain('1 of 4 declared resources differs')
})
