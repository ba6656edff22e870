import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { WorldIo } from '../../src/commands/io.ts'
import { createServer, type LocalServer } from '../../src/server/index.ts'
import { listen } from '../../src/server/listen.ts'
import { program } from '../support/program.ts'
import { createSandbox, tutorial, type Ran, type Sandbox } from '../support/sandbox.ts'

/** Whoever stops it is answered at once and always with 130, at any moment, and hears what was done. */

const env = { MONGODB_PASSWORD: 'x' }
const one = `
connections: [{ name: C, type: mongodb, configuration: { hosts: h, password: "\${env:MONGODB_PASSWORD}" } }]
`
const file = 'configs/a.yaml'

interface Moment {
  files?: string
  words: string[]
  /** What the service does, and the person, until they stop: \`stop\` is when. */
  io: (world: Sandbox, stop: () => void) => Partial<WorldIo>
  /** Applied before. */
  before?: true
  says: RegExp
  writes: number
}

const answer = (status: number, message: string, headers: Record<string, string> = {}): Response =>
  Response.json({ message }, { status, headers })
const never = new Promise<never>(() => undefined)

/** Waits end by being stopped, or not at all; what is under way then has no time left. */
function stuck(stop: () => void): Pick<WorldIo, 'sleep'> {
  let isStopped = false
  return {
    sleep() {
      if (isStopped) return new Promise((resolve) => setImmediate(resolve))
      isStopped = true
      stop()
      return never
    }
  }
}

function refusing(writes: boolean, reply: () => Response) {
  return (world: Sandbox, stop: () => void): Partial<WorldIo> => ({
    ...stuck(stop),
    fetch: (request) =>
      (request.method !== 'GET') === writes ? Promise.resolve(reply()) : world.server.fetch(request)
  })
}

const asking = (world: Sandbox, stop: () => void): Partial<WorldIo> => ({
  fetch: (request) => world.server.fetch(request),
  terminal: { out: false, err: false, in: true, width: 80 },
  ask() {
    stop()
    return never
  }
})
const nothing = /Interrupted: nothing was changed\.\n$/
const skipped = /skipped.*it was interrupted/s

const moments: Record<string, Moment> = {
  'at the question of apply': { words: ['apply'], io: asking, says: nothing, writes: 0 },
  'at the question of destroy': { words: ['destroy'], io: asking, before: true, says: nothing, writes: 0 },
  'reading, while nobody answers': {
    words: ['plan'],
    io: (_world, stop) => ({ fetch: () => (stop(), never) }),
    says: /Interrupted\.\n$/,
    writes: 0
  },
  'reading, between tries': {
    words: ['drift'],
    io: refusing(false, () => answer(503, 'w')),
    says: /Interrupted\.\n$/,
    writes: 0
  },
  'reading for apply, while throttled': {
    words: ['apply', '--yes'],
    io: refusing(false, () => answer(429, 'w', { 'retry-after': '49' })),
    says: nothing,
    writes: 0
  },
  'applying, while throttled': {
    words: ['apply', '--yes'],
    io: refusing(true, () => answer(429, 'w', { 'retry-after': '49' })),
    says: skipped,
    writes: 0
  },
  'applying, while a source is read': {
    files: `${one}schema_primary_keys: [{ connection: C, schema: public.users, fields: [email] }]\n`,
    words: ['apply', '--yes'],
    io: (world, stop) => ({
      ...stuck(stop),
      fetch: (request) =>
        request.method === 'PUT'
          ? Promise.resolve(answer(422, 'cache refresh in progress'))
          : world.server.fetch(request)
    }),
    says: skipped,
    writes: 1
  },
  'applying, after an answer that leaves open what was done': {
    words: ['apply', '--yes'],
    io: refusing(true, () => answer(500, 'w')),
    says: /P602/,
    writes: 0
  },
  'applying, while nobody answers': {
    words: ['apply', '--yes'],
    io: (world, stop) => ({
      ...stuck(stop),
      fetch: (request) => (request.method === 'POST' ? (stop(), never) : world.server.fetch(request))
    }),
    says: /P602.*interrupted before it was answered/s,
    writes: 0
  },
  'waiting for a person, with --wait': {
    files: tutorial,
    words: ['apply', '--yes', '--wait'],
    io: (world, stop) => {
      let waits = 0
      return {
        fetch: (request) => world.server.fetch(request),
        sleep: () => (++waits > 1 ? (stop(), never) : Promise.resolve())
      }
    },
    says: /Interrupted: .*3 done|Interrupted: .*pending/s,
    writes: 3
  },
  'waiting for a person, in connect': {
    files: tutorial,
    words: ['connect', 'Salesforce Connection'],
    before: true,
    io: (world, stop) => ({ ...stuck(stop), fetch: (request) => world.server.fetch(request) }),
    says: /it is not authorized yet/,
    writes: 1
  },
  'reading, in connect': {
    files: tutorial,
    words: ['connect', 'Salesforce Connection'],
    before: true,
    io: (_world, stop) => ({ fetch: () => (stop(), never) }),
    says: /Interrupted\.\n$/,
    writes: 0
  }
}

