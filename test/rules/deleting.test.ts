import { describe, expect, test } from 'vitest'
import { kinds } from '../../src/kinds/index.ts'
import { decide } from '../../src/plan/decide.ts'
import { observe } from '../../src/remote/observe.ts'
import { openReader } from '../../src/remote/transport.ts'
import type { Desired, LiveState } from '../../src/state/resource.ts'
import { applyAll, examples, secrets } from '../support/examples.ts'
import { meaning } from '../support/reading.ts'
import { makeRepository, type Repository } from '../support/repository.ts'
import { isFew, spread } from '../support/samples.ts'
import { env, file, idOf, live, parts, warehouse, without, writes } from '../support/warehouse.ts'
import { realTimer } from '../support/waiting.ts'

/** Nothing is deleted that nobody asked for, and nothing that is asked for goes unseen. */

async function applied(text = warehouse()): Promise<Repository> {
  const world = makeRepository({ files: { [file]: text }, env })
  const ran = await world.run('apply', '--yes', '--quiet')
  expect(ran.code, ran.out + ran.err).toBe(0)
  world.requests()
  return world
}

/** Runs a command that must do exactly these writes. */
async function expectWrites(world: Repository, wanted: string[], ...words: string[]): Promise<string> {
  world.requests()
  const ran = await world.run(...words)
  expect(writes(world), ran.out + ran.err).toEqual(wanted)
  return ran.out + ran.err
}

/** All that the service has, as a plan that prunes would see it. */
async function observedBy(world: Repository, resources: Desired[]): Promise<LiveState> {
  const reader = openReader({
    url: 'http://polytomic.test',
    authorization: `Bearer ${world.server.apiKey}`,
    version: '2025-09-18',
    fetch: (request) => world.server.fetch(request),
    parallelism: 4,
    timeoutMs: 10_000,
    timer: realTimer,
    newKey: () => 'key',
    backoffMs: 1,
    random: () => 0,
    sleep: async () => undefined,
    now: () => 0
  })
  const observed = await observe(reader, { workspace: {}, resources, removed: [] }, kinds, {
    everything: true
  })
  if (!observed.ok) throw new Error(JSON.stringify(observed.problems))
  return observed.value
}

const exclusive = (kinds: string): string => `workspace: { exclusive: [${kinds}] }\n`

