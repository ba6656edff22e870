import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { elsewhere, makeRepository, needsGit, type Repository } from '../support/repository.ts'
import { isFew, share, spread } from '../support/samples.ts'
import { env, file, idOf, parts, warehouse, without, writes } from '../support/warehouse.ts'
import { createSandbox, type Sandbox } from '../support/sandbox.ts'

/** Why it differs: git is the memory. Everything here runs in real repositories. */

interface Reported {
  changes: {
    address: string
    action: string
    cause: string | null
    reason: string
    fields: { path: string[]; cause: string | null; base?: unknown }[]
  }[]
  no_longer_declared: { address: string }[]
}

/** The plan as a program reads it. */
async function planned(world: Sandbox, ...words: string[]): Promise<Reported> {
  const ran = await world.run('plan', '--format', 'json', ...words)
  if (ran.code !== 0) throw new Error(ran.out + ran.err)
  return JSON.parse(ran.out) as Reported
}

/** Path → who moved it, of all differences of one resource. */
async function causes(
  world: Sandbox,
  address: string,
  ...words: string[]
): Promise<Record<string, unknown>> {
  const { changes } = await planned(world, ...words)
  const fields = changes.find((change) => change.address === address)?.fields ?? []
  return Object.fromEntries(fields.map(({ path, cause }) => [path.join('.'), cause]))
}

async function applied(text = warehouse(), path = file): Promise<Repository> {
  const world = makeRepository({ files: { [path]: text }, env })
  const ran = await world.run('apply', '--yes', '--quiet', '--file', path)
  expect(ran.code, ran.out + ran.err).toBe(0)
  world.requests()
  return world
}

const usersOut = 'sync "Users out"'
const atNine = warehouse({ ...parts, usersOut: parts.usersOut.replace('hour: 8', 'hour: 9') })

describe('R11: who moved', () => {
  test('R11: each field is told as the files’, the service’s, or a conflict with all three values', async () => {
    const world = await applied()
    world.server.store.edit('sync', idOf(world, 'sync', 'Users out'), {
      mode: 'create',
      schedule: { frequency: 'daily', hour: '10', minute: '30' }
    })
    world.write({ [file]: atNine.replace('first_name, target: first_name', 'first_name, target: id') })
    expect(await causes(world, usersOut, '--since', 'HEAD')).toEqual({
      mode: 'drift',
      'fields.[first_name]': 'config',
      'fields.[id]': 'config',
      'schedule.hour': 'conflict',
      'schedule.minute': 'drift'
    })
    const text = await world.run('plan', '--since', 'HEAD')
    expect(text.out).toMatch(/hour +10 → 9/)
    expect(text.out).toContain('the files said 8')
    expect(text.out).toContain('by Somebody Else')
  })

  test('R11: without a revision nobody is accused', async () => {
    const world = await applied()
    world.write({ [file]: atNine })
    expect(await causes(world, usersOut)).toEqual({ 'schedule.hour': null })
    expect((await world.run('plan')).out).toContain('the files and the service differ')
  })

  test('R11: both moved to the same value, and nothing differs', async () => {
    const world = await applied()
    world.server.store.edit('sync', idOf(world, 'sync', 'Users out'), {
      schedule: { frequency: 'daily', hour: '9', minute: '0' }
    })
    world.write({ [file]: atNine })
    expect((await world.run('plan', '--since', 'HEAD', '--detailed-exitcode')).code).toBe(0)
  })

  test('R11: drift --since is no drift while only the files moved', async () => {
    const world = await applied()
    world.write({ [file]: atNine })
    const files = await world.run('drift', '--since', 'HEAD')
    expect(files.code).toBe(0)
    expect(files.out).toContain('No drift. 1 change of the files is not applied yet.')
    world.server.store.edit('sync', idOf(world, 'sync', 'Orders out'), { mode: 'create' })
    expect((await world.run('drift', '--since', 'HEAD')).code).toBe(2)
  })

  test('R11: a model under a new name has not moved the syncs that name it', async () => {
    const world = await applied()
    const renamed = warehouse({
      ...parts,
      users: parts.users.replace('name: Users', 'name: People\n    lifecycle: { renamed_from: Users }'),
      usersOut: parts.usersOut.replace('model: Users', 'model: People')
    })
    world.write({ [file]: renamed })
    for (const when of ['before', 'after']) {
      if (when === 'after') expect((await world.run('apply', '--yes')).code).toBe(0)
      const orders = idOf(world, 'model', 'Orders')
      const source = { model_id: orders, field: 'email' }
      world.server.store.edit('sync', idOf(world, 'sync', 'Users out'), {
        fields: [{ source, target: 'email' }]
      })
      const found = await causes(world, usersOut, '--since', 'HEAD')
      expect(new Set(Object.values(found)), when).toEqual(new Set(['drift']))
      expect(Object.keys(found)).toContain('fields.[email].source.model')
    }
  })

  test('R11: something new under a name that was given away is the files’, not drift', async () => {
    const world = await applied()
    const people = parts.users.replace(
      'name: Users',
      'name: People\n    lifecycle: { renamed_from: Users }'
    )
    const usersOut = parts.usersOut.replace('model: Users', 'model: People')
    world.write({ [file]: warehouse({ ...parts, users: people, usersOut }) })
    expect((await world.run('apply', '--yes')).code).toBe(0)
    world.write({ [file]: warehouse({ ...parts, users: people + parts.users, usersOut }) })
    const { changes } = await planned(world, '--since', 'HEAD')
    expect(changes.filter(({ action }) => action !== 'none')).toMatchObject([
      { address: 'model "Users"', action: 'create', cause: 'config' }
    ])
  })

  test('R11: what somebody deleted in the service is drift, what is new in the files is not', async () => {
    const world = await applied(without('ordersOut'))
    world.server.store.remove('sync', idOf(world, 'sync', 'Users out'))
    world.write({ [file]: warehouse() })
    const { changes } = await planned(world, '--since', 'HEAD')
    const creates = changes.filter(({ action }) => action === 'create')
    expect(creates.map(({ address, cause }) => [address, cause])).toEqual([
      ['sync "Orders out"', 'config'],
      [usersOut, 'drift']
    ])
  })
})