describe('in the program', () => {
  test.each(Object.entries(moments))(
    '%s',
    async (_what, { files = one, words, io, before, says, writes }) => {
      const world = createSandbox({ files: { [file]: files }, env })
      if (before) await world.run('apply', '--yes')
      world.requests()
      const stop = Promise.withResolvers<void>()
      const stopped = createSandbox({
        env: { ...env, POLYTOMIC_API_KEY: world.server.apiKey },
        io: { cwd: world.folder, interrupted: stop.promise, ...io(world, () => stop.resolve()) }
      })
      const ran: Ran = await stopped.run(...words)
      expect(ran.code, ran.out + ran.err).toBe(130)
      expect(ran.out + ran.err).toMatch(says)
      expect(world.requests().filter((request) => !request.startsWith('GET '))).toHaveLength(writes)
    }
  )
})

/** A terminal for a program that has none: there on every Linux, and not everywhere else. */
const terminal = 'script'
const hasScript = /util-linux/.test(spawnSync(terminal, ['--version'], { encoding: 'utf8' }).stdout ?? '')

interface Child {
  process: ChildProcess
  text(): string
  /** When this is in what it printed. */
  says(what: RegExp): Promise<void>
  code: Promise<number | null>
}

function childOf(command: string, words: string[], folder: string, more: Record<string, string>): Child {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(command, words, { cwd: folder, env: { PATH, HOME, NO_COLOR: '1', ...env, ...more } })
  onTestFinished(() => void child.kill('SIGKILL'))
  let text = ''
  const waiting = new Set<() => void>()
  const heard = (chunk: Buffer): void => {
    text += chunk.toString()
    for (const wake of waiting) wake()
  }
  child.stdout.on('data', heard)
  child.stderr.on('data', heard)
  const code = new Promise<number | null>((resolve) => {
    child.on('close', (status, signal) => resolve(signal === null ? status : null))
  })
  return {
    process: child,
    text: () => text,
    code,
    says: (what) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!what.test(text)) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      })
  }
}

interface Service {
  server: LocalServer
  folder: string
  vars: Record<string, string>
  /** Methods of all requests that have come in, answered or not. */
  received: string[]
}

