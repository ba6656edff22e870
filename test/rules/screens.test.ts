import { expect, test } from 'vitest'
import { makeRepository, type Repository } from '../support/repository.ts'
import { env, file, idOf, parts, warehouse, without } from '../support/warehouse.ts'

/** What a person sees when something is refused, word by word. */

async function applied(text = warehouse()): Promise<Repository> {
  const world = makeRepository({ files: { [file]: text }, env })
  expect((await world.run('apply', '--yes', '--quiet')).code).toBe(0)
  return world
}

const atNine = warehouse({ ...parts, usersOut: parts.usersOut.replace('hour: 8', 'hour: 9') })

/** Without what is another one each time. */
function steady(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g, '11111111-2222-4333-8444-555555555555')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '2026-11-23T18:04:00.000Z')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, '2026-11-23 18:04')
    .replaceAll(/\b[0-9a-f]{7}(?=:|$|[,.]| and| the| cannot)/gm, 'a1b2c3d')
}

async function expectScreen(world: Repository, name: string, words: string[]): Promise<void> {
  const ran = await world.run(...words)
  expect(ran.code).not.toBe(0)
  await expect(steady(ran.out + ran.err)).toMatchFileSnapshot(`../golden/${name}.txt`)
}

test('a saved plan that is stale', async () => {
  const world = await applied()
  world.write({ [file]: atNine })
  await world.run('plan', '--out', 'plan.json')
  world.server.store.edit('sync', idOf(world, 'sync', 'Users out'), { mode: 'create', filters: [] })
  world.server.store.edit('connection', idOf(world, 'connection', 'Store'), { name: 'Shop' })
  await expectScreen(world, 'refused-stale-plan', ['apply', 'plan.json'])
})

test('a conflict at the last moment, and what depends on it', async () => {
  const world = await applied()
  world.write({ [file]: atNine.replace('select * from users', 'select id, email, first_name from users') })
  const id = idOf(world, 'model', 'Users')
  const edit = { kind: 'model', id, patch: { configuration: { query: 'select 1' } } } as const
  world.server.faults.add({ fault: 'edit', on: `GET /api/models/${id}`, edit })
  await expectScreen(world, 'report-conflict', ['apply', '--yes', '--quiet'])
})

test('a deletion of what was protected', async () => {
  const world = await applied(
    warehouse({ ...parts, ordersOut: `${parts.ordersOut}    lifecycle: { prevent_destroy: true }\n` })
  )
  world.write({ [file]: without('ordersOut') })
  await expectScreen(world, 'refused-protected', ['plan', '--since', 'HEAD', '--prune'])
})

test('files of then that cannot be understood', async () => {
  const world = await applied()
  world.write({ [file]: warehouse().replace('mode: updateOrCreate', 'modee: updateOrCreate') })
  const broken = world.commit()
  world.write({ [file]: warehouse() })
  await expectScreen(world, 'refused-broken-then', ['plan', '--since', broken])
})