describe('R12: what was declared and is no longer', () => {
  test('R12: is named and left alone; --prune deletes it', async () => {
    const world = await applied()
    world.write({ [file]: without('ordersOut') })
    const { no_longer_declared: gone, changes } = await planned(world, '--since', 'HEAD')
    expect(gone.map(({ address }) => address)).toEqual(['sync "Orders out"'])
    expect(changes.filter(({ action }) => action !== 'none')).toEqual([])
    world.requests()
    expect((await world.run('apply', '--yes', '--since', 'HEAD')).code).toBe(0)
    expect(writes(world)).toEqual([])
    expect((await world.run('apply', '--yes', '--since', 'HEAD', '--prune')).code).toBe(0)
    expect(writes(world)).toEqual(['DELETE /api/syncs/ID'])
  })

  test('R12: base equal to now: nothing is gone', async () => {
    const world = await applied()
    const { no_longer_declared: gone } = await planned(world, '--since', 'HEAD')
    expect(gone).toEqual([])
  })

  test('R12: a folder, a file, or a file moved in or out is the same declaration in another place', async () => {
    const world = await applied()
    const expectNone = async (...words: string[]): Promise<void> => {
      const reported = await planned(world, '--since', 'HEAD', '--prune', ...words)
      expect(reported.no_longer_declared).toEqual([])
      expect(new Set(reported.changes.map(({ action, cause }) => `${action} ${cause ?? ''}`))).toEqual(
        new Set(['none config'])
      )
    }
    world.git(['mv', 'configs', 'polytomic'])
    await expectNone()
    world.git(['mv', 'polytomic/all.yaml', 'polytomic/other.yaml'])
    await expectNone()
    await expectNone('--file', 'polytomic/other.yaml')
    world.git(['mv', 'polytomic/other.yaml', 'single.yaml'])
    await expectNone('--file', 'single.yaml')
  })

  test('R12: a file that was moved out of what is read takes its resources along: none is pruned', async () => {
    const world = makeRepository({
      files: { 'configs/a.yaml': without('ordersOut'), 'configs/b.yaml': `syncs:\n${parts.ordersOut}` },
      env
    })
    expect((await world.run('apply', '--yes')).code).toBe(0)
    world.git(['mv', 'configs/b.yaml', 'b.yaml'])
    for (const relative of ['false', 'true']) {
      world.git(['config', 'diff.relative', relative])
      const reported = await planned(world, '--since', 'HEAD', '--prune', '--file', 'configs')
      expect(reported.changes.filter(({ action }) => action !== 'none')).toEqual([])
    }
  })
})

