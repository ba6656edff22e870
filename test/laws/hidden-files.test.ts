import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { elsewhere, makeRepository, type Repository } from '../support/repository.ts'
import { env, idOf, parts, without, writes } from '../support/warehouse.ts'
import { share, spread } from '../support/samples.ts'
import type { Sandbox } from '../support/sandbox.ts'

/**
 * R15: whatever keeps a file from being seen, by git or on the disk, `plan --prune` deletes nothing for it
 * and `drift --since` does not pass over what somebody changed there. Everything runs in real repositories.
 */

const [aside, hidden] = ['configs/a/a.yaml', 'configs/b/b.yaml']
const orders = `syncs:\n${parts.ordersOut}`

/** `since` is a revision with all files, `world` where the commands run, `files` what they read. */
interface Hidden {
  world: Sandbox
  since?: string
  files?: string[]
}

async function applied(more: Record<string, string> = {}): Promise<Repository> {
  const world = makeRepository({ files: { [aside]: without('ordersOut'), [hidden]: orders, ...more }, env })
  const ran = await world.run('apply', '--yes', '--quiet')
  expect(ran.code, ran.out + ran.err).toBe(0)
  return world
}

const at = (world: Sandbox, path: string): string => join(world.folder, path)
const ignore = (world: Sandbox): void => appendFileSync(at(world, '.git/info/exclude'), '/configs/b\n')

/** A copied repository knows the times of other files: git keeps what it takes for changed out of a sparse checkout. */
const refresh = (world: Repository): void => void world.git(['update-index', '-q', '--refresh'])

