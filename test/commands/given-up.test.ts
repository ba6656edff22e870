import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import type { WorldIo } from '../../src/commands/io.ts'
import { createProgram } from '../../src/commands/program.ts'
import { createSandbox } from '../support/sandbox.ts'
import { realTimer } from '../support/waiting.ts'

/** What does not end by itself is given up: whoever asked for a document has one all the same, and one only. */

const files = { 'configs/a.yaml': 'roles: [{ name: R }]\n' }

/** A service that answers nothing until it is told to. */
function silent(): { io: WorldIo; out: () => string; release: () => void } {
  const world = createSandbox({ files })
  const { promise, resolve } = Promise.withResolvers<void>()
  let out = ''
  const io: WorldIo = {
    out: (text) => void (out += text),
    err: () => undefined,
    cwd: world.folder,
    env: { POLYTOMIC_URL: 'https://app.polytomic.com', POLYTOMIC_API_KEY: world.server.apiKey },
    terminal: { out: false, err: false, in: false, width: 100 },
    ask: async () => '',
    stdin: async () => '',
    interrupted: new Promise(() => undefined),
    now: () => new Date(),
    sleep: async () => undefined,
    timer: realTimer,
    random: () => 0,
    backoffMs: 1,
    newKey: () => crypto.randomUUID(),
    proxyFor: () => '',
    fetch: async (request) => {
      await promise
      return await world.server.fetch(request)
    }
  }
  return { io, out: () => out, release: resolve }
}

test.each(['plan', 'drift', 'apply --yes', 'destroy --yes'])('%s', async (command) => {
  const words = [...command.split(' '), '--format', 'json']
  const { io, out, release } = silent()
  const program = createProgram(io)
  const running = program.run(words)
  await program.giveUp(words)
  const given: unknown = JSON.parse(out())
  expect(given).toMatchObject({ format_version: 1, interrupted: true })
  release()
  await running
  expect(JSON.parse(out())).toEqual(given)
})

test('a document that was printed already is the only one, and people get none', async () => {
  const { io, out, release } = silent()
  release()
  const program = createProgram(io)
  await program.run(['plan', '--format', 'json'])
  const given: unknown = JSON.parse(out())
  await program.giveUp(['plan', '--format', 'json'])
  expect(JSON.parse(out())).toEqual(given)
  const people = silent()
  await createProgram(people.io).giveUp(['plan'])
  expect(people.out()).toBe('')
})

test('an error that nothing awaited ends the process: the document is printed, and no stack', () => {
  const { folder } = createSandbox({ files })
  const losing =
    'import { Agent } from "node:http"; Agent.prototype.addRequest = () => void Promise.reject(new Error("lost on the way"))'
  const program = new URL('../../src/main.ts', import.meta.url).pathname
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${losing}`, program, 'plan', '--format', 'json'],
    {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], POLYTOMIC_URL: 'http://127.0.0.1:9', POLYTOMIC_API_KEY: 'key' }
    }
  )
  expect(stderr).toContain('error: polyctl failed in a way that it should not: lost on the way\n')
  expect(stderr).not.toMatch(/^\s+at /m)
  expect(JSON.parse(stdout)).toMatchObject({ format_version: 1, interrupted: true })
  expect(status).toBe(1)
})
