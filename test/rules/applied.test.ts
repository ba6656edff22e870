import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { env, file, parts, warehouse, without } from '../support/warehouse.ts'
import { makeRepository, type Repository } from '../support/repository.ts'

/** R11: git remembers what was applied, so that nobody has to name a revision. */

const refs = (world: Repository): string =>
  world.git(['for-each-ref', '--format=%(refname) %(objectname)', 'refs/polyctl']).trim()

async function applied(files = { [file]: warehouse() }): Promise<Repository> {
  const world = makeRepository({ files, env })
  world.commit()
  const ran = await world.run('apply', '--yes')
  expect(ran.code, ran.out + ran.err).toBe(0)
  return world
}

async function organization(world: Repository): Promise<string> {
  const { out } = await world.run('plan', '--format', 'json')
  return (JSON.parse(out) as { organization: { id: string } }).organization.id
}

describe('after an apply of committed files', () => {
  test('git remembers the commit, and a deleted block is told as the files’', async () => {
    const world = await applied()
    const head = world.git(['rev-parse', 'HEAD']).trim()
    expect(refs(world)).toBe(`refs/polyctl/applied/${await organization(world)} ${head}`)
    world.write({ [file]: without('ordersOut') })
    const { out } = await world.run('plan')
    expect(out).toMatch(new RegExp(` · since ${head.slice(0, 7)}, applied last$`, 'm'))
    expect(out).toContain(`1 resource is no longer declared since ${head.slice(0, 7)}`)
    expect(out).toContain('? sync "Orders out"')
    const pruned = await world.run('plan', '--prune')
    expect(pruned.out).toContain('- sync "Orders out"')
  })

  test('what editors go by may differ from the commit', async () => {
    const schema = '.polyctl/schema.json'
    const world = makeRepository({ files: { [file]: warehouse(), [schema]: '{}' }, env })
    world.commit()
    world.write({ [schema]: '{ "title": "newer names" }' })
    const ran = await world.run('apply', '--yes')
    expect(ran.code, ran.out + ran.err).toBe(0)
    expect(refs(world)).toContain('refs/polyctl/applied/')
  })

  test('an edit in the service is drift, an edit of the files is none', async () => {
    const world = await applied()
    world.server.store.edit('model', world.server.store.all('model')[0]!.id, { identifier: 'email' })
    const drift = await world.run('drift')
    expect(drift.code).toBe(2)
    expect(drift.out).toContain('the service moved; the files say the same as at')
    const mine = await applied()
    mine.write({ [file]: warehouse({ ...parts, usersOut: parts.usersOut.replace('hour: 8', 'hour: 9') }) })
    expect((await mine.run('drift')).code).toBe(0)
  })

  test('`--since none` compares with nothing, and a named revision wins', async () => {
    const world = await applied()
    world.write({ [file]: without('ordersOut') })
    expect((await world.run('plan', '--since', 'none')).out).not.toContain('no longer declared')
    world.commit()
    const named = await world.run('plan', '--since', 'HEAD')
    expect(named.out).not.toContain('no longer declared')
    expect(named.out).not.toContain('applied last')
  })

  test('whose key it is, is asked once', async () => {
    const world = await applied()
    world.requests()
    await world.run('plan')
    expect(world.requests().filter((request) => request === 'GET /api/me')).toHaveLength(1)
  })

  test('the report says so, as text and as JSON', async () => {
    const world = await applied()
    const head = world.git(['rev-parse', 'HEAD']).trim()
    world.write({ [file]: without('ordersOut').replace('hour: 8', 'hour: 9') })
    const next = world.commit()
    const text = await world.run('apply', '--yes')
    expect(text.out).toContain(`Git remembers ${next.slice(0, 7)} as applied`)
    expect(next).not.toBe(head)
    const json = await world.run('apply', '--yes', '--format', 'json')
    expect(JSON.parse(json.out)).toMatchObject({ applied_revision: next })
  })
})