describe('R17: where deletions come from', () => {
  const names = Object.keys(examples)
  const chosenBy = (subset: number): string[] => names.filter((_name, index) => (subset >> index) % 2 === 1)

  test('R17: for each example and all but it, apply without prune deletes nothing', async () => {
    const files = Object.fromEntries(names.map((name) => [`configs/${name}`, examples[name]!]))
    const world = makeRepository({ files, env: secrets })
    await applyAll(world)
    const before = live(world)
    const all = 2 ** names.length - 1
    for (const subset of spread(
      names.flatMap((_name, index) => [2 ** index, all - 2 ** index]),
      15
    )) {
      const words = chosenBy(subset).flatMap((name) => ['--file', `configs/${name}`])
      for (const more of [[], ['--since', 'HEAD', '--force-delete', '--max-deletes', '99']]) {
        world.requests()
        const ran = await world.run('apply', '--yes', '--quiet', ...words, ...more)
        expect(ran.code, `${words.join(' ')} ${more.join(' ')}: ${ran.out}${ran.err}`).toBe(0)
        expect(world.requests().filter((request) => request.startsWith('DELETE'))).toEqual([])
      }
    }
    expect(live(world)).toEqual(before)
  })

  /** All 2ⁿ subsets take minutes: `ALL_SUBSETS=1` tries them, otherwise some that are spread over all. */
  test('R17: for every subset of the examples, a plan without prune has no deletion', async () => {
    const world = makeRepository({ env: secrets })
    const meant = await Promise.all(
      names.map(async (name) => (await meaning(examples[name]!, { env: secrets })).resources)
    )
    world.write(Object.fromEntries(names.map((name) => [`configs/${name}`, examples[name]!])))
    await applyAll(world)
    const observed = await observedBy(world, meant.flat())
    const base = { revision: 'r', commit: 'r', resources: meant.flat(), secretsMoved: [] }
    const every = process.env['ALL_SUBSETS'] === '1'
    const count = 2 ** names.length
    const step = every ? 1 : Math.max(1, Math.floor(count / (isFew ? 6 : 150)) | 1)
    for (let subset = 0; subset < count; subset += step) {
      const resources = meant.filter((_name, index) => (subset >> index) % 2 === 1).flat()
      for (const options of [{}, { base, forceDelete: true, maxDeletes: Infinity }]) {
        const decided = decide({ workspace: {}, resources, removed: [] }, observed, kinds, options)
        const changes = decided.ok
          ? decided.value.changes
          : [{ action: 'stop', name: JSON.stringify(decided) }]
        expect(
          changes.filter(({ action }) => action !== 'none').map(({ action, name }) => [action, name])
        ).toEqual([])
      }
    }
  })

  test('R17: prune needs to know what was ours', async () => {
    const world = await applied()
    world.write({ [file]: without('ordersOut') })
    const text = await expectWrites(world, [], 'apply', '--yes', '--prune', '--since', 'none')
    expect(text).toContain('[P506]')
    expect((await world.run('apply', '--yes', '--prune', '--since', 'none')).code).toBe(7)
  })

  test('R17: prune by revision deletes what was declared, and never what was not', async () => {
    const world = await applied()
    world.server.store.edit('sync', idOf(world, 'sync', 'Users out'), { name: 'Made by hand' })
    world.write({ [file]: without('ordersOut', 'usersOut') })
    await expectWrites(world, ['DELETE /api/syncs/ID'], 'apply', '--yes', '--prune', '--since', 'HEAD')
    expect(live(world).sync).toEqual(['Made by hand'])
    await expectWrites(world, [], 'apply', '--yes', '--prune', '--since', 'HEAD')
  })

  test('R17: prune leaves what has the name of another kind, or another case', async () => {
    const world = await applied()
    const { store } = world.server
    store.edit('sync', idOf(world, 'sync', 'Orders out'), { name: 'orders OUT' })
    store.edit('model', idOf(world, 'model', 'Orders'), { name: 'Orders out' })
    world.write({ [file]: without('ordersOut', 'orders') })
    await expectWrites(world, [], 'apply', '--yes', '--prune', '--since', 'HEAD')
  })

  test('R17: of two with the name that went, neither is deleted', async () => {
    const world = await applied(
      warehouse({ ...parts, ordersOut: parts.ordersOut + parts.ordersOut.replace('Orders out', 'Twin') })
    )
    world.server.store.edit('sync', idOf(world, 'sync', 'Twin'), { name: 'Orders out' })
    world.write({ [file]: without('ordersOut') })
    const text = await expectWrites(world, [], 'apply', '--yes', '--prune', '--since', 'HEAD')
    expect(text).toContain('[P401]')
    expect(live(world).sync).toHaveLength(3)
  })

  test('R17: what was pinned by id is pruned by id, whatever its name', async () => {
    const world = await applied()
    const pinned = `${parts.ordersOut}    id: ${idOf(world, 'sync', 'Orders out')}\n`
    world.write({ [file]: warehouse({ ...parts, ordersOut: pinned }) })
    world.commit()
    world.server.store.edit('sync', idOf(world, 'sync', 'Orders out'), { name: 'Renamed by hand' })
    world.server.store.edit('sync', idOf(world, 'sync', 'Users out'), { name: 'Orders out' })
    world.write({ [file]: without('ordersOut', 'usersOut') })
    await expectWrites(world, ['DELETE /api/syncs/ID'], 'apply', '--yes', '--prune', '--since', 'HEAD')
    expect(live(world).sync).toEqual(['Orders out'])
  })

  test('R17: of an exclusive kind what nobody declares is deleted, with --prune only', async () => {
    const world = await applied()
    world.write({ [file]: exclusive('syncs') + without('ordersOut') })
    await expectWrites(world, [], 'apply', '--yes')
    await expectWrites(world, ['DELETE /api/syncs/ID'], 'apply', '--yes', '--prune')
    expect(live(world)).toEqual({
      connection: ['Source', 'Store'],
      model: ['Orders', 'Users'],
      sync: ['Users out']
    })
  })

  test('R17: a part that is selected is all that is pruned', async () => {
    const world = await applied()
    world.write({ [file]: exclusive('syncs, models') + without('ordersOut', 'orders', 'usersOut') })
    for (const words of [
      ['--kind', 'connection'],
      ['--only', 'Source'],
      ['--exclude', '*rders*', '--exclude', 'Users out']
    ])
      await expectWrites(
        world,
        [],
        'apply',
        '--yes',
        '--prune',
        '--since',
        'HEAD',
        '--force-delete',
        ...words
      )
    await expectWrites(
      world,
      ['DELETE /api/syncs/ID'],
      'apply',
      '--yes',
      '--prune',
      '--since',
      'HEAD',
      '--only',
      'sync "Users out"'
    )
    expect(live(world).sync).toEqual(['Orders out'])
  })

  test('R17: they are told first and done last, users before what they use', async () => {
    const world = await applied()
    world.write({
      [file]:
        without('ordersOut', 'orders').replace('hour: 8', 'hour: 9') +
        parts.usersOut.replace('Users out', 'A new one')
    })
    const plan = (await world.run('plan', '--prune', '--since', 'HEAD')).out
    const signs = plan.split('\n').filter((line) => /^[-+~→] /.test(line))
    expect(signs.map((line) => line.slice(0, 1))).toEqual(['-', '-', '+', '~'])
    await expectWrites(
      world,
      ['POST /api/syncs', 'PUT /api/syncs/ID', 'DELETE /api/syncs/ID', 'DELETE /api/models/ID'],
      'apply',
      '--yes',
      '--prune',
      '--since',
      'HEAD',
      '--parallelism',
      '1'
    )
  })
})