/** Each way leaves `git status` clean, or is a rename in its words. */
const ways: Record<string, (world: Repository) => Hidden> = {
  'a sparse checkout': (world) => {
    refresh(world)
    world.git(['sparse-checkout', 'set', '--cone', 'configs/a'])
    return { world }
  },
  'a sparse checkout with a sparse index': (world) => {
    refresh(world)
    world.git(['sparse-checkout', 'set', '--cone', '--sparse-index', 'configs/a'])
    return { world }
  },
  'a sparse checkout by patterns': (world) => {
    refresh(world)
    world.git(['sparse-checkout', 'set', '--no-cone', '/*', '!/configs/b/'])
    return { world }
  },
  'skip-worktree, and gone from the disk': (world) => {
    world.git(['update-index', '--skip-worktree', hidden])
    rmSync(at(world, hidden))
    return { world }
  },
  'assume-unchanged, and gone from the disk': (world) => {
    world.git(['update-index', '--assume-unchanged', hidden])
    rmSync(at(world, hidden))
    return { world }
  },
  'skip-worktree, and emptied of its blocks': (world) => {
    world.git(['update-index', '--skip-worktree', hidden])
    writeFileSync(at(world, hidden), 'syncs: []\n')
    return { world }
  },
  'assume-unchanged, and emptied of its blocks': (world) => {
    world.git(['update-index', '--assume-unchanged', hidden])
    writeFileSync(at(world, hidden), 'syncs: []\n')
    return { world }
  },
  'assume-unchanged, and committed otherwise since': (world) => {
    world.write({ [hidden]: `# moved\n${orders}` })
    world.commit()
    world.git(['update-index', '--assume-unchanged', hidden])
    writeFileSync(at(world, hidden), 'syncs: []\n')
    return { world, since: 'HEAD~1' }
  },
  'a name that is not read': (world) => {
    world.git(['mv', hidden, `${hidden}.bak`])
    world.commit()
    return { world, since: 'HEAD~1' }
  },
  'a hidden name': (world) => {
    world.git(['mv', hidden, 'configs/b/.b.yaml'])
    world.commit()
    return { world, since: 'HEAD~1' }
  },
  'a hidden folder': (world) => {
    world.git(['mv', 'configs/b', 'configs/.b'])
    world.commit()
    return { world, since: 'HEAD~1' }
  },
  'a rename among more files than git compares by itself': (world) => {
    world.git(['config', 'diff.renameLimit', '1'])
    world.git(['config', 'diff.renames', 'false'])
    world.write({ 'x.txt': 'x\n', 'y.txt': 'y\n' })
    world.commit()
    world.git(['mv', hidden, `${hidden}.off`])
    appendFileSync(at(world, `${hidden}.off`), '# off for now\n')
    world.git(['mv', 'x.txt', 'x2.txt'])
    appendFileSync(at(world, 'x2.txt'), 'more\n')
    world.commit()
    return { world, since: 'HEAD~1' }
  },
  'another usual folder that goes before': (world) => {
    world.git(['mv', 'configs', 'polytomic'])
    world.commit()
    world.write({ 'configs/a/a.yaml': without('ordersOut') })
    world.commit()
    return { world, since: 'HEAD~1' }
  },
  'a link that leads to other files': (world) => {
    world.git(['mv', 'configs/b', 'orders'])
    symlinkSync('../orders', at(world, 'configs/b'))
    const since = world.commit()
    world.write({ 'none/b.yaml': 'syncs: []\n' })
    rmSync(at(world, 'configs/b'))
    symlinkSync('../none', at(world, 'configs/b'))
    world.commit()
    return { world, since }
  },
  'a filter that empties the file on its way to the disk': (world) => {
    writeFileSync(at(world, '.git/info/attributes'), '/configs/b/* filter=own\n')
    world.git(['config', 'filter.own.smudge', "sh -c 'cat >/dev/null; echo syncs: []'"])
    const blob = at(world, '.git/orders')
    writeFileSync(blob, orders)
    world.git(['config', 'filter.own.clean', `sh -c 'cat >/dev/null; cat ${blob}'`])
    rmSync(at(world, hidden))
    world.git(['checkout', '--', hidden])
    return { world }
  },
  'a filter that empties a file which changed in its commits too': (world) => {
    writeFileSync(at(world, '.git/info/attributes'), '/configs/b/* filter=own\n')
    appendFileSync(at(world, hidden), '# looked through\n')
    world.commit()
    world.git(['config', 'filter.own.smudge', "sh -c 'cat >/dev/null; echo syncs: []'"])
    const blob = at(world, '.git/orders')
    writeFileSync(blob, `${orders}# looked through\n`)
    world.git(['config', 'filter.own.clean', `sh -c 'cat >/dev/null; cat ${blob}'`])
    rmSync(at(world, hidden))
    world.git(['checkout', '--', hidden])
    return { world, since: 'HEAD~1' }
  },
  'ignored, never committed': (world) => {
    world.git(['rm', '--quiet', '--cached', hidden])
    world.git(['commit', '--quiet', '--message', 'not ours'])
    ignore(world)
    return { world }
  },
  'ignored, behind a link': (world) => {
    world.git(['rm', '--quiet', '-r', '--cached', 'configs/b'])
    renameSync(at(world, 'configs/b'), at(world, 'generated'))
    appendFileSync(at(world, '.git/info/exclude'), '/generated\n')
    symlinkSync('../generated', at(world, 'configs/b'))
    world.commit()
    return { world }
  },
  'reached by an ignored link alone': (world) => {
    world.git(['mv', 'configs/b', 'orders'])
    world.commit()
    ignore(world)
    symlinkSync('../orders', at(world, 'configs/b'))
    return { world }
  },
  untracked: (world) => {
    world.git(['rm', '--quiet', '--cached', hidden])
    world.git(['commit', '--quiet', '--message', 'not ours'])
    world.git(['config', 'status.showUntrackedFiles', 'no'])
    return { world }
  },
  'a repository in the repository': (world) => {
    world.git(['rm', '--quiet', '--cached', hidden])
    world.git(['commit', '--quiet', '--message', 'theirs'])
    world.git(['init', '--quiet'], at(world, 'configs/b'))
    world.git(['add', '.'], at(world, 'configs/b'))
    world.git(['commit', '--quiet', '--message', 'ours'], at(world, 'configs/b'))
    ignore(world)
    return { world }
  },
  'a submodule': (world) => inSubmodule(world, 'configs/b'),
  'a submodule that is not there': (world) => {
    const found = inSubmodule(world, 'configs/b')
    world.git(['submodule', 'deinit', '--quiet', '--force', 'configs/b'])
    return found
  },
  'a folder that became a submodule, which is not there': (world) => {
    inSubmodule(world, 'configs/b')
    world.git(['submodule', 'deinit', '--quiet', '--force', 'configs/b'])
    return { world, since: 'HEAD~1' }
  },
  'a submodule that was taken out': (world) => {
    const found = inSubmodule(world, 'configs/b')
    world.git(['rm', '--quiet', '--force', 'configs/b'])
    world.commit()
    return { ...found, since: 'HEAD~1' }
  },
  'all in a submodule': (world) => ({ ...inSubmodule(world, 'team'), files: ['team/b.yaml', 'configs'] })
}

