import { describe, expect, test } from 'vitest'
import { env, file, idOf, parts, warehouse, writes } from '../support/warehouse.ts'
import { createSandbox } from '../support/sandbox.ts'

/** Finding the live resource. More of R1 and R2, without a service, is in test/plan/match.test.ts. */

describe('R3: what is read', () => {
  test('R3: lists are read to the end before anything is written, also with --only', async () => {
    const many = Array.from({ length: 60 }, (_, index) =>
      parts.ordersOut.replace('Orders out', `S${index}`)
    )
    const world = createSandbox({
      files: { [file]: warehouse({ ...parts, ordersOut: many.join('') }) },
      env
    })
    expect((await world.run('apply', '--yes', '--quiet')).code).toBe(0)
    world.requests()
    world.write({ [file]: warehouse({ ...parts, ordersOut: parts.ordersOut }) })
    expect((await world.run('apply', '--yes', '--quiet', '--only', 'Orders out')).code).toBe(0)
    const all = world.requests()
    const firstWrite = all.findIndex((request) => !request.startsWith('GET '))
    // When all is written, the names of what was made are looked at once more.
    const lastWrite = all.findLastIndex((request) => !request.startsWith('GET '))
    const lists = all
      .map((request, at) => (request === 'GET /api/syncs' ? at : -1))
      .filter((at) => at >= 0 && at < lastWrite)
    expect(lists.length).toBeGreaterThanOrEqual(2)
    expect(Math.max(...lists)).toBeLessThan(firstWrite)
  })

  test('R3: kinds that nothing names are not asked for; details only of what was matched', async () => {
    const world = createSandbox({ files: { [file]: warehouse() }, env })
    await world.run('apply', '--yes')
    const id = idOf(world, 'sync', 'Users out')
    world.requests()
    await world.run('plan', '--only', 'Users out')
    expect(world.requests().filter((request) => request.startsWith('GET /api/syncs/'))).toEqual([
      `GET /api/syncs/${id}`
    ])
    await world.run('plan', '--kind', 'connection')
    expect(world.requests().toSorted()).toEqual(['GET /api/connections', 'GET /api/me'])
  })

  test('R3: a 404 of a detail means that it was deleted meanwhile', async () => {
    const world = createSandbox({ files: { [file]: warehouse() }, env })
    await world.run('apply', '--yes')
    const id = idOf(world, 'sync', 'Users out')
    world.server.faults.add({
      fault: 'edit',
      on: `GET /api/syncs/${id}`,
      edit: { kind: 'sync', id, patch: null }
    })
    const ran = await world.run('plan')
    expect(ran.code, ran.err).toBe(0)
    expect(ran.out).toContain('+ sync "Users out"')
  })

  test('R3: in a partial plan, what is not selected may name what was not read', async () => {
    const text = warehouse({ ...parts, source: `${parts.source}    policies: [Connections]\n` })
    const world = createSandbox({ files: { [file]: text }, env })
    await world.run('apply', '--yes')
    const ran = await world.run('plan', '--only', 'Store')
    expect(ran.code, ran.err).toBe(0)
    expect(ran.out).toContain('Partial: 1 of 6 declared resources')
  })
})

test('R4: the key’s organization must be the one of the files; nothing else is asked or written', async () => {
  const world = createSandbox({
    files: { [file]: `workspace: { organization: Acme }\n${warehouse()}` },
    env
  })
  const ran = await world.run('apply', '--yes')
  expect([ran.code, writes(world)]).toEqual([4, []])
  expect(ran.err).toContain('error[P403]')
  const { id } = world.server.store.organizations()[0]!
  world.write({ [file]: `workspace: { organization: ${id} }\n${warehouse()}` })
  expect((await world.run('plan')).code).toBe(0)
})
