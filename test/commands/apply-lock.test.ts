import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { WorldIo } from '../../src/commands/io.ts'
import { createProgram } from '../../src/commands/program.ts'
import { listen } from '../../src/server/listen.ts'
import { program } from '../support/program.ts'
import { samples } from '../support/samples.ts'
import { makeRepository, type Repository } from '../support/repository.ts'
import { createSandbox, type SandboxOptions } from '../support/sandbox.ts'

/** `apply --lock`: a ref on the git remote that one apply at a time holds. */

const files = { 'configs/a.yaml': 'roles: [{ name: readers }, { name: writers }]\n' }
const now = new Date('2026-11-29T09:30:00.000Z')

interface World extends Repository {
  remote: string
  /** The refs of locks on the remote, and what they name. */
  locks(): string[]
}

function withRemote(options: SandboxOptions = {}): World {
  const world = makeRepository({ files, ...options })
  const remote = mkdtempSync(join(tmpdir(), 'polyctl-remote-'))
  onTestFinished(() => rmSync(remote, { recursive: true, force: true }))
  world.git(['init', '--quiet', '--bare', remote])
  world.git(['remote', 'add', 'origin', remote])
  const locks = (): string[] => {
    const format = '--format=%(refname) %(objectname)'
    return world.git(['for-each-ref', format, 'refs/polyctl/lock'], remote).split('\n').filter(Boolean)
  }
  return { ...world, remote, locks }
}

async function organizationOf(world: Repository): Promise<string> {
  const { out } = await world.run('plan', '--format', 'json')
  return (JSON.parse(out) as { organization: { id: string } }).organization.id
}

/** Somebody else's lock, as another run of the program leaves it. */
async function lockedByOther(world: World, owner = 'Grace Hopper'): Promise<string> {
  const message = `polyctl lock\n\nowner: ${owner}\nat: https://ci.example.com/7\nsince: 2026-11-29T06:30:00.000Z\nkey: k\n`
  const tree = world.git(['hash-object', '-t', 'tree', '-w', '/dev/null'], world.remote).trim()
  const commit = world.git(['commit-tree', tree, '-m', message], world.remote).trim()
  world.git(['update-ref', `refs/polyctl/lock/${await organizationOf(world)}`, commit], world.remote)
  world.requests()
  return commit
}

/** What happens while the service answers the first write. */
function atFirstWrite(happens: (world: World) => void): World {
  let isFirst = true
  const io: Partial<WorldIo> = {
    now: () => now,
    async fetch(request) {
      const isNow = isFirst && request.method === 'POST'
      if (isNow) isFirst = false
      if (isNow) happens(world)
      return await world.server.fetch(request)
    }
  }
  const world: World = withRemote({ io })
  return world
}

describe('`apply --lock`', () => {
  test('holds a ref on the remote while it writes, and gives it back', async () => {
    let during: string[] = []
    const world = atFirstWrite(({ locks }) => {
      during = locks()
    })
    const id = await organizationOf(world)
    expect((await world.run('apply', '--yes', '--lock')).code).toBe(0)
    expect(during).toEqual([expect.stringMatching(new RegExp(`^refs/polyctl/lock/${id} [0-9a-f]{40}$`))])
    expect(world.locks()).toEqual([])
    expect((await world.run('plan')).out).toContain('Nothing to do')
  })

  test('asks for nothing but the organization before it is held', async () => {
    const world = withRemote({ io: { now: () => now } })
    await lockedByOther(world)
    await world.run('apply', '--yes', '--lock')
    expect(world.requests()).toEqual(['GET /api/me'])
  })

  test('is refused while another holds it: whose it is, since when, and how to go on', async () => {
    const world = withRemote({ io: { now: () => now } })
    const other = await lockedByOther(world)
    const { code, err } = await world.run('apply', '--yes', '--lock')
    expect(code).toBe(6)
    expect(err).toContain(
      'error[P317]: the lock is held since 2026-11-29 06:30 UTC (3 hours ago) by Grace Hopper'
    )
    expect(err).toContain('it runs at https://ci.example.com/7')
    expect(err).toContain(`take it over: \`polyctl apply --take-lock ${other.slice(0, 10)}\``)
    expect(world.locks()).toHaveLength(1)
  })

  test('that was left behind is taken over by its id, and by no other', async () => {
    const world = withRemote({ io: { now: () => now } })
    const other = await lockedByOther(world, 'Grace\u001b[31m Hopper')
    expect((await world.run('apply', '--yes', '--take-lock', '0123456789')).code).toBe(6)
    expect(world.locks()).toHaveLength(1)
    const { code, err } = await world.run('apply', '--yes', '--take-lock', other.slice(0, 10))
    expect(code).toBe(0)
    expect(err).toContain('warning[P317]: the lock held since 2026-11-29 06:30 UTC')
    expect(err).not.toContain('\u001b')
    expect(world.locks()).toEqual([])
    expect((await world.run('apply', '--take-lock', 'HEAD')).err).toContain('`HEAD` is no id of a lock')
  })

  test('of which nobody knows what it says is held all the same', async () => {
    const world = withRemote()
    const commit = world.commit()
    world.git(['push', '--quiet', 'origin', `${commit}:refs/polyctl/lock/${await organizationOf(world)}`])
    const { code, err } = await world.run('apply', '--yes', '--lock')
    expect(code).toBe(6)
    expect(err).toContain('the lock is held by somebody')
  })
})