async function service(): Promise<Service> {
  const server = createServer()
  const received: string[] = []
  const fetch = async (request: Request, origin?: string): Promise<Response> => {
    received.push(request.method)
    return await server.fetch(request, origin)
  }
  const { url, close } = await listen({ fetch }, { port: 0 })
  const folder = mkdtempSync(join(tmpdir(), 'polyctl-interrupted-'))
  mkdirSync(join(folder, 'configs'))
  writeFileSync(join(folder, file), one)
  onTestFinished(async () => {
    await close()
    server.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return { server, folder, received, vars: { POLYTOMIC_URL: url, POLYTOMIC_API_KEY: server.apiKey } }
}

const polyctl = (words: string[], folder: string, vars: Record<string, string>): Child =>
  childOf(process.execPath, [program, ...words], folder, vars)

describe('as a process', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)('reading from a service that hangs, %s', async (signal) => {
    const { server, folder, vars } = await service()
    server.faults.add({ fault: 'hang', on: 'GET /api/connections', times: 0 })
    const child = polyctl(['plan', '--debug'], folder, vars)
    await child.says(/GET \/api\/me 200/)
    child.process.kill(signal)
    expect(await child.code, child.text()).toBe(130)
    expect(child.text()).toContain('Interrupted.')
  })

  test('throttled for a minute', async () => {
    const { server, folder, vars } = await service()
    server.faults.add({ fault: 'too-many-requests', retryAfter: 60, times: 0 })
    const child = polyctl(['apply', '--yes'], folder, vars)
    await child.says(/throttled by the service/)
    child.process.kill('SIGINT')
    expect(await child.code, child.text()).toBe(130)
    expect(child.text()).toContain('Interrupted: nothing was changed.')
  })

  test('applying to a service that hangs: what is under way has a few seconds; a second one ends it at once', async () => {
    for (const twice of [false, true]) {
      const { server, folder, received, vars } = await service()
      server.faults.add({ fault: 'hang', on: 'POST /api/connections', times: 0 })
      const child = polyctl(['apply', '--yes', '--debug'], folder, vars)
      while (!received.includes('POST')) await sleep(5)
      child.process.kill('SIGINT')
      // Two signals may reach a process as one.
      const again = setInterval(() => twice && child.process.kill('SIGINT'), 20)
      void child.code.finally(() => clearInterval(again))
      expect(await child.code, child.text()).toBe(130)
      if (twice) expect(child.text()).not.toContain('[P602]')
      else expect(child.text()).toContain('[P602]')
    }
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('the local server, %s', async (signal) => {
    const { folder } = await service()
    const child = polyctl(['server', '--port', '0'], folder, {})
    await child.says(/listens at/)
    child.process.kill(signal)
    expect(await child.code, child.text()).toBe(130)
  })

  test('files from standard input that never come', async () => {
    const { folder } = await service()
    const child = polyctl(['validate', '--file', '-'], folder, {})
    // More than fits between two processes: when it is taken, there is somebody who reads.
    await new Promise((resolve) => child.process.stdin!.write('#\n'.repeat(500_000), resolve))
    child.process.kill('SIGINT')
    expect(await child.code, child.text()).toBe(130)
  })

  test.skipIf(!hasScript)('at the question on a terminal, Ctrl-C and a signal', async () => {
    const { server, folder, vars } = await service()
    const apply = `'${process.execPath}' '${program}' apply`
    for (const how of ['key', 'SIGTERM'] as const) {
      const command = how === 'key' ? apply : `echo PID $$; exec ${apply}`
      const child = childOf(terminal, ['-qec', command, '/dev/null'], folder, { ...vars, SHELL: '/bin/sh' })
      await child.says(/Type yes: /)
      if (how === 'key') child.process.stdin!.write('\u0003')
      else process.kill(Number(/PID (\d+)/.exec(child.text())![1]), 'SIGTERM')
      expect(await child.code, child.text()).toBe(130)
      expect(child.text()).toContain('Interrupted: nothing was changed.')
    }
    expect(server.store.all('connection')).toHaveLength(0)
    // Ctrl-D is an answer, and not the one that is asked for; yes is.
    const left = childOf(terminal, ['-qec', apply, '/dev/null'], folder, { ...vars, SHELL: '/bin/sh' })
    await left.says(/Type yes: /)
    left.process.stdin!.write('\u0004')
    expect(await left.code, left.text()).toBe(7)
    expect(left.text()).toContain('not confirmed: nothing was changed')
    const yes = childOf(terminal, ['-qec', apply, '/dev/null'], folder, { ...vars, SHELL: '/bin/sh' })
    await yes.says(/Type yes: /)
    yes.process.stdin!.write('yes\r')
    expect(await yes.code, yes.text()).toBe(0)
    expect(server.store.all('connection')).toHaveLength(1)
  })
})
