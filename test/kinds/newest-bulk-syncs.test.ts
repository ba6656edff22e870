import { describe, expect, test } from 'vitest'
import { client } from '../server/client.ts'
import { named, secrets, syncOfUsers, twoConnections } from '../support/life.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'
import { shapes, type Shape } from '../support/shapes.ts'
import { expectSettled, run } from '../support/settled.ts'

/** Error handling, and what newer services know of bulk syncs, against the local server in both of its shapes. */

const worldOf = (shape: Shape, files: string) =>
  createSandbox({ files: { 'configs/a.yaml': files }, env: secrets, server: { shape } })

const copying = (more: string, schemas = '[public.users]', mode = 'replicate') => `${twoConnections}
bulk_syncs:
  - name: S
    mode: ${mode}
    active: false
    source: { connection: Source }
    destination: { connection: Warehouse, configuration: { schema: raw } }
    schemas: ${schemas}
    default_schedule: manual
${more}`

const flags = [
  'auto_retry_record_errors: true',
  'notify_on_record_errors: true',
  'warning_notifications: true',
  'subscribers: [b@example.com, a@example.com]'
]
const threshold = ['subscribers: [b@example.com, a@example.com]', 'ingestion_failure_threshold: 60']

describe.each([
  ['sync', '/api/syncs', syncOfUsers, flags],
  ['bulk_sync', '/api/bulk/syncs', (more: string) => copying(more), threshold]
] as const)('error handling of a %s', (kind, list, files, members) => {
  const stated = (...some: string[]) => `    error_handling: { ${some.join(', ')} }\n`
  const handling = async (world: Sandbox) => {
    const { id } = await named(client(world.server), list, 'S')
    return (await client(world.server).get(`${list}/${id}/error-handling`)).data
  }

  test.each(shapes)('is made, changed, and left alone where files do not say (%s)', async (shape) => {
    const world = worldOf(shape, files(stated(...members)))
    await expectSettled(world, files(stated(...members)))
    const all = await handling(world)
    expect(all['subscribers']).toEqual(['b@example.com', 'a@example.com'])
    // Each by itself, and what is not stated stays.
    for (const one of members) {
      await expectSettled(world, files(stated(one)))
      expect(await handling(world)).toEqual(all)
    }
    await expectSettled(world, files(stated('subscribers: []')))
    expect(await handling(world)).toEqual({ ...all, subscribers: [] })
    await expectSettled(world, files(''))
    expect(await handling(world)).toEqual({ ...all, subscribers: [] })
  })

  test('another order of people is no difference; what somebody changed is', async () => {
    const world = worldOf('newest', files(stated(...members)))
    await expectSettled(world, files(stated(...members)))
    const api = client(world.server)
    const { id } = await named(api, list, 'S')
    await api.put(`${list}/${id}/error-handling`, { subscribers: ['a@example.com', 'b@example.com'] })
    await run(world, 0, 'drift')
    await api.put(`${list}/${id}/error-handling`, { subscribers: ['a@example.com', 'c@example.com'] })
    const drift = await run(world, 2, 'drift')
    expect(drift).toContain('[c@example.com]')
    await expectSettled(world, files(stated(...members)))
  })

  test('one that is renamed while another takes its name is known in full', async () => {
    const before = files(stated(...members))
    const world = worldOf('newest', before)
    await expectSettled(world, before)
    const item = before.slice(before.indexOf('  - name: S\n'))
    const renamed = item.replace('name: S\n', 'name: T\n    lifecycle: { renamed_from: S }\n')
    world.write({ 'configs/a.yaml': before.replace(item, renamed + item) })
    await run(world, 2, 'plan', '--detailed-exitcode')
    await expectSettled(world, before.replace(item, renamed + item))
  })

  test('it costs one request where it is stated, and none elsewhere', async () => {
    const world = worldOf('newest', files(''))
    await run(world, 0, 'apply', '--yes')
    const asked = async () => {
      world.requests()
      await run(world, 0, 'plan')
      return world.requests().filter((request) => request.includes('error-handling')).length
    }
    expect(await asked()).toBe(0)
    world.write({ 'configs/a.yaml': files(stated(...members)) })
    expect(await asked()).toBe(1)
    world.requests()
    await run(world, 0, 'apply', '--yes')
    expect(world.requests().filter((request) => request.startsWith('PUT'))).toHaveLength(2)
  })

  test('a service that has no such address is not told, and the files are shown why', async () => {
    const world = createSandbox({
      files: { 'configs/a.yaml': files('') },
      env: secrets,
      io: {
        fetch: async (request) =>
          request.url.includes('error-handling')
            ? Response.json({ status: 404, key: 'not_found', message: 'no such route' }, { status: 404 })
            : await world.server.fetch(request)
      }
    })
    await run(world, 0, 'apply', '--yes')
    world.write({ 'configs/a.yaml': files(stated(...members)) })
    const plan = await run(world, 3, 'plan')
    expect(plan).toContain(`this service does not know error handling of ${kind.replace('_', ' ')} "S"`)
  })
})