describe('R18: what is still used stays', () => {
  const bare = without('source', 'users', 'orders', 'usersOut', 'ordersOut')

  test('R18: a model that an undeclared sync uses is not pruned, though the service would allow it', async () => {
    const world = await applied()
    world.server.store.edit('sync', idOf(world, 'sync', 'Orders out'), { name: 'Made by hand' })
    world.write({ [file]: without('ordersOut', 'orders') })
    const text = await expectWrites(world, [], 'apply', '--yes', '--prune', '--since', 'HEAD')
    expect(text).toContain('used by sync "Made by hand"')
  })

  test('R18: --force-delete shows the cascade of a connection, counts it, and then does it in order', async () => {
    const world = await applied()
    world.write({ [file]: `${bare}removed: { connections: [Source] }\n` })
    expect(await expectWrites(world, [], 'apply', '--yes')).toContain('[P502]')
    const refused = await world.run('apply', '--yes', '--force-delete')
    expect([refused.code, writes(world)]).toEqual([7, []])
    expect(refused.err).toContain('5 deletions are more than the limit of 3')
    const plan = (await world.run('plan', '--force-delete', '--max-deletes', '5')).out
    for (const address of [
      'connection "Source"',
      'model "Orders"',
      'model "Users"',
      'sync "Orders out"',
      'sync "Users out"'
    ])
      expect(plan).toContain(`- ${address}`)
    const done = await expectWrites(
      world,
      ['sync', 'sync', 'model', 'model', 'connection'].map((kind) => `DELETE /api/${kind}s/ID`),
      'apply',
      '--yes',
      '--force-delete',
      '--max-deletes',
      '5'
    )
    expect(done).toContain('Deleted: 5.')
  })

  test('R18: the cascade takes nothing that is declared', async () => {
    const world = await applied()
    world.write({
      [file]: `${without('source')}removed: { connections: [Source] }\n`.replaceAll(
        'connection: Source',
        `connection: ${idOf(world, 'connection', 'Source')}`
      )
    })
    const text = await expectWrites(world, [], 'apply', '--yes', '--force-delete', '--max-deletes', '9')
    expect(text).toContain('[P502]')
  })

  test('R18: the cascade takes nothing that is not selected', async () => {
    const world = await applied()
    world.write({ [file]: `${bare}removed: { connections: [Source] }\n` })
    const words = ['--force-delete', '--max-deletes', '9', '--kind', 'connection']
    const text = await expectWrites(world, [], 'apply', '--yes', ...words)
    expect(text).toContain('what is not selected is not deleted along with it')
  })

  test('R18: what the cascade reached and somebody changed meanwhile is not deleted', async () => {
    const world = await applied()
    world.write({ [file]: `${bare}removed: { connections: [Source] }\n` })
    const id = idOf(world, 'sync', 'Users out')
    world.server.faults.add({
      fault: 'edit',
      on: `GET /api/syncs/${id}`,
      skip: 1,
      edit: { kind: 'sync', id, patch: { mode: 'create' } }
    })
    await world.run('apply', '--yes', '--force-delete', '--max-deletes', '9')
    expect(live(world).sync).toEqual(['Users out'])
    expect(live(world).connection).toContain('Source')
  })
})