describe('R13: secrets of which the files say that they changed', () => {
  const secret = (source: string): string => warehouse().replaceAll(/"\$\{env:PASSWORD\}"/g, source)
  const passwords = (world: Sandbox): unknown[] =>
    world.server.store.all('connection').map(({ configuration }) => configuration['password'])

  const moves: [what: string, before: string, after: string, sent: string[]][] = [
    ['another variable', '"${env:A}"', '"${env:B}"', ['value-of-b', 'value-of-b']],
    ['another literal', 'literal-then', 'literal-now', ['literal-now', 'literal-now']],
    ['a literal instead of a variable', '"${env:A}"', 'literal-now', ['literal-now', 'literal-now']],
    [
      'another fallback',
      '"${env:NONE:-literal-then}"',
      '"${env:NONE:-literal-now}"',
      ['literal-now', 'literal-now']
    ],
    [
      'another text beside a variable',
      '"literal-then${env:A}"',
      '"literal-now${env:A}"',
      ['literal-nowvalue-of-a', 'literal-nowvalue-of-a']
    ]
  ]
  test.each(spread(moves, 2))(
    'R13: %s is sent again, and no secret of then or now is shown',
    async (what, before, after, sent) => {
      const planted = { A: 'value-of-a', B: 'value-of-b' }
      const world = makeRepository({ files: { [file]: secret(before) }, env: planted })
      expect((await world.run('apply', '--yes')).code).toBe(0)
      world.write({ [file]: secret(after) })
      const outputs: string[] = []
      const ways = [['plan', '--format', 'json'], ['drift'], ['plan', '--out', 'plan.json']]
      for (const words of [['plan'], ...share(ways, moves.findIndex(([one]) => one === what) % 3, 3)]) {
        const ran = await world.run(...words, '--since', 'HEAD', '--verbose')
        outputs.push(ran.out, ran.err)
      }
      expect(outputs[0]).toContain('its secrets come from elsewhere since')
      const ran = await world.run('apply', '--yes', '--since', 'HEAD')
      expect(ran.code, ran.out + ran.err).toBe(0)
      expect(passwords(world)).toEqual(sent)
      for (const value of ['value-of-a', 'value-of-b', 'literal-then', 'literal-now'])
        expect([...outputs, ran.out, ran.err].join('\n')).not.toContain(value)
    }
  )

  test.each([
    ['stays', (text: string) => text],
    ['moves to another line', (text: string) => `# a comment\n\n${text}`],
    ['is quoted', (text: string) => text.replaceAll('literal-then', '"literal-then"')]
  ])('R13: a literal that %s is not sent again', async (_what, edit) => {
    const world = makeRepository({ files: { [file]: secret('literal-then') }, env })
    await world.run('apply', '--yes')
    world.write({ [file]: edit(secret('literal-then')) })
    expect((await world.run('plan', '--since', 'HEAD', '--detailed-exitcode')).code).toBe(0)
  })
})