describe('nothing is remembered', () => {
  test.each<[name: string, change: (world: Repository) => void, because: string]>([
    [
      'of files that are not committed',
      (world) => world.write({ [file]: warehouse().replace('hour: 8', 'hour: 9') }),
      `\`${file}\` is changed and not committed`
    ],
    [
      'of files that git does not track',
      (world) => world.write({ 'configs/r.yaml': 'roles: [{ name: readers }]\n' }),
      '`configs/r.yaml` is not tracked by git'
    ]
  ])('%s, and that is said', async (_name, change, because) => {
    const world = await applied()
    change(world)
    const { out, code } = await world.run('apply', '--yes')
    expect(code).toBe(0)
    expect(out).toContain(`Git does not remember this as applied: ${because}.`)
    // What it remembered was applied before, and not last.
    expect(refs(world)).toBe('')
    expect((await world.run('plan')).out).not.toContain('applied last')
  })

  test.each([
    ['of a part', ['--only', 'connection "Source"']],
    ['by a plan', undefined]
  ])('%s', async (_name, part) => {
    const world = makeRepository({ files: { [file]: warehouse() }, env })
    world.commit()
    await world.run(...(part ? ['apply', '--yes', ...part] : ['plan']))
    expect(refs(world)).toBe('')
  })

  test('and nothing is forgotten where nothing was changed', async () => {
    const world = await applied()
    const before = refs(world)
    world.write({ [file]: `# a comment\n${warehouse()}` })
    expect((await world.run('apply', '--yes')).code).toBe(0)
    expect(refs(world)).toBe(before)
  })

  test('of what failed', async () => {
    const world = makeRepository({ files: { [file]: warehouse() }, env })
    world.commit()
    world.server.faults.add({ fault: 'error-before', status: 422, on: 'POST /api/syncs', times: 0 })
    expect((await world.run('apply', '--yes')).code).toBe(5)
    expect(refs(world)).toBe('')
  })

  test('after a destroy: nothing is applied any more', async () => {
    const world = await applied()
    expect((await world.run('destroy', '--yes')).code).toBe(0)
    expect(refs(world)).toBe('')
  })
})

test('two configurations of one repository and organization do not share what they remember', async () => {
  const world = await applied()
  world.write({ 'other/r.yaml': 'roles: [{ name: readers }]\n' })
  world.commit()
  expect((await world.run('apply', '--yes', '-f', 'other')).code).toBe(0)
  const all = refs(world).split('\n')
  expect(all).toHaveLength(2)
  world.write({ [file]: without('ordersOut') })
  world.commit()
  expect((await world.run('plan', '-f', 'other')).out).not.toContain('no longer declared')
  expect((await world.run('plan')).out).toContain('1 resource is no longer declared')
})

describe('where git cannot tell what was applied', () => {
  async function broken(): Promise<Repository> {
    const world = await applied()
    const ref = refs(world).split(' ')[0]!
    world.write({ [file]: 'roles: nonsense\n' })
    world.git(['update-ref', ref, world.commit()])
    world.write({ [file]: without('ordersOut') })
    return world
  }

  test('nothing is compared with it, and that is a warning', async () => {
    const world = await broken()
    const { code, out, err } = await world.run('plan')
    expect(code).toBe(0)
    expect(err).toContain('warning[P311]')
    expect(err).toContain('`--since none`')
    expect(out).not.toContain('no longer declared')
    expect(out).not.toContain('applied last')
    const untracked = await applied()
    untracked.write({ 'configs/r.yaml': 'roles: [{ name: readers }]\n' })
    const ran = await untracked.run('plan')
    expect(ran.code).toBe(0)
    expect(ran.err).toContain('warning[P310]: git does not tell what became of `configs/r.yaml`')
  })

  test('whoever wants to prune must know it: a stop', async () => {
    const { code, err } = await (await broken()).run('plan', '--prune')
    expect(code).toBe(3)
    expect(err).toContain('error[P311]')
  })
})

describe('--push-applied', () => {
  test('pushes the ref, and nothing else', async () => {
    const world = await applied()
    const remote = join(world.folder, '.remote')
    mkdirSync(remote)
    world.git(['init', '--quiet', '--bare', remote])
    world.git(['remote', 'add', 'origin', remote])
    const { code, err } = await world.run('apply', '--yes', '--push-applied')
    expect(code, err).toBe(0)
    const pushed = world.git(['for-each-ref', '--format=%(refname)'], remote).trim()
    expect(pushed).toBe(`refs/polyctl/applied/${await organization(world)}`)
  })

  test('that fails is a warning: the service is as the files say', async () => {
    const world = await applied()
    const without = await world.run('apply', '--yes', '--push-applied')
    expect(without.code).toBe(0)
    expect(without.err).toContain(
      'warning[P312]: what was applied is not pushed: the repository has no remote'
    )
    writeFileSync(join(world.folder, 'unrelated'), '')
  })
})
