import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { makeRepository, type Repository } from '../support/repository.ts'
import { env, file, parts, warehouse, without } from '../support/warehouse.ts'

/**
 * R12: what was declared once and is live is told until it is gone or declared again, however often is
 * applied.
 */

async function applied(world: Repository, ...options: string[]): Promise<string> {
  const { code, out, err } = await world.run('apply', '--yes', ...options)
  expect(code, out + err).toBe(0)
  return out
}

/** The block of a sync was deleted two applies ago. */
async function leftOver(declared = warehouse(), later = without('ordersOut')): Promise<Repository> {
  const world = makeRepository({ files: { [file]: declared }, env })
  await applied(world)
  world.write({ [file]: later })
  world.commit()
  await applied(world)
  world.write({ [file]: later.replace('hour: 8', 'hour: 9') })
  world.commit()
  await applied(world)
  return world
}

const leftRef = (world: Repository): string =>
  world.git(['for-each-ref', '--format=%(refname)', 'refs/polyctl/left']).trim()

describe('a block that was deleted before applies without --prune', () => {
  test('is told by plan and drift, with the commit and line that declared it', async () => {
    const world = await leftOver()
    const first = world.git(['rev-list', '--max-parents=0', 'HEAD']).trim().slice(0, 7)
    const plan = await world.run('plan')
    expect(plan.out).toContain('1 resource is no longer declared, and is left alone (--prune deletes)')
    expect(plan.out).toMatch(new RegExp(`^\\? sync "Orders out" +${first}:${file}:\\d+:11$`, 'm'))
    expect((await world.run('drift')).out).toContain('? sync "Orders out"')
    const json = JSON.parse((await world.run('plan', '--format', 'json')).out) as object
    expect(json).toMatchObject({ no_longer_declared: [{ kind: 'sync', name: 'Orders out' }] })
  })

  test('is deleted by --prune, also from a saved plan, and told no more', async () => {
    const world = await leftOver()
    const { out } = await world.run('plan', '--prune', '--out', 'saved.json')
    expect(out).toContain('- sync "Orders out"')
    expect(out).toMatch(/the files declared it at [0-9a-f]{7} and do no longer/)
    await applied(world, 'saved.json')
    expect(world.server.store.all('sync').map(({ name }) => name)).toEqual(['Users out'])
    expect((await world.run('plan')).out).not.toContain('no longer declared')
  })

  test('that several revisions say so is no reason to tell it twice', async () => {
    const world = await leftOver()
    world.write({ [file]: without('ordersOut', 'usersOut') })
    const { out } = await world.run('plan')
    expect(out).toContain('2 resources are no longer declared, and are left alone')
  })

  test.each<[string, (world: Repository) => void]>([
    ['is declared again', (world) => world.write({ [file]: warehouse() })],
    [
      'is declared under another name',
      (world) => {
        const renamed = '  - name: Out\n    lifecycle: { renamed_from: Orders out }'
        world.write({ [file]: warehouse().replace('  - name: Orders out', renamed) })
      }
    ],
    [
      'is gone from the service',
      (world) => {
        const sync = world.server.store.all('sync').find(({ name }) => name === 'Orders out')
        world.server.store.remove('sync', sync!.id)
      }
    ],
    [
      'is declared by other files of the repository',
      (world) => {
        world.write({ 'other/a.yaml': `syncs:\n${parts.ordersOut}` })
        world.commit()
      }
    ]
  ])('that %s is told no more', async (_what, change) => {
    const world = await leftOver()
    change(world)
    expect((await world.run('plan')).out).not.toContain('no longer declared')
  })

  test('is known by its id, whatever it is called in the service since', async () => {
    const world = await leftOver()
    const sync = world.server.store.all('sync').find(({ name }) => name === 'Orders out')!
    world.server.store.edit('sync', sync.id, { name: 'Kept by hand' })
    const { out } = await world.run('plan')
    expect(out).toContain('? sync "Kept by hand"')
  })

  test('stays protected where it was', async () => {
    const guarded = '  - name: Orders out\n    lifecycle: { prevent_destroy: true }'
    const world = await leftOver(warehouse().replace('  - name: Orders out', guarded))
    const { code, err } = await world.run('plan', '--prune')
    expect(code).toBe(7)
    expect(err).toContain('error[P503]: sync "Orders out" was protected from deletion at')
  })

  test('is not taken back into the files by `pull --unmanaged`', async () => {
    const world = await leftOver()
    const { out } = await world.run('pull', '--unmanaged', '--check')
    expect(out).not.toContain('Orders out')
  })
})

describe('what git keeps of it', () => {
  test('is there also after files were applied that are not committed', async () => {
    const world = makeRepository({ files: { [file]: warehouse() }, env })
    await applied(world)
    world.write({ [file]: without('ordersOut').replace('hour: 8', 'hour: 9') })
    await applied(world)
    const { out } = await world.run('plan')
    expect(out).toContain('1 resource is no longer declared, and is left alone (`removed:` deletes)')
  })

  test('a named revision and a selection leave it as it is, and `--since none` forgets it', async () => {
    const world = await leftOver()
    expect((await world.run('plan', '--since', 'HEAD')).out).not.toContain('no longer declared')
    await applied(world, '--since', 'HEAD')
    await applied(world, '--only', 'sync "Users out"')
    expect((await world.run('plan')).out).toContain('? sync "Orders out"')
    await applied(world, '--since', 'none')
    expect((await world.run('plan')).out).not.toContain('no longer declared')
  })

  test('is of one configuration: others of the repository do not tell it', async () => {
    const world = await leftOver()
    world.write({ 'other/r.yaml': 'roles: [{ name: Readers }]\n' })
    world.commit()
    await applied(world, '-f', 'other')
    expect((await world.run('plan', '-f', 'other')).out).not.toContain('no longer declared')
    expect((await world.run('plan')).out).toContain('? sync "Orders out"')
  })

  test('goes to other machines with --push-applied, also that nothing is left any more', async () => {
    const world = await leftOver()
    const remote = join(world.folder, '.remote')
    mkdirSync(remote)
    world.git(['init', '--quiet', '--bare', remote])
    world.git(['remote', 'add', 'origin', remote])
    const pushed = (): string => world.git(['cat-file', 'blob', leftRef(world)], remote)
    await applied(world, '--push-applied')
    expect(pushed()).toContain('"name": "Orders out"')
    await applied(world, '--push-applied', '--prune')
    expect(pushed()).not.toContain('Orders out')
  })

  test('and cannot be read is a warning, and a stop for --prune', async () => {
    const world = await leftOver()
    const odd = execFileSync('git', ['hash-object', '-w', '--stdin'], {
      cwd: world.folder,
      input: '{"format":1,"left":[{"kind":7}]}'
    })
    world.git(['update-ref', leftRef(world), odd.toString().trim()])
    const plan = await world.run('plan')
    expect([plan.code, plan.err]).toEqual([
      0,
      expect.stringContaining('warning[P310]: git does not tell what earlier applies left behind')
    ])
    expect((await world.run('plan', '--prune')).code).toBe(3)
    await applied(world, '--since', 'none')
    expect((await world.run('plan')).err).toBe('')
  })
})