describe('R13: what the service never answers, and is no secret', () => {
  const checked = (interval: string): string =>
    warehouse({
      ...parts,
      store: `${parts.store}    healthcheck_interval: ${interval}\n    validate: false\n`
    })
  const interval = (world: Sandbox): unknown =>
    world.server.store.all('connection').find(({ name }) => name === 'Store')?.healthcheck_interval

  test('R13: is sent where the files say something else since the base', async () => {
    const world = await applied(checked('1h'))
    expect(interval(world)).toBe('1h')
    world.write({ [file]: checked('2h') })
    const { changes } = await planned(world, '--since', 'HEAD')
    expect(changes.filter(({ action }) => action !== 'none')).toMatchObject([
      { address: 'connection "Store"', action: 'update', cause: 'config' }
    ])
    expect((await world.run('drift', '--since', 'HEAD')).code).toBe(0)
    expect((await world.run('apply', '--yes', '--since', 'HEAD')).code).toBe(0)
    expect(interval(world)).toBe('2h')
  })

  test('R7: is told as not compared, and as left alone when no file says it any more', async () => {
    const world = await applied(checked('1h'))
    const reported = await world.run('plan', '--verbose')
    expect(reported.out).toContain('cannot be compared: configuration.password, healthcheck_interval')
    expect(reported.out).toContain('3 values cannot be compared')
    world.write({ [file]: warehouse() })
    const since = await world.run('plan', '--verbose', '--since', 'HEAD')
    expect(since.out).toContain('not stated in the files, and left as they are: healthcheck_interval')
    expect(since.out).toContain('Nothing to do')
  })

  test('R7: a setting that no file says any more is told, however deep it stands', async () => {
    const target = 'target: { connection: Store, object: public.users'
    const world = await applied(
      warehouse().replaceAll(target, `${target}, configuration: { a: 1, b: false }`)
    )
    world.write({ [file]: warehouse() })
    expect((await world.run('plan', '--verbose')).out).not.toContain('target.configuration')
    expect((await world.run('plan', '--verbose', '--since', 'HEAD')).out).toContain(
      'not stated in the files, and left as they are: target.configuration.a, target.configuration.b'
    )
  })
})

test('R14: prevent_destroy at the base still protects after its block is gone', async () => {
  const world = await applied(
    warehouse({ ...parts, ordersOut: `${parts.ordersOut}    lifecycle: { prevent_destroy: true }\n` })
  )
  const expectRefused = async (text: string, ...words: string[]): Promise<void> => {
    world.write({ [file]: text })
    world.requests()
    const ran = await world.run('apply', '--yes', '--since', 'HEAD', ...words)
    expect(ran.code, ran.out + ran.err).toBe(7)
    expect(ran.err).toContain('[P503]')
    expect(writes(world)).toEqual([])
  }
  const listed = `${without('ordersOut')}removed: { syncs: [Orders out] }\n`
  const byId = `${without('ordersOut')}removed: { syncs: [${idOf(world, 'sync', 'Orders out')}] }\n`
  await expectRefused(without('ordersOut'), '--prune')
  await expectRefused(listed)
  await expectRefused(byId)
  world.write({ [file]: without('ordersOut') })
  // An option alone is not enough: the files must ask for it, where it is reviewed.
  expect(
    (await world.run('apply', '--yes', '--since', 'HEAD', '--prune', '--allow-destroy', 'Orders out')).code
  ).not.toBe(0)
  expect(writes(world)).toEqual([])
  world.write({ [file]: listed })
  const ran = await world.run('apply', '--yes', '--since', 'HEAD', '--allow-destroy', 'sync "Orders out"')
  expect(ran.code, ran.out + ran.err).toBe(0)
  expect(writes(world)).toEqual(['DELETE /api/syncs/ID'])
})