test('a threshold of 0 clears it, and is no difference then', async () => {
  const at = (value: number) => copying(`    error_handling: { ingestion_failure_threshold: ${value} }\n`)
  const world = worldOf('newest', at(30))
  await expectSettled(world, at(30))
  await expectSettled(world, at(0))
  await expectSettled(world, at(5))
})

describe('history of schemas', () => {
  const kept = (value: string) => `[{ id: public.users, history_enabled: ${value} }, public.orders]`

  test('is switched on and off, and left alone where files do not say', async () => {
    const world = worldOf('newest', copying('', kept('true')))
    await expectSettled(world, copying('', kept('true')))
    const isKept = () =>
      world.server.store.all('bulk_sync')[0]!.schemas.find(({ id }) => id === 'public.users')!
        .history_enabled === true
    expect(isKept()).toBe(true)
    await expectSettled(world, copying(''))
    expect(isKept()).toBe(true)
    await expectSettled(world, copying('', kept('false')))
    expect(isKept()).toBe(false)
    await expectSettled(world, copying('', kept('true')))
    // In another mode there is none: it must not stand in the way.
    await expectSettled(world, copying('', '[public.users, public.orders]', 'snapshot'))
  })

  test('needs mode replicate, and a service that knows it', async () => {
    const files = copying('', kept('true'))
    const other = worldOf('newest', copying('', kept('true'), 'snapshot'))
    expect(await run(other, 3, 'validate')).toContain(
      'the history of `public.users` needs `mode: replicate`'
    )
    const world = worldOf('older', copying(''))
    await expectSettled(world, copying(''))
    world.write({ 'configs/a.yaml': files })
    expect(await run(world, 3, 'plan')).toContain(
      'this service does not know the history of schemas of bulk sync "S"'
    )
  })
})

test.each([
  [
    '[{ id: public.users, history_enabled: true }]',
    'replicate',
    'keeps a history, which this service does not know'
  ],
  ['[public.users]', 'append', 'has the mode `append`, which connection "Warehouse" does not support']
])(
  'the first bulk sync of an older service: its destination tells what it knows (%#)',
  async (schemas, mode, words) => {
    const world = worldOf('older', twoConnections)
    await expectSettled(world, twoConnections)
    world.write({ 'configs/a.yaml': copying('', schemas, mode) })
    world.requests()
    const planned = await run(world, 3, 'plan')
    expect(planned).toContain(words)
    expect(world.requests().filter((request) => request.includes('/bulksync/target'))).toHaveLength(1)
    expect(await run(world, 3, 'apply', '--yes')).toContain(words)
    expect(world.server.store.all('bulk_sync')).toEqual([])
  }
)

test('append is a mode of newer services alone', async () => {
  const files = copying('', '[public.users]', 'append')
  const world = worldOf('newest', files)
  await expectSettled(world, files)
  await expectSettled(world, copying(''))
  await expectSettled(world, files)
  const older = worldOf('older', copying(''))
  await expectSettled(older, copying(''))
  older.write({ 'configs/a.yaml': files })
  expect(await run(older, 3, 'plan')).toContain('this service does not know the mode `append`')
})