/** What was in `configs/b` becomes a repository of its own, at `path`. */
function inSubmodule(world: Repository, path: string): Hidden {
  const own = at(world, '.git/own')
  mkdirSync(own)
  writeFileSync(join(own, 'b.yaml'), readFileSync(at(world, hidden)))
  world.git(['init', '--quiet'], own)
  world.git(['add', '.'], own)
  world.git(['commit', '--quiet', '--message', 'own'], own)
  world.git(['rm', '--quiet', '-r', 'configs/b'])
  world.git(['-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', own, path])
  world.commit()
  return { world }
}

/** None of them changes anything, so that one repository serves all. */
const commands = [
  ['plan', '--format', 'json'],
  ['plan', '--format', 'json', '--prune'],
  ['apply', '--yes', '--prune'],
  ['drift', '--format', 'json']
]

/** Of few samples a third of the ways, each with one of the commands. */
describe.each(spread(Object.entries(ways), 3))('R15: %s', (way, hide) => {
  test('plan, apply and drift stop, and name the file', async () => {
    const origin = await applied()
    origin.server.store.edit('sync', idOf(origin, 'sync', 'Orders out'), { mode: 'create' })
    const { world, since = 'HEAD', files = [] } = hide(origin)
    const named = files.flatMap((path) => ['--file', path])
    for (const words of share(commands, Math.floor(Object.keys(ways).indexOf(way) / 3) % 4, 4)) {
      expect(isQuiet(origin)).toBe(true)
      origin.requests()
      const ran = await world.run(...words, '--since', since, ...named)
      const text = `${words.join(' ')}: ${ran.out}${ran.err}`
      expect(ran.code, text).toBe(3)
      expect(text).toContain('P310')
      expect(text).toMatch(/(configs\/b|team|polytomic\/b|orders)\b/)
      expect(writes(origin), text).toEqual([])
    }
  })
})

/** Nothing that `git status` shows. */
function isQuiet(world: Repository): boolean {
  return world.git(['status', '--porcelain']) === ''
}