describe('R15: without the files of then there is a clear error, and never a delete', () => {
  async function expectRefused(world: Sandbox, code: string, words: string[], text: string): Promise<void> {
    world.requests()
    const ran = await world.run('apply', '--yes', '--prune', ...words)
    expect(ran.code, ran.out + ran.err).toBe(3)
    expect(ran.err).toContain(`error[${code}]`)
    expect(ran.err).toContain(text)
    expect(ran.err).not.toContain('    at ')
    expect(world.requests().filter((request) => !request.startsWith('GET '))).toEqual([])
  }
  const outside = (name: string): string => {
    const folder = mkdtempSync(join(tmpdir(), 'polyctl-git-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    return join(folder, name)
  }

  test('R15: no repository', async () => {
    needsGit()
    const world = createSandbox({
      files: { [file]: without('ordersOut') },
      env: { ...env, PATH: process.env['PATH'] ?? '' }
    })
    await expectRefused(world, 'P310', ['--since', 'HEAD'], 'the working folder is in no git repository')
  })

  test('R15: no git', async () => {
    const world = await applied()
    const poor = elsewhere(world, { env: { ...env, PATH: '/nonexistent' } })
    await expectRefused(poor, 'P310', ['--since', 'HEAD'], 'git is not installed here')
  })

  test('R15: no commit is called so', async () => {
    const world = await applied()
    const zeros = '0'.repeat(40)
    const names = [
      'nowhere',
      '-x',
      '',
      'HEAD^{tree}',
      zeros,
      '--all',
      'HEAD:configs',
      'HEAD..HEAD',
      '^HEAD'
    ]
    for (const revision of spread(names, 3))
      await expectRefused(world, 'P310', [`--since=${revision}`], 'no commit is called')
  })

  test('R15: a shallow clone, and what to do about it', async () => {
    const world = await applied()
    world.write({ [file]: without('ordersOut') })
    world.commit()
    const folder = outside('clone')
    world.git(['clone', '--quiet', '--depth', '1', `file://${world.folder}`, folder])
    await expectRefused(
      elsewhere(world, { cwd: folder, env }),
      'P310',
      ['--since', 'HEAD~1'],
      'fetch-depth: 0'
    )
  })

  test('R15: a clone without the contents of then', async () => {
    const world = await applied()
    world.write({ [file]: without('ordersOut') })
    world.commit()
    world.git(['config', 'uploadpack.allowFilter', 'true'])
    const folder = outside('clone')
    world.git(['clone', '--quiet', '--filter=blob:none', `file://${world.folder}`, folder])
    const clone = elsewhere(world, { cwd: folder, env })
    await expectRefused(
      clone,
      'P310',
      ['--since', 'HEAD~1'],
      'git does not have all contents of that commit here'
    )
  })

  test.each([file, 'configs'])('R15: %s of then is lost from the repository', async (path) => {
    const world = await applied()
    world.server.store.edit('sync', idOf(world, 'sync', 'Orders out'), { mode: 'create' })
    world.write({ [file]: warehouse({ ...parts, users: parts.users.replace('email', 'first_name') }) })
    world.commit()
    const id = world.git(['rev-parse', `HEAD~1:${path}`]).trim()
    rmSync(join(world.folder, '.git/objects', id.slice(0, 2), id.slice(2)))
    await expectRefused(world, 'P310', ['--since', 'HEAD~1'], 'cannot be looked up')
    expect((await world.run('drift', '--since', 'HEAD~1')).code).toBe(3)
  })

  test('R15: a commit that was replaced on this machine alone is read as everybody has it', async () => {
    const world = await applied()
    world.server.store.edit('sync', idOf(world, 'sync', 'Orders out'), { mode: 'create' })
    const commit = world.git(['rev-parse', 'HEAD']).trim()
    world.write({ [file]: 'syncs: []\n' })
    const other = world.commit()
    world.git(['reset', '--quiet', '--hard', commit])
    world.git(['replace', commit, other])
    expect((await world.run('drift', '--since', commit)).code).toBe(2)
  })

  test('R15: a repository without a work tree', async () => {
    const world = await applied()
    const inside = elsewhere(world, { cwd: join(world.folder, '.git'), env })
    await expectRefused(
      inside,
      'P310',
      ['--since', 'HEAD', '--file', '../configs'],
      'in no work tree of git'
    )
  })

  test('R15: files of another place', async () => {
    const world = await applied()
    const other = await applied(without('ordersOut'))
    await expectRefused(
      world,
      'P310',
      ['--since', 'HEAD', '--file', join(other.folder, file)],
      'is not in this repository'
    )
  })

  test('R15: standard input', async () => {
    const world = await applied()
    const piped = createSandbox({ env, io: { cwd: world.folder, stdin: async () => without('ordersOut') } })
    await expectRefused(
      piped,
      'P310',
      ['--since', 'HEAD', '--file', '-'],
      'cannot be used with standard input'
    )
  })

  test('R15: files that were broken then, with the problem at its place of then', async () => {
    const world = await applied()
    world.write({ [file]: warehouse().replace('mode: updateOrCreate', 'modee: updateOrCreate') })
    const broken = world.commit().slice(0, 7)
    world.write({ [file]: without('ordersOut') })
    await expectRefused(world, 'P311', ['--since', broken], `${broken}:${file}`)
  })

  test('R15: a variable that the files needed then', async () => {
    const world = makeRepository({
      files: { [file]: warehouse().replace('public.users', '"${env:THEN}"') },
      env
    })
    world.write({ [file]: without('ordersOut') })
    await expectRefused(world, 'P311', ['--since', 'HEAD'], 'THEN')
  })

  test('R15: a secret of then is not in the frame of a problem of then', async () => {
    const text = warehouse().replaceAll('"${env:PASSWORD}"', 'literal-then')
    const world = makeRepository({ files: { [file]: text.replace('port: 5432', 'portt: [}') }, env })
    world.write({ [file]: without('ordersOut') })
    const ran = await world.run('plan', '--since', 'HEAD')
    expect(ran.code).toBe(3)
    expect(ran.out + ran.err).not.toContain('literal-then')
  })
})

describe('what is read at a revision', () => {
  test('the paths are those of the working folder, from a subfolder and in a work tree of its own', async () => {
    const world = makeRepository({
      files: { 'team/configs/all.yaml': warehouse(), 'configs/b.yaml': 'syncs: []\n' },
      env
    })
    const team = elsewhere(world, { cwd: join(world.folder, 'team'), env })
    expect((await team.run('apply', '--yes')).code).toBe(0)
    world.git(['worktree', 'add', '--quiet', 'tree', 'HEAD'])
    const tree = elsewhere(world, { cwd: join(world.folder, 'tree', 'team'), env })
    for (const [place, folder] of [
      [team, 'team'],
      [tree, 'tree/team']
    ] as const) {
      world.write({ [`${folder}/configs/all.yaml`]: without('ordersOut') })
      const paths = ['configs', './configs/', '../team/configs', join(world.folder, folder, 'configs')]
      for (const path of share(paths, place === team ? 0 : 1, 2)) {
        const { no_longer_declared: gone } = await planned(place, '--since', 'HEAD', '--file', path)
        expect(
          gone.map(({ address }) => address),
          `${folder} ${path}`
        ).toEqual(['sync "Orders out"'])
      }
    }
  })

  test('links are followed, as they were', async () => {
    const world = makeRepository({ files: { 'shared/all.yaml': warehouse() }, env })
    symlinkSync('shared', join(world.folder, 'configs'))
    world.commit()
    expect((await world.run('apply', '--yes')).code).toBe(0)
    world.write({ 'shared/all.yaml': without('ordersOut') })
    const { no_longer_declared: gone } = await planned(world, '--since', 'HEAD')
    expect(gone.map(({ address }) => address)).toEqual(['sync "Orders out"'])
  })

  test('a revision from before the first file is a beginning', async () => {
    const world = makeRepository({ env })
    world.write({ [file]: warehouse() })
    world.git(['add', file])
    const reported = await planned(world, '--since', 'HEAD', '--prune')
    expect(reported.changes.map(({ action, cause }) => `${action} ${cause ?? ''}`)).toEqual(
      Array.from({ length: 6 }, () => 'create config')
    )
  })

  test('however many files are asked for at once: a process for each would take seconds', async () => {
    const count = isFew ? 60 : 500
    const text = (index: number): string =>
      `connections:\n  - { name: C${index}, type: mongodb, configuration: { hosts: h } }\n`
    const files = Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`configs/${index % 20}/c${index}.yaml`, text(index)])
    )
    needsGit()
    const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim()
    const world = makeRepository({
      files: { ...files, 'bin/git': `#!/bin/sh\necho >> git.log\nexec ${real} "$@"\n` }
    })
    chmodSync(join(world.folder, 'bin/git'), 0o755)
    const counted = elsewhere(world, {
      env: { PATH: `${join(world.folder, 'bin')}:${process.env['PATH'] ?? ''}` }
    })
    const ran = await counted.run('plan', '--since', 'HEAD')
    expect(ran.code, ran.err).toBe(0)
    expect(ran.out).toContain(`${count} to create`)
    expect(readFileSync(join(world.folder, 'git.log'), 'utf8').length).toBeLessThan(10)
  })
})