describe('R19: many deletions', () => {
  test('R19: the limit holds for what is pruned, and the number to pass is told', async () => {
    const world = await applied()
    world.write({ [file]: without('source', 'users', 'orders', 'usersOut', 'ordersOut') })
    const text = await expectWrites(world, [], 'apply', '--yes', '--prune', '--since', 'HEAD')
    expect(text).toContain('5 deletions are more than the limit of 3')
    expect(text).toContain('--max-deletes 5')
    expect(text).not.toContain('[P502]')
    await expectWrites(world, [], 'apply', '--yes', '--prune', '--since', 'HEAD', '--max-deletes', '4')
    expect(
      (await world.run('apply', '--yes', '--prune', '--since', 'HEAD', '--max-deletes', '5')).code
    ).toBe(0)
    expect(live(world)).toEqual({ connection: ['Store'], model: [], sync: [] })
  })

  test('R19: an empty file is not a wish to delete everything', async () => {
    const world = await applied()
    for (const text of ['', 'syncs: []\n', '# nothing\n', 'connections:\nmodels:\nsyncs:\n']) {
      world.write({ [file]: text })
      await expectWrites(world, [], 'apply', '--yes', '--prune', '--since', 'HEAD')
    }
  })
})

describe('R20: a new name for the same thing', () => {
  test('R20: is suggested as a rename, with the line to write', async () => {
    const world = await applied()
    world.write({ [file]: warehouse().replace('name: Orders out', 'name: All orders') })
    for (const words of [[], ['--prune']]) {
      const plan = await world.run('plan', '--since', 'HEAD', ...words)
      expect(plan.err).toContain(
        'warning[P407]: sync "All orders" looks like sync "Orders out" under a new name'
      )
      expect(plan.err).toContain('lifecycle: { renamed_from: "Orders out" }')
    }
    world.write({
      [file]: warehouse().replace(
        'name: Orders out',
        'name: All orders\n    lifecycle: { renamed_from: "Orders out" }'
      )
    })
    await expectWrites(world, ['PUT /api/syncs/ID'], 'apply', '--yes', '--since', 'HEAD', '--prune')
    expect(live(world).sync).toEqual(['All orders', 'Users out'])
    // The name that it has now was given by this file: nothing is gone.
    await expectWrites(world, [], 'apply', '--yes', '--since', 'HEAD', '--prune')
  })

  test('R20: is not suggested for two that look alike', async () => {
    const world = await applied()
    const two = ['One', 'Two'].map((name) => parts.ordersOut.replace('Orders out', name)).join('')
    world.write({ [file]: warehouse({ ...parts, ordersOut: two }) })
    expect((await world.run('plan', '--since', 'HEAD')).err).not.toContain('P407')
  })
})