describe('the lock is given back', () => {
  test('after a failure', async () => {
    const refusal = (): Response => Response.json({ message: 'no such thing' }, { status: 422 })
    const world = withRemote({
      io: {
        fetch: async (request) =>
          request.method === 'POST' ? refusal() : await world.server.fetch(request)
      }
    })
    expect((await world.run('apply', '--yes', '--lock')).code).toBe(5)
    expect(world.locks()).toEqual([])
  })

  test('after a plan that is refused, and where nobody said yes', async () => {
    const world = withRemote()
    expect((await world.run('apply', '--lock')).code).toBe(7)
    world.write({ 'configs/b.yaml': 'connections: [{ name: C, type: nothing }]\n' })
    expect((await world.run('apply', '--lock', '--yes')).code).toBe(3)
    expect(world.locks()).toEqual([])
  })

  test('after Ctrl-C', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const world = withRemote({
      io: {
        interrupted: promise,
        fetch: async (request) => {
          if (request.method === 'POST') resolve()
          return await world.server.fetch(request)
        }
      }
    })
    expect((await world.run('apply', '--yes', '--lock')).code).toBe(130)
    expect(world.locks()).toEqual([])
  })

  test('where the process ends before the command does', async () => {
    const asked = Promise.withResolvers<void>()
    const world = withRemote()
    const held = createProgram({
      ...quietIo(world),
      fetch: async (request) => {
        if (request.method !== 'POST') return await world.server.fetch(request)
        asked.resolve()
        return await new Promise<never>(() => undefined)
      }
    })
    void held.run(['apply', '--yes', '--lock'])
    await asked.promise
    expect(world.locks()).toHaveLength(1)
    await held.giveUp([])
    expect(world.locks()).toEqual([])
  })
})

function quietIo(world: World): WorldIo {
  return {
    out: () => undefined,
    err: () => undefined,
    cwd: world.folder,
    env: {
      PATH: process.env['PATH'],
      POLYTOMIC_URL: 'https://polytomic.test',
      POLYTOMIC_API_KEY: world.server.apiKey
    },
    terminal: { out: false, err: false, in: false, width: 100 },
    ask: async () => '',
    stdin: async () => '',
    interrupted: new Promise<void>(() => undefined),
    now: () => now,
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
    timer: () => () => undefined,
    random: () => 0,
    fetch: (request) => world.server.fetch(request),
    proxyFor: () => '',
    backoffMs: 1,
    newKey: () => 'key'
  }
}

describe('what goes wrong with it', () => {
  test('no repository and no remote are told before any request', async () => {
    const alone = createSandbox({ files, env: { PATH: process.env['PATH'] } })
    const none = await alone.run('apply', '--yes', '--lock')
    expect(none.err).toContain(
      'error[P318]: no lock can be taken: the working folder is in no git repository'
    )
    const world = makeRepository({ files })
    const { code, err } = await world.run('apply', '--yes', '--lock', '--all-organizations')
    expect(code).toBe(3)
    expect(err).toContain('error[P318]: no lock can be taken: the repository has no remote')
    expect([...alone.requests(), ...world.requests()]).toEqual([])
  })

  test('a remote that lets nobody push: what it says, and nothing is written', async () => {
    const world = withRemote()
    writeFileSync(join(world.remote, 'hooks', 'pre-receive'), '#!/bin/sh\necho not today >&2\nexit 1\n', {
      mode: 0o755
    })
    const { code, err } = await world.run('apply', '--yes', '--lock')
    expect(code).toBe(3)
    expect(err).toMatch(/error\[P318\]: the lock cannot be taken: git says: .*(not today|declined)/)
    expect(world.requests().filter((request) => !request.startsWith('GET'))).toEqual([])
  })

  test('somebody takes it over in the middle: both hear of it', async () => {
    const world = atFirstWrite((here) => {
      const [ref = ''] = here.locks()[0]?.split(' ') ?? []
      here.git(['update-ref', ref, here.commit()])
      here.git(['push', '--quiet', '--force', 'origin', `HEAD:${ref}`])
    })
    const { code, err } = await world.run('apply', '--yes', '--lock')
    expect(code).toBe(0)
    expect(err).toContain('warning[P317]: the lock was taken over while this ran by somebody')
    expect(world.locks()).toHaveLength(1)
  })

  test('a remote that is gone at the end: what was applied is applied, and how to go on is told', async () => {
    const world = atFirstWrite(({ remote }) => renameSync(remote, `${remote}-moved`))
    onTestFinished(() => rmSync(`${world.remote}-moved`, { recursive: true, force: true }))
    const { code, out, err } = await world.run('apply', '--yes', '--lock')
    expect(code).toBe(0)
    expect(out).toContain('2 done')
    const [, id = ''] = /warning\[P318\][^]*--take-lock ([0-9a-f]{10})/.exec(err) ?? []
    renameSync(`${world.remote}-moved`, world.remote)
    expect((await world.run('apply', '--yes', '--lock')).code).toBe(6)
    expect((await world.run('apply', '--yes', '--take-lock', id)).code).toBe(0)
    expect(world.locks()).toEqual([])
  })
})