describe('R15: what git can tell is told', () => {
  const drifted = async (hide: (world: Repository) => Hidden): Promise<[Repository, Hidden]> => {
    const world = await applied()
    world.server.store.edit('sync', idOf(world, 'sync', 'Orders out'), { mode: 'create' })
    return [world, hide(world)]
  }
  const asBefore: Record<string, (world: Repository) => Hidden> = {
    'another spelling of the extension': (world) => {
      world.git(['mv', hidden, 'configs/b/B.YAML'])
      world.commit()
      return { world, since: 'HEAD~1' }
    },
    'a folder of another name': (world) => {
      world.git(['mv', 'configs/b', 'configs/C.Yml'])
      world.commit()
      return { world, since: 'HEAD~1' }
    },
    'a name of no usual extension, named': (world) => {
      world.git(['mv', hidden, 'configs/b/orders.conf'])
      world.commit()
      return { world, since: 'HEAD~1', files: ['configs', 'configs/b/orders.conf'] }
    },
    'line ends of the checkout': (world) => {
      world.git(['config', 'core.autocrlf', 'true'])
      rmSync(at(world, hidden))
      world.git(['checkout', '--', hidden])
      expect(readFileSync(at(world, hidden), 'utf8')).toContain('\r\n')
      return { world }
    },
    'a byte order mark': (world) => {
      writeFileSync(at(world, hidden), `\uFEFF${orders}`)
      return { world }
    },
    'a file that only its owner may read': (world) => {
      chmodSync(at(world, hidden), 0o600)
      return { world }
    }
  }

  test.each(spread(Object.entries(asBefore), 2))('%s is no change: drift is found', async (_way, hide) => {
    const [, { world, since = 'HEAD', files = [] }] = await drifted(hide)
    const named = files.flatMap((path) => ['--file', path])
    const drift = await world.run('drift', '--since', since, ...named)
    expect(drift.code, drift.out + drift.err).toBe(2)
    const plan = await world.run('plan', '--since', since, '--prune', '--format', 'json', ...named)
    const { changes } = JSON.parse(plan.out) as { changes: { address: string; action: string }[] }
    expect(changes.filter(({ action }) => action !== 'none')).toMatchObject([
      { address: 'sync "Orders out"', action: 'update', cause: 'drift' }
    ])
  })

  const into: Record<string, string> = {
    'as it was': orders,
    'with a new name': orders.replace(
      'name: Orders out',
      'name: Orders away\n    lifecycle: { renamed_from: Orders out }'
    ),
    'in several documents': `x-note: 1\n---\n${orders}`,
    'in a file that is broken': `${orders}models: [\n`
  }

  test.each(spread(Object.entries(into), 2))(
    'a block that moved to a file which is not read is not removed: %s',
    async (_how, text) => {
      const all = `${without('ordersOut')}${parts.ordersOut}`
      const world = makeRepository({ files: { [aside]: all, 'team/b.yaml': 'models: []\n' }, env })
      expect((await world.run('apply', '--yes', '--quiet')).code).toBe(0)
      world.write({ [aside]: without('ordersOut'), 'team/b.yaml': text })
      const named = ['--since', 'HEAD', '--prune', '--format', 'json', '--file', 'configs']
      expect((await world.run('plan', ...named)).out).not.toContain('"action": "delete"')
      world.commit()
      expect((await world.run('plan', ...named, '--since', 'HEAD~1')).out).not.toContain(
        '"action": "delete"'
      )
      // Another block of that file says nothing of this one.
      world.write({ 'team/b.yaml': orders.replace('Orders out', 'Others out') })
      expect((await world.run('plan', ...named, '--since', 'HEAD~1')).out).toContain('"action": "delete"')
    }
  )

  test('a name in the other Unicode form is the same name', async () => {
    const [composed, decomposed] = ['configs/é/ü.yaml', 'configs/e\u0301/u\u0308.yaml']
    const world = makeRepository({
      files: { [aside]: without('ordersOut'), [composed]: orders },
      env
    })
    expect((await world.run('apply', '--yes', '--quiet')).code).toBe(0)
    world.server.store.edit('sync', idOf(world, 'sync', 'Orders out'), { mode: 'create' })
    world.write({ [decomposed]: orders })
    rmSync(at(world, 'configs/é'), { recursive: true })
    const plan = await world.run('plan', '--since', 'HEAD', '--prune', '--format', 'json')
    expect(plan.out).toContain('"drift"')
    expect(plan.out).not.toContain('"action": "delete"')
    expect((await world.run('drift', '--since', 'HEAD')).code).toBe(2)
  })

  test('what somebody removed is gone: with its file, or from it', async () => {
    const removals: ((world: Repository) => void)[] = [
      (world) => world.git(['rm', '--quiet', hidden]),
      (world) => world.write({ [hidden]: 'syncs: []\n' })
    ]
    for (const remove of removals) {
      const world = await applied()
      remove(world)
      const { out } = await world.run('plan', '--since', 'HEAD', '--prune', '--format', 'json')
      expect(out).toContain('"action": "delete"')
      world.commit()
      expect((await world.run('apply', '--yes', '--since', 'HEAD~1', '--prune')).code).toBe(0)
      expect(writes(world)).toContain('DELETE /api/syncs/ID')
    }
  })

  test('a file that git tracks since then is new, staged or committed', async () => {
    const world = makeRepository({ files: { [aside]: without('ordersOut') }, env })
    expect((await world.run('apply', '--yes', '--quiet')).code).toBe(0)
    world.write({ [hidden]: orders })
    world.git(['add', '--intent-to-add', hidden])
    for (const since of ['HEAD', 'HEAD~1']) {
      const { code, out } = await world.run('plan', '--since', since, '--prune')
      expect(code, out).toBe(0)
      expect(out).toContain('1 to create')
      world.commit()
    }
  })

  test('a file that is missing is named with both ways out, and each of them works', async () => {
    const world = await applied()
    rmSync(at(world, hidden))
    const stopped = await world.run('plan', '--since', 'HEAD', '--prune')
    expect(stopped.code).toBe(3)
    const advised = [...stopped.err.matchAll(/`git ([a-z]+ [^`]+)`/g)].map(([, words]) => words!.split(' '))
    expect(advised.map(([verb]) => verb)).toEqual(['rm', 'restore'])
    const [remove, restore] = advised
    world.git(restore!)
    expect((await world.run('plan', '--since', 'HEAD', '--prune')).out).not.toContain('1 to delete')
    rmSync(at(world, hidden))
    world.git(remove!)
    expect((await world.run('plan', '--since', 'HEAD', '--prune')).out).toContain('1 to delete')
  })

  test('a file for a placeholder is judged by the commit too', async () => {
    const query = without('ordersOut').replace(
      'configuration: { query: select * from users }',
      'configuration: { query: "${file:q.sql}" }'
    )
    expect(query).toContain('q.sql')
    const world = makeRepository({ files: { [aside]: query, 'configs/a/q.sql': 'select 1\n' }, env })
    expect((await world.run('apply', '--yes', '--quiet')).code).toBe(0)
    world.git(['update-index', '--assume-unchanged', 'configs/a/q.sql'])
    world.write({ 'configs/a/q.sql': 'select 2\n' })
    const ran = await world.run('drift', '--since', 'HEAD')
    expect([ran.code, ran.err]).toEqual([3, expect.stringContaining('`configs/a/q.sql`')])
  })

  test('a file for a placeholder that the commit does not have is not guessed', async () => {
    const query = without('ordersOut').replace('query: select * from users', 'query: "${file:q.sql}"')
    const world = makeRepository({ files: { [aside]: query, '.gitignore': 'q.sql\n' }, env })
    world.write({ 'configs/a/q.sql': 'select 1\n' })
    const ran = await world.run('drift', '--since', 'HEAD')
    expect([ran.code, ran.err]).toEqual([3, expect.stringContaining('the commit does not have it')])
  })

  test.each([
    ['0'.repeat(40), 'the first push of a branch'],
    ['0'.repeat(64), 'the first push of a branch'],
    ['', 'the text is empty']
  ])('--since=%j says where such a text comes from', async (revision, words) => {
    const world = makeRepository({ files: { [aside]: without('ordersOut') }, env })
    const ran = await world.run('plan', `--since=${revision}`)
    expect([ran.code, ran.err]).toEqual([3, expect.stringContaining(words)])
  })

  test('beside a submodule, and inside of it, all is known', async () => {
    const [world] = await drifted((repository) => inSubmodule(repository, 'configs/b'))
    const beside = await world.run('drift', '--since', 'HEAD', '--file', 'configs/a')
    expect(beside.code, beside.err).toBe(0)
    const team = elsewhere(world, { cwd: at(world, 'configs/b'), env })
    const inside = await team.run('drift', '--since', 'HEAD', '--file', 'b.yaml')
    expect(inside.err).not.toContain('P310')
  })
})