interface Ended {
  code: number | null
  text: string
}

describe('between processes', () => {
  const started = (world: World, url: string, words: string[]) => {
    const child = spawn(process.execPath, [program, ...words], {
      cwd: world.folder,
      env: { PATH: process.env['PATH'], POLYTOMIC_URL: url, POLYTOMIC_API_KEY: world.server.apiKey }
    })
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => void (text += chunk.toString()))
    const ended = new Promise<Ended>((resolve) => void child.on('close', (code) => resolve({ code, text })))
    return { child, ended }
  }

  test('of those who come meanwhile each is refused, and nothing is written twice', async () => {
    const world = withRemote()
    const first = Promise.withResolvers<void>()
    const others = Promise.withResolvers<void>()
    const fetch = async (request: Request): Promise<Response> => {
      if (request.method === 'POST') {
        first.resolve()
        await others.promise
      }
      return await world.server.fetch(request)
    }
    const { url, close } = await listen({ fetch }, { port: 0 })
    onTestFinished(close)
    const holder = started(world, url, ['apply', '--yes', '--lock'])
    await first.promise
    const later = [1, 2].map(() => started(world, url, ['apply', '--yes', '--lock']))
    for (const { ended } of later) {
      const { code, text } = await ended
      expect(code, text).toBe(6)
    }
    others.resolve()
    expect((await holder.ended).code).toBe(0)
    expect(world.server.store.all('role').filter(({ name }) => name === 'readers')).toHaveLength(1)
    expect(world.locks()).toEqual([])
  })

  test('what was killed leaves the lock, and whoever takes it over finishes the work', async () => {
    const world = withRemote()
    const asked = Promise.withResolvers<void>()
    let isKilled = false
    const fetch = async (request: Request): Promise<Response> => {
      if (request.method === 'POST' && !isKilled) {
        asked.resolve()
        return await new Promise<never>(() => undefined)
      }
      return await world.server.fetch(request)
    }
    const { url, close } = await listen({ fetch }, { port: 0 })
    onTestFinished(close)
    const killed = started(world, url, ['apply', '--yes', '--lock'])
    await asked.promise
    killed.child.kill('SIGKILL')
    await killed.ended
    isKilled = true
    const refused = await started(world, url, ['apply', '--yes', '--lock']).ended
    expect(refused.code).toBe(6)
    const [, id = ''] = /--take-lock ([0-9a-f]{10})/.exec(refused.text) ?? []
    const { code, text } = await started(world, url, ['apply', '--yes', '--take-lock', id]).ended
    expect(code, text).toBe(0)
    expect(world.locks()).toEqual([])
  })

  test('that race for it, one at a time is inside', async () => {
    const world = withRemote()
    const log = join(world.folder, 'log')
    writeFileSync(log, '')
    const source = pathToFileURL(join(import.meta.dirname, '../../src/config/source/apply-lock.ts')).href
    const rounds = samples(5, 2).numRuns
    const script = `
      import { openLockPlace } from ${JSON.stringify(source)}
      import { appendFileSync } from 'node:fs'
      const place = openLockPlace({ cwd: ${JSON.stringify(world.folder)}, env: process.env })
      const lock = place.value('organization')
      for (let done = 0; done < ${rounds}; ) {
        const { value } = lock.prepare({ owner: process.argv[1], since: new Date().toISOString(), key: process.argv[1] + done })
        if (lock.take(value).is !== 'taken') continue
        appendFileSync(${JSON.stringify(log)}, process.argv[1] + ' in\\n')
        appendFileSync(${JSON.stringify(log)}, process.argv[1] + ' out\\n')
        if (lock.release(value).is !== 'released') process.exit(1)
        done += 1
      }`
    const codes = ['a', 'b', 'c'].map((name) => {
      const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script, name], {
        stdio: ['ignore', 'ignore', 'inherit']
      })
      return new Promise((resolve) => void child.on('close', resolve))
    })
    expect(await Promise.all(codes)).toEqual([0, 0, 0])
    const lines = readFileSync(log, 'utf8').trim().split('\n')
    expect(lines).toHaveLength(6 * rounds)
    for (let at = 0; at < lines.length; at += 2)
      expect(lines[at + 1]).toBe(lines[at]?.replace(' in', ' out'))
    expect(world.locks()).toEqual([])
  })
})
